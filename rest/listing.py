"""Lists that are put together here: narrowed by the same readers as those of the database, each of which gives a test of an item; sorted and paged."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from heapq import nlargest, nsmallest
from itertools import islice
from operator import eq, gt, lt
from typing import Any

from rest import asking
from rest.asking import Params, Reader, alike, filters, flag, one, several
from rest.errors import missing
from rest.parts import Caller
from rest.query import MOST, Query

Item = dict[str, Any]
PASSES = "passes"  # what a reader's test of an item is called

elsewhere = one(lambda _, __: {})  # asks for what the items were found by
nothing = one(lambda _, __: {PASSES: lambda _item: False})  # asks for what nothing here has
nobody = several(lambda _, __: {PASSES: lambda _item: False})


def equals(field: str) -> Reader:
    """The field is what was asked for."""
    return one(lambda given, _: {PASSES: lambda item: item.get(field) is not None and str(item[field]) == given})


def one_of(field: str) -> Reader:
    """The field is one of several."""
    return several(lambda given, _: {PASSES: lambda item: str(item.get(field)) in given})


def like(field: str) -> Reader:
    """The field is like a text in which `%` stands for anything; one without `%` is a part of it."""
    return one(lambda given, _: {PASSES: lambda item: alike(item.get(field), given)})


def is_true(field: str) -> Reader:
    """The field is true (or, asked with `false`, everything)."""
    return flag(PASSES, means=lambda item: bool(item.get(field)))


def is_false(field: str) -> Reader:
    """The field is not true (or, asked with `false`, everything)."""
    return flag(PASSES, means=lambda item: not item.get(field))


def at(field: str) -> Reader:
    """The field is an instant."""
    return _compared(field, eq)


def before(field: str) -> Reader:
    """The field is before an instant."""
    return _compared(field, lt)


def after(field: str) -> Reader:
    """The field is after an instant."""
    return _compared(field, gt)


def _compared(field: str, holds: Callable[[datetime, datetime], bool]) -> Reader:
    instant = asking.moment(PASSES)

    def test(given: str, caller: Caller) -> dict[str, Any]:
        wanted = instant.read(given, caller)[PASSES]
        return {PASSES: lambda item: holds(item[field], wanted)}

    return Reader(test, instant.schema)


def chosen(items: Iterable[Item], query: Query, caller: Caller, params: Params) -> Iterator[Item]:
    """Those that pass all tests asked for. Raises RestError 400 for a parameter that is not known, or nonsense."""
    tests = [test for _, test in filters(query, caller, params)]
    return (item for item in items if all(test(item) for test in tests))


def page(items: Iterable[Item], query: Query, caller: Caller, params: Params, sorts: Mapping[str, str]) -> list[Any]:
    """The part of a list that the request asks for; no more of it is kept in memory than that, as far as the order allows."""
    by = query.sorted_by(sorts)
    found = chosen(items, query, caller, params)
    for sort in reversed(by):
        pick = nlargest if sort.descending else nsmallest
        most = query.first + query.most if len(by) == 1 else MOST
        found = iter(pick(min(most, MOST), found, key=_key(sort.by)))
    return [shown(item) for item in islice(found, query.first, query.first + query.most)]


def _key(field: str) -> Callable[[Item], tuple[bool, Any]]:
    return lambda item: (item.get(field) is not None, item.get(field))


def shown(item: Item) -> Any:
    """An item as it is answered: fields that begin with `_` serve filters and sorting only."""
    return {name: value for name, value in item.items() if not name.startswith("_")}


def the_one(items: Iterable[Item], given: str, *, otherwise: str) -> Item:
    """The item with an id. Raises RestError 404 that says ``otherwise``."""
    found = next((item for item in items if item["id"] == given), None)
    if found is None:
        raise missing(otherwise)
    return found
