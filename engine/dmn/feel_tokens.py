"""Cuts the text of a FEEL expression into lexemes. Names of built-in functions that hold spaces are one lexeme."""

from __future__ import annotations

import re

from engine.expressions.lexing import NAME, Lexeme, cut, quoted, refuse_hidden, refused

_SYMBOLS = ("..", "**", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}", ",", ":", ".", "?", "@")
_NUMBER = re.compile(r"(?:\d{1,16}(?:\.\d{1,16})?|\.\d{1,16})")
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_SPACED = re.compile(
    r"(?:date and time|years and months duration|string length|string join|upper case|lower case|substring before|substring after|starts with|ends with"
    r"|list contains|distinct values|index of|insert before|get value|get entries"
    r"|duplicate values|is empty|is blank|to base64|context put|context merge|get or else|last day of month|met by|overlaps before|overlaps after"
    r"|finished by|started by"
    r"|is defined|round (?:half )?(?:up|down)|day of week|day of year|week of year|month of year)(?=\s*\()"
)


class _Escapes(dict[str, str]):
    """What a backslash and a character stand for; any other pair stays as it is, for regular expressions need it, as in feel-scala."""

    def __contains__(self, char: object) -> bool:
        return True

    def __missing__(self, char: str) -> str:
        return "\\" + char


_ESCAPES = _Escapes({"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'})
KEYWORDS = frozenset(
    {"and", "or", "if", "then", "else", "true", "false", "null", "between", "in", "some", "every", "satisfies", "for", "return", "function"}
)


def lexemes(source: str) -> list[Lexeme]:
    """All lexemes of `source`, closed by one of kind `end`. Raises ExpressionError at the first character that fits nowhere."""
    return cut(source, space=_SPACE, following=_following)


def _following(source: str, at: int) -> tuple[Lexeme, int]:
    if source[at] == '"':
        return quoted(source, at, _ESCAPES)
    if (number := _NUMBER.match(source, at)) and not source.startswith("..", at):
        return Lexeme("number", number.group(), at), number.end()
    if name := _SPACED.match(source, at) or NAME.match(source, at):
        word = name.group()
        refuse_hidden(word)
        return Lexeme("keyword" if word in KEYWORDS else "name", word, at), name.end()
    for symbol in _SYMBOLS:
        if source.startswith(symbol, at):
            return Lexeme("symbol", symbol, at), at + len(symbol)
    raise refused(source, at)
