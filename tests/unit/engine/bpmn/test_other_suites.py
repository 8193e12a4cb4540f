"""Models as other engines' own test suites have them: nests, rounds and meetings of what the other stories tell one by one."""

import pytest

from engine.bpmn.scopes import COUNTERS
from engine.errors import EngineError


def error_watch(draw, name, *, kind="error", inner=None, attrs=""):
    """An event sub-process that catches an error and waits at the task `<name>_t`."""
    return draw.sub(
        name,
        draw.start(f"{name}_s", kind, attrs=attrs),
        inner or draw.user(f"{name}_t"),
        draw.end(f"{name}_e"),
        draw.flows(f"{name}_s-{name}_t-{name}_e"),
        attrs='triggeredByEvent="true"',
    )


def test_of_nested_event_sub_processes_with_one_code_the_innermost_catches_and_its_own_error_goes_outside(draw, story):
    throwing = draw.end("inner_t", "error")
    inner = draw.sub(
        "mid",
        draw.start("s2"),
        draw.user("u"),
        draw.end("bad", "error"),
        draw.flows("s2-u-bad"),
        error_watch(draw, "inner", inner=throwing).replace(
            '<sequenceFlow id="inner_t-inner_e" sourceRef="inner_t" targetRef="inner_e"></sequenceFlow>', ""
        ),
    )
    outer = draw.sub("out", draw.start("s1"), inner, draw.end("e1"), draw.flows("s1-mid-e1"), error_watch(draw, "outer"))
    told = story(draw.diagram(draw.start(), outer, draw.end(), draw.flows("s-out-e")))
    told.complete("u")
    assert told.at == ["outer_t"]
    assert told.entered("inner") == told.entered("outer") == 1
    told.complete("outer_t")
    assert told.ended


def test_an_error_end_in_an_instance_of_a_parallel_loop_ends_the_whole_loop(draw, story):
    sub = draw.sub(
        "sub",
        draw.start("s1"),
        draw.user("u"),
        draw.gate("g"),
        draw.end("bad", "error"),
        draw.end("good"),
        draw.multi(over="${[1, 2, 3]}", element="x"),
        draw.flows("s1-u-g", "g-bad ${x == 2}", "g-good default"),
    )
    told = story(
        draw.diagram(draw.start(), sub, draw.boundary("b", "sub", "error"), draw.user("w"), draw.end(), draw.flows("s-sub-e", "b-w"))
    )
    told.complete("u")
    assert told.at == ["u", "u"]
    told.complete("u")
    assert told.at == ["w"]
    told.complete("w")
    assert told.ended


def test_an_error_event_sub_process_within_a_loop_ends_only_its_instance(draw, story):
    sub = draw.sub(
        "sub",
        draw.start("s1"),
        draw.user("u"),
        draw.end("bad", "error"),
        draw.flows("s1-u-bad"),
        error_watch(draw, "es"),
        draw.multi(count="2"),
    )
    told = story(draw.diagram(draw.start(), sub, draw.user("v"), draw.flows("s-sub-v")))
    told.complete("u")
    assert told.at == ["es_t", "u"]
    told.complete("es_t")
    assert told.at == ["u"]
    told.complete("u")
    told.complete("es_t")
    assert told.at == ["v"]


@pytest.mark.parametrize("catch", ["boundary", "event sub-process"])
def test_an_escalation_tells_its_code(draw, story, catch):
    coded = '<escalationEventDefinition camunda:escalationCodeVariable="code"/>'
    inner = (draw.start("s1"), draw.throw("t", "escalation"), draw.user("u"), draw.end("e1"), draw.flows("s1-t-u-e1"))
    if catch == "boundary":
        told = story(
            draw.diagram(
                draw.start(),
                draw.sub("sub", *inner),
                f'<boundaryEvent id="b" attachedToRef="sub" cancelActivity="false">{coded}</boundaryEvent>',
                draw.user("w"),
                draw.end(),
                draw.flows("s-sub-e", "b-w-e"),
            )
        )
    else:
        start = f'<startEvent id="b" isInterrupting="false">{coded}</startEvent>'
        told = story(
            draw.diagram(
                draw.start(),
                draw.sub("sub", *inner),
                draw.sub("es", start, draw.user("w"), draw.flows("b-w"), attrs='triggeredByEvent="true"'),
                draw.end(),
                draw.flows("s-sub-e"),
            )
        )
    assert told.at == ["u", "w"]
    assert told.execution.visible(told.wait("w").id)["code"] == "X"


def test_a_repeating_timer_on_a_loop_fires_beside_its_instances(draw, story):
    task = draw.user("u", inner=draw.multi(count="2"))
    told = story(
        draw.diagram(
            draw.start(),
            task,
            draw.boundary("b", "u", "cycle:R3/PT1H", interrupting=False),
            draw.user("w"),
            draw.end(),
            draw.flows("s-u-e", "b-w-e"),
        )
    )
    told.fire()
    told.complete("u")
    told.fire()
    assert told.at == ["b", "u", "w", "w"]
    told.complete("u")
    assert told.at == ["w", "w"]


def test_links_lead_on_within_each_sub_process_and_from_several_throws(draw, story):
    inner = (
        draw.start("s1"),
        draw.gate("g", "parallel"),
        draw.throw("t1", "link:L"),
        draw.throw("t2", "link:L"),
        draw.catch("c", "link:L"),
        draw.user("u"),
        draw.flows("s1-g-t1", "g-t2", "c-u"),
    )
    outer = (
        draw.start(),
        draw.throw("t", "link:L"),
        draw.catch("c0", "link:L"),
        draw.sub("sub", *inner),
        draw.user("v"),
        draw.flows("s-t", "c0-sub-v"),
    )
    told = story(draw.diagram(*outer))
    assert told.at == ["u", "u"]
    told.complete("u")
    told.complete("u")
    assert told.at == ["v"]


