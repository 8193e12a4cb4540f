"""The engine's invariants, each a named function that gives its violations as sentences (none: all is well). Reads only; for ``doctor``."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import cast

from sqlalchemy import Connection, Float, func, select, type_coerce

from store.engine.chain import GENESIS, NAMED, digest_of, link, link_unnamed
from store.engine.deletion import deleted_heads, deletions_hold
from store.engine.tables import (
    anchor,
    deadline,
    deadline_change,
    external_task,
    history,
    incident,
    instance,
    job,
    submission,
    subscription,
    task,
    task_candidate,
    timer,
    variable,
    version,
)
from store.engine.worth import worth
from store.types import encode, micros

Violations = Iterator[str]
Check = Callable[[Connection], Violations]


def chain_whole(connection: Connection) -> Violations:
    """Every history entry follows from the one before, without a gap, and its data fit their digest (or were removed)."""
    rows = connection.execute(select(history).order_by(history.c.root, history.c.seq))
    names = ("root", "seq", "revision", "actor", "kind", "process", "element", "digest")
    for root, entries in groupby(rows, key=lambda row: row.root):
        before = GENESIS
        for seq, row in enumerate(entries, 1):
            if row.seq != seq:
                yield f"{root}: entry {seq} is missing"
                break
            if row.data is not None and digest_of(row.data) != row.digest:
                yield f"{root}: the data of entry {row.seq} were changed"
            told = {name: getattr(row, name) for name in names}
            named = row.hash.startswith(NAMED)
            at = micros(row.at)
            before = link(before, at=at, **told, name=row.actor_name) if named else link_unnamed(before, at=at, **told)
            if before != row.hash:
                yield f"{root}: entry {row.seq} does not follow from the one before"
                break


def head_is_last_entry(connection: Connection) -> Violations:
    """Each instance's seq and head are those of its last history entry."""
    last = select(history.c.root, func.max(history.c.seq).label("seq")).group_by(history.c.root).subquery()
    found = (
        select(instance.c.root, instance.c.seq, instance.c.head, last.c.seq.label("last"), history.c.hash)
        .outerjoin(last, last.c.root == instance.c.root)
        .outerjoin(history, (history.c.root == instance.c.root) & (history.c.seq == last.c.seq))
        .where((instance.c.seq != func.coalesce(last.c.seq, 0)) | (instance.c.head != func.coalesce(history.c.hash, "")))
    )
    for row in connection.execute(found):
        yield f"{row.root}: the instance says entry {row.seq}, its history ends with {row.last}"


def anchors_hold(connection: Connection) -> Violations:
    """Every anchor follows from the one before, and the heads it wrote down are still in the history."""
    before, gone = GENESIS, deleted_heads(connection)
    for number, row in enumerate(connection.execute(select(anchor).order_by(anchor.c.number)), 1):
        if row.number != number or row.hash != sha256(f"{before}\n{row.number}\n{encode(row.heads)}".encode()).hexdigest():
            yield f"anchor {row.number} does not follow from the one before"
            return
        before = row.hash
        for root, (seq, head) in row.heads.items():
            found = select(history.c.hash).where(history.c.root == root, history.c.seq == seq)
            if connection.execute(found).scalar() != head and not (root in gone and cast("int", gone[root][0]) >= seq):
                yield f"anchor {row.number}: entry {seq} of {root} is not what it was"


def waiting_rows_have_live_roots(connection: Connection) -> Violations:
    """No timer, subscription, open task or service job belongs to an instance that has ended."""
    for table, extra in ((timer, []), (subscription, []), (task, [task.c.state == "open"]), (job, [job.c.wait.is_not(None)])):
        live = select(instance.c.root).where(instance.c.status.in_(["running", "suspended"]))
        for (key,) in connection.execute(select(table.c.id).where(table.c.root.not_in(live), *extra)):
            yield f"{table.name} {key} waits in an instance that has ended"


