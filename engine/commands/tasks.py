"""What people do with tasks: claim, save a draft, act, complete, hand over, take back. Each verb is one transaction on one root."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from engine.bpmn.definitions import Definitions
from engine.bpmn.values import undeclared
from engine.bpmn.waits import Wait
from engine.commands.home import Home, Transaction
from engine.commands.projection import wait_of
from engine.commands.rights import require_task, task_view
from engine.commands.service import advance, call_listener, listen, loaded_of
from engine.commands.turn import CommandResult, Turn
from engine.commands.undo import undo
from engine.commands.updates import tell_change
from engine.contract import Actor, Entry, TaskView
from engine.errors import EngineError
from engine.forms import Lists
from engine.refusals import AlreadyClaimed, AlreadyDone, NotDelegated, NotFound, StalePage, TooLate, UnknownAct
from store.engine import hot, outbound
from store.engine.tables import draft


class TaskVerbs:
    """The verbs on user tasks; each raises NotFound for a task the actor may not see."""

    home: Home

    def complete(
        self,
        *,
        task: str,
        data: Mapping[str, Any],
        actor: Actor,
        seen: int | None = None,
        received: datetime | None = None,
        offered: Lists | None = None,
    ) -> CommandResult:
        """Complete a task with what its form holds, and run to the next wait states.

        In: ``seen`` the task's revision that the page showed; ``received`` the instant the request was complete (default: now);
        ``offered`` the values of its form's dynamic choices (`x-enum-from`): another is refused (default: only its listeners judge them).
        Raises NotFound, Forbidden, AlreadyClaimed, AlreadyDone, StalePage, Suspended, InvalidForm, and what a complete listener refuses.
        """

        def work(tx: Transaction) -> CommandResult:
            turn, view, row = self._open(tx, task, actor, "complete", received=received)
            if seen is not None and seen != view.revision:
                raise StalePage(task=task, seen=seen, revision=view.revision)
            wait = _waiting(turn, view)
            form = loaded_of(turn, wait).forms.get(view.form_key or "")
            clean = dict(data) if form is None else form.clean(data, lists=offered)
            turn.note("complete", process=view.process, element=view.element, data={"task": task})
            variables = dict(data) if form is None else form.variables_of(clean)
            variables.update(listen(turn, wait, "complete", clean, task=view))
            turn.execution.complete(wait.id, variables=variables)
            advance(turn)
            self._submit(turn, view, undeclared(clean), act="complete", revision=turn.row["revision"] + 1)
            if row["drafted"]:
                hot.drop_drafts.run(tx.connection, {"of_task": task})
            return turn.save(completed=wait.id)

        with self._refusals(task, actor):
            return self.home.transact(work)

    def act(
        self, *, task: str, name: str, data: Mapping[str, Any], actor: Actor, received: datetime | None = None, offered: Lists | None = None
    ) -> Any:
        """Do an act of an open task that does not complete it: runs the listeners of ``act:<name>`` and gives what they give back.

        Raises as ``complete`` does, and UnknownAct.
        """

        def work(tx: Transaction) -> Any:
            turn, view, _ = self._open(tx, task, actor, "act", received=received, act=name)
            wait = _waiting(turn, view)
            names = turn.execution.element(wait.id).listeners_of(f"act:{name}")
            if not names:
                raise UnknownAct(task=task, act=name)
            form = loaded_of(turn, wait).acts.get(name)
            clean = dict(data) if form is None else form.clean(data, lists=offered)
            turn.note("act", process=view.process, element=view.element, data={"task": task, "act": name})
            results = [call_listener(turn, each, wait, clean, task=view) for each in names]
            self._submit(turn, view, clean, act=name, revision=turn.row["revision"])
            turn.save_notes()
            return next((result for result in reversed(results) if result is not None), None)

        with self._refusals(task, actor):
            return self.home.transact(work)

    def throw(self, *, task: str, code: str, message: str, variables: Mapping[str, Any], actor: Actor, escalates: bool = False) -> None:
        """A business error (``escalates``: an escalation) from a task goes to who catches it, with variables for the scopes around the task.

        An error that nobody catches ends the task's token, as Camunda has it.

        Raises as ``complete`` does; EngineError `uncaught` when nobody catches an escalation: then nothing has changed.
        """

        def work(tx: Transaction) -> None:
            turn, view, _ = self._open(tx, task, actor, "complete")
            wait, execution = _waiting(turn, view), turn.execution
            turn.note("task_escalation" if escalates else "task_error", process=view.process, element=view.element, data={"task": task, "code": code})
            execution.write(wait.id, variables)
            caught = execution.escalate(wait.id, code=code) if escalates else execution.fail(wait.id, error_code=code, message=message)
            if not caught and escalates:
                raise EngineError("uncaught", f"没有事件捕获 {code}", f"nobody catches {code}", 422)
            if not caught:
                execution.end_work(wait.id)
            advance(turn)
            turn.save()

        with self._refusals(task, actor):
            self.home.transact(work)

    def save_draft(self, *, task: str, data: Mapping[str, Any], actor: Actor) -> None:
        """Keep what a person has typed so far; unchecked, one draft per task and person."""

        def work(tx: Transaction) -> None:
            row = tx.lock_task(task)
            view = task_view(row)
            require_task(self.home.policy, actor, "draft", view)
            _require_open(view)
            tx.connection.execute(delete(draft).where(draft.c.task == task, draft.c.actor == actor.id))
            tx.connection.execute(insert(draft), {"task": task, "actor": actor.id, "data": dict(data), "saved_at": tx.now})

        self.home.transact(work)

    def claim(self, *, task: str, actor: Actor) -> CommandResult:
        """Take a task that one is a candidate of. Of two at once one wins, the other gets AlreadyClaimed."""

        def work(tx: Transaction) -> CommandResult:
            turn, view, _ = self._open(tx, task, actor, "claim")
            if view.assignee not in {None, actor.id}:
                raise AlreadyClaimed(task=task)
            return self._hold(turn, view, assignee=actor.id, owner=view.owner, kind="claim")

        return self.home.transact(work)

    def unclaim(self, *, task: str, actor: Actor) -> CommandResult:
        """Give a claimed task back to its candidates."""

        def work(tx: Transaction) -> CommandResult:
            turn, view, _ = self._open(tx, task, actor, "unclaim")
            return self._hold(turn, view, assignee=None, owner=None, kind="unclaim")

        return self.home.transact(work)

    def assign(self, *, task: str, user: str | None, actor: Actor) -> CommandResult:
        """Give a task to a person (None: back to its candidates); the policy says who may."""

        def work(tx: Transaction) -> CommandResult:
            turn, view, _ = self._open(tx, task, actor, "assign")
            return self._hold(turn, view, assignee=user, owner=None, kind="assign")

        return self.home.transact(work)

    def delegate(self, *, task: str, user: str, actor: Actor) -> CommandResult:
        """Hand one's own task to another person, and stay its owner."""

        def work(tx: Transaction) -> CommandResult:
            turn, view, _ = self._open(tx, task, actor, "delegate")
            return self._hold(turn, view, assignee=user, owner=view.owner or actor.id, kind="delegate")

        return self.home.transact(work)

    def resolve(self, *, task: str, actor: Actor) -> CommandResult:
        """Hand a delegated task back to its owner, who completes it. Raises NotDelegated."""

        def work(tx: Transaction) -> CommandResult:
            turn, view, _ = self._open(tx, task, actor, "complete")
            if view.owner is None:
                raise NotDelegated(task=task)
            return self._hold(turn, view, assignee=view.owner, owner=view.owner, kind="resolve")

        return self.home.transact(work)

    def take_back(self, *, task: str, reason: str, actor: Actor) -> CommandResult:
        """Undo the completion of a task while nothing has happened after it in its instance and nothing it sent has arrived.

        The state before comes back; listeners of the event ``take_back`` may refuse or undo facts. Raises TooLate.
        """

        def work(tx: Transaction) -> CommandResult:
            row = tx.lock_task(task)
            view = task_view(row)
            if row["task_closed_by"] != actor.id or view.state != "completed":
                require_task(self.home.policy, actor, "take_back", view)
            if row["previous_task"] != task or row["status"] == "cancelled":
                raise TooLate(task=task)
            turn = Turn(tx, row, actor=actor)
            if outbound.withdraw(tx.connection, root=turn.root, revision=row["revision"]) < row["previous_sent"]:
                raise TooLate(task=task)
            return undo(turn, view, reason=reason)

        return self.home.transact(work)

    # ---- steps

    @contextmanager
    def _refusals(self, task: str, actor: Actor) -> Iterator[None]:
        """What the registry wants done when the act is refused: after the rollback, in a transaction of its own; the refusal goes on."""
        try:
            yield
        except Exception as refusal:
            entry = self.home.registry.refusals.get(getattr(refusal, "code", ""))
            if entry is not None:
                self._follow(entry, task, actor, getattr(refusal, "details", {}))
            raise

    def _follow(self, entry: Entry, task: str, actor: Actor, details: Mapping[str, Any]) -> None:
        def work(tx: Transaction) -> None:
            row = tx.lock_task(task)
            view = task_view(row)
            turn = Turn(tx, row, actor=actor)
            entry.function(turn.context(wait=_waiting(turn, view), task=view), details)
            turn.save_notes()

        self.home.transact(work)

    def _open(
        self, tx: Transaction, task: str, actor: Actor, verb: str, *, received: datetime | None = None, act: str = ""
    ) -> tuple[Turn, TaskView, Mapping[str, Any]]:
        row = tx.lock_task(task)
        turn = Turn(tx, row, actor=actor, received=received)
        view = task_view(row, properties=_properties(turn))
        require_task(self.home.policy, actor, verb, view, act=act)
        _require_open(view)
        turn.require_running()
        return turn, view, row

    def _submit(self, turn: Turn, view: TaskView, data: Mapping[str, Any], *, act: str, revision: int) -> None:
        row = {
            "root": turn.root,
            "task": view.id,
            "act": act,
            "process": view.process,
            "element": view.element,
            "form_key": view.form_key,
            "actor": turn.actor.id,
            "received": turn.received,
            "revision": revision,
            "data": dict(data),
            "taken_back": False,
        }
        hot.add_submission.run(turn.tx.connection, row)

    def _hold(self, turn: Turn, view: TaskView, *, assignee: str | None, owner: str | None, kind: str) -> CommandResult:
        data = {"task": view.id, "old": view.assignee, "new": assignee}
        turn.note(kind, process=view.process, element=view.element, data=data)
        hot.hold_task.run(turn.tx.connection, {"of_task": view.id, "assignee": assignee, "owner": owner, "changed_at": turn.now})
        hot.hold_candidates.run(turn.tx.connection, {"of_task": view.id, "taken": assignee is not None})
        events = ("update",) if assignee in {None, view.assignee} else ("update", "assignment")
        heard = [event for event in events if _defined_in(turn).listens(view.process, view.element, event)]
        now = replace(view, assignee=assignee, owner=owner)
        changed = [tell_change(turn, _waiting(turn, view), now, event) for event in heard]
        if not any(changed):
            return turn.save_notes()
        advance(turn)
        return turn.save()


def _defined_in(turn: Turn) -> Definitions:
    """The diagrams that a locked task's element stands in: a call activity may have chosen another version than the case's."""
    number = turn.row["task_defined_in"]
    return (turn.loaded if number is None else turn.home.versions.load(turn.tx.connection, number)).definitions


def _properties(turn: Turn) -> Mapping[str, str]:
    """The properties of a locked task's element."""
    return _defined_in(turn).element(turn.row["task_process"], turn.row["task_element"]).properties


def _require_open(view: TaskView) -> None:
    if view.state == "completed":
        raise AlreadyDone(task=view.id)
    if view.state != "open":
        raise NotFound(task=view.id)


def _waiting(turn: Turn, view: TaskView) -> Wait:
    wait = turn.wait(wait_of(view.id))
    if wait is None:
        message = f"task {view.id} is open but its instance does not wait for it"
        raise RuntimeError(message)
    return wait
