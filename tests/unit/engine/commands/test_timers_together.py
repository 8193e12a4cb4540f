"""Timers that are due at the same moment share a transaction; one that fails harms none of the others."""

from collections import Counter

import pytest

from engine.contract import SYSTEM
from engine.errors import EngineError
from engine.jobs import TOGETHER
from store.engine.tables import history, incident, instance, timer
from tests.unit.engine.bpmn.conftest import Draw
from tests.unit.engine.commands.test_budget import counted

DRAW = Draw()
MANY = 2 * TOGETHER + 5


@pytest.fixture
def begin(engine):
    """Start an instance that waits a day, then opens a task whose listener may refuse."""
    listening = DRAW.user("u", ext='<camunda:taskListener event="create" delegateExpression="look"/>')
    reminder = DRAW.catch("c", "duration:P1D"), listening, DRAW.end(), DRAW.flows("s-c-u-e")
    engine.deploy(name="t", files={"d.bpmn": DRAW.diagram(DRAW.start(), *reminder, key="p")}, actor=SYSTEM)
    return lambda key: engine.start(process="p", business_key=key, variables={}, tenant="t", actor=SYSTEM)


def work_off(engine):
    done = 0
    while more := engine.work():
        done += more
    return done


def test_timers_of_many_instances_fire_once_each_in_few_commits(engine, registry, begin, clock, rows, database):
    registry.listener("look")(lambda ctx, data: None)
    roots = [begin(str(number)) for number in range(MANY)]
    clock.forward(days=2)
    with counted(database) as found:
        assert work_off(engine) == MANY
    assert found["commits"] == 3
    assert Counter(row["root"] for row in rows(history, kind="timer")) == Counter(roots)
    assert rows(timer) == []
    assert engine.check() == {}


def test_one_that_fails_gets_an_incident_and_all_others_fire_once(engine, registry, begin, clock, rows):
    calls = Counter()

    @registry.listener("look")
    def look(ctx, data):
        calls[ctx.instance.business_key] += 1
        if ctx.instance.business_key == "3":
            raise EngineError("no", "不行", "no")

    roots = [begin(str(number)) for number in range(MANY)]
    clock.forward(days=2)
    assert work_off(engine) == MANY
    assert [(row["kind"], row["root"]) for row in rows(incident)] == [("timer", roots[3])]
    assert Counter(row["root"] for row in rows(history, kind="timer")) == Counter(set(roots) - {roots[3]})
    assert [row["root"] for row in rows(timer)] == [roots[3]]
    assert engine.check() == {}
    assert calls["1"] == 2, "what was undone with the one that failed was done again"


def test_two_timers_of_one_instance_never_share_a_transaction(engine, clock, rows):
    both = DRAW.gate("f", "parallel"), DRAW.catch("a", "duration:P1D"), DRAW.catch("b", "duration:P1D"), DRAW.gate("j", "parallel"), DRAW.end()
    diagram = DRAW.diagram(DRAW.start(), *both, DRAW.flows("s-f-a-j-e", "f-b-j"), key="p")
    engine.deploy(name="t", files={"d.bpmn": diagram}, actor=SYSTEM)
    roots = [engine.start(process="p", business_key=str(number), variables={}, tenant="t", actor=SYSTEM) for number in range(3)]
    clock.forward(days=2)
    assert work_off(engine) == 6
    assert Counter(row["root"] for row in rows(history, kind="timer")) == Counter(dict.fromkeys(roots, 2))
    assert {row["status"] for row in rows(instance)} == {"ended"}
    assert engine.check() == {}


def test_a_suspended_instance_among_them_is_left_out(engine, registry, begin, clock, rows, people):
    registry.listener("look")(lambda ctx, data: None)
    roots = [begin(str(number)) for number in range(4)]
    engine.suspend(root=roots[1], reason="a question", actor=people.chief)
    clock.forward(days=2)
    assert work_off(engine) == 3
    assert {row["root"] for row in rows(history, kind="timer")} == {roots[0], roots[2], roots[3]}
    assert engine.check() == {}
