"""Named reads behind the choices in forms: value -> words, in the order in which they are shown."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, select, true

from selection.objection import number
from selection.stages import BEFORE_MEETING2, BEFORE_UNIT
from store.selection.meeting import LEFT
from store.selection.tables_application import application, nomination
from store.selection.tables_people import committee_seat, enterprise, expert, invitation, person, role_grant, unit
from store.selection.tables_result import batch_item, objection, title
from store.selection.tables_review import assignment, attendance, defence_slot, meeting_item, review_group, seat, stage_score

Choices = dict[str, str]


def _pairs(connection: Connection, statement: Select[Any]) -> Choices:
    return {key: " · ".join(str(word) for word in words if word) for key, *words in connection.execute(statement)}


def _applications() -> Select[Any]:
    named = select(application.c.id, application.c.number, enterprise.c.name, application.c.experience_name)
    joined = named.join_from(application, enterprise, enterprise.c.id == application.c.enterprise)
    return joined.order_by(application.c.number.is_(None), application.c.number, application.c.id)


def units(connection: Connection, *, season: str) -> Choices:
    """The recommending units of the season, by code."""
    return _pairs(connection, select(unit.c.code, unit.c.name).where(unit.c.season == season).order_by(unit.c.code))


def experts(connection: Connection) -> Choices:
    """The available experts of the pool, with their employer."""
    return _pairs(connection, select(expert.c.id, expert.c.name, expert.c.employer).where(expert.c.available).order_by(expert.c.id))


def experts_of_season(connection: Connection, *, season: str) -> Choices:
    """The experts who accepted the season's invitation."""
    joined = select(expert.c.id, expert.c.name, expert.c.employer).join(invitation, invitation.c.expert == expert.c.id)
    return _pairs(connection, joined.where(invitation.c.season == season, invitation.c.state == "accepted").order_by(expert.c.id))


def experts_without_seat(connection: Connection, *, season: str) -> Choices:
    """Experts who may step in: of the pool, available, without a seat in the season."""
    seated = select(seat.c.expert).join(review_group, review_group.c.id == seat.c.group).where(review_group.c.season == season)
    free = select(expert.c.id, expert.c.name, expert.c.employer).where(expert.c.available, expert.c.id.not_in(seated))
    return _pairs(connection, free.order_by(expert.c.id))


def experts_of_group(connection: Connection, *, group: str) -> Choices:
    """The experts of a review group."""
    joined = select(expert.c.id, expert.c.name, expert.c.employer).join(seat, seat.c.expert == expert.c.id)
    return _pairs(connection, joined.where(seat.c.group == group).order_by(expert.c.id))


def committee(connection: Connection, *, season: str, offices: Sequence[str] = ()) -> Choices:
    """The committee's members, or those with some offices."""
    joined = select(expert.c.id, expert.c.name, expert.c.employer).join(committee_seat, committee_seat.c.expert == expert.c.id)
    found = joined.where(committee_seat.c.season == season)
    return _pairs(connection, (found.where(committee_seat.c.office.in_(offices)) if offices else found).order_by(expert.c.id))


def called(connection: Connection, *, meeting: str) -> Choices:
    """Who is called to a meeting."""
    joined = select(expert.c.id, expert.c.name).join(attendance, attendance.c.member == expert.c.id)
    return _pairs(connection, joined.where(attendance.c.meeting == meeting).order_by(expert.c.id))


def meeting_items(connection: Connection, *, meeting: str) -> Choices:
    """What a meeting decides about: applications, objections or titles by their id, with the enterprise and experience concerned.

    What left the agenda stays in the list, so that lines typed before keep their words.
    """
    left = case((meeting_item.c.decision == LEFT, "已退出，无须表决"))
    named = select(meeting_item.c.item, application.c.number, enterprise.c.name, application.c.experience_name, left)
    joined = named.join_from(meeting_item, application, application.c.id == meeting_item.c.application, isouter=True)
    joined = joined.outerjoin(enterprise, enterprise.c.id == application.c.enterprise).where(meeting_item.c.meeting == meeting)
    return {key: words or key for key, words in _pairs(connection, joined.order_by(meeting_item.c.rank, meeting_item.c.item)).items()}


def left_items(connection: Connection, *, meeting: str) -> frozenset[str]:
    """The items of a meeting that need no vote any more."""
    found = select(meeting_item.c.item).where(meeting_item.c.meeting == meeting, meeting_item.c.decision == LEFT)
    return frozenset(connection.execute(found).scalars())


def reading_groups(connection: Connection, *, season: str) -> Choices:
    """The review groups of the season that have not finished reading."""
    found = select(review_group.c.id, review_group.c.name).where(
        review_group.c.season == season, review_group.c.state.in_(("formed", "reading"))
    )
    return _pairs(connection, found.order_by(review_group.c.id))


def applications(connection: Connection, *, season: str, states: Sequence[str] = (), group: str = "") -> Choices:
    """Applications of the season in some states, or of a group."""
    found = _applications().where(application.c.season == season)
    if states:
        found = found.where(application.c.state.in_(states))
    return _pairs(connection, found.where(application.c.group == group) if group else found)


