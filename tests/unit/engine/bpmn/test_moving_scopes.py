"""Moved into sub-processes that the new version has around a task, and out of those that it has not any more."""

from datetime import timedelta

import pytest

from tests.unit.engine.bpmn.conftest import Draw
from tests.unit.engine.bpmn.test_moving import Moving, line

DRAW = Draw()


def within(*names, beside=(), more=(), attrs="", tag="subProcess", ext="", key="p"):
    """A process of one sub-process that holds tasks one after the other."""
    inner = (DRAW.start("s2"), *map(DRAW.user, names), DRAW.end("e2"), DRAW.flows("s2-" + "-".join(names) + "-e2"), *beside)
    return DRAW.diagram(
        DRAW.start(),
        DRAW.sub("sub", *inner, attrs=attrs, tag=tag, ext=ext),
        *more,
        DRAW.user("z"),
        DRAW.end(),
        DRAW.flows("s-sub-z-e"),
        key=key,
    )


def nested(*names):
    inner = (DRAW.start("s3"), *map(DRAW.user, names), DRAW.end("e3"), DRAW.flows("s3-" + "-".join(names) + "-e3"))
    outer = (DRAW.start("s2"), DRAW.sub("in", *inner), DRAW.end("e2"), DRAW.flows("s2-in-e2"))
    return DRAW.diagram(DRAW.start(), DRAW.sub("sub", *outer), DRAW.user("z"), DRAW.end(), DRAW.flows("s-sub-z-e"))


def forked(*names, joined=True):
    join = (DRAW.gate("j", "parallel"), DRAW.flows("j-e")) if joined else ()
    ways = DRAW.flows("s-f", *(f"f-{name}-{'j' if joined else 'e'}" for name in names))
    return DRAW.diagram(DRAW.start(), DRAW.gate("f", "parallel"), *map(DRAW.user, names), *join, DRAW.end(), ways)


@pytest.mark.parametrize(("target", "entered"), [(within("a", "b"), ["sub"]), (nested("a", "b"), ["sub", "in"])])
def test_sub_processes_begin_around_a_task_that_goes_on_in_them(target, entered):
    one = Moving(line("a"), variables={"n": 1})
    task = one.wait("a").id
    one.move(target, a="a")
    assert one.entered() == entered
    assert one.wait("a").id == task
    one.complete("a")
    assert one.at == ["b"]
    one.complete("b")
    assert one.at == ["z"]


def test_what_the_new_sub_process_listens_for_is_armed_and_ends_it():
    watch = DRAW.sub(
        "es", DRAW.start("x", "message", attrs='isInterrupting="false"'), DRAW.user("w"), DRAW.flows("x-w"), attrs='triggeredByEvent="true"'
    )
    late = (DRAW.boundary("late", "sub", "duration:PT1H"), DRAW.flows("late-z"))
    one = Moving(line("a"))
    one.move(within("a", beside=(watch,), more=late), a="a")
    assert one.at == ["a", "late", "x"]
    one.deliver("x")
    assert one.at == ["a", "late", "w", "x"]
    one.fire("late")
    assert one.at == ["z"]


def test_two_branches_go_into_one_sub_process_that_begins_once():
    one = Moving(forked("a", "b", joined=False))
    inner = (DRAW.start("s2"), DRAW.gate("f", "parallel"), DRAW.user("a"), DRAW.user("b"), DRAW.flows("s2-f-a", "f-b"))
    one.move(DRAW.diagram(DRAW.start(), DRAW.sub("sub", *inner), DRAW.user("z"), DRAW.flows("s-sub-z")), a="a", b="b")
    assert one.entered("sub") == 1
    one.complete("a")
    assert one.at == ["b"]
    one.complete("b")
    assert one.at == ["z"]


def test_a_task_takes_its_timer_its_loop_and_what_is_in_it_along():
    def process(*around):
        task = DRAW.user("a", inner=DRAW.multi(count="2")) + DRAW.boundary("t", "a", "duration:P1D", interrupting=False)
        loop = (DRAW.start("s1"), task, DRAW.flows("s1-a"))
        return DRAW.sub("hold", *loop), around

    plain = DRAW.diagram(DRAW.start(), process()[0], DRAW.end(), DRAW.flows("s-hold-e"))
    wrapped = DRAW.sub("sub", DRAW.start("s2"), process()[0], DRAW.end("e2"), DRAW.flows("s2-hold-e2"))
    one = Moving(plain)
    one.complete("a")
    due = one.wait("t").due
    one.move(DRAW.diagram(DRAW.start(), wrapped, DRAW.user("z"), DRAW.flows("s-sub-z")), hold="hold", a="a", t="t")
    assert (one.at, one.wait("t").due) == (["a", "t"], due)
    assert max(region.depth for region in one.execution.instance.subprocesses.values()) == 2
    one.complete("a")
    assert one.at == ["z"]


