"""Diagrams of other tools: what has the same meaning is taken over, what cannot be read is refused."""

import pytest

from engine.bpmn import DiagramErrors, Host, read_definitions
from engine.checks import check
from engine.errors import EngineError
from tests.unit.engine.bpmn.conftest import T0
from tests.unit.engine.dmn.conftest import dmn, table

ZEEBE = b'<definitions xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:act="http://activiti.org/bpmn"'


def other(xml):
    return xml.replace(b"<definitions", ZEEBE, 1)


def test_work_people_and_mappings_of_camunda_8(draw, story):
    both = (
        '<zeebe:ioMapping><zeebe:input source="= n + 1" target="m"/><zeebe:output source="=result.value" target="out"/></zeebe:ioMapping>'
    )
    xml = draw.diagram(
        draw.start(),
        f'<serviceTask id="t"><extensionElements><zeebe:taskDefinition type="work"/>{both}</extensionElements></serviceTask>',
        draw.user("u", ext='<zeebe:assignmentDefinition assignee="=boss" candidateGroups="a, b"/>'),
        draw.flows("s-t-u"),
    )
    told = story(other(xml), variables={"n": 1, "boss": "ann"})
    wait = told.wait("t")
    assert (wait.topic, told.execution.visible(wait.id)["m"]) == ("work", 2)
    told.complete("t", result={"value": 7})
    assert told.var("out") == 7
    assert (told.wait("u").assignee, told.wait("u").candidate_groups) == ("ann", ("a", "b"))


def test_calls_loops_and_decisions_of_camunda_8(draw, story):
    called = draw.diagram(draw.start(), draw.user("c"), draw.end(), draw.flows("s-c-e"), key="q")
    items = '<extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements>'
    loop = f"<multiInstanceLoopCharacteristics>{items}</multiInstanceLoopCharacteristics>"
    call = f'<callActivity id="call"><extensionElements><zeebe:calledElement processId="q"/></extensionElements>{loop}</callActivity>'
    told = story(
        other(draw.diagram(draw.start(), call, draw.user("z"), draw.flows("s-call-z"))), other(called), variables={"items": ["x", "y"]}
    )
    assert [told.execution.visible(wait.id)["item"] for wait in told.execution.waits()] == ["x", "y"]
    told.complete("c")
    told.complete("c", answer=42)
    assert (told.at, told.var("answer")) == (["z"], 42)


def test_timers_conditions_and_numbers_of_camunda_8_are_feel(draw, story):
    many = "<multiInstanceLoopCharacteristics><loopCardinality>=n + 1</loopCardinality><completionCondition>=enough = true</completionCondition>"
    xml = draw.diagram(
        draw.start(),
        draw.user("u", inner=many + "</multiInstanceLoopCharacteristics>"),
        draw.boundary("b", "u", "duration:=wait_for", interrupting=False),
        draw.catch("c", "when:=n > 5"),
        draw.user("v"),
        draw.flows("s-u-c-v", "b-v"),
    )
    told = story(other(xml), variables={"n": 2, "wait_for": "PT1H", "enough": False})
    assert told.at == ["b", "u", "u", "u"]
    told.fire("b")
    told.complete("u", enough=True)
    assert told.at == ["v"]
    told.execution.set_variables({"n": 6})
    told.settle()
    assert told.at == ["v", "v"]


@pytest.mark.parametrize(("each", "collected"), [("=answer", [1, 2]), ("={of: item, is: answer * 10}", [{"of": "x", "is": 10}, {"of": "y", "is": 20}])])
def test_a_loop_of_camunda_8_collects_a_variable_or_what_an_expression_says(draw, story, each, collected):
    loop = f'<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="all_of_it" outputElement="{each}"/>'
    task = draw.user("u", inner=f"<multiInstanceLoopCharacteristics><extensionElements>{loop}</extensionElements></multiInstanceLoopCharacteristics>")
    told = story(other(draw.diagram(draw.start(), task, draw.user("v"), draw.flows("s-u-v"))), variables={"items": ["x", "y"]})
    told.complete("u", answer=1)
    told.complete("u", answer=2)
    assert told.var("all_of_it") == collected


