"""Typed inputs: makes the frozen dataclass that a handler or listener asks for out of a mapping of names. No I/O."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.refusals import InvalidInput


def typed_parameter(function: Callable[..., Any]) -> type | None:
    """The dataclass that the second parameter is annotated with; None for any other annotation."""
    code = function.__code__
    if code.co_argcount < 2:  # noqa: PLR2004 - (ctx, inputs)
        return None
    hint = typing.get_type_hints(function).get(code.co_varnames[1])
    return hint if isinstance(hint, type) and is_dataclass(hint) else None


def build(wants: type | None, source: Mapping[str, Any]) -> Any:
    """``source`` as the dataclass ``wants`` (names it does not have are left out), or as it is if none is wanted.

    Raises InvalidInput naming the field that is missing or of another type.
    """
    if wants is None:
        return source
    hints = typing.get_type_hints(wants)
    values = {}
    for each in fields(wants):
        if each.name in source:
            values[each.name] = _fit(hints[each.name], source[each.name], name=each.name)
        elif each.default is MISSING and each.default_factory is MISSING:
            raise InvalidInput(field=each.name, problem="missing")
    return wants(**values)


def _fit(hint: Any, value: Any, *, name: str) -> Any:
    origin = typing.get_origin(hint)
    wanted = origin or hint
    if hint is Any:
        return value
    if origin in {typing.Union, types.UnionType}:
        return _fit_one_of(typing.get_args(hint), value, name=name)
    if wanted in {tuple, frozenset, set} and isinstance(value, list | tuple):
        return wanted(value)
    if wanted in {date, datetime, Decimal} and isinstance(value, str | int):
        return _parse(wanted, value, name=name)
    return value if _suits(wanted, hint, value) else _refuse(name, hint, value)


def _suits(wanted: Any, hint: Any, value: object) -> bool:
    if wanted is typing.Literal:
        return value in typing.get_args(hint)
    if isinstance(value, bool):  # Python takes it for a number; a form does not
        return wanted in {bool, object}
    return isinstance(value, int) if wanted is float and not isinstance(value, float) else _is(value, wanted)


def _is(value: object, wanted: Any) -> bool:
    try:
        return isinstance(value, wanted)
    except TypeError:  # an annotation that is no class: nothing to check
        return True


def _fit_one_of(hints: tuple[Any, ...], value: Any, *, name: str) -> Any:
    if value is None and type(None) in hints:
        return None
    for hint in hints:
        try:
            return _fit(hint, value, name=name)
        except InvalidInput:
            continue
    return _refuse(name, hints, value)


def _parse(wanted: Any, value: str | int, *, name: str) -> Any:
    try:
        return Decimal(value) if wanted is Decimal else wanted.fromisoformat(value)
    except (ValueError, ArithmeticError, TypeError):
        return _refuse(name, wanted, value)


def _refuse(name: str, hint: object, value: object) -> Any:
    raise InvalidInput(field=name, problem=f"{type(value).__name__} given, {hint} wanted")
