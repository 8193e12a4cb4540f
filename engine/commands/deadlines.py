"""Named deadlines of a tenant: live facts that timers and due dates refer to. Changing one re-arms what depends on it, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select, union

from engine.bpmn.waits import Wait
from engine.commands.home import Home, Transaction
from engine.commands.projection import row_id, wait_of
from engine.commands.rights import require_instance, task_view
from engine.commands.service import advance
from engine.commands.turn import Turn
from engine.commands.updates import tell_change
from engine.contract import SYSTEM, Actor, InstanceView
from store.engine import deadlines as stored
from store.engine import hot, queries
from store.engine.tables import instance, task, timer

Plan = Mapping[str, datetime]


@dataclass(frozen=True)
class Moved:
    """A timer or a task's due date that follows a deadline: ``due`` None means that nothing is left to wait for."""

    id: str
    root: str
    business_key: str
    kind: str  # timer | task
    element: str
    name: str
    before: datetime | None
    due: datetime | None


@dataclass(frozen=True)
class Touched:
    """What setting a deadline touches."""

    tenant: str
    name: str
    before: datetime | None
    at: datetime
    moved: tuple[Moved, ...]

    @property
    def roots(self) -> tuple[str, ...]:
        """The instances touched, in order."""
        return tuple(dict.fromkeys(each.root for each in self.moved))


class DeadlineVerbs:
    """The verbs on named deadlines."""

    home: Home

    def set_deadline(
        self,
        *,
        tenant: str,
        name: str,
        at: datetime,
        reason: str,
        actor: Actor,
        check: Callable[[Plan], None] | None = None,
        business_key: str = "",
    ) -> Touched:
        """Set a named deadline (``at``: exclusive end, aware) and re-arm every timer and due date that was computed from it.

        All in one transaction over all instances concerned. A timer that is due by the new instant fires with the next ``work()``.
        ``check`` gets the tenant's plan (name -> exclusive end) as it stands in this transaction, locked, and raises to refuse: of two
        who move deadlines at once the second is asked about what the first has set. With a ``business_key`` only its case has the
        instant, and only if it is later than everybody's.
        """
        kept = stored.own_name(name, business_key) if business_key else name
        require_instance(self.home.policy, actor, "set_deadline", InstanceView("", name, "", tenant, 0))

        def work(tx: Transaction) -> Touched:
            if check is not None:
                check(stored.lock_all(tx.connection, tenant=tenant))
            everybody = stored.get(tx.connection, tenant=tenant, name=name)
            before = stored.put(tx.connection, tenant=tenant, name=kept, at=at, by=actor.id, reason=reason, now=tx.now) or everybody
            moved: list[Moved] = []
            for root in _dependent(tx.connection, tenant=tenant, name=name, business_key=business_key):
                turn = Turn(tx, tx.lock_root(root), actor=actor)
                mine = _rearm(turn, name)
                if mine:
                    _tell(turn, mine)
                    data = {"name": name, "before": _iso(before), "at": _iso(at), "reason": reason, "moved": [each.id for each in mine]}
                    turn.note("deadline", data=data)
                    moved.extend(mine)
                    turn.save()
            tx.left_work = True
            return Touched(tenant, name, before, at, tuple(moved))

        return self.home.transact(work)

    def preview_deadline(self, *, tenant: str, name: str, at: datetime, business_key: str = "") -> Touched:
        """What ``set_deadline`` would touch; nothing is changed and nobody is locked out."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            before = queries.deadlines(connection, tenant=tenant, business_key=business_key).get(name)
            moved: list[Moved] = []
            for root in _dependent(connection, tenant=tenant, name=name, business_key=business_key):
                row = tx.read_root(root)
                moved.extend(_rearm(Turn(tx, row, actor=SYSTEM, hypothesis={name: at}), name))
            return Touched(tenant, name, before, at, tuple(moved))


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _dependent(connection: Connection, *, tenant: str, name: str, business_key: str) -> Sequence[str]:
    """The running roots (of one business key, if any is given) with a timer or task computed from the deadline, always in the same order (no deadlock)."""
    mark = stored.mark(name)
    timers = select(timer.c.root).where(timer.c.tenant == tenant, stored.text(timer.c.depends).contains(mark, autoescape=True))
    tasks = select(task.c.root).where(
        task.c.tenant == tenant, task.c.state == "open", stored.text(task.c.depends).contains(mark, autoescape=True)
    )
    both = union(timers, tasks).subquery()
    live = select(instance.c.root).where(instance.c.root.in_(select(both.c.root)), instance.c.status.in_(["running", "suspended"]))
    if business_key:
        live = live.where(instance.c.business_key == business_key)
    return connection.execute(live.order_by(instance.c.started_at, instance.c.root)).scalars().all()


def _rearm(turn: Turn, name: str) -> list[Moved]:
    """Re-arm what depends on the deadline in one instance: tasks first, then timers, also those on such a task."""
    waits = turn.waits()
    tasks = [wait.id for wait in waits if wait.kind == "user" and name in wait.depends]
    timers = [wait.id for wait in waits if wait.kind == "timer" and (name in wait.depends or wait.attached_to in tasks)]
    for each in (*tasks, *timers):
        turn.execution.rearm(each)
    turn.step()
    after = {wait.id: wait for wait in turn.waits()}
    return [_moved(turn, wait, after.get(wait.id)) for wait in waits if wait.kind in {"user", "timer"} and after.get(wait.id) != wait]


def _tell(turn: Turn, moved: list[Moved]) -> None:
    """The listeners of `update` hear of tasks that are due at another instant now."""
    changed = False
    for each in moved:
        wait = turn.wait(wait_of(each.id)) if each.kind == "task" and each.due != each.before else None
        if wait is not None and any(listener.event == "update" for listener in turn.execution.element(wait.id).listeners):
            row = hot.read_task.one(turn.tx.connection, {"task": each.id})
            changed |= row is not None and tell_change(turn, wait, replace(task_view(row), due=wait.due), "update")
    if changed:
        advance(turn)


def _moved(turn: Turn, wait: Wait, after: Wait | None) -> Moved:
    kind = "task" if wait.kind == "user" else "timer"
    due = None if after is None else after.due
    return Moved(row_id(turn.root, wait.id), turn.root, turn.row["business_key"], kind, wait.element, wait.name, wait.due, due)
