"""Query parameters of lists that the database narrows, sorts and pages: each says what it asks for; one that is not known is refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from fastapi import Request
from sqlalchemy import RowMapping

from rest.errors import invalid, missing
from rest.listing import PAGING, Item, ordered, part, refuse_unknown
from rest.parts import Caller, split_instance
from rest.values import instant_in
from store.engine import listing
from store.engine.listing import Listing, Wanted

Asks = Callable[[str, Caller], Mapping[str, Any]]
Filters = tuple[tuple[str, Any], ...]
_LARGEST = 2**31


@dataclass(frozen=True)
class Reader:
    """How one query parameter is read, and what the OpenAPI document says of it; one that is a plain function is any text."""

    read: Asks
    schema: Mapping[str, Any]

    def __call__(self, given: str, caller: Caller) -> Mapping[str, Any]:
        """What it asks for. Raises RestError 400."""
        return self.read(given, caller)


def text(name: str) -> Asks:
    """The value as it is."""
    return lambda given, _: {name: given}


def like(name: str) -> Asks:
    """A part of a text; `%` stands for anything."""
    return lambda given, _: {name: given.strip("%")}


def texts(name: str) -> Asks:
    """One of several values, given with commas."""
    return lambda given, _: {name: given.split(",")}


def moment(name: str) -> Asks:
    """An instant."""
    return Reader(lambda given, _: {name: instant_in(given)}, {"type": "string", "example": "2024-01-31T09:00:00.000+0000"})


def whole(name: str) -> Asks:
    """A whole number. Raises RestError 400."""

    def read(given: str, _: Caller) -> Mapping[str, Any]:
        digits = given.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or int(digits[:11]) >= _LARGEST:
            raise invalid(f"{given[:40]!r} is no whole number")
        return {name: int(given)}

    return Reader(read, {"type": "integer"})


def flag(name: str, *, means: object = True) -> Asks:
    """Asked with `true` a condition, with `false` none. Raises RestError 400 for anything else."""

    def read(given: str, _: Caller) -> Mapping[str, Any]:
        if given.lower() not in {"true", "false"}:
            raise invalid(f"{given[:40]!r} is neither true nor false")
        return {name: means} if given.lower() == "true" else {}

    return Reader(read, {"type": "boolean"})


def anything(_given: str, _caller: Caller) -> Mapping[str, Any]:
    """Asks for what holds for everything here anyway."""
    return {}


def instance(given: str, _caller: Caller) -> Mapping[str, Any]:
    """A process instance, called ones too: root and call activity's token."""
    root, within = split_instance(given)
    return {"root": root, "within": within}


def instances(given: str, _caller: Caller) -> Mapping[str, Any]:
    """Several of them, with commas."""
    return {"places": [split_instance(each) for each in given.split(",")]}


def whole_instance(given: str, _caller: Caller) -> Mapping[str, Any]:
    """A process instance where what is called counts as part of it."""
    return {"root": split_instance(given)[0]}


def deployment(given: str, _caller: Caller) -> Mapping[str, Any]:
    """A deployment; what is no number matches nothing."""
    return {"version": int(given[:18]) if given.isascii() and given.isdigit() else 0}


def note(given: str, _caller: Caller) -> Mapping[str, Any]:
    """An entry of the history: its instance and number."""
    root, _, seq = given.rpartition(".")
    return {"root": root, "seq": int(seq[:9]) if seq.isascii() and seq.isdigit() else 0}


def definition(given: str, caller: Caller) -> Mapping[str, Any]:
    """A process definition: its key and version; one that is not there matches nothing."""
    found = next((row for row in caller.definitions.values() if row["id"] == given), None)
    return {"definition": ("", 0) if found is None else (found["key"], found["version"])}


def wanted(request: Request, caller: Caller, params: Mapping[str, Asks], sorts: Mapping[str, str], *, paged: bool = True) -> Wanted:
    """What a request asks of a list, ``paged`` or from end to end. Raises RestError 400."""
    asked = dict(request.query_params)
    filters = _filters(asked, caller, params)
    by, descending = ordered(asked, sorts)
    first, most = part(asked) if paged else (0, None)
    return Wanted(filters, sort=sorts[by] if by else "", descending=descending, first=first, most=most)


def listed(
    request: Request,
    caller: Caller,
    source: Listing,
    params: Mapping[str, Asks],
    sorts: Mapping[str, str],
    show: Callable[[Any], Item],
    *,
    always: Filters = (),
) -> list[Item]:
    """The part of a list that a request asks for, each row as it is shown; ``always`` narrows it whatever is asked."""
    asked = wanted(request, caller, params, sorts)
    return [show(row) for row in caller.read(listing.rows, source, replace(asked, filters=(*asked.filters, *always)))]


def streamed(
    request: Request,
    caller: Caller,
    source: Listing,
    params: Mapping[str, Asks],
    sorts: Mapping[str, str],
    items: Callable[[Iterator[RowMapping]], Iterator[Item]],
) -> list[Item]:
    """The same where a row gives no item or several: read one by one, no further than the part asked for."""
    first, most = part(dict(request.query_params))
    rows = caller.stream(listing.stream, source, wanted(request, caller, params, sorts, paged=False))
    return list(islice(items(rows), first, first + most))


def the_row(caller: Caller, source: Listing, given: Any, *, otherwise: str) -> RowMapping:
    """The row with an id. Raises RestError 404 that says ``otherwise``."""
    found: list[RowMapping] = caller.read(listing.rows, source, Wanted((("id", given),)))
    if not found:
        raise missing(otherwise)
    return found[0]


def counted(request: Request, caller: Caller, source: Listing, params: Mapping[str, Asks], *, always: Filters = ()) -> dict[str, int]:
    """How many a list has."""
    found = Wanted((*_filters(dict(request.query_params), caller, params), *always))
    return {"count": caller.read(listing.number, source, found)}


def _filters(asked: Mapping[str, str], caller: Caller, params: Mapping[str, Asks]) -> Filters:
    refuse_unknown(asked, params)
    return tuple(pair for name, given in asked.items() if name not in PAGING for pair in params[name](given, caller).items())
