"""What pages and people's programmes read of a running instance beyond its projected rows. Locks nothing, changes nothing."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from engine.bpmn.elements import ElementInfo, ProcessInfo, StartTrigger
from engine.bpmn.execution import Execution
from engine.commands.home import Home, Row, Transaction
from engine.commands.projection import root_of, wait_of
from engine.commands.service import loaded_of
from engine.commands.start_timers import host_of
from engine.commands.turn import Turn
from engine.commands.versions import FOREIGN, Loaded
from engine.contract import SYSTEM
from engine.dmn import Decisions, decide
from engine.errors import EngineError
from engine.expressions import Context
from engine.refusals import NotFound
from store.engine import hot


@dataclass(frozen=True)
class Sight:
    """What an open task's token is at and sees: its element, the version that element and its form stand in, its variables."""

    element: ElementInfo
    version: Loaded
    variables: Mapping[str, Any]


def stored(turn: Turn) -> Execution:
    """The execution as its stored state has it, to be looked at only."""
    state = hot.read_state.value(turn.tx.connection, {"root": turn.root})
    return turn.loaded.definitions.load(bytes(state), host=turn.host)


class ReadVerbs:
    """Reads of the engine's own state."""

    home: Home

    def start_events(self, *, places: Collection[tuple[str, int]]) -> list[tuple[StartTrigger, ...]]:
        """The start events of processes (key and version) that something sets off: messages, signals, timers, conditions. Raises UnknownProcess."""
        return [each.triggers for each in self.processes(places=places)]

    def processes(self, *, places: Collection[tuple[str, int]]) -> list[ProcessInfo]:
        """What the diagrams say of processes (key and version), in their order. Raises UnknownProcess."""
        with self.home.database.read() as connection:
            return [self.home.versions.load(connection, version).definitions.processes[process] for process, version in places]

    def decisions(self, *, version: int) -> Decisions:
        """The decisions of a version by key. Raises UnknownProcess when there is no such version."""
        with self.home.database.read() as connection:
            return self.home.versions.load(connection, version).definitions.decisions

    def decide(self, *, version: int, decision: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The results of a decision for these variables: one row per rule that counts. Raises EngineError as `engine.dmn.decide`."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            loaded = self.home.versions.load(connection, version)
            host = host_of(tx, loaded, tenant=FOREIGN)
            context = Context(variables, now=host.now, zone=host.zone, functions=host.functions)
            return decide(loaded.definitions.decisions, decision, context)

    def sight(self, *, task: str) -> Sight:
        """What an open task is about. Rights are the caller's. Raises NotFound."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            row = hot.read_task.one(connection, {"task": task})
            if row is None or row["task_state"] != "open":
                raise NotFound(task=task)
            turn = Turn(tx, cast("Row", row), actor=SYSTEM, apart=True)
            wait = turn.wait(wait_of(task))
            if wait is None:
                raise NotFound(task=task)
            seen = dict(turn.execution.visible(wait.id))
            return Sight(turn.execution.element(wait.id), loaded_of(turn, wait), seen)

    def variables(self, *, task: str) -> Mapping[str, Any]:
        """The variables that an open task's token sees. Rights are the caller's. Raises NotFound."""
        return self.sight(task=task).variables

    def variables_of(self, *, tasks: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """The same of several tasks, their instances read in one statement; tasks that are over stay out."""
        by_root: dict[str, list[str]] = {}
        for task in tasks:
            by_root.setdefault(root_of(task), []).append(task)
        found: dict[str, Mapping[str, Any]] = {}
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            for row in connection.execute(hot.read_roots_of_tasks, {"tasks": list(tasks)}).mappings().all():
                execution = Turn(tx, cast("Row", row), actor=SYSTEM, apart=True).execution
                for task in by_root[row["root"]]:
                    with suppress(EngineError):
                        found[task] = dict(execution.visible(wait_of(task)))
        return found
