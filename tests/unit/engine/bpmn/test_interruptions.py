"""What is taken away while it is at work: by its own signal, by a racing boundary event, by its parent's end, by a terminate end."""

import pytest

from engine.bpmn import Cancelled, ErrorThrown
from engine.errors import EngineError


@pytest.mark.parametrize("kind", ["signal", "escalation"])
def test_a_throw_that_interrupts_its_own_sub_process_does_not_go_on(draw, story, kind):
    inner = draw.sub("sub", draw.start("s1"), draw.throw("t", kind), draw.user("never"), draw.end("e1"), draw.flows("s1-t-never-e1"))
    around = draw.boundary("b", "sub", kind)
    told = story(
        draw.diagram(draw.start(), inner, around, draw.user("after"), draw.end(), draw.end("e2"), draw.flows("s-sub-e", "b-after-e2"))
    )
    assert told.at == ["after"]
    assert "never" not in told.entered()
    told.complete("after")
    assert told.ended


def test_a_signal_end_that_interrupts_its_own_sub_process_ends_it_once(draw, story):
    inner = draw.sub("sub", draw.start("s1"), draw.end("e1", "signal"), draw.flows("s1-e1"))
    told = story(
        draw.diagram(
            draw.start(),
            inner,
            draw.boundary("b", "sub", "signal"),
            draw.user("after"),
            draw.user("normal"),
            draw.flows("s-sub-normal", "b-after"),
        )
    )
    assert told.at == ["after"]


def test_a_send_task_whose_message_nobody_hears_and_whose_sub_process_goes_stays_gone(draw, story):
    """Two branches of one command: one throws the signal that interrupts the other, which is ready to run."""
    inner = draw.sub(
        "sub",
        draw.start("s1"),
        draw.gate("g", "parallel"),
        draw.throw("t", "signal"),
        draw.script("x", "ran = true"),
        draw.end("e1"),
        draw.flows("s1-g", "g-t-e1", "g-x-e1"),
    )
    told = story(
        draw.diagram(
            draw.start(), inner, draw.boundary("b", "sub", "signal"), draw.user("after"), draw.end(), draw.flows("s-sub-e", "b-after")
        )
    )
    assert told.at == ["after"]
    assert told.var("ran") is None


def test_a_message_for_a_boundary_in_the_same_command_as_the_completion_interrupts(draw, story):
    told = story(
        draw.diagram(
            draw.start(), draw.user("u"), draw.boundary("b", "u", "message"), draw.user("x"), draw.end(), draw.flows("s-u-e", "b-x")
        )
    )
    user, message = told.wait("u"), told.wait("b")
    told.execution.complete(user.id)
    told.execution.deliver(message.id)
    told.settle()
    assert told.at == ["x"]
    assert told.entered("e") == 0


def test_of_two_boundaries_one_wins(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u"),
            draw.boundary("b", "u", "message"),
            draw.boundary("c", "u", "timer:2023-06-01"),
            draw.user("x"),
            draw.user("y"),
            draw.end(),
            draw.flows("s-u-e", "b-x", "c-y"),
        )
    )
    first, second = told.wait("b"), told.wait("c")
    told.execution.deliver(first.id)
    with pytest.raises(EngineError, match="not there any more"):
        told.execution.fire(second.id)
    told.settle()
    assert told.at == ["x"]


@pytest.mark.parametrize("sequential", [True, False])
def test_timers_on_a_multi_instance_body_are_one_timer(draw, story, sequential):
    multi = draw.multi(sequential=sequential, count="3")
    told = story(
        draw.diagram(
            draw.start(),
            draw.user("u", inner=multi),
            draw.boundary("r", "u", "cycle:R3/P1D", interrupting=False),
            draw.boundary("b", "u", "duration:P10D"),
            draw.user("lapsed"),
            draw.end("e1"),
            draw.end(),
            draw.flows("s-u-e", "r-e1", "b-lapsed"),
        )
    )
    assert told.at.count("r") == 1
    told.complete("u")
    told.fire("r")
    told.fire("b")
    assert told.at == ["lapsed"]
    assert told.var("nrOfInstances") is None


def test_terminate_inside_a_multi_instance_sub_process_ends_its_own_iteration(draw, story):
    inner = draw.sub(
        "sub",
        draw.start("s1"),
        draw.gate("g", "parallel"),
        draw.user("a"),
        draw.user("b"),
        draw.end("t", "terminate"),
        draw.end("e1"),
        draw.multi(count="2"),
        draw.flows("s1-g", "g-a-t", "g-b-e1"),
    )
    told = story(draw.diagram(draw.start(), inner, draw.user("after"), draw.flows("s-sub-after")))
    told.complete("a")
    assert told.at == ["a", "b"]
    told.complete("a")
    assert told.at == ["after"]


