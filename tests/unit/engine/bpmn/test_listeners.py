"""Listeners: scripts and named functions at the beginning, the end and the taking away of what a token does."""

import pytest

from engine.bpmn import read_definitions
from engine.bpmn.modifying import Change, modify
from engine.bpmn.moving import migrate
from engine.bpmn.plans import Plan, generate
from engine.contract import BpmnError
from engine.errors import EngineError
from tests.unit.engine.bpmn.conftest import Draw, Story

DRAW = Draw()


def script(event, text, *, kind="execution", inner="", ident=""):
    name = f' id="{ident}"' if ident else ""
    return f'<camunda:{kind}Listener event="{event}"{name}><camunda:script scriptFormat="x">{text}</camunda:script>{inner}</camunda:{kind}Listener>'


def named(event, name, kind="execution"):
    return f'<camunda:{kind}Listener event="{event}" delegateExpression="${{{name}}}"/>'


def both(text):
    """A script at the start and one at the end that add to the variable `log`."""
    return script("start", f"log = log + '{text}+ '") + script("end", f"log = log + '{text}- '")


def timeout(text, name="w"):
    timer = f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"
    return script("timeout", f"{name} = empty {name} ? 1 : {name} + 1", kind="task", inner=timer, ident=f"id_{name}")


class Heard(Story):
    """A story whose named listeners are noted in `calls`; one called `bad` throws E1."""

    def __init__(self, *diagrams, **given):
        self.calls = []
        super().__init__(*diagrams, **given)

    def host(self):
        def listener(occasion):
            element = None if occasion.element is None else occasion.element.id
            self.calls.append((occasion.name, occasion.event, element, occasion.variables.get("n")))
            if occasion.name == "bad":
                raise BpmnError("E1", "no")
            return {"n": 7} if occasion.name == "seven" else None

        made = super().host()
        object.__setattr__(made, "listener", listener)
        return made


def test_elements_flows_and_the_process_tell_their_beginning_and_end_in_order(draw, story):
    taken = draw.ext(script("take", "log = log + 'f '"))
    take = f'<sequenceFlow id="f" sourceRef="s" targetRef="u">{taken}</sequenceFlow>'
    xml = draw.diagram(
        draw.ext(both("p")),
        draw.start(ext=both("s")),
        draw.user("u", ext=both("u")),
        draw.sub("sub", draw.start("s1"), draw.script("t", "log = log + 't '"), draw.flows("s1-t"), ext=both("sub")),
        draw.end(ext=both("e")),
        take,
        draw.flows("u-sub-e"),
    )
    told = story(xml, variables={"log": ""})
    assert told.var("log") == "p+ s+ s- f u+ "
    told.complete("u")
    assert told.var("log") == "p+ s+ s- f u+ u- sub+ t sub- e+ e- p- "


def test_a_listener_of_the_beginning_sees_inputs_and_its_variables_are_seen_by_the_task_and_the_outputs(draw, story):
    ext = draw.inputs(a="${1}") + draw.outputs(out="${a + b}") + script("start", "b = a + 1\nwho = 'ann'") + script("end", "b = b + 10")
    told = story(draw.diagram(draw.start(), draw.user("u", 'camunda:assignee="${who}"', ext=ext), draw.user("v"), draw.flows("s-u-v")))
    assert told.wait("u").assignee == "ann"
    told.complete("u")
    assert told.var("out") == 13


def test_each_instance_of_a_loop_tells_and_its_body_does_not(draw, story):
    task = draw.user("u", inner=draw.multi(over="${[1, 2]}", element="x"), ext=script("start", "n = n + 1") + script("end", "m = m + 1"))
    told = story(draw.diagram(draw.start(), task, draw.end(), draw.flows("s-u-e")), variables={"n": 0, "m": 0})
    told.complete("u")
    assert (told.var("n"), told.var("m")) == (2, 1)
    told.complete("u")
    assert told.ended
    assert told.var("m") == 2


def test_what_is_taken_away_tells_its_end_and_a_task_that_it_is_deleted(draw, story):
    ext = script("end", "log = log + 'end '") + script("delete", "log = log + 'deleted '", kind="task")
    sub = draw.sub("sub", draw.start("s1"), draw.user("u", ext=ext), draw.flows("s1-u"), ext=script("end", "log = log + 'sub'"))
    stop = draw.boundary("b", "sub", "message", ext=both("b"))
    told = story(draw.diagram(draw.start(), sub, stop, draw.user("v"), draw.flows("s-sub", "b-v")), variables={"log": ""})
    told.deliver("b")
    assert told.var("log") == "b+ b- deleted end sub"


