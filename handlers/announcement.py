"""结果公告: credit re-check, approval, registered announcement, numbers and titles."""

from datetime import datetime

from engine.contract import Context
from handlers.common import Data, Variables, found, need, outcome, refuse_same_person, refuse_without_file, rows, season_of, variable
from handlers.notify import recipients_of, release, tell, tell_subscribers
from handlers.publicity import page_of, register_list
from selection import title as rules
from selection.errors import Forbidden, Refused
from selection.season import APPROVERS
from store.selection.subject import Fact

LEFT = ("withdrawn", "terminated")  # who left by an act of its own, or of the office, hears of no result


def _approvers(ctx: Context) -> list[str]:
    """The groups that approve this season's results, in order."""
    return [APPROVERS[body] for body in season_of(ctx).approvers]


def recheck(ctx: Context, data: Data) -> Variables:
    """N13a 公告前信用复核; items that the committee removed meanwhile leave the list. Data: checked_on, sources, faults, outcome.

    → approvers (the organisations whose approvers decide, in order), approved_by (nobody yet), recorded (nothing by the office).
    """
    batch = variable(ctx, "batch")
    if (outcome(data, "clean", "faults") == "faults") != bool(rows(data, "faults")):
        raise Refused("recheck.faults", zh="有问题的请逐项列明，没有问题的请勿填写", en="list the faults, or choose clean")
    ctx.facts.publicity.keep_recheck(subject=batch, moment="before_announcement", data=data, by=ctx.actor.id, at=ctx.now)
    _take_out_refused(ctx, batch)
    if found(ctx.facts.publicity.batch(batch), what="公告批次").state == "sent_back":
        _move_listed(ctx, batch, "publicity_clear")  # it awaits approval again
    approvers = _approvers(ctx)
    _ask(ctx, batch, approvers[0], place=0)
    return {"approvers": [group.partition("@")[2] for group in approvers], "approved_by": [], "recorded": False}


def _ask(ctx: Context, batch: str, approver: str, *, place: int) -> None:
    count = len(ctx.facts.publicity.items(batch, state="listed"))
    due = ctx.facts.calendar.deadline(season=ctx.instance.tenant, name="批准") or ctx.now
    tell(ctx, "36_approval", approver, cause=f"approval:{batch}:{place}:{ctx.now.isoformat()}", count=count, due=due)


def _take_out_refused(ctx: Context, batch: str) -> None:
    meetings = [row for row in ctx.facts.meetings.of_season(ctx.instance.tenant, kind="sent_back") if row.subject == batch]
    for item in ctx.facts.meetings.items(meetings[-1].id) if meetings and meetings[-1].state == "signed" else []:
        listed = ctx.facts.publicity.item(batch=batch, application=item.item)
        if item.decision == "refuse" and listed is not None and listed.state == "listed":
            ctx.facts.publicity.change_item(batch=batch, application=item.item, state="removed")
            ctx.facts.applications.move(item.item, state="removed", at=ctx.now, reason=item.reason)
            ctx.send("announcement.result", key=item.item, payload={"outcome": "removed"})


def approve(ctx: Context, data: Data) -> Variables:
    """N13 批准遴选结果 (办法 §23), by each approver of the season in turn; each is another person (A-03).

    Data: approver, proxy, proxy_reason, comment, outcome (approve, return_office, return_committee). → approved_by, recorded (by the office
    for somebody: then a second person checks it before it counts, §14).
    """
    decision = outcome(data, "approve", "return_office", "return_committee")
    batch, groups = variable(ctx, "batch"), _approvers(ctx)
    before = [str(person) for person in ctx.instance.variables.get("approved_by") or []]
    by_proxy = groups[min(len(before), len(groups) - 1)] not in ctx.actor.groups
    if by_proxy:
        need(data, "proxy_reason", zh="代录须填写理由", en="give the reason for recording on the approver's behalf")
        refuse_without_file(ctx, owner=batch, code="D12.approval", zh="请上传签批件扫描件（D12）", en="upload the signed approval (D12)")
    elif ctx.actor.id in before:
        raise Forbidden("approval.twice", zh="您已批准，下一级须由另一人批准", en="you have approved already; the next approval is another person's")
    checks = ctx.facts.publicity.rechecks(batch)
    refuse_own_list(ctx, checks[-1].by if checks else None)
    if decision != "approve":
        need(data, "comment", zh="请填写退回的理由", en="give the reason for sending it back")
    comment = str(data.get("comment") or "") or None
    ctx.facts.publicity.approve(subject=batch, outcome=decision, reason=comment, by=ctx.actor.id, by_proxy=by_proxy, at=ctx.now)
    approved_by = [*before, ctx.actor.id]
    recorded = by_proxy or (bool(before) and ctx.instance.variables.get("recorded") is True)
    if decision == "approve" and len(approved_by) < len(groups):
        _ask(ctx, batch, groups[len(approved_by)], place=len(approved_by))
    elif not recorded:
        _settle(ctx, batch, decision)
    return {"approved_by": approved_by, "recorded": recorded}


def refuse_own_list(ctx: Context, prepared_by: str | None) -> None:
    """The approver is not the clerk who prepared the list (A-03)."""
    if prepared_by == ctx.actor.id:
        raise Forbidden("approval.same", zh="批准人不能是名单的经办人，请转交他人", en="whoever prepared the list cannot approve it")


