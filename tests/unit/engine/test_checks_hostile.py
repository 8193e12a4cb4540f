"""What a deployment must not let through: what would be misread, what would hang, what is lost without a word."""

import re
from pathlib import Path
from time import process_time

import pytest

from engine.bpmn import DiagramErrors, read_definitions
from engine.checks import KnownNames, check
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
USER = DRAW.user("x")


def found(*xmls, profile="season"):
    problems = check({f"{number}.bpmn": xml for number, xml in enumerate(xmls)}, profile=profile)
    assert all(problem.zh and problem.en and problem.file for problem in problems)
    return {(problem.code, problem.severity, problem.element) for problem in problems}


def around(element, *more):
    return DRAW.diagram(DRAW.start(), element, *more, DRAW.end(), DRAW.flows("s-x-e"))


def called(ext):
    return around(DRAW.call("x", "q", ext=ext)), DRAW.diagram(DRAW.start("s2"), DRAW.end("e2"), DRAW.flows("s2-e2"), key="q")


@pytest.mark.parametrize("text", ["#{execution.processBusinessKey}", "${business_key()}", "${other}"])
def test_a_called_process_may_have_a_business_key_of_its_own(text):
    assert found(*called(f'<camunda:in businessKey="{text}"/>')) == set()


@pytest.mark.parametrize(
    ("ext", "what"),
    [
        ('<camunda:in source="a"/>', "error"),
        ('<camunda:in target="a"/>', "error"),
        ('<camunda:out sourceExpression="${a.b()}" target="a"/>', "error"),
        ('<camunda:in source="a" target="a" colour="red"/>', "warning"),
    ],
)
def test_mappings_that_would_be_misread_are_named(ext, what):
    assert ("x", what) in {(element, severity) for _, severity, element in found(*called(ext))}


def test_an_attribute_of_an_extension_element_that_has_no_effect_is_named():
    listener = '<camunda:taskListener event="complete" delegateExpression="a" colour="red"/>'
    assert found(around(DRAW.user("x", ext=listener))) == {("BPMN-IGNORED", "warning", "x")}


@pytest.mark.parametrize("event", ["timeout"])
def test_listeners_that_are_never_called_are_named(event):
    listener = f'<camunda:taskListener event="{event}" delegateExpression="a"/>'
    assert found(around(DRAW.user("x", ext=listener))) == {("BPMN-LISTENER", "error", "x")}


def test_a_call_of_a_process_that_only_messages_start_is_refused_unless_there_is_one_start_event_only():
    one = DRAW.diagram(DRAW.start("s2", "message"), DRAW.end("e2"), DRAW.flows("s2-e2"), key="q")
    assert found(around(DRAW.call("x", "q")), one) == set()
    other = DRAW.diagram(DRAW.start("s2", "message"), DRAW.start("s3", "message2"), DRAW.end("e2"), DRAW.flows("s2-e2", "s3-e2"), key="q")
    assert ("BPMN-START", "error", "x") in found(around(DRAW.call("x", "q")), other)


def test_several_plain_starts_are_refused():
    xml = DRAW.diagram(DRAW.start(), DRAW.start("s2"), USER, DRAW.end(), DRAW.flows("s-x-e", "s2-x"))
    assert ("BPMN-START", "error", "p") in found(xml)


@pytest.mark.parametrize(
    "flows",
    [
        '<sequenceFlow id="f" sourceRef="s" targetRef="x"/><sequenceFlow id="f" sourceRef="x" targetRef="e"/>',
        '<sequenceFlow id="x" sourceRef="s" targetRef="x"/><sequenceFlow id="g" sourceRef="x" targetRef="e"/>',
    ],
)
def test_flows_that_cannot_be_told_apart_are_refused(flows):
    assert "BPMN-DUPLICATE" in {code for code, _, _ in found(DRAW.diagram(DRAW.start(), USER, DRAW.end(), flows))}


