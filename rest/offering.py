"""Every list is offered in one form: its rows and their number, asked in an address and, where Camunda knows that, in a body."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from fastapi import APIRouter
from sqlalchemy import RowMapping

from rest.asking import Params, filters, wanted
from rest.listing import Item, chosen, page
from rest.parts import Caller, TheCaller
from rest.query import Asked, Query
from rest.shapes import CountResultDto
from store.engine import listing
from store.engine.listing import Filters, Listing, Wanted

Sorts = Mapping[str, str]
LISTS: dict[str, tuple[Params, Sorts]] = {}  # path -> what its list is narrowed and sorted by, for the OpenAPI document


@dataclass(frozen=True)
class Source:
    """A list: what it is narrowed and sorted by, the part of it that a request asks for, and how many it has."""

    params: Params
    sorts: Sorts
    rows: Callable[[Query, Caller], list[Any]]
    number: Callable[[Query, Caller], int]


def stored(
    rows: Listing, params: Params, sorts: Sorts, show: Callable[[Caller, Any, Query], Any], *, always: Callable[[Query], Filters] = lambda _: ()
) -> Source:
    """A list that the database narrows, sorts and pages, each row as it is shown; ``always`` narrows it whatever is asked."""

    def found(query: Query, caller: Caller) -> list[Any]:
        asked = wanted(query, caller, params, sorts)
        return [show(caller, row, query) for row in caller.read(listing.rows, rows, replace(asked, filters=(*asked.filters, *always(query))))]

    def number(query: Query, caller: Caller) -> int:
        return int(caller.read(listing.number, rows, Wanted((*filters(query, caller, params), *always(query)))))

    return Source(params, sorts, found, number)


def streamed(
    rows: Listing,
    params: Params,
    sorts: Sorts,
    items: Callable[[Query, Caller, Iterator[RowMapping]], Iterator[Any]],
    *,
    always: Callable[[Query, Caller], Filters] = lambda _query, _caller: (),
) -> Source:
    """The same where a row gives no item or several: read one by one, no further than the part asked for."""

    def found(query: Query, caller: Caller, *, sorted_by: Sorts = sorts) -> Iterator[Any]:
        asked = wanted(query, caller, params, sorted_by, paged=False)
        return items(query, caller, caller.stream(listing.stream, rows, replace(asked, filters=(*asked.filters, *always(query, caller)))))

    def part(query: Query, caller: Caller) -> list[Any]:
        return list(islice(found(query, caller), query.first, query.first + query.most))

    return Source(params, sorts, part, lambda query, caller: sum(1 for _ in found(query, caller)))


def built(items: Callable[[Query, Caller], Iterable[Item]], params: Params, sorts: Sorts) -> Source:
    """A list that is put together here: short, or not of the database."""
    return Source(
        params,
        sorts,
        lambda query, caller: page(items(query, caller), query, caller, params, sorts),
        lambda query, caller: sum(1 for _ in chosen(items(query, caller), query, caller, params)),
    )


def offer(router: APIRouter, path: str, shape: Any, source: Source, *, name: str, told: str, counted: str, posted: bool = True) -> None:
    """The routes of a list and of its number; ``posted``: asked in a body, too. ``name``, ``told``, ``counted``: for the OpenAPI document."""
    LISTS[path] = (source.params, source.sorts)

    def rows(query: Asked, caller: TheCaller) -> Any:
        return source.rows(query, caller)

    def number(query: Asked, caller: TheCaller) -> CountResultDto:
        return {"count": source.number(query, caller)}

    for verb in ("POST", "GET") if posted else ("GET",):
        router.add_api_route(path, rows, methods=[verb], response_model=list[shape], name=name, description=told)
    for verb in ("POST", "GET") if posted else ("GET",):
        router.add_api_route(f"{path}/count", number, methods=[verb], response_model=CountResultDto, name=f"count_{name}", description=counted)