def test_task_listeners_assign_when_a_task_is_born_given_and_done(draw, story):
    kinds = ("create", "assignment", "complete")
    ext = "".join(script(each, f"log = log + '{each} '", kind="task") for each in kinds)
    users = draw.user("u", 'camunda:assignee="ann"', ext=ext) + draw.user("v", ext=ext)
    told = story(draw.diagram(draw.start(), users, draw.end(), draw.flows("s-u-v-e")), variables={"log": ""})
    assert told.var("log") == "create assignment "
    told.complete("u")
    assert told.var("log") == "create assignment complete create "
    told.execution.run_scripts(told.wait("v").id, "assignment")
    told.settle()
    assert told.var("log").endswith("create assignment ")


def test_a_timeout_tells_and_the_task_goes_on(draw, story):
    told = story(draw.diagram(draw.start(), draw.user("u", ext=timeout("PT1H")), draw.end(), draw.flows("s-u-e")))
    assert [wait.kind for wait in told.execution.waits()] == ["user", "timer"]
    told.fire()
    assert told.var("w") == 1
    assert [wait.kind for wait in told.execution.waits()] == ["user"]
    told.complete("u")
    assert told.ended


def test_a_timeout_that_comes_again_tells_each_time_and_goes_with_its_task(draw, story):
    again = timeout("PT1H").replace("timeDuration>", "timeCycle>").replace("PT1H", "R/PT1H")
    told = story(draw.diagram(draw.start(), draw.user("u", ext=again), draw.user("v"), draw.flows("s-u-v")))
    told.fire()
    told.fire()
    assert told.var("w") == 2
    told.complete("u")
    assert [wait.kind for wait in told.execution.waits()] == ["user"]


def test_to_cancel_a_task_with_a_timeout_is_to_cancel_the_task(draw, story):
    told = story(draw.diagram(draw.start(), draw.user("u", ext=timeout("PT1H")), draw.user("v"), draw.flows("s-u-v")))
    modify(told.execution.instance, [Change("cancel", "u"), Change("before", "v")])
    told.settle()
    assert told.at == ["v"]


def test_a_new_version_keeps_a_timeout_arms_a_new_one_and_drops_one_that_is_gone(draw, story):
    def version(*timeouts):
        return draw.diagram(draw.start(), draw.user("u", ext="".join(timeouts)), draw.end(), draw.flows("s-u-e"))

    told = story(version(timeout("PT1H", "a"), timeout("PT2H", "b")))
    new = read_definitions({"d0.bpmn": version(timeout("PT9H", "b"), timeout("PT3H", "c"))})
    plan = Plan(1, 2, (generate(told.definitions.processes["p"], new.processes["p"]),))
    migrate(told.execution.instance, plan, version=1, processes=new.specs)
    told.definitions = new
    told.settle()
    for _ in range(2):
        told.fire()
    assert [told.var(name) for name in "abc"] == [None, 1, 1]


def test_a_named_listener_sees_what_is_there_and_what_it_gives_is_a_variable(draw):
    ext = named("start", "first") + named("start", "seven") + named("end", "last")
    told = Heard(draw.diagram(draw.start(), draw.user("u", ext=ext), draw.end(), draw.flows("s-u-e")), variables={"n": 1})
    assert told.calls == [("first", "start", "u", 1), ("seven", "start", "u", 1)]
    told.complete("u")
    assert told.calls[2:] == [("last", "end", "u", 7)]
    assert told.ended


def test_a_named_listener_without_anybody_to_call_it_is_an_error(draw, story):
    with pytest.raises(EngineError) as refused:
        story(draw.diagram(draw.start(ext=named("start", "nobody")), draw.end(), draw.flows("s-e")))
    assert refused.value.code == "no_listener"


@pytest.mark.parametrize("event", ["start", "end"])
@pytest.mark.parametrize("kind", ["user", "service", "call"])
def test_an_error_of_a_listener_reaches_the_boundary_of_its_activity(draw, kind, event):
    make = {"user": draw.user, "service": draw.service, "call": lambda name, ext: draw.call(name, "q", ext=ext)}[kind]
    parts = (draw.start(), make("u", ext=named(event, "bad")), draw.end(), draw.boundary("b", "u", "error"), draw.user("w"))
    called = draw.diagram(draw.start(), draw.user("x"), draw.end(), draw.flows("s-x-e"), key="q")
    told = Heard(draw.diagram(*parts, draw.flows("s-u-e", "b-w")), called)
    if event == "end":
        told.complete("x" if kind == "call" else "u")
    assert told.at == ["w"]
    told.complete("w")
    assert told.ended


