"""What one evaluation may cost: a short text can ask for endless work, by rounds within rounds or by a list that holds another one twice, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.expressions.errors import ExpressionError

MAX_WORK = 8_000_000
MAX_NESTING = 40
ITEM, ROUND = 8, 40  # what an item costs, and one round of a loop
_LETTERS = 16  # of a text that cost as much as one unit


class Work:
    """Counts what an evaluation has cost so far."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        """Nothing yet."""
        self.done = 0

    def add(self, cost: int) -> None:
        """More of it. Raises ExpressionError `expression_cost` above MAX_WORK."""
        self.done += cost
        if self.done > MAX_WORK:
            raise ExpressionError("表达式的计算量过大，请简化或减少数据", "the expression has too much to compute", code="expression_cost")

    def weigh(self, value: Any) -> Any:
        """Count a value with all that is in it, as often as it is in it; the value. Raises ExpressionError, also when it is nested too deep."""
        if isinstance(value, str):
            self.add(len(value) // _LETTERS)
            return value
        level = [value] if isinstance(value, list | tuple | Mapping) else []
        for _ in range(MAX_NESTING):
            if not level:
                return value
            self.add(ITEM * sum(map(len, level)))
            within = (item for many in level for item in (many.values() if isinstance(many, Mapping) else many))
            level = [item for item in within if isinstance(item, list | tuple | Mapping)]
        raise ExpressionError("数据嵌套过深", f"the value is nested deeper than {MAX_NESTING}", code="expression_cost")
