"""The few statements every subject of the facts is made of. Knows no subject."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Row, Select, Table, and_, bindparam, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from store.prepared import Found, Prepared
from store.selection.tables_people import last_number

Fact: TypeAlias = Row[Any] | Found
Shape: TypeAlias = tuple[tuple[str, str], ...]  # column and kind of each condition: one value, many, none
MANY = (list, tuple, set, frozenset)


class Subject:
    """Named reads and writes about one subject, on the connection of the running transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection``: inside a transaction that the caller commits."""
        self.connection = connection

    def _one(self, table: Table, **where: object) -> Fact | None:
        found = _reading(table, _shape(where), ()).facts(self.connection, _bound(where))
        return found[0] if found else None

    def _all(self, table: Table, *, order: Sequence[str] = (), **where: object) -> list[Fact]:
        shape, bound = _shape(where), _bound(where)
        if any(kind == "many" for _, kind in shape):  # how many places its text needs, only Core can say
            return list(self.connection.execute(_select(table, shape, tuple(order)), bound))
        return list(_reading(table, shape, tuple(order)).facts(self.connection, bound))

    def _count(self, table: Table, **where: object) -> int:
        return int(self.connection.execute(_counting(table, _shape(where)), _bound(where)).scalar_one())

    def _add(self, table: Table, **values: object) -> None:
        _adding(table, tuple(values)).run(self.connection, values)

    def _add_all(self, table: Table, rows: Sequence[dict[str, object]]) -> None:
        """Add rows that all have the same columns, in one statement."""
        if rows:
            _adding(table, tuple(rows[0])).run(self.connection, rows)

    def _set(self, table: Table, where: dict[str, object], **values: object) -> int:
        return _changing(table, _shape(where), tuple(values)).run(self.connection, _bound(where) | values)

    def _put(self, table: Table, where: dict[str, object], **values: object) -> None:
        """Change the row with this key (primary or unique), or add it; of two who add it at once the later one changes what the earlier added."""
        if not self._set(table, where, **values):
            new = _upsert(self.connection.dialect.name, table, tuple(where), tuple(values))
            new.run(self.connection, {**where, **values})

    def _add_new(self, table: Table, where: dict[str, object], **values: object) -> bool:
        """Add the row with this key unless it is there; of two who add it at once one does (True), the other does not."""
        new = _insert_or_nothing(self.connection.dialect.name, table, tuple(where), tuple(values))
        return new.run(self.connection, {**where, **values}) > 0

    def next_number(self, kind: str) -> int:
        """The next number of a kind of identifier, 1 for the first; the row is locked until the commit."""
        return int(self.connection.execute(_count_on(self.connection.dialect.name), {"kind": kind, "last": 1}).scalar_one())

    def last_number(self, kind: str) -> int:
        """The number that was given last to a kind of identifier, 0 before the first."""
        return int(self.connection.execute(select(last_number.c.last).where(last_number.c.kind == kind)).scalar() or 0)

    def next_id(self, kind: str, *, digits: int = 3) -> str:
        """The next identifier of a kind: a letter and a number with at least ``digits`` digits (`A001`)."""
        return f"{kind}{self.next_number(kind):0{digits}d}"


# A statement costs more to build than to run, so each shape is built once; the values come as parameters.


@cache
def _count_on(dialect: str) -> ReturningInsert[Any]:
    """One statement, so that two who need the first number of a kind at once get 1 and 2."""
    new = _insert_on(dialect, last_number)
    return new.on_conflict_do_update(index_elements=["kind"], set_={"last": last_number.c.last + 1}).returning(last_number.c.last)


@cache
def _upsert(dialect: str, table: Table, where: tuple[str, ...], values: tuple[str, ...]) -> Prepared:
    new = _insert_on(dialect, table).values(_row(table, (*where, *values)))
    return Prepared(new.on_conflict_do_update(index_elements=where, set_={name: new.excluded[name] for name in values}))


@cache
def _insert_or_nothing(dialect: str, table: Table, where: tuple[str, ...], values: tuple[str, ...]) -> Prepared:
    return Prepared(_insert_on(dialect, table).values(_row(table, (*where, *values))).on_conflict_do_nothing(index_elements=where))


def _insert_on(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _select(table: Table, shape: Shape, order: tuple[str, ...] = ()) -> Select[Any]:
    return select(table).where(_where(table, shape)).order_by(*[table.c[name] for name in order])


@cache
def _counting(table: Table, shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(table).where(_where(table, shape))


@cache
def _reading(table: Table, shape: Shape, order: tuple[str, ...]) -> Prepared:
    return Prepared(_select(table, shape, order))


@cache
def _adding(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).inline().values(_row(table, names)))


@cache
def _changing(table: Table, shape: Shape, names: tuple[str, ...]) -> Prepared:
    return Prepared(update(table).where(_where(table, shape)).values({name: bindparam(name) for name in names}))


def _row(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """What a new row holds: the values of these columns, of others the default."""
    given: dict[str, Any] = {name: bindparam(name) for name in names}
    defaults = {column.name: column.default.arg for column in table.c if isinstance(column.default, ScalarElementColumnDefault)}
    return {**defaults, **given}


def _where(table: Table, shape: Shape) -> ColumnElement[bool]:
    return and_(true(), *[_is(table.c[name], kind) for name, kind in shape])


def _is(column: Column[Any], kind: str) -> ColumnElement[bool]:
    if kind == "none":
        return column.is_(None)
    if kind == "many":
        return column.in_(bindparam(f"of_{column.name}", expanding=True))
    return column == bindparam(f"of_{column.name}", type_=column.type)


def _shape(where: Mapping[str, object]) -> Shape:
    return tuple((name, "none" if value is None else "many" if isinstance(value, MANY) else "one") for name, value in where.items())


def _bound(where: Mapping[str, object]) -> dict[str, object]:
    known = {f"of_{name}": value for name, value in where.items() if value is not None}
    return {name: list(value) if isinstance(value, MANY) else value for name, value in known.items()}
