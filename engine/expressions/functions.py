"""The functions that every expression may call. Others (`deadline`, `ladder`, …) are handed in by the host.

Each gets the evaluation's context first. None of them reads a clock: `now()` is the instant of the command.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.expressions.context import Context
from engine.expressions.errors import ExpressionError
from engine.expressions.instants import Duration, parse_duration, parse_instant
from engine.expressions.operators import MAX_SIZE, bounded, compare, is_number, kind_of
from engine.expressions.truth import truth

_JSON = json.JSONEncoder(ensure_ascii=False, default=str)


def _wrong(name: str, value: object) -> ExpressionError:
    return ExpressionError(f"{name}() 不接受 {kind_of(value)}", f"{name}() does not take {kind_of(value)}", code="expression_type")


def _items(name: str, values: tuple[Any, ...]) -> Sequence[Any]:
    """The values themselves, or those of the one list given."""
    if len(values) == 1:
        if not isinstance(values[0], list | tuple):
            raise _wrong(name, values[0])
        return values[0]
    return values


def length(_context: Context, value: Any) -> int:
    """How many characters, items or keys."""
    if not isinstance(value, str | list | tuple | Mapping):
        raise _wrong("len", value)
    return len(value)


def _extreme(name: str, operator: str) -> Callable[..., Any]:
    def pick(_context: Context, *values: Any) -> Any:
        items = _items(name, values)
        if not items:
            raise ExpressionError(f"{name}() 的列表为空", f"{name}() of an empty list")
        best = items[0]
        for value in items[1:]:
            if compare(operator, value, best):
                best = value
        return best

    return pick


def total(_context: Context, *values: Any) -> Any:
    """The sum of numbers."""
    result: Any = 0
    for value in _items("sum", values):
        if not is_number(value):
            raise _wrong("sum", value)
        result = bounded(result + value)
    return result


def any_of(_context: Context, *values: Any) -> bool:
    """Whether one of them holds."""
    return any(truth(value) for value in _items("any", values))


def all_of(_context: Context, *values: Any) -> bool:
    """Whether each of them holds."""
    return all(truth(value) for value in _items("all", values))


def now(context: Context) -> dt.datetime:
    """The instant of this command, aware UTC."""
    return context.now


def date(context: Context, value: Any = None) -> dt.date:
    """The calendar day, in the host's zone, of an instant, a text or (without argument) of now."""
    if value is None:
        value = context.now
    if isinstance(value, str | dt.date):
        return parse_instant(value, context.zone).astimezone(context.zone).date()
    raise _wrong("date", value)


def instant(context: Context, value: Any) -> dt.datetime:
    """The instant an ISO text or a day names, aware UTC; without a zone in the host's."""
    if isinstance(value, str | dt.date):
        return parse_instant(value, context.zone)
    raise _wrong("datetime", value)


def duration(_context: Context, value: Any) -> Duration:
    """The length of time an ISO text (`P10D`) names."""
    if isinstance(value, str):
        return parse_duration(value)
    raise _wrong("duration", value)


def text(_context: Context, value: Any) -> str:
    """A value as text: numbers and texts as they are, true/false/null as in JSON, instants in ISO 8601."""
    return as_text(value)


def whole(_context: Context, value: Any) -> int:
    """A number or the text of one, cut off to a whole number."""
    try:
        if is_number(value) or isinstance(value, str):
            return int(bounded(float(value)))
    except ValueError:
        pass
    raise _wrong("int", value)


def rounded(_context: Context, value: Any, digits: Any = 0) -> Any:
    """A number rounded half up to `digits` places (0..6)."""
    if not is_number(value) or not isinstance(digits, int) or not 0 <= digits <= 6:  # noqa: PLR2004 - no score has more places
        raise _wrong("round", value)
    scale = 10**digits
    shifted = int(abs(value) * scale + 0.5) / scale
    result = shifted if value >= 0 else -shifted
    return result if digits else int(result)


def absolute(_context: Context, value: Any) -> Any:
    """A number without its sign."""
    if not is_number(value):
        raise _wrong("abs", value)
    return abs(value)


def business_key(context: Context) -> str:
    """The key under which the instance was started."""
    return context.business_key


def current_user(context: Context) -> str | None:
    """Who acts; null when nobody of the house or of its programmes does."""
    return context.place.user or None


def instance_id(context: Context) -> str:
    """The id of the process instance, as the REST interface has it."""
    return context.place.instance


def element_id(context: Context) -> str:
    """The id of the element that the token is at."""
    return context.place.element


def element_name(context: Context) -> str:
    """The name of the element that the token is at, as it is drawn."""
    return context.place.name


def has_variable(context: Context, name: Any) -> bool:
    """Whether there is a variable of the name."""
    return isinstance(name, str) and name in context.variables


def variable(context: Context, name: Any) -> Any:
    """The variable of a name that may hold any characters; null when there is none."""
    try:
        return context.variables[name] if isinstance(name, str) else None
    except KeyError:
        return None


def feel(context: Context, source: Any, *names: Any) -> Any:
    """The value of a FEEL expression over the same variables; `names` are those with blanks, written with `_` in the expression."""
    from engine.dmn.feel import compile_expression  # noqa: PLC0415 - FEEL stands on these expressions
    from engine.dmn.feel_frame import Frame  # noqa: PLC0415 - likewise
    from engine.dmn.feel_values import out_of_feel  # noqa: PLC0415

    if not isinstance(source, str):
        raise _wrong("feel", source)
    given = {as_text(name).replace(" ", "_"): variable(context, name) for name in names}
    return out_of_feel(compile_expression(source)(Frame(context, given)))


def as_text(value: Any) -> str:
    """How a value reads within a text. Raises ExpressionError when it would be too long."""
    if isinstance(value, str):
        result = value
    elif value is None:
        result = ""
    elif isinstance(value, dt.datetime | dt.date):
        result = value.isoformat()
    elif isinstance(value, bool | int | float | list | dict):
        result = "".join(_bounded_json(value))
    else:
        result = str(value)
    if len(result) > MAX_SIZE:
        raise ExpressionError("结果过长", "the result is too long")
    return result


def _bounded_json(value: Any) -> Iterator[str]:
    """The pieces of a value's JSON, only as many as a text may have."""
    size = 0
    for piece in _JSON.iterencode(value):
        size += len(piece)
        if size > MAX_SIZE:
            raise ExpressionError("结果过长", "the result is too long")
        yield piece


BUILT_IN: dict[str, Callable[..., Any]] = {
    "len": length,
    "min": _extreme("min", "<"),
    "max": _extreme("max", ">"),
    "sum": total,
    "any": any_of,
    "all": all_of,
    "now": now,
    "dateTime": now,
    "date": date,
    "datetime": instant,
    "duration": duration,
    "str": text,
    "int": whole,
    "round": rounded,
    "abs": absolute,
    "business_key": business_key,
    "currentUser": current_user,
    "instance_id": instance_id,
    "element_id": element_id,
    "element_name": element_name,
    "has_variable": has_variable,
    "variable": variable,
    "feel": feel,
}
