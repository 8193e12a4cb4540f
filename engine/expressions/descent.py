"""What parsing by recursive descent has in common, whatever the language: the tree, stepping over lexemes, limits, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from engine.expressions.errors import ExpressionError
from engine.expressions.lexing import Lexeme

MAX_DEPTH = 40
MAX_NODES = 300


class Node(NamedTuple):
    """One node: `kind` says which, `value` a constant, name or operator, `parts` the operands."""

    kind: str
    value: object
    parts: tuple[Node, ...] = ()


class Descent:
    """Where a parser stands and what it has built; a language adds one method per level of precedence, lowest first."""

    def __init__(self, found: list[Lexeme]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0
        self.nodes = 0

    def expression(self) -> Node:
        """The lowest level of precedence: what stands between parentheses and commas."""
        raise NotImplementedError

    def whole(self, level: Callable[[], Node]) -> Node:
        """What `level` reads, if nothing follows it. Raises ExpressionError."""
        tree = level()
        self.expect("end", "")
        return tree

    def node(self, kind: str, value: object, *parts: Node) -> Node:
        """One more node of the tree. Raises ExpressionError above MAX_NODES."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError("表达式过于复杂", f"the expression has more than {MAX_NODES} parts")
        return Node(kind, value, parts)

    def next_is(self, kind: str, *values: str) -> bool:
        """Whether the next lexeme is one of these."""
        lexeme = self.found[self.at]
        return lexeme.kind == kind and (not values or lexeme.value in values)

    def take(self, kind: str, *values: str) -> Lexeme | None:
        """The next lexeme if it is one of these, and step over it."""
        if not self.next_is(kind, *values):
            return None
        self.at += 1
        return self.found[self.at - 1]

    def expect(self, kind: str, *values: str) -> Lexeme:
        """The next lexeme, which must be one of these. Raises ExpressionError."""
        lexeme = self.take(kind, *values)
        if lexeme is None:
            raise self.unexpected()
        return lexeme

    def unexpected(self) -> ExpressionError:
        """The error that says which lexeme fits nowhere: the next one."""
        found = self.found[self.at]
        shown = found.value or "end of text"
        return ExpressionError(f"语法错误，位于“{shown}”（第 {found.at + 1} 个字符）", f"unexpected {shown!r} at {found.at}")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level deeper for the length of the block. Raises ExpressionError below MAX_DEPTH."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("表达式嵌套过深", f"the expression is nested deeper than {MAX_DEPTH}")
        yield
        self.depth -= 1

    def joined(self, kind: str, operand: Callable[[], Node], joint: tuple[str, str]) -> Node:
        """Operands with `joint` (kind and value of a lexeme) between them as one node; a single one as it is."""
        parts = [operand()]
        while self.take(*joint):
            parts.append(operand())
        return parts[0] if len(parts) == 1 else self.node(kind, None, *parts)

    def from_the_left(self, operand: Callable[[], Node], *signs: str) -> Node:
        """Operands with these signs between them, grouped from the left."""
        result = operand()
        while sign := self.take("symbol", *signs):
            result = self.node("binary", sign.value, result, operand())
        return result

    def items(self, close: str) -> list[Node]:
        """Expressions between commas, up to and over `close`."""
        if self.take("symbol", close):
            return []
        found = [self.expression()]
        while self.take("symbol", ","):
            found.append(self.expression())
        self.expect("symbol", close)
        return found
