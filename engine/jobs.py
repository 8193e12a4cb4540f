"""The work that waits for time: due timers, ready jobs, messages that have met their catcher.

Each piece is claimed and done in one transaction (outside handlers: leased, done, then completed under their fencing token). One that
fails is put back or becomes an incident; it never stops the others. Timers that are due together share a transaction; if one of them fails,
all of that is undone and each is fired in a transaction of its own. Several processes may work at once: they share rows, not memory.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError

from engine.bpmn.values import unpacked
from engine.commands.events import deliver
from engine.commands.home import Home, Transaction
from engine.commands.instances import start_in
from engine.commands.outgoing import Outbox
from engine.commands.outside import run_outside
from engine.commands.service import incident_row, open_incident
from engine.commands.starts import begin
from engine.commands.timers import fire
from engine.commands.turn import Turn
from engine.contract import SYSTEM, Context, InstanceView
from engine.inputs import build
from engine.refusals import UnknownHandler
from store.database import is_conflict
from store.engine import outbound

_MANY = 10_000
Piece = Callable[[], bool]
TOGETHER = 20  # timers in one transaction: it waits for the disk once, and a person's act waits for it some hundredths of a second


class Work:
    """``work`` and ``next_due`` of the engine."""

    home: Home

    def work(self, *, limit: int = 100, timers: bool = True) -> int:
        """Do up to ``limit`` pieces of what is due now, the earliest first; how many were done.

        Without ``timers`` only what follows from what has happened: jobs and deliveries, neither timers nor what begins by one.

        Each piece is a transaction of its own, but for due timers of several instances, which share one. Call it again
        while it gives more than 0. Pieces that another process has in hand are left to it.
        """
        now = self.home.clock.now()
        with self.home.database.read() as connection:
            clocks = outbound.due_timers(connection, now=now, most=limit) if timers else []
            jobs = [row for row in outbound.due_jobs(connection, now=now, most=limit) if timers or not _is_timer_start(row)]
            letters = outbound.deliverable(connection, now=now, most=limit)
            names = self.home.versions.starting_messages(connection)
            starts = outbound.unclaimed(connection, names=names, now=now, most=limit) if names else []
        pieces: list[Piece] = [
            *(lambda row=row: self._job(row) for row in jobs),
            *(lambda row=row: self._deliver(row.id, row.root) for row in letters),
            *(lambda row=row: self._start_by_message(row.id) for row in starts),
        ]
        fired = sum(self._fire_together(group) for group in _groups(clocks))
        return fired + sum(piece() for piece in pieces[: limit - len(clocks)])

    def fire_next(self) -> bool:
        """Fire the one timer (or begin by the one timer start event) that has been due longest; False if there is none."""
        now = self.home.clock.now()
        with self.home.database.read() as connection:
            timers = outbound.due_timers(connection, now=now, most=1)
            begins = [row for row in outbound.due_jobs(connection, now=now, most=_MANY) if _is_timer_start(row)][:1]
        if begins and (not timers or begins[0].due <= timers[0].due):
            return self._job(begins[0])
        return bool(timers) and self._fire(timers[0])

    def next_due(self) -> datetime | None:
        """The earliest instant at which there is work (it may lie in the past); None if nothing waits for time."""
        with self.home.database.read() as connection:
            return outbound.next_due(connection, now=self.home.clock.now())

    # ---- timers

    def _fire_together(self, group: Sequence[Any]) -> int:
        """Fire timers of different instances in one transaction; if that fails, each in its own: then the one that fails is alone."""
        if len(group) > 1:
            try:
                return self.home.transact(lambda tx: _fire_all(tx, group))
            except Exception as error:  # noqa: BLE001 - whoever fails will fail alone, and is reported there
                if isinstance(error, DBAPIError) and is_conflict(error):
                    return 0
        return sum(self._fire(due) for due in group)

    def _fire(self, due: Any) -> bool:
        def work(tx: Transaction) -> bool:
            turn = _turn(tx, due.root)
            row = None if turn is None else outbound.lock_timer(tx.connection, due.id, now=tx.now)
            if turn is None or row is None:
                return False
            fire(turn, row)
            return True

        def failed(tx: Transaction, error: Exception) -> None:
            turn = _turn(tx, due.root)
            row = None if turn is None else outbound.lock_timer(tx.connection, due.id, now=tx.now)
            if turn is not None and row is not None:
                outbound.stop_timer(tx.connection, due.id, ready=False)
                open_incident(turn, kind="timer", subject=due.id, process=row.process, element=row.element, error=error)
                turn.save_notes()

        return self._guarded(work, failed)

    # ---- jobs

    def _job(self, due: Any) -> bool:
        if due.kind == "service":
            return run_outside(self.home, due)
        return self._guarded(lambda tx: self._do(tx, due), lambda tx, error: self._put_back(tx, due, error))

    def _do(self, tx: Transaction, due: Any) -> bool:
        turn = None
        if due.root is not None:  # the root first, then the job: the order that every command keeps
            turn = _turn(tx, due.root, running=due.kind != "named")
            if turn is None:
                tx.read_root(due.root)  # a root that does not exist never comes: the job is put back, in the end as an incident
                return False
        row = outbound.lock_job(tx.connection, due.id, now=tx.now)
        if row is None:
            return False
        outbound.drop_job(tx.connection, row.id)
        if row.kind == "signal":
            _signal(turn, row)
        elif row.kind == "start":
            _start(tx, row)
        elif row.kind == "begin":
            begin(tx, row)
        else:
            _named(tx, turn, row)
        return True

    def _put_back(self, tx: Transaction, due: Any, error: Exception) -> None:
        row = outbound.lock_job(tx.connection, due.id, now=tx.now)
        if row is None:
            return
        limits = self.home.limits
        last = row.failures + 1 >= limits.attempts
        outbound.postpone_job(tx.connection, row.id, attempt=row.attempt, due=tx.now + limits.backoff * 4**row.failures, ready=not last)
        if last:
            incident = incident_row(error, id=self.home.ids(), root=None, kind="job", subject=str(row.id), process=row.name, element="")
            outbound.add_incident(tx.connection, {**incident, "tenant": row.tenant, "created_at": tx.now})

    # ---- messages

    def _deliver(self, message: int, root: str) -> bool:
        def work(tx: Transaction) -> bool:
            turn = _turn(tx, root)
            row = None if turn is None else outbound.lock_message(tx.connection, message)
            if turn is None or row is None:
                return False
            found = outbound.meeting(tx.connection, tenant=row.tenant, name=row.name, key=row.key, root=root)
            if found is None:
                return False
            outbound.settle_message(tx.connection, row.id, state="delivered", root=root)
            deliver(turn, wait=found.wait, name=row.name, payload=row.payload)
            return True

        return self._guarded(work, lambda tx, error: self._undelivered(tx, message, error))

    def _start_by_message(self, message: int) -> bool:
        def work(tx: Transaction) -> bool:
            row = outbound.lock_message(tx.connection, message)
            found = None if row is None else self.home.versions.message_start(tx.connection, message=row.name, tenant=row.tenant)
            if row is None or found is None:
                return False
            loaded, process, element = found
            where = {"process": process, "business_key": row.key, "tenant": row.tenant, "dedupe": None}
            root = start_in(tx, loaded, where=where, variables=row.payload, actor=SYSTEM, element=element)
            outbound.settle_message(tx.connection, row.id, state="delivered", root=root)
            return True

        return self._guarded(work, lambda tx, error: self._undelivered(tx, message, error))

    def _undelivered(self, tx: Transaction, message: int, error: Exception) -> None:
        row = outbound.lock_message(tx.connection, message)
        if row is None:
            return
        limits = self.home.limits
        last = row.attempts + 1 >= limits.attempts
        due = tx.now + limits.backoff * 4**row.attempts
        outbound.postpone_message(tx.connection, row.id, attempts=row.attempts + 1, due=due, state="failed" if last else "waiting")
        if last:
            incident = incident_row(
                error, id=self.home.ids(), root=None, kind="message", subject=str(row.id), process=row.name, element=row.key
            )
            outbound.add_incident(tx.connection, {**incident, "tenant": row.tenant, "created_at": tx.now})

    # ---- the guard round every piece

    def _guarded(self, work: Callable[[Transaction], bool], failed: Callable[[Transaction, Exception], None]) -> bool:
        """Do a piece; if it fails, note that in a transaction of its own and go on. A busy database is nobody's failure: next time."""
        try:
            return self.home.transact(work)
        except Exception as error:  # noqa: BLE001 - one broken piece never stops the sweep
            if isinstance(error, DBAPIError) and is_conflict(error):
                return False
            failure = error
        self.home.transact(lambda tx: failed(tx, failure))
        return True


