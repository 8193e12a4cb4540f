"""Conditional events look again whenever a variable changes, whoever changed it; a default flow is taken only when no other is."""

import pytest

from engine.errors import EngineError
from tests.unit.engine.bpmn.conftest import Draw


def test_a_conditional_event_is_woken_by_another_branch(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("f", "parallel"),
            draw.catch("c", "when:${n > 2}"),
            draw.user("u"),
            draw.gate("j", "parallel"),
            draw.end(),
            draw.flows("s-f", "f-c-j", "f-u-j", "j-e"),
        ),
        variables={"n": 0},
    )
    assert told.entered("c") == 1
    told.complete("u", n=3)
    assert told.ended


@pytest.mark.parametrize("kind", ["boundary", "catch", "event sub-process"])
def test_a_condition_on_a_variable_that_is_not_there_yet_does_not_hold(draw, story, kind):
    watcher = draw.sub("es", draw.start("c", "when:${amount > 2}"), draw.user("w"), draw.flows("c-w"), attrs='triggeredByEvent="true"')
    parts = {
        "boundary": (draw.boundary("c", "u", "when:${amount > 2}"), draw.user("w"), draw.flows("s-u", "c-w")),
        "catch": (draw.gate("f", "parallel"), draw.catch("c", "when:${amount > 2}"), draw.user("w"), draw.flows("s-f", "f-u", "f-c-w")),
        "event sub-process": (watcher, draw.flows("s-u")),
    }
    told = story(draw.diagram(draw.start(), draw.user("u"), *parts[kind]))
    assert told.at == ["u"]
    told.execution.set_variables({"amount": 3})
    told.settle()
    assert "w" in told.at


def test_a_condition_that_held_for_one_step_only_was_true(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("f", "parallel"),
            draw.catch("c", "when:${n == 1}"),
            draw.user("u"),
            draw.script("x", "n = 1"),
            draw.script("y", "n = 0"),
            draw.end(),
            draw.user("heard"),
            draw.end("e2"),
            draw.flows("s-f", "f-c-heard-e2", "f-u-x-y-e"),
        ),
        variables={"n": 0},
    )
    told.complete("u")
    assert told.at == ["heard"]


def test_one_conditional_event_wakes_the_next(draw, story):
    """The first interrupts a multi-instance body, which hands its output over; the second waits for just that."""
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("f", "parallel"),
            draw.user("m", inner=draw.multi(count="2", out="results", item="r")),
            draw.boundary("b", "m", "when:${stop}"),
            draw.catch("c", "when:${not empty results}"),
            draw.user("u"),
            draw.user("w"),
            draw.end("e1"),
            draw.end("e2"),
            draw.end("e3"),
            draw.end("e4"),
            draw.flows("s-f", "f-m-e1", "b-e4", "f-c-w-e2", "f-u-e3"),
        ),
        variables={"stop": False, "results": None},
    )
    told.complete("m", r="first")
    told.complete("u", stop=True)
    assert told.at == ["w"]
    assert told.var("results") == ["first"]


def test_a_non_interrupting_condition_fires_at_each_rise(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u"),
            draw.user("v"),
            draw.gate("f", "parallel"),
            draw.boundary("b", "u", "when:${n > 1}", interrupting=False),
            draw.user("w"),
            draw.end(),
            draw.flows("s-f", "f-u-e", "f-v-e", "b-w-e"),
        ),
        variables={"n": 0},
    )
    for n, rung in ((2, 1), (3, 1), (0, 1), (5, 2)):
        told.execution.set_variables({"n": n})
        told.settle()
        assert told.at.count("w") == rung


@pytest.mark.parametrize("kind", ["task", "inclusive"])
def test_a_default_flow_beside_an_unconditional_one_is_not_taken(draw, story, kind):
    fork = '<task id="x"/>' if kind == "task" else draw.gate("x", kind)
    told = story(draw.diagram(draw.start(), fork, draw.user("a"), draw.user("b"), draw.flows("s-x", "x-a", "x-b default")))
    assert told.at == ["a"]


def test_output_parameters_of_a_boundary_event_may_be_lists_and_maps(draw, story):
    both = draw.outputs(
        who="<camunda:list><camunda:value>${n}</camunda:value><camunda:value>b</camunda:value></camunda:list>",
        how='<camunda:map><camunda:entry key="k">${n}</camunda:entry></camunda:map>',
    )
    xml = draw.diagram(draw.start(), draw.user("u"), draw.boundary("b", "u", "message", ext=both), draw.user("x"), draw.flows("s-u", "b-x"))
    told = story(xml)
    told.deliver("b", n=1)
    assert (told.var("who"), told.var("how")) == ([1, "b"], {"k": 1})
    assert told.var("n") is None


NO_TRUTH = ["false", "true", 1, 0, None, [], {"a": True}]


