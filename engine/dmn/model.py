"""What a DMN file says: decisions with their logic and what they require. Plain data, shared and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """A text in FEEL (`feel`) or in the language of the diagrams (`juel`); `type` is the typeRef, "" for any."""

    text: str
    language: str = "feel"
    type: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """An input column; `variable` is the name under which its cells may call the tested value, beside `?`."""

    expression: Expression | None
    variable: str = "cellInput"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column; `order` the texts of its allowed values, the best first (hit policies P and O); `default` when no rule matches."""

    name: str
    type: str = ""
    order: tuple[str, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one cell of each input, one entry of each output (None where it is left empty)."""

    id: str
    cells: tuple[Expression, ...]
    entries: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; `hit_policy` and `aggregation` in DMN's words."""

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: a table, or an expression; `variable` is how those that require it call its value; `requires` ids of decisions."""

    id: str
    name: str
    file: str
    line: int
    variable: str
    logic: Table | Expression
    requires: tuple[str, ...] = ()
    version_tag: str | None = None


Decisions = Mapping[str, Decision]
"""Decisions by their id, which is the key that `camunda:decisionRef` names."""
