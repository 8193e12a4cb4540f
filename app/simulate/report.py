"""What a played season amounts to: facts (with a hash that a second run with the same seed must repeat) and measurements of this run."""

import hashlib
import resource
from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, select

from app.simulate.answers.base import Play
from app.simulate.outcomes import outcomes
from store.engine import tables
from store.selection.mail import mail


@dataclass(frozen=True)
class Report:
    """``facts`` depend on season and seed alone; ``measured`` on the machine too."""

    facts: dict[str, Any]
    measured: dict[str, Any]

    @property
    def hash(self) -> str:
        """SHA-256 of the facts."""
        return hashlib.sha256(orjson.dumps(self.facts, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The whole report as data."""
        return {"facts": self.facts, "facts_hash": self.hash, "measured": self.measured}


def report(play: Play, *, wall: float, cpu: float) -> Report:
    """Read the facts and put the measurements beside them. ``wall`` and ``cpu`` in seconds."""
    transitions = max(play.world.transitions, 1)
    measured = {
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "cpu_ms_per_transition": round(cpu * 1000 / transitions, 3),
    }
    return Report(facts=_facts(play), measured=measured)


def _facts(play: Play) -> dict[str, Any]:
    with play.world.facts() as facts:
        states = Counter(row.state for row in facts.applications.of_season(play.world.season))
        told = list(outcomes(play, facts))
    with play.world.house.database.read() as connection:
        letters = connection.execute(select(mail.c.template, mail.c.state, func.count()).group_by(mail.c.template, mail.c.state)).all()
        history = tables.history
        timers = connection.execute(select(func.count()).select_from(history).where(history.c.kind == "timer")).scalar_one()
        incidents = connection.execute(select(func.count()).select_from(tables.incident)).scalar_one()
    return {
        "season": play.world.season,
        "applications": dict(sorted(states.items())),
        "planted": sorted([[entry.case, entry.answer] for entry in play.world.planted] + [list(pair) for pair in told]),
        "transitions": play.world.transitions,
        "mails": {f"{template} {state}": count for template, state, count in sorted(letters)},
        "timers_fired": timers,
        "incidents": incidents,
    }