@pytest.mark.parametrize("where", ["flow", "gateway", "event", "end event", "task of a loop"])
def test_an_error_of_a_listener_within_a_sub_process_reaches_its_boundary_and_nothing_else_goes_on(draw, where):
    bad = named("start", "bad")
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="x"><extensionElements>{named("take", "bad")}</extensionElements></sequenceFlow>'
    element = {
        "flow": draw.user("x"),
        "gateway": f'<exclusiveGateway id="x">{draw.ext(bad)}</exclusiveGateway>',
        "event": draw.catch("x", "message", ext=bad),
        "end event": draw.end("x", ext=named("end", "bad")),
        "task of a loop": draw.user("x", inner=draw.multi(count="2"), ext=bad),
    }[where]
    way = flow if where == "flow" else draw.flows("g-x")
    inner = (draw.start("s1"), draw.gate("g", "parallel"), element, draw.user("y"), draw.end("e1"), way, draw.flows("s1-g-y-e1"))
    told = Heard(
        draw.diagram(draw.start(), draw.sub("sub", *inner), draw.boundary("b", "sub", "error"), draw.user("w"), draw.flows("s-sub", "b-w"))
    )
    assert told.at == ["w"]
    assert told.entered("x") == (0 if where == "flow" else told.entered("x"))
    told.complete("w")
    assert told.ended


@pytest.mark.parametrize("where", ["process", "deleted task", "nobody catches"])
def test_an_error_that_nothing_can_catch_refuses_the_act(draw, where):
    own = draw.ext(named("end", "bad")) if where == "process" else ""
    ext = {"process": "", "deleted task": named("delete", "bad", "task"), "nobody catches": named("end", "bad")}[where]
    stop = draw.boundary("b", "u", "message")
    told = Heard(draw.diagram(own, draw.start(), draw.user("u", ext=ext), stop, draw.end(), draw.flows("s-u-e", "b-e")))
    with pytest.raises(EngineError) as refused:
        told.deliver("b") if where == "deleted task" else told.complete("u")
    assert refused.value.code == "uncaught"


def test_a_called_process_tells_its_beginning_and_its_end_also_when_it_is_taken_away(draw, story):
    inner = draw.diagram(
        draw.ext(script("start", "a = 1") + script("end", "a = 2")), draw.start(), draw.user("u"), draw.flows("s-u"), key="q"
    )
    call = draw.call("c", "q", ext='<camunda:out source="a" target="a"/>')
    told = story(draw.diagram(draw.start(), call, draw.user("v"), draw.flows("s-c-v")), inner)
    assert told.execution.variables(told.wait("u").within + "/c")["a"] == 1
    told.complete("u")
    assert told.var("a") == 2


def test_an_expression_that_sets_a_variable_is_understood(draw, story):
    listener = "<camunda:executionListener event=\"start\" expression=\"${execution.setVariable('a', execution.getVariable('b') + 1)}\"/>"
    task = '<serviceTask id="t" camunda:expression="${execution.setVariable(\'c\', execution.processBusinessKey)}"/>'
    told = story(draw.diagram(draw.start(ext=listener), task, draw.user("u"), draw.flows("s-t-u")), variables={"b": 1})
    assert (told.var("a"), told.var("c")) == (2, "BK")


@pytest.mark.parametrize("event", ["start", "end"])
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_error_of_a_boundary_events_listener_is_caught_around_its_activity_not_by_its_neighbours(draw, event, interrupting):
    own = draw.boundary("m", "u", "message", interrupting=interrupting, ext=named(event, "bad"))
    inner = (draw.start("s1"), draw.user("u"), own, draw.boundary("near", "u", "error"), draw.user("x"), draw.user("y"))
    sub = draw.sub("sub", *inner, draw.flows("s1-u", "m-x", "near-y"))
    told = Heard(draw.diagram(draw.start(), sub, draw.boundary("b", "sub", "error"), draw.user("w"), draw.flows("s-sub", "b-w")))
    told.deliver("m")
    assert told.at == ["w"]
    assert told.entered("x") == told.entered("y") == 0
    told.complete("w")
    assert told.ended


def test_an_error_of_a_boundary_events_listener_that_nobody_catches_refuses_the_act(draw):
    own = draw.boundary("m", "u", "message", ext=named("start", "bad"))
    told = Heard(draw.diagram(draw.start(), draw.user("u"), own, draw.boundary("b", "u", "error"), draw.end(), draw.flows("s-u-e", "m-e", "b-e")))
    with pytest.raises(EngineError) as refused:
        told.deliver("m")
    assert refused.value.code == "uncaught"
