"""更正 of a published or announced line: proposed, agreed by a second person, published (§14).

While it is public the line's own period begins again (A-68); once it is announced its title reads as the line does.
"""

from datetime import datetime, timedelta

from engine.contract import Context
from handlers.common import Data, Variables, found, need, outcome, refuse_same_person, refuse_unless_office, season_of, variable
from handlers.notify import release, tell
from handlers.publicity import OPEN_ITEMS, count_items, keep_publication, tell_all, tell_last_day
from selection import publicity as rules
from selection.errors import Conflict
from store.selection.subject import Fact

SCREENSHOT = "D12.correction"
UNDER_WAY = ("proposed", "agreed")


def may_correct(ctx: Context, data: Data) -> Variables:
    """Message check: the office proposes to correct a line while its period runs. Data: application, row (field → text), reason. → application."""
    refuse_unless_office(ctx)
    item = _item(ctx, str(data.get("application")))
    if item.state != "public" or item.ends <= ctx.now:
        raise Conflict("correction.closed", zh="该项目不在公示期内，或正在更正，不能提出更正", en="the line is not public now, or is being corrected")
    _keep(ctx, item, data)
    ctx.facts.publicity.change_item(batch=item.batch, application=item.application, state="correcting")
    return {"application": item.application}


def _keep(ctx: Context, item: Fact, data: Data) -> None:
    reason = need(data, "reason", zh="请填写更正的理由", en="give the reason for the correction")
    wrong, right = rules.changes(season=season_of(ctx), printed=item.row, wanted=dict(data.get("row") or {}))
    ctx.facts.publicity.propose_correction(
        batch=item.batch, application=item.application, wrong=wrong, right=right, reason=reason, by=ctx.actor.id, at=ctx.now
    )


def propose(ctx: Context, data: Data) -> None:
    """Start check `correction.propose`: the office proposes to correct an announced line. Data: batch, application, row (field → text), reason."""
    refuse_unless_office(ctx)
    batch, application = str(data.get("batch")), str(data.get("application"))
    item = found(ctx.facts.publicity.item(batch=batch, application=application), what="公告项目")
    if item.state != "announced" or any(row.state in UNDER_WAY for row in ctx.facts.publicity.corrections(batch, application=application)):
        raise Conflict("correction.closed", zh="该项目尚未公告，或正在更正，不能提出更正", en="the line is not announced, or is being corrected")
    _keep(ctx, item, data)


def check(ctx: Context, data: Data) -> None:
    """N11d 更正复核 by somebody else than who proposed it. Data: comment, outcome (agree, disagree)."""
    decision, asked, item = outcome(data, "agree", "disagree"), _asked(ctx), _item(ctx)
    refuse_same_person(ctx, asked.by)
    if decision == "agree":
        ctx.facts.publicity.change_correction(asked.id, state="agreed", second=ctx.actor.id)
        return
    need(data, "comment", zh="请填写不同意的理由", en="say why you disagree")
    ctx.facts.publicity.change_correction(asked.id, state="refused", second=ctx.actor.id)
    if item.state == "correcting":
        ctx.facts.publicity.change_item(batch=item.batch, application=item.application, state="public")


def register(ctx: Context, data: Data) -> None:
    """N11e 登记更正发布. Data: published_at, channels; the screenshot is a D12.correction file of the batch."""
    published_at = keep_publication(ctx, data, subject=_subject(ctx), owner=variable(ctx, "batch"), code=SCREENSHOT)
    rules.refuse_early_correction(published_at=published_at, proposed_at=_asked(ctx).at)


def confirm(ctx: Context, data: Data) -> None:
    """N11f 更正发布复核 by somebody else than who registered it. Data: comment, outcome (agree, disagree)."""
    decision, registered = outcome(data, "agree", "disagree"), ctx.facts.publicity.publications(_subject(ctx))
    refuse_same_person(ctx, registered[-1].by)
    if decision == "agree":
        ctx.facts.publicity.confirm_publications(subject=_subject(ctx), by=ctx.actor.id)


def correct(ctx: Context, _: Data) -> Variables:
    """Topic: the line reads as corrected, the others as before; its period begins with the correction's publication. → item_ends (ISO)."""
    asked, item, season = _asked(ctx), _item(ctx), season_of(ctx)
    if item.state != "correcting":  # withdrawn meanwhile: nothing is public any more
        return {"item_ends": ctx.now.isoformat()}
    published_at = _published_at(ctx)
    ctx.facts.publicity.change_item(batch=item.batch, application=item.application, state="public", row={**item.row, **asked.right})
    ends = _begin_again(ctx, item, published_at)
    ctx.facts.publicity.change_correction(asked.id, state="published", published_at=published_at)
    ctx.facts.publicity.sum_up(item.batch)
    application = found(ctx.facts.applications.get(item.application), what="申报")
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    cause, items = f"corrected:{asked.id}", _texts(asked)
    tell(ctx, "32_publicity_corrected", people, about=item.application, cause=cause, items=items, starts=published_at, ends=ends)
    told = {"batch": item.batch, "application": item.application, "ends": ends.isoformat()}
    ctx.later("publicity.item_last_day", payload=told, dedupe=f"last_day:{asked.id}", due=rules.last_morning(season=season, ends=ends))
    return {"item_ends": ends.isoformat()}


