"""Counts statements and commits, takes wall and CPU time, and says what is in the middle."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy import event

from store.database import Database


@dataclass
class Meter:
    """What several runs of one act cost: milliseconds of wall and CPU, statements (BEGIN and SAVEPOINT too) and commits of each."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    _seen: list[int] = field(default_factory=lambda: [0, 0])

    def take(self, act: Callable[[], object]) -> None:
        """Run an act once and note what it cost."""
        self._seen[:] = [0, 0]
        wall, cpu = time.perf_counter(), time.thread_time()
        act()
        self.cpu.append((time.thread_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.statements.append(self._seen[0])
        self.commits.append(self._seen[1])

    def middle(self, name: str) -> float:
        """The median of what was noted under a name."""
        return float(median(getattr(self, name)))

    @contextmanager
    def on(self, database: Database) -> Iterator["Meter"]:
        """Count the statements and commits of a database while the block runs."""

        def statement(*_: Any) -> None:
            self._seen[0] += 1

        def commit(*_: Any) -> None:
            self._seen[1] += 1

        watched = {"begin": statement, "before_cursor_execute": statement, "commit": commit}
        for name, note in watched.items():
            event.listen(database.engine, name, note)
        try:
            yield self
        finally:
            for name, note in watched.items():
                event.remove(database.engine, name, note)
