"""Variables that a list is narrowed by: names, operators and values as a client writes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest.bodies import is_text
from rest.errors import RestError, invalid
from rest.values import instant_in
from store.engine.holding import OPERATORS, ORDERED, Held

SHAPE = "a variable is asked for as name_operator_value, or as an object of name, operator and value"
EACH: Mapping[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "operator": {"type": "string", "enum": sorted(OPERATORS)}, "value": {}},
    "required": ["name", "operator", "value"],
    "example": {"name": "amount", "operator": "eq", "value": 7},
}


def held_in(given: Iterable[object]) -> list[Held]:
    """Each variable asked for. Raises RestError 400."""
    return [_held(*(_of_object(each) if isinstance(each, Mapping) else _of_text(str(each)))) for each in given]


def named_in(name: str) -> list[Held]:
    """A variable of a name, whatever its value."""
    return [Held(name, "eq", None)]


def worth_in(value: Any) -> list[Held]:
    """A variable of a value, whatever its name. In an address it is a text."""
    return [Held("", "eq", value, at=_instant(value))]


def _of_text(given: str) -> tuple[str, str, Any]:
    """A name may hold `_`, an operator and a value may not: values in an address are texts."""
    parts = given.rsplit("_", 2)
    if len(parts) != 3:  # noqa: PLR2004 - name, operator, value
        raise invalid(SHAPE)
    return parts[0], parts[1], parts[2]


def _of_object(given: Mapping[str, Any]) -> tuple[str, str, Any]:
    if given.keys() - {"name", "operator", "value"} or "value" not in given:
        raise invalid(SHAPE)
    return given.get("name", ""), given.get("operator", ""), given["value"]


def _held(name: object, operator: object, value: Any) -> Held:
    if not isinstance(name, str) or not name or not is_text(name) or not isinstance(operator, str):
        raise invalid(SHAPE)
    if operator not in OPERATORS:
        raise invalid(f"Invalid variable comparator specified: {operator[:40]!r}; known: {', '.join(sorted(OPERATORS))}")
    if isinstance(value, list | dict) or (isinstance(value, str) and not is_text(value)):
        raise invalid("the value of a variable asked for is a text, a number, true, false or null")
    if operator in ORDERED and (value is None or isinstance(value, bool)):
        raise invalid(f"Booleans and null cannot be used in '{operator}' condition")
    if operator in {"like", "notLike"} and not isinstance(value, str):
        raise invalid("only texts can be like another")
    return Held(name, operator, value, at=_instant(value))


def _instant(value: Any) -> str | None:
    """A text that is a date, as dates are kept."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        return instant_in(value).isoformat()
    except RestError:
        return None
