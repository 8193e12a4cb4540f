"""An administrator puts an instance elsewhere: tokens are cancelled and started; what is left empty goes; what runs stays right."""

import random

import pytest

from engine.bpmn.modifying import Change, modify
from engine.errors import EngineError
from tests.unit.engine.bpmn import test_random as models
from tests.unit.engine.bpmn.conftest import Draw, Story

DRAW = Draw()


def change(one, *changes, within=""):
    """Changes as words: `-a` cancels, `a` starts before, `a+` behind, `~flow` along; a Change as it is."""
    kinds = [each if isinstance(each, Change) else word(each) for each in changes]
    one.events.clear()
    modify(one.execution.instance, kinds, within=within)
    return one.settle()


def word(text):
    if text[0] in "-~":
        return Change({"-": "cancel", "~": "along"}[text[0]], text[1:])
    return Change("after", text[:-1]) if text[-1] == "+" else Change("before", text)


def refused(one, *changes, within=""):
    with pytest.raises(EngineError) as refusal:
        change(one, *changes, within=within)
    return refusal.value.code


def line(*names, more=()):
    return DRAW.diagram(DRAW.start(), *map(DRAW.user, names), *more, DRAW.end(), DRAW.flows("s-" + "-".join(names) + "-e"))


def test_a_token_is_put_back_forward_and_behind():
    one = Story(line("a", "b", "c"))
    change(one, "-a", "c")
    assert one.at == ["c"]
    change(one, "-c", "a")
    assert one.at == ["a"]
    change(one, "-a", "a+")
    assert one.at == ["b"]
    change(one, "-b", "~b-c")
    assert one.at == ["c"]
    one.complete("c")
    assert one.ended


def test_a_second_token_runs_beside_the_first():
    one = Story(line("a", "b"))
    change(one, "b")
    assert one.at == ["a", "b"]
    one.complete("b")
    assert not one.ended
    one.complete("a")
    one.complete("b")
    assert one.ended


def test_boundary_events_are_armed_with_what_is_started_and_go_with_what_is_cancelled():
    one = Story(line("a", "b", more=(DRAW.boundary("t", "b", "duration:P1D"), DRAW.user("late"), DRAW.flows("t-late"))))
    change(one, "-a", "b")
    assert one.at == ["b", "t"]
    change(one, "-b", "t+")
    assert one.at == ["late"]


def test_local_variables_are_those_of_the_new_token():
    one = Story(line("a", "b"), variables={"n": 1})
    change(one, "-a", Change("before", "b", local={"n": 2}))
    assert one.execution.visible(one.wait("b").id)["n"] == 2
    assert one.var("n") == 1


def test_one_of_several_tokens_is_cancelled_by_its_id():
    one = Story(line("a"))
    change(one, "a")
    change(one, Change("cancel", token=one.wait("a", 1).id))
    assert one.at == ["a"]


class TestScopes:
    XML = DRAW.diagram(
        DRAW.start(),
        DRAW.sub(
            "sub", DRAW.start("s2"), DRAW.user("a"), DRAW.user("b"), DRAW.end("e2"), DRAW.flows("s2-a-b-e2"), ext=DRAW.inputs(inner="${1}")
        ),
        DRAW.boundary("t", "sub", "duration:P1D"),
        DRAW.user("z"),
        DRAW.end(),
        DRAW.flows("s-sub-z-e", "t-z"),
    )

    def test_in_a_sub_process_that_runs_and_in_one_that_does_not(self):
        one = Story(self.XML)
        change(one, "-a", "b")
        assert one.at == ["b", "t"]
        one.complete("b")
        change(one, "-z", "b")
        assert one.at == ["b", "t"]
        assert one.execution.visible(one.wait("b").id)["inner"] == 1
        one.complete("b")
        one.complete("z")
        assert one.ended

    def test_an_emptied_sub_process_goes_without_going_on(self):
        one = Story(self.XML)
        change(one, "-a", "z")
        assert one.at == ["z"]
        one.complete("z")
        assert one.ended

    def test_of_several_that_run_one_must_be_named(self):
        one = Story(self.XML)
        change(one, "sub")
        assert refused(one, "b") == "MOD-SCOPE"
        one = Story(self.XML)
        change(one, "sub")
        inside = one.wait("a", 1)
        change(one, Change("before", "b", token=inside.id))
        assert one.at == ["a", "a", "b", "t", "t"]

    def test_a_called_process_is_changed_by_itself_and_not_emptied(self):
        caller = DRAW.diagram(DRAW.start(), DRAW.call("c", "q"), DRAW.end(), DRAW.flows("s-c-e"))
        inner = DRAW.diagram(DRAW.start("s2"), DRAW.user("a"), DRAW.user("b"), DRAW.end("e2"), DRAW.flows("s2-a-b-e2"), key="q")
        one = Story(caller, inner)
        within = one.wait("a").within
        change(one, "-a", "b", within=within)
        assert one.at == ["b"]
        assert refused(one, "-b", within=within) == "MOD-NOTHING"
        assert refused(Story(caller, inner), "-a", within="99") == "MOD-GONE"

    def test_an_event_sub_process_is_started_by_hand(self):
        start = DRAW.start("es1", "message", attrs='isInterrupting="false"')
        watcher = DRAW.sub("es", start, DRAW.user("in_es"), DRAW.end("es2"), DRAW.flows("es1-in_es-es2"), attrs='triggeredByEvent="true"')
        one = Story(line("a", more=(watcher,)))
        change(one, "es")
        change(one, "es1")
        assert one.at == ["a", "es1", "in_es", "in_es"]

    @pytest.mark.parametrize("place", ["es", "es1"])
    def test_an_event_sub_process_that_interrupts_does_so_when_it_is_started_by_hand(self, place):
        one = Story(line("a", more=(self.interrupting(),)))
        change(one, place)
        assert one.at == ["in_es"]
        one.complete("in_es")
        assert one.ended

    def test_what_is_started_within_an_event_sub_process_runs_beside_the_rest(self):
        one = Story(line("a", "b", more=(self.interrupting(),)))
        change(one, "in_es")
        assert one.at == ["a", "es1", "in_es"]
        one.complete("a")
        one.complete("in_es")
        one.complete("b")
        assert one.ended

    def interrupting(self):
        start = DRAW.start("es1", "message")
        return DRAW.sub("es", start, DRAW.user("in_es"), DRAW.end("es2"), DRAW.flows("es1-in_es-es2"), attrs='triggeredByEvent="true"')


