"""Events: caught, thrown, interrupting or not, again and again, at every level."""

from datetime import datetime, timedelta

import pytest

from engine.bpmn import Cancelled, ErrorThrown, TimerSkipped
from engine.expressions import ExpressionError


def test_a_message_goes_to_the_nearest_scope_that_has_the_name(draw, story):
    inner = (
        draw.start("s1"),
        draw.catch("c", "message", draw.props(correlation="${unit}", check="may")),
        draw.user("u"),
        draw.flows("s1-c-u"),
    )
    xml = draw.diagram(draw.start(), draw.sub("sub", *inner, ext=draw.inputs(own="1")), draw.flows("s-sub"))
    one = story(xml, variables={"unit": "RU-LN"})
    wait = one.wait("c")
    assert (wait.kind, wait.message, wait.correlation, wait.check) == ("message", "m", "RU-LN", "may")
    one.deliver("c", own="2", fresh=3)
    assert one.execution.visible(one.wait("u").id) == {"unit": "RU-LN", "own": "2", "fresh": 3}
    assert one.execution.variables() == {"unit": "RU-LN", "fresh": 3}


def test_the_business_key_is_the_default_correlation(draw, story):
    assert story(draw.diagram(draw.start(), draw.catch("c", "message"), draw.flows("s-c"))).wait("c").correlation == "BK"


@pytest.mark.parametrize("kind", ["message", "signal", "duration:P2D"])
def test_interrupting_boundary_events_end_the_task(draw, story, kind):
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.boundary("b", "u", kind), draw.user("a"), draw.user("z"), draw.flows("s-u-z", "b-a")
    )
    one = story(xml)
    assert one.wait("b").attached_to == one.wait("u").id
    if kind.startswith("duration"):
        one.fire()
    else:
        one.deliver("b", x=1)
    assert one.at == ["a"]
    assert one.entered()[-2:] == ["b", "a"]


def beside(draw, *more):
    """A task with a message that begins two tasks, one after the other, which live as long as the task."""
    return draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.boundary("b", "u", "message", ext=draw.props(lifetime="activity"), interrupting=False),
        draw.user("a"),
        draw.user("a2"),
        draw.user("z"),
        draw.flows("s-u-z", "b-a-a2"),
        *more,
    )


def test_what_a_boundary_event_with_a_lifetime_begins_ends_when_the_task_is_done(draw, story):
    one = story(beside(draw))
    one.deliver("b")
    one.complete("a")
    one.deliver("b")
    assert one.at == ["a", "a2", "b", "u"]
    one.complete("u")
    assert one.at == ["z"]
    assert sorted(each.element for each in one.events if isinstance(each, Cancelled)) == ["a", "a2"]
    one.complete("z")
    assert one.ended


def test_what_a_boundary_event_with_a_lifetime_begins_may_end_by_itself(draw, story):
    one = story(beside(draw))
    one.deliver("b")
    one.complete("a")
    one.complete("a2")
    one.complete("u")
    assert one.at == ["z"]


def test_what_a_boundary_event_with_a_lifetime_begins_ends_when_the_task_is_interrupted(draw, story):
    one = story(beside(draw, draw.boundary("stop", "u", "duration:P2D"), draw.user("late"), draw.flows("stop-late")))
    one.deliver("b")
    one.fire("stop")
    assert one.at == ["late"]


def test_non_interrupting_boundary_events_fire_again_and_their_tokens_outlive_the_task(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.boundary("b", "u", "message", interrupting=False),
        draw.user("a"),
        draw.end(),
        draw.flows("s-u-e", "b-a"),
    )
    one = story(xml)
    one.deliver("b")
    one.deliver("b")
    assert one.at == ["a", "a", "b", "u"]
    one.complete("u")
    assert one.at == ["a", "a"]
    one.complete("a")
    one.complete("a")
    assert one.ended