def test_an_inclusive_join_in_a_loop_waits_for_what_goes_round_once_more(draw, story):
    parts = (
        draw.start(),
        draw.gate("m"),
        draw.gate("f", "inclusive"),
        draw.user("a"),
        draw.user("b"),
        draw.gate("j", "inclusive"),
        draw.gate("x"),
        draw.user("v"),
    )
    flows = draw.flows("s-m-f", "f-a ${true}", "f-b ${n > 1}", "a-j", "b-j", "j-x", "x-m ${again}", "x-v default")
    told = story(draw.diagram(*parts, flows), variables={"n": 2, "again": True})
    told.complete("a", n=1)
    assert told.at == ["b"]
    told.complete("b")
    assert told.at == ["a"]
    told.complete("a", again=False)
    assert told.at == ["v"]


def test_a_conditional_event_that_does_not_interrupt_fires_each_time_it_becomes_true(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u"),
            draw.boundary("b", "u", "when:${n &gt; 1}", interrupting=False),
            draw.user("w"),
            draw.flows("s-u", "b-w"),
        ),
        variables={"n": 0},
    )
    for value, times in ((2, 1), (3, 1), (0, 1), (5, 2)):
        told.execution.set_variables({"n": value})
        told.settle()
        assert told.at.count("w") == times


def test_to_terminate_a_called_process_ends_that_one_only_and_its_caller_goes_on(draw, story):
    called = draw.diagram(
        draw.start(),
        draw.gate("g", "parallel"),
        draw.user("x"),
        draw.user("y"),
        draw.end("stop", "terminate"),
        draw.flows("s-g-x-stop", "g-y"),
        key="q",
    )
    told = story(
        draw.diagram(
            draw.start(), draw.gate("h", "parallel"), draw.call("c", "q"), draw.user("v"), draw.user("w"), draw.flows("s-h-c-v", "h-w")
        ),
        called,
    )
    told.complete("x")
    assert told.at == ["v", "w"]


def test_a_cancel_end_in_a_nested_transaction_cancels_the_inner_one_only(draw, story):
    inner = draw.sub(
        "in",
        draw.start("s2"),
        draw.user("a"),
        draw.undone_by("a", draw.user("ua")),
        draw.end("stop", "cancel"),
        draw.flows("s2-a-stop"),
        tag="transaction",
    )
    outer = draw.sub(
        "out",
        draw.start("s1"),
        draw.user("b"),
        draw.undone_by("b", draw.user("ub")),
        inner,
        draw.boundary("c", "in", "cancel"),
        draw.user("d"),
        draw.end("stop1", "cancel"),
        draw.flows("s1-b-in", "c-d-stop1"),
        tag="transaction",
    )
    told = story(draw.diagram(draw.start(), outer, draw.boundary("c1", "out", "cancel"), draw.user("z"), draw.flows("s-out", "c1-z")))
    told.complete("b")
    told.complete("a")
    assert told.at == ["ua"]
    told.complete("ua")
    assert told.at == ["d"]
    told.complete("d")
    assert told.at == ["ub"]
    told.complete("ub")
    assert told.at == ["z"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_begins_an_event_sub_process_of_a_sub_process_with_its_payload(draw, story, interrupting):
    watch = error_watch(draw, "es", kind="message", attrs=f'isInterrupting="{str(interrupting).lower()}"')
    told = story(
        draw.diagram(
            draw.start(),
            draw.sub("sub", draw.start("s1"), draw.user("u"), draw.end("e1"), draw.flows("s1-u-e1"), watch),
            draw.user("v"),
            draw.flows("s-sub-v"),
        )
    )
    told.deliver("es_s", why="so")
    if not interrupting:
        told.deliver("es_s", why="again")
    assert told.at == (["es_t"] if interrupting else ["es_s", "es_t", "es_t", "u"])
    assert told.execution.visible(told.wait("es_t").id)["why"] == "so"
    assert told.var("why") == ("so" if interrupting else None)


def test_an_event_based_gateway_in_a_loop_offers_its_events_anew_each_round(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("m"),
            draw.gate("g", "event"),
            draw.catch("a", "message"),
            draw.catch("t", "duration:PT1H"),
            draw.user("v"),
            draw.flows("s-m-g-a-m", "g-t-v"),
        )
    )
    for _ in range(3):
        told.deliver("a")
        assert told.at == ["a", "t"]
    told.fire()
    assert told.at == ["v"]
    assert told.entered("g") == 4


