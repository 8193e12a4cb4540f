"""External tasks: service tasks that workers elsewhere fetch, lock for a while and complete. Times are the engine's clock's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, update

from engine.bpmn.scopes import instance_id
from engine.bpmn.waits import Wait
from engine.commands.home import Home, Row, Transaction
from engine.commands.projection import root_of
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance, open_incident
from engine.commands.turn import Turn
from engine.contract import SYSTEM, Actor, BpmnError, InstanceView
from engine.refusals import NotFound, NotLocked
from store.engine import outbound
from store.engine.present import KEY, STANDING
from store.engine.tables import called, instance
from store.engine.tables import external_task as rows

EXTERNAL = "external"  # the kind of their incidents


@dataclass(frozen=True)
class Topic:
    """What a worker asks for: a topic and for how long it locks each task; only in these processes and under this business key, if given.

    ``definitions`` are pairs of process key and version; None: whatever stands in any.
    """

    name: str
    lock: timedelta
    processes: frozenset[str] = frozenset()
    definitions: frozenset[tuple[str, int]] | None = None
    business_key: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)  # the instance's variables that must have these values


class _WorkerFailed(Exception):
    """What an incident says of a worker that gave up."""

    code = "external_task"


class WorkerVerbs:
    """The verbs of workers. Each raises NotFound for a task that is gone, NotLocked for one that another worker holds."""

    home: Home

    def fetch_and_lock(
        self, *, worker: str, topics: list[Topic], most: int, by_priority: bool, tenant: str, actor: Actor, newest: bool = False
    ) -> list[str]:
        """Up to ``most`` free tasks of the topics, the oldest (the most important, the newest) first, locked for the worker; their ids."""
        require_instance(self.home.policy, actor, "fetch", InstanceView("", "", "", tenant, 0))
        asked = {topic.name: topic for topic in topics}
        order = [*([rows.c.priority.desc()] if by_priority else []), rows.c.number.desc() if newest else rows.c.number]

        def work(tx: Transaction) -> list[str]:
            found = _free(asked.values(), now=tx.now, tenant=tenant).order_by(*order).with_for_update(of=[rows], skip_locked=True)
            if not any(topic.variables for topic in topics):
                found = found.limit(most)
            free = [cast("Row", row) for row in tx.connection.execute(found).mappings()]
            taken = list(islice((row for row in free if _holds(tx, row, asked[row["topic"]])), most))
            for name, topic in asked.items():
                locked = [row["id"] for row in taken if row["topic"] == name]
                if locked:
                    _change(tx, *locked, worker=worker, locked_until=tx.now + topic.lock)
            return [row["id"] for row in taken]

        return self.home.transact(work)

    def has_free(self, *, topics: list[Topic], tenant: str) -> bool:
        """Whether there may be something to fetch: a look that locks nothing, for those who wait."""
        with self.home.database.read() as connection:
            found = _free(topics, now=self.home.clock.now(), tenant=tenant)
            return connection.execute(found.limit(1)).first() is not None

    def complete_external(self, *, task: str, worker: str, variables: Mapping[str, Any], local: Mapping[str, Any], actor: Actor) -> None:
        """It is done: ``variables`` go where the task's outputs say, else to the nearest scope that has the name; ``local`` are its own."""

        def work(turn: Turn, wait: Wait) -> None:
            turn.execution.set_variables(local, scope=wait.id)
            error = _by_itself(turn, wait, task, variables)
            if error is not None:
                _throw(turn, wait, task, error)
            else:
                turn.execution.complete(wait.id)
                advance(turn)
            turn.save()

        self._held(task, worker, actor, "external_complete", work)

    def fail_external(
        self,
        *,
        task: str,
        worker: str,
        message: str,
        details: str,
        retries: int,
        again_after: timedelta,
        actor: Actor,
        variables: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
    ) -> None:
        """It failed: it may be fetched again after a while; with no ``retries`` left an incident waits for a person.

        ``variables`` go to the nearest scope that has the name, ``local`` are the task's own: whoever tries again sees them.
        """

        def work(turn: Turn, wait: Wait) -> None:
            turn.execution.set_variables(local or {}, scope=wait.id)
            thrown = _by_itself(turn, wait, task, variables or {}, errorMessage=message, errorDetails=details, retries=retries)
            if thrown is not None:
                _throw(turn, wait, task, thrown)
                turn.save()
                return
            until = turn.now + again_after if retries > 0 and again_after else None
            values = {"retries": retries, "error_message": message, "error_details": details, "worker": None, "locked_until": until}
            _change(turn.tx, task, **values)
            turn.note(
                "external_failure", process=wait.process, element=wait.element, data={"task": task, "message": message, "left": retries}
            )
            if retries <= 0:
                error = _WorkerFailed(message)
                open_incident(turn, kind=EXTERNAL, subject=task, process=wait.process, element=wait.element, error=error)
            if not variables and not local:
                turn.save_notes()
                return
            advance(turn)
            turn.save()

        self._held(task, worker, actor, "external_failure", work)

    def throw_external(self, *, task: str, worker: str, code: str, message: str, variables: Mapping[str, Any], actor: Actor) -> None:
        """A business error: it goes to the error boundary that catches it; caught by nobody it becomes an incident."""

        def work(turn: Turn, wait: Wait) -> None:
            turn.execution.write(wait.id, variables)
            _throw(turn, wait, task, BpmnError(code, message))
            turn.save()

        self._held(task, worker, actor, "external_error", work)

    def extend_lock(self, *, task: str, worker: str, lock: timedelta, actor: Actor) -> None:
        """Hold it for another while, from now on; a lock that has run out is not held any more."""
        self._held(task, worker, actor, "external_extend", lambda turn, _: _change(turn.tx, task, locked_until=turn.now + lock), in_time=True)

    def lock_external(self, *, task: str, worker: str, lock: timedelta, actor: Actor) -> None:
        """Lock this one for a worker, from now on: one that is free, or that the worker holds already. Raises NotLocked while another holds it."""

        def work(turn: Turn, _: Wait) -> None:
            may = or_(rows.c.worker == worker, rows.c.locked_until.is_(None), rows.c.locked_until <= turn.now)
            locked = update(rows).where(rows.c.id == task, may).values(worker=worker, locked_until=turn.now + lock)
            if not turn.tx.connection.execute(locked).rowcount:
                raise NotLocked(task=task, worker=worker)

        self._held(task, None, actor, "external_lock", work)

    def unlock(self, *, task: str, actor: Actor) -> None:
        """Let others fetch it, whoever holds it."""
        self._held(task, None, actor, "external_unlock", lambda turn, _: _change(turn.tx, task, worker=None, locked_until=None))

    def set_external_retries(self, *, task: str, retries: int, actor: Actor) -> None:
        """How often it may still be tried; with one or more its incident is over."""

        def work(turn: Turn, wait: Wait) -> None:
            _change(turn.tx, task, retries=retries)
            if retries > 0:
                turn.row["troubles"] -= outbound.resolve_incidents_of(turn.tx.connection, subjects=[task], at=turn.now, by=actor.id)
            turn.note("external_retries", process=wait.process, element=wait.element, data={"task": task, "retries": retries})
            turn.save_notes()

        self._held(task, None, actor, "external_retries", work)

    def set_external_priority(self, *, task: str, priority: int, actor: Actor) -> None:
        """How important it is."""
        self._held(task, None, actor, "external_priority", lambda turn, _: _change(turn.tx, task, priority=priority))

    def _held(self, task: str, worker: str | None, actor: Actor, verb: str, work: Any, *, in_time: bool = False) -> None:
        """Do ``work(turn, wait)`` on a task under its root's lock; with ``worker`` only if that one holds it, ``in_time``: still."""

        def attempt(tx: Transaction) -> None:
            row = tx.lock_root(root_of(task))
            require_instance(self.home.policy, actor, verb, instance_view(row))
            held = tx.connection.execute(select(rows).where(rows.c.id == task)).mappings().one_or_none()
            if held is None:
                raise NotFound(task=task)
            over = in_time and (held["locked_until"] is None or held["locked_until"] < tx.now)
            if worker is not None and (held["worker"] != worker or over):
                raise NotLocked(task=task, worker=worker)
            turn = Turn(tx, row, actor=actor)
            turn.require_running()
            wait = turn.wait(held["wait"])
            if wait is None:
                raise NotFound(task=task)
            work(turn, wait)

        self.home.transact(attempt)


