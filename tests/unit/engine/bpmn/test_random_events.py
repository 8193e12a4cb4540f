"""Random models with events of all kinds, compensation and transactions against an oracle of blocks and scopes: after every act both wait for the same."""

from __future__ import annotations

import random
from collections import Counter
from itertools import count

import pytest

from engine.bpmn import throwing
from engine.bpmn.events import Catcher
from engine.bpmn.nodes import Node
from engine.errors import EngineError
from tests.unit.engine.bpmn.blocks import between_gateways, chained
from tests.unit.engine.bpmn.event_oracle import CODES, WAITED, AllRun, CatchRun, GuardRun, ScopeRun, SeqRun, TaskRun, UndoRun, Watch, look

SEEDS = 48
KINDS = ["task", "catch", "seq", "seq", "seq", "parallel", "inclusive", "rounds", "sub", "guard", "guard", "guard", "guard"]
STRUCK = [*WAITED, *CODES, "escalation", "conditional"]  # what may befall a scope
RAISED = ["", "error", "error2", "error2", "escalation", "signal", "signal", "sets", "sets", "terminate"]  # what may follow a task


def drawn(kind):
    """An event of the oracle's as the diagrams have it."""
    return "when:${c == true}" if kind == "conditional" else kind


class Task:
    """A user task; with `raises` a gateway behind it may lead to an end event or past a throw event; one that `sets` decides on the condition."""

    def __init__(self, world, raises=""):
        self.raises, self.undone = raises, world.random.random() < 0.3
        self.name = f"{'c' if raises == 'sets' else 't'}{world.number()}"

    def xml(self, world):
        name, draw = self.name, world.draw
        world.add(draw.user(name), draw.undone_by(name, draw.user(f"undo{name}")) if self.undone else "")
        if self.raises in {"", "sets"}:
            return name, name
        world.add(draw.gate(f"{name}g"), draw.gate(f"{name}o"))
        world.flow(f"{name}-{name}g", f"{name}g-{name}o default", f"{name}g-{name}x ${{{name}bad}}")
        if self.raises in {"escalation", "signal"}:
            world.add(draw.throw(f"{name}x", self.raises))
            world.flow(f"{name}x-{name}o")
        else:
            world.add(draw.end(f"{name}x", self.raises))
        return name, f"{name}o"

    def fresh(self, above, key):
        return TaskRun(above, key, self)


class Catch:
    """An intermediate event that waits for a message, a signal or the condition."""

    def __init__(self, world):
        self.name, self.kind = f"i{world.number()}", world.random.choice(["message", "signal", "signal", "conditional"])

    def xml(self, world):
        world.add(world.draw.catch(self.name, drawn(self.kind)))
        return self.name, self.name

    def fresh(self, above, key):
        return CatchRun(above, key, self)


class Undo:
    """A throw event that has undone what is completed."""

    def __init__(self, world):
        self.name = f"u{world.number()}"

    def xml(self, world):
        world.add(world.draw.throw(self.name, "undo"))
        return self.name, self.name

    def fresh(self, above, key):
        return UndoRun(above, key)


class Seq:
    def __init__(self, *blocks):
        self.blocks = blocks

    def xml(self, world):
        return chained(world, self.blocks)

    def fresh(self, above, key):
        return SeqRun(above, key, self.blocks)


class Split:
    """A gateway block; `picked` are the branches that are taken."""

    def __init__(self, world, kind, branches):
        self.kind, self.branches, self.id = kind, branches, world.number()
        count = {"parallel": len(branches), "inclusive": world.random.randint(1, len(branches))}[kind]
        self.picked = sorted(world.random.sample(range(len(branches)), count))

    def xml(self, world):
        return between_gateways(world, self.id, self.kind, self.branches, self.picked)

    def fresh(self, above, key):
        return AllRun(above, key, [self.branches[number] for number in self.picked])


class Rounds:
    """Twice the same, by a gateway that leads back."""

    def __init__(self, world, body):
        self.body, self.id = body, world.number()

    def xml(self, world):
        begin, merge, count, gate, after = (f"{letter}{self.id}" for letter in "bmkgo")
        turns, draw = f"n{self.id}", world.draw
        world.counted.append(turns)
        world.add(draw.script(begin, f"{turns} = 0"), draw.script(count, f"{turns} = {turns} + 1"), *map(draw.gate, (merge, gate, after)))
        into, out = self.body.xml(world)
        world.flow(f"{begin}-{merge}-{into}", f"{out}-{count}-{gate}", f"{gate}-{merge} ${{{turns} == 1}}", f"{gate}-{after} default")
        return begin, after

    def fresh(self, above, key):
        return SeqRun(above, key, [self.body, self.body])


