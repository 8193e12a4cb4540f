"""名单复核, 公示: the batch, its registered publication, the end of each item's own period."""

from datetime import datetime
from typing import Any

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    found,
    outcome,
    read_instant,
    refuse_same_person,
    refuse_without_file,
    rows,
    season_of,
    variable,
)
from handlers.notify import recipients_of, release, tell, tell_subscribers
from selection import objection as objections
from selection import publicity as rules
from selection.errors import Refused
from store.selection.subject import Fact

OPEN_ITEMS = ("public", "held")
UNSETTLED = (*OPEN_ITEMS, "correcting")
OFFICE = ("office_clerk@caq", "office_director@caq")
# How a line's own period ended, for enterprise and unit.
ENDED = {"clear": {"zh": "无异议", "en": "no objection"}, "held": {"zh": "有异议，待核实处理", "en": "objected to, to be looked into"}}


def recheck_award(ctx: Context, data: Data) -> None:
    """N10b 信用与否决项复核 between 合议 and 公示. Data: checked_on, sources, faults, outcome (clean, faults)."""
    decision = outcome(data, "clean", "faults")
    if (decision == "faults") != bool(rows(data, "faults")):
        raise Refused("recheck.faults", zh="有问题的请逐项列明，没有问题的请勿填写", en="list the faults, or choose clean")
    meeting = ctx.facts.meetings.of_season(ctx.instance.tenant, kind="award")[-1]
    ctx.facts.publicity.keep_recheck(subject=meeting.id, moment="before_publicity", data=data, by=ctx.actor.id, at=ctx.now)


def create_batch(ctx: Context, _: Data) -> Variables:
    """Topic: the list to be made public. → batch."""
    season = ctx.instance.tenant
    meeting = ctx.facts.meetings.of_season(season, kind="award")[-1]
    chosen: list[Fact] = []
    others: list[Fact] = []
    for item in ctx.facts.meetings.items(meeting.id):
        application = found(ctx.facts.applications.get(item.item), what="申报")
        if application.state == "awaiting_meeting2":
            (chosen if item.decision == "approve" else others).append(application)
    listed = {row.id: _printed(ctx, row) for row in chosen}
    batch = ctx.facts.publicity.open_batch(season=season, kind="publicity", applications=listed, at=ctx.now)
    ctx.facts.publicity.change_batch(batch, data={"others": [row.id for row in others]})
    for row in others:
        people = [f"applicant_editor@{row.enterprise}", f"ru_officer@{row.unit}"]
        tell(ctx, "32_not_selected", people, about=row.id, hold=f"award:{batch}", cause=f"award:{batch}")
    for row in chosen:
        ctx.facts.applications.move(row.id, state="recommended", at=ctx.now)
    ctx.facts.calendar.set_season_state(season=season, state="list_decided", at=ctx.now)
    if listed:
        ctx.start("publicity", business_key=batch, variables={"season": season, "batch": batch}, dedupe=f"publicity:{batch}")
    else:
        _release_award(ctx, found(ctx.facts.publicity.batch(batch), what="公示批次"))
    return {"batch": batch}


def _printed(ctx: Context, application: Fact) -> dict[str, Any]:
    """What the public reads of an application (A-67); nothing else ever."""
    enterprise = found(ctx.facts.people.enterprise(application.enterprise), what="申报单位")
    season = season_of(ctx)
    whole = {
        "enterprise_name": enterprise.name,
        "experience_name": application.experience_name,
        "focus_area": season.focus_item(application.focus_area).zh,
        "recommending_unit": season.unit(application.unit).name,
    }
    return {name: text for name, text in whole.items() if name in season.publicity.columns}


def rework(ctx: Context, _: Data) -> None:
    """Topic: the list was sent back before it was public; its items and their rows are printed anew."""
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公示批次")
    for item in ctx.facts.publicity.items(batch.id, state="listed"):
        application = found(ctx.facts.applications.get(item.application), what="申报")
        ctx.facts.publicity.change_item(batch=batch.id, application=item.application, row=_printed(ctx, application))
    ctx.facts.publicity.change_batch(batch.id, state="open")


