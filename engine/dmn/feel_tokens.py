"""Cuts the text of a FEEL expression into lexemes. Names of built-in functions that hold spaces are one lexeme."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    if source[at] == "`":
        return _told_apart(source, at)
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


def _told_apart(source: str, at: int) -> tuple[Lexeme, int]:
    """A name between backticks, which may hold blanks and signs (`` `Full Name` ``), as in feel-scala."""
    end = source.find("`", at + 1)
    name = source[at + 1 : end].strip()
    if end < 0 or not name:
        raise refused(source, at)
    refuse_hidden(name)
    return Lexeme("name", name, at), end + 1


def tell_apart(source: str, names: Iterable[str]) -> str:
    """The text with each of these names between backticks, if it holds more than letters, digits and `_`; the longest goes first, quoted texts stay."""
    spaced = sorted({" ".join(name.split()) for name in names if name and NAME.fullmatch(name) is None and "`" not in name}, key=len, reverse=True)
    if not spaced:
        return source
    either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in spaced)
    return re.sub(
        rf'("(?:[^"\\]|\\.)*"|`[^`]*`)|(?<!\w)({either})(?!\w)', lambda found: found[1] or f"`{' '.join(found[2].split())}`", source
    )