class TestLoops:
    XML = DRAW.diagram(
        DRAW.start(), DRAW.user("m", inner=DRAW.multi(over="list", element="item")), DRAW.user("z"), DRAW.end(), DRAW.flows("s-m-z-e")
    )

    def begun(self):
        return Story(self.XML, variables={"list": ["x", "y"]})

    def test_an_instance_less_and_one_more(self):
        one = self.begun()
        change(one, Change("cancel", token=one.wait("m").id))
        one.complete("m")
        assert one.at == ["z"]
        one = self.begun()
        change(one, Change("before", "m", local={"item": "w"}))
        assert [one.execution.visible(one.wait("m", nth).id)["item"] for nth in range(3)] == ["x", "y", "w"]
        for _ in range(3):
            one.complete("m")
        assert one.at == ["z"]

    def test_the_whole_is_cancelled_and_begun_anew(self):
        one = self.begun()
        one.complete("m")
        change(one, "-m#multiInstanceBody", "m#multiInstanceBody")
        assert one.at == ["m", "m"]
        change(one, "-m", "z")
        assert one.at == ["z"]

    @pytest.mark.parametrize("sequential", ["true", "false"])
    def test_where_none_runs_one_instance_is_started_or_all_of_them(self, sequential):
        xml = self.XML.replace(b'isSequential="false"', f'isSequential="{sequential}"'.encode())
        one = Story(xml, variables={"list": [1, 2]})
        change(one, "-m#multiInstanceBody", Change("before", "m", local={"item": 7}))
        assert one.at == ["m"]
        assert {name: one.execution.visible(one.wait("m").id)[name] for name in ("item", "loopCounter", "nrOfInstances")} == {
            "item": 7, "loopCounter": 0, "nrOfInstances": 1,
        }  # fmt: skip
        one.complete("m")
        assert one.at == ["z"]
        change(one, "-z", "m#multiInstanceBody")
        assert one.at == ["m"] * (1 if sequential == "true" else 2)

    def test_behind_a_whole_loop_it_goes_on(self):
        one = Story(self.XML, variables={"list": [1, 2]})
        change(one, "m#multiInstanceBody+", "-m#multiInstanceBody")
        assert one.at == ["z"]

    def test_a_sequential_one_takes_no_more(self):
        xml = self.XML.replace(b'isSequential="false"', b'isSequential="true"')
        assert refused(Story(xml, variables={"list": [1, 2]}), "m") == "MOD-LOOP"


def test_a_join_counts_a_token_started_before_it():
    xml = DRAW.diagram(
        DRAW.start(), DRAW.gate("f", "parallel"), DRAW.user("a"), DRAW.user("b"), DRAW.gate("j", "parallel"), DRAW.user("z"), DRAW.end(),
        DRAW.flows("s-f-a-j-z-e", "f-b-j"),
    )  # fmt: skip
    one = Story(xml)
    one.complete("b")
    change(one, "-a", "j")
    assert one.at == ["z"]
    one = Story(xml)
    one.complete("a")
    change(one, "-j", "-b", "z")
    assert one.at == ["z"]


@pytest.mark.parametrize(
    ("word", "code"),
    [("-b", "MOD-GONE"), ("nowhere", "MOD-PLACE"), ("~nowhere", "MOD-PLACE"), ("t", "MOD-PLACE"), ("x+", "MOD-FLOWS"), ("e+", "MOD-FLOWS")],
)
def test_what_cannot_be_done_is_named(word, code):
    more = (DRAW.boundary("t", "a", "duration:P1D"), DRAW.gate("x"), DRAW.flows("t-x", "x-b ${true}", "x-c default"))
    assert refused(Story(line("a", "b", "c", more=more)), word) == code


@pytest.mark.parametrize("seed", range(40))
def test_random_models_changed_at_random_leave_nothing_behind(seed):
    """Whatever is cancelled or started, the instance stays whole (`Story.check` after every step) and can be brought to its end."""
    rng = random.Random(seed)
    world = models.World(rng, DRAW)
    into, out = world.block(3).xml(world)
    world.flow(f"s-{into}", f"{out}-e")
    one = Story(DRAW.diagram(DRAW.start(), *world.parts, DRAW.end()))
    names = [info.id for info in one.definitions.processes["p"].elements.values() if info.type == "userTask"]
    for _ in range(60):
        waits = one.execution.waits()
        if one.ended or not waits:
            break
        if rng.random() < 0.4:
            one.execution.complete(rng.choice(waits).id)
            one.settle()
            continue
        wanted = [Change("cancel", token=rng.choice(waits).id), Change("before", rng.choice(names))]
        try:
            change(one, *wanted)
        except EngineError as error:
            assert error.code in {"MOD-SCOPE", "MOD-LOOP", "unknown_variable"}, error  # noqa: PT017 - any of them
            one.execution = one.definitions.load(one.blob, host=one.host())
    if not one.ended:
        one.execution.cancel()
        one.settle()
    assert one.execution.instance.index == {}
    assert set(one.execution.instance.scopes.held) == {""}
