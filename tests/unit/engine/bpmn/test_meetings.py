"""Where two things of BPMN meet: conditions and whatever changes a variable, event sub-processes and calls, loops in them, undoing that waits."""

import pytest

from tests.unit.engine.bpmn.test_moving import Moving, line


def sets_x(event):
    """A listener that sets x."""
    return f'<camunda:executionListener event="{event}"><camunda:script scriptFormat="expression">x = 1</camunda:script></camunda:executionListener>'


def watcher(draw, name, kind, *parts, interrupting=True):
    """An event sub-process `name` that begins with `name`_s."""
    start = draw.start(f"{name}_s", kind, attrs=f'isInterrupting="{str(interrupting).lower()}"')
    return draw.sub(name, start, *parts, attrs='triggeredByEvent="true"')


def branch(draw, how):
    """What changes x in one branch: where the branch begins, its elements."""
    asked = '<camunda:taskListener event="complete"><camunda:script scriptFormat="expression">x = 1</camunda:script></camunda:taskListener>'
    take = f'<sequenceFlow id="a-n" sourceRef="a" targetRef="n"><extensionElements>{sets_x("take")}</extensionElements></sequenceFlow>'
    inner = (draw.start("s1"), draw.user("a"), draw.script("x1", "x = 1"), draw.user("rest"), draw.flows("s1-a-x1-rest"))
    return {
        "a person in another branch": ("a", draw.user("a")),
        "a caller from outside": ("a", draw.user("a")),
        "a listener of a beginning": ("b", draw.user("b") + draw.user("a", ext=sets_x("start")) + draw.flows("b-a")),
        "a listener of an end": ("a", draw.user("a", ext=sets_x("end"))),
        "a listener of a flow": ("a", draw.user("a") + draw.user("n") + take),
        "a task listener": ("a", draw.user("a", ext=asked)),
        "an output parameter": ("a", draw.user("a", ext=draw.outputs(x="${1}"))),
        "a script in a sub-process": ("sub", draw.sub("sub", *inner)),
        "what a called process gives back": ("k", draw.call("k", "q", ext='<camunda:out variables="all"/>')),
        "a message": ("a", draw.catch("a", "message")),
        "a signal": ("a", draw.catch("a", "signal")),
        "a timer's path": ("a", draw.catch("a", "duration:P1D") + draw.script("x1", "x = 1") + draw.flows("a-x1")),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "a person in another branch", "a caller from outside", "a listener of a beginning", "a listener of an end", "a listener of a flow", "a task listener",
        "an output parameter", "a script in a sub-process", "what a called process gives back", "a message", "a signal", "a timer's path",
    ],
)  # fmt: skip
def test_a_condition_is_looked_at_again_whoever_changes_its_variable(draw, story, how):
    first, parts = branch(draw, how)
    waits = (draw.gate("f", "parallel"), draw.catch("c", "when:${x == 1}"), draw.user("won"), draw.flows(f"s-f-{first}", "f-c-won"))
    called = draw.diagram(draw.start("q_s"), draw.user("a"), draw.script("q_x", "x = 1"), draw.end("q_e"), draw.flows("q_s-a-q_x-q_e"), key="q")
    told = story(draw.diagram(draw.start(), parts, *waits), called, variables={"x": 0})
    assert "won" not in told.at
    if how == "a caller from outside":
        told.execution.set_variables({"x": 1})
        told.settle()
    elif how == "a listener of a beginning":
        told.complete("b")
    elif how == "a person in another branch":
        told.complete("a", x=1)
    elif how in {"a message", "a signal"}:
        told.deliver("a", x=1)
    else:
        told.happen(told.wait("a"))
    assert "won" in told.at


def test_a_condition_is_looked_at_again_when_its_variable_is_taken_away(draw, story):
    told = story(draw.diagram(draw.start(), draw.catch("c", "when:${empty x}"), draw.user("u"), draw.flows("s-c-u")), variables={"x": 1})
    assert told.at == []
    told.execution.remove_variables(["x"])
    told.settle()
    assert told.at == ["u"]


def test_a_condition_in_a_called_process_is_about_its_own_variables(draw, story):
    caller = (draw.gate("f", "parallel"), draw.user("a"), draw.call("k", "q", ext='<camunda:in source="x" target="x"/>'), draw.end())
    listens = watcher(draw, "es", "when:${x == 1}", draw.user("w"), draw.end("es_e"), draw.flows("es_s-w-es_e"))
    called = draw.diagram(draw.start("q_s"), draw.user("b"), draw.user("c"), draw.flows("q_s-b-c"), listens, key="q")
    told = story(draw.diagram(draw.start(), *caller, draw.flows("s-f-a", "f-k-e")), called, variables={"x": 0})
    told.complete("a", x=1)
    assert told.at == ["b"]
    told.complete("b", x=1)
    assert told.at == ["w"]
    told.complete("w")
    assert told.ended


