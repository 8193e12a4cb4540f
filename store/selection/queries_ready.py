"""Named reads of what must be there before a season starts: who holds which role, which units nobody works for, experts, calendar.

No rights here: what somebody may open is decided by `selection.rights`.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, and_, exists, func, select

from store.selection.tables_people import expert, person, progress, role_grant, unit, working_year

Rows = Sequence[RowMapping]
BEGUN = "begun"


def has_begun(connection: Connection, season: str) -> bool:
    """Whether the season's own process was started."""
    return connection.execute(select(progress.c.season).filter_by(season=season, name=BEGUN)).first() is not None


def holders(connection: Connection, groups: Collection[str]) -> dict[str, int]:
    """How many people with an open account hold each group `role@organisation`; those that nobody holds are left out."""
    name = role_grant.c.role + "@" + role_grant.c.organisation
    found = select(name, func.count(role_grant.c.person.distinct())).join(person, person.c.id == role_grant.c.person)
    return dict(connection.execute(found.where(person.c.active, name.in_(groups)).group_by(name)).all())


def units_without_officer(connection: Connection, season: str) -> Rows:
    """The season's units (code, name) for which nobody with an open account works."""
    held = role_grant.join(person, person.c.id == role_grant.c.person)
    works = exists().select_from(held).where(and_(role_grant.c.role == "ru_officer", role_grant.c.organisation == unit.c.code, person.c.active))
    return connection.execute(select(unit.c.code, unit.c.name).where(unit.c.season == season, ~works).order_by(unit.c.code)).mappings().all()


def units_number(connection: Connection, season: str) -> int:
    """How many recommending units the season has."""
    return int(connection.execute(select(func.count()).select_from(unit).where(unit.c.season == season)).scalar_one())


def experts_number(connection: Connection) -> int:
    """How many experts of the pool are available."""
    return int(connection.execute(select(func.count()).select_from(expert).where(expert.c.available)).scalar_one())


def calendar_years(connection: Connection) -> dict[int, str]:
    """The calendar's years: year -> official or provisional."""
    return dict(connection.execute(select(working_year.c.year, working_year.c.status)).all())
