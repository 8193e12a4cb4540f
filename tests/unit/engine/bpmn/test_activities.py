"""Sub-processes, called processes, multi-instance, loops: scopes and what comes back."""

import pytest

from engine.bpmn import Cancelled
from engine.errors import EngineError


def test_a_sub_process_and_a_parallel_branch_share_the_instance_but_not_locals(draw, story):
    inner = (draw.start("s1"), draw.user("u"), draw.end("e1"), draw.flows("s1-u-e1"))
    xml = draw.diagram(draw.start(), draw.sub("sub", *inner, ext=draw.inputs(k="${a + 1}")), draw.user("z"), draw.flows("s-sub-z"))
    one = story(xml, variables={"a": 1})
    assert one.execution.visible(one.wait("u").id) == {"a": 1, "k": 2}
    one.complete("u", k=7, fresh="x")
    assert one.at == ["z"]
    assert one.execution.variables() == {"a": 1, "fresh": "x"}


def test_a_called_process_gets_and_gives_what_the_mappings_say(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="q")
    ext = '<camunda:in source="a" target="b"/><camunda:in sourceExpression="${a * 2}" target="c"/><camunda:out source="r" target="result"/>'
    xml = draw.diagram(draw.start(), draw.call("call", "${which}", ext), draw.user("z"), draw.flows("s-call-z"))
    one = story(xml, called, variables={"a": 4, "which": "q"})
    assert one.execution.visible(one.wait("u").id) == {"b": 4, "c": 8}
    one.complete("u", r="good", secret=1)
    assert one.execution.variables() == {"a": 4, "which": "q", "result": "good"}
    assert one.at == ["z"]


def test_calls_that_never_end_are_stopped(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.call("c", "p", '<camunda:in variables="all"/>'),
        draw.end(),
        draw.gate("g"),
        draw.flows("s-g", "g-c ${deep}", "g-u default", "u-c-e"),
    )
    one = story(xml, variables={"deep": False})
    with pytest.raises(EngineError) as refused:
        one.complete("u", deep=True)
    assert refused.value.code == "limit"


@pytest.mark.parametrize("sequential", [False, True])
def test_multi_instance_user_tasks_count_collect_and_keep_the_order_of_the_input(draw, story, sequential):
    multi = draw.multi(sequential=sequential, over="experts", element="expert", out="scores", item="score")
    xml = draw.diagram(
        draw.start(),
        draw.user("u", 'camunda:assignee="${expert}"', multi, draw.outputs(score="${given}")),
        draw.user("z"),
        draw.flows("s-u-z"),
    )
    one = story(xml, variables={"experts": ["A", "B", "C"]})
    assert len(one.at) == (1 if sequential else 3)
    for number, nth in enumerate((0, 0, 0) if sequential else (2, 0, 0)):
        wait = one.wait("u", nth)
        seen = one.execution.visible(wait.id)
        assert (seen["nrOfCompletedInstances"], seen["nrOfInstances"], seen["expert"]) == (number, 3, wait.assignee)
        assert seen["nrOfActiveInstances"] == (1 if sequential else 3 - number)
        one.execution.complete(wait.id, variables={"given": wait.assignee.lower()}, local=True)
        one.settle()
    assert one.at == ["z"]
    assert one.var("scores") == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ["task", "sub-process", "call"])
def test_input_parameters_see_the_counter_and_the_element_of_their_instance(draw, story, kind):
    multi, ext = draw.multi(over="guests", element="guest"), draw.inputs(place="${guest}-${loopCounter}", guest="${guest}!")
    inner = (draw.start("s1"), draw.user("u"), draw.end("e1"), draw.flows("s1-u-e1"))
    activity = {
        "task": draw.user("u", "", multi, ext),
        "sub-process": draw.sub("sub", *inner, multi, ext=ext),
        "call": draw.call("c", "q", ext + '<camunda:in variables="all"/>', multi),
    }
    name = {"task": "u", "sub-process": "sub", "call": "c"}[kind]
    called = draw.diagram(*inner, key="q")
    told = story(draw.diagram(draw.start(), activity[kind], draw.end(), draw.flows(f"s-{name}-e")), called, variables={"guests": ["ann", "bob"]})
    seen = [told.execution.visible(wait.id) for wait in told.execution.waits()]
    assert [(each["place"], each["guest"]) for each in seen] == [("ann-0", "ann!"), ("bob-1", "bob!")]