def _begin_again(ctx: Context, item: Fact, published_at: datetime) -> datetime:
    """The line's period begins with the correction's publication, or the whole list's where the season says so (A-68). Out: its end."""
    season, calendar = season_of(ctx), ctx.facts.calendar.calendar()
    public = [row.application for row in ctx.facts.publicity.items(item.batch) if row.state in OPEN_ITEMS]
    periods = rules.begun_again(season=season, item=item.application, public=public, published_at=published_at, calendar=calendar)
    for application, period in periods.items():
        ctx.facts.publicity.change_item(batch=item.batch, application=application, starts=published_at, ends=period.ends)
    ends = periods[item.application].ends
    if rules.restarts_list(season):
        batch, url = found(ctx.facts.publicity.batch(item.batch), what="公示批次"), ctx.facts.publicity.publications(_subject(ctx))[-1].url
        again, hold = f"again:{_asked(ctx).id}", f"award:{batch.id}"
        tell_all(ctx, batch, "32_publicity_started", until=ends, cause=again, hold=hold, starts=published_at, ends=ends, url=url)
        release(ctx, hold)  # the list was released when it became public
    return ends


def apply(ctx: Context, _: Data) -> None:
    """Topic: the announced line reads as corrected, and so does the title that it gave; holder and unit are told."""
    asked, item, published_at = _asked(ctx), _item(ctx), _published_at(ctx)
    row = {**item.row, **asked.right}
    ctx.facts.publicity.change_item(batch=item.batch, application=item.application, row=row)
    ctx.facts.publicity.change_correction(asked.id, state="published", published_at=published_at)
    title = found(ctx.facts.titles.of_application(item.application), what="称号")
    texts = {"holder": row.get("enterprise_name"), "experience_name": row.get("experience_name")}
    ctx.facts.titles.change(title.id, **{name: text for name, text in texts.items() if text})
    application = found(ctx.facts.applications.get(item.application), what="申报")
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    told = {"title": title.id, "items": _texts(asked), "when": published_at, "url": ctx.facts.publicity.publications(_subject(ctx))[-1].url}
    tell(ctx, "37_announcement_corrected", people, about=item.application, cause=f"corrected:{asked.id}", **told)


def _published_at(ctx: Context) -> datetime:
    latest: datetime = max(row.at for row in ctx.facts.publicity.publications(_subject(ctx)))
    return latest


def _texts(asked: Fact) -> list[str]:
    return [f"{wrong} → {asked.right[name]}" for name, wrong in asked.wrong.items()]


def item_last_day(ctx: Context, payload: Data) -> None:
    """Job: the office reads on its last morning that a corrected line's own period ends today (§9.3, 32), while it is public."""
    batch, application = str(payload["batch"]), str(payload["application"])
    item = ctx.facts.publicity.item(batch=batch, application=application)
    ends = datetime.fromisoformat(str(payload["ends"]))
    if item is None or item.state != "public" or item.ends != ends or ctx.now >= ends:
        return
    if rules.restarts_list(season_of(ctx)):
        tell_last_day(ctx, found(ctx.facts.publicity.batch(batch), what="公示批次"), ends=ends)
        return
    count = sum(row.application == application for row in ctx.facts.publicity.open_objections(batch=batch))
    line = str((item.row or {}).get("enterprise_name") or "")
    tell(ctx, "32_publicity_last_day", "office_clerk@caq", cause=f"last_day:{batch}/{application}", ends=ends, count=count, enterprise=line)


def close_item(ctx: Context, _: Data) -> Variables:
    """Topic: the line's own period may be over: it goes on, is held, or leaves the list. → item_disputed.

    Whatever else of the list is over at this moment is counted with it: what ends together is approved together.
    """
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公示批次")
    if rules.restarts_list(season_of(ctx)):
        ctx.send("batch.objections_settled", key=batch.id, ttl=timedelta(days=1))  # the list is counted as one, where it waits
        return {"item_disputed": False}
    if _item(ctx).ends <= ctx.now:
        count_items(ctx, batch)
    return {"item_disputed": _item(ctx).state == "held"}


def _item(ctx: Context, application: str = "") -> Fact:
    item = ctx.facts.publicity.item(batch=variable(ctx, "batch"), application=application or variable(ctx, "application"))
    return found(item, what="公示项目")


def _asked(ctx: Context) -> Fact:
    """The latest correction of the line: there is one at a time."""
    return found(next(iter(ctx.facts.publicity.corrections(variable(ctx, "batch"), application=variable(ctx, "application"))[-1:]), None), what="更正")


def _subject(ctx: Context) -> str:
    return f"{variable(ctx, 'batch')}/{variable(ctx, 'application')}"


HANDLERS = {"publicity.correct": correct, "publicity.close_item": close_item, "correction.apply": apply}
JOBS = {"publicity.item_last_day": item_last_day}
LISTENERS = {
    "publicity.may_correct": may_correct,
    "correction.propose": propose,
    "correction.check": check,
    "correction.register": register,
    "correction.confirm": confirm,
}
