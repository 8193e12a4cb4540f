"""FEEL's built-in functions (DMN 1.3, 10.3.4). Each gets the evaluation's context first; none reads a clock."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from inspect import signature
from typing import Any

from engine.dmn.feel_lists import LISTS, Function, number
from engine.dmn.feel_ranges import RANGES
from engine.dmn.feel_texts import TEXTS
from engine.dmn.feel_values import MAX_POWER, Range, bounded, duration_text, into_feel
from engine.expressions.context import Context
from engine.expressions.errors import ExpressionError
from engine.expressions.instants import Duration, parse_duration, parse_instant

_MAX_PLACES = 16
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?")
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?")
_MONTHS_ONLY = re.compile(r"-?P(?:\d+Y)?(?:\d+M)?")


def _read(context: Context, value: Any) -> datetime:
    """The instant of a text, a day or an instant. Raises ValueError for a text that is neither day nor instant (`"2026-11"`)."""
    if isinstance(value, str) and _WRITTEN.fullmatch(value) is None:
        raise ValueError("no day")
    try:
        return parse_instant(value, context.zone)
    except ExpressionError as error:
        raise ValueError("no such day") from error


def _day(context: Context, value: Any, *more: Any) -> date | None:
    """`date("2023-07-01")`, `date(2023, 7, 1)`, the day of an instant."""
    if more:
        month, day = more
        return date(int(value), int(month), int(day))
    return None if value is None else _read(context, value).astimezone(context.zone).date()


def _instant(context: Context, *parts: Any) -> datetime | None:
    """`date and time("2023-07-01T09:00:00")`, or of a day and a time."""
    if len(parts) == 2:  # noqa: PLR2004 - day and time
        day, clock = parts
        return datetime.combine(_day(context, day) or day, clock, tzinfo=context.zone).astimezone(UTC)
    return None if parts[0] is None else _read(context, parts[0])


def _time(context: Context, *parts: Any) -> time | None:
    """`time("09:00:00")`, `time(9, 0, 0)`, the wall clock of an instant."""
    if len(parts) >= 3:  # noqa: PLR2004 - hour, minute, second
        hour, minute, second = (int(part) for part in parts[:3])
        return time(hour, minute, second)
    (value,) = parts
    if isinstance(value, datetime):
        return value.astimezone(context.zone).time()
    if value is not None and _CLOCK.fullmatch(value) is None:
        raise ValueError("no time")
    return None if value is None else time.fromisoformat(value)


def _duration(_context: Context, value: Any) -> Any:
    """A length of time; one of months stays apart from one of days."""
    if value is None:
        return None
    minus = value.startswith("-")
    try:
        read = parse_duration(value.removeprefix("-"))
    except ExpressionError as error:
        raise ValueError("no length of time") from error
    if read.months and (read.days or read.exact):
        raise ValueError("either months or days")
    if _MONTHS_ONLY.fullmatch(value):
        return Duration(-read.months if minus else read.months)
    length = timedelta(days=read.days) + read.exact
    return -length if minus else length


def _at(context: Context, value: str) -> Any:
    """`@"2023-07-01"`: whatever the text stands for."""
    if value.lstrip("-").startswith("P"):
        return _duration(context, value)
    if "T" in value:
        return _instant(context, value)
    return _time(context, value) if ":" in value else _day(context, value)


def _months_between(_context: Context, start: date, end: date) -> Duration:
    months = (end.year - start.year) * 12 + end.month - start.month
    return Duration(months - (months > 0 and end.day < start.day) + (months < 0 and end.day > start.day))


def _numbered(_context: Context, value: Any, grouping: Any = None, point: Any = None) -> Decimal | None:
    """`number("1 000,5", " ", ",")`; two equal or other separators give null."""
    if value is None:
        return None
    if grouping is None and point is None:
        return bounded(Decimal(str(value)))
    if not isinstance(value, str) or grouping == (point or ".") or grouping not in {None, " ", ",", "."} or point not in {None, ",", "."}:
        return None
    return bounded(Decimal((value.replace(grouping, "") if grouping else value).replace(point or ".", ".")))


def _text(context: Context, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(context.zone).isoformat()
    if isinstance(value, timedelta | Duration):
        return duration_text(value)
    return value.isoformat() if isinstance(value, date | time) else format(value, "f") if isinstance(value, Decimal) else str(value)


def _rounding(mode: str) -> Function:
    def apply(_context: Context, value: Any, places: Any = Decimal(0)) -> Decimal | None:
        if value is None:
            return None
        if not 0 <= int(places) <= _MAX_PLACES:
            raise ValueError("0 to 16 places")
        return number(value).quantize(Decimal(1).scaleb(-int(places)), rounding=mode)

    return apply


def _modulo(_context: Context, left: Any, right: Any) -> Decimal | None:
    """The sign is the divisor's, as DMN says."""
    return None if right == 0 else number(left) - number(right) * (left / right).to_integral_value(ROUND_FLOOR)


def _last_day(_context: Context, value: date) -> date:
    return date(value.year, value.month, monthrange(value.year, value.month)[1])