def second(ctx: Context, data: Data) -> Variables:
    """N13b 代录复核 of what the office recorded for an approver, by somebody else. Data: comment, outcome (agree, disagree)."""
    for person in ctx.instance.variables.get("approved_by") or []:
        refuse_same_person(ctx, str(person))
    if outcome(data, "agree", "disagree") == "disagree":
        return {"recorded": True, "approved_by": []}
    _settle(ctx, variable(ctx, "batch"), variable(ctx, "decision"))
    return {"recorded": False}


def _settle(ctx: Context, batch: str, decision: str) -> None:
    """What the last approver decided holds for every line of the list."""
    state = "approved" if decision == "approve" else "sent_back"
    ctx.facts.publicity.change_batch(batch, state=state)
    _move_listed(ctx, batch, state)


def _move_listed(ctx: Context, batch: str, state: str) -> None:
    listed = [item.application for item in ctx.facts.publicity.items(batch, state="listed")]
    ctx.facts.applications.move_all(listed, state=state, at=ctx.now)


def register(ctx: Context, data: Data) -> None:
    """N14 发布并登记结果公告. Data: number, published_at, channels, text; the screenshot is a D12 file."""
    register_list(ctx, data)
    ctx.facts.publicity.change_batch(variable(ctx, "batch"), data={"number": str(data.get("number") or ""), "text": str(data.get("text") or "")})


def publish(ctx: Context, _: Data) -> None:
    """Topic: titles are granted and everybody is told."""
    batch = found(ctx.facts.publicity.batch(variable(ctx, "batch")), what="公告批次")
    publications = ctx.facts.publicity.publications(batch.id)
    announced_at, url = max(row.at for row in publications), publications[0].url
    told: set[str] = set()
    for item in ctx.facts.publicity.items(batch.id, state="listed"):
        _grant(ctx, batch, item, announced_at, url, told=told)
    ctx.facts.publicity.change_batch(batch.id, state="announced", closed_at=ctx.now)
    hold = f"announcement:{batch.id}"
    tell(ctx, "37_announced", _others(ctx, batch), hold=hold, cause=f"announced:{batch.id}", told=told, url=url)
    tell_subscribers(ctx, "37_announced", page=page_of(batch), hold=hold, cause=f"announced:{batch.id}", told=told, url=url)
    kept = recipients_of(ctx, hold)
    ctx.facts.publicity.release(kind="announcement", subject=batch.id, at=ctx.now, by=ctx.actor.id, recipients=kept)
    release(ctx, hold)
    ctx.facts.calendar.set_season_state(season=batch.season, state="announced", at=ctx.now)
    ctx.later("progress.settled", payload={"season": batch.season}, dedupe=f"progress.settled:{batch.season}")


def _others(ctx: Context, batch: Fact) -> list[str]:
    """Who reads the announcement beside its winners: the units, and everybody else who applied and went on with it (§9.3, 37)."""
    applied = [row for row in ctx.facts.applications.of_season(batch.season) if row.submitted_at is not None]
    listed = {item.application for item in ctx.facts.publicity.items(batch.id)}
    winners = {row.enterprise for row in applied if row.id in listed}
    units = {f"ru_officer@{row.unit}" for row in applied if row.unit}
    enterprises = {f"applicant_editor@{row.enterprise}" for row in applied if row.state not in LEFT and row.enterprise not in winners}
    return sorted(units | enterprises)


def _grant(ctx: Context, batch: Fact, item: Fact, announced_at: datetime, url: str, *, told: set[str]) -> None:
    season = season_of(ctx)
    application = found(ctx.facts.applications.get(item.application), what="申报")
    enterprise = found(ctx.facts.people.enterprise(application.enterprise), what="申报单位")
    number = rules.number(season=season, sequence=ctx.facts.titles.next_number(f"title:{batch.season}"))
    ctx.facts.titles.grant(
        title=number,
        season=batch.season,
        enterprise=enterprise.id,
        application=application.id,
        holder=str((item.row or {}).get("enterprise_name") or enterprise.name),  # as it was published, corrections and all
        experience_name=str((item.row or {}).get("experience_name") or application.experience_name or ""),
        uscc=enterprise.uscc,
        year=season.year,
        at=announced_at,
    )
    ctx.facts.publicity.change_item(batch=batch.id, application=application.id, state="announced")
    ctx.facts.applications.move(application.id, state="announced", at=ctx.now)
    ctx.send("announcement.result", key=application.id, payload={"outcome": "announced"})
    due = next((duty.due for duty in rules.duties(season=season, announced_at=announced_at) if duty.due), announced_at)
    people = f"applicant_editor@{enterprise.id}"
    tell(
        ctx,
        "37_announced_winner",
        people,
        about=application.id,
        hold=f"announcement:{batch.id}",
        cause="announced",
        told=told,
        title=number,
        url=url,
        due=due,
    )


HANDLERS = {"announcement.publish": publish}
LISTENERS = {
    "announcement.recheck": recheck,
    "announcement.approve": approve,
    "announcement.second": second,
    "announcement.register": register,
}