def test_several_boundary_events_on_a_sub_process_and_on_a_call(draw, story):
    called = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="q")
    xml = draw.diagram(
        draw.start(),
        draw.call("c", "q"),
        draw.boundary("b1", "c", "message"),
        draw.boundary("b2", "c", "message2"),
        draw.user("x"),
        draw.user("y"),
        draw.user("z"),
        draw.flows("s-c-z", "b1-x", "b2-y"),
    )
    one = story(xml, called)
    assert one.at == ["b1", "b2", "u"]
    one.deliver("b2")
    assert one.at == ["y"]


def test_a_ladder_fires_rung_by_rung_and_skips_what_lay_before(draw, story, day):
    now = datetime.fromisoformat("2023-05-01T00:00:00+00:00")

    def ladder(context, name, due):
        context.depends.add(name)
        return [due - day * 40, due - day * 3, due - day]

    def deadline(context, name):
        context.depends.add(name)
        return now + day * 10

    functions = {"ladder": ladder, "deadline": deadline}
    xml = draw.diagram(
        draw.start(),
        draw.user("u", "camunda:dueDate=\"${deadline('推荐截止')}\""),
        draw.boundary("b", "u", "timer:${ladder('standard', due)}", interrupting=False),
        draw.service("n", "notify"),
        draw.end("e2"),
        draw.user("z"),
        draw.flows("s-u-z", "b-n-e2"),
    )
    one = story(xml, functions=functions)
    timer = one.wait("b")
    assert timer.due == now + day * 7
    assert timer.remaining == (now + day * 9,)
    assert timer.depends == {"standard", "推荐截止"}
    assert [each.instants for each in one.events if isinstance(each, TimerSkipped)] == [(now - day * 30,)]
    one.fire()
    seen = one.execution.visible(one.wait("n").id)
    assert (seen["timerRung"], datetime.fromisoformat(seen["timerDue"])) == (2, now + day * 7)
    one.complete("n")
    one.fire()
    assert one.execution.visible(one.wait("n").id)["timerRung"] == 3
    one.complete("n")
    assert one.at == ["u"]


def test_a_moved_deadline_re_arms_due_dates_and_what_hangs_on_them(draw, story, day):
    at = {"D": datetime.fromisoformat("2023-05-11T00:00:00+00:00")}

    def deadline(context, name):
        context.depends.add(name)
        return at[name]

    xml = draw.diagram(
        draw.start(),
        draw.user("u", 'camunda:dueDate="${deadline(\'D\')}" camunda:assignee="${who}"'),
        draw.boundary("b", "u", "timer:${[due - duration('P2D'), due]}", interrupting=False),
        draw.boundary("i", "u", "timer:${deadline('D') + duration('P1D')}"),
        draw.user("late"),
        draw.end("e2"),
        draw.flows("s-u", "b-e2", "i-late"),
    )
    one = story(xml, functions={"deadline": deadline}, variables={"who": "me"})
    assert {wait.element for wait in one.execution.waits() if "D" in wait.depends} == {"u", "b", "i"}
    at["D"] += day * 5
    for element in ("b", "u", "i"):
        one.execution.rearm(one.wait(element).id)
    assert one.wait("u").due == at["D"]
    assert one.wait("u").assignee == "me"
    assert (one.wait("b").due, one.wait("b").remaining) == (at["D"] - day * 2, (at["D"],))
    assert one.wait("i").due == at["D"] + day
    one.settle()
    one.fire("i")
    assert one.at == ["late"]


def test_a_relative_timer_keeps_its_birth_when_re_armed(draw, story):
    one = story(draw.diagram(draw.start(), draw.catch("t", "duration:P10D"), draw.flows("s-t")))
    due = one.wait("t").due
    one.now += timedelta(days=4)
    one.execution.host = one.host()
    assert one.execution.rearm(one.wait("t").id) == due


