"""What the data of a history entry tells under a name, as each database reads JSON; and texts that fit a pattern."""

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from store.engine.tables import history


class told(FunctionElement[str]):  # noqa: N801 - used as a function
    """The text under a name; NULL if there is none."""

    type = String()
    inherit_cache = True


class by_letters(FunctionElement[str]):  # noqa: N801
    """A text as it is compared letter by letter."""

    type = String()
    inherit_cache = True


class fits(FunctionElement[bool]):  # noqa: N801
    """Whether a text fits a pattern, letter by letter: the text, the pattern for LIKE, the same for GLOB."""

    inherit_cache = True


def in_data(name: str, *, data: ColumnElement[Any] = history.c.data) -> told:
    """What an entry's data tells under one of our own names."""
    return told(data, literal_column(f"'{name}'"))


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


@compiles(by_letters, "sqlite")
def _letters_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return _arguments(element, compiler, more)[0]


@compiles(by_letters, "postgresql")
def _letters_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f'({_arguments(element, compiler, more)[0]} COLLATE "C")'


@compiles(fits, "sqlite")
def _fits_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, _, glob = element.clauses
    return f"({compiler.process(column, **more)} GLOB {compiler.process(glob, **more)})"


@compiles(fits, "postgresql")
def _fits_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, like, _ = element.clauses
    return f"({compiler.process(column, **more)} LIKE {compiler.process(like, **more)} ESCAPE '\\')"
