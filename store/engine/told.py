"""What the data of a history entry tells under a name, as each database reads JSON; and texts that fit a pattern."""

from typing import Any

from sqlalchemy import ColumnElement, Numeric, String, bindparam, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from store.engine.tables import history


class told(FunctionElement[str]):  # noqa: N801 - used as a function
    """The text under a name; NULL if there is none."""

    type = String()
    inherit_cache = True


class kind_told(FunctionElement[str]):  # noqa: N801
    """The kind of JSON under a name, in the database's own words; NULL if there is nothing."""

    type = String()
    inherit_cache = True


class number_told(FunctionElement[Any]):  # noqa: N801
    """The number under a name; NULL if there is none."""

    type = Numeric()
    inherit_cache = True


class text_told(FunctionElement[str]):  # noqa: N801
    """The text under a name, compared letter by letter; NULL if what stands there is no text."""

    type = String()
    inherit_cache = True


class fits(FunctionElement[bool]):  # noqa: N801
    """Whether a text fits a pattern, letter by letter: the text, the pattern for LIKE, the same for GLOB."""

    inherit_cache = True


def in_data(name: str, *, of: type[FunctionElement[Any]] = told, data: ColumnElement[Any] = history.c.data) -> FunctionElement[Any]:
    """What an entry's data tells under one of our own names."""
    return of(data, literal_column(f"'{name}'"))


def fitting(column: ColumnElement[str], pattern: str) -> fits:
    """The column fits a pattern in which `%` stands for anything."""
    like = pattern.replace("\\", "\\\\").replace("_", "\\_")
    glob = "".join(f"[{each}]" if each in "*?[" else "*" if each == "%" else each for each in pattern)
    return fits(column, bindparam(None, like, String()), bindparam(None, glob, String()))


def _arguments(element: Any, compiler: Any, more: Any) -> list[str]:
    return [compiler.process(each, **more) for each in element.clauses]


@compiles(told, "sqlite")
def _told_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, name = _arguments(element, compiler, more)
    return f"json_extract({column}, '$.' || {name})"


@compiles(told, "postgresql")
def _told_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, name = _arguments(element, compiler, more)
    return f"(CAST({column} AS json) ->> {name})"


@compiles(kind_told, "sqlite")
def _kind_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, name = _arguments(element, compiler, more)
    return f"json_type({column}, '$.' || {name})"


@compiles(kind_told, "postgresql")
def _kind_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, name = _arguments(element, compiler, more)
    kind = f"json_typeof(CAST({column} AS json) -> {name})"
    return f"CASE {kind} WHEN 'boolean' THEN CAST({column} AS json) ->> {name} ELSE {kind} END"  # `true` and `false`, as SQLite says


@compiles(number_told, "sqlite")
def _number_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"CASE WHEN {_kind_sqlite(element, compiler, **more)} IN ('integer', 'real') THEN {_told_sqlite(element, compiler, **more)} END"


@compiles(number_told, "postgresql")
def _number_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    kind, value = (way(element, compiler, **more) for way in (_kind_postgresql, _told_postgresql))
    return f"CASE WHEN {kind} = 'number' THEN CAST({value} AS numeric) END"


@compiles(text_told, "sqlite")
def _text_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"CASE WHEN {_kind_sqlite(element, compiler, **more)} = 'text' THEN {_told_sqlite(element, compiler, **more)} END"


@compiles(text_told, "postgresql")
def _text_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    kind, value = (way(element, compiler, **more) for way in (_kind_postgresql, _told_postgresql))
    return f"(CASE WHEN {kind} = 'string' THEN {value} END COLLATE \"C\")"


@compiles(fits, "sqlite")
def _fits_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, _, glob = element.clauses
    return f"({compiler.process(column, **more)} GLOB {compiler.process(glob, **more)})"


@compiles(fits, "postgresql")
def _fits_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, like, _ = element.clauses
    return f"({compiler.process(column, **more)} LIKE {compiler.process(like, **more)} ESCAPE '\\')"
