"""Random structured models against an oracle that knows only the blocks: after every act both wait for the same tasks."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.unit.engine.bpmn.blocks import between_gateways, chained

SEEDS = 2000


class Task:
    def __init__(self, world):
        self.name = f"t{world.number()}"

    def xml(self, world):
        world.add(world.draw.user(self.name))
        return self.name, self.name

    def fresh(self):
        return TaskRun(self.name)


class TaskRun:
    def __init__(self, name):
        self.name, self.done = name, False

    def open(self):
        return [] if self.done else [(self.name, None)]

    def complete(self, key):
        self.done = True


class Seq:
    def __init__(self, *parts):
        self.parts = parts

    def xml(self, world):
        return chained(world, self.parts)

    def fresh(self):
        return SeqRun([part.fresh for part in self.parts])


class SeqRun:
    def __init__(self, makers):
        self.makers, self.at = makers, 0
        self.run = makers[0]()
        self.step()

    def step(self):
        while self.run.done and self.at + 1 < len(self.makers):
            self.at += 1
            self.run = self.makers[self.at]()

    @property
    def done(self):
        return self.run.done and self.at + 1 == len(self.makers)

    def open(self):
        return self.run.open()

    def complete(self, key):
        self.run.complete(key)
        self.step()


class AllRun:
    """Several runs at once; `tag` marks each one's tasks with its number."""

    def __init__(self, runs, *, tag=False):
        self.runs, self.tag = runs, tag

    @property
    def done(self):
        return all(run.done for run in self.runs)

    def open(self):
        return [(name, number if self.tag else key) for number, run in enumerate(self.runs) for name, key in run.open()]

    def complete(self, key):
        name, number = key
        for each, run in enumerate(self.runs):
            inner = (name, None) if self.tag else key
            if (not self.tag or each == number) and inner in run.open():
                run.complete(inner)
                return
        raise AssertionError(key)


class Split:
    """A gateway block; `picked` are the branches that are taken."""

    def __init__(self, world, kind, branches):
        self.kind, self.branches, self.id = kind, branches, world.number()
        count = {"parallel": len(branches), "exclusive": 1, "inclusive": world.random.randint(1, len(branches))}[kind]
        self.picked = sorted(world.random.sample(range(len(branches)), count))

    def xml(self, world):
        return between_gateways(world, self.id, self.kind, self.branches, self.picked)

    def fresh(self):
        return AllRun([self.branches[number].fresh() for number in self.picked])


class Loop:
    def __init__(self, world, body):
        self.body, self.id, self.rounds = body, world.number(), world.random.randint(1, 3)

    def xml(self, world):
        begin, merge, count, gate = (f"{letter}{self.id}" for letter in "bmkx")
        world.loops.append(f"n{self.id}")
        world.add(
            world.draw.script(begin, f"n{self.id} = 0"),
            world.draw.gate(merge),
            world.draw.script(count, f"n{self.id} = n{self.id} + 1"),
            world.draw.gate(gate),
        )
        into, out = self.body.xml(world)
        after = f"o{self.id}"
        world.add(world.draw.gate(after))
        world.flow(
            f"{begin}-{merge}-{into}", f"{out}-{count}-{gate}", f"{gate}-{merge} ${{n{self.id} < {self.rounds}}}", f"{gate}-{after} default"
        )
        return begin, after

    def fresh(self):
        return SeqRun([self.body.fresh] * self.rounds)


class Sub:
    """A sub-process; with `times` a parallel multi-instance one."""

    def __init__(self, world, body, times=None):
        self.body, self.times, self.name = body, times, f"s{world.number()}"

    def xml(self, world):
        inner = World(world.random, world.draw, world.counter)
        into, out = self.body.xml(inner)
        begin, end = f"{self.name}s", f"{self.name}e"
        inner.flow(f"{begin}-{into}", f"{out}-{end}")
        local = world.draw.inputs(**dict.fromkeys(inner.loops, "${0}")) if inner.loops else ""
        world.add(world.draw.sub(self.name, world.draw.start(begin), world.draw.end(end), *inner.parts, self.marker(world), ext=local))
        return self.name, self.name

    def marker(self, world):
        return "" if self.times is None else world.draw.multi(count=str(self.times))

    def fresh(self):
        return self.body.fresh() if self.times is None else AllRun([self.body.fresh() for _ in range(self.times)], tag=True)


class Again(Sub):
    """A sub-process that runs several times, one after the other: sequential multi-instance or standard loop."""

    def __init__(self, world, body):
        super().__init__(world, body, world.random.randint(1, 3))
        self.standard = world.random.random() < 0.5

    def marker(self, world):
        if self.standard:
            return f'<standardLoopCharacteristics loopMaximum="{self.times}"/>'
        return world.draw.multi(count=str(self.times), sequential=True)

    def fresh(self):
        return NumberedRun([self.body.fresh] * self.times)


class NumberedRun(SeqRun):
    """Runs one after the other, each task with the number of its run."""

    def open(self):
        return [(name, self.at) for name, _ in self.run.open()]

    def complete(self, key):
        super().complete((key[0], None))


