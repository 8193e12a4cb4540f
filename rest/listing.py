"""Lists: every one is filtered, sorted and paged in the same way, and refuses a query parameter that it does not know."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any

from rest.errors import missing
from rest.query import MOST, Query
from rest.values import instant_in

Item = dict[str, Any]
Test = Callable[[Item, str], bool]


def equals(field: str) -> Test:
    """The field is what was asked for."""
    return lambda item, asked: str(item.get(field)) == asked if item.get(field) is not None else False


def one_of(field: str) -> Test:
    """The field is one of several, given with commas."""
    return lambda item, asked: str(item.get(field)) in asked.split(",")


def like(field: str) -> Test:
    """The field is like a text in which `%` stands for anything; one without `%` is a part of it."""

    def test(item: Item, asked: str) -> bool:
        wanted = asked.lower() if "%" in asked else f"%{asked.lower()}%"
        return re.fullmatch(".*".join(map(re.escape, wanted.split("%"))), str(item.get(field) or "").lower(), re.DOTALL) is not None

    return test


def is_true(field: str) -> Test:
    """The field is true (or, asked with `false`, everything)."""
    return lambda item, asked: asked != "true" or bool(item.get(field))


def is_false(field: str) -> Test:
    """The field is not true (or, asked with `false`, everything)."""
    return lambda item, asked: asked != "true" or not item.get(field)


def at(field: str) -> Test:
    """The field is an instant."""
    return lambda item, asked: bool(item[field] == instant_in(asked))


def before(field: str) -> Test:
    """The field is before an instant."""
    return lambda item, asked: bool(item[field] < instant_in(asked))


def after(field: str) -> Test:
    """The field is after an instant."""
    return lambda item, asked: bool(item[field] > instant_in(asked))


def anything(item: Item, asked: str) -> bool:  # noqa: ARG001 - a filter's signature
    """Asks for what holds for everything here anyway."""
    return True


def nothing(item: Item, asked: str) -> bool:  # noqa: ARG001 - a filter's signature
    """Asks for what nothing here has."""
    return False


def chosen(items: Iterable[Item], query: Query, tests: Mapping[str, Test]) -> Iterator[Item]:
    """Those that pass all tests asked for. Raises RestError 400 for a parameter that is not known."""
    query.refuse_unknown(tests)
    wanted = [(tests[name], str(value)) for name, value in query.filters.items()]
    return (item for item in items if all(test(item, value) for test, value in wanted))


def page(items: Iterable[Item], query: Query, tests: Mapping[str, Test], sorts: Mapping[str, str]) -> list[Any]:
    """The part of a list that the request asks for; no more of it is kept in memory than that, as far as the order allows."""
    by = query.sorted_by(sorts)
    found = chosen(items, query, tests)
    for sort in by:
        pick = nlargest if sort.descending else nsmallest
        found = iter(pick(min(query.first + query.most, MOST), found, key=_key(sort.by)))
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