def _is_timer_start(row: Any) -> bool:
    """Whether a job is a timer start event that waits for its instant (a signal's beginning is not)."""
    return row.kind == "begin" and "armed" in row.payload


def _turn(tx: Transaction, root: str, *, running: bool = True) -> Turn | None:
    """A turn on a running root that no other process has in hand, as the system itself.

    A named job only locks its root and moves nothing in it: it is done whether the root runs or not.
    """
    row = tx.lock_root_or_skip(root)
    return None if row is None or (running and row["status"] != "running") else Turn(tx, row, actor=SYSTEM)


def _groups(timers: Sequence[Any]) -> list[list[Any]]:
    """Due timers in groups that may share a transaction: each instance at most once in a group, otherwise in their order."""
    groups: list[dict[str, Any]] = []
    for due in timers:
        if not groups or due.root in groups[-1] or len(groups[-1]) == TOGETHER:
            groups.append({})
        groups[-1][due.root] = due
    return [list(group.values()) for group in groups]


def _fire_all(tx: Transaction, group: Sequence[Any]) -> int:
    """Fire the timers of a group that are still due and whose instances run and are in nobody else's hand; how many."""
    rows = tx.lock_roots_or_skip([due.root for due in group])
    timers = outbound.lock_timers(tx.connection, [due.id for due in group if due.root in rows], now=tx.now)
    for row in timers:
        fire(Turn(tx, rows[row.root], actor=SYSTEM), row)
    return len(timers)


