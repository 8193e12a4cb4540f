"""Turns the tree of an expression into closures. A compiled expression is a function of the `Context`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from engine.errors import EngineError
from engine.expressions.context import Context, FunctionTable
from engine.expressions.descent import Node
from engine.expressions.errors import ExpressionError
from engine.expressions.functions import BUILT_IN
from engine.expressions.grammar import parse
from engine.expressions.methods import call_method, method_of
from engine.expressions.operators import BINARY, is_empty, is_number, item
from engine.expressions.truth import truth

Compiled = Callable[[Context], Any]


@lru_cache(maxsize=8_192)
def compile_expression(source: str) -> Compiled:
    """The function that evaluates `source` (without `${}`). Raises ExpressionError."""
    return _COMPILERS_OF[(tree := parse(source)).kind](tree)


def tree_nodes(tree: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield tree
    for part in tree.parts:
        yield from tree_nodes(part)


def check_calls(source: str, functions: FunctionTable) -> None:
    """Raise ExpressionError when a function is unknown or gets a wrong number of arguments."""
    for node in tree_nodes(parse(source)):
        if node.kind == "call":
            function = BUILT_IN.get(str(node.value)) or functions.get(str(node.value))
            if function is None:
                raise _unknown(str(node.value))
            try:
                inspect.signature(function).bind(None, *node.parts)
            except TypeError as error:
                raise ExpressionError(f"{node.value}() 的参数个数不对", f"wrong number of arguments for {node.value}()") from error


def _unknown(name: str) -> ExpressionError:
    return ExpressionError(f"没有函数 {name}()", f"there is no function {name}()", code="unknown_function", name=name)


def _compile(node: Node) -> Compiled:
    return _COMPILERS_OF[node.kind](node)


def _constant(node: Node) -> Compiled:
    value = node.value
    return lambda _context: value


def _name(node: Node) -> Compiled:
    name = str(node.value)

    def look_up(context: Context) -> Any:
        try:
            return context.variables[name]
        except KeyError:
            raise ExpressionError(f"没有变量 {name}", f"there is no variable {name}", code="unknown_variable", name=name) from None

    return look_up


def _call(node: Node) -> Compiled:
    name, parts = str(node.value), tuple(_compile(part) for part in node.parts)
    built_in = BUILT_IN.get(name)

    def call(context: Context) -> Any:
        function = built_in or context.functions.get(name)
        if function is None:
            raise _unknown(name)
        values = [part(context) for part in parts]
        try:
            return function(context, *values)
        except EngineError:
            raise
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise ExpressionError(f"{name}() 出错：{error}", f"{name}() failed: {error}") from error

    return call


def _method(node: Node) -> Compiled:
    name, value = str(node.value), _compile(node.parts[0])
    parts = tuple(_compile(part) for part in node.parts[1:])
    method_of(name, len(parts))
    return lambda context: call_method(context, name, value(context), [part(context) for part in parts])


def _and(node: Node) -> Compiled:
    parts = tuple(_compile(part) for part in node.parts)
    return lambda context: all(truth(part(context)) for part in parts)


def _or(node: Node) -> Compiled:
    parts = tuple(_compile(part) for part in node.parts)
    return lambda context: any(truth(part(context)) for part in parts)


def _not(node: Node) -> Compiled:
    part = _compile(node.parts[0])
    return lambda context: not truth(part(context))


def _empty(node: Node) -> Compiled:
    if node.parts[0].kind == "name":
        name = str(node.parts[0].value)
        return lambda context: name not in context.variables or is_empty(context.variables[name])
    part = _compile(node.parts[0])
    return lambda context: is_empty(part(context))


def _sign(node: Node) -> Compiled:
    part, minus = _compile(node.parts[0]), node.value == "-"

    def sign(context: Context) -> Any:
        value = part(context)
        if not is_number(value):
            raise ExpressionError("正负号只用于数值", "a sign needs a number", code="expression_type")
        return -value if minus else value

    return sign


def _if(node: Node) -> Compiled:
    test, then, other = (_compile(part) for part in node.parts)
    return lambda context: then(context) if truth(test(context)) else other(context)


def _list(node: Node) -> Compiled:
    parts = tuple(_compile(part) for part in node.parts)
    return lambda context: context.work.weigh([part(context) for part in parts])


def _object(node: Node) -> Compiled:
    keys: Any = node.value
    parts = tuple(_compile(part) for part in node.parts)
    return lambda context: context.work.weigh({key: part(context) for key, part in zip(keys, parts, strict=True)})


def _binary(node: Node) -> Compiled:
    left, right, operate = _compile(node.parts[0]), _compile(node.parts[1]), BINARY[str(node.value)]
    return lambda context: operate(context, left(context), right(context))


def _index(node: Node) -> Compiled:
    value, key = _compile(node.parts[0]), _compile(node.parts[1])
    return lambda context: item(value(context), key(context))


def _key(node: Node) -> Compiled:
    value, key = _compile(node.parts[0]), str(node.value)

    def look_up(context: Context) -> Any:
        found = value(context)
        if not isinstance(found, dict):
            raise ExpressionError(f".{key} 只用于对象", f".{key} needs an object", code="expression_type")
        return found.get(key)

    return look_up


_COMPILERS_OF: dict[str, Callable[[Node], Compiled]] = {
    "constant": _constant,
    "name": _name,
    "call": _call,
    "method": _method,
    "and": _and,
    "or": _or,
    "not": _not,
    "empty": _empty,
    "sign": _sign,
    "if": _if,
    "list": _list,
    "object": _object,
    "binary": _binary,
    "index": _index,
    "key": _key,
}
