"""Whether the projected rows say what the stored state says: state = projection, for every instance. Reads only; for ``doctor``."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from engine.bpmn.waits import Wait
from engine.commands.home import Home, Transaction
from engine.commands.projection import positions, row_id
from engine.commands.turn import Turn
from engine.commands.versions import GENERIC
from engine.contract import SYSTEM
from store.engine.tables import external_task, incident, instance, job, position, subscription, task, timer


def state_is_projected(home: Home, connection: Connection) -> Iterator[str]:
    """A sentence for every row that the state does not ask for, and for every wait of a state that has no row."""
    tx = Transaction(home, connection, home.clock.now())
    for root in connection.execute(select(instance.c.root).order_by(instance.c.root)).scalars().all():
        yield from unlike(Turn(tx, tx.read_root(root), actor=SYSTEM, apart=True))


def unlike(turn: Turn) -> Iterator[str]:
    """The same of one instance."""
    waits = turn.execution.waits() if turn.row["status"] in {"running", "suspended"} else ()
    wanted = {key for wait in waits for key in _wanted(turn, wait)} | set(_standing(turn))
    found = set(_found(turn.tx.connection, turn.root))
    yield from (f"{kind} {key} is in the state but has no row" for kind, key in sorted(wanted - found))
    yield from (f"{kind} {key} has a row but is not in the state" for kind, key in sorted(found - wanted))


def _wanted(turn: Turn, wait: Wait) -> Iterator[tuple[str, str]]:
    key = row_id(turn.root, wait.id)
    if wait.kind == "user":
        yield "task", f"{key} due {wait.due}"
    elif wait.kind == "timer":
        yield "timer", f"{key} due {wait.due}"
    elif wait.kind in {"service", "error"}:
        yield "service", key
    else:
        yield "subscription", f"{key} {wait.message}/{wait.correlation or ''}"


def _standing(turn: Turn) -> Iterator[tuple[str, str]]:
    if turn.loaded.profile == GENERIC and turn.row["status"] in {"running", "suspended"}:
        for each in positions(turn.execution.instance, turn.root):
            yield "token", f"{each['token']} at {each['element']} in {each['within']!r}"


def _found(connection: Connection, root: str) -> Iterator[tuple[str, str]]:
    for key, due in connection.execute(select(task.c.id, task.c.due).where(task.c.root == root, task.c.state == "open")):
        yield "task", f"{key} due {due}"
    for key, due in connection.execute(select(timer.c.id, timer.c.due).where(timer.c.root == root)):
        yield "timer", f"{key} due {due}"
    awaited = select(subscription.c.id, subscription.c.name, subscription.c.key).where(subscription.c.root == root)
    for key, name, correlation in connection.execute(awaited):
        yield "subscription", f"{key} {name}/{correlation}"
    standing = select(position.c.token, position.c.element, position.c.within).where(position.c.root == root)
    for token, element, within in connection.execute(standing):
        yield "token", f"{token} at {element} in {within!r}"
    jobs = select(job.c.wait).where(job.c.root == root, job.c.kind == "service")
    stuck = select(incident.c.subject).where(
        incident.c.root == root, incident.c.kind.in_(["service", "error"]), incident.c.resolved_at.is_(None)
    )
    for subject in connection.execute(select(external_task.c.id).where(external_task.c.root == root)).scalars():
        yield "service", subject
    for subject in {row_id(root, wait) for wait in connection.execute(jobs).scalars()} | set(connection.execute(stuck).scalars()):
        yield "service", subject