RULES = {
    "one output": table("> 0 | 1", "<= 0 | 2", inputs="n:integer", outputs="mark:integer", key="dec"),
    "two outputs": table('> 0 | 1 | "a"', inputs="n:integer", outputs="mark:integer|word:string", key="dec"),
    "many rules": table("> 0 | 1", "> 1 | 2", inputs="n:integer", outputs="mark:integer", key="dec", policy="COLLECT"),
    "no rule": table("> 9 | 1", inputs="n:integer", outputs="mark:integer", key="dec"),
}


@pytest.mark.parametrize(
    ("rules", "result"), [("one output", 1), ("two outputs", {"mark": 1, "word": "a"}), ("many rules", [1, 2]), ("no rule", None)]
)
def test_a_decision_of_camunda_8_gives_what_another_decision_would_see(draw, rules, result):
    asked = '<extensionElements><zeebe:calledDecision decisionId="dec" resultVariable="found"/></extensionElements>'
    xml = other(draw.diagram(draw.start(), f'<businessRuleTask id="t">{asked}</businessRuleTask>', draw.user("u"), draw.flows("s-t-u")))
    execution = read_definitions({"d.bpmn": xml, "d.dmn": dmn(RULES[rules])}).new("p", variables={"n": 3}, host=Host(now=T0))
    execution.run()
    assert execution.variables()["found"] == result


@pytest.mark.parametrize(("kind", "ref"), [("message", b'<message id="message_m" name="m"/>'), ("signal", b'<signal id="sig" name="sig"/>')])
def test_names_of_messages_and_signals_of_camunda_8_may_be_feel(draw, story, kind, ref):
    named = ref.split(b" name=")[0] + b""" name='="order-" + id'/>"""
    xml = draw.diagram(draw.start(), draw.catch("c", kind), draw.flows("s-c"))
    assert story(other(xml.replace(ref, named)), variables={"id": "7"}).wait("c").message == "order-7"


def test_dates_priority_and_scripts_of_camunda_8(draw, story):
    dates = '<zeebe:taskSchedule dueDate="=due" followUpDate="2023-06-01T12:00:00Z"/>'
    task = draw.user("u", ext=f'<zeebe:userTask/><zeebe:formDefinition formKey="apply"/>{dates}<zeebe:priorityDefinition priority="=n * 10"/>')
    computed = '<zeebe:script expression="= for i in [1, 2] return i * n" resultVariable="many"/>'
    script = f'<scriptTask id="t"><extensionElements>{computed}</extensionElements></scriptTask>'
    told = story(other(draw.diagram(draw.start(), script, task, draw.flows("s-t-u"))), variables={"n": 3, "due": "2023-07-01T12:00:00Z"})
    wait = told.wait("u")
    assert wait.form_key == "apply"
    assert (str(wait.due)[:10], str(wait.follow_up)[:10], wait.priority, told.var("many")) == ("2023-07-01", "2023-06-01", 30, [3, 6])


def test_what_a_call_gives_back_may_be_for_its_output_parameters_only(draw, story):
    called = draw.diagram(draw.start(), draw.script("c", "answer = 42"), draw.flows("s-c"), key="q")
    given = '<zeebe:ioMapping><zeebe:output source="=answer" target="kept"/></zeebe:ioMapping>'
    inside = f'<zeebe:calledElement processId="q" propagateAllChildVariables="false"/>{given}'
    call = f'<callActivity id="call"><extensionElements>{inside}</extensionElements></callActivity>'
    told = story(other(draw.diagram(draw.start(), call, draw.user("z"), draw.flows("s-call-z"))), called)
    assert (told.var("kept"), told.var("answer")) == (42, None)


def test_the_correlation_key_of_a_message_of_camunda_8(draw, story):
    xml = draw.diagram(draw.start(), draw.catch("c", "message"), draw.flows("s-c"))
    key = b'<message id="message_m" name="m"><extensionElements><zeebe:subscription correlationKey="=order.id"/></extensionElements></message>'
    told = story(other(xml.replace(b'<message id="message_m" name="m"/>', key)), variables={"order": {"id": "o7"}})
    assert told.wait("c").correlation == "o7"


