"""What a request asks of a list: in its address (GET), or in a body of the same names with typed values and lists (POST)."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from rest.bodies import is_text
from rest.errors import invalid, unreadable
from store.engine.listing import Sort

PAGING = frozenset({"firstResult", "maxResults"})
SORTING = frozenset({"sortBy", "sortOrder"})
SHOWING = frozenset({"deserializeValues"})  # how a list is shown: said in the address whether or not its filters are
TYPED = frozenset({"variableValue"})  # filters of a body whose values keep their types
ALIKE = ""  # what a list is sorted by of which all its rows have the same: the order that it has by itself
NO_TENANT = {"tenantId": ALIKE}
MOST = 10**9  # rows, where no number was asked for
HELD_SORTS = frozenset({"processVariable", "executionVariable", "taskVariable"})  # orders that need the name and type of a variable
TYPES = frozenset({"String", "Integer", "Long", "Short", "Double", "Boolean", "Date"})


@dataclass(frozen=True)
class Query:
    """Filters by their names, each a text or (only ``posted``) a list; the order, and which part of the list."""

    filters: Mapping[str, Any]
    sorts: tuple[Sort, ...] = ()
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

    def sorted_by(self, sorts: Mapping[str, str]) -> tuple[Sort, ...]:
        """What it is sorted by, in the list's own names. Raises RestError 400."""
        if not all(sort.by in sorts for sort in self.sorts):
            raise invalid(f"sortBy: one of {', '.join(sorted(sorts))}; sortOrder: asc or desc")
        return tuple(sort._replace(by=sorts[sort.by]) for sort in self.sorts if sorts[sort.by] != ALIKE)

    def refuse_unknown(self, known: Container[str]) -> None:
        """Raises RestError 400 for a parameter that is not known: it would widen the answer."""
        refuse(name for name in self.filters if name not in known)


def refuse(unknown: Iterable[str]) -> None:
    """Raises RestError 400 if there are any."""
    if names := sorted(unknown):
        raise invalid(f"unknown query parameters: {', '.join(names)}")


async def query(request: Request) -> Query:
    """What the request asks. Raises RestError 400, 415."""
    asked = dict(request.query_params)
    first, most = _whole(asked, "firstResult", 0), _whole(asked, "maxResults", MOST)
    rest = {name: value for name, value in asked.items() if name not in PAGING}
    if request.method != "POST":
        return Query({name: value for name, value in rest.items() if name not in SORTING}, _one_sort(rest), first, most)
    refuse(rest.keys() - SHOWING)
    return read({**rest, **await _body(request)}, first=first, most=most)


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
    return value if name in TYPED else text


def _one_sort(asked: Mapping[str, str]) -> tuple[Sort, ...]:
    if ("sortBy" in asked) != ("sortOrder" in asked):
        raise invalid("Only a single sorting parameter specified. sortBy and sortOrder required")
    return _sorts([asked]) if "sortBy" in asked else ()


def _sorts(given: Any) -> tuple[Sort, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise invalid('sorting: a list of {"sortBy", "sortOrder"} is needed')
    return tuple(_sort(each) for each in given)


def _sort(given: Mapping[str, Any]) -> Sort:
    by, order, parameters = given.get("sortBy"), given.get("sortOrder"), given.get("parameters") or None
    if not isinstance(by, str) or order not in {"asc", "desc"} or (parameters is not None) != (by in HELD_SORTS):
        raise invalid(f"sortBy: a name is needed; sortOrder: asc or desc; parameters: only with {', '.join(sorted(HELD_SORTS))}, in a body")
    return Sort(by, order == "desc", None if parameters is None else _held(parameters))


def _held(given: object) -> tuple[str, str]:
    """Name and type of a variable."""
    if isinstance(given, Mapping) and given.keys() == {"variable", "type"}:
        name, kind = given["variable"], given["type"]
        if isinstance(name, str) and name and is_text(name) and kind in TYPES:
            return name, kind.lower()
    raise invalid(f'parameters: {{"variable", "type"}} is needed, with one of the types {", ".join(sorted(TYPES))}')


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise invalid(f"{name}: a whole number is needed")
    return min(int(text[:10]), MOST)
