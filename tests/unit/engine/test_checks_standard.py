"""BPMN's own attributes and elements that are not honoured: each is refused by name or has a warning, none passes without a word."""

import pytest

from engine.checks import check
from engine.checks_table import STANDARD
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
IO = '<ioSpecification id="io"><dataInput id="i"/><dataOutput id="o"/><inputSet/><outputSet/></ioSpecification>'
CALLED = '<dataInputAssociation id="a1"><sourceRef>d</sourceRef><targetRef>{}</targetRef>{}</dataInputAssociation>'
ASSIGNMENT = "<assignment><from>${d}</from><to>i</to></assignment>"
OWNED = '<resourceRef>r</resourceRef><resourceParameterBinding parameterRef="p1"><formalExpression>${d}</formalExpression></resourceParameterBinding>'
EXPRESSED = "<resourceAssignmentExpression><formalExpression>ann</formalExpression></resourceAssignmentExpression>"
KEYED = '<collaboration id="c"><correlationKey id="ck" name="order">{}</correlationKey></collaboration>'
BOUND = '<correlationPropertyBinding correlationPropertyRef="cp"><dataPath>${d}</dataPath></correlationPropertyBinding>'


def around(*parts, before=""):
    """Start, the elements of which one is `x`, end."""
    return DRAW.diagram(before, DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-x-e"))


def user(inner="", attrs="", **more):
    return around(DRAW.user("x", attrs=f'camunda:formKey="a.json" {attrs}', inner=inner), **more)


def event(inner):
    return around(f'<intermediateCatchEvent id="x">{inner}</intermediateCatchEvent>')


def start(attrs="", inner=""):
    begins = f'<startEvent id="s" {attrs}>{inner}</startEvent>'
    return DRAW.diagram(begins, DRAW.user("x", attrs='camunda:formKey="a.json"'), DRAW.end(), DRAW.flows("s-x-e"))


def loop(behavior):
    return user(f'<multiInstanceLoopCharacteristics behavior="{behavior}"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>')


def event_sub(inner, attrs='triggeredByEvent="true"'):
    return DRAW.sub("es", DRAW.start("s1", "message"), DRAW.end("e1"), inner, DRAW.flows("s1-e1"), attrs=attrs)


def offered(attrs):
    gate = f'<eventBasedGateway id="x" {attrs}/>' + DRAW.catch("a", "message") + DRAW.catch("b", "signal") + DRAW.end()
    return DRAW.diagram(DRAW.start(), gate, DRAW.flows("s-x-a-e", "x-b-e"))


def beside(top):
    return user().replace(b"<process", top.encode() + b"<process", 1)


# row of the table -> diagrams that hold it, with the element that is named
ROWS = {
    "transformation": [(user(IO + CALLED.format("i", "<transformation>${d + 1}</transformation>")), "x")],
    "assignment": [(user(IO + CALLED.format("i", ASSIGNMENT)), "x")],
    "association with a property": [(user('<property id="pp" name="mine"/>' + CALLED.format("pp", "")), "x")],
    "ioSpecification": [(user(IO), "x"), (user(before=IO), "p")],
    "dataInput": [(around('<intermediateThrowEvent id="x"><dataInput id="i"/><signalEventDefinition signalRef="sig"/></intermediateThrowEvent>'), "x")],
    "dataOutput": [(event('<dataOutput id="o"/><signalEventDefinition signalRef="sig"/>'), "x")],
    "startQuantity": [(user(attrs='startQuantity="2"'), "x")],
    "completionQuantity": [(user(attrs='completionQuantity="3"'), "x")],
    "instantiate": [(around('<receiveTask id="x" messageRef="msg" instantiate="1"/>'), "x"), (offered('instantiate="true"'), "x")],
    "eventGatewayType": [(offered('eventGatewayType="Parallel"'), "x")],
    "behavior": [(loop("One"), "x"), (loop("None"), "x"), (loop("Complex"), "x")],
    "loop of an event sub-process": [(user().replace(b"</process>", event_sub(DRAW.multi(count="2")).encode() + b"</process>"), "es")],
    "call of a global task": [(around(DRAW.call("x", "gt")).replace(b"<process", b'<globalUserTask id="gt"/><process', 1), "x")],
    "ordering": [(around('<adHocSubProcess id="x" ordering="serial"><task id="t1"/></adHocSubProcess>'), "x")],
    "method": [(around(DRAW.sub("x", DRAW.start("s1"), DRAW.end("e1"), DRAW.flows("s1-e1"), attrs='method="##Store"', tag="transaction")), "x")],
    "eventDefinitionRef": [
        (event("<eventDefinitionRef>md</eventDefinitionRef>"), "x"),
        (start(inner="<eventDefinitionRef>md</eventDefinitionRef>"), "s"),
    ],
    "messageRef, signalRef, errorRef, escalationRef, activityRef": [
        (event("<messageEventDefinition><messageRef>msg</messageRef></messageEventDefinition>"), "x"),
        (around('<endEvent id="x"><compensateEventDefinition><activityRef>y</activityRef></compensateEventDefinition></endEvent>'), "x"),
    ],
    "correlationSubscription": [(user(before=f'<correlationSubscription id="cs" correlationKeyRef="ck">{BOUND}</correlationSubscription>'), "p")],
    "correlationKey": [(beside(KEYED.format("<correlationPropertyRef>cp</correlationPropertyRef>")), "ck")],
    "operationRef": [
        (around(DRAW.service("x").replace("<serviceTask", '<serviceTask operationRef="op"')), "x"),
        (event('<messageEventDefinition messageRef="msg"><operationRef>op</operationRef></messageEventDefinition>'), "x"),
    ],
    "isImmediate": [(user().replace(b"<sequenceFlow", b'<sequenceFlow isImmediate="0"', 1), "s-x")],
    "isInterrupting": [(start('isInterrupting="false"'), "s")],
    "performer, resourceRole": [
        (user(f"<performer>{EXPRESSED}</performer>"), "x"),
        (user("<resourceRole><resourceRef>r</resourceRef></resourceRole>"), "x"),
        (around(f'<manualTask id="x"><potentialOwner>{EXPRESSED}</potentialOwner></manualTask>'), "x"),
    ],
    "resourceRef, resourceParameterBinding": [
        (user(f"<potentialOwner>{OWNED}</potentialOwner>"), "x"),
        (user("<humanPerformer><resourceRef>r</resourceRef></humanPerformer>"), "x"),
    ],
}
ALL = [pytest.param(row, *pair, id=f"{row} {number}") for row, pairs in ROWS.items() for number, pair in enumerate(pairs)]
OUTCOMES = {
    "refused": {"season": ("BPMN-UNSUPPORTED", "error"), "generic": ("BPMN-UNSUPPORTED", "error")},
    "refused in seasons": {"season": ("BPMN-UNSUPPORTED", "error"), "generic": ("BPMN-UNSUPPORTED", "warning")},
    "ignored": {"season": ("BPMN-IGNORED", "warning"), "generic": ("BPMN-IGNORED", "warning")},
}


def found(xml, profile="season"):
    return {(each.code, each.severity, each.element) for each in check({"a.bpmn": xml}, profile=profile)}


def test_every_row_of_the_table_has_a_diagram():
    assert ROWS.keys() == STANDARD.keys()


@pytest.mark.parametrize("profile", ["season", "generic"])
@pytest.mark.parametrize(("row", "xml", "element"), ALL)
def test_what_is_not_honoured_is_named_with_its_place_and_a_way_out(row, xml, element, profile):
    status, remark = STANDARD[row]
    code, severity = OUTCOMES[status][profile]
    (problem,) = [each for each in check({"a.bpmn": b"\n\n" + xml}, profile=profile) if each.hint == remark]
    assert (problem.code, problem.severity, problem.element, problem.line) == (code, severity, element, 3)
    assert problem.zh != problem.en


@pytest.mark.parametrize(
    "xml",
    [
        user(attrs='startQuantity="1" completionQuantity="1" isForCompensation="false"'),
        beside(KEYED.format("")),
        user().replace(b"<sequenceFlow", b'<sequenceFlow isImmediate="true"'),
        start('isInterrupting="true"'),
        loop("All"),
        offered('instantiate="false" eventGatewayType="Exclusive"'),
        user('<property id="pp" name="__targetRef_placeholder"/>' + CALLED.format("pp", ""), before='<dataObject id="d"/>'),
        user("<dataOutputAssociation><targetRef>ds</targetRef></dataOutputAssociation>", before='<dataStoreReference id="ds"/>'),
        user(before='<dataObject id="d"><dataState name="approved"/></dataObject>'),
        user(f"<humanPerformer>{EXPRESSED}</humanPerformer><potentialOwner>{EXPRESSED}</potentialOwner>"),
        beside('<collaboration id="c"><participant id="pa" processRef="p"/><conversation id="cv"/></collaboration><choreography id="ch"/>'),
    ],
)
def test_what_has_its_usual_value_or_is_only_drawn_needs_no_word(xml):
    assert found(xml) == set()


def test_a_transformation_beside_mappings_of_ours_is_a_warning():
    said = IO + CALLED.format("i", "<transformation language='x'>d</transformation>")
    xml = around(DRAW.user("x", attrs='camunda:formKey="a.json"', inner=said, ext=DRAW.inputs(i="${1}")))
    assert found(xml) == {("BPMN-IGNORED", "warning", "x")}


@pytest.mark.parametrize("profile", ["season", "generic"])
@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (user(f"<humanPerformer>{EXPRESSED}</humanPerformer>" * 2), ("BPMN-REFUSED", "error", "x")),
        (user(f"<humanPerformer>{EXPRESSED}</humanPerformer>", 'camunda:assignee="bob"'), ("BPMN-REFUSED", "error", "x")),
        (user(attrs='default="elsewhere"'), ("BPMN-REFERENCE", "error", "x")),
        (user(attrs='default="s-x"'), ("BPMN-REFERENCE", "error", "x")),
        (user(attrs='isForCompensation="no"'), ("BPMN-VALUE", "error", "x")),
        (
            event("<timerEventDefinition><timeDate>2030-01-01T00:00:00Z</timeDate><timeDuration>PT1H</timeDuration></timerEventDefinition>"),
            ("BPMN-TIMER", "error", "x"),
        ),
        (around('<implicitThrowEvent id="x"/>'), ("BPMN-UNSUPPORTED", "error", "x")),
        (around('<choreographyTask id="x"/>'), ("BPMN-UNSUPPORTED", "error", "x")),
    ],
)
def test_what_contradicts_itself_or_is_no_element_of_a_process_is_refused(xml, problem, profile):
    assert problem in found(xml, profile)


def test_a_process_that_cannot_be_started_is_not_looked_into():
    dead = user(attrs='startQuantity="2"').replace(b'id="p" isExecutable="true"', b'id="q"')
    assert not [each for each in found(dead) if each[0] == "BPMN-UNSUPPORTED"]
