"""Cuts the text of a FEEL expression into lexemes. Names of built-in functions that hold spaces are one lexeme."""

from __future__ import annotations

import re

from engine.expressions.errors import ExpressionError
from engine.expressions.tokens import MAX_TEXT, Lexeme

_SYMBOLS = ("..", "**", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}", ",", ":", ".", "?", "@")
_NUMBER = re.compile(r"(?:\d{1,16}(?:\.\d{1,16})?|\.\d{1,16})")
_NAME = re.compile(r"[^\W\d]\w*")
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_SPACED = re.compile(
    r"(?:date and time|years and months duration|string length|upper case|lower case|substring before|substring after|starts with|ends with"
    r"|list contains|distinct values|index of|insert before|day of week|day of year|week of year|month of year)(?=\s*\()"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
KEYWORDS = frozenset(
    {"and", "or", "if", "then", "else", "true", "false", "null", "between", "in", "some", "every", "satisfies", "for", "return", "function"}
)


def lexemes(source: str) -> list[Lexeme]:
    """All lexemes of `source`, closed by one of kind `end`. Raises ExpressionError at the first character that fits nowhere."""
    if len(source) > MAX_TEXT:
        raise ExpressionError(f"表达式超过 {MAX_TEXT} 个字符", f"the expression is longer than {MAX_TEXT} characters")
    found: list[Lexeme] = []
    at = 0
    while at < len(source):
        if space := _SPACE.match(source, at):
            at = space.end()
            continue
        lexeme, at = _next(source, at)
        found.append(lexeme)
    found.append(Lexeme("end", "", at))
    return found


def _next(source: str, at: int) -> tuple[Lexeme, int]:
    """The lexeme that begins at `at`, and where the next one begins."""
    if source[at] == '"':
        return _text(source, at)
    if (number := _NUMBER.match(source, at)) and not source.startswith("..", at):
        return Lexeme("number", number.group(), at), number.end()
    if name := _SPACED.match(source, at) or _NAME.match(source, at):
        word = name.group()
        if word.startswith("__"):
            raise ExpressionError(f"不允许的名称：{word}", f"names with two leading underscores are refused: {word}")
        return Lexeme("keyword" if word in KEYWORDS else "name", word, at), name.end()
    for symbol in _SYMBOLS:
        if source.startswith(symbol, at):
            return Lexeme("symbol", symbol, at), at + len(symbol)
    raise _refused(source, at)


def _text(source: str, start: int) -> tuple[Lexeme, int]:
    """A text in double quotes."""
    at = start + 1
    parts: list[str] = []
    while at < len(source):
        char = source[at]
        if char == '"':
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
    return ExpressionError(f"第 {at + 1} 个字符不被允许：{source[at : at + 8]}", f"not part of FEEL at {at}: {source[at : at + 8]!r}")
