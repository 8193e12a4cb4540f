"""What the operators do with values, and what they refuse: sizes and kinds are checked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.expressions.context import Context
from engine.expressions.errors import ExpressionError
from engine.expressions.instants import Duration

MAX_SIZE = 100_000
MAX_NUMBER = 10**15
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def is_number(value: object) -> bool:
    """Whether `value` is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def bounded(value: Any) -> Any:
    """A number within the limits of the language. Raises ExpressionError."""
    if math.isnan(value) or abs(value) > MAX_NUMBER:
        raise ExpressionError("数值超出范围", "the number is out of range")
    return value


def equal(left: object, right: object) -> bool:
    """Equality that never takes true for 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values as a comparison sees them: a text beside a number or a truth value is what it writes, if it writes one (Jakarta EL 1.9)."""
    if isinstance(left, str) and isinstance(right, bool | int | float):
        return written(left, like=right), right
    if isinstance(right, str) and isinstance(left, bool | int | float):
        return left, written(right, like=left)
    return left, right


def written(text: str, *, like: object) -> Any:
    """The truth value or number that a text writes, whichever `like` is; the text itself if it writes none."""
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if _NUMBER.fullmatch(text) is None:
        return text
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _refuse(operator: str, left: object, right: object) -> ExpressionError:
    kinds = f"{kind_of(left)} {operator} {kind_of(right)}"
    return ExpressionError(f"运算不成立：{kinds}", f"not defined: {kinds}", code="expression_type")


def kind_of(value: object) -> str:
    """The name of a value's kind, for messages."""
    if value is None:
        return "null"
    return {"str": "text", "int": "number", "float": "number", "bool": "boolean", "dict": "object"}.get(
        type(value).__name__, type(value).__name__
    )


def _comparable(left: object, right: object) -> bool:
    if is_number(left) and is_number(right):
        return True
    if isinstance(left, datetime) and isinstance(right, datetime):
        return True
    same = type(left) is type(right)
    return same and isinstance(left, str | date | timedelta)


def compare(operator: str, left: Any, right: Any) -> bool:
    """`<`, `<=`, `>`, `>=` on two numbers, texts, dates, instants or lengths of time. Raises ExpressionError otherwise."""
    left, right = alike(left, right)
    if not _comparable(left, right):
        raise _refuse(operator, left, right)
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    if operator == ">":
        return bool(left > right)
    return bool(left >= right)


def contains(left: object, right: object) -> bool:
    """`left in right`: a text within a text, an item of a list, a key of an object."""
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    if isinstance(right, list | tuple):
        return any(equal(left, item) for item in right)
    if isinstance(right, Mapping) and isinstance(left, str):
        return left in right
    raise _refuse("in", left, right)


def add(context: Context, left: Any, right: Any) -> Any:
    """Numbers, texts, lists; a length of time to an instant."""
    if is_number(left) and is_number(right):
        return bounded(left + right)
    if type(left) is type(right) and type(left) in {str, list}:
        if len(left) + len(right) > MAX_SIZE:
            raise ExpressionError("结果过长", "the result is too long")
        return left + right
    return _shift(context, left, right, 1)


def subtract(context: Context, left: Any, right: Any) -> Any:
    """Numbers, two instants (a length of time), a length of time from an instant."""
    if is_number(left) and is_number(right):
        return bounded(left - right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left - right
    return _shift(context, left, right, -1)


def _shift(context: Context, left: Any, right: Any, sign: int) -> datetime:
    if isinstance(left, datetime) and isinstance(right, Duration):
        return right.after(left, context.zone, sign)
    try:
        if isinstance(left, datetime) and isinstance(right, timedelta):
            return (left + right * sign).astimezone(UTC)
    except OverflowError as error:
        raise ExpressionError("时间超出范围", "the instant lies outside of the calendar") from error
    raise _refuse("+" if sign > 0 else "-", left, right)


def _arithmetic(operator: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Context, Any, Any], Any]:
    def apply(_context: Context, left: Any, right: Any) -> Any:
        if not (is_number(left) and is_number(right)):
            raise _refuse(operator, left, right)
        if operator != "*" and right == 0:
            raise ExpressionError("除数为零", "division by zero")
        return bounded(calculate(left, right))

    return apply


def _relation(operator: str) -> Callable[[Context, Any, Any], Any]:
    return lambda _context, left, right: compare(operator, left, right)


BINARY: dict[str, Callable[[Context, Any, Any], Any]] = {
    "==": lambda _context, left, right: equal(*alike(left, right)),
    "!=": lambda _context, left, right: not equal(*alike(left, right)),
    "<": _relation("<"),
    "<=": _relation("<="),
    ">": _relation(">"),
    ">=": _relation(">="),
    "in": lambda _context, left, right: contains(left, right),
    "+": add,
    "-": subtract,
    "*": _arithmetic("*", lambda left, right: left * right),
    "/": _arithmetic("/", lambda left, right: left / right),
    "%": _arithmetic("%", lambda left, right: left % right),
}


def item(value: Any, key: Any) -> Any:
    """`value[key]`: of a list or text by number, of an object by text (a missing key is null). Raises ExpressionError."""
    if isinstance(value, Mapping) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list | tuple | str) and isinstance(key, int) and not isinstance(key, bool):
        if -len(value) <= key < len(value):
            return value[key]
        raise ExpressionError(f"下标 {key} 超出范围", f"index {key} is out of range")
    raise _refuse("[]", value, key)


def is_empty(value: object) -> bool:
    """Null, or a text, list or object without content."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and len(value) == 0)
