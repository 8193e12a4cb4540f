"""Parses lexemes into a small tree of our own: the whole language in one file."""

from __future__ import annotations

from typing import NamedTuple

from engine.expressions.errors import ExpressionError
from engine.expressions.tokens import Lexeme, lexemes

MAX_DEPTH = 40
MAX_NODES = 300
_RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_CONSTANTS: dict[str, object] = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}


class Node(NamedTuple):
    """One node: `kind` says which, `value` a constant, name or operator, `parts` the operands."""

    kind: str
    value: object
    parts: tuple[Node, ...] = ()


def parse(source: str) -> Node:
    """The tree of an expression (without `${}`). Raises ExpressionError."""
    parser = _Parser(lexemes(source))
    tree = parser.ternary()
    parser.expect("end", "")
    return tree


def _constant(lexeme: Lexeme) -> object:
    if lexeme.kind == "number":
        return float(lexeme.value) if "." in lexeme.value else int(lexeme.value)
    return lexeme.value if lexeme.kind == "text" else _CONSTANTS[lexeme.value]


class _Parser:
    """Recursive descent, one method per level of precedence, lowest first."""

    def __init__(self, found: list[Lexeme]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0
        self.nodes = 0

    def node(self, kind: str, value: object, *parts: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError("表达式过于复杂", f"the expression has more than {MAX_NODES} parts")
        return Node(kind, value, parts)

    def take(self, kind: str, *values: str) -> Lexeme | None:
        """The next lexeme if it is one of these, and step over it."""
        lexeme = self.found[self.at]
        if lexeme.kind == kind and (not values or lexeme.value in values):
            self.at += 1
            return lexeme
        return None

    def expect(self, kind: str, value: str) -> None:
        if self.take(kind, value) is None:
            lexeme = self.found[self.at]
            shown = lexeme.value or "end of text"
            raise ExpressionError(f"语法错误，位于“{shown}”（第 {lexeme.at + 1} 个字符）", f"unexpected {shown!r} at {lexeme.at}")

    def ternary(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("表达式嵌套过深", f"the expression is nested deeper than {MAX_DEPTH}")
        result = self.either()
        if self.take("symbol", "?"):
            then = self.ternary()
            self.expect("symbol", ":")
            result = self.node("if", None, result, then, self.ternary())
        self.depth -= 1
        return result

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("symbol", "||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else self.node("or", None, *parts)

    def both(self) -> Node:
        parts = [self.negation()]
        while self.take("symbol", "&&"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else self.node("and", None, *parts)

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
        elif self.found[self.at].value == "not" and self.found[self.at].kind == "keyword":
            self.at += 1
            self.expect("keyword", "in")
            result = self.node("not", None, self.node("binary", "in", left, self.sum()))
        else:
            return left
        return result

    def sum(self) -> Node:
        result = self.product()
        while sign := self.take("symbol", "+", "-"):
            result = self.node("binary", sign.value, result, self.product())
        return result

    def product(self) -> Node:
        result = self.unary()
        while sign := self.take("symbol", "*", "/", "%"):
            result = self.node("binary", sign.value, result, self.unary())
        return result

    def unary(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("表达式嵌套过深", f"the expression is nested deeper than {MAX_DEPTH}")
        if self.take("symbol", "!"):
            result = self.node("not", None, self.unary())
        elif self.take("keyword", "empty"):
            result = self.node("empty", None, self.unary())
        elif sign := self.take("symbol", "-", "+"):
            result = self.node("sign", sign.value, self.unary())
        else:
            result = self.postfix()
        self.depth -= 1
        return result

    def postfix(self) -> Node:
        result = self.primary()
        while True:
            if self.take("symbol", "."):
                name = self.take("name")
                if name is None or self.take("symbol", "("):
                    raise ExpressionError("不允许调用方法", "there are no methods in this language")
                result = self.node("key", name.value, result)
            elif self.take("symbol", "["):
                result = self.node("index", None, result, self.ternary())
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
        if lexeme.kind == "symbol" and lexeme.value == "(":
            inner = self.ternary()
            self.expect("symbol", ")")
            return inner
        self.at -= 1
        self.expect("an operand", "")
        raise AssertionError

    def items(self, close: str) -> list[Node]:
        """Expressions between commas, up to and over `close`."""
        if self.take("symbol", close):
            return []
        found = [self.ternary()]
        while self.take("symbol", ","):
            found.append(self.ternary())
        self.expect("symbol", close)
        return found
