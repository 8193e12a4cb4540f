"""Group leader and committee: the group's ranking, and the meetings with their agenda, attendance, votes and minutes to print."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection, RowMapping

from selection.rights import Subject
from store.selection import queries_record as record_queries
from store.selection import queries_review as review_queries
from store.selection import queries_tasks as tasks_queries
from store.selection.queries_names import holders_of
from store.selection.sight import group_subject, meeting_subject
from web.bands import BANDS, banded
from web.i18n import word
from web.pages import page
from web.reading import Reading, Season, TheHouse
from web.rules import rules_of_season
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
GroupDesk = Annotated[Visitor, Depends(Access("see_group_desk"))]
Called = Annotated[Visitor, Depends(Access("see_meeting"))]
KINDS = {"shortlist": "确定答辩名单", "award": "形成推荐名单", "objection": "审议异议", "sent_back": "审议退回事项"}
OFFICES = {"chair": "主任委员", "vice_chair": "副主任委员", "member": "委员"}
DECISIONS = {"approve": "同意", "refuse": "不同意", "further": "暂缓或补充调查", "left": "已退出"}
CHOICES = {"yes": "同意", "no": "不同意", "abstain": "弃权"}
RANKING = (
    Column("编号", lambda row: row["number"] or row["id"]),
    Column("企业名称", "enterprise_name"),
    Column("经验名称", "experience_name"),
    Column("平均分", "mean"),
)
AGENDA = (
    Column("编号", lambda row: row["number"] or row["application"]),
    Column("企业名称", "enterprise_name"),
    Column("经验名称", "experience_name"),
    Column("资料评审", "desk"),
    Column("答辩评审", "defence"),
    Column("决定", lambda row: DECISIONS.get(row["decision"], row["decision"]), ours=True),
    Column("理由", "reason"),
)
STATES = {"formed": "已组成", "reading": "评审中", "closed": "评审完成", "defended": "答辩完成"}
GROUPS = (
    Column("专业组", "name", ours=True),
    Column("组长", "leader_name"),
    Column("状态", lambda row: STATES.get(row["state"], row["state"]), ours=True),
)
MEETINGS = (
    Column("会议", lambda row: KINDS.get(row["kind"], row["kind"]), ours=True),
    Column("编号", "id"),
    Column("时间", "held_at"),
    Column("地点", "place"),
)


@router.get("/group")
def groups(request: Request, visitor: GroupDesk, connection: Reading, season: Season, form: str = "") -> Response:
    """The visitor's groups; all for the office."""
    everywhere = visitor.may("see_group_desk", Subject())
    ids = None if everywhere else visitor.organisations("group_leader")
    rows = review_queries.groups_of(connection, of_season=season["id"], ids=ids)
    if form == "xlsx":
        return sheet("专业组", GROUPS, rows, language=visitor.language)
    return page(request, "groups.html", groups=rows, season=season, states=STATES)


@router.get("/group/{group}")
def group_desk(request: Request, visitor: GroupDesk, house: TheHouse, connection: Reading, group: str, form: str = "") -> Response:
    """One group: its applications by score once all sheets are in, spread alarms, tasks. A mailed address works whatever season is shown."""
    subject, row = group_subject(connection, group), review_queries.group_of(connection, group)
    if subject is None or row is None or not visitor.may("see_group_desk", subject):
        raise not_found()
    scores = visitor.may("see_scores", subject)
    rows: list[Any] = [dict(row) for row in review_queries.group_ranking(connection, group=group, stage="desk")]
    if scores:
        rows = banded(rows, rules=rules_of_season(house, connection, row["season"]))
    if form == "xlsx":
        return sheet(row["name"], RANKING if scores else RANKING[:3], rows, language=visitor.language)
    tasks = tasks_queries.tasks_at(connection, tenant=row["season"], elements=("N06c", "N06d"), business_key=f"{row['season']}/{group}")
    mine = [task for task in tasks if not visitor.actor.groups.isdisjoint(task["groups"]) or task["assignee"] == visitor.actor.id]
    seats = record_queries.seats(connection, group) if visitor.may("start:score_record") else ()
    return page(request, "group.html", group=row, rows=rows, scores=scores, tasks=mine, bands=BANDS, seats=seats, holders=holders_of(connection, mine))


