"""What people's data may hold and what they can never do: crash a state, grow without bounds, reach the engine's own names."""

import pytest

from engine.bpmn import Host, Limits, read_definitions
from engine.errors import EngineError
from tests.unit.engine.bpmn.conftest import T0

NAUGHTY = {
    "typename": {"typename": "datetime", "value": "2023-01-01"},
    "nested typename": [{"typename": "no.such.Class"}],
    "unicode": {"企业名称": "𠮷野家 \U0001f600 \u202e", "": "", "__class__": "x"},
    "NUL": "a\x00b",
    "big whole": 2**63 - 1,
    "empty": {},
}


@pytest.mark.parametrize("name", NAUGHTY)
def test_data_are_data(draw, story, name):
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.user("v"), draw.end(), draw.flows("s-u-v-e")))
    told.complete("u", 数据=NAUGHTY[name], len=1, deadline=2, typename="x", __class__="y")
    assert told.var("数据") == NAUGHTY[name]
    told.complete("v")
    assert told.ended


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, float("nan"), float("inf"), "\ud800", {"\udfff": 1}, {1: 2}, object(), b"x"])
def test_what_no_state_can_hold_is_refused(draw, story, value):
    told = story(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    with pytest.raises(EngineError) as refused:
        told.complete("u", x=value)
    assert refused.value.code == "variable_type"


@pytest.mark.parametrize("name", ["loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"])
def test_counters_cannot_be_written_by_people(draw, story, name):
    told = story(draw.diagram(draw.start(), draw.user("u", inner=draw.multi(count="3")), draw.end(), draw.flows("s-u-e")))
    with pytest.raises(EngineError) as refused:
        told.complete("u", **{name: 3})
    assert refused.value.code == "reserved_name"


def test_a_script_cannot_write_a_counter(draw, story):
    sub = draw.sub(
        "sub",
        draw.start("s1"),
        draw.script("x", "nrOfCompletedInstances = 99"),
        draw.end("e1"),
        draw.multi(count="2"),
        draw.flows("s1-x-e1"),
    )
    with pytest.raises(EngineError, match="nrOfCompletedInstances"):
        story(draw.diagram(draw.start(), sub, draw.end(), draw.flows("s-sub-e")))


def test_a_value_that_doubles_itself_is_stopped(draw, story):
    wide = ",".join(["a"] * 250)
    xml = draw.diagram(draw.start(), draw.script("x", "a = [1]\n" + f"a = [{wide}]\n" * 5), draw.end(), draw.flows("s-x-e"))
    with pytest.raises(EngineError) as stopped:
        story(xml)
    assert stopped.value.code == "limit"


@pytest.mark.parametrize("text", ["str([{}])", "len(str([{}]))", "[{}] == [{}]"])
def test_a_huge_collection_is_no_way_to_fill_the_memory(draw, story, text):
    wide = ",".join(["big"] * 120)
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.script("x", "y = " + text.format(wide, wide)), draw.user("v"), draw.flows("s-u-x-v")
    )
    told = story(xml)
    big = [f"企业{number}" for number in range(50_000)]
    if "==" in text:
        told.complete("u", big=big)
        assert told.var("y") is True
    else:
        with pytest.raises(EngineError, match="too long"):
            told.complete("u", big=big)


def run(definitions, limits, key="p"):
    definitions.new(key, variables={}, host=Host(now=T0, limits=limits)).run()


def test_the_limits_of_a_command_are_settings(draw):
    loop = draw.flows("s-g-x-d", "d-g ${true}", "d-e default")
    spinning = read_definitions(
        {"d.bpmn": draw.diagram(draw.start(), draw.gate("g"), draw.script("x", "n = 1"), draw.gate("d"), draw.end(), loop)}
    )
    with pytest.raises(EngineError, match="more than 30 "):
        run(spinning, Limits(steps=30))
    with pytest.raises(EngineError, match=r"more than 0\.02 s"):
        run(spinning, Limits(seconds=0.02, steps=10**9))
    with pytest.raises(EngineError, match="2000 characters"):
        run(spinning, Limits(size=2_000))


def test_multi_instance_in_multi_instance_is_counted_while_it_grows(draw):
    inner = draw.sub(
        "sub",
        draw.start("s1"),
        draw.user("u", inner=draw.multi(count="5000")),
        draw.end("e1"),
        draw.multi(count="5000"),
        draw.flows("s1-u-e1"),
    )
    definitions = read_definitions({"d.bpmn": draw.diagram(draw.start(), inner, draw.end(), draw.flows("s-sub-e"))})
    with pytest.raises(EngineError, match="tokens in one command"):
        run(definitions, Limits())


def test_all_runs_of_one_command_count_together(draw):
    """A loop over service tasks whose handlers answer at once never comes to an end either."""
    xml = draw.diagram(
        draw.start(), draw.gate("g"), draw.service("t"), draw.gate("d"), draw.end(), draw.flows("s-g-t-d", "d-g ${true}", "d-e default")
    )
    execution = read_definitions({"d.bpmn": xml}).new("p", variables={}, host=Host(now=T0, limits=Limits(steps=200)))
    execution.run()

    def forever():
        for _ in range(1_000):
            execution.complete(execution.waits()[0].id)
            execution.run()

    with pytest.raises(EngineError, match="200 "):
        forever()