@pytest.mark.parametrize(
    ("text", "dues"),
    [
        ("R3/PT1H", ["2023-05-01T01:00", "2023-05-01T02:00", "2023-05-01T03:00"]),
        ("R2/2023-06-01T00:00:00Z/P1M", ["2023-06-01T00:00", "2023-07-01T00:00", "2023-08-01T00:00"]),
        ("R/P1D/2023-05-03T00:00:00Z", ["2023-05-02T00:00", "2023-05-03T00:00"]),
        ("R4/2023-04-30T23:30:00Z/PT1H", [f"2023-05-01T0{hour}:30" for hour in range(4)]),
        ("R2/2023-06-01T00:00:00Z/2023-06-01T08:00:00Z", ["2023-06-01T00:00", "2023-06-01T08:00", "2023-06-01T16:00"]),
        ("R1/PT1H/2023-05-01T02:30:10Z", ["2023-05-01T01:30:10", "2023-05-01T02:30:10"]),
        ("R3/PT1H/2023-05-01T02:30:10Z", ["2023-05-01T00:30:10", "2023-05-01T01:30:10", "2023-05-01T02:30:10"]),
        ("R/PT1H/2023-05-01T02:30:10Z", ["2023-05-01T00:30:10", "2023-05-01T01:30:10", "2023-05-01T02:30:10"]),
        ("R/PT1H/2023-04-30T02:30:10Z", []),
    ],
)
def test_cycles(draw, story, text, dues):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.boundary("b", "u", f"cycle:{text}", interrupting=False),
        draw.end("e2"),
        draw.flows("s-u", "b-e2"),
    )
    one = story(xml)
    for due in dues:
        assert one.wait("b").due == datetime.fromisoformat(due + "+00:00")
        one.fire()
    assert one.at == ["u"]


@pytest.mark.parametrize("value", ["PT1H", "2023-05-02T00:00:00Z"])
def test_a_time_cycle_whose_value_does_not_repeat_is_refused_when_it_is_known(draw, story, value):
    cycle = draw.boundary("b", "u", "cycle:${every}", interrupting=False)
    xml = draw.diagram(draw.start(), draw.user("u"), cycle, draw.end("e2"), draw.flows("s-u", "b-e2"))
    with pytest.raises(ExpressionError, match="repeats"):
        story(xml, variables={"every": value})
    assert story(xml, variables={"every": "R/PT1H"}).wait("b").due == datetime.fromisoformat("2023-05-01T01:00+00:00")


def test_periods_missed_in_an_outage_fire_once(draw, story):
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.boundary("b", "u", "cycle:R/PT1H", interrupting=False), draw.end("e2"), draw.flows("s-u", "b-e2")
    )
    one = story(xml)
    one.now += timedelta(days=3650, minutes=5)
    one.execution.host = one.host()
    one.execution.fire(one.wait("b").id)
    one.settle()
    assert one.wait("b").due == one.now + timedelta(minutes=55)


def test_months_count_on_the_wall_clock_of_the_zone(draw, story):
    xml = draw.diagram(draw.start(), draw.catch("t", "timer:${datetime('2023-01-31') + duration('P1M')}"), draw.flows("s-t"))
    assert story(xml).wait("t").due == datetime.fromisoformat("2023-02-28T00:00:00+08:00")


def test_business_errors_reach_the_nearest_boundary_by_code(draw, story):
    inner = (
        draw.start("s1"),
        draw.service("w"),
        draw.boundary("b2", "w", "error2"),
        draw.user("own"),
        draw.end("e1"),
        draw.flows("s1-w-e1", "b2-own"),
    )
    xml = draw.diagram(
        draw.start(),
        draw.sub("sub", *inner, draw.multi(count="2")),
        draw.boundary("b1", "sub", "error"),
        draw.boundary("ba", "sub", "any_error"),
        draw.user("x"),
        draw.user("y"),
        draw.flows("s-sub", "b1-x", "ba-y"),
    )
    one = story(xml)
    assert one.fail("w", "E2", 1)
    assert one.at == ["own", "w"]
    assert one.fail("w", "E1")
    assert one.at == ["x"]
    other = story(xml)
    assert other.fail("w", "E9")
    assert other.at == ["y"]


def test_an_error_nobody_catches_changes_nothing(draw, story):
    one = story(draw.diagram(draw.start(), draw.service("w"), draw.user("z"), draw.flows("s-w-z")))
    assert not one.fail("w", "E1")
    assert one.at == ["w"]


