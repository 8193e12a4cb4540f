"""Evaluates a decision with all that it requires, each once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.dmn.feel import compile_expression, compile_unary_tests
from engine.dmn.feel_frame import Frame
from engine.dmn.feel_values import out_of_feel
from engine.dmn.model import Decision, Decisions, Expression, Rule, Table
from engine.dmn.reader import juel
from engine.dmn.results import Row, counted
from engine.dmn.typed import finished, typed
from engine.errors import EngineError
from engine.expressions import evaluate
from engine.expressions.context import Context


def decide(decisions: Decisions, key: str, context: Context) -> list[dict[str, Any]]:
    """The results of a decision: one row per rule that counts, output name -> plain value.

    An expression gives one row with its variable's name. Raises EngineError `no_decision`, `hit_policy`, `decision_type`, or what an
    expression raises.
    """
    if key not in decisions:
        raise EngineError("no_decision", f"没有决策 {key}", f"there is no decision {key}", 404, decision=key)
    names: dict[str, Any] = {}
    rows: list[Row] = []
    for one in _in_order(decisions, key):
        rows = _rows(one, Frame(context, dict(names)))
        names.update(_known(one, rows))
    return [{name: out_of_feel(value) for name, value in row.items()} for row in rows]


def value_of(decision: Decision, rows: Sequence[Row]) -> Any:
    """What a decision is for one that requires it (DMN 1.3, 8.2.11): of one output its value, of several an object, of many rules a list.

    In: the decision and the rows that it gave. Out: a plain value, null if no rule applied.
    """
    return _known(decision, rows)[decision.variable]


def _in_order(decisions: Decisions, key: str) -> list[Decision]:
    """The decision and all it requires, each behind what it requires itself."""
    order: list[Decision] = []

    def visit(name: str) -> None:
        if decisions[name] in order:
            return
        for required in decisions[name].requires:
            visit(required)
        order.append(decisions[name])

    visit(key)
    return order


def _known(one: Decision, rows: Sequence[Row]) -> dict[str, Any]:
    """The names under which others read the decision: those of its outputs, and its own variable. An output left empty by a rule is not in its row."""
    if isinstance(one.logic, Expression):
        return dict(rows[0])
    names = [output.name for output in one.logic.outputs]
    many = one.logic.hit_policy in {"RULE ORDER", "OUTPUT ORDER"} or (one.logic.hit_policy == "COLLECT" and not one.logic.aggregation)
    first: Row = rows[0] if rows else {}
    columns = {name: [row[name] for row in rows if name in row] if many else first.get(name) for name in names}
    if len(names) == 1:
        return {**columns, one.variable: columns[names[0]]}
    return {**columns, one.variable: [dict(row) for row in rows] if many else dict(rows[0]) if rows else None}


def _rows(one: Decision, frame: Frame) -> list[Row]:
    if isinstance(one.logic, Expression):
        return [{one.variable: _value(one.logic, frame, one.logic.type)}]
    table = one.logic
    tested = [
        None if column.expression is None else typed(_evaluate(column.expression, frame), column.expression.type, frame.context.zone)
        for column in table.inputs
    ]
    rows: list[Row] = []
    for rule in table.rules:
        if _matches(table, rule, tested, frame):
            rows.append(_entries(table, rule, frame))
            if table.hit_policy == "FIRST":
                break
    if not rows and any(output.default is not None for output in table.outputs):
        return [{output.name: _value(output.default, frame, output.type) for output in table.outputs}]
    return counted(one, table, rows, frame.context.zone)


def _matches(table: Table, rule: Rule, tested: list[Any], frame: Frame) -> bool:
    for column, value, cell in zip(table.inputs, tested, rule.cells, strict=True):
        if cell.text in {"", "-"}:
            continue
        about = Frame(frame.context, {**frame.names, column.variable: value}, value)
        accepted = _juel(cell, about) if cell.language == "juel" else compile_unary_tests(cell.text)(about)
        if accepted is not True:
            return False
    return True


def _entries(table: Table, rule: Rule, frame: Frame) -> Row:
    return {
        output.name: _value(entry, frame, output.type)
        for output, entry in zip(table.outputs, rule.entries, strict=True)
        if entry is not None
    }


def _value(expression: Expression | None, frame: Frame, kind: str) -> Any:
    return None if expression is None else finished(typed(_evaluate(expression, frame), kind, frame.context.zone), kind)


def _evaluate(expression: Expression, frame: Frame) -> Any:
    return _juel(expression, frame) if expression.language == "juel" else compile_expression(expression.text)(frame)


class _Both:
    """The variables of the process behind the names of the evaluation."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def __contains__(self, name: object) -> bool:
        return name in self.frame.names or name in self.frame.context.variables

    def __getitem__(self, name: str) -> Any:
        return out_of_feel(self.frame.names[name]) if name in self.frame.names else self.frame.context.variables[name]


def _juel(expression: Expression, frame: Frame) -> Any:
    """An expression in the language of the diagrams."""
    outer = frame.context
    inner = Context(
        _Both(frame),
        now=outer.now,
        zone=outer.zone,
        functions=outer.functions,
        business_key=outer.business_key,
        place=outer.place,
        work=outer.work,
    )
    return evaluate(juel(expression.text), inner)