def test_multi_instance_sub_process_with_a_boundary_event_inside(draw, story):
    inner = (
        draw.start("s1"),
        draw.user("u"),
        draw.boundary("b", "u", "message"),
        draw.user("v"),
        draw.end("e1"),
        draw.end("e2"),
        draw.flows("s1-u-e1", "b-v-e2"),
    )
    multi = draw.multi(over="${items}", element="item", out="all", item="item")
    xml = draw.diagram(draw.start(), draw.sub("sub", *inner, multi), draw.user("z"), draw.flows("s-sub-z"))
    one = story(xml, variables={"items": [{"n": 1}, {"n": 2}]})
    one.deliver("b", 1)
    assert one.at == ["b", "u", "v"]
    one.complete("v")
    one.complete("u")
    assert one.at == ["z"]
    assert one.var("all") == [{"n": 1}, {"n": 2}]


def test_a_completion_condition_ends_the_rest(draw, story):
    multi = draw.multi(count="5", until="${nrOfCompletedInstances &gt;= 2}")
    xml = draw.diagram(draw.start(), draw.user("u", "", multi), draw.user("z"), draw.flows("s-u-z"))
    one = story(xml)
    one.complete("u", 4)
    effects = one.complete("u", 0)
    assert one.at == ["z"]
    assert sum(isinstance(each, Cancelled) for each in effects.events) == 3


def test_parallel_instances_that_the_completion_condition_makes_needless_never_begin(draw, story):
    inner = (draw.start("s1"), draw.gate("g", "parallel"), draw.script("a", "n = n + 1"), draw.script("b", "n = n + 1"), draw.gate("j", "parallel"))
    multi = draw.multi(count="10", until="${nrOfCompletedInstances == 6}")
    sub = draw.sub("sub", *inner, draw.end("e1"), draw.flows("s1-g-a-j-e1", "g-b-j"), multi)
    told = story(draw.diagram(draw.start(), sub, draw.user("z"), draw.flows("s-sub-z")), variables={"n": 0})
    assert (told.var("n"), told.entered("sub"), told.at) == (12, 7, ["z"])  # the loop as a whole, and six of it


def test_multi_instance_over_nothing_passes_and_over_too_much_is_refused(draw, story):
    xml = draw.diagram(draw.start(), draw.user("a"), draw.user("u", "", draw.multi(count="${n}")), draw.user("z"), draw.flows("s-a-u-z"))
    none = story(xml)
    none.complete("a", n=0)
    assert none.at == ["z"]
    many = story(xml)
    with pytest.raises(EngineError) as refused:
        many.complete("a", n=10**9)
    assert refused.value.code == "limit"


