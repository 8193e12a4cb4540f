"""Lists that a database filters, sorts and pages by itself: what a caller asks for by name becomes conditions, never a pass over all rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, false, func, or_, select, tuple_

Condition = Callable[[Any], ColumnElement[bool]]
Narrowing = Callable[[Connection, Any], ColumnElement[bool] | None]
Rows = Sequence[RowMapping]
Filters = tuple[tuple[str, Any], ...]
ANY_OF = "any of"
Order = ColumnElement[Any] | Callable[[str, str], ColumnElement[Any]]
_CHUNK = 500  # rows fetched at a time while a list is streamed


@dataclass(frozen=True)
class Listing:
    """A list: what it selects, what it can be narrowed by, what it can be sorted by (a column, or one that follows from a variable's name and type).

    ``order`` is the one it has by itself, without ties. ``narrowings``: filters that may be found to leave so little that the rest need not be looked at.
    """

    source: Select[Any]
    filters: Mapping[str, Condition]
    orders: Mapping[str, Order]
    order: tuple[ColumnElement[Any], ...]
    narrowings: Mapping[str, Narrowing] = field(default_factory=dict)


class Sort(NamedTuple):
    """What a list is sorted by, and whether downwards; ``held``: the name and type of the variable that it is sorted by."""

    by: str
    descending: bool = False
    held: tuple[str, str] | None = None


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: pairs of filter and value, what it is sorted by, and which part of it.

    The value of the filter `ANY_OF` is such pairs again, of which one must hold.
    """

    filters: Filters = ()
    sorts: tuple[Sort, ...] = ()
    first: int = 0
    most: int | None = None


def rows(connection: Connection, listing: Listing, wanted: Wanted) -> Rows:
    """The rows asked for."""
    return connection.execute(_page(connection, listing, wanted)).mappings().all()


def stream(connection: Connection, listing: Listing, wanted: Wanted) -> Iterator[RowMapping]:
    """The same one by one, few in memory at a time; the connection must stay open meanwhile."""
    with closing(connection.execute(_page(connection, listing, wanted).execution_options(yield_per=_CHUNK))) as found:
        yield from found.mappings()


def number(connection: Connection, listing: Listing, wanted: Wanted) -> int:
    """How many rows there are."""
    counted = select(func.count()).select_from(narrowed(connection, listing, wanted).subquery())
    return int(connection.execute(counted).scalar_one())


def narrowed(connection: Connection, listing: Listing, wanted: Wanted) -> Select[Any]:
    """What is selected of the rows that pass the filters, in no order, whole."""
    more = (listing.narrowings[name](connection, value) for name, value in wanted.filters if name in listing.narrowings)
    return listing.source.where(*_conditions(listing, wanted.filters), *(each for each in more if each is not None))


def _conditions(listing: Listing, filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name, value in filters:
        yield or_(false(), *_conditions(listing, value)) if name == ANY_OF else listing.filters[name](value)


def _page(connection: Connection, listing: Listing, wanted: Wanted) -> Select[Any]:
    found = narrowed(connection, listing, wanted)
    for sort in wanted.sorts:
        order = listing.orders[sort.by]
        column = order if isinstance(order, ColumnElement) else order(*(sort.held or ("", "")))
        found = found.order_by(column.desc().nulls_last() if sort.descending else column.asc().nulls_first())
    found = found.order_by(*listing.order)
    return found.offset(wanted.first or None).limit(wanted.most)


# ---- conditions


def equals(column: ColumnElement[Any]) -> Condition:
    """The column is the value."""
    return lambda value: column == value


def among(column: ColumnElement[Any]) -> Condition:
    """The column is one of several values."""
    return lambda values: column.in_(sorted(values))


def pairs(*columns: ColumnElement[Any]) -> Condition:
    """The columns together are one of several values; however many there are, it is one condition."""
    return lambda values: tuple_(*columns).in_(sorted(values))


def holds(column: ColumnElement[Any]) -> Condition:
    """The column is like a text in which `%` stands for anything (one without `%` is a part of it), in capitals or not."""

    def condition(text: str) -> ColumnElement[bool]:
        if "%" not in text:
            return column.icontains(text, autoescape=True)
        plain = text.replace("\\", "\\\\").replace("_", "\\_")
        return column.ilike(plain, escape="\\")

    return condition


def before(column: ColumnElement[Any]) -> Condition:
    """The column is an instant before one."""
    return lambda at: column < at


def after(column: ColumnElement[Any]) -> Condition:
    """The column is an instant after one."""
    return lambda at: column > at


def given(column: ColumnElement[Any]) -> Condition:
    """The column has a value, or (asked with False) none."""
    return lambda yes: column.is_not(None) if yes else column.is_(None)
