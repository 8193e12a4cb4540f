"""Checking data against a form: JSON Schema's findings turned into sentences, and what JSON Schema cannot say.

That is: fields that are not shown, fields required on a condition, fields taken from others, dynamic choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from engine.forms_clean import applies, empty
from engine.forms_field import Field, Path, field_at, resolve, value_at, walk
from engine.forms_parse import shown
from engine.forms_sentences import FieldError, error

Found = tuple[Path, str, str, object]
"""Path, code, the schema's keyword, its limit."""

CODES = {
    "type": "type", "enum": "choice", "minimum": "range", "maximum": "range", "exclusiveMinimum": "range", "exclusiveMaximum": "range",
    "multipleOf": "range", "minLength": "length", "maxLength": "length", "pattern": "format", "format": "format",
    "minItems": "rows", "maxItems": "rows", "uniqueItems": "unique",
}  # fmt: skip
URI = re.compile(r"https?://[^\s/]+\.[^\s]+")
EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def is_date(text: str) -> bool:
    """Whether a text is a day, `2023-09-15`."""
    return len(text) == len("2023-09-15") and _reads(date.fromisoformat, text)


def is_local_date_time(text: str) -> bool:
    """Whether a text is a minute of Asia/Shanghai, `2023-11-06T09:00`."""
    return len(text) == len("2023-11-06T09:00") and text[10] == "T" and _reads(datetime.fromisoformat, text)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def is_email(text: str) -> bool:
    """Whether a text looks like one mail address."""
    return EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Whether a text is an address of the web."""
    return URI.fullmatch(text) is not None


FORMATS = {"date": is_date, "local-date-time": is_local_date_time, "email": is_email, "uri": is_uri}


def compiled(schema: Mapping[str, Any]) -> Draft202012Validator:
    """What judges data by a form's schema; raises ValidationError for what is no JSON Schema."""
    return Draft202012Validator(dict(schema), formats=FORMATS, validate_formats=True)


def found_in(
    root: Field, rules: Draft202012Validator, data: dict[str, Any], *, hidden: frozenset[Path], lists: Mapping[str, Sequence[object]] | None = None
) -> Iterator[FieldError]:
    """What does not fit in `data` (normalised and completed), each once. `hidden`: the paths of fields that are not shown with it."""
    seen: set[tuple[Path, str]] = set()
    for path, code, keyword, limit in (*_found_by_schema(root, rules, data), *_beyond_schema(root, data, hidden, lists or {})):
        over = any(path[:depth] in hidden for depth in range(1, len(path) + 1))
        if (over and code != "not_applicable") or (path, code) in seen:
            continue
        seen.add((path, code))
        yield error(root, path, code, limit, keyword)


def _found_by_schema(root: Field, rules: Draft202012Validator, data: dict[str, Any]) -> Iterator[Found]:
    if not rules.is_valid(data):  # quicker than listing nothing
        for finding in rules.iter_errors(data):
            yield from _told(root, finding)


def _told(root: Field, finding: ValidationError) -> Iterator[Found]:
    path: Path = tuple(finding.instance_path)
    keyword, limit = finding.kind.name, finding.kind.value
    if keyword == "required":
        if _is_asked(root, (*path, limit)):
            yield (*path, limit), "required", keyword, None
    elif keyword == "additionalProperties":
        yield from (((*path, name), "unknown", keyword, None) for name in limit)
    else:
        asked = limit[0] if keyword == "type" and len(limit) == 1 else limit
        yield path, _code(root, path, keyword), keyword, asked


def _is_asked(root: Field, path: Path) -> bool:
    """Whether people fill the field themselves: one taken from another is missing only where the other is."""
    field = field_at(root, path)
    return field is None or not field.hint("from")


def _code(root: Field, path: Path, keyword: str) -> str:
    field = field_at(root, path)
    if keyword == "const":
        return "accept" if field is not None and field.kind == "boolean" else "choice"
    return CODES.get(keyword, "format")


def _beyond_schema(root: Field, data: dict[str, Any], hidden: frozenset[Path], lists: Mapping[str, Sequence[object]]) -> Iterator[Found]:
    offered = {name: frozenset(map(shown, values)) for name, values in lists.items()}
    for path, field, value in walk(root, data, beyond=True):
        if path in hidden:
            if not empty(value) and path[:-1] not in hidden:
                yield path, "not_applicable", "", None
        elif empty(value):
            if field.kind != "object" and applies(root, field, path, data, required=True):
                yield path, "required", "", None
        elif field.hint("from") and value != value_at(data, resolve(root, path, str(field.hint("from")))):
            yield path, "same", "", None
        elif field.hint("enum-from") in offered and isinstance(value, str | int) and shown(value) not in offered[field.hint("enum-from")]:
            yield path, "choice", "", None