@pytest.mark.parametrize(
    ("condition", "language", "variables"),
    [
        ("= amount &gt; 3", "", {"amount": 4}),
        ('= some x in list satisfies x = "red"', "", {"list": ["red"]}),
        ('Service Level == "Premium"', "XPath", {"Service Level": "Premium"}),
        ("bpmn:getDataObject('kind') = 'a' and not(bpmn:getDataObject('gone'))", "XPath", {"kind": "a", "gone": False}),
        ("bpmn:getDataObject('kind') = 'a=b'", "XPath", {"kind": "a=b"}),
        ("kind = &quot;a&quot;", "FEEL", {"kind": "a"}),
    ],
)
def test_conditions_in_other_languages(draw, story, condition, language, variables):
    flows = f'<sequenceFlow id="yes" sourceRef="g" targetRef="a"><conditionExpression language="{language}">{condition}</conditionExpression></sequenceFlow>'
    flows = flows.replace(' language=""', "")
    parts = (draw.start(), draw.gate("g"), draw.user("a"), draw.user("b"), draw.flows("s-g", "g-b default"), flows)
    assert story(draw.diagram(*parts), variables=variables).at == ["a"]
    unlike = {name: type(value)() for name, value in variables.items()}
    assert story(draw.diagram(*parts), variables=unlike).at == ["b"]


@pytest.mark.parametrize("condition", ["= amount &gt;", "amount &gt; 3", "=os.system('x')"])
def test_a_condition_that_nobody_can_read_is_refused(draw, story, condition):
    flows = f'<sequenceFlow id="yes" sourceRef="g" targetRef="a"><conditionExpression>{condition}</conditionExpression></sequenceFlow>'
    with pytest.raises(DiagramErrors, match="conditionExpression"):
        story(draw.diagram(draw.start(), draw.gate("g"), draw.user("a"), draw.user("b"), draw.flows("s-g", "g-b default"), flows))


def test_a_text_that_nobody_can_read_is_refused(draw, story):
    task = draw.user("u", ext='<zeebe:assignmentDefinition assignee="=(a"/>')
    with pytest.raises(DiagramErrors, match="bad expression"):
        story(other(draw.diagram(draw.start(), task, draw.flows("s-u"))))


def test_attributes_of_activiti_and_implementations_by_name(draw, story):
    xml = draw.diagram(
        draw.start(),
        '<userTask id="u" act:assignee="${boss}"/>',
        '<serviceTask id="t" act:delegateExpression="#{archive}"/>',
        '<sendTask id="m" implementation="mailer"/>',
        draw.flows("s-u-t-m"),
    )
    told = story(other(xml), variables={"boss": "ann"})
    assert told.wait("u").assignee == "ann"
    told.complete("u")
    assert told.wait("t").topic == "archive"
    told.complete("t")
    assert told.wait("m").topic == "mailer"


@pytest.mark.parametrize("text", ["n > 1 && word == 'a;b'", "return n > 1;", "n > 1 and not (word == 'x')"])
@pytest.mark.parametrize("language", ["javascript", "Groovy", "python"])
def test_a_condition_in_a_script_language_that_only_compares_is_understood(draw, story, language, text):
    script = text.replace("&", "&amp;").replace(">", "&gt;")
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="a"><conditionExpression language="{language}">{script}</conditionExpression></sequenceFlow>'
    told = story(draw.diagram(draw.start(), draw.user("a"), draw.user("b"), flow, draw.flows("s-b default")), variables={"n": 2, "word": "a;b"})
    assert told.at == ["a"]
    condition = f'<conditionalEventDefinition><condition language="{language}">{script}</condition></conditionalEventDefinition>'
    catch = f'<intermediateCatchEvent id="c">{condition}</intermediateCatchEvent>'
    waits = story(draw.diagram(draw.start(), catch, draw.user("a"), draw.flows("s-c-a")), variables={"n": 2, "word": "a;b"})
    assert waits.at == ["a"]


