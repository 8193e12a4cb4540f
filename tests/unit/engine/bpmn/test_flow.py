"""Gateways and flows: what goes on where, in every round."""

import pytest

from engine.errors import EngineError


def test_an_exclusive_gateway_takes_the_first_flow_that_holds_else_the_default(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("g"),
        draw.user("a"),
        draw.user("b"),
        draw.user("c"),
        draw.end(),
        draw.flows("s-g", "g-a ${x > 5}", "g-b ${x > 1}", "g-c default", "a-e", "b-e", "c-e"),
    )
    assert story(xml, variables={"x": 9}).at == ["a"]
    assert story(xml, variables={"x": 2}).at == ["b"]
    assert story(xml, variables={"x": 0}).at == ["c"]


def test_a_default_flow_keeps_its_place_even_with_a_condition_on_it(draw, story):
    xml = draw.diagram(draw.start(), draw.gate("g"), draw.user("a"), draw.user("b"), draw.flows("s-g", "g-a ${x == 1}", "g-b default"))
    assert story(xml, variables={"x": 1}).at == ["a"]


def test_a_gateway_without_a_way_on_refuses_the_act(draw, story):
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.gate("g"), draw.user("a"), draw.user("b"), draw.flows("s-u-g", "g-a ${x == 1}", "g-b ${x == 2}")
    )
    try:
        one = story(xml)
    except EngineError as error:
        assert error.code == "diagrams"  # noqa: PT017 - the checks refuse it before
        return
    with pytest.raises(EngineError):
        one.complete("u", x=3)


def test_conditional_flows_leave_an_activity_without_a_gateway(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.user("a"),
        draw.user("b"),
        draw.user("c"),
        draw.flows("s-u", "u-a ${x > 1}", "u-b ${x > 2}", "u-c default"),
    )
    both = story(xml)
    both.complete("u", x=3)
    assert both.at == ["a", "b"]
    none = story(xml)
    none.complete("u", x=0)
    assert none.at == ["c"]


def test_a_parallel_join_waits_for_every_flow_in_every_round(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("m"),
        draw.gate("f", "parallel"),
        draw.user("a"),
        draw.user("b"),
        draw.gate("j", "parallel"),
        draw.user("chk"),
        draw.gate("x"),
        draw.end(),
        draw.flows("s-m-f-a-j", "f-b-j", "j-chk-x", "x-m ${again}", "x-e default"),
    )
    one = story(xml)
    for _ in range(5):
        one.complete("b")
        assert one.at == ["a"]
        one.complete("a")
        assert one.at == ["chk"]
        one.complete("chk", again=True)
        assert one.at == ["a", "b"]
        one.complete("a")
        assert one.at == ["b"]
        one.complete("b")
        one.complete("chk", again=True)
    one.complete("a")
    one.complete("b")
    one.complete("chk", again=False)
    assert one.ended


def test_excess_tokens_at_a_parallel_join_stay_for_the_next_time(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("f", "parallel"),
        draw.user("a"),
        draw.user("b"),
        draw.user("c"),
        draw.gate("m"),
        draw.gate("j", "parallel"),
        draw.user("z"),
        draw.flows("s-f", "f-a-m", "f-b-m", "m-j", "f-c-j", "j-z"),
    )
    one = story(xml)
    one.complete("a")
    one.complete("b")
    assert one.at == ["c"]
    one.complete("c")
    assert one.at == ["z"]
    one.complete("z")
    assert not one.ended  # the second token still waits at the join


def test_an_inclusive_join_waits_only_for_what_can_still_come(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("i", "inclusive"),
        draw.user("a"),
        draw.user("b"),
        draw.user("c"),
        draw.gate("j", "inclusive"),
        draw.user("z"),
        draw.flows("s-i", "i-a ${x > 0}", "i-b ${x > 1}", "i-c default", "a-j", "b-j", "c-j", "j-z"),
    )
    one = story(xml, variables={"x": 1})
    assert one.at == ["a"]
    one.complete("a")
    assert one.at == ["z"]
    both = story(xml, variables={"x": 2})
    both.complete("b")
    assert both.at == ["a"]
    both.complete("a")
    assert both.at == ["z"]


@pytest.mark.parametrize("rounds", [1, 2])
def test_an_inclusive_join_does_not_wait_for_a_token_that_would_come_round_to_it_on_a_flow_that_has_one(draw, story, rounds):
    told = story(
        draw.diagram(
            draw.start(),
            draw.gate("again"),
            draw.gate("both", "parallel"),
            draw.gate("some", "inclusive"),
            *(draw.user(name) for name in ("a", "b", "c", "beside", "last")),
            draw.gate("join", "inclusive"),
            draw.gate("met", "parallel"),
            draw.gate("done"),
            draw.flows("s-again-both-some", "some-a ${true}", "some-b ${true}", "some-c ${false}", "a-join", "b-join", "c-join-met"),
            draw.flows("both-beside-met-done", "done-last ${enough}", "done-again default"),
        )
    )
    for each in range(rounds):
        told.complete("a")
        assert told.at == ["b", "beside"]
        told.complete("b")
        assert told.at == ["beside"]
        assert told.entered("join") == each + 1  # the work beside could come round to it only where a token waits already
        told.complete("beside", enough=each + 1 == rounds)
    assert told.at == ["last"]