def test_error_ends_are_caught_outside_and_stand_still_when_nobody_does(draw, story):
    called = draw.diagram(
        draw.start(),
        draw.gate("f", "parallel"),
        draw.user("u"),
        draw.user("v"),
        draw.end("e", "error"),
        draw.flows("s-f-u-e", "f-v"),
        key="q",
    )
    xml = draw.diagram(draw.start(), draw.call("c", "q"), draw.boundary("b", "c", "error"), draw.user("x"), draw.flows("s-c", "b-x"))
    one = story(xml, called)
    one.complete("u")
    assert one.at == ["x"]
    alone = story(called, key="q")
    alone.complete("u")
    assert alone.at == ["e", "v"]
    assert [each.caught_by for each in alone.events if isinstance(each, ErrorThrown)] == [None]


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation", "when:${hot}", "duration:P1D"])
@pytest.mark.parametrize("level", ["top", "sub", "called"])
def test_interrupting_event_sub_processes(draw, story, kind, level):
    work = {
        "error": draw.end("e9", "error"),
        "escalation": draw.throw("e9", "escalation"),
    }.get(kind, draw.user("e9"))
    body = (
        draw.start("s1"),
        draw.user("u"),
        work,
        draw.flows("s1-u-e9"),
        draw.sub(
            "es",
            draw.start("s2", kind, attrs='isInterrupting="true"'),
            draw.user("h"),
            draw.end("e2"),
            draw.flows("s2-h-e2"),
            attrs='triggeredByEvent="true"',
        ),
    )
    if level == "top":
        one = story(draw.diagram(*body), variables={"hot": False})
    elif level == "sub":
        one = story(draw.diagram(draw.start(), draw.sub("sub", *body), draw.user("z"), draw.flows("s-sub-z")), variables={"hot": False})
    else:
        call = draw.call("c", "q", '<camunda:in variables="all"/>')
        one = story(
            draw.diagram(draw.start(), call, draw.user("z"), draw.flows("s-c-z")), draw.diagram(*body, key="q"), variables={"hot": False}
        )
    if kind in {"message", "signal"}:
        one.deliver("s2", x=1)
        assert one.execution.visible(one.wait("h").id)["x"] == 1
    elif kind.startswith("duration"):
        one.fire()
    else:
        one.complete("u", hot=True)
    assert one.at == ["h"]
    assert ("x" in one.execution.variables()) == (kind in {"message", "signal"} and level != "called")
    one.complete("h")
    assert one.ended if level == "top" else one.at == ["z"]


def test_non_interrupting_event_sub_processes_start_as_often_as_they_are_told(draw, story):
    es = draw.sub(
        "es",
        draw.start("s2", "message", ext=draw.props(correlation="${unit}"), attrs='isInterrupting="false"'),
        draw.user("h", 'camunda:assignee="${application}"'),
        draw.end("e2"),
        draw.flows("s2-h-e2"),
        attrs='triggeredByEvent="true"',
    )
    one = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), es), variables={"unit": "U"})
    one.deliver("s2", application="A1")
    one.deliver("s2", application="A2")
    assert one.wait("s2").correlation == "U"
    assert [one.wait("h", nth).assignee for nth in (0, 1)] == ["A1", "A2"]
    one.complete("u")
    assert one.at == ["h", "h", "s2"]
    one.complete("h", 1, outcome="x")
    one.complete("h")
    assert one.ended
    assert "application" not in one.execution.variables()


def test_an_event_sub_process_that_never_fired_holds_nothing_up(draw, story):
    es = draw.sub(
        "es",
        draw.start("s2", "duration:P1D", attrs='isInterrupting="false"'),
        draw.end("e2"),
        draw.flows("s2-e2"),
        attrs='triggeredByEvent="true"',
    )
    one = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), es))
    one.complete("u")
    assert one.ended


