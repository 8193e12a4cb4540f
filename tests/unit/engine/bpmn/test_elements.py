"""Elements that the other stories do not tell of: tasks without work, results of expressions, escalations at every place."""

import pytest


@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_tasks_without_work_pass_the_token_on(draw, story, kind):
    told = story(draw.diagram(draw.start(), f'<{kind} id="t"/>', draw.user("u"), draw.flows("s-t-u")))
    assert told.at == ["u"]
    assert told.entered("t") == 1


def test_events_without_a_definition_begin_pass_and_end(draw, story):
    told = story(draw.diagram(draw.start(), draw.throw("t", ""), draw.user("u"), draw.end(), draw.flows("s-t-u-e")))
    assert told.at == ["u"]
    told.complete("u")
    assert told.entered() == ["s", "t", "u", "e"]
    assert told.thrown == []
    assert told.ended


@pytest.mark.parametrize("kind", ["serviceTask", "businessRuleTask", "sendTask"])
def test_the_result_of_an_expression_is_a_variable(draw, story, kind):
    task = f'<{kind} id="t" camunda:expression="${{n + 1}}" camunda:resultVariable="m"/>'
    told = story(draw.diagram(draw.start(), task, draw.user("u"), draw.flows("s-t-u")), variables={"n": 1})
    assert told.var("m") == 2


def escalating(draw, how, *, interrupting):
    """A sub-process or a called process that escalates and goes on, with an event on it or an event sub-process around it."""
    inner = (
        draw.start("s1"),
        draw.throw("t", "escalation", draw.inputs(why="${'late'}")),
        draw.user("u"),
        draw.end("e1"),
        draw.flows("s1-t-u-e1"),
    )
    host = draw.call("sub", "q", ext='<camunda:in variables="all"/>') if how == "called process" else draw.sub("sub", *inner)
    if how == "event sub-process":
        attrs = 'triggeredByEvent="true"'
        start = draw.start("x", "escalation", attrs=f'isInterrupting="{str(interrupting).lower()}"')
        catcher = draw.sub("es", start, draw.user("w"), draw.end("e3"), draw.flows("x-w-e3"), attrs=attrs)
    else:
        catcher = draw.boundary("x", "sub", "escalation", interrupting=interrupting) + draw.user("w") + draw.flows("x-w")
    main = draw.diagram(draw.start(), host, catcher, draw.end(), draw.flows("s-sub-e"))
    return [main, draw.diagram(*inner, key="q")]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("how", ["sub-process", "called process", "event sub-process"])
def test_an_escalation_is_heard_outside(draw, story, how, interrupting):
    told = story(*escalating(draw, how, interrupting=interrupting))
    assert told.at == (["w"] if interrupting else ["u", "w"])
    assert told.execution.visible(told.wait("w").id)["why"] == "late"
    told.complete("w")
    if not interrupting:
        told.complete("u")
    assert told.ended


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_an_escalation_that_nobody_hears_stops_nothing(draw, story, kind):
    thrower = draw.throw("x", "escalation") if kind == "throw" else draw.end("x", "escalation")
    assert story(draw.diagram(draw.start(), thrower, draw.flows("s-x"))).ended


@pytest.mark.parametrize("interrupting", [True, False])
def test_the_payload_of_an_event_sub_process_is_that_of_its_run_unless_it_takes_the_place_of_all_others(draw, story, interrupting):
    """One that interrupts runs once, and what it is given is the scope's, as in Camunda; of several that run beside each other each keeps its own."""
    start = draw.start("x", "message", attrs=f'isInterrupting="{str(interrupting).lower()}"')
    watcher = draw.sub("es", start, draw.user("w"), draw.end("e2"), draw.flows("x-w-e2"), attrs='triggeredByEvent="true"')
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watcher), variables={"said": None})
    told.deliver("x", said="yes")
    assert told.execution.visible(told.wait("w").id)["said"] == "yes"
    assert told.var("said") == ("yes" if interrupting else None)


def test_output_parameters_of_its_start_event_say_where_the_payload_of_an_event_sub_process_goes(draw, story):
    start = draw.start("x", "message", ext=draw.outputs(kept="${said + '!'}"))
    watcher = draw.sub("es", start, draw.user("w"), draw.end("e2"), draw.flows("x-w-e2"), attrs='triggeredByEvent="true"')
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watcher))
    told.deliver("x", said="yes")
    assert told.execution.variables() == {"kept": "yes!"}


def test_an_event_sub_process_has_its_input_parameters(draw, story):
    start = draw.start("x", "message", attrs='isInterrupting="false"')
    local = draw.inputs(outcome="${null}", who="${name + ' of ' + unit}")
    parts = (start, draw.user("w"), draw.end("e2"), draw.flows("x-w-e2"))
    watcher = draw.sub("es", *parts, attrs='triggeredByEvent="true"', ext=local)
    variables = {"outcome": "kept", "unit": "RU-LN"}
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watcher), variables=variables)
    told.deliver("x", name="Ann")
    assert told.execution.visible(told.wait("w").id) == {"outcome": None, "who": "Ann of RU-LN", "name": "Ann", "unit": "RU-LN"}
    told.complete("w", outcome="done")
    assert told.execution.variables() == variables


def test_an_end_event_escalates_before_its_sub_process_ends(draw, story):
    inner = draw.sub("sub", draw.start("s1"), draw.end("e1", "escalation"), draw.flows("s1-e1"))
    xml = draw.diagram(
        draw.start(),
        inner,
        draw.boundary("b", "sub", "escalation", interrupting=False),
        draw.user("w"),
        draw.user("z"),
        draw.flows("s-sub-z", "b-w"),
    )
    assert story(xml).at == ["w", "z"]


def test_the_escalation_with_the_right_code_is_caught_else_the_one_for_any(draw, story):
    other = "<escalation id='esc2' name='esc2' escalationCode='Y'/>"
    inner = draw.sub("sub", draw.start("s1"), draw.throw("t", "escalation"), draw.user("u"), draw.flows("s1-t-u"))
    wrong = draw.boundary("b1", "sub", "escalation").replace('escalationRef="esc"', 'escalationRef="esc2"')
    any_code = draw.boundary("b2", "sub", "escalation").replace(' escalationRef="esc"', "")
    xml = draw.diagram(draw.start(), inner, wrong, any_code, draw.user("x"), draw.user("y"), draw.flows("s-sub", "b1-x", "b2-y"))
    assert story(xml.replace(b"<process", other.encode() + b"<process")).at == ["y"]


def test_booleans_may_be_written_as_numbers(draw, story):
    asked = draw.sub("es", draw.start("s1", "signal"), draw.user("w"), draw.flows("s1-w"), attrs='triggeredByEvent="true"')
    beside = draw.boundary("b", "u", "message", interrupting=False)
    xml = draw.diagram(draw.start(), draw.user("u"), beside, draw.user("v"), draw.flows("s-u", "b-v"), asked)
    told = story(xml.replace(b'="true"', b'="1"').replace(b'="false"', b'=" 0 "'))
    told.deliver("b")
    assert sorted(told.at) == ["b", "s1", "u", "v"]