def test_a_cancelled_call_takes_nested_timers_with_it(draw, story):
    called = draw.diagram(
        draw.start("s2"),
        draw.sub(
            "deep",
            draw.start("s3"),
            draw.user("u"),
            draw.boundary("t", "u", "duration:P1D", interrupting=False),
            draw.end("e3"),
            draw.end("e4"),
            draw.flows("s3-u-e3", "t-e4"),
        ),
        draw.sub(
            "es",
            draw.start("s5", "cycle:R/P1D", attrs='isInterrupting="false"'),
            draw.end("e5"),
            draw.flows("s5-e5"),
            attrs='triggeredByEvent="true"',
        ),
        draw.end("e2"),
        draw.flows("s2-deep-e2"),
        key="q",
    )
    outer = draw.diagram(
        draw.start(),
        draw.sub("sub", draw.start("s1"), draw.call("c", "q"), draw.end("e1"), draw.flows("s1-c-e1")),
        draw.boundary("b", "sub", "message"),
        draw.user("x"),
        draw.end(),
        draw.flows("s-sub-e", "b-x"),
    )
    told = story(outer, called)
    assert told.at == ["b", "s5", "t", "u"]
    told.deliver("b")
    assert told.at == ["x"]
    cancelled = [each.element for each in told.events if isinstance(each, Cancelled)]
    assert cancelled == ["u", "deep", "c", "sub"]


def test_an_event_sub_process_triggered_in_the_command_that_completes_its_parent(draw, story):
    es = draw.sub(
        "es",
        draw.start("s1", "message", attrs='isInterrupting="false"'),
        draw.user("v"),
        draw.end("e1"),
        draw.flows("s1-v-e1"),
        attrs='triggeredByEvent="true"',
    )
    told = story(draw.diagram(draw.start(), draw.user("u"), es, draw.end(), draw.flows("s-u-e")))
    user, message = told.wait("u"), told.wait("s1")
    told.execution.complete(user.id)
    told.execution.deliver(message.id)
    told.settle()
    assert told.at == ["s1", "v"], "the parent goes on until its event sub-process is done"
    told.complete("v")
    assert told.ended


def test_joins_in_loops_with_boundaries_inside(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("x"),
            draw.gate("f", "parallel"),
            draw.user("a"),
            draw.user("b"),
            draw.boundary("ba", "a", "message"),
            draw.gate("m"),
            draw.gate("j", "parallel"),
            draw.gate("d"),
            draw.end(),
            draw.flows("s-x-f", "f-a-m-j", "f-b-j", "ba-m", "j-d", "d-x ${again}", "d-e default"),
        ),
        variables={"again": True},
    )
    for _ in range(3):
        told.complete("b")
        assert told.at == ["a", "ba"]
        told.deliver("ba")
        assert told.at == ["a", "b", "ba"]
    told.complete("a", again=False)
    told.complete("b")
    assert told.ended


def test_an_inclusive_join_in_a_loop_with_an_interrupted_branch(draw, story):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("x"),
            draw.gate("f", "inclusive"),
            draw.user("a"),
            draw.user("b"),
            draw.boundary("ba", "a", "message"),
            draw.user("c"),
            draw.gate("j", "inclusive"),
            draw.gate("d"),
            draw.end(),
            draw.flows("s-x-f", "f-a ${one}", "f-b ${two}", "a-j", "b-j", "ba-c-j", "j-d", "d-x ${again}", "d-e default"),
        ),
        variables={"again": True, "one": True, "two": True},
    )
    for _ in range(2):
        told.complete("b")
        told.deliver("ba")
        assert told.at == ["c"], "the join waits for the branch of the boundary event"
        told.complete("c")
        assert told.at == ["a", "b", "ba"]
    told.complete("a", again=False)
    told.complete("b")
    assert told.ended


def test_an_uncaught_error_end_stands_still_and_can_be_passed_over(draw, story):
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end("bad", "error"), draw.flows("s-u-bad")))
    told.complete("u")
    wait = told.wait("bad")
    assert (wait.kind, wait.type, told.ended) == ("error", "endEvent", False)
    thrown = [each for each in told.events if isinstance(each, ErrorThrown)]
    assert [(each.code, each.caught_by, each.token) for each in thrown] == [("E1", None, wait.id)]
    told.execution.throw_again(wait.id)
    told.settle()
    assert told.at == ["bad"]
    told.complete("bad")
    assert told.ended
    assert len([each for each in told.events if isinstance(each, ErrorThrown)]) == 2


def test_an_interrupted_activity_gives_its_output_parameters_all_the_same(draw, story):
    """As Camunda does by default, innermost first; what cannot be computed is left out."""
    task = draw.user("u", ext=draw.outputs(seen="${n + 1}", lost="${nobody_knows}"))
    sub = draw.sub("sub", draw.start("s1"), task, draw.end("e1"), draw.flows("s1-u-e1"), ext=draw.outputs(told="${seen}"))
    told = story(
        draw.diagram(draw.start(), sub, draw.boundary("b", "sub", "message"), draw.user("x"), draw.end(), draw.flows("s-sub-e", "b-x")),
        variables={"n": 1},
    )
    told.deliver("b")
    assert told.execution.variables() == {"n": 1, "seen": 2, "told": 2}


def test_an_instance_of_a_loop_that_is_cut_short_gives_no_output(draw, story):
    loop = draw.user("u", "", draw.multi(count="3", until="${nrOfCompletedInstances == 1}"), draw.outputs(last="${loopCounter}"))
    told = story(draw.diagram(draw.start(), loop, draw.user("x"), draw.end(), draw.flows("s-u-x-e")))
    told.complete("u")
    assert told.execution.variables() == {"last": 0}
