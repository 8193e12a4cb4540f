"""Random models moved to another version at random moments: to themselves they go on as if nothing had been, to a longer one they meet what was added."""

import random
import re
from collections import Counter

import pytest

from engine.bpmn.moving import CannotMigrate
from engine.bpmn.plans import Plan, Route, generate
from tests.unit.engine.bpmn import test_random as models
from tests.unit.engine.bpmn import test_random_undo as undoing
from tests.unit.engine.bpmn.test_moving import Moving

SEEDS = 120


class Longer(models.TaskRun):
    """A task that is followed by another one, once a version with it is the one that runs."""

    added: frozenset[str] = frozenset()

    def complete(self, key):
        if self.name in Longer.added and not self.name.endswith("_more"):
            self.name += "_more"
        else:
            self.done = True


def drawn(draw, seed):
    rng = random.Random(seed)
    world = models.World(rng, draw)
    model = world.block(4)
    into, out = model.xml(world)
    world.flow(f"s-{into}", f"{out}-e")
    return rng, model, draw.diagram(draw.start(), *world.parts, draw.end())


def longer(xml, name):
    """The diagram with a task behind one that has a flow out of it; None if it has none."""
    flow = re.search(rf'<sequenceFlow id="[^"]+" sourceRef="{name}" '.encode(), xml)
    if flow is None:
        return None
    more = f'<userTask id="{name}_more"/><sequenceFlow id="{name}-{name}_more" sourceRef="{name}" targetRef="{name}_more"/>'.encode()
    return xml.replace(flow[0], more + flow[0].replace(f'sourceRef="{name}"'.encode(), f'sourceRef="{name}_more"'.encode()))


def go_on(one, run, rng, seed):
    """One act, after a look whether engine and oracle wait for the same."""
    waits = [wait for wait in one.execution.waits() if wait.kind == "user"]
    assert Counter(models.tagged(one, wait) for wait in waits) == Counter(run.open()), seed
    wait = rng.choice(waits)
    run.complete(models.tagged(one, wait))
    one.execution.complete(wait.id)
    one.settle()


@pytest.mark.parametrize("part", range(4))
def test_moved_to_itself_an_instance_goes_on_as_the_oracle_says(draw, part):
    moves = 0
    for seed in range(part, SEEDS, 4):
        rng, model, xml = drawn(draw, seed)
        one, run = Moving(xml), model.fresh()
        while not run.done:
            if rng.random() < 0.3:
                before = one.execution.waits()
                one.move(xml)
                assert one.execution.waits() == before, seed
                moves += 1
            go_on(one, run, rng, seed)
        assert one.ended, seed
        assert set(one.execution.instance.scopes.held) == {""}
    assert moves > SEEDS // 4


@pytest.mark.parametrize("part", range(4))
def test_moved_to_a_longer_version_it_meets_the_task_that_was_added(draw, monkeypatch, part):
    monkeypatch.setattr(models, "TaskRun", Longer)
    met = 0
    for seed in range(part, SEEDS, 4):
        monkeypatch.setattr(Longer, "added", frozenset())
        rng, model, xml = drawn(draw, seed)
        one, run = Moving(xml), model.fresh()
        for _ in range(rng.randint(0, 4)):
            if not run.done:
                go_on(one, run, rng, seed)
        waits = [wait.element for wait in one.execution.waits()]
        more = longer(xml, rng.choice(waits)) if waits else None
        if more is None:
            continue
        name = re.search(rb'<userTask id="(\w+)_more"', more)[1].decode()
        one.move(more)
        monkeypatch.setattr(Longer, "added", frozenset({name}))
        while not run.done:
            go_on(one, run, rng, seed)
        assert one.ended, seed
        met += one.entered(f"{name}_more") > 0
    assert met > SEEDS // 10


def wrapped(draw, xml):
    """The diagram with all of its process in one sub-process."""
    begins, ends = draw.start("s0") + '<subProcess id="wrap">', "</subProcess>" + draw.end("e0") + draw.flows("s0-wrap-e0")
    return xml.replace(b'isExecutable="true">', b'isExecutable="true">' + begins.encode(), 1).replace(b"</process>", ends.encode() + b"</process>", 1)


def kept_back(one, xml, steps):
    """Why an instance cannot go to the other shape of its diagram; nothing if it went."""
    state = one.blob, one.definitions, one.number
    try:
        one.move(xml, plan=Plan(one.number, one.number + 1, (Route("p", "p", steps),)))
    except CannotMigrate as refusal:
        one.blob, one.definitions, one.number = state
        one.execution = one.definitions.load(one.blob, host=one.host())
        return {each.code for each in refusal.obstacles}
    return set()


@pytest.mark.parametrize("part", range(4))
def test_a_sub_process_around_everything_comes_and_goes_and_changes_nothing(draw, part):
    """Only what waits to be joined keeps an instance where it is; tokens, loops and their progress go along into the sub-process and out of it."""
    moves = 0
    for seed in range(part, SEEDS // 2, 4):
        rng, model, xml = drawn(draw, seed)
        one, run, shapes = Moving(xml), model.fresh(), [xml, wrapped(draw, xml)]
        steps = generate(one.definitions.processes["p"], one.definitions.processes["p"]).instructions
        while not run.done:
            if rng.random() < 0.4:
                before = [(wait.id, wait.element) for wait in one.execution.waits()]
                why = kept_back(one, shapes[1], steps)
                assert why <= {"MIG-JOIN"}, seed
                assert [(wait.id, wait.element) for wait in one.execution.waits()] == before, seed
                if not why:
                    shapes.reverse()
                    moves += 1
            go_on(one, run, rng, seed)
        assert one.ended, seed
        assert set(one.execution.instance.scopes.held) == {""}
    assert moves > SEEDS // 16


@pytest.mark.parametrize("seed", range(40))
def test_moved_to_itself_while_events_strike_and_handlers_undo_nothing_is_armed_twice_or_lost(draw, monkeypatch, seed):
    """Boundary events, event sub-processes, timers that fire more than once, compensation at work: a move to the same diagram changes nothing."""
    monkeypatch.setattr(models, "Task", undoing.Undone)
    rng = random.Random(seed)
    timers = draw.boundary("tick", "first", "cycle:R3/P1D", interrupting=False) + draw.boundary(
        "once", "first", "duration:P2D", interrupting=False
    )
    before = draw.user("first") + timers + draw.user("aside") + draw.flows("tick-aside", "once-aside", "s-first")
    xml = undoing.model(draw, seed, rng).decode()
    xml = xml.replace('sourceRef="s" targetRef', 'sourceRef="first" targetRef', 1).replace("</process>", before + "</process>", 1).encode()
    one, moves = Moving(xml), 0
    for _ in range(300):
        waits = one.execution.waits()
        if not waits:
            break
        if moves == 0 or rng.random() < 0.3:
            one.move(xml)
            assert one.execution.waits() == waits
            moves += 1
        wait = rng.choice(waits)
        chance = {"user": 0.3 if wait.element == "first" else 1, "timer": 1, "message": 0.1, "signal": 0.1}.get(wait.kind, 0)
        if rng.random() < chance:
            one.happen(wait)
    one.leaves_nothing()
