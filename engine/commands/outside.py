"""Performs a service task whose handler has effects beyond the database.

It is leased, called outside of any transaction, and completed afterwards if the lease's number (the fencing token) still holds.
"""

from typing import Any

from sqlalchemy.exc import DBAPIError

from engine.commands.home import Home, Transaction
from engine.commands.projection import row_id
from engine.commands.service import attempt, call_handler, go_on, open_incident
from engine.commands.turn import Turn
from engine.contract import SYSTEM, BpmnError
from engine.refusals import UnknownHandler
from store.database import is_conflict
from store.engine import outbound


def run_outside(home: Home, due: Any) -> bool:
    """Lease a due job, do it, complete it or put it back; False if somebody else has it."""
    token = _lease(home, due)
    if token is None:
        return False
    try:
        outputs, error = _call(home, due, token), None
    except Exception as failure:  # noqa: BLE001 - whatever the handler raises is put back or becomes an incident
        outputs, error = None, failure
    try:
        if error is None or isinstance(error, BpmnError):
            home.transact(lambda tx: _complete(tx, due, token, outputs, error))
        else:
            home.transact(lambda tx: _put_back(tx, due, token, error))
    except DBAPIError as conflict:
        if not is_conflict(conflict):
            raise
    return True


def _lease(home: Home, due: Any) -> int | None:
    def work(tx: Transaction) -> int | None:
        row = outbound.lock_job(tx.connection, due.id, now=tx.now)
        if row is None:
            return None
        outbound.lease_job(tx.connection, due.id, attempt=row.attempt + 1, until=tx.now + home.limits.lease, now=tx.now)
        return int(row.attempt) + 1

    return home.transact(work)


def _call(home: Home, due: Any, token: int) -> Any:
    """Call the handler on a reading connection: it sees the case as it stands and writes nothing there."""
    with home.database.read() as connection:
        tx = Transaction(home, connection, home.clock.now())
        row = tx.read_root(due.root)
        turn = Turn(tx, row, actor=SYSTEM, apart=True)
        job = outbound.read_job(connection, due.id)
        wait = None if job is None else turn.wait(job.wait)
        if wait is None:
            return None
        entry = home.registry.handlers.get(wait.topic or "")
        if entry is None:
            raise UnknownHandler(topic=wait.topic)
        return call_handler(turn, wait, entry, attempt=token)


def _complete(tx: Transaction, due: Any, token: int, outputs: Any, error: BpmnError | None) -> None:
    turn = Turn(tx, tx.lock_root(due.root), actor=SYSTEM)
    job = outbound.read_job(tx.connection, due.id)
    if job is None or job.attempt != token or turn.row["status"] != "running":
        return  # the lease was lost, or the case has gone on without us
    wait = turn.wait(job.wait)
    if wait is None:
        return

    def result() -> Any:
        if error is not None:
            raise error
        return outputs

    turn.note("job", process=wait.process, element=wait.element, data={"topic": wait.topic, "attempt": token})
    if attempt(turn, wait, result):
        go_on(turn)
    else:
        outbound.postpone_job(tx.connection, job.id, attempt=token, due=tx.now, ready=False)
    turn.save()


def _put_back(tx: Transaction, due: Any, token: int, error: Exception) -> None:
    turn = Turn(tx, tx.lock_root(due.root), actor=SYSTEM)
    job = outbound.read_job(tx.connection, due.id)
    if job is None or job.attempt != token:
        return
    limits = tx.home.limits
    last = job.failures + 1 >= limits.attempts
    outbound.postpone_job(tx.connection, job.id, attempt=token, due=tx.now + limits.backoff * 4**job.failures, ready=not last)
    wait = turn.wait(job.wait)
    if last and wait is not None:
        subject = row_id(turn.root, wait.id)
        open_incident(turn, kind="service", subject=subject, process=wait.process, element=wait.element, error=error)
    turn.save_notes()
