"""Compiles FEEL to closures: expressions, and the unary tests of a decision table's cells. Nothing of Python is reachable from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from engine.dmn.feel_frame import Compiled, Frame, about, in_round, items_of, over_items, weighed
from engine.dmn.feel_functions import function_of, property_of
from engine.dmn.feel_grammar import names_tested, parse_expression, parse_unary_tests
from engine.dmn.feel_lists import Written
from engine.dmn.feel_patterns import compiled
from engine.dmn.feel_texts import PATTERNED
from engine.dmn.feel_values import KINDS, Range, add, divide, equal, into_feel, multiply, power, related, subtract
from engine.expressions.descent import Node
from engine.expressions.errors import ExpressionError

_NOT_MADE_FOR = (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError)


@lru_cache(maxsize=4_096)
def compile_expression(source: str) -> Compiled:
    """The function that evaluates an expression. Raises ExpressionError."""
    return _compile(parse_expression(source))


@lru_cache(maxsize=4_096)
def compile_unary_tests(source: str) -> Compiled:
    """The function that tells whether a cell accepts `frame.tested`. Raises ExpressionError."""
    return _compile(parse_unary_tests(source))


def _compile(node: Node) -> Compiled:
    return _COMPILERS[node.kind](node)


def _constant(node: Node) -> Compiled:
    value = node.value
    return lambda _frame: value


def _input(_node: Node) -> Compiled:
    return lambda frame: into_feel(frame.tested)


def _name(node: Node) -> Compiled:
    name = str(node.value)

    def look_up(frame: Frame) -> Any:
        if name in frame.names:
            return into_feel(frame.names[name])
        try:
            return into_feel(frame.context.variables[name])
        except KeyError:
            raise ExpressionError(f"没有变量 {name}", f"there is no variable {name}", code="unknown_variable", name=name) from None

    return look_up


def _call(node: Node) -> Compiled:
    """A call of a built-in function; what its arguments are not made for gives null (DMN 1.3, 10.3.4)."""
    name = str(node.value)
    parts = tuple(_function(part) if part.kind == "function" and name == "sort" else _compile(part) for part in node.parts)
    function = function_of(name, len(parts))
    if name in PATTERNED and len(node.parts) > 1 and node.parts[1].kind == "constant" and isinstance(node.parts[1].value, str):
        compiled(node.parts[1].value)
    if name == "is defined":
        return _is_defined(parts[0])

    def call(frame: Frame) -> Any:
        weigh = frame.context.work.weigh
        values = [weigh(part(frame)) for part in parts]
        try:
            return weigh(function(frame.context, *values))
        except _NOT_MADE_FOR:
            return None

    return call


def _is_defined(part: Compiled) -> Compiled:
    """`is defined(x)`: whether there is such a variable."""

    def defined(frame: Frame) -> bool:
        try:
            part(frame)
        except ExpressionError as error:
            if error.code == "unknown_variable":
                return False
            raise
        return True

    return defined


def _joined(*, decisive: bool) -> Callable[[Node], Compiled]:
    """`and` (False decides) and `or` (True decides); what is neither true nor false makes it null unless another part decides."""

    def compiler(node: Node) -> Compiled:
        parts = tuple(_compile(part) for part in node.parts)

        def joined(frame: Frame) -> bool | None:
            values = [part(frame) for part in parts]
            if any(value is decisive for value in values):
                return decisive
            return (not decisive) if all(value is (not decisive) for value in values) else None

        return joined

    return compiler


def _minus(node: Node) -> Compiled:
    part = _compile(node.parts[0])
    return lambda frame: multiply(part(frame), -1)


def _if(node: Node) -> Compiled:
    test, then, other = (_compile(part) for part in node.parts)
    return lambda frame: then(frame) if test(frame) is True else other(frame)


def _list(node: Node) -> Compiled:
    parts = tuple(_compile(part) for part in node.parts)
    return lambda frame: frame.context.work.weigh([part(frame) for part in parts])


def _context(node: Node) -> Compiled:
    names, parts = node.value, tuple(_compile(part) for part in node.parts)

    def build(frame: Frame) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, part in zip(names, parts, strict=True):  # type: ignore[call-overload]
            found[name] = part(replace(frame, names={**frame.names, **found}))
        return frame.context.work.weigh(found)  # type: ignore[no-any-return]

    return build


def _range(node: Node) -> Compiled:
    low, high = (_compile(part) for part in node.parts)
    closed: Any = node.value
    return lambda frame: Range(low(frame), high(frame), *closed)


def _binary(node: Node) -> Compiled:
    left, right = (weighed(_compile(part)) for part in node.parts)
    operator = str(node.value)
    if operator in {"+", "-"}:
        operate = add if operator == "+" else subtract
        return lambda frame: operate(left(frame), right(frame), frame.context.zone)
    if operator in _ARITHMETIC:
        calculate = _ARITHMETIC[operator]
        return lambda frame: calculate(left(frame), right(frame))
    return lambda frame: related(operator, left(frame), right(frame), frame.context.zone)


def _test(node: Node) -> Compiled:
    """`< 5`: the tested value stands on the left."""
    operand, relation = _compile(node.parts[0]), str(node.value)
    return lambda frame: related(relation, frame.tested, operand(frame), frame.context.zone)


def _accepts(node: Node) -> Compiled:
    """One test of a cell: a relation, a range, a list of values, a value, or a condition over `?`, which null does not fulfil."""
    compiled, condition = weighed(_compile(node)), node.kind != "input" and names_tested(node)
    if node.kind == "test":
        return compiled

    def accepts(frame: Frame) -> bool | None:
        value = compiled(frame)
        if value is None and condition:
            return None
        if isinstance(value, Range):
            return value.contains(frame.tested, frame.context.zone)
        if isinstance(value, bool) and node.kind != "constant" and not isinstance(frame.tested, bool):
            return value
        if isinstance(value, list) and not isinstance(frame.tested, list):
            return any(equal(frame.tested, item, frame.context.zone) is True for item in value)
        return equal(frame.tested, value, frame.context.zone)

    return accepts


def _any_of(node: Node) -> Compiled:
    parts = tuple(_accepts(part) for part in node.parts)
    return lambda frame: any(part(frame) is True for part in parts)


def _none_of(node: Node) -> Compiled:
    parts = tuple(_accepts(part) for part in node.parts)
    return lambda frame: all(part(frame) is False or part(frame) is None for part in parts)


def _in(node: Node) -> Compiled:
    value = _compile(node.parts[0])
    tests = _any_of(node.parts[1]) if node.parts[1].kind == "any_of" else _accepts(node.parts[1])
    return lambda frame: tests(replace(frame, tested=value(frame)))


def _over_items(node: Node) -> Callable[[Frame], list[Any]]:
    names: Any = node.value
    *lists, body = (_compile(part) for part in node.parts)
    return over_items(names, lists, body)


def _function(node: Node) -> Compiled:
    """The order that `sort` is told."""
    names: Any = node.value
    body = _compile(node.parts[0])
    return lambda frame: Written(names, lambda values: body(in_round(frame, values)))


def _no_function(_node: Node) -> Compiled:
    raise ExpressionError("只有 sort() 接受函数", "only sort() takes a function", code="expression_type")


def _instance(node: Node) -> Compiled:
    value, fits = _compile(node.parts[0]), KINDS[str(node.value)]

    def told(frame: Frame) -> bool:
        found = into_feel(value(frame))
        return found is not None and fits(found)

    return told


def _some(node: Node) -> Compiled:
    results = _over_items(node)
    return lambda frame: any(result is True for result in results(frame))


def _every(node: Node) -> Compiled:
    results = _over_items(node)
    return lambda frame: all(result is True for result in results(frame))


def _filter(node: Node) -> Compiled:
    """`list[2]` counts from one, `list[-1]` from the end; else those items for which the condition holds (`item`, or their own names)."""
    value, condition = (_compile(part) for part in node.parts)
    index = node.parts[1].kind in {"constant", "minus", "name"}

    def pick(frame: Frame) -> Any:
        items = items_of(frame, value(frame))
        if index:
            at = condition(frame)
            at = int(at) if not isinstance(at, bool | str) and at is not None else 0
            return into_feel(items[at - 1 if at > 0 else at]) if at != 0 and abs(at) <= len(items) else None
        return [item for item in items if condition(about(frame, item)) is True]

    return pick


def _key(node: Node) -> Compiled:
    value, key = _compile(node.parts[0]), str(node.value)

    def look_up(frame: Frame) -> Any:
        found = value(frame)
        if isinstance(found, list):
            return [into_feel(item.get(key)) for item in found if isinstance(item, dict)]
        if isinstance(found, Mapping):
            return into_feel(found.get(key))
        return property_of(frame.context, found, key)

    return look_up


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"*": multiply, "/": divide, "**": power}
_COMPILERS: dict[str, Callable[[Node], Compiled]] = {
    "anything": lambda _node: lambda _frame: True,
    "any_of": _any_of,
    "none_of": _none_of,
    "test": _test,
    "constant": _constant,
    "input": _input,
    "name": _name,
    "call": _call,
    "and": _joined(decisive=False),
    "or": _joined(decisive=True),
    "minus": _minus,
    "if": _if,
    "list": _list,
    "context": _context,
    "range": _range,
    "binary": _binary,
    "in": _in,
    "some": _some,
    "every": _every,
    "for": _over_items,
    "function": _no_function,
    "instance": _instance,
    "filter": _filter,
    "key": _key,
}