def test_sub_processes_end_around_a_task_that_still_sees_what_it_saw():
    one = Moving(within("a", ext=DRAW.inputs(n="${7}"), more=(DRAW.boundary("late", "sub", "duration:PT1H"), DRAW.flows("late-z"))))
    one.move(line("a", "b"), a="a")
    assert one.at == ["a"]
    assert one.execution.visible(one.wait("a").id)["n"] == 7
    one.complete("a")
    assert one.at == ["b"]
    one.complete("b")
    assert one.ended


def test_out_of_one_sub_process_into_another():
    one = Moving(nested("a"))
    inner = (DRAW.start("s5"), DRAW.user("a"), DRAW.user("b"), DRAW.flows("s5-a-b"))
    one.move(DRAW.diagram(DRAW.start(), DRAW.sub("other", *inner), DRAW.end(), DRAW.flows("s-other-e")), a="a")
    assert one.entered() == ["other"]
    assert len(one.execution.instance.subprocesses) == 1
    one.complete("a")
    assert one.at == ["b"]


def test_the_inner_of_two_sub_processes_ends():
    one = Moving(nested("a"))
    one.move(within("a", "b"), sub="sub", a="a")
    one.complete("a")
    one.complete("b")
    assert one.at == ["z"]


def test_a_called_process_goes_along_into_a_sub_process():
    def caller(*wrap):
        call = DRAW.call("c", "q")
        if not wrap:
            return DRAW.diagram(DRAW.start(), call, DRAW.user("z"), DRAW.flows("s-c-z"))
        return DRAW.diagram(
            DRAW.start(), DRAW.sub("sub", DRAW.start("s2"), call, DRAW.flows("s2-c")), DRAW.user("z"), DRAW.flows("s-sub-z")
        )

    one = Moving(caller(), line("a", key="q"))
    one.move(caller("sub"), line("a", "b", key="q"), c="c")
    one.complete("a")
    one.complete("b")
    assert one.at == ["z"]


FORK = (DRAW.start("s2"), DRAW.gate("f", "parallel"), DRAW.user("a"), DRAW.user("b"), DRAW.gate("j", "parallel"), DRAW.flows("s2-f-a-j", "f-b-j"))
FORKED_WITHIN = DRAW.diagram(DRAW.start(), DRAW.sub("sub", *FORK), DRAW.end(), DRAW.flows("s-sub-e"))


class TestRefused:
    def test_what_waits_to_be_joined_stays_where_it_is(self):
        one = Moving(forked("a", "b"))
        one.complete("a")
        assert ("MIG-JOIN", "j") in one.refused(FORKED_WITHIN, a="a", b="b", j="j")

    def test_a_join_in_the_new_sub_process_that_would_wait_in_vain(self):
        one = Moving(line("a"))
        assert one.refused(FORKED_WITHIN, a="a") == [("MIG-JOIN", "j")]

    def test_what_can_be_undone_stays_in_its_sub_process(self):
        undone = (DRAW.undone_by("a", DRAW.user("ua")),)
        one = Moving(within("a", "b", beside=undone))
        one.complete("a")
        new = DRAW.diagram(DRAW.start(), DRAW.user("a"), *undone, DRAW.user("b"), DRAW.end(), DRAW.flows("s-a-b-e"))
        assert ("MIG-UNDO", "a") in one.refused(new, a="a", b="b")

    def test_an_event_on_a_sub_process_that_ends(self):
        late = (DRAW.boundary("late", "sub", "duration:PT1H"), DRAW.flows("late-z"))
        one = Moving(within("a", more=late))
        new = DRAW.diagram(
            DRAW.start(), DRAW.user("a"), DRAW.boundary("late", "a", "duration:PT1H"), DRAW.end(), DRAW.flows("s-a-e", "late-e")
        )
        assert one.refused(new, a="a", late="late") == [("MIG-HOST", "late")]

    def test_what_nobody_says_where_it_goes_is_named_where_it_stands(self):
        assert Moving(within("a")).refused(line("b")) == [("MIG-UNMAPPED", "a"), ("MIG-UNMAPPED", "sub")]

    def test_a_sub_process_under_another_name_keeps_its_timer_when_the_plan_says_which_it_is(self):
        def version(name):
            late = (DRAW.boundary("late", "sub", "duration:PT1H"), DRAW.flows("late-z"))
            return within("a", more=late).replace(b'"sub"', name).replace(b's-sub"', b's-other"')

        one = Moving(version(b'"sub"'))
        due = one.wait("late").due
        one.now += timedelta(minutes=30)
        one.move(version(b'"other"'), sub="other", a="a", late="late")
        assert (one.wait("late").due, len(one.execution.instance.subprocesses)) == (due, 1)
