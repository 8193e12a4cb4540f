"""Checks at deployment: each code has a diagram that earns it and the sound diagram earns none."""

from pathlib import Path

import pytest

from engine.bpmn import DiagramErrors, read_definitions
from engine.checks import KnownNames, check
from engine.checks_table import reference
from tests.unit.engine import proofs

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
    '<message id="message_m" name="m"/><signal id="sig" name="sig"/><error id="err" errorCode="E"/>'
)
USER = '<userTask id="u" camunda:formKey="forms/a.json"/>'


def flow(source, target, condition=""):
    body = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{body}</sequenceFlow>'


def diagram(body, *, key="p"):
    return (HEAD + f'<process id="{key}" isExecutable="true"><startEvent id="s"/>{body}</process></definitions>').encode()


def around(element, name="x"):
    """Start, the element, end."""
    return diagram(element + '<endEvent id="e"/>' + flow("s", name) + flow(name, "e"))


def found(xml, profile="season", known=None, functions=None):
    problems = check({"a.bpmn": xml}, profile=profile, known=known, functions=functions or {})
    assert all(problem.zh and problem.en and problem.file == "a.bpmn" for problem in problems)
    return {(problem.code, problem.severity, problem.element) for problem in problems}


def test_a_sound_diagram_has_no_problems():
    xml = diagram(USER + '<endEvent id="e"/>' + flow("s", "u") + flow("u", "e"))
    assert found(xml) == set()
    assert list(read_definitions({"a.bpmn": xml}).processes) == ["p"]


TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"
REFUSED = {
    "complex gateway with a literal condition": (
        '<complexGateway id="x"><activationCondition>activationCount > 1</activationCondition></complexGateway>',
        "BPMN-CONDITION",
    ),
    "ad-hoc with a start event": ('<adHocSubProcess id="x"><startEvent id="s1"/><task id="t1"/></adHocSubProcess>', "BPMN-START"),
    "ad-hoc without activities": ('<adHocSubProcess id="x"/>', "BPMN-START"),
    "ad-hoc with a literal condition": (
        '<adHocSubProcess id="x"><task id="t1"/><completionCondition>done</completionCondition></adHocSubProcess>',
        "BPMN-CONDITION",
    ),
    "compensation of an unknown activity": (
        '<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="nope"/></intermediateThrowEvent>',
        "BPMN-REFERENCE",
    ),
    "changes that are none": (
        (
            '<intermediateCatchEvent id="x"><conditionalEventDefinition camunda:variableEvents="create, touched">'
            "<condition>${a}</condition></conditionalEventDefinition></intermediateCatchEvent>"
        ),
        "BPMN-EVENT",
    ),
    "compensation catch": ('<intermediateCatchEvent id="x"><compensateEventDefinition/></intermediateCatchEvent>', "BPMN-EVENT"),
    "definitions that do not go together": (
        '<endEvent id="x"><messageEventDefinition messageRef="message_m"/><terminateEventDefinition/></endEvent>',
        "BPMN-EVENT",
    ),
    "a wrong one among several definitions": (
        '<intermediateCatchEvent id="x"><messageEventDefinition messageRef="nope"/><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>',
        "BPMN-REFERENCE",
    ),
    "all of several definitions at a throw event": (
        (
            '<intermediateThrowEvent id="x" parallelMultiple="true"><messageEventDefinition messageRef="message_m"/>'
            '<signalEventDefinition signalRef="sig"/></intermediateThrowEvent>'
        ),
        "BPMN-UNSUPPORTED",
    ),
    "compensation activity in the flow": ('<task id="x" isForCompensation="true"/>', "BPMN-COMPENSATION"),
    "error catch": ('<intermediateCatchEvent id="x"><errorEventDefinition errorRef="err"/></intermediateCatchEvent>', "BPMN-EVENT"),
    "service without work": ('<serviceTask id="x"/>', "BPMN-IMPLEMENTATION"),
    "java class": ('<serviceTask id="x" camunda:class="a.B" camunda:topic="t"/>', "BPMN-REFUSED"),
    "rule task without work": ('<businessRuleTask id="x"/>', "BPMN-IMPLEMENTATION"),
    "empty script": ('<scriptTask id="x"/>', "BPMN-IMPLEMENTATION"),
    "python script": ("<scriptTask id='x'><script>import os</script></scriptTask>", "BPMN-SCRIPT"),
    "what is not known of an execution": ('<userTask id="x" camunda:assignee="${execution.tenantId}"/>', "BPMN-EXPRESSION"),
    "bad expression": ('<userTask id="x" camunda:assignee="${a.b()}"/>', "BPMN-EXPRESSION"),
    "unknown function": ('<userTask id="x" camunda:dueDate="${dedline(\'D\')}"/>', "BPMN-EXPRESSION"),
    "wrong number of arguments": ('<userTask id="x" camunda:dueDate="${len()}"/>', "BPMN-EXPRESSION"),
    "working days in ISO": (f'<intermediateCatchEvent id="x">{TIMER.format("P10BD")}</intermediateCatchEvent>', "BPMN-TIMER"),
    "empty timer": ('<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>', "BPMN-TIMER"),
    "cycle that does not repeat": (
        '<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>PT1H</timeCycle></timerEventDefinition></intermediateCatchEvent>',
        "BPMN-TIMER",
    ),
    "empty cycle": (f'<intermediateCatchEvent id="x">{TIMER.format("R0/PT1H")}</intermediateCatchEvent>', "BPMN-TIMER"),
    "message without name": ('<intermediateCatchEvent id="x"><messageEventDefinition/></intermediateCatchEvent>', "BPMN-REFERENCE"),
    "undefined message": (
        '<intermediateCatchEvent id="x"><messageEventDefinition messageRef="nope"/></intermediateCatchEvent>',
        "BPMN-REFERENCE",
    ),
    "call of nothing": ('<callActivity id="x"/>', "BPMN-REFERENCE"),
    "multi-instance of nothing": ('<userTask id="x"><multiInstanceLoopCharacteristics/></userTask>', "BPMN-MULTI"),
    "endless loop": ('<userTask id="x"><standardLoopCharacteristics/></userTask>', "BPMN-MULTI"),
    "execution listener that names nothing": (
        '<userTask id="x"><extensionElements><camunda:executionListener event="start"/></extensionElements></userTask>',
        "BPMN-LISTENER",
    ),
    "script of statements in an input": (
        (
            '<userTask id="x"><extensionElements><camunda:inputOutput><camunda:inputParameter name="a"><camunda:script>var a = 1; a</camunda:script>'
            "</camunda:inputParameter></camunda:inputOutput></extensionElements></userTask>"
        ),
        "BPMN-EXPRESSION",
    ),
    "script of a field": (
        (
            '<userTask id="x"><extensionElements><camunda:formData><camunda:formField id="a"><camunda:script>1</camunda:script>'
            "</camunda:formField></camunda:formData></extensionElements></userTask>"
        ),
        "BPMN-REFUSED",
    ),
    "listener event": (
        '<userTask id="x"><extensionElements><camunda:taskListener event="done" class="a"/></extensionElements></userTask>',
        "BPMN-LISTENER",
    ),
    "event sub-process without start": ('<subProcess id="x" triggeredByEvent="true"><task id="t1"/></subProcess>', "BPMN-START"),
    "link to nowhere": ('<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>', "BPMN-REFERENCE"),
    "flow out of a link": (
        (
            '<intermediateThrowEvent id="y"><linkEventDefinition name="L"/></intermediateThrowEvent><intermediateCatchEvent id="z">'
            '<linkEventDefinition name="L"/></intermediateCatchEvent><task id="t"/>' + flow("y", "t").replace("y-t", "x")
        ),
        "BPMN-FLOW",
    ),
    "error that does not interrupt": (
        (
            '<task id="t"/><subProcess id="y" triggeredByEvent="true"><startEvent id="x" isInterrupting="false"><errorEventDefinition errorRef="err"/>'
            "</startEvent></subProcess>"
        ),
        "BPMN-EVENT",
    ),
    "due date that is none": ('<userTask id="x" camunda:dueDate="next week"/>', "BPMN-VALUE"),
    "follow-up date that is none": ('<userTask id="x" camunda:followUpDate="2023-13-01"/>', "BPMN-VALUE"),
    "priority that is none": ('<userTask id="x" camunda:priority="high"/>', "BPMN-VALUE"),
    "undefined escalation": ('<intermediateThrowEvent id="x"><escalationEventDefinition escalationRef="nope"/></intermediateThrowEvent>', "BPMN-REFERENCE"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("profile", ["season", "generic"])
def test_what_would_be_misread_is_refused_in_both_profiles(name, profile):
    element, code = REFUSED[name]
    assert (code, "error", "x") in found(around(element), profile)
    with pytest.raises(DiagramErrors) as refused:
        read_definitions({"a.bpmn": around(element)})
    assert any(problem.code == code for problem in refused.value.problems)


def test_a_link_leads_to_one_place_of_its_level():
    def catch(name):
        return f'<intermediateCatchEvent id="{name}"><linkEventDefinition name="Later"/></intermediateCatchEvent>{flow(name, "e")}'

    throw = '<intermediateThrowEvent id="x"><linkEventDefinition name="{}"/></intermediateThrowEvent><endEvent id="e"/>' + flow("s", "x")
    assert found(diagram(throw.format("Later") + catch("c"))) == set()
    assert found(diagram(throw.format("Later") + catch("c") + catch("d")), "generic") == {("BPMN-DUPLICATE", "error", "d")}
    missed = check({"a.bpmn": diagram(throw.format("Latter") + catch("c"))}, profile="generic")
    assert [(each.code, each.element, each.severity) for each in missed if each.hint.endswith("did you mean: Later")] == [("BPMN-REFERENCE", "x", "error")]
    inner = '<subProcess id="y"><startEvent id="b"/><intermediateThrowEvent id="x"><linkEventDefinition name="Later"/></intermediateThrowEvent>'
    apart = inner + flow("b", "x") + '</subProcess><endEvent id="e"/>' + flow("s", "y") + flow("y", "e") + catch("c")
    assert ("BPMN-REFERENCE", "error", "x") in found(diagram(apart), "generic")


@pytest.mark.parametrize(
    ("element", "ref", "near"),
    [
        ('<intermediateCatchEvent id="x"><messageEventDefinition messageRef="mesage_m"/></intermediateCatchEvent>', "mesage_m", "message_m"),
        ('<intermediateThrowEvent id="x"><messageEventDefinition messageRef="message_n"/></intermediateThrowEvent>', "message_n", "message_m"),
        ('<receiveTask id="x" messageRef="message"/>', "message", "message_m"),
        ('<sendTask id="x" camunda:topic="t" messageRef="message"/>', "message", "message_m"),
        ('<intermediateThrowEvent id="x"><signalEventDefinition signalRef="sign"/></intermediateThrowEvent>', "sign", "sig"),
        ('<endEvent id="x"><escalationEventDefinition escalationRef="far"/></endEvent>', "far", ""),
    ],
)
def test_a_reference_to_nothing_is_told_once_by_name_with_the_nearest_that_is_defined(element, ref, near):
    xml = diagram(element + flow("s", "x")) if element.startswith("<end") else around(element)
    (problem,) = check({"a.bpmn": xml}, profile="generic")
    assert (problem.code, problem.severity, problem.element, problem.line) == ("BPMN-REFERENCE", "error", "x", 1)
    assert ref in problem.en
    assert ref in problem.zh
    assert problem.hint.endswith(f"did you mean: {near}" if near else "escalationRef")


def test_an_error_without_a_code_has_a_warning_and_none_in_seasons():
    element = diagram('<endEvent id="x"><errorEventDefinition/></endEvent>' + flow("s", "x"))
    assert found(element, "generic") == {("BPMN-REFERENCE", "warning", "x")}
    assert found(element) == {("BPMN-REFERENCE", "error", "x")}


def test_a_receive_task_without_message_is_for_diagrams_of_others_only():
    element = around('<receiveTask id="x"/>')
    assert ("BPMN-REFERENCE", "error", "x") in found(element, "season")
    assert found(element, "generic") == set()
    read_definitions({"a.bpmn": element})


def test_a_process_that_does_not_say_it_is_executable_is_not():
    xml = around('<task id="x"/>').replace(b' isExecutable="true"', b"")
    assert read_definitions({"a.bpmn": xml}).processes == {}


def test_a_gateway_without_default_and_literal_conditions():
    xml = diagram(
        '<exclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>'
        + flow("s", "g")
        + flow("g", "a", "${x}")
        + flow("g", "b", "x == 1"),
    )
    assert ("BPMN-DEFAULT", "error", "g") in found(xml)
    assert ("BPMN-DEFAULT", "warning", "g") in found(xml, "generic")
    assert ("BPMN-CONDITION", "error", "g-b") in found(xml, "generic")


def test_an_exclusive_flow_needs_a_condition():
    xml = diagram(
        '<exclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>' + flow("s", "g") + flow("g", "a", "${x}") + flow("g", "b")
    )
    assert ("BPMN-FLOW", "error", "g-b") in found(xml)


def test_unreachable_elements_and_flows_to_nowhere():
    xml = diagram(USER + '<task id="lost"/>' + flow("s", "u") + flow("u", "nowhere"))
    assert {("BPMN-UNREACHABLE", "error", "lost"), ("BPMN-REFERENCE", "error", "u-nowhere")} <= found(xml)


def test_a_flow_cannot_cross_the_edge_of_a_sub_process():
    xml = diagram(
        '<subProcess id="x"><startEvent id="s1"/><task id="t1"/><sequenceFlow id="f1" sourceRef="s1" targetRef="t1"/>'
        '<sequenceFlow id="f2" sourceRef="t1" targetRef="e"/></subProcess><endEvent id="e"/>' + flow("s", "x"),
    )
    assert ("BPMN-REFERENCE", "error", "f2") in found(xml, "generic")


def test_a_loop_without_a_wait_state_is_named():
    body = '<exclusiveGateway id="g" default="g-e"/><scriptTask id="k"><script>n = 1</script></scriptTask><endEvent id="e"/>'
    xml = diagram(body + flow("s", "g") + flow("g", "k", "${n}") + flow("k", "g") + flow("g", "e"))
    assert ("BPMN-LOOP", "error", "g") in found(xml)
    assert ("BPMN-LOOP", "warning", "g") in found(xml, "generic")


def test_duplicate_ids_over_files_and_within():
    twice = diagram('<task id="t"/><task id="t"/>' + flow("s", "t"))
    assert any(problem.code == "BPMN-DUPLICATE" and problem.element == "t" for problem in check({"a.bpmn": twice}))
    sound = diagram(USER + flow("s", "u"))
    assert any(problem.code == "BPMN-DUPLICATE" and problem.element == "p" for problem in check({"a.bpmn": sound, "b.bpmn": sound}))


def test_boundary_events_hang_on_activities():
    body = (
        '<exclusiveGateway id="g"/><boundaryEvent id="b" attachedToRef="g"><messageEventDefinition messageRef="message_m"/></boundaryEvent>'
    )
    assert ("BPMN-REFERENCE", "error", "b") in found(diagram(body + flow("s", "g")), "generic")


@pytest.mark.parametrize(("name", "value", "hint"), [("holders", "secretry", "secretary"), ("shared_acts", "vote.cats", "vote.cast")])
def test_who_holds_a_task_is_a_candidate_and_what_all_may_do_is_an_act(name, value, hint):
    def task(word):
        return around(
            '<userTask id="x" camunda:candidateGroups="secretary@office,member@${season}"><extensionElements>'
            '<camunda:taskListener event="act:vote.cast" class="vote.cast"/>'
            f'<camunda:properties><camunda:property name="{name}" value="{word}"/></camunda:properties></extensionElements></userTask>'
        )

    (problem,) = check({"a.bpmn": task(value)})
    assert (problem.code, problem.severity, problem.element) == ("BPMN-HOLDERS", "error", "x")
    assert hint in problem.hint
    assert found(task(value), "generic") == {("BPMN-HOLDERS", "warning", "x")}
    assert found(task(hint)) == set()


def test_names_that_nobody_knows_get_a_hint():
    element = (
        '<serviceTask id="x" camunda:type="external" camunda:topic="notify.mial"><extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="template">reminder</camunda:inputParameter></camunda:inputOutput></extensionElements></serviceTask>'
    )
    known = KnownNames(topics={"notify.mail"}, templates={"reminders"}, forms=set())
    problems = check({"a.bpmn": around(element)}, known=known)
    assert {(problem.code, problem.hint.rpartition(": ")[2]) for problem in problems} == {
        ("BPMN-UNKNOWN-TOPIC", "notify.mail"),
        ("BPMN-UNKNOWN-TEMPLATE", "reminders"),
    }
    assert found(around(element), known=KnownNames()) == set()


def test_a_called_process_must_be_in_the_deployment():
    xml = around('<callActivity id="x" calledElement="q"/>')
    assert found(xml) == {("BPMN-UNKNOWN-PROCESS", "error", "x")}
    assert found(xml, "generic") == {("BPMN-UNKNOWN-PROCESS", "warning", "x")}
    assert found(around('<callActivity id="x" calledElement="${which}"/>')) == set()


def test_functions_of_the_host_are_known():
    element = "<userTask id=\"x\" camunda:dueDate=\"${deadline('推荐截止', '+1d')}\"/>"
    assert found(around(element), functions={"deadline": lambda context, name, offset="": name}) == set()


def test_ignored_attributes_are_warnings_with_their_line():
    (problem,) = check({"a.bpmn": around('\n<userTask id="x" camunda:asyncBefore="true"/>')})
    assert (problem.code, problem.severity, problem.line) == ("BPMN-IGNORED", "warning", 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"<a>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" + b"<b/>" * 70_000 + b"</a>",
        b"x" * 4_100_000,
    ],
)
def test_hostile_or_broken_xml_gets_a_clear_answer(content):
    assert {problem.code for problem in check({"a.bpmn": content})} <= {"BPMN-XML", "BPMN-EMPTY"}
    assert check({"a.bpmn": content})


@pytest.mark.parametrize("said", [b'isExecutable="false"', b""])
def test_a_process_that_is_not_said_to_be_executable_is_kept_but_not_listed(said):
    xml = diagram(USER + flow("s", "u")).replace(b'isExecutable="true"', said)
    assert list(read_definitions({"a.bpmn": xml}).processes) == []


def test_the_reference_is_what_the_table_says():
    page = Path(__file__).parents[3] / "docs" / "reference" / "bpmn.md"
    assert page.read_text(encoding="utf-8") == reference(proofs.ELEMENTS, proofs.EVENTS)


@pytest.mark.parametrize("name", [*proofs.ELEMENTS, *proofs.EVENTS])
def test_every_proof_that_the_reference_names_is_there(name):
    for file, test in {**proofs.ELEMENTS, **proofs.EVENTS}[name]:
        assert f"def {test}(" in (Path(__file__).parent / file).read_text(encoding="utf-8")
