"""Statements that Core writes once per kind of database and that then go straight to the driver, at a fifth of what Core's way costs.

The only file that goes around SQLAlchemy's own way of running a statement. What others rely on stays: its errors, its listeners to
`before_cursor_execute`, its transactions. Knows no table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from store.types import Instant, Json

Row = dict[str, Any]
Convert = Callable[[Any], Any]
Conversions = tuple[tuple[int, Convert], ...]  # by their places in a row


class Found(tuple[Any, ...]):
    """One row that was read: a tuple whose columns are attributes too."""

    __slots__ = ()
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """The column of this name."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A statement whose parameters all have names.

    ``stored``: values go in and come out as the columns store them (instants in microseconds, JSON as text), nothing is converted.
    """

    statement: Insert | Update | Delete | Select[Any] | ReturningInsert[Any]
    stored: bool = False
    _plans: dict[str, "_Plan"] = field(default_factory=dict, init=False, repr=False)

    def run(self, connection: Connection, given: Row | Sequence[Row]) -> int:
        """Write one row or several (none: nothing happens); how many rows it touched."""
        if not given:
            return 0
        plan = self._plan(connection.dialect)
        if isinstance(given, dict):
            return _executed(connection, plan.text, plan.values(given))[1]
        if len(given) == 1:
            return _executed(connection, plan.text, plan.values(given[0]))[1]
        return _executed(connection, plan.text, list(map(plan.values, given)), many=True)[1]

    def one(self, connection: Connection, given: Row) -> dict[str, Any] | None:
        """The first row that is found, by its columns' names; None if there is none."""
        plan = self._plan(connection.dialect)
        rows, _ = _executed(connection, plan.text, plan.values(given), reads=True)
        return plan.named(rows[0]) if rows else None

    def rows(self, connection: Connection, given: Row) -> list[dict[str, Any]]:
        """All rows that are found, by their columns' names."""
        plan = self._plan(connection.dialect)
        rows, _ = _executed(connection, plan.text, plan.values(given), reads=True)
        return [plan.named(row) for row in rows]

    def facts(self, connection: Connection, given: Row) -> list[Found]:
        """All rows that are found, with their columns as attributes."""
        plan = self._plan(connection.dialect)
        rows, _ = _executed(connection, plan.text, plan.values(given), reads=True)
        return [plan.fact(row) for row in rows]

    def value(self, connection: Connection, given: Row) -> Any:
        """The first column of the first row that is found; None if there is none."""
        plan = self._plan(connection.dialect)
        rows, _ = _executed(connection, plan.text, plan.values(given), reads=True)
        return plan.fact(rows[0])[0] if rows else None

    def _plan(self, dialect: Dialect) -> "_Plan":
        known = self._plans.get(dialect.name)
        if known is None:
            known = self._plans[dialect.name] = _planned(self, dialect)
        return known


@dataclass(frozen=True)
class _Plan:
    """The text of a statement for one kind of database, how each of its values gets there and how those found come out."""

    text: str
    values: Callable[[Row], Any]
    names: tuple[str, ...]
    found: Conversions
    kind: type[Found]

    def fact(self, row: Sequence[Any]) -> Found:
        """What the driver found, as a row of attributes."""
        return self.kind(_changed(row, self.found))

    def named(self, row: Sequence[Any]) -> dict[str, Any]:
        """What the driver found, by names."""
        return dict(zip(self.names, _changed(row, self.found), strict=True))


def _changed(row: Sequence[Any], conversions: Conversions) -> Sequence[Any]:
    """A row with the values at some places converted."""
    if not conversions:
        return row
    values = list(row)
    for place, convert in conversions:
        values[place] = convert(values[place])
    return values


def _planned(prepared: Prepared, dialect: Dialect) -> _Plan:
    statement = prepared.statement
    compiled: Any = statement.compile(dialect=dialect)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    given = tuple(compiled.positiontup or binds)
    constants = {name: bind.value for name, bind in binds.items() if not bind.required}
    columns = [] if isinstance(statement, Insert | Update | Delete) else list(statement.exported_columns)
    names = tuple(column.name for column in columns)
    conversions = () if prepared.stored else _conversions([_inwards(binds[name].type, dialect) for name in given])
    values = _giving(given, conversions, constants, by_name=compiled.positiontup is None)
    found = () if prepared.stored else _conversions([_outwards(column.type, dialect) for column in columns])
    kind = type("Found", (Found,), {"__slots__": (), **{name: property(itemgetter(place)) for place, name in enumerate(names)}})
    return _Plan(str(compiled), values, names, found, kind)


def _giving(names: tuple[str, ...], conversions: Conversions, constants: Row, *, by_name: bool) -> Callable[[Row], Any]:
    """What makes a row as the driver wants it."""
    pick: Callable[[Row], Sequence[Any]] = itemgetter(*names) if len(names) > 1 else lambda row: [row[name] for name in names]
    if not (conversions or constants or by_name):
        return pick  # one call of the interpreter's own

    def give(row: Row) -> Any:
        values = _changed(pick({**constants, **row} if constants else row), conversions)
        return dict(zip(names, values, strict=True)) if by_name else values

    return give


def _conversions(each: list[Convert | None]) -> Conversions:
    return tuple((place, convert) for place, convert in enumerate(each) if convert is not None)


def _inwards(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """How a value is stored; None: as it is."""
    if isinstance(kind, Instant | Json):
        return kind.stored
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _outwards(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """How a stored value is read; None: as it is."""
    if isinstance(kind, Instant | Json):
        return kind.restored
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _executed(
    connection: Connection, text: str, values: Any, *, many: bool = False, reads: bool = False
) -> tuple[list[Sequence[Any]], int]:
    """Run a text on the driver's own cursor: the rows it found, and how many it touched. Raises SQLAlchemy's errors, as its own way does."""
    pooled: Any = connection.connection
    cursor = pooled.dbapi_connection.cursor()
    for told in connection.engine.dispatch.before_cursor_execute:
        told(connection, cursor, text, values, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, values)
        found: list[Sequence[Any]] = list(cursor.fetchall()) if reads else []
        return found, cursor.rowcount
    except connection.dialect.loaded_dbapi.Error as error:
        raise _of_ours(connection, text, values, error) from error
    finally:
        cursor.close()


def _of_ours(connection: Connection, text: str, values: Any, error: Exception) -> BaseException:
    """A driver's error as SQLAlchemy names it; a connection that is lost is not used again."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, values, error, base, connection_invalidated=lost, dialect=dialect)