class AdHoc:
    """An ad-hoc sub-process: blocks without an order, at once or as they are listed."""

    def __init__(self, world, blocks):
        self.blocks, self.name = blocks, f"h{world.number()}"
        self.sequential = world.random.random() < 0.5

    def xml(self, world):
        inner = World(world.random, world.draw, world.counter)
        for block in self.blocks:
            block.xml(inner)
        local = world.draw.inputs(**dict.fromkeys(inner.loops, "${0}")) if inner.loops else ""
        ordering = f'ordering="{"Sequential" if self.sequential else "Parallel"}"'
        world.add(world.draw.sub(self.name, *inner.parts, ext=local, attrs=ordering, tag="adHocSubProcess"))
        return self.name, self.name

    def fresh(self):
        if self.sequential:
            return SeqRun([block.fresh for block in self.blocks])
        return AllRun([block.fresh() for block in self.blocks])


KINDS = ["task", "seq", "parallel", "exclusive", "inclusive", "loop", "sub", "multi", "again", "adhoc"]


class World:
    def __init__(self, rng, draw, counter=None):
        self.random, self.draw, self.counter = rng, draw, counter if counter is not None else [0]
        self.parts, self.loops = [], []

    def number(self):
        self.counter[0] += 1
        return self.counter[0]

    def add(self, *parts):
        self.parts += parts

    def flow(self, *paths):
        self.parts.append(self.draw.flows(*paths))

    def block(self, depth, *, multi=True):  # noqa: PLR0911 - one for each kind
        kind = self.random.choice(KINDS) if depth else "task"
        if kind == "task" or (kind in {"multi", "again"} and not multi):
            return Task(self)
        if kind == "seq":
            return Seq(*(self.block(depth - 1, multi=multi) for _ in range(2)))
        if kind in {"parallel", "exclusive", "inclusive"}:
            return Split(self, kind, [self.block(depth - 1, multi=multi) for _ in range(self.random.randint(2, 3))])
        if kind == "loop":
            return Loop(self, self.block(depth - 1, multi=multi))
        if kind == "sub":
            return Sub(self, self.block(depth - 1, multi=multi))
        if kind == "again":
            return Again(self, self.block(depth - 1, multi=False))
        if kind == "adhoc":
            return AdHoc(self, [self.block(depth - 1, multi=multi) for _ in range(self.random.randint(1, 3))])
        return Sub(self, self.block(depth - 1, multi=False), times=self.random.randint(1, 3))


def tagged(one, wait):
    """The task of a wait as the oracle names it: with its instance number when it lies within a multi-instance body."""
    return wait.element, one.execution.visible(wait.id).get("loopCounter")


@pytest.mark.parametrize("part", range(6))
def test_the_engine_and_the_oracle_agree_on_every_step(draw, story, part):
    steps = 0
    for seed in range(part, SEEDS, 6):
        rng = random.Random(seed)
        world = World(rng, draw)
        model = world.block(4)
        into, out = model.xml(world)
        world.flow(f"s-{into}", f"{out}-e")
        one, run = story(draw.diagram(draw.start(), *world.parts, draw.end())), model.fresh()
        while not run.done:
            waits = [wait for wait in one.execution.waits() if wait.kind == "user"]
            expected = Counter(run.open())
            assert Counter(tagged(one, wait) for wait in waits) == expected, seed
            wait = rng.choice(waits)
            run.complete(tagged(one, wait))
            one.execution.complete(wait.id)
            one.settle()
            one.events.clear()
            steps += 1
        assert one.ended, seed
        assert set(one.execution.instance.scopes.held) == {""}
    assert steps > SEEDS // 6


@pytest.mark.parametrize("seed", range(60))
def test_interruptions_at_random_moments_leave_nothing_behind(draw, story, seed):
    """Boundary events, an event sub-process and a cancellation around random models: no token, scope or timer survives its owner."""
    rng = random.Random(seed)
    world = World(rng, draw)
    body = Sub(world, world.block(3), times=rng.choice([None, 2]))
    body.xml(world)
    watcher = draw.sub(
        "es", draw.start("es1", "signal", attrs='isInterrupting="false"'), draw.user("es2"), draw.end("es3"), draw.flows("es1-es2-es3"),
        attrs='triggeredByEvent="true"',
    )  # fmt: skip
    xml = draw.diagram(
        draw.start(), *world.parts, watcher, draw.boundary("hit", body.name, "message"), draw.boundary("tick", body.name, "cycle:R5/P1D", interrupting=False),
        draw.user("aside"), draw.user("after"), draw.end(), draw.flows(f"s-{body.name}-e", "hit-after", "tick-aside"),
    )  # fmt: skip
    one, struck = story(xml), False
    for _ in range(200):
        waits = one.execution.waits()
        if not waits:
            break
        wait = rng.choice(waits)
        if wait.kind in {"user", "timer"} or rng.random() < 0.2:
            one.happen(wait, x=1)
            struck = struck or wait.element == "hit"
        assert not struck or {"hit", "tick"}.isdisjoint(one.at), "what was interrupted goes on"
        one.events.clear()
    one.leaves_nothing()
