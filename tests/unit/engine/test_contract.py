"""The contract with handlers: names once, typed inputs, and no clock but the one handed in."""

import ast
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from engine.contract import Registry
from engine.inputs import build, typed_parameter
from engine.refusals import InvalidInput

HOUSE = Path(__file__).parents[3]


def test_a_name_is_registered_once():
    registry = Registry()
    registry.handler("topic")(lambda ctx, inputs: 1)
    with pytest.raises(ValueError, match="twice"):
        registry.handler("topic")(lambda ctx, inputs: 2)


@dataclass(frozen=True)
class Wanted:
    name: str
    size: int = 1
    day: date | None = None
    score: Decimal = Decimal(0)
    kind: Literal["a", "b"] = "a"
    many: tuple[str, ...] = ()
    share: float = 0.5


def test_a_dataclass_is_filled_by_name():
    given = {"name": "x", "size": 2, "day": "2023-06-01", "score": "9.50", "kind": "b", "many": ["p"], "share": 1, "other": 9}
    assert build(Wanted, given) == Wanted("x", 2, date(2023, 6, 1), Decimal("9.50"), "b", ("p",), 1)
    assert build(Wanted, {"name": "x", "day": None}).day is None
    assert build(None, given) is given


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"name": 1},
        {"name": "x", "size": "2"},
        {"name": "x", "size": True},
        {"name": "x", "day": "no"},
        {"name": "x", "kind": "c"},
        {"name": None},
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(wrong):
    with pytest.raises(InvalidInput) as refused:
        build(Wanted, wrong)
    assert refused.value.details["field"] in {"name", "size", "day", "kind"}


def test_the_second_parameter_says_what_is_wanted():
    def typed(ctx, inputs: Wanted):
        return inputs

    def untyped(ctx, inputs):
        return inputs

    assert (typed_parameter(typed), typed_parameter(untyped), typed_parameter(lambda ctx: ctx)) == (Wanted, None, None)


def test_nobody_reads_a_clock_but_the_programme_s_entry():
    """``now`` is handed in: no call of now(), utcnow(), today() or time() on the library's modules outside of app/ and run_engine.py."""
    read = []
    for room in ("engine", "handlers", "selection", "notifications", "store", "web"):
        for path in sorted((HOUSE / room).rglob("*.py")):
            read += [f"{path.relative_to(HOUSE)}:{line}" for line in _clock_reads(path)]
    assert read == []


CLOCKS = {(name, verb) for name in ("datetime", "date") for verb in ("now", "utcnow", "today")} | {("time", "time"), ("time", "time_ns")}


def _clock_reads(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)]
    return [call.lineno for call in named if (call.value.id, call.attr) in CLOCKS]
