"""动态管理: duties of a holder, reports, hearing, revocation (办法 §24–25). Also for titles older than the system."""

from decimal import Decimal

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    found,
    need,
    outcome,
    refuse_after_due,
    refuse_unless_office,
    refuse_without_file,
    season_of,
    variable,
    working_days_on,
)
from handlers.notify import recipients_of, release, tell
from handlers.publicity import keep_publication
from selection import title as rules
from selection.calendar import local_day
from selection.errors import Conflict, refuse_if_problems
from store.selection.subject import Fact


def grant(ctx: Context, _: Data) -> None:
    """Topic: the title's own process begins."""
    title = found(ctx.facts.titles.of_application(variable(ctx, "application")), what="称号")
    variables = {
        "season": title.season,
        "title": title.id,
        "enterprise": title.enterprise,
        "unit": ctx.instance.variables.get("unit") or "",
        "application": title.application,
        "imported": False,
    }
    ctx.start("title", business_key=title.id, variables=variables, dedupe=f"title:{title.id}")


def take_over(ctx: Context, data: Data) -> None:
    """Start check `title.take_over`: a title older than the system becomes a fact. Data: imported, title, holder, experience, year, uscc,
    revoked (the day, where it was revoked before the house knew it).

    A title of this season (`imported` false) was granted before its process starts.
    """
    if data.get("imported") is not True:
        return
    refuse_unless_office(ctx)
    old = rules.OldTitle(
        number=str(data.get("title") or ""), holder=str(data.get("holder") or ""), experience=str(data.get("experience") or ""),
        year=int(data.get("year") or 0), uscc=str(data.get("uscc") or ""), revoked=str(data.get("revoked") or ""),
    )  # fmt: skip
    refuse_if_problems(rules.old_title_problems(old, season_year=season_of(ctx).year, today=local_day(ctx.now)), code="title.old")
    if ctx.facts.titles.get(old.number) is not None:
        raise Conflict("title.known", zh=f"编号 {old.number} 的称号已经登记", en=f"the title {old.number} is known already")
    ctx.facts.titles.grant(
        title=old.number, season=ctx.instance.tenant, enterprise=None, application=None, holder=old.holder, experience_name=old.experience,
        uscc=old.uscc or None, year=old.year, at=None, imported=True, revoked_at=rules.revoked_at(old.texts()["revoked"]),
    )  # fmt: skip


def _title(ctx: Context) -> Fact:
    return found(ctx.facts.titles.get(variable(ctx, "title")), what="称号")


def _case(ctx: Context) -> Fact:
    return found(ctx.facts.titles.open_case(variable(ctx, "title")), what="线索")


def video(ctx: Context, data: Data) -> None:
    """N15a 提交补充材料（视频）. Data: minutes {part1, part2}, consent; the video is a D10 file. Never a condition of the title."""
    title = _title(ctx)
    minutes = [Decimal(str(value)) for value in (data.get("minutes") or {}).values() if value is not None]
    refuse_if_problems(rules.video_problems(season=season_of(ctx), minutes=minutes), code="title.video")
    refuse_without_file(ctx, owner=title.id, code="D10", zh="请上传视频（D10）", en="upload the video (D10)")
    ctx.facts.titles.change(title.id, video={**data, "at": ctx.received.isoformat()})


def may_report(ctx: Context, data: Data) -> Variables:
    """Message check `title.report`: the office registers a report about a living title. Data: source, facts; a fact, never a variable."""
    refuse_unless_office(ctx)
    title = _title(ctx)
    rules.refuse_report(facts=str(data.get("facts") or ""), title_state=title.state)
    ctx.facts.titles.report(title=title.id, data={**data, "by": ctx.actor.id}, at=ctx.received)
    due = working_days_on(ctx, season_of(ctx).title_rules.investigate_working_days)
    tell(ctx, "40_report_received", "office_director@caq", title=title.id, enterprise=title.holder, due=due)
    return {}