def test_messages_and_signals_are_thrown_with_their_inputs(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.throw("t", "message", draw.props(correlation="${unit}") + draw.inputs(outcome="${r}")),
        draw.gate("f", "parallel"),
        draw.catch("c", "signal"),
        draw.user("u"),
        draw.throw("g", "signal", draw.inputs(x="1")),
        draw.user("z"),
        draw.end("e1"),
        draw.end("e2", "message2"),
        draw.flows("s-t-f", "f-c-z", "f-u-g-e2"),
    )
    one = story(xml, variables={"unit": "RU-LN", "r": "ok"})
    thrown = one.thrown[0]
    assert (thrown.kind, thrown.name, thrown.correlation, thrown.payload) == ("message", "m", "RU-LN", {"outcome": "ok"})
    one.complete("u")
    assert one.at == ["z"]
    assert [(each.kind, each.name) for each in one.thrown[1:]] == [("signal", "sig"), ("message", "m2")]
    assert one.var("x") == "1"


def test_send_and_receive_tasks(draw, story):
    xml = draw.diagram(
        draw.start(),
        '<sendTask id="a" messageRef="message_m"/>',
        '<receiveTask id="b" messageRef="message_m2"/>',
        draw.boundary("t", "b", "duration:P1D"),
        draw.user("z"),
        draw.user("late"),
        draw.flows("s-a-b-z", "t-late"),
    )
    one = story(xml)
    assert one.thrown[0].name == "m"
    assert one.wait("b").message == "m2"
    assert one.at == ["b", "t"]
    one.deliver("b", y=1)
    assert one.at == ["z"]


def test_message_starts_are_named_and_start_where_they_say(draw, story):
    xml = draw.diagram(
        draw.start(), draw.start("sm", "message", draw.props(correlation="${a}")), draw.user("u"), draw.user("v"), draw.flows("s-u", "sm-v")
    )
    one = story(xml, start="sm", variables={"a": 1})
    assert one.at == ["v"]
    assert story(xml).at == ["u"]
    (found,) = one.definitions.processes["p"].triggers
    assert (found.element, found.kind, found.name, found.correlation) == ("sm", "message", "m", "${a}")


def test_a_cancelled_transaction_goes_on_at_its_cancel_event(draw, story):
    inner = (
        draw.start("s1"),
        draw.user("u"),
        draw.gate("f", "parallel"),
        draw.user("v"),
        draw.end("x", "cancel"),
        draw.flows("s1-f", "f-u-x", "f-v"),
    )
    xml = draw.diagram(
        draw.start(),
        draw.sub("tx", *inner, tag="transaction"),
        draw.boundary("b", "tx", "cancel"),
        draw.user("z"),
        draw.flows("s-tx", "b-z"),
    )
    one = story(xml)
    one.complete("u")
    assert one.at == ["z"]


def test_stages_are_properties_of_what_was_entered(draw, story):
    one = story(draw.diagram(draw.start(), draw.user("u", ext=draw.props(stage="形式审查", public_stage="审查中")), draw.flows("s-u")))
    entered = next(each for each in one.events if getattr(each, "element", "") == "u")
    assert dict(entered.properties) == {"stage": "形式审查", "public_stage": "审查中"}


def test_what_documents_a_user_task_describes_it(draw, story):
    told = "<documentation> Check ${unit}, </documentation><documentation>then ${execution.getVariable('next')}. </documentation>"
    plain = "<documentation>As &lt;said&gt;</documentation>"
    xml = draw.diagram(
        draw.start(), draw.user("u", inner=told), draw.user("v", inner=plain), draw.user("w"), draw.end(), draw.flows("s-u-e", "s-v-e", "s-w-e")
    )
    one = story(xml, variables={"unit": "RU-LN", "next": "sign"})
    assert one.wait("u").description == "Check RU-LN,\n\nthen sign."
    assert [one.wait(each).description for each in "vw"] == ["As <said>", None]
    assert b"said" not in one.blob, "what is the same for all instances is not kept with each"
    one.execution.edit_task(one.wait("v").id, name="v", priority=50, due=None, follow_up=None, description="mine")
    one.execution.edit_task(one.wait("u").id, name="u", priority=50, due=None, follow_up=None)
    one.settle()
    assert [one.wait(each).description for each in "uv"] == [None, "mine"]


