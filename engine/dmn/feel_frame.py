"""What one evaluation of a FEEL text sees, and what it walks through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.dmn.feel_values import Range
from engine.expressions.context import Context
from engine.expressions.cost import ITEM, ROUND
from engine.expressions.errors import ExpressionError

MAX_ITEMS = 10_000


@dataclass(frozen=True)
class Frame:
    """One evaluation: the surroundings, names that hide the variables (items of `for`, results of decisions), and the tested `?`."""

    context: Context
    names: Mapping[str, Any]
    tested: Any = None


Compiled = Callable[[Frame], Any]


def items_of(frame: Frame, value: Any) -> list[Any]:
    """What `for`, `some`, `every` and filters walk through. Raises ExpressionError when it is too long."""
    items = _items(value)
    frame.context.work.add(ITEM * len(items))
    return items


def _items(value: Any) -> list[Any]:
    if isinstance(value, Range):
        low, high = value.low, value.high
        if high - low > MAX_ITEMS:
            raise ExpressionError("列表过长", "the list is too long")
        return [low + step for step in range(int(high - low) + 1)]
    items = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if len(items) > MAX_ITEMS:
        raise ExpressionError("列表过长", "the list is too long")
    return items


def over_items(names: Sequence[str], lists: Sequence[Compiled], body: Compiled) -> Callable[[Frame], list[Any]]:
    """The body for each item, or for each combination of them. Raises ExpressionError when there are too many."""

    def frames(frame: Frame, nth: int) -> Iterator[Frame]:
        if nth == len(lists):
            yield frame
            return
        for item in items_of(frame, lists[nth](frame)):
            yield from frames(in_round(frame, {names[nth]: item}), nth + 1)

    def walk(frame: Frame) -> list[Any]:
        found: list[Any] = []
        for each in frames(frame, 0):
            if len(found) >= MAX_ITEMS:
                raise ExpressionError("列表过长", "the list is too long")
            found.append(body(each))
        return found

    return walk


def in_round(frame: Frame, names: Mapping[str, Any]) -> Frame:
    """The frame of one round of a loop, with names of its own. Raises ExpressionError when there were too many."""
    frame.context.work.add(ROUND)
    return replace(frame, names={**frame.names, **names})


def about(frame: Frame, item: Any) -> Frame:
    """The frame in which a filter looks at an item: its own names, and `item`."""
    own = item if isinstance(item, dict) else {}
    return in_round(frame, {**own, "item": item})


def weighed(operand: Compiled) -> Compiled:
    """The operand, counted with all that is in it: who compares or joins it walks through that."""
    return lambda frame: frame.context.work.weigh(operand(frame))