def test_a_new_version_looks_at_its_conditions_at_once(draw):
    late = (draw.user("w"), draw.flows("c-w"))
    holds, waits = (line("a", "b", more=(draw.boundary("c", "a", f"when:${{x == {n}}}"), *late)) for n in (1, 2))
    for old in (line("a", "b"), waits):
        one = Moving(old, variables={"x": 1})
        assert one.at == ["a"]
        one.move(holds)
        assert one.at == ["w"]


KINDS = ["message", "signal", "duration:P1D", "escalation", "when:${x == 1}"]


@pytest.mark.parametrize(("kind", "interrupting"), [("error", True), *((kind, ends) for kind in KINDS for ends in (True, False))])
def test_event_sub_processes_of_a_called_process(draw, story, kind, interrupting):
    throws = {"error": draw.end("t", "error"), "escalation": draw.throw("t", "escalation") + draw.user("on") + draw.flows("t-on")}
    listens = watcher(draw, "es", kind, draw.user("w"), draw.end("es_e"), draw.flows("es_s-w-es_e"), interrupting=interrupting)
    parts = (draw.start("q_s"), draw.user("b"), throws.get(kind, draw.end("t")), draw.flows("q_s-b-t"), listens)
    call = draw.call("k", "q", ext='<camunda:in variables="all"/><camunda:out variables="all"/>')
    xml = draw.diagram(draw.start(), call, draw.user("after"), draw.flows("s-k-after"))
    told = story(xml, draw.diagram(*parts, key="q"), variables={"x": 0})
    if kind.startswith("when"):
        told.execution.set_variables({"x": 1}, scope=told.wait("b").within + "/c")
        told.settle()
    elif kind in throws:
        told.complete("b")
    else:
        told.happen(told.wait("es_s"))
    going_on = [] if interrupting else ["on" if kind == "escalation" else "b"]
    assert [each for each in told.at if each != "es_s"] == sorted([*going_on, "w"])
    for task in ("w", *going_on):
        assert "after" not in told.at
        told.complete(task)
    assert told.at == ["after"]


def test_loops_in_runs_of_an_event_sub_process_in_instances_of_a_loop(draw, story):
    each = draw.user("m", inner=draw.multi(over="${people}", element="p", out="got", item="r"))
    parts = (each, draw.user("z", ext=draw.inputs(shown="${got}")), draw.end("es_e"), draw.flows("es_s-m-z-es_e"))
    listens = watcher(draw, "es", "message", *parts, interrupting=False)
    own = draw.inputs(got="${null}")
    listens = listens.replace('triggeredByEvent="true">', f'triggeredByEvent="true"><extensionElements>{own}</extensionElements>', 1)
    sub = draw.sub("sub", draw.start("s1"), draw.user("u"), draw.end("e1"), draw.flows("s1-u-e1"), listens, draw.multi(count="2"))
    told = story(draw.diagram(draw.start(), sub, draw.user("after"), draw.flows("s-sub-after")))
    for instance, people in ((0, ["a", "b"]), (0, ["c"]), (1, ["d"])):
        told.deliver("es_s", instance, people=people)
    told.complete("u")
    told.complete("u")
    for _ in range(4):
        seen = told.execution.visible(told.wait("m").id)
        told.complete("m", r=seen["p"].upper())
    shown = [told.execution.visible(told.wait("z", nth).id)["shown"] for nth in range(3)]
    assert sorted(shown) == [["A", "B"], ["C"], ["D"]]
    for _ in range(3):
        assert "after" not in told.at
        told.complete("z")
    assert told.at == ["after"]


