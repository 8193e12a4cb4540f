"""Whole seasons: how long one takes, and whether one application's acts cost more when there are many."""

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from app.simulate.answers.base import Play
from app.simulate.play import Wish, prepare, simulate
from benchmarks.season import FOLDER, MidSeason, new_house, play_until

LARGE, SMALL = 500, 50
FEW, MORE = 20, 60
TRIES = 5  # a machine changes its speed within one
STOP = "形式审查截止"
Costs = dict[str, list[float]]


def season(where: MidSeason) -> dict[str, float]:
    """Play a season with 250 applications."""
    return {"season_seconds": _played(where.folder / "whole", applications=250)["wall_seconds"]}


def growth(where: MidSeason) -> dict[str, float]:
    """CPU per transition of a season with 500 applications to that of one with 50."""
    return {"growth_large": _ratio(where.folder / "growth", unlimited=False)}


def growth_unlimited(where: MidSeason) -> dict[str, float]:
    """The same without a quota: all 500 come to desk review."""
    return {"growth_unlimited": _ratio(where.folder / "unlimited", unlimited=True)}


def _ratio(home: Path, *, unlimited: bool) -> float:
    costs = {
        count: _played(home / str(count), applications=count, unlimited=unlimited)["cpu_ms_per_transition"] for count in (SMALL, LARGE)
    }
    return costs[LARGE] / costs[SMALL]


def _played(home: Path, *, applications: int, unlimited: bool = False) -> dict[str, float]:
    house = new_house(home, folder=FOLDER)
    try:
        return simulate(house, Wish(folder=FOLDER, applications=applications, unlimited=unlimited)).measured
    finally:
        house.close()


def growth_small(where: MidSeason) -> dict[str, float]:
    """CPU of the acts that every application goes through (each weighed alike), with 60 and with 20, up to the form check; the middle of some tries."""
    return {"growth_small": median(_growth(where.folder / f"try{number}") for number in range(TRIES))}


def _growth(home: Path) -> float:
    few, more = (_costs(home / str(count), applications=count) for count in (FEW, MORE))
    common = [act for act in few.keys() & more.keys() if len(few[act]) >= FEW // 2 and len(more[act]) >= MORE // 2]
    if not common:
        raise RuntimeError("no act that every application goes through was seen")
    return sum(median(more[act]) for act in common) / sum(median(few[act]) for act in common)


def _costs(home: Path, *, applications: int) -> Costs:
    house = new_house(home, folder=FOLDER, durable=False)
    try:
        play = prepare(house, Wish(folder=FOLDER, applications=applications))
        for part in play.parts:
            part.fate = "plain"  # the same story for each: planted cases cost more, and few seasons hold more of them per application
        costs: Costs = defaultdict(list)
        _watch(play, costs)
        play_until(play, stop=STOP)
        return costs
    finally:
        house.close()


def _watch(play: Play, costs: Costs) -> None:
    """Note the CPU time of each act of the play under what it acts on, in that of a fixed loop run just before: machines change their speed."""
    world: Any = play.world
    for verb in ("complete", "act"):
        act: Callable[..., None] = getattr(world, verb)

        def noted(task: Any, *args: Any, act: Callable[..., None] = act, verb: str = verb, **more: Any) -> None:
            unit = _spent(_count)
            costs[f"{verb} {task.element}"].append(_spent(partial(act, task, *args, **more)) / unit)

        setattr(world, verb, noted)


def _spent(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _count() -> None:
    for _ in range(50_000):
        pass
