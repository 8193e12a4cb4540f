"""Named reads of what must be there before a season starts: who holds which role, which units nobody works for, experts.

No rights here: what somebody may open is decided by `selection.rights`.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, and_, exists, func, select

from store.selection.calendar import CalendarFacts
from store.selection.tables_people import expert, person, role_grant, unit

Rows = Sequence[RowMapping]
BEGUN = "begun"


def has_begun(connection: Connection, season: str) -> bool:
    """Whether the season's own process was started."""
    return CalendarFacts(connection).has_reached(season=season, name=BEGUN)


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


def experts_number(connection: Connection) -> int:
    """How many experts of the pool are available."""
    return int(connection.execute(select(func.count()).select_from(expert).where(expert.c.available)).scalar_one())
