"""What cutting a text into lexemes has in common, whatever the language: the loop, quoted texts, names, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.expressions.errors import ExpressionError

MAX_TEXT = 2_000
NAME = re.compile(r"[^\W\d]\w*")


class Lexeme(NamedTuple):
    """One piece of an expression; `kind` is number, text, name, keyword, symbol or end."""

    kind: str
    value: str
    at: int


def cut(source: str, *, space: re.Pattern[str], following: Callable[[str, int], tuple[Lexeme, int]]) -> list[Lexeme]:
    """All lexemes of `source`, closed by one of kind `end`; `following` gives the one at a place and where it ends.

    Raises ExpressionError when the text is too long, or what `following` raises.
    """
    if len(source) > MAX_TEXT:
        raise ExpressionError(f"表达式超过 {MAX_TEXT} 个字符", f"the expression is longer than {MAX_TEXT} characters")
    found: list[Lexeme] = []
    at = 0
    while at < len(source):
        if blank := space.match(source, at):
            at = blank.end()
            continue
        lexeme, at = following(source, at)
        found.append(lexeme)
    found.append(Lexeme("end", "", at))
    return found


def quoted(source: str, start: int, escapes: Mapping[str, str]) -> tuple[Lexeme, int]:
    """The text whose opening quote stands at `start`, and where the next lexeme begins. Raises ExpressionError."""
    quote, at = source[start], start + 1
    parts: list[str] = []
    while at < len(source):
        char = source[at]
        if char == quote:
            return Lexeme("text", "".join(parts), start), at + 1
        if char == "\\":
            at += 1
            if at >= len(source) or source[at] not in escapes:
                raise refused(source, at - 1)
            char = escapes[source[at]]
        parts.append(char)
        at += 1
    raise ExpressionError("引号没有闭合", f"the quote at {start} is not closed")


def refuse_hidden(word: str) -> None:
    """Raises ExpressionError for a name with two leading underscores: in Python those lead behind the scenes."""
    if word.startswith("__"):
        raise ExpressionError(f"不允许的名称：{word}", f"names with two leading underscores are refused: {word}")


def refused(source: str, at: int) -> ExpressionError:
    """The error that says which character fits nowhere."""
    shown = source[at : at + 8]
    return ExpressionError(f"第 {at + 1} 个字符不被允许：{shown}", f"not part of the language at {at}: {shown!r}")
