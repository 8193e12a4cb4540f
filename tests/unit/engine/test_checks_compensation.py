"""Checks of compensation: each fault has a diagram that earns it, the sound one earns none."""

import pytest

from engine.checks import check
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
UNDONE = DRAW.undone_by("a", DRAW.user("undo"))
SUB = DRAW.sub("es", DRAW.start("es1", "undo"), DRAW.user("w"), DRAW.flows("es1-w"), attrs='triggeredByEvent="true"')
FAULTS = {
    "handler without an association": (UNDONE.replace('sourceRef="undo_a"', 'sourceRef="nobody"'), "", {"undo", "undo_a"}),
    "association to what is not for compensation": (UNDONE.replace(' isForCompensation="true"', ""), "", {"undo_a"}),
    "a handler in the flow": (UNDONE, "undo-x", {"undo"}),
    "a flow out of the event": (UNDONE, "undo_a-x", {"undo_a"}),
    "two events on one activity": (
        UNDONE + UNDONE.replace("undo_a", "undo_b").replace('"undo"', '"undo2"').replace("a~undo", "b~undo"),
        "",
        {"undo_a", "undo_b"},
    ),
    "what would undo a handler": (UNDONE + DRAW.undone_by("undo", DRAW.user("again")), "", {"undo_undo"}),
    "an event sub-process of the process": (UNDONE + SUB, "", {"es1"}),
}


def problems(part, flow=""):
    xml = DRAW.diagram(
        DRAW.start(), DRAW.user("a"), part, DRAW.throw("x", "undo"), DRAW.end(), DRAW.flows("s-a-x-e", *([flow] if flow else []))
    )
    return check({"a.bpmn": xml}, profile="season")


def test_a_sound_handler_has_no_problems():
    assert problems(UNDONE) == []


def test_a_compensation_event_sub_process_may_be_marked_as_for_compensation():
    marked = SUB.replace("triggeredByEvent", 'isForCompensation="true" triggeredByEvent')
    assert problems(UNDONE + DRAW.sub("sub", DRAW.start("s1"), DRAW.user("v"), DRAW.end("e1"), DRAW.flows("s1-v-e1"), marked), "a-sub") == []


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_compensation_are_refused(name):
    part, flow, elements = FAULTS[name]
    assert {each.element for each in problems(part, flow) if each.code == "BPMN-COMPENSATION"} == elements


@pytest.mark.parametrize("more", [SUB.replace('"es', '"fs').replace('"w"', '"v2"').replace("es1-w", "fs1-v2"), ""])
def test_a_sub_process_is_undone_by_one_thing(more):
    inner = (DRAW.start("s1"), DRAW.user("v"), DRAW.end("e1"), DRAW.flows("s1-v-e1"), SUB, more)
    beside = "" if more else DRAW.undone_by("sub", DRAW.user("undo_sub_by"))
    found = problems(UNDONE + DRAW.sub("sub", *inner) + beside, "a-sub")
    assert {each.element for each in found if each.code == "BPMN-COMPENSATION"} == ({"es1", "fs1"} if more else {"es1"})


def test_an_activity_out_of_reach_gets_a_hint():
    (found,) = [
        each
        for each in problems(UNDONE.replace("<association", DRAW.throw("y", "undo:aa") + "<association"))
        if each.code == "BPMN-REFERENCE"
    ]
    assert (found.element, "a" in found.hint) == ("y", True)


def test_who_throws_may_go_on_at_once():
    xml = UNDONE + '<endEvent id="z"><compensateEventDefinition waitForCompletion="false"/></endEvent>'
    assert "z" not in {each.element for each in problems(xml, "a-z")}
