"""What a request asks of a list: in its address (GET), or in a body of the same names with typed values and lists (POST)."""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from rest.bodies import is_text
from rest.errors import invalid, unreadable

PAGING = frozenset({"firstResult", "maxResults"})
SORTING = frozenset({"sortBy", "sortOrder"})
MOST = 10**9  # rows, where no number was asked for
Sorts = tuple[tuple[str, bool], ...]  # what a list is sorted by, and whether downwards


@dataclass(frozen=True)
class Query:
    """Filters by their names, each a text or (only ``posted``) a list; the order, and which part of the list."""

    filters: Mapping[str, Any]
    sorts: Sorts = ()
    first: int = 0
    most: int = MOST
    posted: bool = False

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether a filter that is true or false was asked for."""
        return str(self.filters.get(name, default)).lower() == "true"

    def several(self, name: str) -> list[str]:
        """The texts of a filter that names several, or none."""
        given = self.filters.get(name) or []
        return [str(each) for each in given] if isinstance(given, list) else str(given).split(",")

    def sorted_by(self, sorts: Container[str], known: str) -> Sorts:
        """What it is sorted by. Raises RestError 400 that says what is ``known``."""
        if not all(by in sorts for by, _ in self.sorts):
            raise invalid(f"sortBy: one of {known}; sortOrder: asc or desc")
        return self.sorts

    def refuse_unknown(self, known: Container[str]) -> None:
        """Raises RestError 400 for a parameter that is not known: it would widen the answer."""
        unknown = sorted(name for name in self.filters if name not in known)
        if unknown:
            raise invalid(f"unknown query parameters: {', '.join(unknown)}")


async def query(request: Request) -> Query:
    """What the request asks. Raises RestError 400, 415."""
    asked = dict(request.query_params)
    first, most = _whole(asked, "firstResult", 0), _whole(asked, "maxResults", MOST)
    rest = {name: value for name, value in asked.items() if name not in PAGING}
    if request.method != "POST":
        return Query({name: value for name, value in rest.items() if name not in SORTING}, _one_sort(rest), first, most)
    if rest:
        raise invalid(f"unknown query parameters: {', '.join(sorted(rest))}")
    return read(await _body(request), first=first, most=most)


Asked = Annotated[Query, Depends(query)]


def read(body: Mapping[str, Any], *, first: int = 0, most: int = MOST) -> Query:
    """The query of a body: what is null is not asked for. Raises RestError 400."""
    given = {name: value for name, value in body.items() if value is not None and name != "sorting"}
    return Query({name: _value(name, value) for name, value in given.items()}, _sorts(body.get("sorting")), first, most, posted=True)


async def _body(request: Request) -> dict[str, Any]:
    sent = await request.body()
    if not sent:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise unreadable("application/json")
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        raise invalid("The body is no JSON") from None
    if not isinstance(body, dict):
        raise invalid("a query is an object")
    return body


def _value(name: str, value: Any) -> Any:
    """A filter's value as the same filter in an address would say it; lists and objects stay what they are."""
    if isinstance(value, dict):
        raise invalid(f"{name}: a value or a list is needed")
    if isinstance(value, list):
        if not all(isinstance(each, dict) or (isinstance(each, str) and is_text(each)) for each in value):
            raise invalid(f"{name}: a list of texts or objects is needed")
        return value
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not is_text(text):
        raise invalid(f"{name}: a text is needed")
    return text


def _one_sort(asked: Mapping[str, str]) -> Sorts:
    if ("sortBy" in asked) != ("sortOrder" in asked):
        raise invalid("Only a single sorting parameter specified. sortBy and sortOrder required")
    return _sorts([asked]) if "sortBy" in asked else ()


def _sorts(given: Any) -> Sorts:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise invalid('sorting: a list of {"sortBy", "sortOrder"} is needed')
    found = [(each.get("sortBy"), each.get("sortOrder")) for each in given]
    if not all(isinstance(by, str) and order in {"asc", "desc"} for by, order in found) or any(each.get("parameters") for each in given):
        raise invalid("sortBy: a name is needed; sortOrder: asc or desc")
    return tuple((by, order == "desc") for by, order in found)


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise invalid(f"{name}: a whole number is needed")
    return min(int(text[:10]), MOST)
