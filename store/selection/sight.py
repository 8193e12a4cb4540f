"""What the rights table asks about an application: whose it is, who reads it, what is closed and released. Decides nothing."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from selection.rights import Subject
from store.selection.tables_application import application
from store.selection.tables_people import role_grant, unit
from store.selection.tables_result import batch, objection, release, title
from store.selection.tables_review import (
    assignment,
    attendance,
    conflict,
    declaration,
    meeting,
    meeting_item,
    review_group,
    score,
    seat,
    site_visit,
)

_CLOSED = frozenset({"closed", "defended"})


def application_subject(connection: Connection, application_id: str) -> Subject | None:
    """The application as a subject of rights; None if there is none."""
    row = connection.execute(select(application).where(application.c.id == application_id)).mappings().first()
    if row is None:
        return None
    seats = {s.id: s.expert for s in connection.execute(_seats(application_id))}
    state = connection.execute(select(review_group.c.state).where(review_group.c.id == row["group"])).scalar()
    open_sheets = select(score.c.expert).where(score.c.application == application_id, score.c.state == "draft")
    return Subject(
        kind="application",
        id=application_id,
        enterprise=row["enterprise"],
        # The unit named on a draft sees nothing before the application is submitted.
        unit=(row["unit"] or "") if row["submitted_at"] is not None else "",
        group=row["group"] or "",
        season=row["season"],
        experts=frozenset(seats.values()),
        declared=_declared(connection, season=row["season"], seats=seats),
        conflicted=frozenset(connection.execute(select(conflict.c.expert).where(conflict.c.application == application_id)).scalars()),
        closed=state in _CLOSED,
        scored=bool(seats) and connection.execute(open_sheets.limit(1)).first() is None,
        meeting=connection.execute(_before_a_meeting(application_id)).first() is not None,
        released=connection.execute(_announced(row["season"])).first() is not None,
    )


def group_subject(connection: Connection, group_id: str) -> Subject | None:
    """A review group as a subject of rights."""
    row = connection.execute(select(review_group).where(review_group.c.id == group_id)).mappings().first()
    if row is None:
        return None
    experts = connection.execute(select(seat.c.expert).where(seat.c.group == group_id)).scalars()
    return Subject(
        kind="group",
        id=group_id,
        group=group_id,
        season=row["season"],
        experts=frozenset(experts),
        closed=row["state"] in _CLOSED,
        scored=row["state"] in _CLOSED,
    )


def meeting_subject(connection: Connection, meeting_id: str, *, experts: Collection[str]) -> Subject | None:
    """A meeting as a subject of rights for somebody who is one of these experts: are they called to it."""
    season = connection.execute(select(meeting.c.season).where(meeting.c.id == meeting_id)).scalar()
    if season is None:
        return None
    called = select(attendance.c.member).where(attendance.c.meeting == meeting_id, attendance.c.member.in_(sorted(experts)))
    is_called = connection.execute(called.limit(1)).first() is not None
    return Subject(kind="meeting", id=meeting_id, season=season, meeting=is_called)


def _seats(application_id: str) -> Select[Any]:
    return (
        select(seat.c.id, seat.c.expert).join(assignment, assignment.c.seat == seat.c.id).where(assignment.c.application == application_id)
    )


def _declared(connection: Connection, *, season: str, seats: dict[str, str]) -> frozenset[str]:
    found = select(declaration.c.seat, declaration.c.expert).where(
        declaration.c.season == season, declaration.c.seat.in_(sorted(seats)), declaration.c.outcome == "sign"
    )
    # A declaration counts for the seat's present expert only: one who was replaced signed for himself.
    return frozenset(expert for seat_id, expert in connection.execute(found) if seats[seat_id] == expert)


def _announced(season: str) -> Select[Any]:
    """The announcement that let the results of a season out, the groups' comments with them (A-61)."""
    batches = select(batch.c.id).where(batch.c.season == season)
    return select(release.c.kind).where(release.c.kind == "announcement", release.c.subject.in_(batches)).limit(1)


def _before_a_meeting(application_id: str) -> Select[Any]:
    return select(meeting_item.c.meeting).where(meeting_item.c.application == application_id).limit(1)


def document_subject(connection: Connection, *, owner: str, by: str, season: str) -> Subject:
    """Whose a document is: of an application, a unit, an objection, a title or a site visit; else the office's own.

    What the applicant handed in about an objection or a title is seen like the application, but not by its unit and readers; what others
    gathered there stays with the office (kind `objection`: its papers may tell who objects). A visit's report is not the applicant's.
    """
    found = application_subject(connection, owner)
    if found is not None:
        return found
    visited = _application_of(connection, site_visit, owner)
    if visited is not None:
        return replace(visited, enterprise="", unit="")
    for table in (objection, title):
        about = _application_of(connection, table, owner)
        if about is not None:
            return _of_the_applicant(connection, about, by=by) or Subject(kind=table.name, id=owner)
    if connection.execute(select(unit.c.code).where(unit.c.season == season, unit.c.code == owner)).first() is not None:
        return Subject(kind="unit", id=owner, unit=owner)
    return Subject(id=owner)


def _application_of(connection: Connection, table: Table, owner: str) -> Subject | None:
    inner = connection.execute(select(table.c.application).where(table.c.id == owner)).scalar()
    return None if inner is None else application_subject(connection, inner)


def _of_the_applicant(connection: Connection, about: Subject, *, by: str) -> Subject | None:
    roles = role_grant.c.role.in_(("applicant_editor", "applicant_signatory"))
    theirs = select(role_grant.c.person).where(role_grant.c.person == by, roles, role_grant.c.organisation == about.enterprise)
    found = connection.execute(theirs.limit(1)).first()
    return None if found is None else replace(about, unit="", group="", experts=frozenset())