@pytest.mark.parametrize("sequential", [True, False])
def test_loops_of_calls_that_loop_over_calls(draw, story, sequential):
    leaf = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="leaf")
    twice = draw.multi(over="${xs}", element="x", sequential=sequential)
    middle = draw.diagram(draw.start(), draw.call("c2", "leaf", inner=twice), draw.end(), draw.flows("s-c2-e"), key="mid")
    outer = draw.call(
        "c1",
        "mid",
        inner=draw.multi(over="${[[1, 2], [3, 4]]}", element="ys", sequential=sequential),
        ext='<camunda:in source="ys" target="xs"/>',
    )
    told = story(draw.diagram(draw.start(), outer, draw.user("v"), draw.flows("s-c1-v")), middle, leaf)
    assert len(told.at) == (1 if sequential else 4)
    for _ in range(4):
        assert set(told.at) == {"u"}
        told.complete("u")
    assert told.at == ["v"]


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("over", ["${[]}", None])
def test_a_loop_over_nothing_is_passed_and_gives_an_empty_list(draw, story, sequential, over):
    multi = draw.multi(over=over or "", element="x" if over else "", count="" if over else "0", sequential=sequential, out="done", item="x")
    told = story(draw.diagram(draw.start(), draw.user("u", inner=multi), draw.user("v"), draw.flows("s-u-v")))
    assert told.at == ["v"]
    assert told.var("done") == []


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_that_holds_after_the_first_ends_the_loop(draw, story, sequential):
    multi = draw.multi(count="5", sequential=sequential, until="${nrOfCompletedInstances / nrOfInstances &gt;= 0.2}")
    told = story(draw.diagram(draw.start(), draw.user("u", inner=multi), draw.user("v"), draw.flows("s-u-v")))
    told.complete("u")
    assert told.at == ["v"]
    assert not COUNTERS & told.execution.variables().keys()


@pytest.mark.parametrize(("before", "runs"), [("true", 0), ("false", 1)])
def test_a_standard_loop_tests_before_or_after_and_never_runs_more_often_than_its_maximum(draw, story, before, runs):
    def loop(condition):
        return f'<standardLoopCharacteristics testBefore="{before}" loopMaximum="3"><loopCondition>{condition}</loopCondition></standardLoopCharacteristics>'

    none = story(
        draw.diagram(
            draw.start(),
            f'<scriptTask id="t"><script>n = n + 1</script>{loop("${false}")}</scriptTask>',
            draw.user("v"),
            draw.flows("s-t-v"),
        ),
        variables={"n": 0},
    )
    assert none.var("n") == runs
    most = story(
        draw.diagram(
            draw.start(),
            f'<scriptTask id="t"><script>n = n + 1</script>{loop("${true}")}</scriptTask>',
            draw.user("v"),
            draw.flows("s-t-v"),
        ),
        variables={"n": 0},
    )
    assert most.var("n") == 3


def test_messages_correlate_by_an_expression_over_variables_of_their_scope(draw, story):
    catch = draw.catch("c", "message", draw.props(correlation="${order.id}-${x}"))
    sub = draw.sub("sub", draw.start("s1"), catch, draw.end("e1"), draw.flows("s1-c-e1"), draw.multi(over="${['a', 'b']}", element="x"))
    told = story(draw.diagram(draw.start(), sub, draw.end(), draw.flows("s-sub-e")), variables={"order": {"id": 7}})
    assert sorted(wait.correlation for wait in told.execution.waits()) == ["7-a", "7-b"]


def test_inputs_are_texts_lists_maps_and_scripts_within_one_another(draw, story):
    shaped = (
        '<camunda:inputOutput><camunda:inputParameter name="all"><camunda:map>'
        '<camunda:entry key="list"><camunda:list><camunda:value>a</camunda:value><camunda:script scriptFormat="js">n + 1</camunda:script>'
        "<camunda:list><camunda:value>${n}</camunda:value></camunda:list></camunda:list></camunda:entry>"
        '<camunda:entry key="text">no ${n}</camunda:entry></camunda:map></camunda:inputParameter></camunda:inputOutput>'
    )
    told = story(draw.diagram(draw.start(), draw.user("u", ext=shaped), draw.flows("s-u")), variables={"n": 1})
    assert told.execution.visible(told.wait("u").id)["all"] == {"list": ["a", 2, [1]], "text": "no 1"}


def test_a_called_process_gets_expressions_and_the_callers_business_key(draw, story):
    called = draw.diagram(draw.start(), draw.catch("c", "message"), draw.end(), draw.flows("s-c-e"), key="q")
    ext = '<camunda:in sourceExpression="${n * 2}" target="m"/><camunda:in businessKey="#{execution.processBusinessKey}"/>'
    ext += '<camunda:out sourceExpression="${m + 1}" target="n"/>'
    told = story(
        draw.diagram(draw.start(), draw.call("call", "q", ext=ext), draw.user("v"), draw.flows("s-call-v")), called, variables={"n": 2}
    )
    assert told.wait("c").correlation == "BK"
    told.deliver("c")
    assert told.var("n") == 5


def test_priority_and_dates_of_a_task_are_expressions(draw, story):
    attrs = (
        'camunda:priority="${n + 10}" camunda:followUpDate="${now() + duration(\'P2D\')}" camunda:dueDate="${when}" name="Look at ${what}"'
    )
    told = story(
        draw.diagram(draw.start(), draw.user("u", attrs), draw.flows("s-u")), variables={"n": 1, "when": "2023-05-04", "what": "it"}
    )
    wait = told.wait("u")
    assert (wait.priority, wait.follow_up.day, wait.name) == (11, 3, "Look at it")
    assert wait.due.isoformat() == "2023-05-03T16:00:00+00:00"


def test_two_interrupting_events_on_one_activity_only_the_first_counts(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u"),
            draw.boundary("a", "u", "message"),
            draw.boundary("b", "u", "signal"),
            draw.user("x"),
            draw.user("y"),
            draw.flows("s-u", "a-x", "b-y"),
        )
    )
    told.deliver("b")
    assert told.at == ["y"]


