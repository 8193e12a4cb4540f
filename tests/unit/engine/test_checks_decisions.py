"""Checks of business rule tasks: the decision they name, its binding, how its result is handed on."""

from __future__ import annotations

import pytest

from engine.checks import check
from tests.unit.engine.bpmn.conftest import OPEN
from tests.unit.engine.dmn.conftest import dmn, table

SIZES = table('>= 100 | "large"', '< 100 | "small"', inputs="staff:integer", outputs="size:string", key="size_of")


def _diagram(attrs: str) -> bytes:
    flows = '<sequenceFlow id="f1" sourceRef="s" targetRef="r"/><sequenceFlow id="f2" sourceRef="r" targetRef="e"/>'
    task = f'<businessRuleTask id="r" {attrs}/>'
    return f'{OPEN}<process id="p" isExecutable="true"><startEvent id="s"/>{task}<endEvent id="e"/>{flows}</process></definitions>'.encode()


@pytest.mark.parametrize(
    ("attrs", "code"),
    [
        ('camunda:decisionRef="sise_of"', "DMN-REFERENCE"),
        ('camunda:decisionRef="size_of" camunda:decisionRefBinding="versionTag"', "BPMN-BINDING"),
        ('camunda:decisionRef="size_of" camunda:decisionRefBinding="version"', "BPMN-BINDING"),
        ('camunda:decisionRef="size_of" camunda:decisionRefBinding="version" camunda:decisionRefVersion="${n +}"', "BPMN-EXPRESSION"),
        ('camunda:decisionRef="size_of" camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="${open(1)}"', "BPMN-EXPRESSION"),
        ('camunda:decisionRef="${n +}"', "BPMN-EXPRESSION"),
        ('camunda:decisionRef="size_of" camunda:mapDecisionResult="best"', "BPMN-MAPPING"),
        ("", "BPMN-IMPLEMENTATION"),
    ],
)
def test_a_call_that_cannot_work_is_found_at_deployment(attrs: str, code: str) -> None:
    problems = check({"d.bpmn": _diagram(attrs), "d.dmn": dmn(SIZES)}, profile="season")
    assert code in {problem.code for problem in problems if problem.severity == "error"}


def test_a_misspelt_decision_is_suggested() -> None:
    problems = check({"d.bpmn": _diagram('camunda:decisionRef="sise_of"'), "d.dmn": dmn(SIZES)}, profile="season")
    assert any("size_of" in problem.hint for problem in problems if problem.code == "DMN-REFERENCE")
