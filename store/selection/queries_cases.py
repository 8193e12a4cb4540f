"""Named reads of cases: applications with enterprise, unit and stage, their files, where they stand.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select, union_all

from store.engine.tables import called, instance, subscription, task, timer
from store.selection.tables_application import application, document, nomination, removal, ru_review
from store.selection.tables_people import enterprise, person, season, unit
from store.selection.tables_result import objection, title

Rows = Sequence[RowMapping]
PAGE = 50
_CASE = (
    application,
    enterprise.c.name.label("enterprise_name"),
    enterprise.c.uscc,
    unit.c.name.label("unit_name"),
    season.c.title.label("season_title"),
    instance.c.root,
    instance.c.stage,
    instance.c.public_stage,
    instance.c.status,
    instance.c.changed_at,
)


def _cases() -> Select[Any]:
    cased = application.join(enterprise, enterprise.c.id == application.c.enterprise).join(season, season.c.id == application.c.season)
    cased = cased.outerjoin(unit, and_(unit.c.season == application.c.season, unit.c.code == application.c.unit))
    cased = cased.outerjoin(instance, and_(instance.c.business_key == application.c.id, instance.c.process == "application"))
    return select(*_CASE).select_from(cased)


def cases(
    connection: Connection, *, of_season: str, search: str = "", stage: str = "", of_unit: str = "", limit: int = PAGE, offset: int = 0
) -> Rows:
    """Applications of a season with enterprise, unit and stage, by number."""
    found = _cases().where(application.c.season == of_season)
    if search:
        columns = (application.c.id, application.c.number, application.c.experience_name, enterprise.c.name, enterprise.c.uscc)
        found = found.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if stage:
        found = found.where(instance.c.stage == stage)
    if of_unit:
        found = found.where(application.c.unit == of_unit)
    ordered = found.order_by(application.c.number.is_(None), application.c.number, application.c.id)
    return connection.execute(ordered.limit(limit).offset(offset)).mappings().all()


def case(connection: Connection, application_id: str) -> RowMapping | None:
    """One application with enterprise, unit, instance and stages."""
    return connection.execute(_cases().where(application.c.id == application_id)).mappings().first()


def cases_of_enterprises(connection: Connection, enterprises: Collection[str]) -> Rows:
    """All applications of some enterprises, the latest first."""
    found = _cases().where(application.c.enterprise.in_(sorted(enterprises))).order_by(application.c.created_at.desc(), application.c.id)
    return connection.execute(found).mappings().all()


def cases_about(connection: Connection, applications: Collection[str]) -> dict[str, str]:
    """What runs beside some applications and is about them: the business keys of their objections and titles -> the application."""
    of = sorted(applications)
    found = union_all(*(select(one.c.id, one.c.application).where(one.c.application.in_(of)) for one in (objection, title)))
    return {row.id: row.application for row in connection.execute(found)}


def titles_of(connection: Connection, enterprises: Collection[str]) -> Rows:
    """The titles of some enterprises."""
    found = select(title.c.id, title.c.experience_name, title.c.year, title.c.state).where(title.c.enterprise.in_(sorted(enterprises)))
    return connection.execute(found.order_by(title.c.year.desc(), title.c.id)).mappings().all()


def documents_of(connection: Connection, *, owner: str) -> Rows:
    """All files of a case in the order of their codes and versions, also replaced and removed ones."""
    found = (
        select(document, person.c.name.label("by_name")).outerjoin(person, person.c.id == document.c.by).where(document.c.owner == owner)
    )
    return connection.execute(found.order_by(document.c.code, document.c.version.desc())).mappings().all()


def removals_of(connection: Connection, *, owner: str) -> dict[str, RowMapping]:
    """Why files of a case are gone, by content: reason, who proposed, who agreed."""
    first, other = person.alias(), person.alias()
    joined = removal.outerjoin(first, first.c.id == removal.c.by).outerjoin(other, other.c.id == removal.c.second)
    columns = (removal.c.sha256, removal.c.reason, removal.c.at, first.c.name.label("by_name"), other.c.name.label("second_name"))
    rows = connection.execute(select(*columns).select_from(joined).where(removal.c.owner == owner)).mappings()
    return {row["sha256"]: row for row in rows}


def document_by_id(connection: Connection, document_id: str) -> RowMapping | None:
    """One document's row."""
    return connection.execute(select(document).where(document.c.id == document_id)).mappings().first()


def standing(connection: Connection, root: str) -> dict[str, list[str]]:
    """Where an instance stands: process -> elements with a token (tasks, jobs, awaited messages and times of the main line)."""
    waits = union_all(
        select(task.c.process, task.c.element).where(task.c.root == root, task.c.state == "open"),
        select(subscription.c.process, subscription.c.element).where(subscription.c.root == root, subscription.c.kind == "message"),
        select(timer.c.process, timer.c.element).where(timer.c.root == root),
    )
    found: dict[str, list[str]] = {}
    for process, element in connection.execute(waits):
        found.setdefault(process, []).append(element)
    return found


def calls_of(connection: Connection, root: str) -> dict[str, list[str]]:
    """The processes that run in an instance: its own, then those it has called and not left, each with the call activities that called it."""
    main = connection.execute(select(instance.c.process).where(instance.c.root == root)).scalars()
    found: dict[str, list[str]] = {process: [] for process in main}
    calls = select(called.c.process, called.c.element).where(called.c.root == root).order_by(called.c.entered_at)
    for process, element in connection.execute(calls):
        found.setdefault(process, []).append(element)
    return found


def unit_row(connection: Connection, *, season_id: str, code: str) -> RowMapping | None:
    """One unit of the season."""
    return connection.execute(select(unit).where(unit.c.season == season_id, unit.c.code == code)).mappings().first()


def unit_cases(connection: Connection, *, season_id: str, code: str) -> Rows:
    """The applications that name a unit, with the unit's own review and ranking (never another's)."""
    rounds = (
        select(ru_review.c.application, func.max(ru_review.c.round).label("round"))
        .where(ru_review.c.unit == code)
        .group_by(ru_review.c.application)
        .subquery()
    )
    last = and_(ru_review.c.application == rounds.c.application, ru_review.c.round == rounds.c.round)
    ranked = and_(nomination.c.application == application.c.id, nomination.c.unit == code)
    joined = application.join(enterprise, enterprise.c.id == application.c.enterprise).outerjoin(nomination, ranked)
    joined = joined.outerjoin(rounds, rounds.c.application == application.c.id).outerjoin(ru_review, last)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area, application.c.submitted_at)
    found = select(
        *columns,
        application.c.enterprise,
        enterprise.c.name.label("enterprise_name"),
        ru_review.c.outcome,
        nomination.c.rank,
        nomination.c.state.label("nomination"),
        nomination.c.opinion,
    )
    ordered = found.select_from(joined).where(
        application.c.season == season_id, application.c.unit == code, application.c.submitted_at.is_not(None)
    )
    return connection.execute(ordered.order_by(nomination.c.rank.is_(None), nomination.c.rank, application.c.submitted_at)).mappings().all()


def units_at_work(connection: Connection, season_id: str) -> Rows:
    """The season's units with how many applications name them and where their list stands (for the office)."""
    counted = select(application.c.unit, func.count().label("applications")).where(
        application.c.season == season_id, application.c.unit.is_not(None)
    )
    grouped = counted.group_by(application.c.unit).subquery()
    found = select(unit, func.coalesce(grouped.c.applications, 0).label("applications")).outerjoin(grouped, grouped.c.unit == unit.c.code)
    return connection.execute(found.where(unit.c.season == season_id).order_by(unit.c.code)).mappings().all()
