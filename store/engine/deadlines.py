"""Reads and writes of the named deadlines of a tenant."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, insert, select, type_coerce, update

from store.engine.tables import deadline, deadline_change
from store.types import encode

FOR = "@"  # between a deadline's name and the business key of the one case it is for


def own_name(name: str, business_key: str) -> str:
    """The name under which a deadline is kept for the case of one business key alone."""
    return f"{name}{FOR}{business_key}"


def split_name(kept: str) -> tuple[str, str]:
    """A kept name as the deadline's name and the business key of the case that it is for alone; the key is empty for everybody's."""
    name, _, business_key = kept.partition(FOR)
    return name, business_key


def get(connection: Connection, *, tenant: str, name: str) -> datetime | None:
    """The deadline's exclusive end, or None."""
    return connection.execute(select(deadline.c.at).where(deadline.c.tenant == tenant, deadline.c.name == name)).scalar()


def lock_all(connection: Connection, *, tenant: str) -> dict[str, datetime]:
    """All deadlines that everybody of a tenant has, name -> exclusive end, locked until the commit: whoever compares them is not overtaken."""
    plan = select(deadline.c.name, deadline.c.at).where(deadline.c.tenant == tenant, ~deadline.c.name.contains(FOR)).order_by(deadline.c.name).with_for_update()
    return {row.name: row.at for row in connection.execute(plan)}


def put(connection: Connection, *, tenant: str, name: str, at: datetime, by: str, reason: str, now: datetime) -> datetime | None:
    """Set the deadline and note the change; what it was before."""
    before = get(connection, tenant=tenant, name=name)
    values = {"at": at, "set_at": now, "set_by": by, "reason": reason}
    mine = update(deadline).where(deadline.c.tenant == tenant, deadline.c.name == name)
    if connection.execute(mine.values(**values)).rowcount == 0:
        connection.execute(insert(deadline), {"tenant": tenant, "name": name, **values})
    connection.execute(insert(deadline_change), {"tenant": tenant, "name": name, "before": before, **values})
    return before


def mark(name: str) -> str:
    """How a name stands in the JSON text of a ``depends`` column."""
    return encode(name)


def text(column: Column[Any]) -> ColumnElement[str]:
    """A JSON column as the text that it is."""
    return type_coerce(column, Text)
