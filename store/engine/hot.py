"""The few statements of a command, built once. Each is one round trip; ``engine.commands`` hands in plain dictionaries."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, exists, insert, select, update

from store.engine.tables import called, draft, history, instance, submission, subscription, task, task_candidate, timer

NO_DUE = 2**62  # sorts after every real instant

_AGGREGATE = [column for column in instance.c if column.name not in {"state", "previous"}]
_TASK = [column.label("task_" + column.name) for column in task.c]
_DRAFTED = exists().where(draft.c.task == task.c.id).label("drafted")

# ---- locking: the root row first, always
read_root = select(*_AGGREGATE).where(instance.c.root == bindparam("root"))
lock_root = select(*_AGGREGATE).where(instance.c.root == bindparam("root")).with_for_update()
lock_root_or_skip = select(*_AGGREGATE).where(instance.c.root == bindparam("root")).with_for_update(skip_locked=True)
lock_task = (
    select(*_AGGREGATE, *_TASK, _DRAFTED)
    .join_from(task, instance, task.c.root == instance.c.root)
    .where(task.c.id == bindparam("task"))
    .with_for_update(of=[instance, task])
)
read_task = select(*_AGGREGATE, *_TASK).join_from(task, instance, task.c.root == instance.c.root).where(task.c.id == bindparam("task"))
read_state = select(instance.c.state).where(instance.c.root == bindparam("root"))
read_previous = select(instance.c.previous).where(instance.c.root == bindparam("root"))

# ---- the aggregate
add_instance = insert(instance)
save_state = (
    update(instance)
    .where(instance.c.root == bindparam("of_root"), instance.c.seq == bindparam("of_seq"))
    .values(
        revision=bindparam("revision"),
        seq=bindparam("seq"),
        head=bindparam("head"),
        version=bindparam("version"),
        status=bindparam("status"),
        stage=bindparam("stage"),
        public_stage=bindparam("public_stage"),
        previous_task=bindparam("previous_task"),
        previous_sent=bindparam("previous_sent"),
        troubles=bindparam("troubles"),
        changed_at=bindparam("changed_at"),
        ended_at=bindparam("ended_at"),
        state=bindparam("state"),
        previous=None,
    )
)
# The same, keeping the state before: the column is copied inside the database, its bytes do not travel.
save_state_and_previous = save_state.values(previous=instance.c.state)
save_head = (
    update(instance)
    .where(instance.c.root == bindparam("of_root"), instance.c.seq == bindparam("of_seq"))
    .values(
        seq=bindparam("seq"),
        head=bindparam("head"),
        status=bindparam("status"),
        troubles=bindparam("troubles"),
        changed_at=bindparam("changed_at"),
    )
)
add_submission = insert(submission)
add_called = insert(called)
drop_called = delete(called).where(called.c.root == bindparam("of_root"), called.c.scope == bindparam("of_scope"))

# ---- projection
add_task = insert(task)
add_candidate = insert(task_candidate)
close_task = (
    update(task)
    .where(task.c.id == bindparam("of_task"))
    .values(state=bindparam("state"), closed_at=bindparam("closed_at"), closed_by=bindparam("closed_by"), revision=task.c.revision + 1)
)
reschedule_task = (
    update(task)
    .where(task.c.id == bindparam("of_task"))
    .values(
        due=bindparam("due"),
        follow_up=bindparam("follow_up"),
        priority=bindparam("priority"),
        depends=bindparam("depends"),
        revision=task.c.revision + 1,
    )
)
reschedule_candidates = update(task_candidate).where(task_candidate.c.task == bindparam("of_task")).values(due=bindparam("due"))
hold_task = (
    update(task)
    .where(task.c.id == bindparam("of_task"))
    .values(assignee=bindparam("assignee"), owner=bindparam("owner"), revision=task.c.revision + 1)
)
hold_candidates = update(task_candidate).where(task_candidate.c.task == bindparam("of_task")).values(taken=bindparam("taken"))
drop_candidates = delete(task_candidate).where(task_candidate.c.task == bindparam("of_task"))
drop_drafts = delete(draft).where(draft.c.task == bindparam("of_task"))
add_timer = insert(timer)
change_timer = (
    update(timer)
    .where(timer.c.id == bindparam("of_timer"))
    .values(due=bindparam("due"), remaining=bindparam("remaining"), depends=bindparam("depends"))
)
drop_timer = delete(timer).where(timer.c.id == bindparam("of_timer"))
add_subscription = insert(subscription)
drop_subscription = delete(subscription).where(subscription.c.id == bindparam("of_subscription"))


# ---- history: many rows with every act, so its text is made once and its values come as the columns store them
@lru_cache(maxsize=4)
def _history_text(dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
    compiled = insert(history).compile(dialect=dialect)
    positions = getattr(compiled, "positiontup", None)
    return str(compiled), None if positions is None else tuple(positions)


def add_history(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append entries whose ``at`` is in microseconds and whose ``data`` is JSON text (or None)."""
    statement, positions = _history_text(connection.dialect)
    values = [tuple(row[name] for name in positions) for row in rows] if positions else [dict(row) for row in rows]
    connection.exec_driver_sql(statement, values)
