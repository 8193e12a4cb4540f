"""Cuts the text of an expression into lexemes."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.expressions.errors import ExpressionError

MAX_TEXT = 2_000
_SYMBOLS = ("==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", "[", "]", ",", ".")
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,16})?")
_NAME = re.compile(r"[^\W\d]\w*")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_WORDS = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}
KEYWORDS = frozenset({"not", "in", "empty", "true", "false", "null", "True", "False", "None"})


class Lexeme(NamedTuple):
    """One piece of an expression; `kind` is number, text, name, keyword, symbol or end."""

    kind: str
    value: str
    at: int


def lexemes(source: str) -> list[Lexeme]:
    """All lexemes of `source`, closed by one of kind `end`. Raises ExpressionError at the first character that fits nowhere."""
    if len(source) > MAX_TEXT:
        raise ExpressionError(f"表达式超过 {MAX_TEXT} 个字符", f"the expression is longer than {MAX_TEXT} characters")
    found: list[Lexeme] = []
    at = 0
    while at < len(source):
        if source[at].isspace():
            at += 1
            continue
        lexeme, at = _next(source, at)
        found.append(lexeme)
    found.append(Lexeme("end", "", at))
    return found


def _next(source: str, at: int) -> tuple[Lexeme, int]:
    """The lexeme that begins at `at`, and where the next one begins."""
    if source[at] in "'\"":
        return _text(source, at)
    if number := _NUMBER.match(source, at):
        if _NAME.match(source, number.end()):
            raise _refused(source, at)
        return Lexeme("number", number.group(), at), number.end()
    if name := _NAME.match(source, at):
        return _word(name.group(), at), name.end()
    for symbol in _SYMBOLS:
        if source.startswith(symbol, at):
            if source.startswith(("**", "//"), at):
                raise _refused(source, at)
            return Lexeme("symbol", symbol, at), at + len(symbol)
    raise _refused(source, at)


def _word(word: str, at: int) -> Lexeme:
    if word.startswith("__"):
        raise ExpressionError(f"不允许的名称：{word}", f"names with two leading underscores are refused: {word}")
    if word in _WORDS:
        return Lexeme("symbol", _WORDS[word], at)
    return Lexeme("keyword" if word in KEYWORDS else "name", word, at)


def _text(source: str, start: int) -> tuple[Lexeme, int]:
    """A quoted text with the escapes of `_ESCAPES`."""
    quote, at = source[start], start + 1
    parts: list[str] = []
    while at < len(source):
        char = source[at]
        if char == quote:
            return Lexeme("text", "".join(parts), start), at + 1
        if char == "\\":
            at += 1
            if at >= len(source) or source[at] not in _ESCAPES:
                raise _refused(source, at - 1)
            char = _ESCAPES[source[at]]
        parts.append(char)
        at += 1
    raise ExpressionError("引号没有闭合", f"the quote at {start} is not closed")


def _refused(source: str, at: int) -> ExpressionError:
    return ExpressionError(
        f"第 {at + 1} 个字符不被允许：{source[at : at + 8]}",
        f"not part of the language at {at}: {source[at : at + 8]!r}",
    )
