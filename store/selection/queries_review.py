"""Named reads for reviewers and the committee: seats, own sheets, a group's ranking, meetings.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, select

from store.selection.meeting import standing_votes
from store.selection.queries_record import recorded_sheets
from store.selection.tables_application import application
from store.selection.tables_people import enterprise, expert, season
from store.selection.tables_review import (
    assignment,
    attendance,
    conflict,
    declaration,
    group_summary,
    meeting,
    meeting_item,
    minutes,
    recusal,
    review_group,
    score,
    seat,
    stage_score,
    vote,
)

Rows = Sequence[RowMapping]


def groups_of(connection: Connection, *, of_season: str, ids: Collection[str] | None = None) -> Rows:
    """Review groups with the leader's name; all of the season or some."""
    found = select(review_group, expert.c.name.label("leader_name")).outerjoin(expert, expert.c.id == review_group.c.leader)
    if ids is not None:
        found = found.where(review_group.c.id.in_(sorted(ids)))
    return connection.execute(found.where(review_group.c.season == of_season).order_by(review_group.c.id)).mappings().all()


def group_of(connection: Connection, group: str) -> RowMapping | None:
    """One review group, whatever its season, with the leader's name and the season's title."""
    joined = review_group.join(season, season.c.id == review_group.c.season).outerjoin(expert, expert.c.id == review_group.c.leader)
    found = select(review_group, expert.c.name.label("leader_name"), season.c.title.label("season_title")).select_from(joined)
    return connection.execute(found.where(review_group.c.id == group)).mappings().first()


def consolidated_comment(connection: Connection, application_id: str) -> str:
    """What the group said of an application altogether (A-61): no names, no single scores. Empty when it said nothing."""
    said = select(group_summary.c.comment).join(application, application.c.group == group_summary.c.group)
    found = said.where(group_summary.c.application == application_id, application.c.id == application_id)
    return connection.execute(found).scalar() or ""


def group_ranking(connection: Connection, *, group: str, stage: str) -> Rows:
    """The applications of a group with the stage's score, by application number. For those who may see scores only."""
    scored = and_(stage_score.c.application == application.c.id, stage_score.c.stage == stage)
    cased = application.join(enterprise, enterprise.c.id == application.c.enterprise).outerjoin(stage_score, scored)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area)
    recorded = recorded_sheets(stage).label("recorded")
    found = select(
        *columns, enterprise.c.name.label("enterprise_name"), stage_score.c.mean, stage_score.c.alert, stage_score.c.detail, recorded
    )
    return connection.execute(found.select_from(cased).where(application.c.group == group).order_by(application.c.number)).mappings().all()


def seats_of(connection: Connection, *, experts: Collection[str]) -> Rows:
    """The seats of some experts with their group, its season and whether the declaration is signed; the newest season first."""
    signed = and_(declaration.c.seat == seat.c.id, declaration.c.expert == seat.c.expert, declaration.c.outcome == "sign")
    found = select(
        seat.c.id,
        seat.c.expert,
        review_group.c.id.label("group"),
        review_group.c.name,
        review_group.c.state,
        season.c.title.label("season_title"),
        declaration.c.at.label("signed_at"),
    )
    joined = seat.join(review_group, review_group.c.id == seat.c.group).join(season, season.c.id == review_group.c.season)
    mine = found.select_from(joined.outerjoin(declaration, signed)).where(seat.c.expert.in_(sorted(experts)))
    return connection.execute(mine.order_by(season.c.year.desc(), seat.c.id)).mappings().all()