def register(ctx: Context, data: Data) -> None:
    """N11b 登记公示发布: the ten working days count from the real publication (§14). Data: published_at, channels [{channel, url}]."""
    register_list(ctx, data)


def register_list(ctx: Context, data: Data) -> None:
    """Register the publication of the case's list, which was decided before."""
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="名单")
    rules.refuse_early_publication(published_at=keep_publication(ctx, data, subject=batch.id), decided_at=batch.created_at)


def keep_publication(ctx: Context, data: Data, *, subject: str, owner: str = "", code: str = "D12") -> datetime:
    """Register where and when something was published, with a screenshot (``code``, of ``owner``, else of the subject). Out: when."""
    season, published_at = season_of(ctx), read_instant(data.get("published_at"))
    registered = {rules.channel_named(season=season, choice=str(row.get("channel"))): str(row.get("url") or "") for row in rows(data, "channels")}
    rules.refuse_bad_registration(registered=registered, season=season, published_at=published_at, now=ctx.now)
    refuse_without_file(ctx, owner=owner or subject, code=code, zh="请上传发布页面截图（D12）", en="upload the screenshot (D12)")
    ctx.facts.publicity.forget_unconfirmed(subject)
    for channel, url in registered.items():
        ctx.facts.publicity.register(subject=subject, channel=channel, url=url, at=published_at, by=ctx.actor.id)
    return published_at


def second_person(ctx: Context, data: Data) -> None:
    """复核 of a registered act by somebody else. Input `first`: the element of the first act. Data: comment, outcome."""
    decision = outcome(data, "agree", "disagree")
    variables = ctx.instance.variables
    first = ctx.facts.tasks.done_by(root=ctx.instance.root, element=str(variables.get("first") or data.get("first") or ""))
    refuse_same_person(ctx, first)
    subject = str(variables.get("batch") or variables.get("title") or "")
    if decision == "agree" and subject:
        ctx.facts.publicity.confirm_publications(subject=subject, by=ctx.actor.id)


def start(ctx: Context, _: Data) -> Variables:
    """Topic: the period of every item begins with the registered publication. → ends, last_day (ISO): the end, and the morning of the last day."""
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公示批次")
    published_at = max(row.at for row in ctx.facts.publicity.publications(batch.id))
    calendar = ctx.facts.calendar.calendar()
    ends = published_at
    for item in ctx.facts.publicity.items(batch.id, state="listed"):
        period = rules.period(season=season_of(ctx), item=item.application, published_at=published_at, calendar=calendar)
        ends = max(ends, period.ends)
        ctx.facts.publicity.change_item(batch=batch.id, application=item.application, state="public", starts=published_at, ends=period.ends)
        ctx.facts.applications.move(item.application, state="publicity", at=ctx.now)
    ctx.facts.publicity.change_batch(batch.id, state="public")
    ctx.facts.publicity.sum_up(batch.id)
    hold, told = f"award:{batch.id}", set[str]()
    dates: dict[str, Any] = {"starts": published_at, "ends": ends, "url": ctx.facts.publicity.publications(batch.id)[0].url}
    tell_all(ctx, batch, "32_publicity_started", until=ends, cause=f"started:{batch.id}", hold=hold, told=told, **dates)
    tell(ctx, "32_publicity_started", OFFICE, hold=hold, cause=f"started:{batch.id}", told=told, **dates)
    tell_subscribers(ctx, "32_publicity_started", page=page_of(batch), hold=hold, cause=f"started:{batch.id}", told=told, **dates)
    _release_award(ctx, batch)
    ctx.facts.calendar.set_season_state(season=batch.season, state="publicity", at=ctx.now)
    return {"ends": ends.isoformat(), "last_day": rules.last_morning(season=season_of(ctx), ends=ends).isoformat()}


