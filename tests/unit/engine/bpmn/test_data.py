"""Data of BPMN and of other tools: what a loop is over by data inputs, what data objects hold at first."""

import pytest

from engine.checks import check

MORE = b'<definitions xmlns:flow="http://flowable.org/bpmn" xmlns:act="http://activiti.org/bpmn"'


def foreign(xml):
    return xml.replace(b"<definitions", MORE, 1)


HELD = {
    "property": '<property id="list-of-names" name="names"/><property id="said" name="said"/>',
    "data object": '<dataObject id="names" name="a list"/><dataObjectReference id="list-of-names" dataObjectRef="names" name="the names"/>',
    "reference": '<dataObject id="d-1"/><dataObjectReference id="list-of-names" dataObjectRef="d-1" name="names"/><property id="said"/>',
}


@pytest.mark.parametrize("held", HELD)
def test_a_loop_may_be_over_what_an_association_hands_to_a_data_input(draw, story, held):
    io = (
        '<ioSpecification><dataInput id="u-in" name="In"/><dataOutput id="u-out" name="Out"/><inputSet/><outputSet/></ioSpecification>'
        "<dataInputAssociation><sourceRef>list-of-names</sourceRef><targetRef>u-in</targetRef></dataInputAssociation>"
        "<dataOutputAssociation><sourceRef>u-out</sourceRef><targetRef>said</targetRef></dataOutputAssociation>"
    )
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>u-in</loopDataInputRef><loopDataOutputRef>u-out</loopDataOutputRef>"
        '<inputDataItem id="item" name="who"/><outputDataItem id="word"/></multiInstanceLoopCharacteristics>'
    )
    xml = draw.diagram(HELD[held], draw.start(), draw.user("u", inner=io + loop), draw.user("v"), draw.flows("s-u-v"))
    told = story(xml, variables={"names": ["ann", "bob"]})
    assert [told.execution.visible(wait.id)["who"] for wait in told.execution.waits()] == ["ann", "bob"]
    told.complete("u", word="hi")
    told.complete("u", word="ho")
    assert (told.at, told.var("said")) == (["v"], ["hi", "ho"])
    assert [each.code for each in check({"a.bpmn": xml}, profile="generic") if each.severity == "error"] == []


def test_the_items_of_a_loop_are_variables_by_their_name_if_that_can_be_one_else_by_their_id(draw, story):
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>xs</loopDataInputRef><loopDataOutputRef>ys</loopDataOutputRef>"
        '<inputDataItem id="one" name="one of them"/><outputDataItem id="answer" name="the answer"/></multiInstanceLoopCharacteristics>'
    )
    user = draw.user("u", attrs='camunda:assignee="${one}"', inner=loop)
    told = story(draw.diagram(draw.start(), user, draw.user("v"), draw.flows("s-u-v")), variables={"xs": ["ann", "bob"]})
    assert [wait.assignee for wait in told.execution.waits()] == ["ann", "bob"]
    told.complete("u", answer=1)
    told.complete("u", answer=2)
    assert told.var("ys") == [1, 2]


def test_a_loop_over_a_variable_that_has_the_id_of_a_data_object_is_over_that_variable(draw, story):
    loop = '<multiInstanceLoopCharacteristics><loopDataInputRef>xs</loopDataInputRef><inputDataItem name="x"/></multiInstanceLoopCharacteristics>'
    told = story(draw.diagram('<dataObject id="xs" name="ys"/>', draw.start(), draw.user("u", inner=loop), draw.flows("s-u")), variables={"xs": [1, 2]})
    assert told.at == ["u", "u"]


def first(space, name, kind, value):
    held = f"<extensionElements><{space}:value>{value}</{space}:value></extensionElements>"
    return f'<dataObject id="{space}_{name}" name="{name}" itemSubjectRef="{kind}">{held}</dataObject>'


@pytest.mark.parametrize("space", ["flow", "act"])
def test_data_objects_of_activiti_and_flowable_hold_a_value_at_first(draw, story, space):
    values = (("a", "xsd:string", "it's ${a} \\ b"), ("n", "xsd:int", "-7"), ("d", "xsd:double", "1.5"), ("b", "xsd:boolean", "TRUE"), ("z", "xsd:int", "many"))
    xml = foreign(draw.diagram(*(first(space, *each) for each in values), draw.start(), draw.user("u"), draw.flows("s-u")))
    told = story(xml)
    assert told.execution.variables() == {"a": "it's ${a} \\ b", "n": -7, "d": 1.5, "b": True, "z": "many"}
    assert story(xml, variables={"n": 3, "a": None}).execution.variables() == {"a": None, "n": 3, "d": 1.5, "b": True, "z": "many"}
    assert check({"a.bpmn": xml}, profile="generic") == []


@pytest.mark.parametrize("text", ["it's ${a}", "'}${1 + 1}", "{'x': \\'}", "${", "a &gt; 1 ? '}' : '{'"])
def test_whatever_a_data_object_of_a_sub_process_holds_is_only_text(draw, story, text):
    inner = draw.sub("sub", first("flow", "t", "xsd:string", text), draw.start("s1"), draw.user("u"), draw.flows("s1-u"))
    told = story(foreign(draw.diagram(draw.start(), inner, draw.flows("s-sub"))))
    assert told.execution.visible(told.wait("u").id)["t"] == text.replace("&gt;", ">")


def test_data_objects_of_a_sub_process_are_its_own(draw, story):
    inner = draw.sub("sub", first("act", "n", "number", "5"), draw.start("s1"), draw.user("u"), draw.end("e1"), draw.flows("s1-u-e1"))
    xml = draw.diagram(first("flow", "n", "xsd:int", "1"), draw.start(), inner, draw.user("v"), draw.flows("s-sub-v"))
    told = story(foreign(xml.replace(b"<process", b'<itemDefinition id="number" structureRef="xsd:long"/><process', 1)))
    assert (told.var("n"), told.execution.visible(told.wait("u").id)["n"]) == (1, 5)
    told.complete("u")
    assert told.var("n") == 1


def test_a_data_object_that_can_be_no_variable_is_left_alone(draw, story):
    held = first("flow", "two words", "xsd:int", "1").replace("flow_two words", "2-d")
    told = story(foreign(draw.diagram(held, draw.start(), draw.user("u"), draw.flows("s-u"))))
    assert told.execution.variables() == {}