def test_a_signal_thrown_within_reaches_every_scope_of_the_instance_once(draw, story):
    inner = (draw.start("s1"), draw.catch("c", "signal"), draw.end("e1"), draw.flows("s1-c-e1"))
    watch = error_watch(draw, "es", kind="signal", attrs='isInterrupting="false"')
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("g", "parallel"),
            draw.sub("sub", *inner, draw.multi(count="2")),
            draw.user("u"),
            draw.throw("t", "signal"),
            draw.user("v"),
            watch,
            draw.flows("s-g-sub", "g-u-t-v"),
        )
    )
    told.complete("u")
    assert told.at == ["es_s", "es_t", "v"]


def test_a_terminate_end_in_an_event_sub_process_ends_that_only(draw, story):
    watch = draw.sub(
        "es",
        draw.start("x", "message", attrs='isInterrupting="false"'),
        draw.end("stop", "terminate"),
        draw.flows("x-stop"),
        attrs='triggeredByEvent="true"',
    )
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watch))
    told.deliver("x")
    assert told.at == ["u", "x"]


def test_tokens_of_two_rounds_never_meet_at_a_parallel_join(draw, story):
    """Two tokens on one branch do not make a pair."""
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("f", "parallel"),
            draw.user("a"),
            draw.user("b"),
            draw.user("c"),
            draw.gate("m"),
            draw.gate("j", "parallel"),
            draw.user("v"),
            draw.flows("s-f-a-m", "f-b-m", "m-j", "f-c-j", "j-v"),
        )
    )
    told.complete("a")
    told.complete("b")
    assert told.at == ["c"]
    told.complete("c")
    assert told.at == ["v"]


def test_a_receive_task_in_a_loop_waits_for_one_message_each(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            f'<receiveTask id="r" messageRef="message_m">{draw.multi(count="2", sequential=True)}</receiveTask>',
            draw.user("v"),
            draw.flows("s-r-v"),
        )
    )
    told.deliver("r")
    told.deliver("r")
    assert told.at == ["v"]


def test_a_compensation_of_a_sub_process_in_a_loop_undoes_every_instance(draw, story):
    sub = draw.sub(
        "sub",
        draw.start("s1"),
        draw.script("a", "n = n + 1"),
        draw.undone_by("a", draw.script("ua", "n = n - 1")),
        draw.end("e1"),
        draw.flows("s1-a-e1"),
        draw.multi(count="3"),
    )
    told = story(
        draw.diagram(draw.start(), sub, draw.user("u"), draw.throw("t", "undo"), draw.user("v"), draw.flows("s-sub-u-t-v")),
        variables={"n": 0},
    )
    assert told.var("n") == 3
    told.complete("u")
    assert told.var("n") == 0
    assert told.at == ["v"]


def test_a_call_activity_with_a_handler_is_undone_by_it(draw, story):
    called = draw.diagram(
        draw.start(), draw.script("a", "m = 1"), draw.undone_by("a", draw.script("ua", "m = 2")), draw.end(), draw.flows("s-a-e"), key="q"
    )
    call = draw.call("c", "q", ext='<camunda:out source="m" target="m"/>') + draw.undone_by("c", draw.user("uc"))
    told = story(draw.diagram(draw.start(), call, draw.throw("t", "undo:c"), draw.user("v"), draw.flows("s-c-t-v")), called)
    assert told.at == ["uc"]
    told.complete("uc")
    assert told.at == ["v"]
    assert told.var("m") == 1


def test_a_handler_may_be_a_called_process(draw, story):
    called = draw.diagram(draw.start(), draw.user("x"), draw.end(), draw.flows("s-x-e"), key="q")
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("a"),
            draw.undone_by("a", draw.call("ua", "q")),
            draw.throw("t", "undo"),
            draw.user("v"),
            draw.flows("s-a-t-v"),
        ),
        called,
    )
    told.complete("a")
    assert told.at == ["x"]
    told.complete("x")
    assert told.at == ["v"]


@pytest.mark.parametrize("kind", ["message", "duration:PT1H", "signal", "when:${n}"])
def test_a_service_task_may_have_events_that_a_handler_of_ours_never_lets_fire(draw, story, kind):
    told = story(
        draw.diagram(draw.start(), draw.service("h"), draw.boundary("b", "h", kind), draw.end(), draw.flows("s-h-e", "b-e")),
        variables={"n": False},
    )
    told.complete("h")
    assert told.ended


def test_an_error_end_in_an_event_sub_process_is_not_caught_by_itself(draw, story):
    throws = draw.sub("es", draw.start("x", "error"), draw.end("again", "error"), draw.flows("x-again"), attrs='triggeredByEvent="true"')
    told = story(
        draw.diagram(
            draw.start(),
            draw.sub("sub", draw.start("s1"), draw.end("bad", "error"), draw.flows("s1-bad"), throws),
            draw.boundary("b", "sub", "error"),
            draw.user("v"),
            draw.flows("s-sub", "b-v"),
        )
    )
    assert told.at == ["v"]
    assert told.entered("es") == 1


def test_conditions_of_flows_out_of_a_task_start_every_branch_that_holds(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u"),
            draw.user("a"),
            draw.user("b"),
            draw.user("c"),
            draw.flows("s-u", "u-a ${n > 1}", "u-b ${n > 2}", "u-c default"),
        )
    )
    told.complete("u", n=3)
    assert told.at == ["a", "b"]