class Guard:
    """An activity with boundary events: interrupting ones lead to where it leads, the others to an end of their own."""

    def __init__(self, body, watches):
        self.body, self.watches = body, watches

    def xml(self, world):
        name, _ = self.body.xml(world)
        world.add(world.draw.gate(f"{name}m"))
        world.flow(f"{name}-{name}m")
        for watch in self.watches:
            world.add(world.draw.boundary(watch.event, name, drawn(watch.kind), interrupting=watch.interrupts))
            into, out = watch.handler.xml(world)
            if not watch.interrupts:
                world.add(world.draw.end(f"{watch.name}e"))
            world.flow(f"{watch.event}-{into}", f"{out}-{name}m" if watch.interrupts else f"{out}-{watch.name}e")
        return name, f"{name}m"

    def fresh(self, above, key):
        return GuardRun(above, key, self)


class Sub:
    """A sub-process, transaction or called process, once, several times at once or one after the other."""

    def __init__(self, world, body, watches, *, times=None, sequential=False, called=False, tag="subProcess"):
        self.tag = tag
        self.name, self.body, self.watches = f"s{world.number()}", body, watches
        self.times, self.sequential, self.called = times, sequential, called

    def xml(self, world):
        draw, inner = world.draw, world.within(numbered=world.numbered or self.times is not None)
        into, out = self.body.xml(inner)
        begin, end = f"{self.name}s", f"{self.name}e"
        inner.flow(f"{begin}-{into}", f"{out}-{end}")
        inner.add(draw.start(begin), draw.end(end), *[self.watcher(inner, watch) for watch in self.watches])
        loop = "" if self.times is None else draw.multi(count=str(self.times), sequential=self.sequential)
        local = draw.inputs(**dict.fromkeys(inner.counted, "${0}")) if inner.counted else ""
        if self.called:
            numbered = '<camunda:in source="loopCounter" target="loopCounter"/>' if inner.numbered else ""
            world.add(draw.call(self.name, f"p{self.name}", ext=numbered, inner=loop))
            world.diagrams.append(draw.diagram(*inner.parts, key=f"p{self.name}"))
        else:
            world.add(draw.sub(self.name, *inner.parts, loop, ext=local, tag=self.tag))
        return self.name, self.name

    def watcher(self, world, watch):
        draw, inner = world.draw, world.within(numbered=world.numbered)
        into, out = watch.handler.xml(inner)
        start = draw.start(watch.event, drawn(watch.kind), attrs=f'isInterrupting="{str(watch.interrupts).lower()}"')
        inner.flow(f"{watch.event}-{into}", f"{out}-{watch.name}e")
        return draw.sub(watch.name, start, draw.end(f"{watch.name}e"), *inner.parts, attrs='triggeredByEvent="true"')

    def fresh(self, above, key):
        if self.times is not None:
            kind = SeqRun if self.sequential else AllRun
            return kind(above, key, [Instance(self)] * self.times, numbered=True)
        run = ScopeRun(above, key, self.body, self.watches, apart=self.called)
        above.scope.left.append(run)
        return run


class Instance:
    """One of the several times that a sub-process runs."""

    def __init__(self, sub):
        self.sub = sub

    def fresh(self, above, key):
        return ScopeRun(above, key, self.sub.body, self.sub.watches, apart=self.sub.called)


class World:
    """Draws blocks by chance and keeps what is drawn."""

    def __init__(self, rng, draw, numbers=None, diagrams=None, *, numbered=False):
        self.random, self.draw, self.numbered = rng, draw, numbered
        self.numbers = count() if numbers is None else numbers
        self.diagrams = [] if diagrams is None else diagrams
        self.parts, self.counted, self.handlers, self.cancels = [], [], 0, False

    def within(self, *, numbered):
        return World(self.random, self.draw, self.numbers, self.diagrams, numbered=numbered)

    def number(self):
        return next(self.numbers)

    def add(self, *parts):
        self.parts += parts

    def flow(self, *paths):
        self.parts.append(self.draw.flows(*paths))

    def block(self, depth, *, multi=True):
        kind = self.random.choice(KINDS) if depth else "task"
        if kind == "task":
            return Task(self, self.random.choice([*RAISED, *["cancel"] * 6 * (self.cancels and not self.handlers)]))
        if kind == "catch":
            return Catch(self)
        if kind in {"seq", "parallel", "inclusive"}:
            blocks = [self.block(depth - 1, multi=multi) for _ in range(self.random.randint(2, 3))]
            return Seq(*blocks, *[Undo(self)] * (self.random.random() < 0.4)) if kind == "seq" else Split(self, kind, blocks)
        if kind == "rounds":
            rounds = Rounds(self, self.block(depth - 1, multi=multi))
            return Sub(self, rounds, []) if self.handlers else rounds  # what is begun twice counts its rounds apart
        if kind == "guard":
            return self.guard(depth, multi=multi)
        return self.sub(depth, multi=multi)

    def sub(self, depth, *, multi, tag="subProcess"):
        once = tag == "transaction"
        times = self.random.choice([None, None, 2, 3]) if multi and not once else None
        around, self.cancels = self.cancels, once
        body = self.block(depth - 1, multi=multi and times is None)
        self.cancels = False
        watches = self.watches(depth, multi=multi and times is None, among=STRUCK)
        self.cancels = around
        sequential, called = self.random.random() < 0.4, self.random.random() < 0.3 and not once
        return Sub(self, body, watches, times=times, sequential=sequential, called=called, tag=tag)

    def guard(self, depth, *, multi):
        chance = self.random.random()
        if chance < 0.25:
            return Guard(Task(self, self.random.choice(["", "sets"])), self.watches(depth, multi=multi, among=[*WAITED, "conditional"]))
        tag = "transaction" if chance < 0.5 else "subProcess"
        guard = Guard(self.sub(depth, multi=multi, tag=tag), self.watches(depth, multi=multi, among=STRUCK, most=3))
        if tag == "transaction":
            guard.watches += self.watches(depth, multi=multi, among=["cancel"], least=1, most=1)
        return guard

    def watches(self, depth, *, multi, among, least=0, most=2):
        kinds = self.random.sample(among, self.random.randint(least, most))
        self.handlers += 1
        found = [Watch(self, self.block(depth - 1, multi=multi), kind) for kind in kinds]
        self.handlers -= 1
        return found


