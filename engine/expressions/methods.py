"""The methods that expressions may call on values, as other tools' diagrams write them (`items.size()`): a closed table, each for the kinds it names.

A name that is not here is refused when the expression is compiled, so nothing of what a value is made of can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from engine.expressions.context import Context
from engine.expressions.errors import ExpressionError
from engine.expressions.functions import as_text, whole
from engine.expressions.instants import Duration, parse_duration
from engine.expressions.operators import MAX_SIZE, add, contains, equal, is_empty, is_number, item, kind_of

_LISTED = (list, tuple)
_MANY = (*_LISTED, Mapping)


class Method(NamedTuple):
    """What it does with the context, the value and its arguments; of which kinds the value may be; how many arguments it takes."""

    call: Callable[..., Any]
    kinds: tuple[type, ...]
    least: int = 0
    most: int | None = None

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return self.least <= count <= (self.least if self.most is None else self.most)


def method_of(name: str, count: int) -> Method:
    """The method of a name. Raises ExpressionError when there is none, or when it does not take so many arguments."""
    found = METHODS.get(name)
    if found is None:
        raise ExpressionError(f"不允许调用方法 {name}()", f"there is no method {name}() in this language", code="unknown_function", name=name)
    if not found.takes(count):
        raise ExpressionError(f"{name}() 的参数个数不对", f"wrong number of arguments for {name}()")
    return found


def call_method(context: Context, name: str, value: Any, arguments: list[Any]) -> Any:
    """What the method gives. Raises ExpressionError for a value of another kind."""
    found = METHODS[name]
    if not isinstance(value, found.kinds) or (isinstance(value, bool) and object not in found.kinds):
        kind = kind_of(value)
        raise ExpressionError(f"{kind} 没有方法 {name}()", f"a {kind} has no method {name}()", code="expression_type")
    return found.call(context, value, *arguments)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"需要文字，而不是 {kind_of(value)}", f"a text is needed, not {kind_of(value)}", code="expression_type")
    return value


def _place(value: Any, most: int) -> int:
    """A whole number from 0 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ExpressionError(f"没有第 {value} 个位置", f"there is no place {value!r}", code="expression_type")
    return value


def _substring(_context: Context, value: str, start: Any, end: Any = None) -> str:
    last = len(value) if end is None else _place(end, len(value))
    return value[_place(start, last) : last]


def _index_of(_context: Context, value: Any, wanted: Any) -> int:
    if isinstance(value, str):
        return value.find(_text(wanted))
    return next((nth for nth, each in enumerate(value) if equal(wanted, each)), -1)


def _replace(_context: Context, value: str, old: Any, new: Any) -> str:
    if not _text(old) or len(value) + value.count(old) * (len(_text(new)) - len(old)) > MAX_SIZE:
        raise ExpressionError("结果过长", "the result is too long, or nothing was to be replaced")
    return value.replace(old, new)


def _get(_context: Context, value: Any, key: Any) -> Any:
    return value.get(key) if isinstance(value, Mapping) else item(value, _place(key, len(value) - 1))


def _values(_context: Context, value: Mapping[str, Any]) -> list[Any]:
    return list(value.values())


def _number(_context: Context, value: Any) -> float:
    return float(value)


def _midnight(context: Context, value: datetime) -> datetime:
    return value.astimezone(context.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _shifted(unit: str, sign: int) -> Callable[[Context, datetime, Any], datetime]:
    def shift(context: Context, value: datetime, count: Any) -> datetime:
        if not is_number(count) or not float(count).is_integer():
            raise ExpressionError("需要整数", f"a whole number is needed, not {count!r}", code="expression_type")
        length: Duration = parse_duration(unit.format(abs(int(count))))
        return length.after(value, context.zone, sign if count >= 0 else -sign)

    return shift


_UNITS = {
    "Years": "P{}Y", "Months": "P{}M", "Weeks": "P{}W", "Days": "P{}D", "Hours": "PT{}H", "Minutes": "PT{}M", "Seconds": "PT{}S",
}  # fmt: skip
METHODS: dict[str, Method] = {
    "size": Method(lambda _, value: len(value), _MANY),
    "length": Method(lambda _, value: len(value), (str,)),
    "isEmpty": Method(lambda _, value: is_empty(value), (str, *_MANY)),
    "contains": Method(lambda _, value, wanted: contains(wanted, value), (str, *_LISTED), 1),
    "containsKey": Method(lambda _, value, key: contains(key, value), (Mapping,), 1),
    "get": Method(_get, _MANY, 1),
    "indexOf": Method(_index_of, (str, *_LISTED), 1),
    "keySet": Method(lambda _, value: list(value), (Mapping,)),
    "values": Method(_values, (Mapping,)),
    "startsWith": Method(lambda _, value, start: value.startswith(_text(start)), (str,), 1),
    "endsWith": Method(lambda _, value, end: value.endswith(_text(end)), (str,), 1),
    "equals": Method(lambda _, value, other: equal(value, other), (object,), 1),
    "equalsIgnoreCase": Method(lambda _, value, other: isinstance(other, str) and value.casefold() == other.casefold(), (str,), 1),
    "toUpperCase": Method(lambda _, value: as_text(value.upper()), (str,)),
    "toLowerCase": Method(lambda _, value: as_text(value.lower()), (str,)),
    "trim": Method(lambda _, value: value.strip(), (str,)),
    "substring": Method(_substring, (str,), 1, 2),
    "replace": Method(_replace, (str,), 2),
    "concat": Method(lambda context, value, more: add(context, value, _text(more)), (str,), 1),
    "toString": Method(lambda _, value: as_text(value), (object,)),
    "intValue": Method(whole, (int, float)),
    "longValue": Method(whole, (int, float)),
    "doubleValue": Method(_number, (int, float)),
    "toDate": Method(lambda _, value: value, (datetime,)),
    "withTimeAtStartOfDay": Method(_midnight, (datetime,)),
    **{f"plus{name}": Method(_shifted(unit, 1), (datetime,), 1) for name, unit in _UNITS.items()},
    **{f"minus{name}": Method(_shifted(unit, -1), (datetime,), 1) for name, unit in _UNITS.items()},
}
