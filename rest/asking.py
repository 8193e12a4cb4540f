"""Filters of lists that the database narrows, sorts and pages: each says what it asks for; one that is not known is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import eq
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from rest.errors import RestError, invalid, missing
from rest.parts import Caller, split_instance
from rest.query import Query, read
from rest.values import instant_in
from rest.variables_asked import EACH, held_in, named_in, worth_in
from store.engine import listing
from store.engine.holding import Held
from store.engine.listing import ANY_OF, Filters, Listing, Wanted

TEXT: Mapping[str, Any] = {"type": "string"}
_LARGEST = 2**31
Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Reader:
    """How one filter is read, and what the OpenAPI document says of it; of one that takes several, ``each`` says it of one of them."""

    read: Callable[[Any, Caller], Mapping[str, Any]]
    schema: Mapping[str, Any]
    each: Mapping[str, Any] | None = None

    def __call__(self, given: Any, caller: Caller, *, posted: bool = False) -> Mapping[str, Any]:
        """What it asks for. Raises RestError 400."""
        if self.each is None:
            if isinstance(given, list):
                raise invalid("one value is needed, not a list")
            return self.read(given, caller)
        if posted and not isinstance(given, list):
            raise invalid("a list is needed")
        found = given if isinstance(given, list) else given.split(",")
        wanted = dict if self.each["type"] == "object" else str
        if posted and not all(isinstance(each, wanted) for each in found):
            raise invalid(f"a list of {self.each['type']}s is needed")
        return self.read(found, caller)


Asks = Reader
Params = Mapping[str, Reader]


def one(read: Callable[[str, Caller], Mapping[str, Any]]) -> Reader:
    """Any text."""
    return Reader(read, TEXT)


def several(read: Callable[[list[str], Caller], Mapping[str, Any]]) -> Reader:
    """Several texts: with commas in an address, a list in a body."""
    return Reader(read, TEXT, TEXT)


def text(name: str) -> Reader:
    """The value as it is."""
    return one(lambda given, _: {name: given})


like = text  # a pattern: `%` stands for anything, a text without it is a part (`store.engine.listing.holds`)


def texts(name: str) -> Reader:
    """One of several values."""
    return several(lambda given, _: {name: given})


def moment(name: str) -> Reader:
    """An instant."""
    return Reader(lambda given, _: {name: instant_in(given)}, {"type": "string", "example": "2024-01-31T09:00:00.000+0000"})


def whole(name: str) -> Reader:
    """A whole number. Raises RestError 400."""

    def number(given: str, _: Caller) -> Mapping[str, Any]:
        digits = given.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or int(digits[:11]) >= _LARGEST:
            raise invalid(f"{given[:40]!r} is no whole number")
        return {name: int(given)}

    return Reader(number, {"type": "integer"})


def flag(name: str, *, means: object = True) -> Reader:
    """Asked with `true` a condition, with `false` none. Raises RestError 400 for anything else."""
    return condition(lambda _: {name: means})


def condition(means: Callable[[Caller], Mapping[str, Any]]) -> Reader:
    """The same where the condition depends on who asks, or when."""

    def asked(given: str, caller: Caller) -> Mapping[str, Any]:
        if given.lower() not in {"true", "false"}:
            raise invalid(f"{given[:40]!r} is neither true nor false")
        return means(caller) if given.lower() == "true" else {}

    return Reader(asked, {"type": "boolean"})


def variables(name: str) -> Reader:
    """Variables that are held: `name_operator_value` in an address (texts), `{"name", "operator", "value"}` in a body."""
    schema = {**TEXT, "example": "amount_eq_7"}
    return Reader(lambda given, _: {name: held_in(given)}, schema, EACH)


WORTH: Mapping[str, Any] = {"type": ["string", "number", "boolean"], "example": "x"}
variable_named = one(lambda given, _: {"named": named_in(given)})
variable_worth = Reader(lambda given, _: {"worth": worth_in(given)}, WORTH)
anything = condition(lambda _: {})  # asks for what holds for everything here anyway
OR_QUERIES = Reader(lambda _, __: {}, TEXT, {"type": "object"})  # queries of which each narrows by any of its filters: see `filters`
SHADES = dict.fromkeys(("variableNamesIgnoreCase", "variableValuesIgnoreCase"), anything)  # how `variables` are compared: see `filters`
nothing = one(lambda _, __: {"nothing": True})  # asks for what nothing here has
nobody = several(lambda _, __: {"nothing": True})
instance = one(lambda given, _: dict(zip(("root", "within"), split_instance(given), strict=True)))
instances = several(lambda given, _: {"places": [split_instance(each) for each in given]})
whole_instance = one(lambda given, _: {"root": split_instance(given)[0]})  # where what is called counts as part of it


def _deployment(given: str, _caller: Caller) -> Mapping[str, Any]:
    """A deployment; what is no number matches nothing."""
    return {"version": int(given[:18]) if given.isascii() and given.isdigit() else 0}


def _note(given: str, _caller: Caller) -> Mapping[str, Any]:
    """An entry of the history: its instance and number."""
    root, _, seq = given.rpartition(".")
    return {"root": root, "seq": int(seq[:9]) if seq.isascii() and seq.isdigit() else 0}


def _definition(given: str, caller: Caller) -> Mapping[str, Any]:
    """A process definition: its key and version; one that is not there matches nothing."""
    found = next((row for row in caller.definitions.values() if row["id"] == given), None)
    return {"definition": ("", 0) if found is None else (found["key"], found["version"])}


def alike(text: str | None, pattern: str) -> bool:
    """Whether a text is like one in which `%` stands for anything; one without `%` is a part of it. In capitals or not."""
    wanted = pattern.lower() if "%" in pattern else f"%{pattern.lower()}%"
    return re.fullmatch(".*".join(map(re.escape, wanted.split("%"))), (text or "").lower(), re.DOTALL) is not None


def _named(test: Callable[[str, str], bool]) -> Reader:
    def read(given: str, caller: Caller) -> Mapping[str, Any]:
        return {"definitions": [place for place, row in caller.definitions.items() if test(row["name"], given)]}

    return one(read)


definition_named, definition_named_like = _named(eq), _named(alike)
deployment, note, definition = one(_deployment), one(_note), one(_definition)


def wanted(query: Query, caller: Caller, params: Params, sorts: Mapping[str, str], *, paged: bool = True) -> Wanted:
    """What a request asks of a list, ``paged`` or from end to end. Raises RestError 400."""
    by = query.sorted_by(sorts)
    first, most = (query.first, query.most) if paged else (0, None)
    return Wanted(filters(query, caller, params), by, first, most)


def the_row(caller: Caller, source: Listing, given: Any, *, otherwise: str) -> RowMapping:
    """The row with an id. Raises RestError 404 that says ``otherwise``."""
    found: list[RowMapping] = caller.read(listing.rows, source, Wanted((("id", given),)))
    if not found:
        raise missing(otherwise)
    return found[0]


def named(
    caller: Caller, given: Mapping[str, Any], source: Listing, params: Params, *, ids: str, query: str, otherwise: Callable[[str], str]
) -> list[str]:
    """What a body names by its field of ``ids`` and by that of a ``query``: the ids of all of it, each once.

    Raises RestError 400 when it names nothing so, 404 that says ``otherwise`` for an id of nothing.
    """
    listed, asked = given.get(ids), given.get(query)
    if listed is not None and not (isinstance(listed, list) and all(isinstance(each, str) and each for each in listed)):
        raise invalid(f"{ids}: a list of ids is needed")
    if asked is not None and not isinstance(asked, Mapping):
        raise invalid(f"{query}: a query is an object")
    if not listed and asked is None:
        raise invalid(f"{ids} or {query} is needed")
    for each in listed or ():
        the_row(caller, source, each, otherwise=otherwise(each))
    found = [] if asked is None else caller.read(listing.rows, source, Wanted(filters(read(asked), caller, params)))
    return list(dict.fromkeys([*(listed or ()), *(row["id"] for row in found)]))


def filters(query: Query, caller: Caller, params: Params) -> Filters:
    """The conditions of a query; each of its `orQueries` gives one of which any part must hold. Raises RestError 400."""
    query.refuse_unknown(params)
    if "orQueries" in query.filters and not query.posted:
        raise invalid("orQueries stand in a body only")
    found = [pair for name, value in query.filters.items() for pair in _read(name, value, query, caller, params).items()]
    either = query.filters.get("orQueries", ())
    names, values, taken = query.flag("variableNamesIgnoreCase"), query.flag("variableValuesIgnoreCase"), query.flag("includeAssignedTasks")
    shaded = (_shade(pair, any_case=(names, values), taken=taken) for pair in found)
    return (*shaded, *((ANY_OF, filters(read(each), caller, params)) for each in either))


def _read(name: str, value: Any, query: Query, caller: Caller, params: Params) -> Mapping[str, Any]:
    try:
        return params[name](value, caller, posted=query.posted)
    except RestError as error:
        raise invalid(f"{name}: {error.message}") from error


def _shade(pair: tuple[str, Any], *, any_case: tuple[bool, bool], taken: bool) -> tuple[str, Any]:
    """A condition as other filters of the same query colour it: in capitals or not, with those that somebody has taken."""
    name, value = pair
    if isinstance(value, list) and value and isinstance(value[0], Held):
        return name, [replace(each, any_name_case=any_case[0], any_value_case=any_case[1]) for each in value]
    return ("concerning", value) if name == "offered" and taken else pair
