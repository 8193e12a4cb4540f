"""Texts of a diagram: literal, `${expression}` or mixed (`ru_officer@${unit}`)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.expressions.compiler import Compiled, check_calls, compile_expression, tree_nodes
from engine.expressions.context import Context, FunctionTable
from engine.expressions.errors import ExpressionError
from engine.expressions.functions import as_text
from engine.expressions.grammar import parse

MAX_TEMPLATE = 20_000


def evaluate(text: str, context: Context) -> Any:
    """The value of a text: of the expression when it is one `${…}` alone, else a text. Raises ExpressionError."""
    return _compiled(text)(context)


def is_expression(text: str) -> bool:
    """Whether the text holds at least one `${…}`."""
    return any(is_code for is_code, _ in _parts(text))


def validate(text: str, functions: FunctionTable) -> None:
    """Raise ExpressionError when the text does not compile or calls a function that neither is built in nor in `functions`."""
    for is_code, part in _parts(text):
        if is_code:
            compile_expression(part)
            check_calls(part, functions)


def names_in(text: str) -> frozenset[str]:
    """The variables that a text reads."""
    return frozenset(
        str(node.value) for is_code, part in _parts(text) if is_code for node in tree_nodes(parse(part)) if node.kind == "name"
    )


def constant(text: str) -> str | None:
    """What a text always comes to, because its expressions read no variable and call no function; None for any other text, and for a wrong one."""
    try:
        nodes = [node for is_code, part in _parts(text) if is_code for node in tree_nodes(parse(part))]
        if any(node.kind in {"name", "call", "method"} for node in nodes):
            return None
        return as_text(evaluate(text, Context({}, now=datetime.min.replace(tzinfo=UTC), zone=ZoneInfo("UTC"), functions={})))
    except ExpressionError:
        return None


@lru_cache(maxsize=8_192)
def _compiled(text: str) -> Compiled:
    parts = _parts(text)
    if len(parts) == 1 and parts[0][0]:
        return compile_expression(parts[0][1])
    if not any(is_code for is_code, _ in parts):
        return lambda _context: text
    pieces = tuple(_piece(is_code, part) for is_code, part in parts)
    return lambda context: as_text("".join(piece(context) for piece in pieces))


def _piece(is_code: bool, part: str) -> Compiled:  # noqa: FBT001 - one pair of `_parts`
    if not is_code:
        return lambda _context: part
    compiled = compile_expression(part)
    return lambda context: as_text(compiled(context))


@lru_cache(maxsize=8_192)
def _parts(text: str) -> tuple[tuple[bool, str], ...]:
    """The text cut at its `${…}`: pairs of (is an expression, text). Braces within quotes do not close."""
    if len(text) > MAX_TEMPLATE:
        raise ExpressionError(f"文本超过 {MAX_TEMPLATE} 个字符", f"the text is longer than {MAX_TEMPLATE} characters")
    stripped = text.strip()
    found: list[tuple[bool, str]] = []
    at = 0
    while (start := _opening(stripped, at)) >= 0:
        if start > at:
            found.append((False, stripped[at:start]))
        end = _closing(stripped, start + 2)
        found.append((True, stripped[start + 2 : end].strip()))
        at = end + 1
    if not found:
        return ((False, text),)
    if at < len(stripped):
        found.append((False, stripped[at:]))
    return tuple(found)


def _opening(text: str, at: int) -> int:
    """Where the next `${` or `#{` begins, or -1."""
    places = [place for place in (text.find("${", at), text.find("#{", at)) if place >= 0]
    return min(places, default=-1)


def _closing(text: str, at: int) -> int:
    """Where the `}` of an expression stands: objects within it have their own. Raises ExpressionError when there is none."""
    quote, objects = "", 0
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "{":
            objects += 1
        elif char == "}" and objects:
            objects -= 1
        elif char == "}":
            return at
        at += 1
    raise ExpressionError("${ 没有闭合", "a ${ is not closed")
