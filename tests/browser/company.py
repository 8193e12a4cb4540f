"""A season's company of which every kind of step is done once by clicks: the first time in a browser, afterwards as the simulation does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.simulate import play as plays
from app.simulate.answers.base import Play
from app.simulate.world import Task, World
from engine import Actor
from tests.browser.hands import Hands

MOST_STEPS = 500


@dataclass
class ClickingWorld(World):
    """The simulation's world; each step's first time goes through a browser."""

    window: Callable[[Actor], Hands] | None = None
    clicked: set[tuple[str, str]] = field(default_factory=set)
    pending: dict[str, Sequence[tuple[str, str, bytes]]] = field(default_factory=dict)

    def _mark(self, task: Task, data: Mapping[str, Any]) -> tuple[str, str]:
        """A step is clicked once with each of its buttons; those of a meeting once in each meeting."""
        return task.element, task.business_key if task.process == "deliberation" else str(data.get("outcome", ""))

    def hands(self, actor: Actor) -> Hands:
        """The actor's window."""
        assert self.window is not None
        return self.window(actor)

    def complete(self, task: Task, data: Mapping[str, Any], *, actor: Actor | None = None, received: Any = None) -> None:
        files = self.pending.pop(task.id, ())
        if self._mark(task, data) in self.clicked:
            super().attach(task, files, actor=actor)
            super().complete(task, data, actor=actor, received=received)
            return
        self.hands(actor or self.actor(task)).does(task.id, data, files=files)
        self.clicked.add(self._mark(task, data))
        self.transitions += 1

    def attach(self, task: Task, files: Sequence[tuple[str, str, bytes]], *, actor: Actor | None = None) -> None:
        self.pending[task.id] = (*self.pending.get(task.id, ()), *files)  # some slots are asked for only after an answer

    def act(self, task: Task, name: str, data: Mapping[str, Any], *, actor: Actor | None = None) -> None:
        if name == "score.submit" and (name, task.element) not in self.clicked:
            self.hands(actor or self.actor(task)).scores(task.id, data)
            self.clicked.add((name, task.element))
            return
        super().act(task, name, data, actor=actor)


PLANTS = (
    "second person", "conflict before scoring", "conflict after scoring", "no quorum", "sent back", "return_office", "return_committee",
    "dispersion", "imported", "fault", "unsealed", "title correction", "paper sheet",
)  # fmt: skip


def everybody_plain(play: Play, *, qualities: Iterable[float]) -> None:
    """Nothing is planted: everybody goes the ordinary way."""
    for part, quality in zip(play.parts, qualities, strict=True):
        part.fate, part.quality = "plain", quality
    play.marks.update(PLANTS)
    play.marks.update(f"sleeper G1/{expert.id}" for expert in play.world.cast.experts)


def goes_on(play: Play, *, until: Callable[[], bool], step: Callable[[], None] | None = None) -> None:
    """Everybody does what waits for them, then time steps to the next due instant (or by `step`), until the story has come to a point."""
    for _ in range(MOST_STEPS):
        plays.go_on(play, until=play.world.now)
        if until():
            return
        if step is not None:
            step()
        else:
            plays.go_on(play, until=play.world.now + timedelta(microseconds=1))
    raise AssertionError("the season never came there")