def asking(draw):
    """Every place that asks a condition, each as a diagram in which user task `u` comes first and `x` is what is asked."""
    ask = "${x}"
    many = draw.multi(count="2", until=ask)
    loop = f"<standardLoopCharacteristics><loopCondition>{ask}</loopCondition></standardLoopCharacteristics>"
    enough = f"<completionCondition>{ask}</completionCondition>"
    start, first, end = draw.start(), draw.user("u"), draw.end()
    return {
        "flow of a task": draw.diagram(
            start, first, end, draw.user("v"), draw.end("e2"), draw.flows("s-u", "u-e default", f"u-v {ask}", "v-e2")
        ),
        "exclusive": draw.diagram(start, first, draw.gate("g"), end, draw.user("v"), draw.flows("s-u-g", "g-e default", f"g-v {ask}")),
        "inclusive": draw.diagram(
            start, first, draw.gate("g", "inclusive"), end, draw.user("v"), draw.flows("s-u-g", "g-e default", f"g-v {ask}")
        ),
        "multi-instance": draw.diagram(start, draw.user("u", inner=many), end, draw.flows("s-u-e")),
        "loop": draw.diagram(start, draw.user("u", inner=loop), end, draw.flows("s-u-e")),
        "ad-hoc": draw.diagram(
            start, draw.sub("a", draw.user("u"), draw.user("v"), enough, tag="adHocSubProcess"), end, draw.flows("s-a-e")
        ),
        "event": draw.diagram(start, first, draw.catch("c", f"when:{ask}"), end, draw.flows("s-u-c-e")),
    }


@pytest.mark.parametrize("value", NO_TRUTH, ids=repr)
@pytest.mark.parametrize("place", sorted(asking(Draw())))
def test_a_condition_says_true_or_false_and_nothing_that_might_count_as_one(draw, story, place, value):
    told = story(asking(draw)[place])
    with pytest.raises(EngineError) as refused:
        told.complete("u", x=value)
    assert refused.value.code == "condition.not_boolean"
    assert refused.value.details["expression"] == "${x}"


@pytest.mark.parametrize("place", sorted(asking(Draw())))
def test_a_text_within_a_condition_is_refused_like_one_that_is_a_condition(draw, story, place):
    told = story(asking(draw)[place].replace(b"${x}", b"${not x}"))
    with pytest.raises(EngineError) as refused:
        told.complete("u", x="false")
    assert refused.value.code == "condition.not_boolean"
    assert refused.value.details["expression"] == "${not x}"


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("place", sorted(asking(Draw())))
def test_a_condition_that_says_so_is_taken_at_its_word(draw, story, place, value):
    told = story(asking(draw)[place])
    told.complete("u", x=value)
    after = {"flow of a task": "v", "exclusive": "v", "inclusive": "v", "multi-instance": "", "loop": "u", "ad-hoc": "", "event": ""}[place]
    otherwise = {"multi-instance": "u", "ad-hoc": "v", "event": ""}.get(place, "")
    assert told.at == [each for each in ((after if value else otherwise),) if each]


def watching(draw, attrs, condition="${x &gt; y}"):
    definition = f"<conditionalEventDefinition {attrs}><condition>{condition}</condition></conditionalEventDefinition>"
    start = f'<startEvent id="c" isInterrupting="false">{definition}</startEvent>'
    watch = draw.sub("es", start, draw.user("w"), draw.flows("c-w"), attrs='triggeredByEvent="true"')
    return draw.diagram(draw.start(), draw.user("u"), draw.flows("s-u"), watch)


def test_a_condition_on_one_variable_is_not_looked_at_when_another_changes(draw, story):
    told = story(watching(draw, 'camunda:variableName="x"'), variables={"x": 1, "y": 2})
    told.execution.set_variables({"y": 0})
    told.settle()
    assert told.at == ["u"]
    told.execution.set_variables({"x": 1})
    told.settle()
    assert told.at == ["u", "w"]


@pytest.mark.parametrize(("kinds", "times"), [("update", [1, 1, 1]), ("create", [0, 1, 1]), ("delete", [0, 0, 1]), ("create, update", [1, 2, 2])])
def test_a_condition_is_looked_at_when_a_variable_changes_in_the_ways_that_are_named(draw, story, kinds, times):
    told = story(watching(draw, f'camunda:variableEvents="{kinds}"', "${go}"), variables={"go": False})
    told.execution.set_variables({"go": True})
    told.settle()
    seen = [told.at.count("w")]
    told.execution.set_variables({"new": 1})
    told.settle()
    seen.append(told.at.count("w"))
    told.execution.remove_variables(["new"])
    told.settle()
    assert [*seen, told.at.count("w")] == times


