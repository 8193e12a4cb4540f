"""Cuts the text of an expression into lexemes."""

from __future__ import annotations

import re

from engine.expressions.lexing import NAME, Lexeme, cut, quoted, refuse_hidden, refused

_SYMBOLS = ("==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".")
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,16})?")
_SPACE = re.compile(r"\s+")
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


def lexemes(source: str) -> list[Lexeme]:
    """All lexemes of `source`, closed by one of kind `end`. Raises ExpressionError at the first character that fits nowhere."""
    return cut(source, space=_SPACE, following=_following)


def _following(source: str, at: int) -> tuple[Lexeme, int]:
    if source[at] in "'\"":
        return quoted(source, at, _ESCAPES)
    if number := _NUMBER.match(source, at):
        if NAME.match(source, number.end()):
            raise refused(source, at)
        return Lexeme("number", number.group(), at), number.end()
    if name := NAME.match(source, at):
        return _word(name.group(), at), name.end()
    for symbol in _SYMBOLS:
        if source.startswith(symbol, at):
            if source.startswith(("**", "//"), at):
                raise refused(source, at)
            return Lexeme("symbol", symbol, at), at + len(symbol)
    raise refused(source, at)


def _word(word: str, at: int) -> Lexeme:
    refuse_hidden(word)
    if word in _WORDS:
        return Lexeme("symbol", _WORDS[word], at)
    return Lexeme("keyword" if word in KEYWORDS else "name", word, at)
