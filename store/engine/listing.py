"""Lists that a database filters, sorts and pages by itself: what a caller asks for by name becomes conditions, never a pass over all rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

Condition = Callable[[Any], ColumnElement[bool]]
Rows = Sequence[RowMapping]
_CHUNK = 500  # rows fetched at a time while a list is streamed


@dataclass(frozen=True)
class Listing:
    """A list: what it selects, what it can be narrowed by, what it can be sorted by; ``order`` is the one it has by itself, without ties."""

    source: Select[Any]
    filters: Mapping[str, Condition]
    orders: Mapping[str, ColumnElement[Any]]
    order: tuple[ColumnElement[Any], ...]


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: pairs of filter and value, what it is sorted by ("" its own order), and which part of it."""

    filters: tuple[tuple[str, Any], ...] = ()
    sort: str = ""
    descending: bool = False
    first: int = 0
    most: int | None = None


def rows(connection: Connection, listing: Listing, wanted: Wanted) -> Rows:
    """The rows asked for."""
    return connection.execute(_page(listing, wanted)).mappings().all()


def stream(connection: Connection, listing: Listing, wanted: Wanted) -> Iterator[RowMapping]:
    """The same one by one, few in memory at a time; the connection must stay open meanwhile."""
    with closing(connection.execute(_page(listing, wanted).execution_options(yield_per=_CHUNK))) as found:
        yield from found.mappings()


def number(connection: Connection, listing: Listing, wanted: Wanted) -> int:
    """How many rows there are."""
    counted = select(func.count()).select_from(_narrowed(listing, wanted).subquery())
    return int(connection.execute(counted).scalar_one())


def _narrowed(listing: Listing, wanted: Wanted) -> Select[Any]:
    return listing.source.where(*(listing.filters[name](value) for name, value in wanted.filters))


def _page(listing: Listing, wanted: Wanted) -> Select[Any]:
    found = _narrowed(listing, wanted)
    if wanted.sort:
        column = listing.orders[wanted.sort]
        found = found.order_by(column.desc().nulls_last() if wanted.descending else column.asc().nulls_first())
    found = found.order_by(*listing.order)
    return found.offset(wanted.first or None).limit(wanted.most)


# ---- conditions


def equals(column: ColumnElement[Any]) -> Condition:
    """The column is the value."""
    return lambda value: column == value


def among(column: ColumnElement[Any]) -> Condition:
    """The column is one of several values."""
    return lambda values: column.in_(sorted(values))


def holds(column: ColumnElement[Any]) -> Condition:
    """The column holds a text, in capitals or not."""
    return lambda text: column.icontains(text, autoescape=True)


def before(column: ColumnElement[Any]) -> Condition:
    """The column is an instant before one."""
    return lambda at: column < at


def after(column: ColumnElement[Any]) -> Condition:
    """The column is an instant after one."""
    return lambda at: column > at


def given(column: ColumnElement[Any]) -> Condition:
    """The column has a value, or (asked with False) none."""
    return lambda yes: column.is_not(None) if yes else column.is_(None)