def readings(connection: Connection, *, seat_id: str, expert_id: str, stage: str) -> Rows:
    """The applications of a seat with the expert's own sheet (nobody else's) and whether a conflict takes them away."""
    own = and_(score.c.application == application.c.id, score.c.expert == expert_id, score.c.stage == stage)
    barred = and_(conflict.c.application == application.c.id, conflict.c.expert == expert_id)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area, application.c.season)
    found = select(
        *columns,
        enterprise.c.name.label("enterprise_name"),
        score.c.state.label("sheet_state"),
        score.c.sheet,
        score.c.recorded_by,
        score.c.total,
        conflict.c.kind,
    )
    joined = assignment.join(application, application.c.id == assignment.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    joined = joined.outerjoin(score, own).outerjoin(conflict, barred)
    return connection.execute(found.select_from(joined).where(assignment.c.seat == seat_id).order_by(application.c.number)).mappings().all()


def meetings_of(connection: Connection, *, of_season: str, experts: Collection[str] | None = None) -> Rows:
    """The committee's meetings of the season; only those to which some experts are called, if given."""
    found = select(meeting).where(meeting.c.season == of_season)
    if experts is not None:
        found = found.where(meeting.c.id.in_(select(attendance.c.meeting).where(attendance.c.member.in_(sorted(experts)))))
    return connection.execute(found.order_by(meeting.c.created_at, meeting.c.id)).mappings().all()


def meeting_of(connection: Connection, meeting_id: str) -> RowMapping | None:
    """One meeting, whatever its season, with the season's title."""
    found = select(meeting, season.c.title.label("season_title")).join(season, season.c.id == meeting.c.season)
    return connection.execute(found.where(meeting.c.id == meeting_id)).mappings().first()


def agenda_of(connection: Connection, meeting_id: str) -> Rows:
    """What a meeting decides about, with enterprise, experience, group, the desk and defence scores, proposal and decision."""
    desk, defence = stage_score.alias("desk"), stage_score.alias("defence")
    joined = meeting_item.join(application, application.c.id == meeting_item.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    joined = joined.outerjoin(desk, and_(desk.c.application == application.c.id, desk.c.stage == "desk"))
    joined = joined.outerjoin(defence, and_(defence.c.application == application.c.id, defence.c.stage == "defence"))
    columns = (
        application.c.number,
        application.c.experience_name,
        application.c.focus_area,
        application.c.group,
        enterprise.c.name.label("enterprise_name"),
        recorded_sheets("desk", "defence").label("recorded"),
    )
    found = select(meeting_item, *columns, desk.c.mean.label("desk"), defence.c.mean.label("defence")).select_from(joined)
    ordered = found.where(meeting_item.c.meeting == meeting_id).order_by(
        meeting_item.c.rank.is_(None), meeting_item.c.rank, application.c.number
    )
    return connection.execute(ordered).mappings().all()


def roll_of(connection: Connection, meeting_id: str) -> Rows:
    """Who is called to a meeting and who is there."""
    found = select(attendance, expert.c.name).join(expert, expert.c.id == attendance.c.member).where(attendance.c.meeting == meeting_id)
    return connection.execute(found.order_by(attendance.c.office, attendance.c.member)).mappings().all()


def votes_of(connection: Connection, meeting_id: str) -> Rows:
    """The ballots of a meeting that count, by item and choice; those of members who have left the item (回避) do not."""
    counting = standing_votes().where(vote.c.meeting == meeting_id, ~exists().where(*_left_by_the_voter())).subquery()
    found = select(counting.c.item, counting.c.choice, func.count().label("number"))
    return connection.execute(found.group_by(counting.c.item, counting.c.choice)).mappings().all()


def own_votes(connection: Connection, meeting_id: str, *, members: Collection[str]) -> Rows:
    """What some members voted on each item of a meeting: their ballots that count."""
    found = standing_votes().where(vote.c.meeting == meeting_id, vote.c.member.in_(sorted(members)))
    return connection.execute(found).mappings().all()


def _left_by_the_voter() -> tuple[ColumnElement[bool], ...]:
    return recusal.c.meeting == vote.c.meeting, recusal.c.item == vote.c.item, recusal.c.member == vote.c.member


def recusals_of(connection: Connection, meeting_id: str) -> Rows:
    """Who left for which item."""
    found = select(recusal, expert.c.name).outerjoin(expert, expert.c.id == recusal.c.member).where(recusal.c.meeting == meeting_id)
    return connection.execute(found.order_by(recusal.c.item, recusal.c.member)).mappings().all()


def minutes_of(connection: Connection, meeting_id: str) -> RowMapping | None:
    """The signed minutes."""
    return connection.execute(select(minutes).where(minutes.c.meeting == meeting_id)).mappings().first()
