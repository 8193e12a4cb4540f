"""Named reads for 代录: the seats of a group with what they have handed in, the sheets that are missing, what was recorded; who has not answered yet.

No rights here: what somebody may open is decided by `selection.rights`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, ScalarSelect, and_, func, select

from store.selection.tables_application import application
from store.selection.tables_people import enterprise, expert, invitation
from store.selection.tables_review import assignment, conflict, declaration, defence_slot, review_group, score, seat, stage_score
from store.selection.tasks import SCORING, TaskFacts


def seats(connection: Connection, group: str) -> Sequence[dict[str, Any]]:
    """The seats of a group: expert, whether the declaration is signed, how many applications are the seat's, how many sheets are handed in at
    each stage (``desk``, ``defence``), the ``stage`` it scores at now ("" when it does not), how many recorded sheets may be recorded
    ``again``, whether it ``declares`` now, and whether the office recorded the declaration from paper (``signed_by_office``).
    """
    signed = and_(declaration.c.seat == seat.c.id, declaration.c.expert == seat.c.expert, declaration.c.outcome == "sign")
    given = select(func.count()).where(assignment.c.seat == seat.c.id).scalar_subquery()
    columns = (seat.c.id, seat.c.expert, expert.c.name, review_group.c.season, review_group.c.name.label("group_name"), _again().label("again"))
    counted = (given.label("given"), _handed_in("desk").label("desk"), _handed_in("defence").label("defence"))
    joined = seat.join(review_group, review_group.c.id == seat.c.group).join(expert, expert.c.id == seat.c.expert).outerjoin(declaration, signed)
    signature = (declaration.c.at.label("signed_at"), declaration.c.recorded_by.label("signed_by_office"))
    rows = connection.execute(
        select(*columns, *signature, *counted).select_from(joined).where(seat.c.group == group).order_by(seat.c.id)
    ).mappings()
    tasks = TaskFacts(connection)
    return [
        {
            **row,
            "place": row["id"].partition("/")[2],
            "stage": _stage(tasks, season=row["season"], group=group, expert=row["expert"]),
            "declares": row["signed_at"] is None
            and tasks.awaits("declaration", season=row["season"], group=group, expert=row["expert"]),
        }
        for row in rows
    ]


def invited(connection: Connection, *, of_season: str, expert_id: str) -> RowMapping | None:
    """An expert who was invited and has not replied yet: id, name."""
    asked = and_(invitation.c.expert == expert.c.id, invitation.c.season == of_season, invitation.c.state == "invited")
    found = select(expert.c.id, expert.c.name).select_from(expert.join(invitation, asked)).where(expert.c.id == expert_id)
    return connection.execute(found).mappings().first()


def _handed_in(stage: str) -> ScalarSelect[Any]:
    theirs = (score.c.seat == seat.c.id, score.c.expert == seat.c.expert, score.c.stage == stage, score.c.state == "final")
    return select(func.count()).where(*theirs).scalar_subquery()


def _correctable() -> tuple[ColumnElement[bool], ...]:
    """Sheets of a seat's expert that the office recorded and whose group's scores are not put together yet."""
    counted = select(stage_score.c.application).where(stage_score.c.group == seat.c.group, stage_score.c.stage == score.c.stage)
    theirs = (score.c.seat == seat.c.id, score.c.expert == seat.c.expert, score.c.state == "final", score.c.recorded_by.is_not(None))
    return (*theirs, ~counted.exists())


def _again() -> ScalarSelect[Any]:
    return select(func.count()).select_from(score).where(*_correctable()).correlate(seat).scalar_subquery()


def recorded(connection: Connection, *, seat_id: str) -> Sequence[RowMapping]:
    """The sheets of a seat that may be recorded again: application, stage, which version it would be, names."""
    cased = score.join(application, application.c.id == score.c.application).join(enterprise, enterprise.c.id == application.c.enterprise)
    columns = (application.c.id, application.c.number, application.c.experience_name, enterprise.c.name.label("enterprise_name"))
    found = select(*columns, score.c.stage, score.c.version).select_from(cased.join(seat, seat.c.id == score.c.seat))
    return connection.execute(found.where(seat.c.id == seat_id, *_correctable()).order_by(application.c.number)).mappings().all()


def _stage(tasks: TaskFacts, *, season: str, group: str, expert: str) -> str:
    return next((stage for stage in SCORING if tasks.scores(season=season, group=group, expert=expert, stage=stage)), "")


def unscored(connection: Connection, *, seat_id: str, expert_id: str, stage: str) -> Sequence[RowMapping]:
    """The applications of a seat whose sheet is not handed in: id, number, names. At the defence only those that were there."""
    own = and_(score.c.application == application.c.id, score.c.expert == expert_id, score.c.stage == stage, score.c.state == "final")
    barred = and_(conflict.c.application == application.c.id, conflict.c.expert == expert_id)
    joined = assignment.join(application, application.c.id == assignment.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    columns = (application.c.id, application.c.number, application.c.experience_name, enterprise.c.name.label("enterprise_name"))
    found = select(*columns).select_from(joined.outerjoin(score, own).outerjoin(conflict, barred))
    found = found.where(assignment.c.seat == seat_id, score.c.expert.is_(None), conflict.c.expert.is_(None))
    if stage == "defence":
        here = select(defence_slot.c.application).where(defence_slot.c.state == "present")
        found = found.where(application.c.id.in_(here))
    return connection.execute(found.order_by(application.c.number)).mappings().all()


def recorded_sheets(*stages: str) -> ScalarSelect[Any]:
    """How many counted sheets of an application were recorded from paper by the office: a column beside `application`."""
    counted = select(func.count()).where(
        score.c.application == application.c.id, score.c.state == "final", score.c.recorded_by.is_not(None), score.c.stage.in_(stages)
    )
    return counted.correlate(application).scalar_subquery()
