"""One command on one root instance: holds its execution, notes its history, and writes state, projection and history at once.

The verbs use it so: open (the root is locked) → act on ``execution`` → ``advance`` → ``save``. Handlers are performed by ``service``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from engine.bpmn.effects import Effects
from engine.bpmn.execution import Execution
from engine.bpmn.host import Host
from engine.bpmn.waits import Wait
from engine.commands.home import Home, Transaction
from engine.commands.live import Live
from engine.commands.notes import Note, Notes
from engine.commands.outgoing import Outbox
from engine.commands.projection import Difference, Origin, compare, external_task_row, project, row_id
from engine.commands.scope import Scope, bind
from engine.commands.shelf import Shelf
from engine.commands.telling import hear
from engine.contract import Actor, Context, InstanceView, TaskView
from engine.refusals import NotRunning, Suspended
from store.engine import hot, outbound
from store.prepared import Prepared


@dataclass(frozen=True)
class CommandResult:
    """What a command left behind: the root, its state's revision, the last history entry, the ids of its open user tasks."""

    root: str
    revision: int
    seq: int
    open_tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A point within a turn to return to."""

    notes: int
    outgoing: tuple[int, int, int]
    stages: tuple[Any, Any, int]
    called: int
    stuck: frozenset[str]


class Turn(Notes):
    """A command's work on one root whose row is locked."""

    def __init__(
        self,
        tx: Transaction,
        row: Mapping[str, Any],
        *,
        actor: Actor,
        received: datetime | None = None,
        apart: bool = False,
        hypothesis: Mapping[str, datetime] | None = None,
    ) -> None:
        self.tx = tx
        self.home: Home = tx.home
        self.row = dict(row)
        self.root: str = row["root"]
        self.actor = actor
        self.now = tx.now
        self.received = received or tx.now
        self.loaded = self.home.versions.load(tx.connection, row["version"])
        self.facts = self.home.facts(tx.connection)
        self.outbox = Outbox(now=self.now, actor=actor, root=self.root, tenant=row["tenant"], revision=row["revision"] + 1)
        self.notes: list[Note] = []
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.stuck: set[str] = set()
        self.before: tuple[Wait, ...] = ()
        self._apart = apart or hypothesis is not None  # a look aside: never the execution that commands share
        self._hypothesis = hypothesis or {}
        self._state: bytes | None = self.row.pop("state", None)  # if the row was read with it
        self._execution: Execution | None = None
        self._waits: tuple[Wait, ...] | None = None

    # ---- the execution

    @cached_property
    def host(self) -> Host:
        """What the execution asks of its surroundings during this command."""
        scope = Scope(self.now, self.row["tenant"], self.loaded.settings, self.tx.connection, self.facts, self._hypothesis)
        return Host(
            now=self.now,
            functions=bind(self.home.versions.functions_of(self.loaded.profile), scope),
            business_key=self.row["business_key"],
            instance=self.root,
            user=self.actor.id if self.actor.kind == "person" else "",
            limits=self.home.limits.run,
            library=Shelf(self.home.versions, self.tx.connection, self.row["tenant"], self.loaded),
            listener=partial(hear, self),
        )

    @property
    def execution(self) -> Execution:
        """The live execution: from memory if it is of this revision, else from the stored state."""
        if self._execution is None:
            self._wake()
        assert self._execution is not None  # noqa: S101 - just woken
        return self._execution

    def _wake(self) -> None:
        live = None if self._apart else self.home.live.take(self.root, revision=self.row["revision"], version=self.row["version"])
        if live is not None:
            live.execution.host = self.host
            self._execution, self.before, self._waits = live.execution, live.waits, live.waits
            return
        state = self._state or hot.read_state.value(self.tx.connection, {"root": self.root})
        self.adopt(bytes(state))

    def adopt(self, state: bytes) -> None:
        """Take the execution from a stored state, as projected now."""
        self._execution = self.loaded.definitions.load(state, host=self.host)
        self.before = self._waits = self._execution.waits()

    def begin(self, execution: Execution) -> None:
        """Take a new execution that nothing is projected of."""
        self._execution = execution

    def restore(self, state: bytes) -> None:
        """Put the execution back to a state of this same command; what is projected stays what it was."""
        self._execution = self.loaded.definitions.load(state, host=self.host)
        self._waits = None

    def wait(self, wait_id: str) -> Wait | None:
        """The wait with this id, if the execution still waits for it."""
        return next((wait for wait in self.waits() if wait.id == wait_id), None)

    def waits(self) -> tuple[Wait, ...]:
        """What the execution waits for at its last rest, worked out once."""
        execution = self.execution
        if self._waits is None:
            self._waits = execution.waits()
        return self._waits

    # ---- what happens

    def require_running(self) -> None:
        """Raise Suspended or NotRunning unless the instance runs."""
        if self.row["status"] == "suspended":
            raise Suspended(root=self.root)
        if self.row["status"] != "running":
            raise NotRunning(root=self.root)

    def step(self) -> Effects:
        """Run to the next wait states and take in what happened."""
        effects = self.execution.run()
        self._waits = None
        for event in effects.events:
            self.take_in(event)
        return effects

    def mark(self) -> Mark:
        """Where the turn stands now, apart from its execution."""
        stages = (self.row["stage"], self.row["public_stage"], self.row["troubles"])
        return Mark(len(self.notes), self.outbox.mark(), stages, len(self.called), frozenset(self.stuck))

    def rewind(self, mark: Mark) -> None:
        """Forget what happened since a mark."""
        del self.notes[mark.notes :], self.called[mark.called :]
        self.outbox.rewind(mark.outgoing)
        self.row["stage"], self.row["public_stage"], self.row["troubles"] = mark.stages
        self.stuck = set(mark.stuck)

    # ---- what others see

    def view(self, wait: Wait | None = None) -> InstanceView:
        """The instance as handlers see it from a wait (or from outside)."""
        seen = self.execution.visible(wait.id) if wait is not None else self.execution.variables()
        row = self.row
        return InstanceView(self.root, row["process"], row["business_key"], row["tenant"], self.loaded.number, seen)

    def context(self, *, wait: Wait | None, task: TaskView | None, attempt: int = 1) -> Context:
        """The surroundings of one call of a handler or listener."""
        return Context(
            now=self.now, actor=self.actor, received=self.received,
            instance=self.view(wait),
            task=task,
            facts=self.facts,
            settings=self.loaded.settings,
            outgoing=self.outbox, attempt=attempt, forms=self.loaded.forms,
        )  # fmt: skip

    # ---- writing

    def save(self, *, completed: str | None = None, new: bool = False) -> CommandResult:
        """Write state, projection, history and what is sent.

        ``completed`` is the wait of the user task that a person completed: that
        act may be taken back until the next one.
        """
        row, execution = self.row, self.execution
        waits = self.waits()
        difference = compare(self.before, waits)
        before_seq = row["seq"]
        row["revision"] += 1
        self._settle(difference)
        self.note_timers(difference.came, difference.went)
        if execution.ended and row["status"] == "running":
            row["status"] = "ended"
        if row["status"] in {"ended", "cancelled"}:
            row["ended_at"] = self.now
        entries = self.chain(self.actor)
        row["previous_task"] = None if completed is None else row_id(self.root, completed)
        if new:
            self._write_aggregate(before_seq, execution.dump(), new=True)
        origin = Origin(self.root, row["tenant"], self.now, row["seq"], self.actor.id, row["version"])
        project(self.tx.connection, difference, origin, completed=completed)
        self._ask_for_jobs(difference, origin)
        row["previous_sent"] = self._send()
        if not new:
            self._write_aggregate(before_seq, execution.dump(), new=False)
        self._write_history(entries)
        self.write_positions(self.tx.connection, execution.instance, new=new)
        self.tx.kept[self.root] = Live(row["revision"], row["version"], execution, waits)
        tasks = tuple(row_id(self.root, wait.id) for wait in waits if wait.kind == "user")
        return CommandResult(self.root, row["revision"], row["seq"], tasks)

    def save_notes(self) -> CommandResult:
        """Write history and what is sent; the state is as it was."""
        before_seq = self.row["seq"]
        entries = self.chain(self.actor)
        self._send()
        names = ("seq", "head", "status", "troubles")
        values = {"of_root": self.root, "of_seq": before_seq, "changed_at": self.now, **{name: self.row[name] for name in names}}
        self._expect_one(hot.save_head, values)
        self._write_history(entries)
        if self._execution is not None:
            self.tx.kept[self.root] = Live(self.row["revision"], self.row["version"], self._execution, self.before)
        return CommandResult(self.root, self.row["revision"], self.row["seq"])

    def _write_aggregate(self, before_seq: int, state: bytes, *, new: bool) -> None:
        names = ("revision", "seq", "head", "version", "status", "stage", "public_stage", "troubles")
        ending = ("previous_task", "previous_sent", "ended_at")
        values = {name: self.row[name] for name in (*names, *ending)} | {"state": state, "changed_at": self.now}
        if new:
            hot.add_instance.run(self.tx.connection, {**self.row, **values})
            return
        keep = self.row["previous_task"] is not None
        statement = hot.save_state_and_previous if keep else hot.save_state
        self._expect_one(statement, {**values, "of_root": self.root, "of_seq": before_seq})

    def _expect_one(self, statement: Prepared, values: dict[str, Any]) -> None:
        if statement.run(self.tx.connection, values) != 1:
            message = f"{self.root} changed under its lock"
            raise RuntimeError(message)

    def _write_history(self, entries: list[dict[str, Any]]) -> None:
        hot.add_history.run(self.tx.connection, entries)
        if self.held:
            hot.keep_variables(self.tx.connection.dialect.name).run(self.tx.connection, list(self.held.values()))
            self.held = {}
        for verb, row in self.called:
            (hot.add_called if verb == "add" else hot.drop_called).run(self.tx.connection, row)
        self.called = []

    def _ask_for_jobs(self, difference: Difference, origin: Origin) -> None:
        for wait in difference.came:
            if wait.kind == "service" and self.is_left_to_workers(wait):
                hot.add_external_task.run(self.tx.connection, external_task_row(wait, origin))
            elif wait.kind == "service" and self.is_outside(wait):
                self.outbox.job("service", wait.topic or "", tenant=self.row["tenant"], payload={}, root=self.root, wait=wait.id)
        left = [wait for wait in difference.went if wait.kind == "service" and self.is_left_to_workers(wait)]
        hot.drop_external_task.run(self.tx.connection, [{"of_external_task": row_id(self.root, wait.id)} for wait in left])
        gone = [wait for wait in difference.went if wait.kind == "signal" or (wait.kind == "service" and self.is_outside(wait))]
        if gone:
            outbound.drop_jobs_of_waits(self.tx.connection, root=self.root, waits=[wait.id for wait in gone])

    def _settle(self, difference: Difference) -> None:
        """Incidents of waits that are gone are over."""
        if self.row["troubles"] and difference.went:
            halted = {wait.id for wait in difference.came}  # what waited there stands still there now
            subjects = [row_id(self.root, wait.id) for wait in difference.went if wait.id not in halted]
            self.row["troubles"] -= outbound.resolve_incidents_of(self.tx.connection, subjects=subjects, at=self.now, by=self.actor.id)

    def _send(self) -> int:
        self.outbox.revision = self.row["revision"]
        sent = self.outbox.flush(self.tx.connection, self.home.versions)
        self.tx.left_work = self.tx.left_work or bool(self.outbox.jobs or self.outbox.messages)
        return sent

    def is_left_to_workers(self, wait: Wait) -> bool:
        """Whether a service task waits for a worker elsewhere."""
        return self.loaded.leaves_to_workers(wait.topic or "", known=self.home.registry.handlers)

    def is_outside(self, wait: Wait) -> bool:
        """Whether a service task's handler has effects beyond the database."""
        if self.is_left_to_workers(wait):
            return False
        entry = self.home.registry.handlers.get(wait.topic or "")
        return entry is not None and entry.outside
