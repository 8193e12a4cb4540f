"""Checking data against a form: JSON Schema's findings turned into sentences, and what JSON Schema cannot say.

That is: fields that are not shown, fields required on a condition, fields taken from others, dynamic choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from engine.forms_clean import applies, empty
from engine.forms_field import Field, Path, field_at, resolve, value_at, walk_beyond
from engine.forms_fits import Test, fitting
from engine.forms_sentences import FieldError, error

Found = tuple[Path, str, str, object]
"""Path, code, the schema's keyword, its limit."""

CODES = {
    "type": "type", "enum": "choice", "minimum": "range", "maximum": "range", "exclusiveMinimum": "range", "exclusiveMaximum": "range",
    "multipleOf": "range", "minLength": "length", "maxLength": "length", "pattern": "format", "format": "format",
    "minItems": "rows", "maxItems": "rows", "uniqueItems": "unique",
}  # fmt: skip
EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """Whether a text is a day, `2023-09-15`."""
    return not isinstance(value, str) or (len(value) == len("2023-09-15") and bool(date.fromisoformat(value)))


@FORMATS.checks("local-date-time", raises=ValueError)
def is_local_date_time(value: object) -> bool:
    """Whether a text is a minute of Asia/Shanghai, `2023-11-06T09:00`."""
    return not isinstance(value, str) or (
        len(value) == len("2023-11-06T09:00") and value[10] == "T" and bool(datetime.fromisoformat(value))
    )


@FORMATS.checks("email")
def is_email(value: object) -> bool:
    """Whether a text looks like one mail address."""
    return not isinstance(value, str) or bool(EMAIL.fullmatch(value))


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Whether a text is an address of the web."""
    return not isinstance(value, str) or bool(re.fullmatch(r"https?://[^\s/]+\.[^\s]+", value))


@dataclass(frozen=True)
class Rules:
    """What a form's schema says by itself: a quick yes for data that fit, and `jsonschema` to say what is wrong with others."""

    fits: Test
    validator: Draft202012Validator

    def found_in(self, root: Field, data: dict[str, Any]) -> Iterator[Found]:
        """What the schema has against `data`."""
        if not self.fits(data):
            for finding in self.validator.iter_errors(data):
                yield from _told(root, finding)


def compiled(schema: Mapping[str, Any]) -> Rules:
    """The rules of a form's schema, built once."""
    return Rules(fitting(schema, FORMATS), Draft202012Validator(schema, format_checker=FORMATS))


def found_in(
    root: Field, rules: Rules, data: dict[str, Any], *, hidden: frozenset[Path], lists: Mapping[str, Sequence[object]] | None = None
) -> Iterator[FieldError]:
    """What does not fit in `data` (normalised and completed), each once. `hidden`: the paths of fields that are not shown with it."""
    seen: set[tuple[Path, str]] = set()
    for path, code, keyword, limit in (*rules.found_in(root, data), *_beyond_schema(root, data, hidden, lists or {})):
        over = any(path[:depth] in hidden for depth in range(1, len(path) + 1))
        if (over and code != "not_applicable") or (path, code) in seen:
            continue
        seen.add((path, code))
        yield error(root, path, code, limit, keyword)


def _told(root: Field, finding: ValidationError) -> Iterator[Found]:
    path: Path = tuple(finding.absolute_path)
    keyword = str(finding.validator)
    limit: Any = finding.validator_value
    sent: Any = finding.instance
    if keyword == "required":
        yield from (((*path, name), "required", keyword, None) for name in limit if name not in sent and _is_asked(root, (*path, name)))
    elif keyword == "additionalProperties":
        known = finding.schema.get("properties", {}) if isinstance(finding.schema, dict) else {}
        yield from (((*path, name), "unknown", keyword, None) for name in sent if name not in known)
    else:
        yield path, _code(root, path, finding), keyword, limit


def _is_asked(root: Field, path: Path) -> bool:
    """Whether people fill the field themselves: one taken from another is missing only where the other is."""
    field = field_at(root, path)
    return field is None or not field.hint("from")


def _code(root: Field, path: Path, finding: ValidationError) -> str:
    field = field_at(root, path)
    if finding.validator == "const":
        return "accept" if field is not None and field.kind == "boolean" else "choice"
    return CODES.get(str(finding.validator), "format")


def _beyond_schema(root: Field, data: dict[str, Any], hidden: frozenset[Path], lists: Mapping[str, Sequence[object]]) -> Iterator[Found]:
    for path, field, value in walk_beyond(root, data):
        if path in hidden:
            if not empty(value) and path[:-1] not in hidden:
                yield path, "not_applicable", "", None
        elif empty(value):
            if field.kind != "object" and applies(root, field, path, data, required=True):
                yield path, "required", "", None
        elif field.hint("from") and value != value_at(data, resolve(root, path, str(field.hint("from")))):
            yield path, "same", "", None
        elif field.hint("enum-from") in lists and isinstance(value, str | int) and value not in lists[field.hint("enum-from")]:
            yield path, "choice", "", None