def test_a_condition_that_is_more_than_a_comparison_is_refused(draw, story):
    condition = '<conditionExpression language="javascript">var x = n; x &gt; 1</conditionExpression>'
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="a">{condition}</sequenceFlow>'
    with pytest.raises(DiagramErrors, match="literal"):
        story(draw.diagram(draw.start(), draw.user("a"), flow))


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("execution.processInstanceId", "root"),
        ("execution.getProcessInstanceId()", "root"),
        ("execution.currentActivityId + execution.getCurrentActivityName()", "tWork"),
        ("execution.hasVariable('a') and not execution.hasVariable('b')", True),
        ("execution.getVariable('items').size()", 2),
        ("currentUser()", "ann"),
    ],
)
def test_what_is_asked_of_an_execution(draw, story, text, is_):
    class Told(story):
        def host(self):
            return Host(now=self.now, business_key="BK", instance="root", user="ann")

    task = f'<serviceTask id="t" name="Work" camunda:expression="${{{text}}}" camunda:resultVariable="r"/>'
    told = Told(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables={"a": 1, "items": [1, 2]})
    assert told.var("r") == is_


def test_a_called_process_has_an_id_of_its_own_as_clients_know_it(draw, story):
    task = '<serviceTask id="t" camunda:expression="${execution.processInstanceId}" camunda:resultVariable="r"/>'
    called = draw.diagram(draw.start(), task, draw.end(), draw.flows("s-t-e"), key="q")
    told = story(draw.diagram(draw.start(), draw.call("c", "q", ext='<camunda:out source="r" target="r"/>'), draw.user("u"), draw.flows("s-c-u")), called)
    assert told.var("r").endswith("c")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "var x = a + 1; execution.setVariable('r', x * 2); // that is all"),
        ("groovy", "def x = a + 1\nexecution.setVariable('r', x * 2)"),
        ("javascript", "let x = a;\nx = x + 1;\nr = x * 2;"),
        ("expression", "var x = a + 1\nr = x * 2"),
    ],
)
def test_scripts_may_declare_names_of_their_own(draw, story, language, text):
    task = draw.script("t", text).replace("expression", language, 1) if language != "expression" else draw.script("t", text)
    told = story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables={"a": 1})
    assert (told.var("r"), told.var("x")) == (4, None)


def test_a_semicolon_within_a_text_separates_nothing(draw, story):
    task = draw.script("t", "execution.setVariable('r', 'a;b // c');").replace("expression", "javascript", 1)
    told = story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")))
    assert told.var("r") == "a;b // c"


def test_scripts_of_listeners_declare_names_too(draw, story):
    listener = (
        '<camunda:executionListener event="start"><camunda:script scriptFormat="groovy">def x = 2; execution.setVariable("r", x + 1)</camunda:script>'
        "</camunda:executionListener>"
    )
    told = story(draw.diagram(draw.start(), draw.user("u", ext=listener), draw.flows("s-u")))
    assert (told.var("r"), told.var("x")) == (3, None)


def test_a_script_that_does_more_is_refused(draw, story):
    with pytest.raises(DiagramErrors):
        story(draw.diagram(draw.start(), draw.script("t", "for (i in a) { x = i }").replace("expression", "groovy", 1), draw.flows("s-t")))


def test_fields_of_a_bean_of_activiti_are_left_to_it_and_the_task_is_a_workers(draw, story):
    field = '<act:field name="text"><act:expression>${bean.of(x)}</act:expression></act:field>'
    task = f'<serviceTask id="t" act:delegateExpression="#{{archive}}"><extensionElements>{field}</extensionElements></serviceTask>'
    xml = draw.diagram(draw.start(), task, draw.end(), draw.flows("s-t-e")).replace(b"<definitions", b'<definitions xmlns:act="http://activiti.org/bpmn"', 1)
    told = story(xml)
    assert [(wait.kind, wait.topic) for wait in told.execution.waits()] == [("service", "archive")]
    assert [each.code for each in check({"a.bpmn": xml}, profile="generic") if each.severity == "error"] == []


