"""Which of the matching rules count, by hit policy (DMN 1.3, 8.2.11), and how a result is handed to a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.dmn.feel_values import add, compare, equal, into_feel
from engine.dmn.model import Decision, Table
from engine.dmn.typed import finished
from engine.errors import EngineError
from engine.expressions.instants import Duration

Row = Mapping[str, Any]
MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList", "value")


def counted(decision: Decision, table: Table, rows: Sequence[Row], zone: ZoneInfo) -> list[Row]:
    """The rows that the hit policy lets through, aggregated where it says so. Raises EngineError `hit_policy`."""
    policy = table.hit_policy
    if policy == "UNIQUE" and len(rows) > 1:
        raise _refused(decision, "UNIQUE", "命中了多条规则", "more than one rule matches")
    if policy == "ANY" and any(equal(dict(row), dict(rows[0]), zone) is not True for row in rows[1:]):
        raise _refused(decision, "ANY", "命中的规则结果不同", "the matching rules differ")
    if policy == "COLLECT" and table.aggregation:
        return _aggregated(decision, table, rows, zone)
    if policy in {"PRIORITY", "OUTPUT ORDER"}:
        rows = sorted(rows, key=lambda row: _rank(table, row))
    return list(rows[:1]) if policy in {"ANY", "FIRST", "PRIORITY"} else list(rows)


def _refused(decision: Decision, policy: str, zh: str, en: str) -> EngineError:
    return EngineError("hit_policy", f"决策 {decision.id}（{policy}）：{zh}", f"decision {decision.id} ({policy}): {en}", 422)


def _rank(table: Table, row: Row) -> tuple[int, ...]:
    """Where the row's values stand in the order of the outputs; a value that is not listed comes last."""
    return tuple(
        output.order.index(str(row[output.name])) if str(row.get(output.name)) in output.order else len(output.order)
        for output in table.outputs
        if output.order
    )


def _aggregated(decision: Decision, table: Table, rows: Sequence[Row], zone: ZoneInfo) -> list[Row]:
    name = table.outputs[0].name
    values = [row[name] for row in rows if row.get(name) is not None]
    if table.aggregation == "COUNT":
        return [{name: Decimal(len(rows))}]
    if not values:
        return []
    if table.aggregation == "SUM" and not all(isinstance(into_feel(value), Decimal | timedelta | Duration) for value in values):
        raise _refused(decision, "COLLECT SUM", "命中规则的结果不是数值", "what the matching rules give cannot be summed up")
    best = values[0]
    for value in values[1:]:
        best = _FOLD[table.aggregation](best, value, zone)
    return [{name: finished(best, table.outputs[0].type)}]


_FOLD: Mapping[str, Callable[[Any, Any, ZoneInfo], Any]] = {
    "SUM": add,
    "MIN": lambda best, value, zone: value if compare("<", value, best, zone) else best,
    "MAX": lambda best, value, zone: value if compare(">", value, best, zone) else best,
}


def map_result(rows: Sequence[Row], mapping: str) -> Any:
    """What `camunda:mapDecisionResult` makes of the rows (`resultList` by default). Raises EngineError `decision_result`."""
    if mapping == "resultList":
        return [dict(row) for row in rows]
    if mapping == "collectEntries":
        return [_only(row) for row in rows]
    if len(rows) > 1:
        raise _unfit(mapping, "决策给出多个结果", "the decision has several results")
    if not rows:
        return None
    return dict(rows[0]) if mapping == "singleResult" else _only(rows[0])


def _only(row: Row) -> Any:
    if len(row) > 1:
        raise _unfit("singleEntry", "结果有多个输出", "the result has several outputs")
    return next(iter(row.values()), None)


def _unfit(mapping: str, zh: str, en: str) -> EngineError:
    return EngineError("decision_result", f"{mapping}：{zh}", f"{mapping}: {en}", 422)