@router.get("/meetings")
def meetings(request: Request, visitor: Called, connection: Reading, season: Season, form: str = "") -> Response:
    """The committee's meetings; members see those they are called to."""
    everywhere = visitor.may("see_meeting", Subject())
    experts = None if everywhere else visitor.organisations("expert")
    rows = review_queries.meetings_of(connection, of_season=season["id"], experts=experts)
    if form == "xlsx":
        return sheet("评审委员会", MEETINGS, rows, language=visitor.language)
    return page(request, "meetings.html", meetings=rows, kinds=KINDS, season=season)


@router.get("/meetings/{meeting}")
def meeting_page(request: Request, visitor: Called, connection: Reading, meeting: str, form: str = "") -> Response:
    """One meeting: attendance, agenda with scores, recusals, votes. A mailed address works whatever season is shown."""
    row = _meeting(connection, visitor, meeting=meeting)
    items = review_queries.agenda_of(connection, meeting)
    if form == "xlsx":
        return sheet(word(visitor.language, KINDS.get(row["kind"], "合议")), AGENDA, items, language=visitor.language)
    tasks = tasks_queries.tasks_at(connection, tenant=row["season"], elements=("N07a", "N07b", "N07c"), business_key=meeting)
    mine = [task for task in tasks if not visitor.actor.groups.isdisjoint(task["groups"]) or task["assignee"] == visitor.actor.id]
    own = {row["item"]: row["choice"] for row in review_queries.own_votes(connection, meeting, members=visitor.organisations("expert"))}
    holders = holders_of(connection, mine)
    return page(request, "meeting.html", meeting=row, items=items, tasks=mine, holders=holders, own=own, **_course(connection, row, items))


@router.get("/meetings/{meeting}/minutes")
def minutes(request: Request, visitor: Called, connection: Reading, meeting: str) -> Response:
    """The minutes, laid out for printing and signing."""
    row = _meeting(connection, visitor, meeting=meeting)
    signed = review_queries.minutes_of(connection, meeting)
    items = review_queries.agenda_of(connection, meeting)
    return page(request, "minutes.html", meeting=row, items=items, signed=signed, **_course(connection, row, items))


def _meeting(connection: Connection, visitor: Visitor, *, meeting: str) -> Any:
    subject, row = meeting_subject(connection, meeting, experts=visitor.organisations("expert")), review_queries.meeting_of(connection, meeting)
    if subject is None or row is None or not visitor.may("see_meeting", subject):
        raise not_found()
    return row


def _course(connection: Connection, held: RowMapping, items: Sequence[RowMapping]) -> dict[str, Any]:
    meeting: str = held["id"]
    roll = review_queries.roll_of(connection, meeting)
    votes: dict[str, dict[str, int]] = {}
    for row in review_queries.votes_of(connection, meeting):
        votes.setdefault(row["item"], {})[row["choice"]] = row["number"]
    for row in items:
        if row["votes_for"] is not None:  # as it was decided, also where it was counted on paper
            votes[row["item"]] = {"yes": row["votes_for"], "no": row["votes_against"], "abstain": row["abstained"]}
    recusals: dict[str, list[str]] = {}
    for row in review_queries.recusals_of(connection, meeting):
        recusals.setdefault(row["item"], []).append(row["name"] or row["member"])
    return {
        "roll": roll,
        "called": held["state"] != "convened" or any(one["present"] for one in roll),  # before, everybody would seem to be absent
        "votes": votes,
        "recusals": recusals,
        "kinds": KINDS,
        "offices": OFFICES,
        "choices": CHOICES,
        "decisions": DECISIONS,
    }