@pytest.mark.parametrize("space", ["act", "flow"])
def test_extensions_of_activiti_and_flowable_mean_what_camundas_do(draw, story, space):
    loop = f'<multiInstanceLoopCharacteristics {space}:collection="names" {space}:elementVariable="name"/>'
    passed = f'<extensionElements><{space}:in source="name" target="who"/><{space}:out source="said" target="heard"/></extensionElements>'
    listener = f'<{space}:executionListener event="start" expression="${{execution.setVariable(\'began\', true)}}"/>'
    parts = (
        f'<serviceTask id="e" {space}:expression="${{names.size()}}" {space}:resultVariableName="count"/>',
        f'<callActivity id="c" calledElement="q" {space}:sameDeployment="true">{passed}{loop}</callActivity>',
        f'<serviceTask id="w" {space}:type="external-worker" {space}:topic="work"><extensionElements>{listener}</extensionElements></serviceTask>',
    )
    called = draw.diagram(draw.start(), f'<userTask id="u" {space}:assignee="${{who}}"/>', draw.end(), draw.flows("s-u-e"), key="q")
    foreign = b' xmlns:flow="http://flowable.org/bpmn"'
    both = [other(xml).replace(b"<definitions", b"<definitions" + foreign, 1) for xml in (draw.diagram(draw.start(), *parts, draw.flows("s-e-c-w")), called)]
    told = story(*both, variables={"names": ["ann", "bob"]})
    assert (told.var("count"), [wait.assignee for wait in told.execution.waits()]) == (2, ["ann", "bob"])
    told.complete("u", said="hi")
    told.complete("u", said="ho")
    assert (told.var("heard"), told.var("began"), told.wait("w").topic) == ("ho", True, "work")


def test_a_call_of_flowable_may_hand_in_all_variables(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.flows("s-u"), key="q")
    call = '<callActivity id="c" calledElement="q" flow:inheritVariables="true"/>'
    xml = draw.diagram(draw.start(), call, draw.flows("s-c")).replace(b"<definitions", b'<definitions xmlns:flow="http://flowable.org/bpmn"', 1)
    told = story(xml, called, variables={"a": 1})
    assert told.execution.visible(told.wait("u").id)["a"] == 1


def test_java_of_other_tools_is_refused_by_name_too(draw, story):
    with pytest.raises(DiagramErrors) as refused:
        story(other(draw.diagram(draw.start(), '<serviceTask id="t" act:class="a.B"/>', draw.flows("s-t"))))
    assert {problem.code for problem in refused.value.problems} >= {"BPMN-REFUSED"}


@pytest.mark.parametrize("text", ["next(null, this.environment.variables.n >= 3);", "this.environment.variables.n === 3"])
def test_conditions_of_bpmn_engine(draw, story, text):
    condition = f'<conditionExpression language="JavaScript"><![CDATA[{text}]]></conditionExpression>'
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="a">{condition}</sequenceFlow>'
    told = story(
        draw.diagram(draw.start(), draw.gate("g"), draw.user("a"), draw.user("b"), flow, draw.flows("s-g", "g-b default")), variables={"n": 3}
    )
    assert told.at == ["a"]


def flowable(xml):
    return xml.replace(b"<definitions", b'<definitions xmlns:flow="http://flowable.org/bpmn"', 1)


def stopping(draw, reach, **names):
    """A sub-process in two instances, each with two tasks; the first that is done ends it."""
    end = f'<endEvent id="stop"><terminateEventDefinition {reach}/></endEvent>'
    parts = (draw.start("s1"), draw.gate("g", "parallel"), draw.user("a"), draw.user("b"), end, draw.flows("s1-g-a-stop", "g-b"))
    sub = draw.sub("sub", *parts, draw.multi(count="2", **names))
    return flowable(draw.diagram(draw.start(), draw.gate("f", "parallel"), sub, draw.user("c"), draw.user("z"), draw.flows("s-f-sub-z", "f-c")))


@pytest.mark.parametrize(
    ("reach", "left"),
    [
        ("", ["a", "b", "c"]),
        ('flow:terminateMultiInstance="true"', ["c", "z"]),
        ('flow:terminateAll="true"', []),
        ('flow:terminateAll="false"', ["a", "b", "c"]),
    ],
)
def test_how_far_a_terminate_event_reaches(draw, story, reach, left):
    told = story(stopping(draw, reach))
    told.complete("a")
    assert (told.at, told.ended) == (left, not left)


