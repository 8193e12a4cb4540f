"""Compensation: completed activities are undone by their handlers, newest first, in the scope that throws; transactions that are cancelled undo all."""

import pytest

from engine.bpmn import Cancelled


def undone(told):
    """The handlers entered so far, in order."""
    return [element for element in told.entered() if element.startswith("undo")]


def booking(draw, *more, throw="undo", flows="s-hotel-flight-x-e"):
    """Two tasks, each with a handler that a person does, then a throw event."""
    return draw.diagram(
        draw.start(),
        draw.user("hotel"),
        draw.undone_by("hotel", draw.user("undoHotel")),
        draw.user("flight"),
        draw.undone_by("flight", draw.user("undoFlight")),
        draw.throw("x", throw),
        draw.end(),
        *more,
        draw.flows(flows),
    )


def test_completed_activities_are_undone_newest_first_and_the_thrower_waits_for_all(draw, story):
    told = story(booking(draw))
    told.complete("hotel")
    told.complete("flight")
    assert undone(told) == ["undoFlight", "undoHotel"]
    assert told.at == ["undoFlight", "undoHotel"]
    told.complete("undoHotel")
    assert not told.ended
    told.complete("undoFlight")
    assert told.ended


def test_only_the_named_activity_is_undone(draw, story):
    told = story(booking(draw, throw="undo:hotel"))
    told.complete("hotel")
    told.complete("flight")
    assert told.at == ["undoHotel"]
    told.complete("undoHotel")
    assert told.ended


def test_what_was_not_completed_is_not_undone(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("f", "parallel"),
        draw.user("hotel"),
        draw.undone_by("hotel", draw.user("undoHotel")),
        draw.user("flight"),
        draw.undone_by("flight", draw.user("undoFlight")),
        draw.throw("x", "undo"),
        draw.end(),
        draw.flows("s-f", "f-hotel-x-e", "f-flight-e"),
    )
    told = story(xml)
    told.complete("hotel")
    assert told.at == ["flight", "undoHotel"]
    told.complete("undoHotel")
    told.complete("flight")
    assert told.ended
    assert undone(told) == ["undoHotel"]


def test_nothing_to_undo_holds_nothing_up(draw, story):
    assert story(draw.diagram(draw.start(), draw.throw("x", "undo"), draw.end("e", "undo"), draw.flows("s-x-e"))).ended


def test_each_activity_is_undone_once(draw, story):
    told = story(booking(draw, draw.throw("y", "undo"), flows="s-hotel-flight-x-y-e"))
    told.complete("hotel")
    told.complete("flight")
    told.complete("undoHotel")
    told.complete("undoFlight")
    assert told.ended
    assert undone(told) == ["undoFlight", "undoHotel"]


def test_an_end_event_throws_and_waits(draw, story):
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.undone_by("u", draw.service("undoIt")), draw.end("e", "undo"), draw.flows("s-u-e")
    )
    told = story(xml)
    told.complete("u")
    assert told.wait("undoIt").kind == "service"
    told.complete("undoIt")
    assert told.ended


def test_every_round_of_a_loop_is_undone(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("m"),
        draw.user("u"),
        draw.undone_by("u", draw.user("undoIt")),
        draw.gate("g"),
        draw.end("e", "undo"),
        draw.flows("s-m-u-g", "g-m ${again}", "g-e default"),
    )
    told = story(xml)
    told.complete("u", again=True)
    told.complete("u", again=True)
    told.complete("u", again=False)
    assert told.at == ["undoIt"] * 3


@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_of_a_multi_instance_activity_is_undone_with_its_own_element(draw, story, sequential):
    multi = draw.multi(over="${rooms}", element="room", sequential=sequential)
    xml = draw.diagram(
        draw.start(),
        draw.user("u", inner=multi),
        draw.undone_by("u", draw.user("undoRoom", 'camunda:assignee="${room}"')),
        draw.end("e", "undo"),
        draw.flows("s-u-e"),
    )
    told = story(xml, variables={"rooms": ["a", "b", "c"]})
    for _ in "abc":
        assert undone(told) == []
        told.complete("u")
    assert [wait.assignee for wait in told.execution.waits()] == ["c", "b", "a"]
    for _ in "abc":
        told.complete("undoRoom")
    assert told.ended


