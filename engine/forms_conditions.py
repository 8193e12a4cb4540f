"""Conditions of forms (`x-show-if`, `x-required-if`): parsed once, evaluated here and, as plain lists, in the browser.

A small language of its own, because server and page must agree to the letter; it knows nothing of process variables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*(?:\.\w+)*)|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
WORDS = {"true": True, "false": False, "null": None}
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
DEEPEST = 20

Lookup = Callable[[str], object]


class BrokenCondition(ValueError):
    """A condition that cannot be read; the text says where."""


@dataclass(frozen=True)
class Condition:
    """A parsed condition. `tree` is made of lists and literals only, so that it can be handed to the browser as JSON."""

    tree: list[object]
    names: frozenset[str]

    def holds(self, lookup: Lookup) -> bool:
        """Whether the condition holds, `lookup` giving the value of a path (None: no value)."""
        return _holds(self.tree, lookup)

    def renamed(self, name: Callable[[str], str]) -> list[object]:
        """The tree with every path replaced by `name(path)`: for the page, where paths are names of inputs."""
        return _renamed(self.tree, name)


def read_condition(text: str) -> Condition:
    """Parse `text`; raises BrokenCondition."""
    reader = _Reader(_tokens(text))
    tree = reader.either(0)
    if reader.here() != ("end", ""):
        raise BrokenCondition(f"unexpected {reader.here()[1]!r}")
    return Condition(tree, frozenset(reader.names))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BrokenCondition(f"cannot read from {text[at:]!r}")
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind]))
        at = match.end()
    return [*tokens, ("end", "")]


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.names: set[str] = set()

    def here(self) -> tuple[str, str]:
        return self.tokens[0]

    def take(self, *words: str) -> str | None:
        if self.here()[0] in {"name", "sign"} and self.here()[1] in words:
            return self.tokens.pop(0)[1]
        return None

    def either(self, depth: int) -> list[object]:
        tree = self.both(depth)
        while self.take("or"):
            tree = ["or", tree, self.both(depth)]
        return tree

    def both(self, depth: int) -> list[object]:
        tree = self.negation(depth)
        while self.take("and"):
            tree = ["and", tree, self.negation(depth)]
        return tree

    def negation(self, depth: int) -> list[object]:
        if depth > DEEPEST:
            raise BrokenCondition("nested too deeply")
        if self.take("not"):
            return ["not", self.negation(depth + 1)]
        if self.take("("):
            tree = self.either(depth + 1)
            self.must(")")
            return tree
        return self.comparison()

    def comparison(self) -> list[object]:
        kind, path = self.tokens.pop(0)
        if kind != "name" or path in WORDS or path in {"and", "or", "in"}:
            raise BrokenCondition(f"a field is expected, not {path!r}")
        self.names.add(path)
        if self.take("in"):
            return ["in", path, self.choices()]
        sign = self.take(*COMPARISONS)
        return [sign, path, self.literal()] if sign else ["has", path]

    def choices(self) -> list[object]:
        self.must("[")
        found = [self.literal()]
        while self.take(","):
            found.append(self.literal())
        self.must("]")
        return found

    def literal(self) -> object:
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return json.loads(text) if not re.match(r"-?0\d", text) else float(text)
        if kind == "name" and text in WORDS:
            return WORDS[text]
        raise BrokenCondition(f"a text, number, true, false or null is expected, not {text!r}")

    def must(self, sign: str) -> None:
        if not self.take(sign):
            raise BrokenCondition(f"{sign!r} is expected, not {self.here()[1]!r}")


def _holds(tree: list[object], lookup: Lookup) -> bool:
    match tree:
        case ["or", list(left), list(right)]:
            return _holds(left, lookup) or _holds(right, lookup)
        case ["and", list(left), list(right)]:
            return _holds(left, lookup) and _holds(right, lookup)
        case ["not", list(inner)]:
            return not _holds(inner, lookup)
        case ["has", str(path)]:
            return lookup(path) not in (None, False, "", [], {})
        case ["in", str(path), list(choices)]:
            return any(_equal(lookup(path), choice) for choice in choices)
        case [str(sign), str(path), literal]:
            return _compared(sign, lookup(path), literal)
    raise BrokenCondition(f"unknown condition {tree!r}")


def _equal(left: object, right: object) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _compared(sign: str, left: object, right: object) -> bool:
    if sign in {"==", "!="}:
        return _equal(left, right) == (sign == "==")
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(sign, (left > right) - (left < right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _ordered(sign, (left > right) - (left < right))
    return False


def _ordered(sign: str, order: int) -> bool:
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[sign]


def _renamed(tree: list[object], name: Callable[[str], str]) -> list[object]:
    match tree:
        case ["or" | "and" | "not" as word, *parts]:
            return [word, *(_renamed(part, name) for part in parts if isinstance(part, list))]
        case [sign, str(path), *rest]:
            return [sign, name(path), *rest]
    raise BrokenCondition(f"unknown condition {tree!r}")
