"""Lists: every one is filtered, sorted and paged in the same way, and refuses a query parameter that it does not know."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any

from fastapi import Request

from rest.errors import invalid, missing

Item = dict[str, Any]
Test = Callable[[Item, str], bool]
PAGING = frozenset({"firstResult", "maxResults", "sortBy", "sortOrder"})
MOST = 10**9  # rows, where no number was asked for


def equals(field: str) -> Test:
    """The field is what was asked for."""
    return lambda item, asked: str(item.get(field)) == asked if item.get(field) is not None else False


def one_of(field: str) -> Test:
    """The field is one of several, given with commas."""
    return lambda item, asked: str(item.get(field)) in asked.split(",")


def like(field: str) -> Test:
    """The field holds a text; `%` stands for anything."""
    return lambda item, asked: asked.strip("%").lower() in str(item.get(field) or "").lower()


def is_true(field: str) -> Test:
    """The field is true (or, asked with `false`, everything)."""
    return lambda item, asked: asked != "true" or bool(item.get(field))


def is_false(field: str) -> Test:
    """The field is not true (or, asked with `false`, everything)."""
    return lambda item, asked: asked != "true" or not item.get(field)


def anything(item: Item, asked: str) -> bool:  # noqa: ARG001 - a filter's signature
    """Asks for what holds for everything here anyway."""
    return True


def refuse_unknown(asked: Mapping[str, str], known: Container[str]) -> None:
    """Raises RestError 400 for a parameter that is not known: it would widen the answer."""
    unknown = sorted(name for name in asked if name not in known and name not in PAGING)
    if unknown:
        raise invalid(f"unknown query parameters: {', '.join(unknown)}")


def chosen(items: Iterable[Item], asked: Mapping[str, str], tests: Mapping[str, Test]) -> Iterator[Item]:
    """Those that pass all tests asked for. Raises RestError 400 for a parameter that is not known."""
    refuse_unknown(asked, tests)
    wanted = [(tests[name], value) for name, value in asked.items() if name in tests]
    return (item for item in items if all(test(item, value) for test, value in wanted))


def ordered(asked: Mapping[str, str], sorts: Mapping[str, str]) -> tuple[str, bool]:
    """What a list is sorted by ("" its own order), and whether downwards. Raises RestError 400."""
    if ("sortBy" in asked) != ("sortOrder" in asked):
        raise invalid("Only a single sorting parameter specified. sortBy and sortOrder required")
    by, order = asked.get("sortBy", ""), asked.get("sortOrder", "asc")
    if order not in {"asc", "desc"} or ("sortBy" in asked and by not in sorts):
        raise invalid(f"sortBy: one of {', '.join(sorted(sorts))}; sortOrder: asc or desc")
    return by, order == "desc"


def part(asked: Mapping[str, str]) -> tuple[int, int]:
    """The first row asked for (from 0) and how many. Raises RestError 400."""
    return _whole(asked, "firstResult", 0), _whole(asked, "maxResults", MOST)


def page(items: Iterable[Item], request: Request, tests: Mapping[str, Test], sorts: Mapping[str, str] | None = None) -> list[Item]:
    """The part of a list that the request asks for; no more of it is kept in memory than that, as far as the order allows."""
    asked = dict(request.query_params)
    by, descending = ordered(asked, sorts or {})
    first, most = part(asked)
    found = chosen(items, asked, tests)
    if by and sorts is not None:
        pick = nlargest if descending else nsmallest
        found = iter(pick(min(first + most, MOST), found, key=_key(sorts[by])))
    return [shown(item) for item in islice(found, first, first + most)]


def _key(field: str) -> Callable[[Item], tuple[bool, Any]]:
    return lambda item: (item.get(field) is not None, item.get(field))


def shown(item: Item) -> Item:
    """An item as it is answered: fields that begin with `_` serve filters and sorting only."""
    return {name: value for name, value in item.items() if not name.startswith("_")}


def the_one(items: Iterable[Item], given: str, *, otherwise: str) -> Item:
    """The item with an id. Raises RestError 404 that says ``otherwise``."""
    found = next((item for item in items if item["id"] == given), None)
    if found is None:
        raise missing(otherwise)
    return found


def count(items: Iterable[Item], request: Request, tests: Mapping[str, Test]) -> dict[str, int]:
    """How many a list has."""
    return {"count": sum(1 for _ in chosen(items, dict(request.query_params), tests))}


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise invalid(f"{name}: a whole number is needed")
    return min(int(text[:10]), MOST)