def test_instances_of_an_interrupted_multi_instance_activity_are_not_undone(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.user("u", inner=draw.multi(count="2")),
        draw.undone_by("u", draw.user("undoIt")),
        draw.boundary("b", "u", "message"),
        draw.end("e", "undo"),
        draw.end("z"),
        draw.flows("s-u-z", "b-e"),
    )
    told = story(xml)
    told.complete("u")
    told.deliver("b")
    assert told.ended
    assert undone(told) == []


def trip(draw, *, handler="", throw="undo", inside=""):
    """A sub-process with two bookings and a variable of its own; then a throw event around it."""
    inner = draw.sub(
        "trip",
        draw.start("s1"),
        draw.user("hotel"),
        draw.undone_by("hotel", draw.user("undoHotel", 'camunda:assignee="${who}"')),
        draw.user("flight"),
        draw.undone_by("flight", draw.user("undoFlight")),
        draw.end("e1"),
        inside,
        draw.flows("s1-hotel-flight-e1"),
        ext=draw.inputs(who="${guest}"),
    )
    return draw.diagram(draw.start(), inner, handler, draw.user("u"), draw.throw("x", throw), draw.end(), draw.flows("s-trip-u-x-e"))


def travelled(told):
    told.complete("hotel")
    told.complete("flight")
    told.complete("u", guest="somebody else")
    return told


@pytest.mark.parametrize("throw", ["undo", "undo:trip"])
def test_a_completed_sub_process_is_undone_from_within_with_the_variables_it_had(draw, story, throw):
    told = travelled(story(trip(draw, throw=throw), variables={"guest": "ann"}))
    assert undone(told) == ["undoFlight", "undoHotel"]
    assert told.wait("undoHotel").assignee == "ann"
    told.complete("undoHotel")
    told.complete("undoFlight")
    assert told.ended


def test_a_sub_process_with_a_handler_is_undone_by_that_alone(draw, story):
    told = travelled(story(trip(draw, handler=draw.undone_by("trip", draw.user("undoTrip"))), variables={"guest": "ann"}))
    assert told.at == ["undoTrip"]
    told.complete("undoTrip")
    assert told.ended


def test_a_throw_within_a_sub_process_undoes_only_what_is_there(draw, story):
    inner = draw.sub(
        "sub",
        draw.start("s1"),
        draw.user("v"),
        draw.undone_by("v", draw.user("undoV")),
        draw.end("e1", "undo"),
        draw.flows("s1-v-e1"),
    )
    xml = draw.diagram(draw.start(), draw.user("u"), draw.undone_by("u", draw.user("undoU")), inner, draw.end(), draw.flows("s-u-sub-e"))
    told = story(xml)
    told.complete("u")
    told.complete("v")
    assert told.at == ["undoV"]
    told.complete("undoV")
    assert told.ended


def test_a_compensation_event_sub_process_takes_the_place_of_the_handlers_and_may_call_them(draw, story):
    watcher = draw.sub(
        "es",
        draw.start("es1", "undo"),
        draw.user("first"),
        draw.throw("esx", "undo:hotel"),
        draw.end("es3"),
        draw.flows("es1-first-esx-es3"),
        attrs='triggeredByEvent="true"',
    )
    told = travelled(story(trip(draw, inside=watcher), variables={"guest": "ann"}))
    assert told.at == ["first"]
    told.complete("first")
    assert told.at == ["undoHotel"]
    told.complete("undoHotel")
    assert told.ended
    assert undone(told) == ["undoHotel"]


def test_an_event_sub_process_undoes_what_its_process_has_completed(draw, story):
    watcher = draw.sub(
        "es", draw.start("es1", "message"), draw.throw("x", "undo"), draw.end("e1"), draw.flows("es1-x-e1"), attrs='triggeredByEvent="true"'
    )
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.undone_by("u", draw.user("undoU")), draw.user("v"), draw.end(), watcher, draw.flows("s-u-v-e")
    )
    told = story(xml)
    told.complete("u")
    told.deliver("es1")
    assert told.at == ["undoU"]
    told.complete("undoU")
    assert told.ended


def test_multi_instance_sub_processes_are_undone_one_by_one(draw, story):
    inner = draw.sub(
        "trip",
        draw.start("s1"),
        draw.user("v"),
        draw.undone_by("v", draw.user("undoV", 'camunda:assignee="${room}"')),
        draw.end("e1"),
        draw.flows("s1-v-e1"),
        draw.multi(over="${rooms}", element="room"),
    )
    told = story(draw.diagram(draw.start(), inner, draw.end("e", "undo"), draw.flows("s-trip-e")), variables={"rooms": ["a", "b"]})
    told.complete("v")
    told.complete("v")
    assert sorted(wait.assignee for wait in told.execution.waits()) == ["a", "b"]
    told.complete("undoV")
    told.complete("undoV")
    assert told.ended


