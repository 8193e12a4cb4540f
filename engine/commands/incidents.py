"""What people do when something stands still: try again, skip it, or end the instance."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select, update

from engine.commands.home import Home, Row, Transaction
from engine.commands.projection import row_id, wait_of
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance, go_on, perform
from engine.commands.turn import Turn
from engine.commands.workers import EXTERNAL
from engine.contract import Actor, InstanceView
from engine.refusals import NotFound, UnknownIncident
from store.engine import outbound
from store.engine.tables import external_task
from store.engine.tables import incident as incident_table

REPORTED = "reported:"  # how the kind of an incident begins that somebody else reported; what follows is his word for it


class IncidentVerbs:
    """The verbs on incidents. Each closes the incident; if the same thing fails again, a new one opens."""

    home: Home

    def retry(self, *, incident: str, actor: Actor, reason: str = "") -> None:
        """Try again what failed: the handler, the timer, the job or the delivery. Raises UnknownIncident."""
        self._resolve(incident, actor, "retry", "retried", reason)

    def skip(self, *, incident: str, actor: Actor, reason: str, variables: Mapping[str, Any] | None = None) -> None:
        """Go on without it: a service task counts as done with these outputs, a timer as fired; a job or message is dropped."""
        self._resolve(incident, actor, "skip", "skipped", reason, variables=variables)

    def cancel_incident(self, *, incident: str, actor: Actor, reason: str) -> None:
        """End the instance in which it happened; a job or message of no instance is dropped."""
        self._resolve(incident, actor, "cancel", "cancelled", reason)

    def report(self, *, root: str, wait: str, kind: str, message: str, about: str, actor: Actor) -> str:
        """Open an incident at what an instance waits for; its id. It goes with that, or when somebody resolves it: nothing stands still by it.

        In: ``kind`` and ``about``, words of whoever reports it. Raises NotFound when the instance does not wait for it.
        """

        def work(tx: Transaction) -> str:
            row = tx.lock_root(root)
            require_instance(self.home.policy, actor, "retry", instance_view(row))
            turn = Turn(tx, row, actor=actor)
            at = turn.wait(wait)
            if at is None:
                raise NotFound(root=root, wait=wait)
            made = self.home.ids()
            where = {"root": root, "tenant": row["tenant"], "process": at.process, "element": at.element, "subject": row_id(root, wait)}
            told = {"kind": REPORTED + kind, "code": about, "message": message, "trace": ""}
            outbound.add_incident(tx.connection, {"id": made, **where, **told, "created_at": tx.now})
            turn.row["troubles"] += 1
            turn.note("incident_reported", process=at.process, element=at.element, data={"incident": made, "type": kind, "message": message})
            turn.save_notes()
            return made

        return self.home.transact(work)

    def annotate(self, *, incident: str, text: str | None, actor: Actor) -> None:
        """Write something beside an open incident, in place of what stood there (None: take it away). Raises UnknownIncident."""

        def work(tx: Transaction) -> None:
            found = select(incident_table).where(incident_table.c.id == incident, incident_table.c.resolved_at.is_(None))
            row = tx.connection.execute(found).mappings().one_or_none()
            if row is None or row["root"] is None:
                raise UnknownIncident(incident=incident)
            root = tx.lock_root(row["root"])
            require_instance(self.home.policy, actor, "retry", instance_view(root))
            tx.connection.execute(update(incident_table).where(incident_table.c.id == incident).values(annotation=text))
            turn = Turn(tx, root, actor=actor)
            turn.note("incident_annotation", process=row["process"], element=row["element"], data={"incident": incident, "annotation": text})
            turn.save_notes()

        self.home.transact(work)

    def _resolve(
        self, incident: str, actor: Actor, verb: str, resolution: str, reason: str, *, variables: Mapping[str, Any] | None = None
    ) -> None:
        def work(tx: Transaction) -> None:
            row = cast(
                "Row | None", tx.connection.execute(select(incident_table).where(incident_table.c.id == incident)).mappings().one_or_none()
            )
            if row is None:
                raise UnknownIncident(incident=incident)
            root = None if row["root"] is None else tx.lock_root(row["root"])
            view = InstanceView("", row["process"], "", row["tenant"], 0) if root is None else instance_view(root)
            require_instance(self.home.policy, actor, verb, view)
            if not outbound.resolve_incident(tx.connection, incident, at=tx.now, by=actor.id, resolution=resolution, reason=reason):
                raise UnknownIncident(incident=incident)
            tx.left_work = True
            if root is None:
                _loose_end(tx, row, again=verb == "retry")
                return
            turn = Turn(tx, root, actor=actor)
            turn.row["troubles"] -= 1
            turn.note("incident_" + verb, process=row["process"], element=row["element"], data={"incident": incident, "reason": reason})
            _act(turn, row, verb, variables or {})

        self.home.transact(work)


def _act(turn: Turn, row: Mapping[str, Any], verb: str, variables: Mapping[str, Any]) -> None:
    if verb == "cancel":
        turn.execution.cancel()
        turn.step()
        turn.row["status"] = "cancelled"
        turn.save()
        return
    if row["kind"].startswith(REPORTED):
        turn.save_notes()
        return
    turn.require_running()
    if row["kind"] == EXTERNAL:
        _external(turn, row, verb, variables)
    elif row["kind"] == "service":
        _service(turn, row, verb, variables)
    elif row["kind"] == "error":
        _uncaught(turn, row, verb)
    elif row["kind"] == "timer" and verb == "skip":
        turn.execution.fire(wait_of(row["subject"]), due=turn.now)
        advance(turn)
        turn.save()
    else:
        _loose_end(turn.tx, row, again=verb == "retry")
        turn.save_notes()


def _service(turn: Turn, row: Mapping[str, Any], verb: str, variables: Mapping[str, Any]) -> None:
    wait = turn.wait(wait_of(row["subject"]))
    if wait is None:
        turn.save_notes()
        return
    if verb == "skip":
        turn.execution.complete(wait.id, variables=variables)
        advance(turn)
        turn.save()
    elif turn.is_outside(wait):
        outbound.reawaken_jobs(turn.tx.connection, root=turn.root, wait=wait.id, due=turn.now)
        turn.save_notes()
    else:
        if perform(turn, wait):
            go_on(turn)
        turn.save()


def _external(turn: Turn, row: Mapping[str, Any], verb: str, variables: Mapping[str, Any]) -> None:
    """A task of workers elsewhere: let it be fetched once more, or count it as done."""
    if verb == "retry":
        again = update(external_task).where(external_task.c.id == row["subject"])
        turn.tx.connection.execute(again.values(retries=1, worker=None, locked_until=None))
        turn.save_notes()
        return
    turn.execution.complete(wait_of(row["subject"]), variables=variables)
    advance(turn)
    turn.save()


def _uncaught(turn: Turn, row: Mapping[str, Any], verb: str) -> None:
    """An error that nobody caught: throw it again, or let its path end there."""
    wait = wait_of(row["subject"])
    if verb == "retry":
        turn.execution.throw_again(wait)
    else:
        turn.execution.complete(wait)
    advance(turn)
    turn.save()


def _loose_end(tx: Transaction, row: Mapping[str, Any], *, again: bool) -> None:
    """A timer, job or message: make it ready again, or drop it."""
    connection, subject = tx.connection, row["subject"]
    if row["kind"] == "timer":
        outbound.stop_timer(connection, subject, ready=again)
    elif row["kind"] == "message" and again:
        outbound.postpone_message(connection, int(subject), attempts=0, due=tx.now, state="waiting")
    elif row["kind"] == "message":
        outbound.settle_message(connection, int(subject), state="expired")
    elif again:
        outbound.reawaken_job(connection, int(subject), due=tx.now)
    else:
        outbound.drop_job(connection, int(subject))
