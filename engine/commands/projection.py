"""Keeps the rows of an instance's waiting things equal to what its execution waits for: tasks, timers, subscriptions.

Writes only the difference; rows that did not change cost nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.bpmn.instance import Instance
from engine.bpmn.waits import Wait
from engine.bpmn.walk import standing
from store.engine import hot
from store.types import micros

Rows = list[dict[str, Any]]
DELIVERED = frozenset({"message", "signal", "receive"})  # kinds of waits that somebody hands something to
HEARD = DELIVERED | {"conditional"}  # kinds of waits that are subscriptions


@dataclass(frozen=True)
class Origin:
    """What every row of an instance repeats, and when and by whom it is written."""

    root: str
    tenant: str
    now: datetime
    seq: int
    actor: str
    version: int  # of the instance


@dataclass
class Difference:
    """Waits that came, went or changed between two states of an instance."""

    came: list[Wait] = field(default_factory=list)
    went: list[Wait] = field(default_factory=list)
    changed: list[Wait] = field(default_factory=list)


def compare(before: Iterable[Wait], after: Iterable[Wait]) -> Difference:
    """The difference between two sets of waits, in the order of ``after``."""
    known = {(wait.id, wait.kind): wait for wait in before}  # a token that is halted waits for something else than before
    found = Difference()
    for wait in after:
        old = known.pop((wait.id, wait.kind), None)
        if old is None:
            found.came.append(wait)
        elif old != wait:
            found.changed.append(wait)
    found.went.extend(known.values())
    return found


def row_id(root: str, wait: str) -> str:
    """The public id of a waiting thing: the root it belongs to, and the wait within it."""
    return f"{root}.{wait}"


def root_of(row: str) -> str:
    """The root that a public id belongs to."""
    return row.rpartition(".")[0]


def wait_of(row: str) -> str:
    """The wait that a public id means within its root."""
    return row.rpartition(".")[2]


def project(connection: Connection, difference: Difference, origin: Origin, *, completed: str | None) -> None:
    """Write the difference. ``completed`` is the wait of the user task that a person has just completed (others were cancelled)."""
    _tasks(connection, difference, origin, completed)
    _timers(connection, difference, origin)
    came = [_subscription_row(wait, origin) for wait in difference.came if wait.kind in HEARD]
    for wait in difference.changed:  # a key may have changed with its variables
        if wait.kind in HEARD:
            hot.drop_subscription.run(connection, {"of_subscription": row_id(origin.root, wait.id)})
            came.append(_subscription_row(wait, origin))
    gone = [row_id(origin.root, wait.id) for wait in difference.went if wait.kind in HEARD]
    hot.drop_subscription.run(connection, [{"of_subscription": each} for each in gone])
    hot.add_subscription.run(connection, came)


def _tasks(connection: Connection, difference: Difference, origin: Origin, completed: str | None) -> None:
    closed: Rows = [
        {
            "of_task": row_id(origin.root, wait.id),
            "state": "completed" if wait.id == completed else "cancelled",
            "closed_at": origin.now,
            "closed_by": origin.actor,
        }
        for wait in difference.went
        if wait.kind == "user"
    ]
    hot.close_task.run(connection, closed)
    hot.drop_candidates.run(connection, [{"of_task": row["of_task"]} for row in closed])
    opened = [wait for wait in difference.came if wait.kind == "user"]
    hot.add_task.run(connection, [_task_row(wait, origin) for wait in opened])
    hot.add_candidate.run(connection, [row for wait in opened for row in candidate_rows(wait, origin.root)])
    for wait in difference.changed:
        if wait.kind == "user":
            reschedule(connection, wait, root=origin.root, at=origin.now)


def reschedule(connection: Connection, wait: Wait, *, root: str, at: datetime) -> None:
    """Write a task's new due instant, follow-up and priority as they changed ``at`` an instant; assignment belongs to claims and stays."""
    task = row_id(root, wait.id)
    changed = {"due": wait.due, "follow_up": wait.follow_up, "priority": wait.priority, "depends": sorted(wait.depends), "changed_at": at}
    hot.reschedule_task.run(connection, {"of_task": task, **changed})
    hot.reschedule_candidates.run(connection, {"of_task": task, "due": sort_key(wait.due)})