def _free(topics: Iterable[Topic], *, now: datetime, tenant: str) -> Select[Any]:
    """Tasks of the topics that nobody holds and that may be tried, of running instances."""
    free = or_(rows.c.locked_until.is_(None), rows.c.locked_until <= now)
    triable = or_(rows.c.retries.is_(None), rows.c.retries > 0)
    found = select(rows.c.id, rows.c.root, rows.c.wait, rows.c.topic).join(instance, instance.c.root == rows.c.root)
    found = found.outerjoin(called, and_(called.c.root == rows.c.root, called.c.scope == rows.c.within))
    asked = or_(false(), *(_asked(topic) for topic in topics))
    return found.where(asked, rows.c.tenant == tenant, free, triable, instance.c.status == "running")


def _asked(topic: Topic) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [rows.c.topic == topic.name]
    if topic.processes:
        conditions.append(rows.c.process.in_(sorted(topic.processes)))
    if topic.definitions is not None:
        conditions.append(or_(false(), *(and_(rows.c.process == key, STANDING.in_([number])) for key, number in sorted(topic.definitions))))
    if topic.business_key is not None:
        conditions.append(KEY.in_([topic.business_key]))
    return and_(*conditions)


def _holds(tx: Transaction, row: Row, topic: Topic) -> bool:
    """Whether the task sees what the topic wants of variables."""
    if not topic.variables:
        return True
    held = Turn(tx, tx.read_root(row["root"]), actor=SYSTEM, apart=True).execution.visible(row["wait"])
    return all(name in held and held[name] == value for name, value in topic.variables.items())


