"""Business rule tasks that decide by a table: result variables, mappings, output parameters, and what checks refuse."""

from __future__ import annotations

import pytest

from engine.bpmn import Host, read_definitions
from engine.bpmn.definitions import DiagramErrors
from engine.errors import EngineError
from tests.unit.engine.bpmn.conftest import OPEN, T0
from tests.unit.engine.dmn.conftest import dmn, table

SIZES = table('>= 100 | "large"', '< 100 | "small"', inputs="staff:integer", outputs="size:string", key="size_of")
MANY = table("> 0 | 1", "> 10 | 2", inputs="staff:integer", outputs="mark:integer", key="marks", policy="COLLECT")


def _xml(task: str, *, after: str = '<userTask id="u"/>') -> bytes:
    flows = '<sequenceFlow id="f1" sourceRef="s" targetRef="r"/><sequenceFlow id="f2" sourceRef="r" targetRef="u"/>'
    return f'{OPEN}<process id="p" isExecutable="true"><startEvent id="s"/>{task}{after}{flows}</process></definitions>'.encode()


def _task(attrs: str, inner: str = "") -> str:
    return f'<businessRuleTask id="r" {attrs}>{inner}</businessRuleTask>'


def _run(task: str, decisions: bytes, **variables: object) -> dict[str, object]:
    definitions = read_definitions({"d.bpmn": _xml(task), "d.dmn": decisions})
    execution = definitions.new("p", variables=variables, host=Host(now=T0))
    execution.run()
    again = definitions.load(execution.dump(), host=Host(now=T0))
    assert [wait.element for wait in again.waits()] == ["u"]
    return dict(again.variables())


def test_a_table_decides_and_its_result_is_a_variable() -> None:
    task = _task('camunda:decisionRef="size_of" camunda:resultVariable="size" camunda:mapDecisionResult="singleEntry"')
    assert _run(task, dmn(SIZES), staff=120)["size"] == "large"
    assert _run(task, dmn(SIZES), staff=20)["size"] == "small"


def test_the_result_is_a_list_of_rows_unless_mapped() -> None:
    task = 'camunda:decisionRef="{}" camunda:resultVariable="found" {}'
    assert _run(_task(task.format("marks", "")), dmn(MANY), staff=20)["found"] == [{"mark": 1}, {"mark": 2}]
    collected = task.format("marks", 'camunda:mapDecisionResult="collectEntries"')
    assert _run(_task(collected), dmn(MANY), staff=20)["found"] == [1, 2]


def test_output_parameters_see_the_result_and_nothing_of_it_stays() -> None:
    out = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:outputParameter name="first">${decisionResult[0].size}</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    found = _run(_task('camunda:decisionRef="size_of"', out), dmn(SIZES), staff=120)
    assert found == {"staff": 120, "first": "large"}


def test_the_key_may_be_an_expression_and_one_that_is_not_there_is_named() -> None:
    task = _task('camunda:decisionRef="${which}" camunda:resultVariable="size"')
    assert _run(task, dmn(SIZES), staff=1, which="size_of")["size"] == [{"size": "small"}]
    with pytest.raises(EngineError, match="there is no decision nothing"):
        _run(task, dmn(SIZES), staff=1, which="nothing")


def test_a_table_that_cannot_decide_stops_the_command() -> None:
    twice = table("> 0 | 1", "> 1 | 2", inputs="staff:integer", key="twice")
    with pytest.raises(EngineError, match="more than one rule matches"):
        _run(_task('camunda:decisionRef="twice"'), dmn(twice), staff=5)


def test_a_deployment_whose_table_would_be_misread_is_refused_whole() -> None:
    broken = dmn(table("< | 1", inputs="staff:integer", key="size_of"))
    with pytest.raises(DiagramErrors, match="unexpected"):
        read_definitions({"d.bpmn": _xml(_task('camunda:decisionRef="size_of"')), "d.dmn": broken})