def test_an_error_event_sub_process_undoes_and_waits_for_it(draw, story):
    steps = [draw.user("a"), draw.undone_by("a", draw.user("ua")), draw.user("b"), draw.undone_by("b", draw.user("ub")), draw.user("c")]
    undoes = watcher(draw, "es", "error", draw.throw("t", "undo"), draw.user("w"), draw.end("es_e"), draw.flows("es_s-t-w-es_e"))
    told = story(draw.diagram(draw.start(), *steps, draw.end("bad", "error"), draw.flows("s-a-b-c-bad"), undoes))
    for task in ("a", "b", "c"):
        told.complete(task)
    assert told.at == ["ua", "ub"]
    told.complete("ub")
    assert told.at == ["ua"]
    told.complete("ua")
    assert told.at == ["w"]
    told.complete("w")
    assert told.ended


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_of_a_sub_process_are_undone_each_with_what_it_knew(draw, story, sequential):
    booked = (draw.script("x1", "mine = x"), draw.user("book"), draw.undone_by("book", draw.user("unbook")))
    loop = draw.multi(over="${[1, 2]}", element="x", sequential=sequential)
    trip = draw.sub("trip", draw.start("s1"), *booked, draw.end("e1"), loop, draw.flows("s1-x1-book-e1"), ext=draw.inputs(mine="${null}"))
    told = story(draw.diagram(draw.start(), trip, draw.throw("t", "undo:trip"), draw.user("after"), draw.flows("s-trip-t-after")))
    told.complete("book")
    told.complete("book")
    assert [told.execution.visible(told.wait("unbook", nth).id)["mine"] for nth in range(2)] in ([1, 2], [2, 1])
    told.complete("unbook")
    assert told.at == ["unbook"]
    told.complete("unbook")
    assert told.at == ["after"]


def cancelled(draw, *more, flows=(), loop=""):
    """A transaction that is cancelled after b while a is done and x at work."""
    inner = (draw.gate("f", "parallel"), draw.user("a"), draw.undone_by("a", draw.user("ua")), draw.user("x"), draw.user("b"))
    parts = (draw.start("s1"), *inner, draw.end("c", "cancel"), draw.flows("s1-f-a-x", "f-b-c"), loop)
    ways = (draw.boundary("bc", "tx", "cancel"), draw.user("after"), draw.user("ok"), draw.flows("s-tx-ok", "bc-after", *flows))
    return draw.diagram(draw.start(), draw.sub("tx", *parts, tag="transaction"), *ways, *more)


def test_a_cancelled_transaction_waits_for_the_people_who_undo(draw, story):
    told = story(cancelled(draw))
    told.complete("a")
    told.complete("b")
    assert told.at == ["ua"]
    told.complete("ua")
    assert told.at == ["after"]
    told.complete("after")
    assert told.ended


def test_a_transaction_may_be_interrupted_while_it_is_undone(draw, story):
    told = story(cancelled(draw, draw.boundary("bt", "tx", "duration:P1D"), draw.user("late"), flows=["bt-late"]))
    told.complete("a")
    told.complete("b")
    assert told.at == ["bt", "ua"]
    told.fire("bt")
    assert told.at == ["late"]
    told.leaves_nothing()


def test_an_instance_of_a_transaction_that_is_cancelled_cancels_the_loop(draw, story):
    told = story(cancelled(draw, loop=draw.multi(count="2")))
    told.complete("a")
    told.complete("b")
    assert "ua" in told.at
    told.complete("ua")
    assert told.at == ["after"]


def test_an_inclusive_join_in_an_event_sub_process_waits_for_what_a_boundary_event_began(draw, story):
    branches = (draw.user("a"), draw.boundary("ba", "a", "duration:P1D", interrupting=False), draw.user("r"), draw.user("b"))
    gates = (draw.gate("f", "inclusive"), draw.gate("j", "inclusive"), draw.user("z"), draw.end("es_e"))
    flows = draw.flows("es_s-f", "f-a-j ${true}", "f-b-j ${true}", "ba-r-j", "j-z-es_e")
    listens = watcher(draw, "es", "message", *branches, *gates, flows, interrupting=False)
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), listens))
    told.deliver("es_s")
    told.fire("ba")
    for task in ("a", "b", "r"):
        assert "z" not in told.at
        told.complete(task)
    assert told.at.count("z") == 1
    told.deliver("es_s")
    told.complete("b")
    told.complete("a")
    assert told.at.count("z") == 2


@pytest.mark.parametrize("first", ["c", "r", "t"])
def test_a_condition_a_receive_task_and_a_timer_behind_an_event_based_gateway(draw, story, first):
    offered = (draw.catch("c", "when:${x == 1}"), '<receiveTask id="r" messageRef="message_m"/>', draw.catch("t", "duration:P1D"))
    ends = [draw.user(f"{each}_u") for each in "crt"]
    xml = draw.diagram(draw.start(), draw.gate("g", "event"), *offered, *ends, draw.flows("s-g", *(f"g-{each}-{each}_u" for each in "crt")))
    told = story(xml, variables={"x": 0})
    if first == "c":
        told.execution.set_variables({"x": 1})
        told.settle()
    else:
        told.happen(told.wait(first))
    assert told.at == [f"{first}_u"]
    assert story(xml, variables={"x": 1}).at == ["c_u"]
