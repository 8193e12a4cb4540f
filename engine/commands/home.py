"""What all verbs of one engine share, and the one way into a transaction: commit, then keep what was committed in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from engine.bpmn.host import Limits as RunLimits
from engine.clock import Clock
from engine.commands.live import Live, LiveCache
from engine.commands.projection import root_of
from engine.commands.scope import Function
from engine.commands.versions import Versions
from engine.contract import Policy, Registry
from engine.errors import LIMIT, EngineError
from engine.refusals import NotFound
from store.database import Database
from store.engine import hot

T = TypeVar("T")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Limits:
    """Bounds of an engine.

    ``run`` bounds one command; ``live`` is how many executions stay in memory; a job is tried ``attempts`` times,
    waiting ``backoff`` × 4ⁿ between; an outside handler holds its job for ``lease``.
    """

    run: RunLimits = field(default_factory=RunLimits)
    live: int = 512
    attempts: int = 5
    backoff: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Halt:
    """Which run of a transaction, counted from 1, is not to begin, and the limit that it goes beyond."""

    run: int
    error: EngineError


@dataclass
class Home:
    """The parts of an engine. ``wake`` is called after a commit that left work behind (a hint; nobody relies on it)."""

    database: Database
    registry: Registry
    policy: Policy
    clock: Clock
    facts: Callable[[Connection], Any]
    functions: Mapping[str, Function]
    limits: Limits
    ids: Callable[[], str]
    versions: Versions
    live: LiveCache
    wake: Callable[[], None] | None = None

    def transact(self, work: Callable[["Transaction"], T]) -> T:
        """Do ``work`` in one writing transaction with one commit, again on a conflict; then keep its executions in memory.

        Where a run goes beyond its limits, the work is done anew without that run: the act stays, its tokens stand still with an incident.
        """
        last: list[Transaction] = []
        halt: Halt | None = None

        def attempt(connection: Connection) -> T:
            last[:] = [Transaction(self, connection, self.clock.now(), halt=halt)]
            return work(last[0])

        try:
            result = self.database.run(attempt)
        except EngineError as error:
            if error.code != LIMIT or not last[0].runs:
                raise
            halt = Halt(last[0].runs, error)
            result = self.database.run(attempt)
        last[0].committed()
        return result


@dataclass
class Transaction:
    """One command's transaction: its connection, its instant, and the executions to keep once it is committed."""

    home: Home
    connection: Connection
    now: datetime
    kept: dict[str, Live] = field(default_factory=dict)
    left_work: bool = False
    halt: Halt | None = None
    runs: int = 0  # begun so far

    def begin_run(self) -> EngineError | None:
        """One more run begins; the limit that it would go beyond, if it is known to: then nothing may move in it."""
        self.runs += 1
        return self.halt.error if self.halt is not None and self.halt.run == self.runs else None

    def lock_task(self, task: str) -> Row:
        """The task's and its root's row, both locked. Raises NotFound."""
        known = root_of(task) in self.home.live  # otherwise its state comes along, which is then needed
        found = (hot.lock_task if known else hot.lock_task_with_state).one(self.connection, {"task": task})
        if found is None:
            raise NotFound(task=task)
        return found

    def lock_root(self, root: str) -> Row:
        """The root's row, locked. Raises NotFound."""
        found = hot.lock_root.one(self.connection, {"root": root})
        if found is None:
            raise NotFound(root=root)
        return found

    def lock_root_or_skip(self, root: str) -> Row | None:
        """The root's row, locked; None if it is gone or another process is at work on it."""
        return hot.lock_root_or_skip.one(self.connection, {"root": root})

    def lock_roots_or_skip(self, roots: list[str]) -> dict[str, Row]:
        """The rows of those roots that run and that no other process is at work on, locked, each with its state."""
        found = self.connection.execute(hot.lock_roots_or_skip, {"roots": roots}).mappings()
        return {row["root"]: cast("Row", row) for row in found}

    def read_root(self, root: str) -> Row:
        """The root's row, not locked. Raises NotFound."""
        found = hot.read_root.one(self.connection, {"root": root})
        if found is None:
            raise NotFound(root=root)
        return found

    def committed(self) -> None:
        """After the commit: keep the executions, tell the ticker that there is work."""
        for root, live in self.kept.items():
            self.home.live.put(root, live)
        if self.left_work and self.home.wake is not None:
            self.home.wake()