def _logarithm(_context: Context, value: Any) -> Decimal | None:
    return number(value).ln() if value > 0 else None


def _exponential(_context: Context, value: Any) -> Decimal:
    if abs(number(value)) > MAX_POWER:
        raise ExpressionError(f"指数超过 {MAX_POWER}", f"the exponent is beyond {MAX_POWER}")
    return bounded(value.exp())


def _get(_context: Context, value: Any, path: Any) -> Any:
    """`get value(context, "key")`, or along a list of keys."""
    for key in path if isinstance(path, list | tuple) else [path]:
        value = value.get(key) if isinstance(value, Mapping) else None
    return into_feel(value)


def _put(context: Context, value: Mapping[str, Any], path: Any, new: Any) -> dict[str, Any]:
    """A context with one entry more or changed; along a list of keys within one another."""
    key, *rest = path if isinstance(path, list | tuple) else [path]
    if not isinstance(key, str):
        raise TypeError("a key is a text")
    inner = value.get(key)
    return {**value, key: _put(context, inner if isinstance(inner, Mapping) else {}, rest, new) if rest else new}


def _merged(_context: Context, contexts: Any) -> dict[str, Any]:
    return {key: value for each in contexts for key, value in each.items()}


def _from_entries(_context: Context, entries: Any) -> dict[str, Any]:
    return {each["key"]: each["value"] for each in ([entries] if isinstance(entries, Mapping) else entries)}


def _not(_context: Context, value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def function_of(name: str, count: int) -> Function:
    """The function of that name for so many arguments. Raises ExpressionError."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"没有函数 {name}()", f"there is no function {name}()", code="unknown_function", name=name)
    try:
        signature(function).bind(None, *range(count))
    except TypeError as error:
        raise ExpressionError(f"{name}() 的参数个数不对", f"{name}(): {error}", code="expression_type") from error
    return function


def property_of(context: Context, value: Any, name: str) -> Any:
    """`.year`, `.hour`, `.days` … of a day, an instant, a time, a length of time; null for anything else."""
    if isinstance(value, datetime):
        value = value.astimezone(context.zone)
    if isinstance(value, Range):
        return {"start": value.low, "end": value.high}.get(name)
    for kind, names in _PROPERTIES.items():
        if isinstance(value, kind) and name in names:
            return Decimal(names[name](value))
    return None


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_PROPERTIES: Mapping[type, Mapping[str, Callable[[Any], int]]] = {
    datetime: {
        "year": lambda value: value.year,
        "month": lambda value: value.month,
        "day": lambda value: value.day,
        "weekday": lambda value: value.isoweekday(),
        "hour": lambda value: value.hour,
        "minute": lambda value: value.minute,
        "second": lambda value: value.second,
    },
    date: {
        "year": lambda value: value.year,
        "month": lambda value: value.month,
        "day": lambda value: value.day,
        "weekday": lambda value: value.isoweekday(),
    },
    time: {"hour": lambda value: value.hour, "minute": lambda value: value.minute, "second": lambda value: value.second},
    timedelta: {
        "days": lambda value: value.days,
        "hours": lambda value: value.seconds // 3600,
        "minutes": lambda value: value.seconds // 60 % 60,
        "seconds": lambda value: value.seconds % 60,
    },
    Duration: {"years": lambda value: value.months // 12, "months": lambda value: value.months % 12},
}

FUNCTIONS: Mapping[str, Function] = {
    "is defined": lambda _context, _value: True,
    "@": _at,
    "date": _day,
    "date and time": _instant,
    "time": _time,
    "duration": _duration,
    "years and months duration": _months_between,
    "now": lambda context: context.now,
    "today": lambda context: context.now.astimezone(context.zone).date(),
    "number": _numbered,
    "string": _text,
    "not": _not,
    "decimal": _rounding(ROUND_HALF_EVEN),
    "round up": _rounding(ROUND_UP),
    "round down": _rounding(ROUND_DOWN),
    "round half up": _rounding(ROUND_HALF_UP),
    "round half down": _rounding(ROUND_HALF_DOWN),
    "floor": _rounding(ROUND_FLOOR),
    "ceiling": _rounding(ROUND_CEILING),
    "abs": lambda _context, value: abs(value),
    "modulo": _modulo,
    "sqrt": lambda _context, value: number(value).sqrt() if value >= 0 else None,
    "odd": lambda _context, value: abs(number(value)) % 2 == 1,
    "even": lambda _context, value: number(value) % 2 == 0,
    **LISTS,
    **TEXTS,
    **RANGES,
    "log": _logarithm,
    "exp": _exponential,
    "last day of month": _last_day,
    "get or else": lambda _context, value, other: other if value is None else value,
    "context": _from_entries,
    "context put": _put,
    "context merge": _merged,
    "day of week": lambda _context, value: value.strftime("%A"),
    "day of year": lambda _context, value: Decimal(value.timetuple().tm_yday),
    "week of year": lambda _context, value: Decimal(value.isocalendar().week),
    "month of year": lambda _context, value: _MONTHS[value.month - 1],
    "get value": _get,
    "get entries": lambda _context, value: [{"key": key, "value": into_feel(each)} for key, each in value.items()],
}