def test_user_tasks_say_who_when_and_what(draw, story):
    attrs = (
        'camunda:assignee="${who}" camunda:candidateUsers="a, b" camunda:candidateGroups="ru_officer@${unit},office@caq" camunda:priority="${10 + 1}"'
        ' camunda:formKey="forms/${form}.json" camunda:dueDate="P3D" camunda:followUpDate="2023-05-02" name="审核 ${unit}"'
    )
    listeners = '<camunda:taskListener event="complete" delegateExpression="${ru_review.record}"/>'
    listeners += '<camunda:taskListener event="act:rank.save" class="rank.save"/>'
    one = story(
        draw.diagram(draw.start(), draw.user("u", attrs, ext=listeners), draw.flows("s-u")),
        variables={"who": None, "unit": "RU-LN", "form": "x"},
    )
    wait = one.wait("u")
    assert (wait.assignee, wait.candidate_users, wait.candidate_groups) == (None, ("a", "b"), ("ru_officer@RU-LN", "office@caq"))
    assert (wait.priority, wait.form_key, wait.name) == (11, "forms/x.json", "审核 RU-LN")
    assert wait.due == one.now + timedelta(days=3)
    assert wait.follow_up == datetime.fromisoformat("2023-05-02T00:00:00+08:00")
    info = one.definitions.element("p", "u")
    assert info.listeners_of("complete") == ("ru_review.record",)
    assert info.listeners_of("act:rank.save") == ("rank.save",)


@pytest.mark.parametrize("interrupting", [True, False])
def test_parameters_of_a_boundary_event_see_payload_and_variables_and_leave_nothing_behind(draw, story, interrupting):
    parts = '<camunda:inputParameter name="half">${n / 2}</camunda:inputParameter>'
    parts += '<camunda:outputParameter name="told">${said + half}</camunda:outputParameter>'
    ext = f"<camunda:inputOutput>{parts}</camunda:inputOutput>"
    event = draw.boundary("b", "u", "message", interrupting=interrupting, ext=ext)
    told = story(draw.diagram(draw.start(), draw.user("u"), event, draw.end("e2"), draw.end(), draw.flows("s-u-e", "b-e2")), variables={"n": 8})
    told.deliver("b", said=3)
    assert told.execution.variables() == {"n": 8, "told": 7}
    if not interrupting:
        told.execution.set_variables({"n": 10})
        told.deliver("b", said=1)
        assert told.execution.variables() == {"n": 10, "told": 6}
        assert told.at == ["b", "u"]


def test_an_error_end_says_why(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.sub("sub", draw.start("s1"), draw.end("bad", "error"), draw.flows("s1-bad")),
        '<boundaryEvent id="b" attachedToRef="sub">'
        '<errorEventDefinition errorRef="err" camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"/></boundaryEvent>',
        draw.user("u"),
        draw.flows("s-sub", "b-u"),
    ).replace(b'errorCode="E1"', b'errorCode="E1" camunda:errorMessage="${n} is too much"')
    told = story(xml, variables={"n": 3})
    assert (told.var("code"), told.var("why")) == ("E1", "3 is too much")


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_a_signal_carries_what_its_definition_passes(draw, story, kind):
    passes = '<camunda:in source="n" target="m"/><camunda:in sourceExpression="${n + 1}" target="k"/>'
    definition = f'<signalEventDefinition signalRef="sig">{draw.ext(passes)}</signalEventDefinition>'
    thrower = f'<intermediateThrowEvent id="t">{definition}</intermediateThrowEvent>' if kind == "throw" else f'<endEvent id="t">{definition}</endEvent>'
    told = story(draw.diagram(draw.start(), thrower, draw.flows("s-t")), variables={"n": 1, "other": 5})
    (thrown,) = told.thrown
    assert (thrown.name, thrown.payload) == ("sig", {"m": 1, "k": 2})


def test_a_script_of_another_engine_that_only_sets_variables_is_understood(draw, story):
    text = "execution.setVariable('a', n + 1);\nexecution.setVariable(\"b\", a * 2)\n"
    told = story(draw.diagram(draw.start(), draw.script("t", text), draw.user("u"), draw.flows("s-t-u")), variables={"n": 1})
    assert (told.var("a"), told.var("b")) == (2, 4)
