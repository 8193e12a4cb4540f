"""What a browser sends, read as typed data, and back. What cannot be converted stays as text: the page shows it again, `clean` names it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.forms_field import Field, Path, dotted, field_at, undotted
from engine.forms_schema import DEEPEST, MOST_ROWS

if TYPE_CHECKING:
    from engine.forms import Form

NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,12})?|\.\d{1,12})")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
LISTS = frozenset({"multiselect", "file"})


def parse(form: Form, pairs: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """The data in an HTML form's (name, text) pairs; never fails. Names beginning with `_` or `file:` belong to the page."""
    sent: dict[str, Any] = {}
    for name, value in pairs:
        if name.startswith(("_", "file:")) or not isinstance(value, str):
            continue
        path = undotted(name) or (name,)
        field = field_at(form.root, path)
        if field is not None and field.widget in LISTS:
            _put(sent, path, field, value)
        else:
            _set(sent, path, typed(field, value))
    data = _tidy(form.root, sent)
    return data if isinstance(data, dict) else {}


def typed(field: Field | None, text: str) -> object:
    """`text` as the field's type; the text itself where it cannot be; None where it is empty."""
    if not text.strip():
        return None
    match field.kind if field else "":
        case "boolean":
            return {"true": True, "on": True, "false": False}.get(text, text)
        case "number" | "integer":
            return _number(text)
    if field is not None and field.widget in {"date", "datetime"}:
        return _day(text)
    return text


def _number(text: str) -> object:
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("−", "-").removesuffix("%").strip()
    if not NUMBER.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _day(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "T")
    return DAY.sub(lambda match: f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}", plain, count=1)


def _set(owner: dict[Any, Any], path: Path, value: object) -> None:
    """Put `value` at `path`; rows are kept by number until the end, so that gaps do not matter."""
    if value is None or len(path) > DEEPEST:
        return
    for step in path[:-1]:
        owner = owner.setdefault(step, {})
        if not isinstance(owner, dict):
            return
    owner[path[-1]] = value


def _put(owner: dict[Any, Any], path: Path, field: Field, text: str) -> None:
    """Add one of several values of the same name."""
    value = typed(field.item, text)
    if value is None:
        return
    for step in path[:-1]:
        owner = owner.setdefault(step, {})
        if not isinstance(owner, dict):
            return
    already = owner.setdefault(path[-1], [])
    if isinstance(already, list) and len(already) <= MOST_ROWS:
        already.append(value)


def _tidy(field: Field | None, value: Any) -> Any:
    """Rows by number become lists; what is empty goes."""
    if not isinstance(value, dict):
        return value
    if field is not None and field.widget == "ticks":
        return [value.get(number, False) for number, _ in enumerate(field.hint("texts") or ())]
    parts = {key: _tidy(field.child(key) if field else None, part) for key, part in value.items()}
    parts = {key: part for key, part in parts.items() if part not in ({}, [])}
    if parts and all(isinstance(key, int) for key in parts):
        return [parts[key] for key in sorted(parts)]
    return {str(key): part for key, part in parts.items()}


def flatten(form: Form, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs that a browser sends for a form that shows `data`: the reverse of `parse`."""
    pairs: list[tuple[str, str]] = []
    _flatten(form.root, data, (), pairs)
    return pairs


def _flatten(field: Field | None, value: object, path: Path, pairs: list[tuple[str, str]]) -> None:
    if field is not None and (field.widget == "sequence" or field.hint("from")):
        return
    if isinstance(value, Mapping):
        for key, part in value.items():
            _flatten(field.child(str(key)) if field else None, part, (*path, str(key)), pairs)
    elif isinstance(value, list) and field is not None and field.widget in LISTS:
        pairs.extend((dotted(path), shown(part)) for part in value)
    elif isinstance(value, list):
        unticked = field is not None and field.widget == "ticks"
        for number, part in enumerate(value):
            if part is False and unticked:
                continue
            _flatten(field.item if field else None, part, (*path, number), pairs)
    elif value is not None and not (value is False and field is not None and field.widget == "tick"):
        pairs.append((dotted(path), shown(value)))


def shown(value: object) -> str:
    """A value as it stands in a box: numbers without exponent, yes and no as `true` and `false`, anything odd as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return "" if value is None else str(value)