def unit_applications(connection: Connection, *, season: str, unit: str) -> Choices:
    """The applications that name a unit and wait for its decision."""
    return _pairs(
        connection, _applications().where(application.c.season == season, application.c.unit == unit, application.c.state.in_(BEFORE_UNIT))
    )


def nominated(connection: Connection, *, season: str, unit: str) -> Choices:
    """The applications that a unit recommends: the chosen ones of its list."""
    listed = and_(
        nomination.c.application == application.c.id,
        nomination.c.season == season,
        nomination.c.unit == unit,
        nomination.c.state.in_(("chosen", "nominated")),
    )
    return _pairs(connection, _applications().join(nomination, listed))


def office_clerks(connection: Connection) -> Choices:
    """The clerks of the office with an open account."""
    holds = and_(role_grant.c.person == person.c.id, role_grant.c.role == "office_clerk")
    found = select(person.c.id, person.c.name).join(role_grant, holds).where(person.c.active).order_by(person.c.name, person.c.id)
    return _pairs(connection, found.distinct())


def dispersed(connection: Connection, *, group: str) -> Choices:
    """The applications of a group whose scores lie far apart."""
    alarmed = and_(stage_score.c.application == application.c.id, stage_score.c.alert)
    return _pairs(connection, _applications().join(stage_score, alarmed).where(stage_score.c.group == group))


def defence_applications(connection: Connection, *, group: str) -> Choices:
    """The applications of a group that come to the second 合议: those of its defence, or all where the season holds none."""
    slots = select(defence_slot.c.application).where(defence_slot.c.group == group)
    found = _applications().where((application.c.group == group) & application.c.state.in_(BEFORE_MEETING2) | application.c.id.in_(slots))
    return _pairs(connection, found)


def defence_to_schedule(connection: Connection, *, group: str) -> Choices:
    """The applications of a group that have no date yet, or get a second one because they missed the first."""
    settled = select(defence_slot.c.application).where(defence_slot.c.group == group, defence_slot.c.state.in_(("present", "absent")))
    to_come = application.c.state.in_(("shortlisted", "defence_scheduled", "defence_absent"))
    return _pairs(connection, _applications().where(application.c.group == group, to_come, application.c.id.not_in(settled)))


def defence_awaited(connection: Connection, *, group: str) -> Choices:
    """The applications of a group whose defence is due and of which nobody has said yet whether they came."""
    called = select(defence_slot.c.application).where(
        defence_slot.c.group == group, defence_slot.c.state.in_(("invited", "confirmed", "declined"))
    )
    return _pairs(connection, _applications().where(application.c.id.in_(called)))


def seat_applications(connection: Connection, *, seat: str) -> Choices:
    """The applications assigned to a seat."""
    return _pairs(
        connection, _applications().join(assignment, assignment.c.application == application.c.id).where(assignment.c.seat == seat)
    )


def list_applications(connection: Connection, *, season: str, batch: str) -> Choices:
    """The lines of a batch; before there is one, the applications on the award list."""
    if not batch:
        return applications(connection, season=season, states=("recommended",))
    return _pairs(
        connection, _applications().join(batch_item, batch_item.c.application == application.c.id).where(batch_item.c.batch == batch)
    )


def titles(connection: Connection, *, season: str) -> Choices:
    """The titles of the season."""
    return _pairs(
        connection, select(title.c.id, title.c.holder, title.c.experience_name).where(title.c.season == season).order_by(title.c.id)
    )


def public_items(connection: Connection, *, batch: str) -> Choices:
    """The lines of a published list."""
    return list_applications(connection, season="", batch=batch) if batch else {}


def words_of(connection: Connection, ids: Collection[str]) -> Choices:
    """What was chosen once, in words: applications, experts, groups, titles and objections by their id; an id nobody knows stays out."""
    wanted = sorted(set(ids))
    found = _pairs(connection, _applications().where(application.c.id.in_(wanted)))
    found |= _pairs(connection, select(expert.c.id, expert.c.name, expert.c.employer).where(expert.c.id.in_(wanted)))
    found |= _pairs(connection, select(review_group.c.id, review_group.c.name).where(review_group.c.id.in_(wanted)))
    found |= _pairs(connection, select(title.c.id, title.c.holder, title.c.experience_name).where(title.c.id.in_(wanted)))
    disputed = select(objection.c.id, enterprise.c.name, application.c.experience_name).select_from(
        objection.join(application, application.c.id == objection.c.application).join(
            enterprise, enterprise.c.id == application.c.enterprise
        )
    )
    return found | _pairs(connection, disputed.where(objection.c.id.in_(wanted)))


def other_objections(connection: Connection, *, objection_id: str) -> Choices:
    """The other open objections to the item that an objection is about, by id: the number people quote, and what is said."""
    this = objection.alias("this")
    same = (this.c.id == objection_id, objection.c.application == this.c.application, objection.c.batch == this.c.batch)
    found = select(objection.c.id, objection.c.receipt, objection.c.facts).join(this, true()).where(*same)
    rows = connection.execute(found.where(objection.c.id != objection_id, objection.c.closed_at.is_(None)).order_by(objection.c.received_at))
    return {row.id: f"{number(row.receipt)} · {row.facts[:40]}" for row in rows}