@pytest.mark.parametrize("profile", ["season", "generic"])
def test_an_element_within_one_of_the_same_id_is_refused_and_holds_nothing_up(profile):
    inner = DRAW.sub("x", DRAW.start("s1"), DRAW.user("x"), DRAW.end("e1"), DRAW.flows("s1-x-e1"))
    assert found(around(inner), profile=profile) == {("BPMN-DUPLICATE", "error", "x")}


@pytest.mark.parametrize("number", ["", "a", "1e999", "NaN", "9" * 5000])
def test_where_something_is_drawn_refuses_nothing(number):
    plane = f"""<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmndi:BPMNPlane bpmnElement="p">
      <bpmndi:BPMNShape bpmnElement="x"><dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" x="{number}" y="{number}" width="1" height="1"/>
      </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""
    xml = around(USER).replace(b"</definitions>", plane.encode())
    assert found(xml) == set()
    assert read_definitions({"d.bpmn": xml}).processes["p"].elements["x"]


def test_a_process_without_an_id_is_refused_if_it_is_to_run():
    nameless = around(USER).replace(b'<process id="p"', b"<process")
    assert nameless != around(USER)
    assert found(nameless) == {("BPMN-DUPLICATE", "error", "")}
    assert not read_definitions({"d.bpmn": nameless.replace(b'isExecutable="true"', b"")}).processes


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation", "correlationProperty", "dataStore", "collaboration"])
def test_what_stands_beside_the_processes_and_is_incomplete_is_no_breakdown(kind):
    xml = around(USER).replace(b"</definitions>", f"<{kind}/><{kind} name='a'/><startEvent/></definitions>".encode())
    assert read_definitions({"d.bpmn": xml}).processes["p"]


def test_a_message_with_two_names_is_refused():
    xml = DRAW.diagram(DRAW.start(), USER, DRAW.end(), DRAW.flows("s-x-e")).replace(
        b"<signal", b'<message id="message_m" name="other"/><signal', 1
    )
    assert "BPMN-DUPLICATE" in {code for code, _, _ in found(xml)}


def test_a_cancel_end_belongs_into_a_transaction_that_hears_it():
    inner = DRAW.start("s1"), DRAW.end("stop", "cancel"), DRAW.flows("s1-stop")
    plain = around(DRAW.sub("x", *inner))
    deaf = around(DRAW.sub("x", *inner, tag="transaction"))
    right = around(DRAW.sub("x", *inner, tag="transaction"), DRAW.boundary("b", "x", "cancel"), DRAW.end("e2"), DRAW.flows("b-e2"))
    assert ("BPMN-EVENT", "error", "stop") in found(plain)
    assert ("BPMN-EVENT", "error", "stop") in found(deaf)
    assert found(right) == set()


def test_a_cancel_boundary_belongs_on_a_transaction():
    assert ("BPMN-EVENT", "error", "b") in found(around(USER, DRAW.boundary("b", "x", "cancel"), DRAW.end("e2"), DRAW.flows("b-e2")))


@pytest.mark.parametrize("depth", [25, 120])
def test_deeper_nesting_than_could_ever_run_is_refused(depth):
    inner = ""
    for level in range(depth):
        flows = DRAW.flows(f"s{level}-n{level - 1}-e{level}") if level else DRAW.flows(f"s{level}-e{level}")
        inner = DRAW.sub(f"n{level}", DRAW.start(f"s{level}"), inner, DRAW.end(f"e{level}"), flows)
    xml = DRAW.diagram(DRAW.start(), inner, DRAW.end(), DRAW.flows(f"s-n{depth - 1}-e"))
    assert "BPMN-DEPTH" in {code for code, _, _ in found(xml)}
    with pytest.raises(DiagramErrors):
        read_definitions({"d.bpmn": xml})


@pytest.mark.parametrize("text", ["R/PT0S", "R/PT0.001S", "R5/PT0.9S"])
def test_a_cycle_faster_than_a_second_is_refused(text):
    xml = around(USER, DRAW.boundary("b", "x", f"cycle:{text}", interrupting=False), DRAW.end("e2"), DRAW.flows("b-e2"))
    assert ("BPMN-TIMER", "error", "b") in found(xml)


@pytest.mark.parametrize("name", ["loopCounter", "nrOfCompletedInstances"])
def test_writing_a_counter_is_refused_at_deployment(name):
    assert ("BPMN-SCRIPT", "error", "x") in found(around(DRAW.script("x", f"{name} = 1")))
    assert ("BPMN-NAME", "error", "x") in found(around(DRAW.service("x", ext=DRAW.outputs(**{name: "1"}))))


def test_a_boundary_event_on_a_task_behind_an_event_gateway_is_refused():
    parts = (
        DRAW.gate("x", "event"),
        '<receiveTask id="r" messageRef="message_m"/>',
        DRAW.catch("c", "message2"),
        DRAW.boundary("b", "r", "signal"),
    )
    xml = DRAW.diagram(DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-x-r-e", "x-c-e", "b-e"))
    assert ("BPMN-FLOW", "error", "b") in found(xml)


def chain(number):
    names = [f"t{index}" for index in range(number)]
    return DRAW.diagram(DRAW.start(), *(f'<task id="{name}"/>' for name in names), DRAW.end(), DRAW.flows("-".join(["s", *names, "e"])))


def test_a_large_diagram_is_read_in_time_and_a_larger_one_refused():
    begun = process_time()
    read_definitions({"d.bpmn": chain(2_000)})
    assert process_time() - begun < 2
    begun = process_time()
    assert "BPMN-XML" in {code for code, _, _ in found(chain(12_000))}
    assert process_time() - begun < 2


def test_passing_all_variables_out_of_multi_instance_is_refused_in_a_season_only():
    xmls = called('<camunda:out variables="all"/>')
    assert found(*xmls) == {("BPMN-MAPPING", "warning", "x")}
    looped = xmls[0].replace(b"</extensionElements>", b"</extensionElements>" + DRAW.multi(count="2").encode())
    assert ("BPMN-MAPPING", "error", "x") in found(looped, xmls[1])
    assert ("BPMN-MAPPING", "warning", "x") in found(looped, xmls[1], profile="generic")


def ring(*names):
    return [
        DRAW.diagram(DRAW.start(f"s{n}"), DRAW.call(f"c{n}", names[(n + 1) % len(names)]), DRAW.end(f"e{n}"), DRAW.flows(f"s{n}-c{n}-e{n}"), key=name)
        for n, name in enumerate(names)
    ]  # fmt: skip


@pytest.mark.parametrize("names", [["p"], ["p", "q"], ["p", "q", "r"]])
def test_processes_that_call_themselves_are_refused_in_a_season_and_named_elsewhere(names):
    outside = DRAW.diagram(DRAW.start("s9"), DRAW.call("c9", "p"), DRAW.end("e9"), DRAW.flows("s9-c9-e9"), key="outside")
    assert found(*ring(*names), outside) == {("BPMN-RECURSION", "error", "c0")}
    assert found(*ring(*names), outside, profile="generic") == {("BPMN-RECURSION", "warning", "c0")}


def test_a_process_called_twice_calls_nobody_in_a_ring():
    both = DRAW.diagram(DRAW.start(), DRAW.call("x", "q"), DRAW.call("y", "q"), DRAW.end(), DRAW.flows("s-x-y-e"))
    assert found(both, DRAW.diagram(DRAW.start("s2"), DRAW.user("u"), DRAW.end("e2"), DRAW.flows("s2-u-e2"), key="q")) == set()


@pytest.mark.parametrize("count", ["5001", "1000000000", "9" * 5000, "-1", "1.5", "many", "²", "NaN", "1e3", "0x10", "true"])
@pytest.mark.parametrize("profile", ["season", "generic"])
def test_a_number_of_instances_that_can_never_run_is_refused(count, profile):
    assert found(around(DRAW.user("x", inner=DRAW.multi(count=count))), profile=profile) == {("BPMN-MULTI", "error", "x")}


@pytest.mark.parametrize("count", ["0", "1", " 5000 ", "${n}"])
def test_a_number_of_instances_that_can_run_is_taken(count):
    assert found(around(DRAW.user("x", inner=DRAW.multi(count=count)))) == set()


@pytest.mark.parametrize("most", ["many", "²", "9" * 5000, "-1", "1.5"])
def test_a_number_of_rounds_that_is_none_is_refused(most):
    loop = f'<standardLoopCharacteristics loopMaximum="{most}"/>'
    assert found(around(DRAW.user("x", inner=loop))) == {("BPMN-MULTI", "error", "x")}


def test_forms_and_listeners_that_nobody_knows_are_named_with_the_nearest_that_exist():
    task = DRAW.user("x", attrs='camunda:formKey="forms/aa.json"', ext='<camunda:taskListener event="complete" delegateExpression="chek"/>')
    problems = check({"d.bpmn": around(task)}, known=KnownNames(forms={"forms/ab.json"}, listeners={"check"}))
    assert {problem.code for problem in problems} == {"BPMN-UNKNOWN-FORM", "BPMN-UNKNOWN-LISTENER"}
    assert all("did you mean" in problem.hint for problem in problems)


def test_every_code_has_a_diagram_that_earns_it():
    """The codes stand in the sources of the checks; each is named in a test of them."""
    here = Path(__file__).parent
    codes = {
        code for path in (here.parents[2] / "engine").glob("checks*.py") for code in re.findall(r'"(BPMN-[A-Z-]*[A-Z])"', path.read_text())
    }
    unknown = {f"BPMN-UNKNOWN-{name}" for name in ("TOPIC", "FORM", "PROCESS", "LISTENER", "TEMPLATE")}
    told = "".join(path.read_text() for path in here.glob("test_checks*.py"))
    assert len(codes | unknown) > 20
    assert sorted(code for code in codes | unknown if f'"{code}"' not in told) == []


def test_every_problem_has_a_line_and_most_a_hint():
    problems = check({"d.bpmn": around(DRAW.service("x", topic="", ext='<camunda:in source="a"/>'))}, profile="season")
    assert problems
    assert all(problem.line > 0 for problem in problems)
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("interrupting", "value", "wrong"), [(False, "activity", False), (True, "activity", True), (False, "for ever", True)]
)
def test_a_lifetime_belongs_to_an_event_that_leaves_its_activity_alone(interrupting, value, wrong):
    event = DRAW.boundary("b", "x", "duration:P1D", interrupting=interrupting, ext=DRAW.props(lifetime=value))
    xml = DRAW.diagram(DRAW.start(), USER, event, DRAW.user("y"), DRAW.end(), DRAW.flows("s-x-e", "b-y-e"))
    assert (("BPMN-LIFETIME", "error", "b") in found(xml, profile="generic")) is wrong


def test_a_lifetime_on_a_task_is_named():
    assert ("BPMN-LIFETIME", "error", "x") in found(around(DRAW.user("x", ext=DRAW.props(lifetime="activity"))), profile="generic")


def test_a_condition_that_stands_in_a_file_of_its_own_is_refused_and_not_taken_for_none():
    elsewhere = '<conditionExpression language="groovy" camunda:resource="deployment://a.groovy"/></sequenceFlow>'
    flows = DRAW.flows("i-x", "x-j").replace("</sequenceFlow>", elsewhere, 1)
    xml = around(DRAW.start("i") + DRAW.user("x") + DRAW.end("j") + flows)
    assert ("BPMN-REFUSED", "error", "i-x") in found(xml)