def _by_itself(turn: Turn, wait: Wait, task: str, variables: Mapping[str, Any], **failure: Any) -> BpmnError | None:
    """Hand in what the worker brings; the error that the element throws by itself then, if it does."""
    row = turn.tx.connection.execute(select(rows).where(rows.c.id == task)).mappings().one()
    seen = {
        "id": task,
        "topicName": row["topic"],
        "workerId": row["worker"],
        "errorMessage": row["error_message"],
        "errorDetails": row["error_details"],
        "retries": row["retries"],
        "priority": row["priority"],
        "activityId": row["element"],
        "processInstanceId": instance_id(row["root"], row["within"]),
        "processDefinitionKey": row["process"],
        "businessKey": turn.row["business_key"] or None,
    }
    return turn.execution.error_of_work(wait.id, task=seen | failure, variables=variables, failed=bool(failure))


def _throw(turn: Turn, wait: Wait, task: str, error: BpmnError) -> None:
    """The error goes to who catches it; caught by nobody it becomes an incident."""
    if turn.execution.fail(wait.id, error_code=error.code, message=error.message):
        advance(turn)
        return
    _change(turn.tx, task, retries=0, error_message=error.message or error.code, worker=None, locked_until=None)
    shown = BpmnError(error.code, error.message or f"nobody catches the error {error.code}")
    open_incident(turn, kind=EXTERNAL, subject=task, process=wait.process, element=wait.element, error=shown)


def _change(tx: Transaction, *tasks: str, **values: Any) -> None:
    tx.connection.execute(update(rows).where(rows.c.id.in_(tasks)).values(**values))
