"""The quick answer for the usual case: data that a form's schema has nothing against, told by a few plain tests built once per form.

Yes is certain; no only means that `jsonschema` has to look, which then says what is wrong. A keyword that is not known here is a no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import FormatChecker

Test = Callable[[Any], bool]

_NO_JUDGEMENT = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples"})


def fitting(schema: Mapping[str, Any], formats: FormatChecker) -> Test:
    """The test of a schema whose references are resolved."""
    tests = [_test(key, limit, schema, formats) for key, limit in schema.items() if key not in _NO_JUDGEMENT and not key.startswith("x-")]
    if len(tests) == 1:
        return tests[0]

    def fits(value: Any) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost more than the tests
            if not test(value):
                return False
        return True

    return fits


def _test(key: str, limit: Any, schema: Mapping[str, Any], formats: FormatChecker) -> Test:
    """The test of one keyword. Kinds come first: what is asked of texts is a no for anything else."""
    if key == "properties":
        return _inside({name: fitting(part, formats) for name, part in limit.items()})
    if key == "additionalProperties" and limit is False and "properties" in schema:
        return _yes  # what is not declared is a no already
    if key == "items" and isinstance(limit, Mapping):
        return _each(fitting(limit, formats))
    if key == "format":
        return lambda value: type(value) is str and formats.conforms(value, limit)
    make = _KEYWORDS.get(key)
    return _no if make is None else make(limit)


def _inside(tests: Mapping[str, Test]) -> Test:
    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name, part in value.items():
            test = tests.get(name)
            if test is None or not test(part):
                return False
        return True

    return fits


def _each(test: Test) -> Test:
    return lambda value: type(value) is list and all(map(test, value))


def _yes(value: Any) -> bool:  # noqa: ARG001 - the signature of a test
    return True


def _no(value: Any) -> bool:  # noqa: ARG001 - the signature of a test
    return False


def _type(name: Any) -> Test:
    kinds = _KINDS.get(name) if isinstance(name, str) else None
    return _no if kinds is None else lambda value: type(value) in kinds


def _enum(choices: list[Any]) -> Test:
    texts = {choice for choice in choices if type(choice) is str}
    wholes = {choice for choice in choices if type(choice) is int}
    return lambda value: value in texts if type(value) is str else type(value) is int and value in wholes


def _multiple(step: float) -> Test:
    if type(step) is int:
        return lambda value: type(value) is int and value % step == 0
    return lambda value: type(value) in _NUMBERS and (value / step).is_integer()


def _different(value: Any) -> bool:
    return type(value) is list and all(type(item) is str for item in value) and len(set(value)) == len(value)


def _pattern(text: str) -> Test:
    try:
        found = re.compile(text).search
    except re.error:  # the definition is refused before anybody fills the form
        return _no
    return lambda value: type(value) is str and found(value) is not None


_NUMBERS = frozenset({int, float})
_KINDS: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}), "number": _NUMBERS, "integer": frozenset({int}), "boolean": frozenset({bool}),
    "object": frozenset({dict}), "array": frozenset({list}),
}  # fmt: skip
_KEYWORDS: Mapping[str, Callable[[Any], Test]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda only: lambda value: type(value) is type(only) and type(only) in {str, bool, int} and value == only,
    "minimum": lambda least: lambda value: type(value) in _NUMBERS and value >= least,
    "maximum": lambda most: lambda value: type(value) in _NUMBERS and value <= most,
    "exclusiveMinimum": lambda bound: lambda value: type(value) in _NUMBERS and value > bound,
    "exclusiveMaximum": lambda bound: lambda value: type(value) in _NUMBERS and value < bound,
    "multipleOf": _multiple,
    "minLength": lambda least: lambda value: type(value) is str and len(value) >= least,
    "maxLength": lambda most: lambda value: type(value) is str and len(value) <= most,
    "pattern": _pattern,
    "minItems": lambda least: lambda value: type(value) is list and len(value) >= least,
    "maxItems": lambda most: lambda value: type(value) is list and len(value) <= most,
    "uniqueItems": lambda asked: _different if asked else _yes,
    "required": lambda names: lambda value: type(value) is dict and all(map(value.__contains__, names)),
}