def last_day(ctx: Context, _: Data) -> None:
    """Topic: publicity ends today, unless the whole list's period has begun again meanwhile (A-68)."""
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公示批次")
    ends = datetime.fromisoformat(variable(ctx, "ends"))
    if not (rules.restarts_list(season_of(ctx)) and _goes_on(ctx, batch, ends)):
        tell_last_day(ctx, batch, ends=ends)


def tell_last_day(ctx: Context, batch: Fact, *, ends: datetime) -> None:
    """A list's publicity ends today: the office reads how many objections are open, enterprises and units the day alone (§9.3, 32)."""
    if ctx.now < ends:  # a publication registered late may be over already
        count, cause = len(ctx.facts.publicity.open_objections(batch=batch.id)), f"last_day:{batch.id}:{ends.isoformat()}"
        told: set[str] = set()
        tell(ctx, "32_publicity_last_day", "office_clerk@caq", cause=cause, told=told, ends=ends, count=count)
        tell_all(ctx, batch, "32_publicity_ends_today", until=ends, cause=cause, told=told, ends=ends)
        tell_subscribers(ctx, "32_publicity_last_day_public", page=page_of(batch), cause=cause, told=told, ends=ends)


def _goes_on(ctx: Context, batch: Fact, ends: datetime) -> bool:
    """Whether a line of the list is public longer, or is being corrected."""
    return any(item.state == "correcting" or (item.state in OPEN_ITEMS and item.ends > ends) for item in ctx.facts.publicity.items(batch.id))


def page_of(batch: Fact) -> str:
    """Where everybody reads a list: the path of its public page."""
    return f"/public/{'publicity' if batch.kind == 'publicity' else 'announcements'}/{batch.id}"


def tell_all(ctx: Context, batch: Fact, template: str, *, until: datetime, cause: str, **facts: Any) -> None:
    """Enterprise and unit of every line that is public still, and not longer than the list: one that was corrected has a period of its own (A-68)."""
    for item in ctx.facts.publicity.items(batch.id, state="public"):
        if item.ends <= until:
            _tell_those_of(ctx, item, template, cause=cause, **facts)


def _tell_those_of(ctx: Context, item: Fact, template: str, *, cause: str, **facts: Any) -> None:
    application = found(ctx.facts.applications.get(item.application), what="申报")
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    tell(ctx, template, people, about=application.id, cause=cause, **facts)


def _release_award(ctx: Context, batch: Fact) -> None:
    """The decision of the second 合议 becomes known with the publicity, not before (§14)."""
    kept = recipients_of(ctx, f"award:{batch.id}")
    if not ctx.facts.publicity.release(kind="award", subject=batch.id, at=ctx.now, by=ctx.actor.id, recipients=kept):
        return
    for item in ctx.facts.publicity.items(batch.id):
        ctx.send("award.released", key=item.application, payload={"outcome": "recommended"})
    for name in (batch.data or {}).get("others", []):
        row = ctx.facts.applications.get(name)
        if row is not None and row.state == "awaiting_meeting2":
            ctx.facts.applications.move(name, state="not_selected", at=ctx.now)
            ctx.send("award.released", key=name, payload={"outcome": "not_selected"})
    release(ctx, f"award:{batch.id}")
    ctx.facts.calendar.reach(season=batch.season, name="awarded", at=ctx.now)
    ctx.later("progress.settled", payload={"season": batch.season}, dedupe=f"progress.settled:{batch.season}")


def close(ctx: Context, _: Data) -> Variables:
    """Topic: the period is over: undisputed items go on, disputed ones are held, upheld ones removed (A-70). → disputed (the list waits).

    An item that is being corrected, or was corrected and has a later period of its own (A-68), is counted when that is over.
    """
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公示批次")
    ends = datetime.fromisoformat(variable(ctx, "ends"))
    if rules.restarts_list(season_of(ctx)):
        if _goes_on(ctx, batch, ctx.now):
            return {"disputed": True}  # the whole list's period has begun again, or will: `handlers.correction` says when it is over
        ends = max((item.ends for item in ctx.facts.publicity.items(batch.id) if item.state in OPEN_ITEMS), default=ends)
    told: set[str] = set()
    disputed = count_items(ctx, batch, told=told)
    tell_subscribers(ctx, "32_publicity_ended_public", page=page_of(batch), cause=f"ended:{batch.id}", told=told, ends=ends)
    return {"disputed": disputed}