def test_an_inclusive_join_sees_running_work_upstream_and_boundary_events(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("f", "parallel"),
        draw.user("a"),
        draw.user("u"),
        draw.user("b"),
        draw.user("late"),
        draw.gate("j", "inclusive"),
        draw.user("z"),
        draw.boundary("bd", "u", "message", interrupting=False),
        draw.end("e2"),
        draw.gate("x"),
        draw.flows("s-f", "f-a-j", "f-u-b-x", "x-j ${go}", "x-e2 default", "bd-late-j", "j-z"),
    )
    one = story(xml)
    one.complete("a")
    assert one.at == ["bd", "u"]
    one.deliver("bd")
    one.complete("u")
    one.complete("b", go=False)
    assert one.at == ["late"]
    one.complete("late")
    assert one.at == ["z"]


def test_an_inclusive_join_in_a_loop(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("m"),
        draw.gate("i", "inclusive"),
        draw.user("a"),
        draw.user("b"),
        draw.gate("j", "inclusive"),
        draw.user("chk"),
        draw.gate("x"),
        draw.end(),
        draw.flows("s-m-i", "i-a ${true}", "i-b ${two}", "a-j", "b-j", "j-chk-x", "x-m ${again}", "x-e default"),
    )
    one = story(xml, variables={"two": True})
    for two in (True, False, True, True):
        if one.var("two"):
            one.complete("b")
            assert one.at == ["a"]
        one.complete("a")
        one.complete("chk", again=True, two=two)
    assert one.at == ["a", "b"]


def test_the_first_event_behind_an_event_based_gateway_wins(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("g", "event"),
        draw.catch("c1", "message"),
        draw.catch("c2", "duration:P1D"),
        draw.user("a"),
        draw.user("b"),
        draw.flows("s-g-c1-a", "g-c2-b"),
    )
    one = story(xml)
    assert one.at == ["c1", "c2"]
    one.deliver("c1", x=1)
    assert one.at == ["a"]
    assert one.var("x") == 1
    two = story(xml)
    two.fire()
    assert two.at == ["b"]
    assert "c1" not in two.entered()


@pytest.mark.parametrize("name", ["Start", "End", "Root", "__init__", "开始"])
def test_elements_may_have_any_id(draw, story, name):
    told = story(draw.diagram(draw.start(), draw.user(name), draw.end(), draw.flows(f"s-{name}-e")))
    told.complete(name)
    assert told.ended


def test_links_lead_on(draw, story):
    xml = draw.diagram(draw.start(), draw.throw("l1", "link:A"), draw.catch("l2", "link:A"), draw.user("u"), draw.flows("s-l1", "l2-u"))
    assert story(xml).at == ["u"]


def test_scripts_assign_variables_and_loops_without_a_wait_are_stopped(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.script("k", "n = n + 1\ntext = 'n=' + str(n)"),
        draw.gate("g"),
        draw.end(),
        draw.flows("s-u-k-g", "g-e ${n >= most}", "g-k default"),
    )
    one = story(xml, variables={"n": 0})
    one.complete("u", most=10_000)
    assert one.ended
    assert one.var("text") == "n=10000"
    endless = story(xml, variables={"n": 0})
    with pytest.raises(EngineError) as refused:
        endless.complete("u", most=10**9)
    assert refused.value.code == "limit"


def test_round_1000_of_a_loop_costs_what_round_10_did(draw, story):
    xml = draw.diagram(
        draw.start(),
        draw.gate("m"),
        draw.user("u"),
        draw.boundary("t", "u", "duration:P1D", interrupting=False),
        draw.end("e2"),
        draw.gate("g"),
        draw.end(),
        draw.flows("s-m-u-g", "t-e2", "g-e ${done}", "g-m default"),
    )
    one = story(xml)
    sizes = {}
    for number in range(1, 1001):
        one.complete("u", done=False)
        sizes[number] = len(one.blob)
        one.events.clear()
    assert sizes[1000] <= 1.2 * sizes[10]


def counting(draw, name):
    """A task that writes its name down and goes on."""
    return draw.script(name, f"seen = seen.concat('{name}')")


def test_each_path_goes_as_far_as_it_can_before_the_next_begins(draw, story):
    inner = (draw.start("s1"), counting(draw, "c"), draw.user("first"), draw.flows("s1-c-first"))
    parts = (counting(draw, "a"), draw.sub("sub", *inner), draw.user("second"), counting(draw, "d"), draw.user("third"))
    told = story(
        draw.diagram(draw.start(), draw.gate("g", "parallel"), *parts, draw.flows("s-g-a-sub", "g-second", "g-d-third")), variables={"seen": ""}
    )
    assert [wait.element for wait in told.execution.waits()] == ["first", "second", "third"]
    assert told.var("seen") == "acd"


def test_a_path_that_ends_everything_leaves_the_next_one_unbegun(draw, story):
    flows = draw.flows("s-g-stop", "g-u")
    told = story(draw.diagram(draw.start(), draw.gate("g", "parallel"), draw.end("stop", "terminate"), draw.user("u"), flows))
    assert told.ended
    assert told.entered("u") == 0
    told.leaves_nothing()


def test_a_join_takes_first_what_came_first(draw, story):
    parts = (counting(draw, "a"), counting(draw, "b"), counting(draw, "c"), draw.gate("j", "parallel"), draw.user("u"))
    told = story(
        draw.diagram(draw.start(), draw.gate("g", "parallel"), *parts, draw.flows("s-g-a-b-j", "g-c-j", "j-u")), variables={"seen": ""}
    )
    assert (told.var("seen"), told.at) == ("abc", ["u"])


def test_several_flows_without_an_id_lead_from_one_element_to_another(draw, story):
    twice = '<sequenceFlow sourceRef="g" targetRef="u"/>' * 2
    told = story(draw.diagram(draw.start(), draw.gate("g", "parallel"), draw.user("u"), draw.end(), draw.flows("s-g", "u-e"), twice))
    assert told.at == ["u", "u"]
    told.complete("u")
    told.complete("u")
    assert told.ended