def test_to_terminate_a_loop_keeps_what_was_collected(draw, story):
    told = story(stopping(draw, 'flow:terminateMultiInstance="true"', out="all", item="x"))
    told.complete("a", x=1)
    assert (told.at, told.var("all")) == (["c", "z"], [])


def test_to_terminate_all_ends_the_callers_too(draw, story):
    end = '<endEvent id="e"><terminateEventDefinition flow:terminateAll="true"/></endEvent>'
    called = draw.diagram(draw.start(), draw.user("u"), end, draw.flows("s-u-e"), key="q")
    told = story(draw.diagram(draw.start(), draw.gate("f", "parallel"), draw.call("c", "q"), draw.user("v"), draw.flows("s-f-c", "f-v")), flowable(called))
    told.complete("u")
    assert told.ended


@pytest.mark.parametrize(("scope", "told_outside"), [("processInstance", 0), ("global", 1)])
def test_a_signal_may_stay_within_its_instance(draw, story, scope, told_outside):
    parts = (draw.gate("f", "parallel"), draw.catch("c", "signal"), draw.throw("t", "signal"), draw.user("u"))
    xml = draw.diagram(draw.start(), *parts, draw.flows("s-f-c-u", "f-t"))
    told = story(flowable(xml.replace(b'name="sig"/>', f'name="sig" flow:scope="{scope}"/>'.encode())))
    assert (told.at, len(told.thrown)) == (["u"], told_outside)


def test_an_instance_of_a_loop_may_name_its_number(draw, story):
    loop = '<multiInstanceLoopCharacteristics flow:elementIndexVariable="nth"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    told = story(flowable(draw.diagram(draw.start(), draw.user("u", 'camunda:assignee="p${nth}"', inner=loop), draw.flows("s-u"))))
    assert [wait.assignee for wait in told.execution.waits()] == ["p0", "p1"]


def test_a_call_of_flowable_may_name_the_business_key(draw, story):
    called = draw.diagram(draw.start(), draw.user("u", 'camunda:assignee="${execution.processBusinessKey}"'), draw.flows("s-u"), key="q")
    call = '<callActivity id="c" calledElement="q" flow:businessKey="k${n}"/>'
    told = story(flowable(draw.diagram(draw.start(), call, draw.flows("s-c"))), called, variables={"n": 7})
    assert told.wait("u").assignee == "k7"


@pytest.mark.parametrize("text", ["return a + 1;", "a + 1", "return variable('a') + 1 // more", "execution.getVariable('a') + 1"])
def test_a_script_that_returns_a_value(draw, story, text):
    task = f'<scriptTask id="t" scriptFormat="groovy" camunda:resultVariable="r"><script>{text}</script></scriptTask>'
    given = f'<camunda:inputOutput><camunda:inputParameter name="b"><camunda:script scriptFormat="javascript">{text}</camunda:script>'
    user = draw.user("u", ext=given + "</camunda:inputParameter></camunda:inputOutput>")
    told = story(draw.diagram(draw.start(), task, user, draw.flows("s-t-u")), variables={"a": 1})
    assert (told.var("r"), told.execution.visible(told.wait("u").id)["b"]) == (2, 2)


def test_a_message_event_may_set_a_variable(draw, story):
    definition = '<messageEventDefinition messageRef="message_m" camunda:expression="${execution.setVariable(\'a\', 3)}"/>'
    told = story(draw.diagram(draw.start(), f'<intermediateThrowEvent id="t">{definition}</intermediateThrowEvent>', draw.user("u"), draw.flows("s-t-u")))
    assert told.var("a") == 3


COUNTING = """
    def processInstance = execution.getProcessInstance()
    def Object value = processInstance.getVariable("sum")
    def int sum
    if (value == null) {
      sum = 0
    } else {
      sum = value
    }
    processInstance.setVariable("sum", sum + 1)
"""


