"""Bringing data into one form before it is checked: NFC, no blanks at the ends, whole numbers as integers, computed fields filled.

Nothing is dropped but what is empty (null, "", [], {}): an empty box counts as not sent. Unknown fields stay for the check to name.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from engine.forms_field import Field, Path, field_at, resolve, value_at, walk
from engine.forms_schema import DEEPEST

LARGEST_NUMBER = 1e15
Broken = list[tuple[Path, str]]


def normalised(field: Field | None, value: Any, path: Path, broken: Broken) -> Any:
    """`value` in its one form; characters and numbers that cannot be kept are noted in `broken` as (path, code)."""
    if len(path) > DEEPEST:
        broken.append((path, "type"))
        return None
    match value:
        case str():
            result: Any = _text(field, value, path, broken)
        case Mapping():
            named = ((_name(key), part) for key, part in value.items())
            parts = {name: normalised(field.child(name) if field else None, part, (*path, name), broken) for name, part in named}
            result = {key: part for key, part in parts.items() if not empty(part)}
        case list() | tuple():
            item = field.item if field else None
            result = [normalised(item, part, (*path, number), broken) for number, part in enumerate(value)]
        case bool() | None:
            result = value
        case int() | float():
            result = _number(field, value, path, broken)
        case _:
            broken.append((path, "type"))
            result = None
    return result


def _name(key: object) -> str:
    """A key that no field has may hold half a sign: it is named with a mark in its place."""
    name = str(key)
    return name if name.isascii() else name.encode("utf-8", "replace").decode()


def empty(value: object) -> bool:
    """Whether a value counts as not sent."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def _text(field: Field | None, value: str, path: Path, broken: Broken) -> str:
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if field is not None and field.hint("code"):
        text = _code(text)
    elif field is not None and field.schema.get("format") == "email":
        text = unicodedata.normalize("NFKC", text)
    allowed = "\n\t" if field is None or field.widget == "textarea" else ""
    if not text.isprintable() and any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in allowed for sign in text):
        broken.append((path, "characters"))
        return "".join(sign for sign in text if unicodedata.category(sign) != "Cs")
    return text


def _code(text: str) -> str:
    """A code or number as machines write it: half-width signs, capitals, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _number(field: Field | None, value: float, path: Path, broken: Broken) -> float | int | None:
    if abs(value) > LARGEST_NUMBER or not math.isfinite(value):
        broken.append((path, "range"))
        return None
    whole = field is not None and field.kind == "integer" and isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def completed(root: Field, data: dict[str, Any], hidden: frozenset[Path]) -> bool:
    """Put into `data` what nobody types: required objects, rows' numbers, unticked boxes, fields taken from others. Whether it changed."""
    changed = _with_frames(root, data, (), hidden)
    for path, field, value in list(walk(root, data, beyond=True)):
        owner = value_at(data, path[:-1]) if len(path) > 1 else data
        if not isinstance(owner, dict) or path in hidden or not isinstance(path[-1], str):
            continue
        own = _own_value(root, field, path, value, data)
        if own is not None:
            owner[field.name] = own
            changed = changed or own != value
    return changed


def _own_value(root: Field, field: Field, path: Path, value: object, data: dict[str, Any]) -> object:
    """What a field that fills itself holds with these data; None for one that does not."""
    if field.widget == "sequence" and isinstance(path[-2], int):
        return path[-2] + 1
    if value is not None:
        return None
    if field.widget == "tick":
        return False
    if field.widget == "ticks":
        return [False for _ in field.hint("texts") or ()]
    source = field.hint("from")
    return value_at(data, resolve(root, path, str(source))) if source else None


def _with_frames(root: Field, whole: dict[str, Any], path: Path, hidden: frozenset[Path]) -> bool:
    """Put in required objects that are missing at `path` of `whole`, so that what is missing in them is named. Whether any was put in."""
    field, data = field_at(root, path), value_at(whole, path)
    changed = False
    for child in field.children_beyond if field is not None and isinstance(data, dict) else ():
        at = (*path, child.name)
        if at in hidden or not isinstance(data, dict):
            continue
        missing = child.name not in data and child.kind == "object"
        if missing and (child.required or applies(root, child, at, whole, required=True)):
            data[child.name] = {}
            changed = True
        rows = data.get(child.name)
        places = [(*at, number) for number in range(len(rows))] if isinstance(rows, list) else [at]
        for place in places:
            changed = _with_frames(root, whole, place, hidden) or changed
    return changed


def hidden_paths(root: Field, data: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of fields that are not shown with this data, with all that lies in them."""
    hidden: set[Path] = set()
    for path, field, value in walk(root, data, beyond=True):
        if field.show_if is not None and path not in hidden and not applies(root, field, path, data):
            hidden.add(path)
            hidden.update(inner for inner, _, _ in walk(field, value, path))
    return frozenset(hidden)


def applies(root: Field, field: Field, path: Path, data: Mapping[str, Any], *, required: bool = False) -> bool:
    """Whether the field's `x-show-if` (or `x-required-if`) holds; True without one (False for `x-required-if`)."""
    condition = field.required_if if required else field.show_if
    if condition is None:
        return not required
    return condition.holds(lambda name: value_at(data, resolve(root, path, name)))


def left(root: Field, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """For an outcome that leaves the form unfinished (`x-leaves`): what still counts; None for any other outcome."""
    for child in root.children:
        leaves = child.hint("leaves") if child.widget == "buttons" else None
        outcome = data.get(child.name)
        if isinstance(leaves, Mapping) and isinstance(outcome, str) and outcome in leaves:
            kept = {*leaves[outcome], child.name}
            return {name: value for name, value in data.items() if name in kept}
    return None
