"""What people do with a timer that waits: let it fire now, or be due at another instant."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.commands.home import Home, Transaction
from engine.commands.projection import root_of
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance
from engine.commands.starts import begin
from engine.commands.turn import Turn
from engine.contract import Actor, InstanceView
from engine.refusals import NotFound
from store.engine import beginnings, foreign, outbound
from store.engine.tables import timer as timers


class TimerVerbs:
    """The verbs on timers. Each raises NotFound for a timer that is gone, Suspended, and what the policy raises."""

    home: Home

    def fire_timer(self, *, timer: str, actor: Actor) -> None:
        """Let it fire now, whenever it is due; if it stood still after a failure, that is over."""

        def work(tx: Transaction) -> None:
            turn, row = _held(tx, timer, actor, "fire_timer")
            turn.row["troubles"] -= outbound.resolve_incidents_of(tx.connection, subjects=[timer], at=tx.now, by=actor.id)
            fire(turn, row, by=actor.id)

        self.home.transact(work)

    def postpone_timer(self, *, timer: str, due: datetime, actor: Actor) -> None:
        """Let it be due at another instant (aware), earlier or later."""

        def work(tx: Transaction) -> None:
            turn, row = _held(tx, timer, actor, "postpone_timer")
            data = {"timer": timer, "old": row.due.isoformat(), "new": due.isoformat()}
            turn.note("timer_moved", process=row.process, element=row.element, data=data)
            turn.execution.postpone(row.wait, due)
            turn.step()
            turn.save()
            tx.left_work = True

        self.home.transact(work)

    def drop_timer(self, *, timer: str, actor: Actor) -> None:
        """Let it never fire; what stands at it stays there until somebody moves it on."""

        def work(tx: Transaction) -> None:
            turn, row = _held(tx, timer, actor, "hold_timer")
            turn.note("timer_dropped", process=row.process, element=row.element, data={"timer": timer})
            turn.execution.disarm(row.wait)
            turn.step()
            turn.save()

        self.home.transact(work)

    def drop_beginning(self, *, beginning: int, actor: Actor) -> None:
        """Let a timer start event that waits begin nothing; a cycle has no round left, either."""

        def work(tx: Transaction) -> None:
            _allowed(tx, actor, "hold_timer")
            outbound.resolve_incidents_of(tx.connection, subjects=[str(beginning)], at=tx.now, by=actor.id)
            outbound.drop_job(tx.connection, beginning)

        self.home.transact(work)

    def begin_now(self, *, beginning: int, actor: Actor) -> None:
        """Let a timer start event begin an instance now, whenever it is due; a cycle then waits for its next round."""

        def work(tx: Transaction) -> None:
            _allowed(tx, actor, "fire_timer")
            outbound.reawaken_job(tx.connection, beginning, due=tx.now)
            row = outbound.lock_job(tx.connection, beginning, now=tx.now)
            if row is None:
                raise NotFound(timer=beginning)
            outbound.resolve_incidents_of(tx.connection, subjects=[str(beginning)], at=tx.now, by=actor.id)
            outbound.drop_job(tx.connection, row.id)
            begin(tx, row)

        self.home.transact(work)

    def rearrange_beginning(self, *, beginning: int, actor: Actor, due: datetime | None = None, held: bool | None = None) -> None:
        """Let a timer start event that waits be due at another instant (aware), or wait whatever falls due (``held``), or go on."""

        def work(tx: Transaction) -> None:
            _allowed(tx, actor, "postpone_timer")
            if not beginnings.rearrange(tx.connection, beginning, due=due, ready=None if held is None else not held):
                raise NotFound(timer=beginning)
            tx.left_work = True

        self.home.transact(work)

    def recalculate_timer(self, *, timer: str, actor: Actor) -> None:
        """Evaluate its expression again, from when it was set: it is due when that says now."""

        def work(tx: Transaction) -> None:
            turn, row = _held(tx, timer, actor, "postpone_timer")
            due = turn.execution.rearm(row.wait)
            data = {"timer": timer, "old": row.due.isoformat(), "new": None if due is None else due.isoformat()}
            turn.note("timer_moved", process=row.process, element=row.element, data=data)
            turn.step()
            turn.save()
            tx.left_work = True

        self.home.transact(work)

    def hold_timer(self, *, timer: str, held: bool, actor: Actor) -> None:
        """Let it wait whatever falls due, or go on; one that stands still after a failure stays so."""

        def work(tx: Transaction) -> None:
            turn, row = _held(tx, timer, actor, "hold_timer")
            if foreign.incidents_of(tx.connection, timer):
                return
            turn.note("timer_held" if held else "timer_freed", process=row.process, element=row.element, data={"timer": timer})
            outbound.stop_timer(tx.connection, timer, ready=not held)
            turn.save_notes()
            tx.left_work = True

        self.home.transact(work)


def fire(turn: Turn, row: Any, **said: str) -> None:
    """Fire a timer of a locked instance and go on to the next rest; ``said`` stands in the history beside the due instant."""
    turn.note("timer", process=row.process, element=row.element, data={"timer": row.id, "due": row.due.isoformat(), **said})
    turn.execution.fire(row.wait, due=row.due)
    advance(turn)
    turn.save()


def _allowed(tx: Transaction, actor: Actor, verb: str) -> None:
    """What belongs to no instance yet is asked for as a whole. Raises what the policy raises."""
    require_instance(tx.home.policy, actor, verb, InstanceView("", "", "", "", 0))


def _held(tx: Transaction, timer: str, actor: Actor, verb: str) -> tuple[Turn, Any]:
    root = tx.lock_root(root_of(timer))
    require_instance(tx.home.policy, actor, verb, instance_view(root))
    row = tx.connection.execute(select(timers).where(timers.c.id == timer)).one_or_none()
    if row is None:
        raise NotFound(timer=timer)
    turn = Turn(tx, root, actor=actor)
    turn.require_running()
    return turn, row