def test_an_interrupting_event_sub_process_in_a_called_process_gives_its_result_to_the_caller(draw, story):
    watch = draw.sub(
        "es", draw.start("x", "message"), draw.script("t", "r = why"), draw.end("e2"), draw.flows("x-t-e2"), attrs='triggeredByEvent="true"'
    )
    called = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watch, key="q")
    told = story(
        draw.diagram(draw.start(), draw.call("c", "q", ext='<camunda:out source="r" target="r"/>'), draw.user("v"), draw.flows("s-c-v")),
        called,
    )
    told.deliver("x", why=4)
    assert told.at == ["v"]
    assert told.var("r") == 4


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_leaves_a_called_process_passes_back_what_the_mappings_say(draw, story, kind):
    called = draw.diagram(draw.start(), draw.user("u"), draw.end("bad", kind), draw.flows("s-u-bad"), key="q")
    between = draw.diagram(draw.start(), draw.call("c2", "q", ext='<camunda:out source="x" target="y"/>'), draw.flows("s-c2"), key="r")
    call = draw.call("c", "r", ext='<camunda:out source="y" target="z"/>')
    told = story(draw.diagram(draw.start(), call, draw.boundary("b", "c", kind), draw.user("w"), draw.flows("s-c", "b-w")), called, between)
    told.complete("u", x=7)
    assert (told.at, told.var("z"), told.var("x")) == (["w"], 7, None)


def test_what_is_caught_within_a_called_process_passes_nothing_back_yet(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.end("bad", "error"), draw.flows("s-u-bad"), error_watch(draw, "es"), key="q")
    told = story(draw.diagram(draw.start(), draw.call("c", "q", ext='<camunda:out source="x" target="x"/>'), draw.flows("s-c")), called)
    told.complete("u", x=7)
    assert (told.at, told.var("x")) == (["es_t"], None)
    told.complete("es_t")
    assert told.var("x") == 7


def test_output_parameters_are_written_one_after_the_other(draw, story):
    told = story(draw.diagram(draw.start(), draw.user("u", ext=draw.outputs(a="1", b="${a}")), draw.user("v"), draw.flows("s-u-v")), variables={"a": "0"})
    told.complete("u")
    assert (told.var("a"), told.var("b")) == ("1", "1")


def people(role, text):
    return f"<{role}><resourceAssignmentExpression><formalExpression>{text}</formalExpression></resourceAssignmentExpression></{role}>"


def test_who_does_a_task_may_be_said_as_bpmn_itself_has_it(draw, story):
    owners = people("potentialOwner", "user(ann), group(${board}), sales") + people("potentialOwner", "user(bob)")
    inner = people("humanPerformer", "${boss}") + owners
    task = draw.user("u", attrs='camunda:candidateUsers="eve"', inner=inner)
    told = story(draw.diagram(draw.start(), task, draw.flows("s-u")), variables={"boss": "kim", "board": "b1"})
    wait = told.wait("u")
    assert (wait.assignee, wait.candidate_users) == ("kim", ("eve", "ann", "bob"))
    assert wait.candidate_groups == ("b1", "sales")


def test_a_sub_process_without_start_event_begins_where_no_flow_leads_to(draw, story):
    parts = (draw.user("a"), draw.user("b"), draw.user("c"), draw.boundary("d", "a", "message"), draw.flows("a-c", "d-c"))
    undone = draw.undone_by("b", draw.user("undo"))
    told = story(draw.diagram(draw.start(), draw.sub("sub", *parts, undone), draw.user("v"), draw.flows("s-sub-v")))
    assert told.at == ["a", "b", "d"]
    told.complete("b")
    told.complete("a")
    told.complete("c")
    assert told.at == ["v"]


