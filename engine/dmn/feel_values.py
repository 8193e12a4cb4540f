"""FEEL's values and what its operators do with them. Where kinds do not fit each other the answer is null, as DMN 1.3 says.

A text is compared with a day or an instant by what it stands for: process variables know dates only as ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.expressions.errors import ExpressionError
from engine.expressions.instants import Duration, parse_instant
from engine.expressions.operators import MAX_NUMBER, MAX_SIZE

MAX_POWER = 64


@dataclass(frozen=True)
class Range:
    """`[low..high]`; an end that is not closed does not belong to it."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool

    def contains(self, value: Any, zone: ZoneInfo) -> bool | None:
        """Whether a value lies within; null when it cannot be compared."""
        above = compare(">=" if self.low_closed else ">", value, self.low, zone)
        below = compare("<=" if self.high_closed else "<", value, self.high, zone)
        return None if above is None or below is None else above and below


def into_feel(value: Any) -> Any:
    """A process variable as FEEL sees it: every number is decimal. Mappings and lists are converted when they are read."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def out_of_feel(value: Any) -> Any:
    """A value as a process variable knows it: a whole number is an integer, days and instants are ISO 8601 texts."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [out_of_feel(item) for item in value]
    if isinstance(value, dict):
        return {key: out_of_feel(item) for key, item in value.items()}
    if isinstance(value, timedelta | Duration):
        return duration_text(value)
    if isinstance(value, Range) or callable(value):
        raise ExpressionError("区间或函数不能作为结果", "a range or a function cannot be a result")
    return value


def duration_text(value: timedelta | Duration) -> str:
    """A length of time in ISO 8601."""
    if isinstance(value, Duration):
        sign, months = ("-", -value.months) if value.months < 0 else ("", value.months)
        years, months = divmod(months, 12)
        return sign + "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, whole = divmod(rest, 60)
    seconds = f"{whole}.{value.microseconds:06}".rstrip("0") if value.microseconds else whole
    clock = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number)
    return sign + "P" + (f"{value.days}D" if value.days else "") + (f"T{clock}" if clock else "" if value.days else "T0S")


def bounded(value: Decimal) -> Decimal:
    """A number within the limits of the language. Raises ExpressionError."""
    if not value.is_finite() or abs(value) > MAX_NUMBER:
        raise ExpressionError("数值超出范围", "the number is out of range")
    return value


def _as_instant(value: Any, zone: ZoneInfo) -> datetime | None:
    try:
        return parse_instant(value, zone)
    except ExpressionError:
        return None


def _pair(left: Any, right: Any, zone: ZoneInfo) -> tuple[Any, Any] | None:
    """Both as kinds that can be compared, or None."""
    if isinstance(left, bool) or isinstance(right, bool):
        return (left, right) if isinstance(left, bool) and isinstance(right, bool) else None
    left, right = into_feel(left), into_feel(right)
    if isinstance(left, date) or isinstance(right, date):
        if not isinstance(left, date | str) or not isinstance(right, date | str):
            return None
        instants = _as_instant(left, zone), _as_instant(right, zone)
        return None if None in instants else instants
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left.months, right.months
    same = type(left) is type(right)
    return (left, right) if same and isinstance(left, Decimal | str | time | timedelta) else None


def compare(relation: str, left: Any, right: Any, zone: ZoneInfo) -> bool | None:
    """`<`, `<=`, `>`, `>=`; null when the two cannot be compared."""
    pair = _pair(left, right, zone)
    if pair is None or isinstance(pair[0], bool):
        return None
    return bool(_ORDER[relation](*pair))