@pytest.mark.parametrize("kind", ["boundary event", "event sub-process"])
def test_an_event_that_names_its_variable_is_caught_at_each_change_at_which_it_holds(draw, story, kind):
    definition = '<conditionalEventDefinition camunda:variableName="n"><condition>${n &gt; 1}</condition></conditionalEventDefinition>'
    watched = {
        "boundary event": f'<boundaryEvent id="c" attachedToRef="u" cancelActivity="false">{definition}</boundaryEvent>' + draw.user("w") + draw.flows("c-w"),
        "event sub-process": draw.sub(
            "es", f'<startEvent id="c" isInterrupting="false">{definition}</startEvent>', draw.user("w"), draw.flows("c-w"), attrs='triggeredByEvent="true"'
        ),
    }[kind]
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.flows("s-u"), watched), variables={"n": 5})
    assert told.at.count("w") == 1
    for changed, times in (({"n": 6}, 2), ({"m": 1}, 2), ({"n": 6}, 3), ({"n": 0}, 3), ({"n": 2, "m": 2}, 4)):
        told.execution.set_variables(changed)
        told.settle()
        assert told.at.count("w") == times
    told.execution.remove_variables(["n"])
    told.settle()
    assert told.at.count("w") == 4


def test_an_interrupting_event_that_names_several_changes_is_caught_once(draw, story):
    definition = '<conditionalEventDefinition camunda:variableEvents="create"><condition>${true}</condition></conditionalEventDefinition>'
    event = f'<boundaryEvent id="c" attachedToRef="v">{definition}</boundaryEvent>'
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.user("v"), event, draw.user("w"), draw.flows("s-u-v", "c-w")))
    told.complete("u", a=1, b=2)
    assert told.at == ["w"]


def changing(draw, kind, *, interrupting):
    """`a`, which sets `n` to 2 in one way or another, with a boundary event that waits for just that."""
    work = {
        "script": draw.script("a", "n = 2"),
        "user task": draw.user("a"),
        "service task": '<serviceTask id="a" camunda:expression="${2}" camunda:resultVariable="n"/>',
        "called process": draw.call("a", "q", ext='<camunda:out source="n" target="n"/>'),
    }[kind]
    called = draw.diagram(draw.start("qs"), draw.script("qx", "n = 2"), draw.end("qe"), draw.flows("qs-qx-qe"), key="q")
    flows = draw.flows("s-u-a-v-e", "b-w-e2")
    parts = (draw.start(), draw.user("u"), work, draw.boundary("b", "a", "when:${n == 2}", interrupting=interrupting))
    calling = draw.diagram(*parts, draw.user("v"), draw.end(), draw.user("w"), draw.end("e2"), flows)
    return calling, called


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("kind", ["script", "user task", "service task", "called process"])
def test_what_an_activity_changes_itself_is_seen_by_its_own_conditional_event(draw, story, kind, interrupting):
    told = story(*changing(draw, kind, interrupting=interrupting), variables={"n": 0})
    told.complete("u")
    if kind == "user task":
        told.complete("a", n=2)
    assert told.at == (["w"] if interrupting else ["v", "w"])


def test_what_output_parameters_write_comes_too_late_for_the_activitys_own_event(draw, story):
    task = draw.user("a", ext=draw.outputs(n="${2}"))
    parts = (draw.start(), task, draw.boundary("b", "a", "when:${n == 2}"), draw.user("v"), draw.user("w"), draw.flows("s-a-v", "b-w"))
    told = story(draw.diagram(*parts), variables={"n": 0})
    told.complete("a")
    assert told.at == ["v"]


def test_a_condition_may_count_the_instances_of_a_loop(draw, story):
    parts = (draw.start(), draw.user("a", inner=draw.multi(count="3")), draw.boundary("b", "a", "when:${nrOfCompletedInstances == 2}"))
    told = story(draw.diagram(*parts, draw.user("w"), draw.end(), draw.flows("s-a-e", "b-w")))
    told.complete("a")
    assert told.at == ["a", "a"]
    told.complete("a")
    assert told.at == ["w"]


@pytest.mark.parametrize("attrs", ['camunda:variableName="n"', 'camunda:variableEvents="create, update"'])
def test_an_event_that_names_changes_is_not_caught_at_those_of_a_scope_within(draw, story, attrs):
    inside = draw.user("a", inner=draw.multi(count="2"), ext=draw.inputs(n="${1}"))
    definition = f"<conditionalEventDefinition {attrs}><condition>${{true}}</condition></conditionalEventDefinition>"
    start = f'<startEvent id="c" isInterrupting="false">{definition}</startEvent>'
    watch = draw.sub("es", start, draw.user("w"), draw.flows("c-w"), attrs='triggeredByEvent="true"')
    told = story(draw.diagram(draw.start(), draw.user("u"), inside, draw.flows("s-u-a"), watch), variables={"n": 0})
    assert told.at == ["u", "w"]
    told.complete("u")
    told.complete("a")
    assert told.at == ["a", "w"]
    told.execution.set_variables({"n": 2})
    told.settle()
    assert told.at == ["a", "w", "w"]
