"""Turns values into what a typeRef names; what does not fit is refused, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.dmn.feel_values import bounded, into_feel
from engine.errors import EngineError
from engine.expressions.instants import parse_instant


def typed(value: Any, kind: str, zone: ZoneInfo) -> Any:
    """`value` as FEEL's kind for the typeRef `kind` ("" or one unknown: as it is). Raises EngineError `decision_type`."""
    convert = _CONVERT.get(kind)
    value = into_feel(value)
    if value is None or convert is None:
        return value
    try:
        return convert(value, zone)
    except (TypeError, ValueError, InvalidOperation, EngineError) as error:
        zh, en = f"{value!s:.40} 不是 {kind} 类型", f"{value!s:.40} is not of type {kind}"
        raise EngineError("decision_type", zh, en, 422, type=kind) from error


def finished(value: Any, kind: str) -> Any:
    """A result as a process variable of the typeRef: `double` stays a fraction, also where it is whole."""
    return float(value) if kind == "double" and isinstance(value, Decimal) else value


def _number(value: Any, _zone: ZoneInfo) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | str):
        raise TypeError
    return bounded(value if isinstance(value, Decimal) else Decimal(value.strip()))


def _whole(value: Any, zone: ZoneInfo) -> Decimal:
    number = _number(value, zone)
    if number != number.to_integral_value():
        raise ValueError
    return number


def _boolean(value: Any, _zone: ZoneInfo) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[value.lower()] if isinstance(value, str) and value.lower() in {"true", "false"} else _wrong()


def _wrong() -> bool:
    raise TypeError


def _string(value: Any, _zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        raise TypeError
    return value if isinstance(value, str) else value.isoformat() if isinstance(value, date) else str(value)


def _instant(value: Any, zone: ZoneInfo) -> Any:
    """A day stays a day; an instant is aware UTC."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value) if len(value) == len("2023-07-01") else parse_instant(value, zone)
    raise TypeError


_CONVERT: Mapping[str, Callable[[Any, ZoneInfo], Any]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _whole,
    "long": _whole,
    "double": _number,
    "number": _number,
    "date": _instant,
    "dateTime": _instant,
    "date and time": _instant,
}
