"""How many SQL statements people's completions of user tasks take in a played season, and how many they may take at most.

A statement more at a task that every application or expert does is a statement more thousands of times; `make bench` looks at one of them only.
"""

from collections import defaultdict
from contextlib import contextmanager
from statistics import median
from types import MappingProxyType

import pytest

from app.simulate.world import World
from benchmarks.meter import Meter

ELSE = 34  # what any other task may take
MOST = MappingProxyType(
    {
        # What each application, unit or expert does: little may be added.
        "N02a": 28, "N02b": 57, "N02c": 56, "N03a": 12, "N03b": 32, "N03c": 100, "N04a": 30, "N04b": 15, "N04c": 31, "N05b": 11, "N05c": 15,
        "N06a": 17, "N08b": 14, "N08c": 15, "N15a": 12, "N20b": 40,
        # What is done once for a season, a group or a meeting, over all its applications: of sixty.
        "N01a": 70, "N01b": 480, "N05a": 290, "N05d": 740, "N05e": 270, "N05f": 90, "N06b": 65, "N06c": 90, "N06d": 105, "N06e": 80, "N07a": 100,
        "N07b": 85, "N07c": 65, "N07d": 205, "N08a": 255, "N08d": 45, "N08e": 75, "N09a": 115, "N09b": 120, "N10b": 280, "N11c": 480, "N13": 55, "N13a": 60,
        "N14b": 345,
    }
)  # fmt: skip


@contextmanager
def counted():
    """Element -> the statements of each of its completions that was accepted, while the block plays; no completion has more than one commit."""
    found, complete = defaultdict(list), World.complete

    def watched(world, task, *given, **more):
        meter = Meter()
        with meter.on(world.house.database):
            meter.take(lambda: complete(world, task, *given, **more))
        assert meter.commits == [1], task.element
        found[task.element] += meter.statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "complete", watched)
        yield found


def too_many(found):
    """Element -> its statements in the middle, where that is more than it may take: the last of many does what follows from all of them."""
    middle = {element: median(counts) for element, counts in found.items()}
    return {element: count for element, count in middle.items() if count > MOST.get(element, ELSE)}