def equal(left: Any, right: Any, zone: ZoneInfo) -> bool | None:
    """Equality; null when the kinds differ. Null equals null only."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(equal(*both, zone) is True for both in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(item, right[key], zone) is True for key, item in left.items())
    if isinstance(left, Range) and isinstance(right, Range):
        return left == right
    pair = _pair(left, right, zone)
    return None if pair is None else bool(pair[0] == pair[1])


def related(relation: str, left: Any, right: Any, zone: ZoneInfo) -> bool | None:
    """Any of the six relations."""
    if relation in _ORDER:
        return compare(relation, left, right, zone)
    same = equal(left, right, zone)
    return same if relation == "=" or same is None else not same


def add(left: Any, right: Any, zone: ZoneInfo) -> Any:
    """Numbers, texts, lengths of time, a length of time to a day or an instant; else null."""
    left, right = into_feel(left), into_feel(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return bounded(left + right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_SIZE:
            raise ExpressionError("结果过长", "the result is too long")
        return left + right
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + right
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(left.months + right.months)
    if isinstance(right, date):
        left, right = right, left
    return shifted(left, right, 1, zone)


def subtract(left: Any, right: Any, zone: ZoneInfo) -> Any:
    """Numbers, lengths of time, two days or instants (a length of time), a length of time from a day or an instant; else null."""
    left, right = into_feel(left), into_feel(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return bounded(left - right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left - right
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(left.months - right.months)
    if isinstance(left, date) and isinstance(right, date):
        return parse_instant(left, zone) - parse_instant(right, zone)
    return shifted(left, right, -1, zone)


def shifted(start: Any, by: Any, sign: int, zone: ZoneInfo) -> Any:
    """A day or an instant moved by a length of time; null for anything else. Raises ExpressionError outside of the calendar."""
    if not isinstance(start, date) or not isinstance(by, timedelta | Duration):
        return None
    whole_days = not isinstance(start, datetime)
    length = by if isinstance(by, Duration) else Duration(days=by.days, exact=by - timedelta(days=by.days))
    moved = length.after(parse_instant(start, zone), zone, sign)
    return moved.astimezone(zone).date() if whole_days else moved.astimezone(UTC)


def multiply(left: Any, right: Any) -> Any:
    """Numbers, or a length of time by a number; else null."""
    left, right = into_feel(left), into_feel(right)
    if isinstance(right, timedelta | Duration):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    if isinstance(left, Decimal):
        return bounded(left * right)
    if isinstance(left, timedelta):
        return timedelta(seconds=float(bounded(Decimal(repr(left.total_seconds())) * right)))
    return Duration(int(left.months * right)) if isinstance(left, Duration) else None


def divide(left: Any, right: Any) -> Any:
    """Numbers, a length of time by a number or by another of its kind; null by zero and for anything else."""
    right = into_feel(right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        left, right = Decimal(left.months), Decimal(right.months)
    elif isinstance(left, timedelta) and isinstance(right, timedelta):
        left, right = (Decimal(each // timedelta(microseconds=1)) for each in (left, right))
    if not isinstance(right, Decimal) or right == 0:
        return None
    return multiply(left, 1 / right) if not isinstance(into_feel(left), Decimal) else bounded(into_feel(left) / right)


def power(left: Any, right: Any) -> Any:
    """A number to a power of at most `MAX_POWER`; null for anything else."""
    left, right = into_feel(left), into_feel(right)
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if abs(right) > MAX_POWER:
        raise ExpressionError(f"指数超过 {MAX_POWER}", f"the exponent is beyond {MAX_POWER}")
    try:
        return bounded(left**right)
    except InvalidOperation:
        return None


KINDS: Mapping[str, Callable[[Any], bool]] = {
    "Any": lambda _value: True,
    "number": lambda value: isinstance(value, Decimal),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "time": lambda value: isinstance(value, time),
    "date and time": lambda value: isinstance(value, datetime),
    "days and time duration": lambda value: isinstance(value, timedelta),
    "years and months duration": lambda value: isinstance(value, Duration),
    "list": lambda value: isinstance(value, list | tuple),
    "context": lambda value: isinstance(value, Mapping),
    "range": lambda value: isinstance(value, Range),
}  # what `instance of` asks; null is an instance of nothing

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
