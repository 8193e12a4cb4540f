"""Events with several definitions: any of them, or all of them."""

import pytest


def caught(told):
    return {(wait.element, wait.kind) for wait in told.execution.waits()}


@pytest.mark.parametrize("kind", ["message", "signal", "timer"])
def test_an_intermediate_event_is_caught_by_whichever_comes_first(draw, story, kind):
    told = story(draw.diagram(draw.start(), draw.catch("c", "message / signal / duration:P1D"), draw.user("u"), draw.flows("s-c-u")))
    assert caught(told) == {("c", "message"), ("c", "signal"), ("c", "timer")}
    if kind == "timer":
        told.fire("c")
        assert "timerDue" in told.execution.visible(told.wait("u").id)
    else:
        told.execution.deliver(told.wait("c", kind=kind).id, payload={"x": 1})
        told.settle()
        assert told.var("x") == 1
    assert told.at == ["u"]
    assert told.entered("c") == 1


def test_a_condition_may_be_one_of_several_definitions(draw, story):
    told = story(draw.diagram(draw.start(), draw.catch("c", "message / when:${go}"), draw.user("u"), draw.flows("s-c-u")))
    assert told.at == ["c"]
    told.execution.set_variables({"go": True})
    told.settle()
    assert told.at == ["u"]


def test_a_parallel_multiple_event_waits_for_all(draw, story):
    event = draw.catch("c", "message / message2 / signal").replace(" id=", ' parallelMultiple="true" id=', 1)
    told = story(draw.diagram(draw.start(), event, draw.user("u"), draw.flows("s-c-u")))
    told.deliver("c", first=1)
    told.deliver("c", second=2)
    assert caught(told) == {("c", "signal")}
    told.deliver("c")
    assert told.at == ["u"]
    assert (told.var("first"), told.var("second")) == (1, 2)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_event_with_several_definitions(draw, story, interrupting):
    event = draw.boundary("b", "u", "message / signal", interrupting=interrupting)
    told = story(draw.diagram(draw.start(), draw.user("u"), event, draw.user("w"), draw.end(), draw.flows("s-u-e", "b-w")))
    told.deliver("b", nth=1)
    assert told.at == (["w"] if interrupting else ["b", "b", "u", "w"])
    if not interrupting:
        told.deliver("b", nth=0)
        assert told.at.count("w") == 2


@pytest.mark.parametrize("which", [0, 1])
def test_an_event_sub_process_with_several_definitions(draw, story, which):
    watcher = draw.sub(
        "es",
        draw.start("es1", "message / signal"),
        draw.user("w"),
        draw.end("es3"),
        draw.flows("es1-w-es3"),
        attrs='triggeredByEvent="true"',
    )
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), watcher, draw.flows("s-u-e")))
    told.deliver("es1", nth=which)
    assert told.at == ["w"]
    told.complete("w")
    assert told.ended


def test_a_throw_event_throws_each(draw, story):
    told = story(draw.diagram(draw.start(), draw.throw("t", "message / signal"), draw.end("e", "message2 / signal"), draw.flows("s-t-e")))
    assert [(each.kind, each.name) for each in told.thrown] == [("message", "m"), ("signal", "sig"), ("message", "m2"), ("signal", "sig")]


def test_a_start_event_is_set_off_by_each(draw, story):
    told = story(draw.diagram(draw.start(kind="message / signal"), draw.user("u"), draw.flows("s-u")), start="s")
    assert told.at == ["u"]
    process = told.definitions.processes["p"]
    assert [(trigger.element, trigger.kind, trigger.name) for trigger in process.triggers] == [
        ("s", "message", "m"),
        ("s", "signal", "sig"),
    ]


@pytest.mark.parametrize("prefix", ["", "own:"])
def test_events_may_name_a_definition_that_stands_once_beside_the_process(draw, story, prefix):
    named = f"<eventDefinitionRef>{prefix}told</eventDefinitionRef>"
    boundary = draw.boundary("b", "u", "", interrupting=False).replace("</boundaryEvent>", f"{named}</boundaryEvent>")
    thrown = draw.throw("t", "").replace("</intermediate", f"{named}</intermediate")
    late = draw.catch("c", "message").replace("</intermediate", f"{named}</intermediate")
    xml = draw.diagram(
        draw.start(), draw.gate("g", "parallel"), draw.user("u"), boundary, draw.user("v"), thrown, late, draw.end(),
        draw.flows("s-g-u-e", "g-c-t-e", "b-v-e"),
    )  # fmt: skip
    shared = b'<signalEventDefinition id="told" signalRef="sig"/><process'
    told = story(
        xml.replace(b"<definitions", b'<definitions xmlns:own="urn:own" targetNamespace="urn:own"', 1).replace(b"<process", shared, 1)
    )
    assert caught(told) == {("u", "user"), ("b", "signal"), ("c", "message"), ("c", "signal")}
    told.deliver("b")
    assert told.at == ["b", "c", "c", "u", "v"]
    told.execution.deliver(told.wait("c", kind="signal").id, payload={})
    told.settle()
    assert told.thrown[-1].name == "sig"
