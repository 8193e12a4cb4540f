"""Random models with compensation handlers and throw events at every place: whatever is interrupted, nothing is left behind and nothing is stuck."""

import random

import pytest

from tests.unit.engine.bpmn import test_random as models


class Undone(models.Task):
    """A task that may have a handler, and may be followed by a throw event."""

    def xml(self, world):
        chance = world.random.random()
        super().xml(world)
        if chance < 0.5:
            world.add(world.draw.undone_by(self.name, world.draw.user(f"undo{self.name}")))
        if chance >= 0.15:
            return self.name, self.name
        world.add(world.draw.throw(f"x{self.name}", "undo"))
        world.flow(f"{self.name}-x{self.name}")
        return self.name, f"x{self.name}"


def model(draw, seed, rng):
    world = models.World(rng, draw)
    body = models.Sub(world, world.block(3), times=rng.choice([None, 2]))
    body.xml(world)
    interrupts = f'isInterrupting="{"true" if seed % 3 == 0 else "false"}"'
    watcher = draw.sub(
        "es",
        draw.start("es1", "signal", attrs=interrupts),
        draw.throw("es2", "undo"),
        draw.user("es3"),
        draw.end("es4"),
        draw.flows("es1-es2-es3-es4"),
        attrs='triggeredByEvent="true"',
    )
    return draw.diagram(
        draw.start(),
        *world.parts,
        watcher,
        draw.boundary("hit", body.name, "message"),
        draw.user("after"),
        draw.throw("all", "undo"),
        draw.end(kind="undo"),
        draw.flows(f"s-{body.name}-all-e", "hit-after"),
    )


@pytest.mark.parametrize("seed", range(40))
def test_compensation_at_random_moments_leaves_nothing_behind(draw, story, monkeypatch, seed):
    monkeypatch.setattr(models, "Task", Undone)
    rng = random.Random(seed)
    one = story(model(draw, seed, rng))
    for _ in range(300):
        waits = one.execution.waits()
        if not waits:
            break
        wait = rng.choice(waits)
        if wait.kind == "user" or rng.random() < 0.1:
            one.happen(wait)
        one.events.clear()
    assert one.at or one.ended, "nothing is waited for and it has not ended"
    one.leaves_nothing()
