"""Parses FEEL (DMN 1.3, chapter 10) into a tree: expressions and the unary tests of a decision table's cells."""

from __future__ import annotations

from decimal import Decimal

from engine.dmn.feel_parameters import places
from engine.dmn.feel_tokens import lexemes
from engine.dmn.feel_values import KINDS
from engine.expressions.descent import Descent, Node

_RELATIONS = ("=", "!=", "<=", ">=", "<", ">")
_CONSTANTS = {"true": True, "false": False, "null": None}
_CLOSED_BY = {"]": True, ")": False, "[": False}


def parse_expression(source: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    parser = _Parser(lexemes(source))
    return parser.whole(parser.expression)


def parse_unary_tests(source: str) -> Node:
    """The tree of a cell: `-` or nothing, tests between commas, `not(…)` around them. Raises ExpressionError."""
    if source.strip() in {"", "-"}:
        return Node("anything", None)
    parser = _Parser(lexemes(source))
    negated = parser.negated()
    tree = parser.tests()
    if negated:
        parser.expect("symbol", ")")
        tree = Node("none_of", None, tree.parts)
    parser.expect("end", "")
    return tree


def names_tested(node: Node) -> bool:
    """Whether the tested value (`?`) stands in a tree."""
    return node.kind == "input" or any(names_tested(part) for part in node.parts)


class _Parser(Descent):
    def negated(self) -> bool:
        """Whether the whole cell is `not(…)`; steps over `not(`."""
        first, second = self.found[0], self.found[min(1, len(self.found) - 1)]
        if first.value != "not" or first.kind != "name" or second.value != "(" or self.closing() != len(self.found) - 2:
            return False
        self.at = 2
        return True

    def closing(self) -> int:
        """Where the parenthesis that stands second is closed."""
        depth = 0
        for at, lexeme in enumerate(self.found):
            if lexeme.kind == "symbol" and lexeme.value in "()":
                depth += 1 if lexeme.value == "(" else -1
                if depth == 0:
                    return at
        return -1

    def tests(self) -> Node:
        found = [self.test()]
        while self.take("symbol", ","):
            found.append(self.test())
        return self.node("any_of", None, *found)

    def test(self) -> Node:
        relation = self.take("symbol", *_RELATIONS)
        if relation is not None:
            return self.node("test", relation.value, self.sum())
        return self.expression()

    def expression(self) -> Node:
        with self.deeper():
            if self.take("keyword", "if"):
                return self.alternatives()
            if self.take("keyword", "function"):
                return self.function()
            if word := self.take("keyword", "some", "every", "for"):
                return self.over_items(word.value)
            return self.either()

    def alternatives(self) -> Node:
        """`if … then … else …`; the `if` has been stepped over."""
        test = self.expression()
        self.expect("keyword", "then")
        then = self.expression()
        self.expect("keyword", "else")
        return self.node("if", None, test, then, self.expression())

    def over_items(self, word: str) -> Node:
        """`some x in list satisfies …`, `every …`, `for x in list, y in x return …`: the last one changes fastest."""
        names: list[str] = []
        lists: list[Node] = []
        while not names or self.take("symbol", ","):
            names.append(self.expect("name").value)
            self.expect("keyword", "in")
            items = self.either()
            lists.append(self.node("range", (True, True), items, self.either()) if self.take("symbol", "..") else items)
        self.expect("keyword", "return" if word == "for" else "satisfies")
        return self.node(word, tuple(names), *lists, self.expression())

    def function(self) -> Node:
        """`function(a, b) …`, as `sort` takes it."""
        names: list[str] = []
        self.expect("symbol", "(")
        while not self.take("symbol", ")"):
            if names:
                self.expect("symbol", ",")
            names.append(self.expect("name").value)
        return self.node("function", tuple(names), self.expression())

    def kind(self) -> str:
        """The type behind `instance of`."""
        for words in sorted(KINDS, key=len, reverse=True):
            parts = words.split()
            if [lexeme.value for lexeme in self.found[self.at : self.at + len(parts)]] == parts:
                self.at += len(parts)
                return words
        raise self.unexpected()

    def either(self) -> Node:
        return self.joined("or", self.both, ("keyword", "or"))

    def both(self) -> Node:
        return self.joined("and", self.relation, ("keyword", "and"))

    def relation(self) -> Node:
        left = self.sum()
        if relation := self.take("symbol", *_RELATIONS):
            return self.node("binary", relation.value, left, self.sum())
        if self.take("keyword", "between"):
            low = self.sum()
            self.expect("keyword", "and")
            return self.node("in", None, left, self.node("range", (True, True), low, self.sum()))
        if self.take("keyword", "in"):
            return self.node("in", None, left, self.one_or_more_tests())
        if self.take("name", "instance"):
            self.expect("name", "of")
            return self.node("instance", self.kind(), left)
        return left

    def one_or_more_tests(self) -> Node:
        """What may stand behind `in`: one test, or several in parentheses."""
        start = self.at
        if self.take("symbol", "("):
            found = self.tests()
            if self.take("symbol", ")"):
                return found
            self.at = start
        return self.test()

    def sum(self) -> Node:
        return self.from_the_left(self.product, "+", "-")

    def product(self) -> Node:
        return self.from_the_left(self.power, "*", "/")

    def power(self) -> Node:
        return self.from_the_left(self.unary, "**")

    def unary(self) -> Node:
        if not self.take("symbol", "-"):
            return self.postfix()
        with self.deeper():
            return self.node("minus", None, self.unary())

    def postfix(self) -> Node:
        result = self.primary()
        while True:
            if self.take("symbol", "."):
                result = self.node("key", self.expect("name").value, result)
            elif self.next_is("symbol", "[") and self.filters():
                self.at += 1
                result = self.node("filter", None, result, self.expression())
                self.expect("symbol", "]")
            else:
                return result

    def filters(self) -> bool:
        """Whether the `[` here opens a filter; at the end of a range (`]1..5[`) it closes one."""
        following = self.found[self.at + 1]
        return not (following.kind == "end" or (following.kind == "symbol" and following.value in {",", ")"}))

    def primary(self) -> Node:
        lexeme = self.found[self.at]
        self.at += 1
        if lexeme.kind == "number":
            return self.node("constant", Decimal(lexeme.value))
        if lexeme.kind == "text":
            return self.node("constant", lexeme.value)
        if lexeme.kind == "keyword" and lexeme.value in _CONSTANTS:
            return self.node("constant", _CONSTANTS[lexeme.value])
        if lexeme.kind == "name":
            if self.take("symbol", "("):
                return self.node("call", lexeme.value, *self.arguments(lexeme.value))
            return self.node("name", lexeme.value)
        if lexeme.kind == "symbol" and lexeme.value in {"?", "@", "(", "[", "]", "{"}:
            return self.bracketed(lexeme.value)
        self.at -= 1
        raise self.unexpected()

    def arguments(self, function: str) -> list[Node]:
        """What a function is called with, by place or `name: value`; the parenthesis has been stepped over."""
        if self.parameter() is None:
            return self.items(")")
        names: list[str] = []
        values: list[Node] = []
        while not self.take("symbol", ")"):
            if names:
                self.expect("symbol", ",")
            name = self.parameter()
            if name is None:
                raise self.unexpected()
            self.at += len(name.split()) + 1
            names.append(name)
            values.append(self.expression())
        return [self.node("constant", None) if at is None else values[at] for at in places(function, names)]

    def parameter(self) -> str | None:
        """The words before a colon here, if that is what stands here."""
        at = self.at
        while self.found[at].kind in {"name", "keyword"}:
            at += 1
        named = at > self.at and self.found[at].kind == "symbol" and self.found[at].value == ":"
        return " ".join(lexeme.value for lexeme in self.found[self.at : at]) if named else None

    def bracketed(self, symbol: str) -> Node:
        if symbol == "?":
            return self.node("input", None)
        if symbol == "@":
            return self.node("call", "@", self.node("constant", self.expect("text").value))
        return self.context() if symbol == "{" else self.list_or_range(symbol)

    def list_or_range(self, opening: str) -> Node:
        """`[a, b]`, `(a)`, `[a..b)`, `]a..b[`; the opening has been stepped over."""
        if opening == "[" and self.take("symbol", "]"):
            return self.node("list", None)
        first = self.expression()
        if self.take("symbol", ".."):
            last = self.sum()
            closed = _CLOSED_BY[self.expect("symbol", *_CLOSED_BY).value]
            return self.node("range", (opening == "[", closed), first, last)
        if opening == "[":
            rest = self.items("]") if self.take("symbol", ",") else []
            if not rest:
                self.expect("symbol", "]")
            return self.node("list", None, first, *rest)
        self.expect("symbol", ")" if opening == "(" else "..")
        return first

    def context(self) -> Node:
        """`{name: expression, …}`."""
        names: list[str] = []
        parts: list[Node] = []
        while not self.take("symbol", "}"):
            if names:
                self.expect("symbol", ",")
            names.append((self.take("text") or self.expect("name")).value)
            self.expect("symbol", ":")
            parts.append(self.expression())
        return self.node("context", tuple(names), *parts)
