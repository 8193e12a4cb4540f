"""The few statements of a command, built once. Each is one round trip; ``engine.commands`` hands in plain dictionaries."""

from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.engine.tables import (
    called,
    draft,
    external_task,
    history,
    instance,
    next_of,
    position,
    submission,
    subscription,
    task,
    task_candidate,
    timer,
    variable,
)
from store.prepared import Prepared

NO_DUE = 2**62  # sorts after every real instant

_APART = {"state", "previous", "dedupe", "started_at", "started_by", "changed_at"}  # what no command asks its root's row for
_AGGREGATE = [column for column in instance.c if column.name not in _APART]
_ASKED = ("id", "process", "element", "name", "form_key", "state", "assignee", "owner", "users", "groups", "priority", "due", "revision")
_TASK = [task.c[name].label("task_" + name) for name in (*_ASKED, "created_at", "closed_by", "defined_in")]
_DRAFTED = exists().where(draft.c.task == task.c.id).label("drafted")

# ---- locking: the root row first, always
_this_root = select(*_AGGREGATE).where(instance.c.root == bindparam("root"))
read_root = Prepared(_this_root)
lock_root = Prepared(_this_root.with_for_update())
lock_root_or_skip = Prepared(_this_root.with_for_update(skip_locked=True))
lock_roots_or_skip = (
    select(*_AGGREGATE, instance.c.state)
    .where(instance.c.root.in_(bindparam("roots", expanding=True)), instance.c.status == "running")
    .order_by(instance.c.root)
    .with_for_update(skip_locked=True)
)
_task_and_root = (
    select(*_AGGREGATE, *_TASK, _DRAFTED)
    .join_from(task, instance, task.c.root == instance.c.root)
    .where(task.c.id == bindparam("task"))
    .with_for_update(of=[instance, task])
)
lock_task = Prepared(_task_and_root)
lock_task_with_state = Prepared(_task_and_root.add_columns(instance.c.state))
read_task = Prepared(
    select(*_AGGREGATE, *_TASK).join_from(task, instance, task.c.root == instance.c.root).where(task.c.id == bindparam("task"))
)
read_roots_of_tasks = (  # each with its state: pages look into many instances at once
    select(*_AGGREGATE, instance.c.state)
    .where(instance.c.root.in_(select(task.c.root).where(task.c.id.in_(bindparam("tasks", expanding=True)))))
    .order_by(instance.c.root)
)
read_roots = (  # the same for what the interface shows of many
    select(*_AGGREGATE, instance.c.state).where(instance.c.root.in_(bindparam("roots", expanding=True))).order_by(instance.c.root)
)
read_state = Prepared(select(instance.c.state).where(instance.c.root == bindparam("root")))
read_previous = Prepared(select(instance.c.previous).where(instance.c.root == bindparam("root")))


# ---- the aggregate
def _given(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


_this_state = update(instance).where(instance.c.root == bindparam("of_root"), instance.c.seq == bindparam("of_seq"))
_HEAD = ("seq", "head", "status", "troubles", "changed_at")
_WHOLE = (*_HEAD, "revision", "version", "stage", "public_stage", "previous_task", "previous_sent", "ended_at", "state")

add_instance = Prepared(insert(instance))
save_state = Prepared(_this_state.values(**_given(*_WHOLE), previous=None))
# The same, keeping the state before: the column is copied inside the database, its bytes do not travel.
save_state_and_previous = Prepared(_this_state.values(**_given(*_WHOLE), previous=instance.c.state))
save_head = Prepared(_this_state.values(**_given(*_HEAD)))
add_submission = Prepared(insert(submission).values(**_given(*[column.name for column in submission.c if not column.primary_key])))
add_called = Prepared(insert(called))
drop_called = Prepared(delete(called).where(called.c.root == bindparam("of_root"), called.c.scope == bindparam("of_scope")))

read_positions = Prepared(select(position).where(position.c.root == bindparam("root")))
add_position = Prepared(insert(position))
drop_position = Prepared(delete(position).where(position.c.root == bindparam("of_root"), position.c.token == bindparam("of_token")))

# ---- projection
_this_task = update(task).where(task.c.id == bindparam("of_task")).values(revision=task.c.revision + 1)
_its_candidates = task_candidate.c.task == bindparam("of_task")


def _numbered(table: Table) -> Prepared:
    """An insert whose ``number`` the database counts: order of creation, also while the clock stands still."""
    return Prepared(
        insert(table).values(**_given(*[column.name for column in table.c if column.name != "number"]), number=next_of(table.name))
    )


add_task = _numbered(task)
add_candidate = Prepared(insert(task_candidate))
close_task = Prepared(_this_task.values(**_given("state", "closed_at", "closed_by")))
reschedule_task = Prepared(_this_task.values(**_given("due", "follow_up", "priority", "depends", "changed_at")))
reschedule_candidates = Prepared(update(task_candidate).where(_its_candidates).values(**_given("due")))
hold_task = Prepared(_this_task.values(**_given("assignee", "owner", "changed_at")))
hold_candidates = Prepared(update(task_candidate).where(_its_candidates).values(**_given("taken")))
drop_candidates = Prepared(delete(task_candidate).where(_its_candidates))
drop_drafts = Prepared(delete(draft).where(draft.c.task == bindparam("of_task")))
add_timer = _numbered(timer)
change_timer = Prepared(update(timer).where(timer.c.id == bindparam("of_timer")).values(**_given("due", "remaining", "depends")))
drop_timer = Prepared(delete(timer).where(timer.c.id == bindparam("of_timer")))
add_subscription = Prepared(insert(subscription))
add_external_task = _numbered(external_task)
drop_external_task = Prepared(delete(external_task).where(external_task.c.id == bindparam("of_external_task")))
drop_subscription = Prepared(delete(subscription).where(subscription.c.id == bindparam("of_subscription")))

# ---- history: many rows with every act, so its values come as the columns store them
add_history = Prepared(insert(history), stored=True)


@cache
def keep_variables(dialect: str) -> Prepared:
    """The last settings of variables: of one that was set before it stays when that was first."""
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(variable).inline()
    kept = {column.name for column in variable.primary_key} | {"first", "begun"}
    changed = {column.name: new.excluded[column.name] for column in variable.c if column.name not in kept}
    return Prepared(new.on_conflict_do_update(index_elements=list(variable.primary_key), set_=changed), stored=True)