def test_an_error_that_is_defined_nowhere_is_its_own_code(draw, story):
    parts = (draw.sub("x", draw.start("s1"), draw.user("u"), '<endEvent id="bad"><errorEventDefinition errorRef="E7"/></endEvent>', draw.flows("s1-u-bad")),)
    other = '<boundaryEvent id="o" attachedToRef="x"><errorEventDefinition errorRef="E8"/></boundaryEvent>'
    right = '<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="E7"/></boundaryEvent>'
    told = story(draw.diagram(draw.start(), *parts, other, right, draw.user("w"), draw.user("v"), draw.flows("s-x", "b-w", "o-v")))
    told.complete("u")
    assert told.at == ["w"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_loop_over_as_many_items_as_its_cardinality_says(draw, story, sequential):
    task = draw.user("u", 'camunda:assignee="${who}"', inner=draw.multi(sequential=sequential, over="${names}", element="who", count="${n}"))
    xml = draw.diagram(draw.start(), task, draw.user("v"), draw.flows("s-u-v"))
    told = story(xml, variables={"names": ["ann", "bob", "cyd"], "n": 2})
    seen = []
    while told.at != ["v"]:
        seen.append(told.wait("u").assignee)
        told.complete("u")
    assert seen == ["ann", "bob"]
    with pytest.raises(EngineError) as refused:
        story(xml, variables={"names": ["ann"], "n": 2})
    assert refused.value.code == "multi_instance"


@pytest.mark.parametrize("interrupting", [True, False])
def test_what_an_event_sub_process_escalates_goes_outside_and_not_to_itself_again(draw, story, interrupting):
    watch = draw.sub(
        "watch",
        draw.start("ws", "escalation", attrs=f'isInterrupting="{str(interrupting).lower()}"'),
        draw.user("look"),
        draw.end("on", "escalation"),
        draw.flows("ws-look-on"),
        attrs='triggeredByEvent="true"',
    )
    inner = (draw.start("s1"), draw.throw("t", "escalation"), draw.user("u"), draw.end("e1"), draw.flows("s1-t-u-e1"))
    outside = draw.boundary("b", "sub", "escalation", interrupting=False)
    parts = (draw.sub("sub", *inner, watch), outside, draw.user("told"), draw.end("e2"), draw.end())
    one = story(draw.diagram(draw.start(), *parts, draw.flows("s-sub-e", "b-told-e2")))
    assert one.at == (["look"] if interrupting else ["look", "u"])
    one.complete("look")
    assert one.at == (["told"] if interrupting else ["told", "u"])
    assert one.entered("watch") == 1


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_an_event_whose_definition_has_no_code_catches_every_code(draw, story, kind):
    any_code = f'<{kind} id="any" name="whatever"/>'
    catcher = f'<boundaryEvent id="b" attachedToRef="sub"><{kind}EventDefinition {kind}Ref="any"/></boundaryEvent>'
    inner = draw.sub("sub", draw.start("s1"), draw.end("bad", kind), draw.flows("s1-bad"))
    xml = draw.diagram(draw.start(), inner, catcher, draw.user("u"), draw.end(), draw.flows("s-sub-e", "b-u"))
    assert story(xml.replace(b"<process", any_code.encode() + b"<process", 1)).at == ["u"]


def test_references_may_be_qualified_by_the_files_own_namespace(draw, story):
    xml = draw.diagram(draw.start(), draw.user("u"), draw.boundary("b", "u", "message"), draw.catch("c", "signal"), draw.end(), draw.flows("s-u-e", "b-c-e"))
    own = b'<definitions xmlns:mine="https://example.org/mine" targetNamespace="https://example.org/mine" '
    for name in (b"messageRef", b"signalRef", b"attachedToRef"):
        xml = xml.replace(name + b'="', name + b'="mine:')
    one = story(xml.replace(b"<definitions ", own, 1))
    one.deliver("b")
    assert [(wait.kind, wait.message) for wait in one.execution.waits()] == [("signal", "sig")]


def test_an_empty_parameter_is_null_and_keys_of_a_map_are_expressions_too(draw, story):
    entries = '<camunda:entry key="${word}">${n}</camunda:entry><camunda:entry key="plain"/>'
    ext = f'<camunda:inputOutput><camunda:inputParameter name="nothing"/><camunda:inputParameter name="map"><camunda:map>{entries}</camunda:map>'
    ext += "</camunda:inputParameter></camunda:inputOutput>"
    told = story(draw.diagram(draw.start(), draw.user("u", ext=ext), draw.flows("s-u")), variables={"word": "w", "n": 1})
    seen = told.execution.visible(told.wait("u").id)
    assert (seen["nothing"], seen["map"]) == (None, {"w": 1, "plain": None})


def test_an_error_without_a_message_says_null(draw, story):
    catcher = '<boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition camunda:errorMessageVariable="why"/></boundaryEvent>'
    inner = draw.sub("sub", draw.start("s1"), draw.end("bad", "error"), draw.flows("s1-bad"))
    told = story(draw.diagram(draw.start(), inner, catcher, draw.user("u"), draw.flows("s-sub", "b-u")))
    assert told.execution.variables() == {"why": None}


def test_an_inclusive_block_in_an_event_sub_process_joins_each_time_it_is_called(draw, story):
    watch = draw.sub(
        "es",
        draw.start("s1", "message", attrs='isInterrupting="false"'),
        draw.gate("i", "inclusive"),
        draw.user("a"),
        draw.user("b"),
        draw.gate("j", "inclusive"),
        draw.end("e1"),
        draw.flows("s1-i", "i-a ${x}", "i-b ${y}", "a-j-e1", "b-j"),
        attrs='triggeredByEvent="true"',
    )
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), watch, draw.flows("s-u-e")), variables={"x": True, "y": True})
    told.deliver("s1")
    told.deliver("s1")
    assert told.at == ["a", "a", "b", "b", "s1", "u"]
    told.complete("a")
    told.complete("a")
    assert told.entered("e1") == 0
    told.complete("b")
    assert told.entered("e1") == 1
    told.complete("b")
    assert told.at == ["s1", "u"]
    told.complete("u")
    assert told.ended


@pytest.mark.parametrize("caught", ["event sub-process", "boundary"])
def test_an_escalation_that_ends_a_path_is_caught_within_before_it_is_outside(draw, story, caught):
    catch = draw.sub("es", draw.start("s2", "escalation"), draw.user("within"), draw.flows("s2-within"), attrs='triggeredByEvent="true"')
    inner = draw.sub(
        "sub", draw.start("s1"), draw.end("bad", "escalation"), draw.flows("s1-bad"), catch if caught == "event sub-process" else ""
    )
    told = story(
        draw.diagram(draw.start(), inner, draw.boundary("b", "sub", "escalation"), draw.user("outside"), draw.end(), draw.flows("s-sub-e", "b-outside"))
    )
    assert told.at == (["within"] if caught == "event sub-process" else ["outside"])
    told.complete(told.at[0])
    assert told.ended


def test_an_escalation_of_a_called_process_interrupts_its_caller_by_an_event_sub_process(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.end("bad", "escalation"), draw.flows("s-u-bad"), key="q")
    watch = draw.sub("es", draw.start("s2", "escalation"), draw.user("told"), draw.flows("s2-told"), attrs='triggeredByEvent="true"')
    told = story(draw.diagram(draw.start(), draw.call("call", "q"), draw.end(), watch, draw.flows("s-call-e")), called)
    told.complete("u")
    assert told.at == ["told"]
    told.complete("told")
    assert told.ended