def test_a_cancelled_transaction_undoes_what_is_completed_then_leaves_by_its_boundary_event(draw, story):
    inner = draw.sub(
        "t",
        draw.start("s1"),
        draw.gate("f", "parallel"),
        draw.user("a"),
        draw.undone_by("a", draw.user("undoA")),
        draw.user("b"),
        draw.undone_by("b", draw.user("undoB")),
        draw.user("c"),
        draw.end("x", "cancel"),
        draw.end("e1"),
        draw.flows("s1-f", "f-a-e1", "f-b-e1", "f-c-x"),
        tag="transaction",
    )
    xml = draw.diagram(
        draw.start(), inner, draw.boundary("out", "t", "cancel"), draw.user("after"), draw.end(), draw.flows("s-t-e", "out-after")
    )
    told = story(xml)
    told.complete("a")
    told.complete("c")
    assert told.at == ["undoA"]
    assert [each.element for each in told.events if isinstance(each, Cancelled)] == ["b"]
    told.complete("undoA")
    assert told.at == ["after"]


def test_what_is_being_undone_goes_with_its_thrower(draw, story):
    inner = draw.sub(
        "sub", draw.start("s1"), draw.user("v"), draw.undone_by("v", draw.user("undoV")), draw.end("e1", "undo"), draw.flows("s1-v-e1")
    )
    xml = draw.diagram(draw.start(), inner, draw.boundary("b", "sub", "message"), draw.user("after"), draw.flows("s-sub", "b-after"))
    told = story(xml)
    told.complete("v")
    assert told.at == ["b", "undoV"]
    told.deliver("b")
    assert told.at == ["after"]


def test_an_interrupting_event_sub_process_takes_the_undoing_with_it(draw, story):
    watcher = draw.sub("es", draw.start("es1", "message"), draw.user("w"), draw.flows("es1-w"), attrs='triggeredByEvent="true"')
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.undone_by("u", draw.user("undoU")), draw.end("e", "undo"), watcher, draw.flows("s-u-e")
    )
    told = story(xml)
    told.complete("u")
    told.deliver("es1")
    assert told.at == ["w"]


def test_a_handler_may_be_a_sub_process_a_loop_or_a_call(draw, story):
    called = draw.diagram(draw.start(), draw.user("c1"), draw.end(), draw.flows("s-c1-e"), key="q")
    whole = draw.sub("undoA", draw.start("s1"), draw.user("a1"), draw.end("e1"), draw.flows("s1-a1-e1"))
    xml = draw.diagram(
        draw.start(),
        draw.user("a"),
        draw.undone_by("a", whole),
        draw.user("b"),
        draw.undone_by("b", draw.user("undoB", inner=draw.multi(count="2"))),
        draw.user("c"),
        draw.undone_by("c", draw.call("undoC", "q")),
        draw.end("e", "undo"),
        draw.flows("s-a-b-c-e"),
    )
    told = story(xml, called)
    for each in "abc":
        told.complete(each)
    assert told.at == ["a1", "c1", "undoB", "undoB"]
    for each in ["undoB", "a1", "c1", "undoB"]:
        assert not told.ended
        told.complete(each)
    assert told.ended


def test_an_embedded_sub_process_that_terminated_or_was_called_is_not_undone(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.undone_by("u", draw.user("undoU")), draw.end(), draw.flows("s-u-e"), key="q")
    inner = draw.sub(
        "sub", draw.start("s1"), draw.user("v"), draw.undone_by("v", draw.user("undoV")), draw.end("e1", "terminate"), draw.flows("s1-v-e1")
    )
    told = story(draw.diagram(draw.start(), draw.call("c", "q"), inner, draw.end("e", "undo"), draw.flows("s-c-sub-e")), called)
    told.complete("u")
    told.complete("v")
    assert told.ended
    assert undone(told) == []