def _signal(turn: Turn | None, row: Any) -> None:
    if turn is None or turn.wait(row.wait) is None:
        return  # the catcher is gone: nobody listens any more
    deliver(turn, wait=row.wait, name=row.name, payload=unpacked(row.payload))


def _start(tx: Transaction, row: Any) -> None:
    given = row.payload
    if given["dedupe"] is not None and outbound.root_with(tx.connection, dedupe=given["dedupe"]):
        return
    loaded = tx.home.versions.pick(tx.connection, process=row.name, tenant=row.tenant)
    where = {"process": row.name, "business_key": given["business_key"], "tenant": row.tenant, "dedupe": given["dedupe"]}
    start_in(tx, loaded, where=where, variables=given["variables"], actor=SYSTEM)


def _named(tx: Transaction, turn: Turn | None, row: Any) -> None:
    entry = tx.home.registry.jobs.get(row.name)
    if entry is None:
        raise UnknownHandler(job=row.name)
    if turn is not None:
        turn.note("job", data={"name": row.name})
        entry.function(turn.context(wait=None, task=None), build(entry.wants, row.payload))
        turn.save_notes()
        return
    outbox = Outbox(now=tx.now, actor=SYSTEM, root=None, tenant=row.tenant)
    loose = InstanceView("", "", "", row.tenant, 0)
    settings = tx.home.versions.settings(tx.connection, tenant=row.tenant)
    context = Context(
        now=tx.now,
        actor=SYSTEM,
        received=tx.now,
        instance=loose,
        task=None,
        facts=tx.home.facts(tx.connection),
        settings=settings,
        outgoing=outbox,
    )
    entry.function(context, build(entry.wants, row.payload))
    outbox.flush(tx.connection, tx.home.versions)