def test_an_end_event_of_one_path_leaves_the_event_sub_process_to_the_others(draw, story):
    watch = draw.sub(
        "es", draw.start("s2", "message", attrs='isInterrupting="false"'), draw.user("m"), draw.flows("s2-m"), attrs='triggeredByEvent="true"'
    )
    parts = (draw.user("a"), draw.gate("g", "parallel"), draw.user("b"), draw.user("c"), draw.end("e1"), draw.end("e2"))
    told = story(draw.diagram(draw.start(), *parts, watch, draw.flows("s-a-g-b-e1", "g-c-e2")))
    told.complete("a")
    told.complete("b")
    assert told.at == ["c", "s2"]
    told.deliver("s2")
    told.complete("c")
    assert told.at == ["m", "s2"]
    told.complete("m")
    assert told.ended


def test_inclusive_blocks_of_processes_called_side_by_side_do_not_wait_for_each_other(draw, story):
    block = (draw.gate("i", "inclusive"), draw.user("a"), draw.user("b"), draw.gate("j", "inclusive"), draw.end())
    called = draw.diagram(draw.start(), *block, draw.flows("s-i-a-j-e", "i-b-j"), key="q")
    loop = draw.sub("sub", draw.start("s1"), draw.call("call", "q"), draw.flows("s1-call"), draw.multi(count="3"))
    told = story(draw.diagram(draw.start(), loop, draw.user("last"), draw.flows("s-sub-last")), called)
    assert told.at == ["a"] * 3 + ["b"] * 3
    for left in (2, 1, 0):
        assert told.entered("e") == 2 - left
        told.complete("a")
        told.complete("b")
    assert told.at == ["last"]


@pytest.mark.parametrize("chosen", [True, False])
def test_an_inclusive_join_that_splits_again_takes_its_default_only_if_nothing_else_holds(draw, story, chosen):
    parts = (draw.gate("i", "inclusive"), *map(draw.user, "abcxy"), draw.gate("j", "inclusive"))
    flows = draw.flows("s-i", "i-a ${true}", "i-b ${true}", "i-c ${false}", "a-j", "b-j", "c-j", "j-x default", "j-y ${chosen}")
    told = story(draw.diagram(draw.start(), *parts, flows), variables={"chosen": chosen})
    told.complete("b")
    assert told.at == ["a"]
    told.complete("a")
    assert told.at == (["y"] if chosen else ["x"])
    assert told.entered("j") == 1


def test_an_inclusive_join_whose_only_way_out_does_not_hold_is_refused_once_all_have_come(draw, story):
    parts = (draw.gate("f", "parallel"), draw.user("a"), draw.user("b"), draw.gate("j", "inclusive"), draw.end())
    told = story(draw.diagram(draw.start(), *parts, draw.flows("s-f-a-j", "f-b-j", "j-e ${out}")), variables={"out": False})
    told.complete("a")
    with pytest.raises(EngineError, match="flow"):
        told.complete("b")


@pytest.mark.parametrize(("second", "fourth"), [(False, False), (True, False), (True, True)])
def test_inclusive_gateways_in_a_row_drop_tasks_on_their_way(draw, story, second, fourth):
    gates = [draw.gate(name, "inclusive") for name in ("g1", "g2", "g3")]
    flows = draw.flows("s-g1-a-e1", "g1-g2-g3-c-e3", "g2-b ${second}", "b-e2", "g3-d ${fourth}", "d-e4")
    ends = [draw.end(f"e{n}") for n in range(1, 5)]
    told = story(draw.diagram(draw.start(), *gates, *map(draw.user, "abcd"), *ends, flows), variables={"second": second, "fourth": fourth})
    waiting = ["a", *(["b"] if second else []), "c", *(["d"] if fourth else [])]
    assert told.at == waiting
    for each in waiting:
        told.complete(each)
    assert told.ended
    assert [told.entered(f"e{n}") for n in range(1, 5)] == [1, int(second), 1, int(fourth)]


@pytest.mark.parametrize("go", [True, False])
def test_a_link_is_followed_only_where_it_is_thrown(draw, story, go):
    parts = (draw.gate("g"), draw.throw("t", "link:L"), draw.catch("c", "link:L"), draw.user("there"), draw.user("here"))
    told = story(draw.diagram(draw.start(), *parts, draw.flows("s-g", "g-here default", "g-t ${go}", "c-there")), variables={"go": go})
    assert told.at == (["there"] if go else ["here"])
    assert told.entered("c") == int(go)


def adhoc_in_turn(draw, *inner):
    sub = draw.sub("sub", *inner, attrs='ordering="Sequential"', tag="adHocSubProcess")
    return draw.diagram(draw.start(), sub, draw.user("after"), draw.flows("s-sub-after"))


def test_of_an_ad_hoc_sub_process_in_turn_a_path_goes_to_its_end_before_the_next_begins(draw, story):
    told = story(adhoc_in_turn(draw, *map(draw.user, ("a", "a2", "b")), draw.flows("a-a2")))
    for each in ("a", "a2", "b"):
        assert told.at == [each]
        told.complete(each)
    assert told.at == ["after"]


def test_of_an_ad_hoc_sub_process_in_turn_a_caught_error_goes_before_the_next(draw, story):
    told = story(
        adhoc_in_turn(draw, draw.service("a"), draw.boundary("x", "a", "error"), draw.user("mend"), draw.user("b"), draw.flows("x-mend"))
    )
    assert told.fail("a", "E1")
    assert told.at == ["mend"]
    told.complete("mend")
    assert told.at == ["b"]
    told.complete("b")
    assert told.at == ["after"]