def running_instances_wait(connection: Connection) -> Violations:
    """Every running instance waits for something: a task, a timer, a subscription, a job, an open incident, or somebody who dropped a timer of it."""
    dropped = select(history.c.root).where(history.c.kind == "timer_dropped")
    held = select(instance.c.root).where(instance.c.status == "running", instance.c.troubles == 0)
    for table in (timer, subscription, job, external_task):
        held = held.where(instance.c.root.not_in(select(table.c.root).where(table.c.root.is_not(None))))
    held = held.where(instance.c.root.not_in(select(task.c.root).where(task.c.state == "open")), instance.c.root.not_in(dropped))
    for (root,) in connection.execute(held):
        yield f"{root} runs but waits for nothing"


def candidates_match_tasks(connection: Connection) -> Violations:
    """Open tasks have exactly their candidates' rows, marked taken if somebody holds the task; closed tasks have none."""
    closed = select(task_candidate.c.task).join(task, task.c.id == task_candidate.c.task).where(task.c.state != "open").distinct()
    for (key,) in connection.execute(closed):
        yield f"task {key} is closed but still offered"
    kept: dict[str, set[tuple[str, bool, int]]] = {}
    for row in connection.execute(select(task_candidate)):
        kept.setdefault(row.task, set()).add((row.who, row.taken, row.due))
    for row in connection.execute(select(task).where(task.c.state == "open")):
        due = 2**62 if row.due is None else micros(row.due)
        who = [f"u:{user}" for user in row.users] + [f"g:{group}" for group in row.groups]
        if kept.get(row.id, set()) != {(each, row.assignee is not None, due) for each in who}:
            yield f"task {row.id}: its candidates' rows do not say what the task says"


def one_completion_per_task(connection: Connection) -> Violations:
    """A completed task has exactly one submission that was not taken back; an open one has none."""
    counted = (
        select(submission.c.task, func.count().label("number"))
        .where(submission.c.act == "complete", submission.c.taken_back.is_(False))
        .group_by(submission.c.task)
        .subquery()
    )
    found = select(task.c.id, task.c.state, func.coalesce(counted.c.number, 0)).outerjoin(counted, counted.c.task == task.c.id)
    for key, state, number in connection.execute(found):
        if number != (1 if state == "completed" else 0):
            yield f"task {key} is {state} and has {number} completions"


def troubles_counted(connection: Connection) -> Violations:
    """Each instance counts its open incidents right."""
    counted = (
        select(incident.c.root, func.count().label("number")).where(incident.c.resolved_at.is_(None)).group_by(incident.c.root).subquery()
    )
    number = func.coalesce(counted.c.number, 0)
    found = select(instance.c.root, instance.c.troubles, number).outerjoin(counted, counted.c.root == instance.c.root)
    for root, troubles, there in connection.execute(found.where(instance.c.troubles != number)):
        yield f"{root} counts {troubles} incidents, there are {there}"


def ended_instances_are_dated(connection: Connection) -> Violations:
    """An instance has an end exactly if it has ended."""
    ended = instance.c.status.in_(["ended", "cancelled"])
    for (root,) in connection.execute(select(instance.c.root).where(ended != instance.c.ended_at.is_not(None))):
        yield f"{root}: its status and its end do not agree"


def held_work_has_a_reason(connection: Connection) -> Violations:
    """A timer or job that is not ready has an open incident, a suspended instance, or (a timer) somebody who holds it."""
    stuck = select(incident.c.subject).where(incident.c.resolved_at.is_(None))
    stopped = select(instance.c.root).where(instance.c.status == "suspended")
    held = select(timer.c.id, timer.c.root).where(timer.c.ready.is_(False), timer.c.id.not_in(stuck), timer.c.root.not_in(stopped))
    for key, root in connection.execute(held):
        if not _is_held(connection, root, key):
            yield f"timer {key} stands still without a reason"
    for row in connection.execute(select(job).where(job.c.ready.is_(False))):
        subject = str(row.id) if row.wait is None else f"{row.root}.{row.wait}"
        reasons = select(incident.c.id).where(incident.c.subject == subject, incident.c.resolved_at.is_(None))
        suspended = connection.execute(stopped.where(instance.c.root == row.root)).first()
        if connection.execute(reasons).first() is None and suspended is None:
            yield f"job {row.id} stands still without a reason"