def test_multi_instance_calls_nest(draw, story):
    called = draw.diagram(draw.start(), draw.user("u", "", draw.multi(count="2")), draw.end(), draw.flows("s-u-e"), key="q")
    call = draw.call("c", "q", '<camunda:in source="x" target="y"/>', draw.multi(over="xs", element="x", sequential=True))
    xml = draw.diagram(draw.start(), call, draw.user("z"), draw.flows("s-c-z"))
    one = story(xml, called, variables={"xs": [1, 2]})
    for expected in (1, 1, 2, 2):
        assert one.execution.visible(one.wait("u").id)["y"] == expected
        one.complete("u")
    assert one.at == ["z"]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_interrupting_boundary_on_multi_instance_never_wedges_and_keeps_what_was_collected(draw, story, sequential):
    inner = (
        draw.start("s1"),
        draw.user("u", "", draw.multi(count="2")),
        draw.catch("t", "duration:P1D"),
        draw.end("e1"),
        draw.flows("s1-u-t-e1"),
    )
    multi = draw.multi(over="items", element="item", out="got", item="item", sequential=sequential)
    xml = draw.diagram(
        draw.start(),
        draw.sub("sub", *inner, multi),
        draw.boundary("b", "sub", "message"),
        draw.user("z"),
        draw.user("y"),
        draw.flows("s-sub-z", "b-y"),
    )
    one = story(xml, variables={"items": ["A", "B", "C"]})
    one.complete("u", 0)
    one.complete("u", 0)
    one.fire()
    one.deliver("b")
    assert one.at == ["y"]
    assert one.var("got") == ["A"]
    one.complete("y")
    assert one.ended


def test_a_standard_loop_runs_while_its_condition_holds(draw, story):
    loop = '<standardLoopCharacteristics testBefore="true" loopMaximum="4"><loopCondition>${more}</loopCondition></standardLoopCharacteristics>'
    xml = draw.diagram(draw.start(), draw.user("u", "", loop), draw.user("z"), draw.flows("s-u-z"))
    one = story(xml, variables={"more": True})
    one.complete("u")
    one.complete("u", more=False)
    assert one.at == ["z"]
    assert story(xml, variables={"more": False}).at == ["z"]
    most = story(xml, variables={"more": True})
    for _ in range(4):
        most.complete("u")
    assert most.at == ["z"]


def test_service_tasks_take_inputs_and_give_outputs(draw, story):
    io = draw.inputs(
        to="ru_officer@${unit}", deep="<camunda:list><camunda:value>${unit}</camunda:value><camunda:value>x</camunda:value></camunda:list>"
    )
    xml = draw.diagram(
        draw.start(), draw.service("w", "notify.${kind}", "", io + draw.outputs(sent="${count > 0}")), draw.user("z"), draw.flows("s-w-z")
    )
    one = story(xml, variables={"unit": "RU-LN", "kind": "mail"})
    wait = one.wait("w")
    assert (wait.kind, wait.topic) == ("service", "notify.mail")
    assert one.execution.visible(wait.id)["to"] == "ru_officer@RU-LN"
    assert one.execution.visible(wait.id)["deep"] == ["RU-LN", "x"]
    one.complete("w", count=2)
    assert one.execution.variables() == {"unit": "RU-LN", "kind": "mail", "sent": True}


def test_a_terminate_end_ends_its_own_process_only(draw, story):
    inner = (
        draw.start("s1"),
        draw.gate("f", "parallel"),
        draw.user("u"),
        draw.user("v"),
        draw.end("t", "terminate"),
        draw.flows("s1-f", "f-u", "f-v-t"),
    )
    xml = draw.diagram(draw.start(), draw.sub("sub", *inner), draw.user("z"), draw.flows("s-sub-z"))
    one = story(xml)
    one.complete("v")
    assert one.at == ["z"]


def test_two_acts_on_one_task_are_refused(draw, story):
    one = story(draw.diagram(draw.start(), draw.user("u"), draw.user("z"), draw.flows("s-u-z")))
    wait = one.wait("u")
    one.execution.complete(wait.id)
    with pytest.raises(EngineError):
        one.execution.complete(wait.id)
    one.settle()
    with pytest.raises(EngineError) as gone:
        one.execution.complete(wait.id)
    assert gone.value.code == "gone"


def test_cancelling_the_instance_takes_everything_away(draw, story):
    inner = (draw.start("s1"), draw.user("u", "", draw.multi(count="2")), draw.end("e1"), draw.flows("s1-u-e1"))
    one = story(draw.diagram(draw.start(), draw.sub("sub", *inner), draw.end(), draw.flows("s-sub-e")))
    one.execution.cancel()
    one.settle()
    assert one.ended
    assert one.at == []