def named(one, wait):
    """A wait as the oracle names it: with its instance's number when it lies within a loop."""
    return wait.element, one.execution.visible(wait.id).get("loopCounter")


def told(draw, story, seed, depth=3):
    """A random model and what the oracle makes of it."""
    rng = random.Random(seed)
    world = World(rng, draw)
    model = Guard(Sub(world, world.block(depth), world.watches(depth - 1, multi=True, among=STRUCK)), [])
    model.watches.append(Watch(world, Task(world), "any_error"))
    into, out = model.xml(world)
    world.flow(f"s-{into}", f"{out}-e")
    one = story(draw.diagram(draw.start(), *world.parts, draw.end()), *world.diagrams)
    return rng, one, ScopeRun(None, None, model)


def agree(draw, story, seed):
    """Whatever is done, whatever strikes: engine and oracle wait for the same; how many acts that were."""
    (rng, one, run), acts = told(draw, story, seed), 0
    while acts < 60:
        opened = [] if run.done else run.open()
        expected = Counter((name, key) for name, key, _ in opened)
        waits = [(named(one, wait), wait) for wait in one.execution.waits() if wait.kind != "conditional"]
        assert Counter(name for name, _ in waits) == expected, seed
        plain = sorted((each for each, times in expected.items() if times == 1), key=str)  # of two alike nobody could say which
        if not plain:
            break
        people = [each for each in plain if each[0][0] in "ctu"]
        chosen, outcome = rng.choice(people if people and rng.random() < 0.6 else plain), rng.random() < 0.6
        next(act for name, key, act in opened if (name, key) == chosen)(outcome)
        look(run)
        wait = dict(waits)[chosen]
        if wait.kind == "user":
            one.execution.complete(wait.id, variables={"c" if wait.element.startswith("c") else f"{wait.element}bad": outcome})
            one.settle()
        else:
            one.happen(wait)
        one.events.clear()
        acts += 1
    assert one.ended == run.done, seed
    one.leaves_nothing()
    return acts


def test_the_engine_and_the_oracle_agree_whatever_strikes(draw, story):
    assert sum(agree(draw, story, seed) for seed in range(SEEDS)) > SEEDS * 4


def any_code(tokens, kind, _):
    return next((token for token in tokens if token.internal_data.get("on") == kind), None)


def every_time(self, token, _):
    if self._holds(token):
        self.caught(token, {})


BROKEN = {
    "errors that nobody catches": (throwing, "find_catcher", lambda *_: None),
    "completed activities that nobody undoes": (throwing, "compensate", lambda *_: False),
    "errors that anybody catches": (throwing, "_matching", any_code),
    "errors that pass event sub-processes by": (throwing, "find_catcher", lambda region, kind, code: throwing._on_activity(region.host, kind, code)),
    "signals that nobody hears": (throwing, "broadcast", lambda *_: None),
    "conditions at which nobody looks": (Catcher, "look_again", lambda *_: None),
    "conditions caught each time they hold": (Catcher, "look_again", every_time),
    "ends that end only their own path": (throwing.EndEvent, "leave", Node.leave),
    "transactions that are cancelled without being undone": (throwing.EndEvent, "_undo", lambda *_: False),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_oracle_finds_a_broken_engine(draw, story, monkeypatch, name):
    monkeypatch.setattr(*BROKEN[name])
    with pytest.raises((AssertionError, EngineError, KeyError)):
        sum(agree(draw, story, seed) for seed in range(SEEDS))