def _is_held(connection: Connection, root: str, key: str) -> bool:
    """Whether the last thing that people did with a timer was to hold it."""
    done = select(history.c.kind, history.c.data).where(history.c.root == root, history.c.kind.in_(["timer_held", "timer_freed"]))
    notes = connection.execute(done.order_by(history.c.seq.desc()))
    return next((kind for kind, data in notes if data is not None and data["timer"] == key), "") == "timer_held"


def variables_are_told(connection: Connection) -> Violations:
    """What stands of a foreign diagram's variable is what its history says of the last setting, if nothing was removed from that by law."""
    theirs = select(instance.c.root).join(version, version.c.id == instance.c.version).where(version.c.profile == "generic")
    settings = select(history.c.root, history.c.seq, history.c.data).where(history.c.kind == "variable", history.c.root.in_(theirs))
    last: dict[tuple[str, str, str], tuple[object, ...]] = {}
    removed = set()
    for root, seq, data in connection.execute(settings.order_by(history.c.root, history.c.seq)):
        if data is None:
            removed.add(root)
        else:
            last[root, data["scope"], data["name"]] = (seq, data.get("removed", False), *_told(**worth(data["new"])))
    columns = variable.c
    standing = select(columns.root, columns.scope, columns.name, columns.seq, columns.removed, columns.kind, columns.text, columns.head)
    with_number = standing.add_columns(type_coerce(columns.number, Float).label("number"))
    kept = {
        (row.root, row.scope, row.name): (row.seq, row.removed, *_told(kind=row.kind, number=row.number, text=row.text, head=row.head))
        for row in connection.execute(with_number)
    }
    for key in sorted(kept.keys() | last.keys()):
        if key[0] not in removed and kept.get(key) != last.get(key):
            yield f"{key[0]}: the variable {key[2]!r} is not what its history says"


def _told(*, kind: str, number: float | None, text: str | None, head: str | None) -> tuple[object, ...]:
    """A value as databases keep it: SQLite knows numbers as floats only."""
    return kind, None if number is None else float(number), text, head


def deadlines_are_told(connection: Connection) -> Violations:
    """Each deadline stands where its last change put it: none was moved without a reason and a name."""
    one, change = deadline.c, deadline_change.c
    last = select(change.tenant, change.name, func.max(change.id).label("id")).group_by(change.tenant, change.name).subquery()
    same = (last.c.tenant == one.tenant) & (last.c.name == one.name)
    found = select(one.tenant, one.name).outerjoin(last, same).outerjoin(deadline_change, change.id == last.c.id)
    for row in connection.execute(found.where(change.at.is_(None) | (change.at != one.at))):
        yield f"{row.name} of {row.tenant} is not where its last change put it"


def deletions_follow(connection: Connection) -> Violations:
    """Every deletion of a deployment follows from the one before."""
    yield from deletions_hold(connection)


CHECKS: tuple[Check, ...] = (
    chain_whole,
    head_is_last_entry,
    anchors_hold,
    waiting_rows_have_live_roots,
    running_instances_wait,
    candidates_match_tasks,
    one_completion_per_task,
    troubles_counted,
    ended_instances_are_dated,
    held_work_has_a_reason,
    variables_are_told,
    deadlines_are_told,
    deletions_follow,
)


def violations(connection: Connection) -> dict[str, list[str]]:
    """All violated invariants of the store by name. That state and projection agree is ``engine.commands.audit``'s to say."""
    found = {check.__name__: list(check(connection)) for check in CHECKS}
    return {name: sentences for name, sentences in found.items() if sentences}
