"""Parses lexemes into a small tree of our own: the whole language in one file."""

from __future__ import annotations

from engine.expressions.descent import Descent, Node
from engine.expressions.errors import ExpressionError
from engine.expressions.lexing import Lexeme
from engine.expressions.tokens import lexemes

_RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_CONSTANTS: dict[str, object] = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}


def parse(source: str) -> Node:
    """The tree of an expression (without `${}`). Raises ExpressionError."""
    parser = _Parser(lexemes(source))
    return parser.whole(parser.expression)


def _constant(lexeme: Lexeme) -> object:
    if lexeme.kind == "number":
        return float(lexeme.value) if "." in lexeme.value else int(lexeme.value)
    return lexeme.value if lexeme.kind == "text" else _CONSTANTS[lexeme.value]


class _Parser(Descent):
    def expression(self) -> Node:
        with self.deeper():
            result = self.either()
            if not self.take("symbol", "?"):
                return result
            then = self.expression()
            self.expect("symbol", ":")
            return self.node("if", None, result, then, self.expression())

    def either(self) -> Node:
        return self.joined("or", self.both, ("symbol", "||"))

    def both(self) -> Node:
        return self.joined("and", self.negation, ("symbol", "&&"))

    def negation(self) -> Node:
        count = 0
        while self.take("keyword", "not"):
            count += 1
        result = self.relation()
        return self.node("not", None, result) if count % 2 else result

    def relation(self) -> Node:
        left = self.sum()
        if relation := self.take("symbol", *_RELATIONS):
            result = self.node("binary", relation.value, left, self.sum())
        elif self.take("keyword", "in"):
            result = self.node("binary", "in", left, self.sum())
        elif self.take("keyword", "not"):
            self.expect("keyword", "in")
            result = self.node("not", None, self.node("binary", "in", left, self.sum()))
        else:
            return left
        return result

    def sum(self) -> Node:
        return self.from_the_left(self.product, "+", "-")

    def product(self) -> Node:
        return self.from_the_left(self.unary, "*", "/", "%")

    def unary(self) -> Node:
        with self.deeper():
            if self.take("symbol", "!"):
                return self.node("not", None, self.unary())
            if self.take("keyword", "empty"):
                return self.node("empty", None, self.unary())
            if sign := self.take("symbol", "-", "+"):
                return self.node("sign", sign.value, self.unary())
            return self.postfix()

    def postfix(self) -> Node:
        result = self.primary()
        while True:
            if self.take("symbol", "."):
                name = self.expect("name")
                called = self.take("symbol", "(") is not None
                result = self.node("method" if called else "key", name.value, result, *(self.items(")") if called else ()))
            elif self.take("symbol", "["):
                result = self.node("index", None, result, self.expression())
                self.expect("symbol", "]")
            else:
                return result

    def primary(self) -> Node:
        lexeme = self.found[self.at]
        self.at += 1
        if lexeme.kind in {"number", "text"} or (lexeme.kind == "keyword" and lexeme.value in _CONSTANTS):
            return self.node("constant", _constant(lexeme))
        if lexeme.kind == "name":
            if self.take("symbol", "("):
                return self.node("call", lexeme.value, *self.items(")"))
            return self.node("name", lexeme.value)
        if lexeme.kind == "symbol" and lexeme.value == "[":
            return self.node("list", None, *self.items("]"))
        if lexeme.kind == "symbol" and lexeme.value == "{":
            return self.object()
        if lexeme.kind == "symbol" and lexeme.value == "(":
            inner = self.expression()
            self.expect("symbol", ")")
            return inner
        self.at -= 1
        raise self.unexpected()

    def object(self) -> Node:
        """`{a: 1, 'b c': 2}`: a name before a colon is a key as it is written, never a variable."""
        entries: dict[str, Node] = {}
        while not self.take("symbol", "}"):
            if entries:
                self.expect("symbol", ",")
            key = (self.take("text") or self.expect("name")).value
            if key in entries:
                raise ExpressionError(f"键重复：{key}", f"the key {key!r} stands there twice")
            self.expect("symbol", ":")
            entries[key] = self.expression()
        return self.node("object", tuple(entries), *entries.values())
