"""Small DMN files, and their decisions evaluated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from engine.dmn import decide, read_decisions
from engine.expressions.context import Context

NOW = datetime(2023, 7, 1, 1, 0, tzinfo=UTC)
Decide = Callable[..., list[dict[str, Any]]]


def dmn(*decisions: str) -> bytes:
    """A file with these decisions."""
    spaces = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
    return (f'<definitions {spaces} id="d" name="d" namespace="x">' + "".join(decisions) + "</definitions>").encode()


def table(
    *rows: str,
    inputs: str = "x:integer",
    outputs: str = "y",
    policy: str = "UNIQUE",
    attrs: str = "",
    key: str = "d",
    requires: str = "",
    order: str = "",
) -> str:
    """A table: `rows` are cells between `|`, `inputs` and `outputs` names (with a typeRef) between `|`."""
    heads = "".join(
        f'<input id="i{key}{n}"><inputExpression id="e{key}{n}" typeRef="{kind}"><text>{escape(text)}</text></inputExpression></input>'
        for n, (text, _, kind) in enumerate(each.rpartition(":") if ":" in each else (each, "", "") for each in inputs.split("|"))
    )
    values = f"<outputValues id='v{key}'><text>{escape(order)}</text></outputValues>" if order else ""
    heads += "".join(
        f'<output id="o{key}{n}" name="{each.partition(":")[0]}" typeRef="{each.partition(":")[2]}">{values}</output>'
        for n, each in enumerate(outputs.split("|"))
    )
    columns = len(inputs.split("|"))
    body = ""
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        body += "<rule>" + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells[:columns])
        body += "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in cells[columns:]) + "</rule>"
    needs = "".join(f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>' for each in requires.split())
    return f'<decision id="{key}" name="{key}">{needs}<decisionTable id="t{key}" hitPolicy="{policy}" {attrs}>{heads}{body}</decisionTable></decision>'


def literal(text: str, *, key: str = "d", name: str = "value", requires: str = "", language: str = "") -> str:
    """A decision by one expression."""
    needs = "".join(f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>' for each in requires.split())
    spoken = f'expressionLanguage="{language}"' if language else ""
    logic = f"<literalExpression {spoken}><text>{escape(text)}</text></literalExpression>"
    return f'<decision id="{key}" name="{key}"><variable name="{name}"/>{needs}{logic}</decision>'


@pytest.fixture
def deciding() -> Decide:
    """Evaluates decision `d` of a file that is right."""

    def run(*decisions: str, **variables: object) -> list[dict[str, Any]]:
        found, problems = read_decisions({"d.dmn": dmn(*decisions)})
        assert problems == ()
        context = Context(variables, now=NOW, zone=ZoneInfo("Asia/Shanghai"), functions={})
        return decide(found, "d", context)

    return run