def investigate(ctx: Context, data: Data) -> None:
    """N16a 登记线索并调查. Data: findings, ground, outcome (substantiated, unsubstantiated)."""
    case, title = _case(ctx), _title(ctx)
    need(data, "findings", zh="请填写调查情况", en="write what was found")
    if outcome(data, "substantiated", "unsubstantiated") == "unsubstantiated":
        ctx.facts.titles.change_case(case.id, state="unsubstantiated", investigation=dict(data), closed_at=ctx.now)
        return
    ground = need(data, "ground", zh="请选择撤销情形", en="choose the ground")
    until = working_days_on(ctx, season_of(ctx).title_rules.hearing_working_days)
    ctx.facts.titles.change_case(case.id, state="hearing", investigation={**data, "by": ctx.actor.id}, heard_until=until)
    if title.enterprise:
        reason = rules.ground_text(season=season_of(ctx), ground=ground)
        people = f"applicant_editor@{title.enterprise}"
        tell(ctx, "40_hearing", people, title=title.id, experience=title.experience_name, reason=reason, due=until)


def hear(ctx: Context, data: Data) -> None:
    """N16b 陈述申辩 of the holder. Data: statement."""
    refuse_after_due(ctx, name="陈述申辩期限")
    need(data, "statement", zh="请填写陈述申辩意见", en="write the statement")
    ctx.facts.titles.change_case(_case(ctx).id, hearing={**data, "at": ctx.received.isoformat(), "by": ctx.actor.id})


def propose(ctx: Context, data: Data) -> None:
    """N16c 提出撤销意见. Data: ground, reason, outcome (propose, drop)."""
    case = _case(ctx)
    need(data, "reason", zh="请填写理由", en="give the reason")
    if outcome(data, "propose", "drop") == "drop":
        ctx.facts.titles.change_case(case.id, state="dropped", proposal={**data, "by": ctx.actor.id}, closed_at=ctx.now)
        return
    ground = str(data.get("ground") or (case.investigation or {}).get("ground") or "")
    rules.refuse_proposal(
        season=season_of(ctx), ground=ground, hearing_due=case.heard_until, hearing_given=case.hearing is not None, now=ctx.now
    )
    ctx.facts.titles.change_case(case.id, state="proposed", proposal={**data, "ground": ground, "by": ctx.actor.id})


def approve(ctx: Context, data: Data) -> None:
    """N16e 撤销审批 by the approver. Data: comment, outcome (approve, return)."""
    case = _case(ctx)
    decision = outcome(data, "approve", "return")
    comment = str(data.get("comment") or "") or None
    ctx.facts.publicity.approve(subject=case.id, outcome=decision, reason=comment, by=ctx.actor.id, by_proxy=False, at=ctx.now)
    ctx.facts.titles.change_case(case.id, state="approved" if decision == "approve" else "hearing")


def register_revocation(ctx: Context, data: Data) -> None:
    """N16d 发布撤销公告. Data: number, published_at, channels, text; the screenshot is a D12 file."""
    keep_publication(ctx, data, subject=variable(ctx, "title"))
    ctx.facts.titles.change_case(_case(ctx).id, notice={**data, "by": ctx.actor.id})


def revoke(ctx: Context, _: Data) -> None:
    """Topic: the title is revoked and this is public (§25)."""
    case, title = _case(ctx), _title(ctx)
    ctx.facts.titles.change(title.id, state="revoked", revoked_at=ctx.now)
    ctx.facts.titles.change_case(case.id, state="revoked", closed_at=ctx.now)
    if title.application:
        ctx.facts.applications.move(title.application, state="revoked", at=ctx.now)
    ground = str((case.proposal or {}).get("ground") or "")
    reason, hold = rules.ground_text(season=season_of(ctx), ground=ground), f"revocation:{title.id}"
    url = ctx.facts.publicity.publications(title.id)[0].url
    unit = ctx.instance.variables.get("unit")
    people = ([f"applicant_editor@{title.enterprise}"] if title.enterprise else []) + ([f"ru_officer@{unit}"] if unit else [])
    tell(ctx, "40_revoked", people, hold=hold, title=title.id, experience=title.experience_name, reason=reason, url=url)
    kept = recipients_of(ctx, hold)
    ctx.facts.publicity.release(kind="revocation", subject=title.id, at=ctx.now, by=ctx.actor.id, recipients=kept)
    release(ctx, hold)


HANDLERS = {"title.grant": grant, "title.revoke": revoke}
LISTENERS = {
    "title.take_over": take_over,
    "title.may_report": may_report,
    "title.video": video,
    "title.investigate": investigate,
    "title.hearing": hear,
    "title.propose": propose,
    "title.approve": approve,
    "title.register_revocation": register_revocation,
}
