"""现场考察: which visits, by whom, and their reports (办法 §21; A-65)."""

from collections.abc import Sequence
from datetime import timedelta

from engine.contract import Context
from handlers.common import Data, Variables, at_local, found, need, refuse_without_file, rows, season_of, texts, variable, working_days_on
from handlers.defence import defending
from handlers.experts import conflicts_of
from handlers.notify import tell
from selection.errors import Refused
from store.selection.subject import Fact


def decide_visits(ctx: Context, data: Data) -> Variables:
    """N09a 确定现场考察. Data: visits [{application, leader, members, clerk, doubts, on}]. → visits (list of visit ids)."""
    group = variable(ctx, "group")
    judged = {row.id: row for row in defending(ctx, group)}
    ids = []
    for row in rows(data, "visits"):
        application = found(judged.get(str(row["application"])), what="申报")
        team = list(dict.fromkeys([str(row["leader"]), *texts(row, "members")]))
        _refuse_bad_team(ctx, team, application)
        doubts = str(row.get("doubts") or "").strip()
        if not doubts:
            raise Refused("visit.doubts", zh="请列明需要核实的疑点", en="list the doubts to be looked into")
        clerk = _clerk(ctx, row)
        visit = ctx.facts.defences.order_visit(
            clerk=clerk,
            season=ctx.instance.tenant,
            group=group,
            application=application.id,
            leader=team[0],
            team=team,
            doubts=[doubts],
            at=ctx.now,
        )
        _announce_visit(ctx, application, row, team)
        ids.append(visit)
    return {"visits": ids}


def _clerk(ctx: Context, row: Data) -> str | None:
    """Who of the office goes along and keeps the record (A-65), where the season wants somebody."""
    chosen = str(row.get("clerk") or "") or None
    clerks = {person.id for person in ctx.facts.people.members_of("office_clerk@caq")}
    if season_of(ctx).site_visit.clerk and chosen not in clerks:
        raise Refused("visit.clerk", zh="请选择随行的办公室经办人", en="choose the clerk of the office who goes along")
    return chosen if chosen in clerks else None


def _refuse_bad_team(ctx: Context, team: list[str], application: Fact) -> None:
    least = season_of(ctx).site_visit.team_min
    experts = {row.id: row for row in ctx.facts.people.experts(team)}
    if len(experts) < least or len(experts) != len(team):
        raise Refused("visit.team", zh=f"考察组至少由{least}名专家组成", en=f"a visit needs at least {least} experts")
    declared = {row.expert for row in ctx.facts.reviews.conflicts(season=ctx.instance.tenant) if row.application == application.id}
    if any(conflicts_of(ctx, expert, application) for expert in experts.values()) or declared & set(team):
        raise Refused("conflict.automatic", zh="考察组中有应回避的专家，请更换", en="an expert of the team has a conflict of interest")


def _announce_visit(ctx: Context, application: Fact, row: Data, team: Sequence[str]) -> None:
    days = season_of(ctx).site_visit.notice_working_days
    earliest = working_days_on(ctx, days) - timedelta(days=1)
    when = at_local(row["on"]) if row.get("on") else earliest
    if when < earliest:
        raise Refused("visit.notice", zh=f"现场考察须提前{days}个工作日通知，请改期", en=f"a visit needs {days} working days' notice")
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}", *(f"expert@{expert}" for expert in team)]
    people += [str(row["clerk"])] if row.get("clerk") else []
    tell(ctx, "29_site_visit", people, about=application.id, when=when)
    ctx.facts.applications.move(application.id, state="site_visit", at=ctx.now)


def load_visit(ctx: Context, _: Data) -> Variables:
    """Topic: who leads this visit. → leader."""
    return {"leader": found(ctx.facts.defences.visit(variable(ctx, "visit")), what="现场考察").leader}


def report_visit(ctx: Context, data: Data) -> None:
    """N09b 提交现场考察报告. Data: visited_on, findings, conclusion; the report is a D9 file."""
    visit = variable(ctx, "visit")
    conclusion = str(data.get("conclusion") or "")
    if conclusion not in season_of(ctx).site_visit.conclusions:
        raise Refused("visit.conclusion", zh="请选择考察结论", en="choose the conclusion of the visit")
    need(data, "findings", zh="请逐项说明疑点核实情况", en="say what was found about each doubt")
    refuse_without_file(ctx, owner=visit, code="D9", zh="请上传现场考察报告（D9）", en="upload the report (D9)")
    ctx.facts.defences.report_visit(visit=visit, conclusion=conclusion, report=dict(data), at=ctx.now)


HANDLERS = {"visit.load": load_visit}
LISTENERS = {"visits.decide": decide_visits, "visits.report": report_visit}