def test_an_event_sub_process_that_its_own_process_calls_takes_the_place_of_what_threw(draw, story):
    watch = draw.sub("es", draw.start("s2", "signal"), draw.user("told"), draw.flows("s2-told"), attrs='triggeredByEvent="true"')
    told = story(draw.diagram(draw.start(), draw.throw("t", "signal"), draw.user("u"), watch, draw.flows("s-t-u")))
    assert told.at == ["told"]
    told.complete("told")
    assert told.ended


def test_two_branches_that_end_in_the_same_error_are_caught_once_by_the_process_and_what_runs_beside_is_taken_away(draw, story):
    watch = draw.sub(
        "on", draw.start("on_s", "error"), draw.user("on_t"), draw.end("on_e"), draw.flows("on_s-on_t-on_e"), attrs='triggeredByEvent="true"'
    )
    told = story(
        draw.diagram(
            draw.start(), draw.gate("f", "parallel"), draw.service("a"), draw.service("b"), draw.gate("j", "parallel"), draw.end(),
            draw.boundary("wrong_a", "a", "any_error"), draw.boundary("wrong_b", "b", "any_error"), draw.end("bad_a", "error"), draw.end("bad_b", "error"),
            watch, draw.flows("s-f-a-j", "f-b-j-e", "wrong_a-bad_a", "wrong_b-bad_b"),
        )
    )  # fmt: skip
    told.fail("a", "whatever")
    assert told.at == ["on_t"]
    told.complete("on_t")
    assert told.ended
    assert (told.entered("on"), told.entered("bad_b"), told.entered("e")) == (1, 0, 0)


def test_a_loop_of_sub_processes_without_start_events_is_run_again_as_a_whole(draw, story):
    told = story(
        draw.diagram(
            draw.start(), draw.script("zero", "rounds = 0"), draw.sub("sub", draw.user("u"), draw.user("v"), draw.multi(count="2")),
            draw.script("count", "rounds = rounds + 1"), draw.gate("g"), draw.end(),
            draw.flows("s-zero-sub-count-g", "g-sub ${rounds < 2}", "g-e default"),
        )
    )  # fmt: skip
    for _ in range(2):
        assert told.at == ["u", "u", "v", "v"]
        for name in ("u", "v", "v", "u"):
            told.complete(name)
    assert told.ended
    assert (told.var("rounds"), told.entered("u")) == (2, 4)


def test_a_parallel_join_in_a_tangle_of_rounds_wants_one_token_of_each_flow(draw, story):
    told = story(
        draw.diagram(
            draw.start(), draw.gate("f", "parallel"), draw.user("a"), draw.user("b"), draw.user("c"), draw.user("meet"), draw.user("again"),
            draw.gate("j", "parallel"), draw.end(),
            draw.flows("s-f-a-meet", "f-b-meet", "f-c-j", "meet-j-e", "meet-again ${again}", "again-b"),
        ),
        variables={"again": False},
    )  # fmt: skip
    told.complete("a")
    told.complete("b")
    told.complete("meet")
    told.complete("meet", again=True)
    assert told.at == ["again", "c"]
    told.complete("c", again=False)
    assert told.entered("e") == 1
    told.complete("again")
    told.complete("b")
    told.complete("meet")
    assert told.at == []
    assert told.entered("e") == 1
    told.leaves_nothing()


@pytest.mark.parametrize("answer", ["yes", "no", "never"])
def test_a_transaction_that_is_completed_cancelled_or_breaks_undoes_only_when_it_is_cancelled(draw, story, answer):
    inner = (
        draw.start("s1"), draw.user("main"), draw.undone_by("main", draw.user("undo")), draw.user("sure"), draw.gate("g"), draw.end("done"),
        draw.end("cancelled", "cancel"), draw.end("broken", "error"),
        draw.flows("s1-main-sure-g", "g-done ${sure == 'yes'}", "g-broken ${sure == 'never'}", "g-cancelled default"),
    )  # fmt: skip
    told = story(
        draw.diagram(
            draw.start(), draw.sub("t", *inner, tag="transaction"), draw.boundary("off", "t", "cancel"), draw.boundary("bad", "t", "any_error"),
            draw.user("after"), draw.user("after_off"), draw.user("after_err"), draw.flows("s-t-after", "off-after_off", "bad-after_err"),
        )
    )  # fmt: skip
    told.complete("main")
    told.complete("sure", sure=answer)
    if answer == "no":
        assert told.at == ["undo"]
        told.complete("undo")
    assert told.at == [{"yes": "after", "no": "after_off", "never": "after_err"}[answer]]
    assert told.entered("undo") == (answer == "no")


def test_compensation_that_is_not_waited_for_runs_beside_and_holds_up_its_transaction(draw, story):
    unwaited = draw.throw("t", "undo").replace("<compensateEventDefinition", '<compensateEventDefinition waitForCompletion="false"')
    inner = (draw.start("s1"), draw.user("u"), draw.undone_by("u", draw.user("undo")), unwaited, draw.user("on"), draw.end("e1"))
    told = story(draw.diagram(draw.start(), draw.sub("x", *inner, draw.flows("s1-u-t-on-e1"), tag="transaction"), draw.user("v"), draw.flows("s-x-v")))
    told.complete("u")
    assert told.at == ["on", "undo"]
    told.complete("on")
    assert told.at == ["undo"]
    told.complete("undo")
    assert told.at == ["v"]
