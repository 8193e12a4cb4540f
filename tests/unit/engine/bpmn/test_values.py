"""What people's data may hold and what they can never do: crash a state, grow without bounds, reach the engine's own names."""

import pytest

from engine.bpmn import Host, Limits, read_definitions
from engine.errors import EngineError
from engine.expressions import cost
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
    assert stopped.value.code == "expression_cost"


@pytest.mark.parametrize("text", ["str([{}])", "len(str([{}]))", "[{}] == [{}]"])
def test_a_huge_collection_is_no_way_to_fill_the_memory(draw, story, text):
    wide = ",".join(["big"] * 120)
    xml = draw.diagram(
        draw.start(), draw.user("u"), draw.script("x", "y = " + text.format(wide, wide)), draw.user("v"), draw.flows("s-u-x-v")
    )
    told = story(xml)
    with pytest.raises(EngineError, match="too much to compute"):
        told.complete("u", big=[f"企业{number}" for number in range(50_000)])


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


def test_a_script_and_an_output_parameter_put_json_together(draw, story):
    script = draw.script("t", "title = 'x'\nbody = {\n  title: title,\n  'two words': [n, {more: null}]\n}")
    task = draw.user("u", ext=draw.outputs(sent="${ {title: body.title, count: body['two words'].size()} }"))
    told = story(draw.diagram(draw.start(), script, task, draw.user("v"), draw.flows("s-t-u-v")), variables={"n": 3})
    assert told.var("body") == {"title": "x", "two words": [3, {"more": None}]}
    told.complete("u")
    assert told.var("sent") == {"title": "x", "count": 2}


@pytest.mark.parametrize("look", ["z = x60 == y60", "z = str(x60)", "z = x60", "z = y60.a.size()"])
def test_names_of_a_script_that_double_each_other_are_stopped(draw, story, look, monkeypatch):
    monkeypatch.setattr(cost, "MAX_WORK", cost.MAX_WORK // 20)
    lines = [f"var x{n} = [x{n - 1}, x{n - 1}]; var y{n} = {{a: y{n - 1}, b: y{n - 1}}}".replace("; ", "\n") for n in range(1, 48)]
    script = draw.script("t", "\n".join(["var x0 = [1]", "var y0 = [1]", *lines, look.replace("60", "47")]))
    with pytest.raises(EngineError) as refused:
        story(draw.diagram(draw.start(), script, draw.user("u"), draw.flows("s-t-u")))
    assert refused.value.code == "expression_cost"


def test_a_script_whose_lines_take_long_is_stopped_between_them(draw):
    """One element is one step, however many expressions it holds: time is looked at with each of them."""
    script = draw.script("t", "\n".join(["x = feel('count(for x in 1..4000 return x)')"] * 90))
    definitions = read_definitions({"d.bpmn": draw.diagram(draw.start(), script, draw.user("u"), draw.flows("s-t-u"))})
    execution = definitions.new("p", variables={}, host=Host(now=T0, limits=Limits(seconds=0.1)))
    with pytest.raises(EngineError) as refused:
        execution.run()
    assert refused.value.code == "limit"
    assert refused.value.details["element"] == "t"