def sort_key(due: datetime | None) -> int:
    """What candidates are sorted by: the due instant, far away for none."""
    return hot.NO_DUE if due is None else micros(due)


def _where(wait: Wait, origin: Origin) -> dict[str, Any]:
    """What the rows of all waiting things begin with."""
    return {
        "id": row_id(origin.root, wait.id),
        "root": origin.root,
        "wait": wait.id,
        "tenant": origin.tenant,
        "process": wait.process,
        "element": wait.element,
        "within": wait.within,
    }


def _task_row(wait: Wait, origin: Origin) -> dict[str, Any]:
    return {
        **_where(wait, origin),
        "name": wait.name,
        "description": wait.description,
        "form_key": wait.form_key,
        "state": "open",
        "assignee": wait.assignee,
        "owner": None,
        "users": list(wait.candidate_users),
        "groups": list(wait.candidate_groups),
        "priority": wait.priority,
        "due": wait.due,
        "follow_up": wait.follow_up,
        "depends": sorted(wait.depends),
        "revision": 1,
        "defined_in": origin.version if wait.origin is None else wait.origin,
        "opened_seq": origin.seq,
        "created_at": origin.now,
        "changed_at": None,
        "closed_at": None,
        "closed_by": None,
    }


def candidate_rows(wait: Wait, root: str) -> Rows:
    """One row per candidate of a task."""
    who = dict.fromkeys([f"u:{user}" for user in wait.candidate_users] + [f"g:{group}" for group in wait.candidate_groups])
    task, due, taken = row_id(root, wait.id), sort_key(wait.due), wait.assignee is not None
    return [{"task": task, "who": each, "taken": taken, "due": due} for each in who]


def _timers(connection: Connection, difference: Difference, origin: Origin) -> None:
    gone = [{"of_timer": row_id(origin.root, wait.id)} for wait in difference.went if wait.kind == "timer"]
    hot.drop_timer.run(connection, gone)
    hot.add_timer.run(connection, [_timer_row(wait, origin) for wait in difference.came if wait.kind == "timer"])
    hot.change_timer.run(
        connection,
        [{"of_timer": row_id(origin.root, wait.id), **_armed(wait)} for wait in difference.changed if wait.kind == "timer"],
    )


def _timer_row(wait: Wait, origin: Origin) -> dict[str, Any]:
    return {
        **_where(wait, origin),
        **_armed(wait),
        "ready": True,
    }


def _armed(wait: Wait) -> dict[str, Any]:
    """What a timer's rearming changes."""
    return {"due": wait.due, "remaining": len(wait.remaining), "depends": sorted(wait.depends)}


def _subscription_row(wait: Wait, origin: Origin) -> dict[str, Any]:
    return {
        **_where(wait, origin),
        "kind": wait.kind,
        "name": wait.message or "",
        "key": wait.correlation or "",
        "created_at": origin.now,
    }


def external_task_row(wait: Wait, origin: Origin) -> dict[str, Any]:
    """A service task that waits for a worker elsewhere."""
    return {
        **_where(wait, origin),
        "topic": wait.topic or "",
        "priority": wait.priority,
        "worker": None,
        "locked_until": None,
        "retries": None,
        "error_message": None,
        "error_details": None,
        "suspended": False,
        "created_at": origin.now,
    }


def positions(instance: Instance, root: str) -> Rows:
    """Where the tokens of an instance stand."""
    return [{"root": root, "token": place.id, "element": place.element, "within": within} for place, within in standing(instance)]


def place(connection: Connection, now: Rows, *, root: str, new: bool) -> None:
    """Write where the tokens of an instance stand now: the difference to the rows that are there (of a ``new`` instance none)."""
    before = {} if new else {row["token"]: row for row in hot.read_positions.rows(connection, {"root": root})}
    after = {row["token"]: row for row in now}
    hot.drop_position.run(connection, [{"of_root": root, "of_token": token} for token, row in before.items() if after.get(token) != row])
    hot.add_position.run(connection, [row for token, row in after.items() if before.get(token) != row])