def count_items(ctx: Context, batch: Fact, *, told: set[str] | None = None) -> bool:
    """Conclude those items of a list whose period is over; ``told``: see `tell`. Out: whether one waits for an objection.

    Where the season wants the list approved as one (A-70), what is clear waits until nothing else of it is open.
    """
    over = {item.application: _status(ctx, item) for item in ctx.facts.publicity.items(batch.id) if item.state in OPEN_ITEMS and item.ends <= ctx.now}
    disputed = "held" in over.values()
    waits = not season_of(ctx).publicity.partial_approval and (disputed or _goes_on(ctx, batch, ctx.now))
    clear = {}
    for item in ctx.facts.publicity.items(batch.id):
        status = over.get(item.application)
        if status is None or (waits and status == "clear"):
            continue
        _settle_item(ctx, batch, item, status, told=told)
        if status == "clear":
            clear[item.application] = item.row
    if clear:
        _start_announcement(ctx, batch, clear)
    if not any(item.state in UNSETTLED for item in ctx.facts.publicity.items(batch.id)):
        ctx.facts.publicity.change_batch(batch.id, state="closed", closed_at=ctx.now)
    tell(ctx, "32_publicity_ended", "office_director@caq", told=told, ends=ctx.now, outcome=_in_words(len(clear), disputed=disputed, waits=waits))
    ctx.later("progress.settled", payload={"season": batch.season}, dedupe=f"progress.settled:{batch.season}")
    return disputed


def _in_words(clear: int, *, disputed: bool, waits: bool) -> dict[str, str]:
    """How a list's publicity ended, for the office."""
    if waits:
        return {"zh": "名单须一并报批，待全部项目办结", "en": "the list is approved as one and waits for what is still open"}
    zh, en = f"无异议{clear}项", f"{clear} without objection"
    return {"zh": f"{zh}，另有异议项暂缓", "en": f"{en}, the others are held"} if disputed else {"zh": zh, "en": en}


def _status(ctx: Context, item: Fact) -> str:
    verdicts = [_verdict(row) for row in ctx.facts.publicity.objections(batch=item.batch, application=item.application)]
    return objections.item_status(verdicts)


def _verdict(row: Fact) -> str:
    return "dismissed" if row.state == "rejected" else (row.verdict or "")


def _settle_item(ctx: Context, batch: Fact, item: Fact, status: str, *, told: set[str] | None) -> None:
    states = {"clear": "publicity_clear", "held": "objected", "removed": "removed"}
    if status in ENDED and item.state == "public":  # of a line that an objection held the decision is told instead
        _tell_those_of(ctx, item, "32_publicity_ended", cause=f"ended:{item.batch}", told=told, ends=item.ends, outcome=ENDED[status])
    if status == "held" and item.state == "held":
        return
    ctx.facts.publicity.change_item(batch=batch.id, application=item.application, state=status)
    ctx.facts.applications.move(item.application, state=states[status], at=ctx.now)
    ctx.send("publicity.result", key=item.application, payload={"outcome": status})


def _start_announcement(ctx: Context, batch: Fact, clear: dict[str, Any]) -> None:
    announcement = ctx.facts.publicity.open_batch(season=batch.season, kind="announcement", applications=clear, at=ctx.now, parent=batch.id)
    ctx.facts.calendar.set_season_state(season=batch.season, state="awaiting_approval", at=ctx.now)
    variables = {"season": batch.season, "batch": announcement}
    ctx.start("announcement", business_key=announcement, variables=variables, dedupe=f"announcement:{announcement}")


HANDLERS = {
    "batch.create": create_batch,
    "batch.rework": rework,
    "publicity.start": start,
    "publicity.last_day": last_day,
    "publicity.close": close,
}
LISTENERS = {
    "award.recheck": recheck_award,
    "publicity.register": register,
    "second_person": second_person,
}
