"""Listeners that could not be called, or would change nothing, are refused by name."""

import pytest

from engine.checks import KnownNames, check
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()


def found(xml, **known):
    return {(problem.code, problem.element) for problem in check({"d.bpmn": xml}, known=KnownNames(**known)) if problem.severity == "error"}


def with_listener(listener, *, at="x"):
    process = DRAW.ext(listener) if at == "p" else ""
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="x">{DRAW.ext(listener) if at == "f" else ""}</sequenceFlow>'
    return DRAW.diagram(process, DRAW.start(), DRAW.user("x", ext=listener if at == "x" else ""), DRAW.end(), flow, DRAW.flows("x-e"))


def execution(event, what='delegateExpression="a"', inner=""):
    return f'<camunda:executionListener event="{event}" {what}>{inner}</camunda:executionListener>'


TIMER = "<timerEventDefinition><timeDuration>soon</timeDuration></timerEventDefinition>"
SCRIPT = "<camunda:script scriptFormat='x'>{}</camunda:script>"


@pytest.mark.parametrize("at", ["x", "p", "f"])
def test_listeners_stand_on_elements_flows_and_the_process(at):
    event = "take" if at == "f" else "start"
    assert found(with_listener(execution(event, inner=SCRIPT.format("a = 1"), what=""), at=at)) == set()
    assert found(with_listener(execution(event), at=at), listeners={"a"}) == set()
    assert found(with_listener(execution(event), at=at), listeners={"b"}) == {("BPMN-UNKNOWN-LISTENER", at)}


@pytest.mark.parametrize(
    ("listener", "code"),
    [
        (execution("take"), "BPMN-LISTENER"),
        (execution("create"), "BPMN-LISTENER"),
        (execution("start", "expression=\"${runtime.stop('now')}\""), "BPMN-LISTENER"),
        (execution("start", 'expression="${1 + 1}"'), "BPMN-LISTENER"),
        (execution("start", ""), "BPMN-LISTENER"),
        (execution("start", "", SCRIPT.format("runtime.stop()")), "BPMN-SCRIPT"),
        (execution("start", "", SCRIPT.format("nrOfInstances = 1")), "BPMN-SCRIPT"),
        (execution("start", "", SCRIPT.format("# nothing")), "BPMN-LISTENER"),
        (execution("start", "", "<camunda:script scriptFormat='x' resource='a.js'/>"), "BPMN-SCRIPT"),
        (execution("start", inner='<camunda:field name="a" stringValue="b"/>'), "BPMN-REFUSED"),
        ('<camunda:taskListener event="start" class="a"/>', "BPMN-LISTENER"),
        ('<camunda:taskListener event="timeout" class="a"/>', "BPMN-LISTENER"),
        (f'<camunda:taskListener event="act:go">{SCRIPT.format("a = 1")}</camunda:taskListener>', "BPMN-LISTENER"),
        (f'<camunda:taskListener event="timeout" class="a">{TIMER}</camunda:taskListener>', "BPMN-TIMER"),
    ],
)
def test_what_cannot_be_called_is_refused(listener, code):
    assert (code, "x") in found(with_listener(listener))


def test_a_flow_knows_one_event_only():
    assert found(with_listener(execution("start"), at="f")) == {("BPMN-LISTENER", "f")}
