"""Reads a parsed settings mapping into frozen dataclasses and names every problem at once: unknown, missing, wrong type."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast

from selection.errors import Problem

Part = TypeVar("Part")
_NAMES = {
    str: ("文字，加英文引号", "text in quotation marks"),
    int: ("整数，不加引号", "a whole number without quotation marks"),
    bool: ("true 或 false，不加引号", "true or false without quotation marks"),
    Decimal: ("数字，不加引号", "a number without quotation marks"),
    date: ("日期，如 2024-09-15，不加引号", "a date such as 2024-09-15 without quotation marks"),
    time: ("时刻，如 09:00:00，不加引号", "a time of day such as 09:00:00 without quotation marks"),
}
_TOLD_BY = ("name", "code", "key")  # what an entry of a list is called where it has one: nobody counts lines
_UNREADABLE: Any = object()


def named_values(settings: Mapping[str, Any]) -> dict[str, str | int]:
    """Texts and whole numbers of parsed settings by their path (`publicity.working_days`), as sentences of forms name them: `${publicity.working_days}`."""
    found: dict[str, str | int] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": said for inner, said in named_values(value).items()}
        elif isinstance(value, str | int):
            found[name] = value
    return found


def choice_words(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What people call the choices that are the season's own, of its parsed settings: list of a form → {code: Chinese}."""
    return {"focus_areas": {area["code"]: area["zh"] for area in settings.get("focus", ())}}


def read(cls: type[Part], raw: object, *, path: str, problems: list[Problem]) -> Part | None:
    """Build `cls` from a mapping. Problems are appended with their path; returns None when the part cannot be built."""
    if not isinstance(raw, Mapping):
        problems.append(_wrong(path, "表", "a table"))
        return None
    known = {entry.name: entry for entry in fields(cast("Any", cls))}
    problems.extend(_unknown(_join(path, key), known) for key in raw if key not in known)
    hints = _hints(cast("Any", cls))
    values: dict[str, object] = {}
    before = len(problems)
    for name, entry in known.items():
        if name in raw:
            values[name] = _value(hints[name], raw[name], _join(path, name), problems)
        elif entry.default is MISSING and entry.default_factory is MISSING:
            problems.append(Problem(path=_join(path, name), zh="缺少此项配置，请补上", en="is missing; add it"))
    return None if len(problems) > before else cls(**values)


@cache
def _hints(cls: type[object]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _unknown(path: str, known: Mapping[str, object]) -> Problem:
    names = ", ".join(sorted(known))
    return Problem(path=path, zh=f"没有这个配置项；可用的有：{names}", en=f"is not a setting; known are: {names}")


def _wrong(path: str, zh: str, en: str) -> Problem:
    return Problem(path=path, zh=f"应为{zh}", en=f"must be {en}")


def _value(hint: Any, raw: object, path: str, problems: list[Problem]) -> object:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(typing.get_args(hint)[0], raw, path, problems)
    if origin is tuple:
        return _items(typing.get_args(hint)[0], raw, path, problems)
    if origin is Mapping:
        return _table(typing.get_args(hint)[1], raw, path, problems)
    if is_dataclass(hint):
        return read(cast("type[object]", hint), raw, path=path, problems=problems)
    found = _plain(hint, raw)
    if found is _UNREADABLE:
        problems.append(_wrong(path, *_NAMES[hint]))
    return found


def _items(hint: Any, raw: object, path: str, problems: list[Problem]) -> tuple[object, ...]:
    if not isinstance(raw, list | tuple):
        problems.append(_wrong(path, "列表", "a list"))
        return ()
    return tuple(_value(hint, item, _entry(path, index, item), problems) for index, item in enumerate(raw))


def _entry(path: str, index: int, item: object) -> str:
    called = next((item[key] for key in _TOLD_BY if isinstance(item.get(key), str)), "") if isinstance(item, Mapping) else ""
    return _join(path, called) if called else f"{path}[{index}]"


def _table(hint: Any, raw: object, path: str, problems: list[Problem]) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        problems.append(_wrong(path, "表", "a table"))
        return {}
    return types.MappingProxyType({str(key): _value(hint, value, _join(path, key), problems) for key, value in raw.items()})


def _plain(hint: type, raw: object) -> object:
    if hint is Decimal and isinstance(raw, int | float) and not isinstance(raw, bool):
        return Decimal(str(raw))
    if hint is int and isinstance(raw, bool):
        return _UNREADABLE
    if hint is date and isinstance(raw, datetime):
        return _UNREADABLE
    return raw if isinstance(raw, hint) else _UNREADABLE