def test_records_keep_nothing_alive_and_wait_for_nobody(draw, story):
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.undone_by("u", draw.user("undoU")), draw.user("v"), draw.flows("s-u-v")))
    told.complete("u")
    assert told.at == ["v"]
    told.complete("v")
    assert told.ended
    assert told.execution.instance.index == {}


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_who_does_not_wait_goes_on_and_the_process_lasts_until_all_is_undone(draw, story, kind):
    loose = '<compensateEventDefinition waitForCompletion="false"/>'
    thrower = f'<intermediateThrowEvent id="t">{loose}</intermediateThrowEvent>' if kind == "throw" else f'<endEvent id="t">{loose}</endEvent>'
    beyond = draw.user("v") + draw.flows("t-v") if kind == "throw" else ""
    undone = draw.user("a") + draw.undone_by("a", draw.user("ua"))
    told = story(draw.diagram(draw.start(), undone, thrower, beyond, draw.flows("s-a-t")))
    told.complete("a")
    assert told.at == (["ua", "v"] if kind == "throw" else ["ua"])
    assert told.entered("t") == 1
    if kind == "throw":
        told.complete("v")
        assert not told.ended
    told.complete("ua")
    assert told.ended


def test_who_does_not_wait_for_what_is_done_at_once_leaves_nothing_behind(draw, story):
    loose = '<intermediateThrowEvent id="t"><compensateEventDefinition waitForCompletion="false"/></intermediateThrowEvent>'
    undone = draw.script("a", "n = 1") + draw.undone_by("a", draw.script("ua", "n = 2"))
    told = story(draw.diagram(draw.start(), undone, loose, draw.user("v"), draw.flows("s-a-t-v")))
    assert told.var("n") == 2
    told.complete("v")
    assert told.ended


def test_what_nobody_waits_for_ends_with_its_sub_process(draw, story):
    loose = '<intermediateThrowEvent id="t"><compensateEventDefinition waitForCompletion="false"/></intermediateThrowEvent>'
    inner = (draw.start("s1"), draw.user("a"), draw.undone_by("a", draw.user("ua")), loose, draw.user("v"), draw.flows("s1-a-t-v"))
    told = story(draw.diagram(draw.start(), draw.sub("sub", *inner), draw.boundary("b", "sub", "message"), draw.user("w"), draw.flows("s-sub", "b-w")))
    told.complete("a")
    told.deliver("b")
    assert told.at == ["w"]
    assert "t" not in [event.element for event in told.events if type(event).__name__ == "Cancelled"]


def with_handler_event(draw, kind, *, interrupting=True, host=""):
    """A task whose handler has a boundary event that leads to the task `fix`, then a throw event and a task `after`."""
    handler = host or draw.user("undoHotel")
    parts = (draw.undone_by("hotel", handler), draw.boundary("b", "undoHotel", kind, interrupting=interrupting), draw.user("fix"))
    flows = draw.flows("s-hotel-x-after-e", "b-fix")
    return draw.diagram(draw.start(), draw.user("hotel"), *parts, draw.throw("x", "undo"), draw.user("after"), draw.end(), flows)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_handler_may_have_boundary_events_and_who_throws_waits_for_the_handler_only(draw, story, interrupting):
    told = story(with_handler_event(draw, "message", interrupting=interrupting))
    told.complete("hotel")
    assert told.at == ["b", "undoHotel"]
    told.deliver("b")
    if not interrupting:
        assert told.at == ["b", "fix", "undoHotel"]
        told.complete("undoHotel")
    assert told.at == ["after", "fix"]
    told.complete("after")
    told.complete("fix")
    assert told.ended


def test_an_error_of_a_handler_goes_to_its_own_event(draw, story):
    failing = draw.sub("undoHotel", draw.start("s2"), draw.user("u"), draw.end("bad", "error"), draw.flows("s2-u-bad"))
    told = story(with_handler_event(draw, "error", host=failing))
    told.complete("hotel")
    told.complete("u")
    assert told.at == ["after", "fix"]
    told.complete("fix")
    told.complete("after")
    assert told.ended


@pytest.mark.parametrize("interrupting", [True, False])
def test_what_a_handlers_event_begins_in_a_completed_sub_process_is_waited_for(draw, story, interrupting):
    inner = (draw.user("hotel"), draw.undone_by("hotel", draw.user("undoHotel")), draw.end("e1"))
    event = draw.boundary("b", "undoHotel", "message", interrupting=interrupting)
    sub = draw.sub("sub", draw.start("s1"), *inner, event, draw.user("fix"), draw.flows("s1-hotel-e1", "b-fix"))
    told = story(
        draw.diagram(draw.start(), sub, draw.throw("x", "undo"), draw.user("after"), draw.end(), draw.flows("s-sub-x-after-e"))
    )
    told.complete("hotel")
    told.deliver("b")
    if not interrupting:
        told.complete("undoHotel")
    assert told.at == ["fix"]
    told.complete("fix")
    assert told.at == ["after"]
    told.complete("after")
    assert told.ended