@pytest.mark.parametrize("before", [{}, {"sum": 3}])
def test_a_script_that_counts(draw, story, before):
    task = f'<scriptTask id="t" scriptFormat="groovy"><script><![CDATA[{COUNTING}]]></script></scriptTask>'
    told = story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables=before)
    assert told.execution.variables() == {"sum": before.get("sum", 0) + 1}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("if (a > 1) { execution.setVariable('r', 'big'); } else { execution.setVariable('r', 'small; x'); }", "small; x"),
        ("if (a == 1 && a < 5) { r = a + 1 } else { r = 0 }", 2),
        ("r = a; r += 2 * 3; r -= 1; r *= 2; r++; --r", 12),
        ("r = 'a'\nr += 'b' + 'c'", "abc"),
        ("if (a > 5) { r = 0 } else { r = 1 }; r /= 4", 0.25),
        ("int b = a * 3; String c = 'n'; execution.setVariable('r', c + b.toString())", "n3"),
    ],
)
def test_scripts_that_choose_and_declare(draw, story, text, result):
    task = f'<scriptTask id="t" scriptFormat="javascript"><script><![CDATA[{text}]]></script></scriptTask>'
    told = story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables={"a": 1})
    assert told.execution.variables() == {"a": 1, "r": result}


@pytest.mark.parametrize(
    "text",
    [
        "if (a > 1) { r = 1 }",
        "if (a > 1) { r = 1 } else { q = 1 }",
        "if (a > 1) { r = 1\n q = 2 } else { r = 2 }",
        "while (a > 1) { a = a - 1 }",
        "def x = execution.getProcessEngineServices()",
        "execution.getProcessInstance().delete()",
        "println(a)",
        "r = a++",
        "r ** = 2",
    ],
)
def test_scripts_that_do_more_are_refused(draw, story, text):
    task = f'<scriptTask id="t" scriptFormat="groovy"><script><![CDATA[{text}]]></script></scriptTask>'
    with pytest.raises(DiagramErrors):
        story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables={"a": 1})


@pytest.mark.parametrize("language", ["juel", "JUEL"])
def test_a_script_in_juel_is_one_expression_that_sets_a_variable_or_is_only_computed(draw, story, language):
    sets = draw.script("a", "${execution.setVariable('r', n + 1)}").replace("expression", language, 1)
    kept = draw.script("b", "${r * 2}").replace('scriptFormat="expression"', f'scriptFormat="{language}" camunda:resultVariable="t"')
    lost = draw.script("c", "${t + 1}").replace("expression", language, 1)
    told = story(draw.diagram(draw.start(), sets, kept, lost, draw.user("u"), draw.flows("s-a-b-c-u")), variables={"n": 1})
    assert told.execution.variables() == {"n": 1, "r": 2, "t": 4}
    with pytest.raises(EngineError):
        story(draw.diagram(draw.start(), lost, draw.end(), draw.flows("s-c-e")))


PLAIN = [
    "total = 1",
    "kind = 'a/b' and not(total &gt; 3)",
    "Service Level = 'order-total'",
    "bpmn:getDataObject('kind') = 'a=b'",
    "total - 1 &gt;= 1.5",
    "${total / 2 == 1}",
]
FURTHER = [
    "order/total = 1",
    "order-total &gt; 1",  # one name
    "total div 2 = 1",
    "total mod 2 = 1",
    "order.total = 1",  # one name
    "@total = 1",
    "order[1] = 1",
    "count(orders) = 1",
    "string-length(kind) &gt; 1",
    "contains(kind, 'a')",
    "bpmn:getDataObject('order')/total = 1",
    "$total = 1",
    "not(total) = false",
]


@pytest.mark.parametrize(("condition", "codes"), [*((each, set()) for each in PLAIN), *((each, {"BPMN-CONDITION"}) for each in FURTHER)])
def test_of_xpath_what_only_compares_is_read_and_the_rest_refused_by_name(draw, condition, codes):
    said = f'<conditionExpression language="http://www.w3.org/1999/XPath">{condition}</conditionExpression>'
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="e">{said}</sequenceFlow>'
    xml = draw.diagram(draw.start(), draw.gate("g"), draw.user("u"), draw.end(), flow, draw.flows("s-g", "g-u default", "u-e"))
    problems = [each for each in check({"a.bpmn": xml}, profile="generic") if each.code != "BPMN-REFERENCE"]
    assert {each.code for each in problems} == codes
    assert all("XPath" in each.en and "XPath" in each.zh for each in problems)
