"""FEEL's built-in functions over texts (DMN 1.3, 10.3.4.3), and those that feel-scala adds."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.dmn.feel_lists import Function
from engine.dmn.feel_patterns import Match, compiled
from engine.expressions.context import Context
from engine.expressions.errors import ExpressionError
from engine.expressions.operators import MAX_SIZE

_PLACE = re.compile(r"\\(.)|\$(\d)", re.DOTALL)


def _whole(text: str) -> str:
    if len(text) > MAX_SIZE:
        raise ExpressionError("结果过长", "the result is too long")
    return text


def _substring(_context: Context, value: str, start: Any, length: Any = None) -> str:
    """Counts from one; a negative start from the end."""
    begin = int(start) - 1 if start > 0 else max(len(value) + int(start), 0)
    return value[begin:] if length is None else value[begin : begin + int(length)]


def _join(_context: Context, items: Any, between: str | None = "", prefix: str = "", suffix: str = "") -> str:
    return _whole(prefix + (between or "").join(item for item in items if item is not None) + suffix)


def _replace(_context: Context, text: str, pattern: str, replacement: str, flags: str = "") -> str:
    """Every place is replaced; `$1` is what the first group matched there, `$0` all of it."""
    found, at, size = list[str](), 0, 0
    for match in compiled(pattern, flags).finditer(text):
        begin, end = match.span()
        found += [text[at:begin], _filled(replacement, match)]
        size += len(found[-1])
        if size > MAX_SIZE:
            raise ExpressionError("结果过长", "the result is too long")
        at = end
    return _whole("".join([*found, text[at:]]))


def _filled(replacement: str, match: Match) -> str:
    def group(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1]
        number = int(found[2])
        return (match.group(number) or "") if number <= match.re.groups else ""

    return _PLACE.sub(group, replacement)


def _split(_context: Context, text: str, pattern: str) -> list[str]:
    found, at = list[str](), 0
    for match in compiled(pattern).finditer(text):
        begin, end = match.span()
        if end > begin or 0 < begin < len(text):
            found.append(text[at:begin])
            at = end
    return [*found, text[at:]]


def _extract(_context: Context, text: str, pattern: str) -> list[str]:
    return [match.group(0) for match in compiled(pattern).finditer(text)]


def _matches(_context: Context, text: str, pattern: str, flags: str = "") -> bool:
    """Whether the pattern is found anywhere in the text."""
    return compiled(pattern, flags).search(text) is not None


PATTERNED = frozenset({"matches", "replace", "split", "extract"})  # their second argument is a regular expression
TEXTS: Mapping[str, Function] = {
    "substring": _substring,
    "string join": _join,
    "string length": lambda _context, value: Decimal(len(value)),
    "upper case": lambda _context, value: value.upper(),
    "lower case": lambda _context, value: value.lower(),
    "contains": lambda _context, value, part: part in value,
    "starts with": lambda _context, value, part: value.startswith(part),
    "ends with": lambda _context, value, part: value.endswith(part),
    "substring before": lambda _context, value, part: value.partition(part)[0] if part in value else "",
    "substring after": lambda _context, value, part: value.partition(part)[2],
    "matches": _matches,
    "replace": _replace,
    "split": _split,
    "extract": _extract,
    "trim": lambda _context, value: value.strip(),
    "is blank": lambda _context, value: not value.strip(),
    "to base64": lambda _context, value: b64encode(value.encode()).decode("ascii"),
}
