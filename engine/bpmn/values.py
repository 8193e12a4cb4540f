"""Values of process variables: what JSON knows, copied and weighed on the way in, so that nothing grows without bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.bpmn.meter import Meter
from engine.errors import EngineError

_MAX_DEPTH = 20
_MAX_WHOLE = 2**63
_WEIGHT = 8  # what every item costs beside its characters


@dataclass(frozen=True, slots=True)
class Declared:
    """A value with the type that whoever handed it in declared, where the value alone does not tell it (a `Long` of 7, a `Json` text's map).

    The type is kept beside the variable and goes along where the variable is passed on as it is; expressions see the plain value.
    """

    value: Any
    type: str


def undeclared(values: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values."""
    return {name: value.value if isinstance(value, Declared) else value for name, value in values.items()}


_TYPES = ""  # beside values that wait as JSON: their declared types; no variable has this name


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they wait in a row, as plain JSON; their declared types beside them."""
    types = {name: value.type for name, value in values.items() if isinstance(value, Declared)}
    return undeclared(values) | ({_TYPES: types} if types else {})


def unpacked(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The values that `packed` laid down, with their declared types."""
    types = kept.get(_TYPES, {})
    return {name: Declared(value, types[name]) if name in types else value for name, value in kept.items() if name != _TYPES}


def plain(value: Any, meter: Meter) -> Any:
    """A copy of a value as JSON knows it: instants become ISO texts, tuples lists.

    Raises EngineError `variable_type` for anything else, `limit` when the command has written too much already.
    """
    meter.weigh(_WEIGHT)
    return _copy(value, meter, 0)


def _copy(value: Any, meter: Meter, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        meter.weigh(len(value))
        return value if value.isascii() else _text(value)
    if kind is int or kind is float:
        return _number(value)
    return _copy_of_many(value, meter, depth) if depth < _MAX_DEPTH else _copy_of_one(value)


def _copy_of_many(value: Any, meter: Meter, depth: int) -> Any:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        meter.weigh(_WEIGHT * len(value))
        return {_copy(key, meter, depth): _copy(item, meter, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        meter.weigh(_WEIGHT * len(value))
        return [_copy(item, meter, depth + 1) for item in value]
    return _copy_of_one(value)


def _copy_of_one(value: Any) -> Any:
    """Kinds that JSON writes as another: instants, days, lengths of time, and the children of plain kinds (an enumeration's members)."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(str.__str__(value))
    if isinstance(value, int | float):
        return _number(value)
    raise _refused(type(value).__name__)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused("half a character", "半个字符（单独的代理码）") from None
    return value


def _number(value: float) -> float:
    whole = isinstance(value, int)
    if (whole and -_MAX_WHOLE <= value < _MAX_WHOLE) or (not whole and math.isfinite(value)):
        return value
    raise _refused("a number out of range", "超出范围的数值")


def _refused(what: str, zh: str | None = None) -> EngineError:
    return EngineError("variable_type", f"不能作为流程变量：{zh or what}", f"not a process variable: {what}", 422)
