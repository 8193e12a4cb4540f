"""The few statements every subject of the facts is made of. Knows no subject."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, insert, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from store.selection.tables_people import last_number

Fact = Row[Any]


class Subject:
    """Named reads and writes about one subject, on the connection of the running transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection``: inside a transaction that the caller commits."""
        self.connection = connection

    def _one(self, table: Table, **where: object) -> Fact | None:
        return self.connection.execute(select(table).where(_where(table, where))).first()

    def _all(self, table: Table, *, order: Sequence[str] = (), **where: object) -> list[Fact]:
        statement = select(table).where(_where(table, where)).order_by(*[table.c[name] for name in order])
        return list(self.connection.execute(statement))

    def _add(self, table: Table, **values: object) -> None:
        self.connection.execute(insert(table).values(**values))

    def _set(self, table: Table, where: dict[str, object], **values: object) -> int:
        return self.connection.execute(update(table).where(_where(table, where)).values(**values)).rowcount

    def _put(self, table: Table, where: dict[str, object], **values: object) -> None:
        """Change the row with this key, or add it."""
        if not self._set(table, where, **values):
            self._add(table, **where, **values)

    def next_number(self, kind: str) -> int:
        """The next number of a kind of identifier, 1 for the first; the row is locked until the commit."""
        if not self.connection.execute(update(last_number).where(last_number.c.kind == kind).values(last=last_number.c.last + 1)).rowcount:
            self._add(last_number, kind=kind, last=1)
        return int(self.connection.execute(select(last_number.c.last).where(last_number.c.kind == kind)).scalar_one())

    def next_id(self, kind: str, *, digits: int = 3) -> str:
        """The next identifier of a kind: a letter and a number with at least ``digits`` digits (`A001`)."""
        return f"{kind}{self.next_number(kind):0{digits}d}"


def _where(table: Table, conditions: dict[str, object]) -> ColumnElement[bool]:
    return and_(true(), *[_is(table.c[name], value) for name, value in conditions.items()])


def _is(column: Any, value: object) -> ColumnElement[bool]:
    if isinstance(value, list | tuple | set | frozenset):
        return column.in_(list(value))  # type: ignore[no-any-return]
    return column == value  # type: ignore[no-any-return]
