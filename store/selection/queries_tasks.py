"""Named reads of tasks with the case they are about: inboxes, desks, receipts.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, RowMapping, Select, bindparam, func, or_, select, union_all

from store.engine.tables import instance, submission, task, task_candidate
from store.selection.tables_application import application
from store.selection.tables_people import enterprise, unit
from store.selection.tables_review import (
    review_group,
)

Rows = Sequence[RowMapping]
PAGE = 50
_TASK = tuple(column for column in task.c if column.name != "number")  # the number that people know is their application's
_ABOUT = (
    instance.c.business_key,
    instance.c.process.label("root_process"),
    instance.c.version,
    instance.c.status,
    application.c.number,
    application.c.experience_name,
    enterprise.c.name.label("enterprise_name"),
    func.coalesce(unit.c.name, review_group.c.name).label("about"),
)


def _with_case(found: Select[Any]) -> Select[Any]:
    joined = task.join(instance, instance.c.root == task.c.root).outerjoin(application, application.c.id == instance.c.business_key)
    joined = joined.outerjoin(enterprise, enterprise.c.id == application.c.enterprise)
    joined = joined.outerjoin(unit, unit.c.season + "/" + unit.c.code == instance.c.business_key)
    group_key = review_group.c.season + "/" + review_group.c.id
    return found.select_from(joined.outerjoin(review_group, instance.c.business_key.in_((group_key, group_key + "/defence"))))


def _matching(search: str) -> ColumnElement[bool]:
    columns = (task.c.name, instance.c.business_key, application.c.number, application.c.experience_name, enterprise.c.name)
    return or_(*(column.icontains(search, autoescape=True) for column in columns))


_FOUND = _with_case(select(*_TASK, *_ABOUT))


def my_tasks(connection: Connection, *, actor: str, search: str = "", limit: int = PAGE, offset: int = 0) -> Rows:
    """Open tasks that the person has claimed or was given, the earliest due first. Each kind's head is read from an index."""
    return _urgent(connection, (f"u:{actor}",), {"holder": actor}, search=search, limit=limit, offset=offset)


def group_tasks(connection: Connection, *, groups: Collection[str], search: str = "", limit: int = PAGE, offset: int = 0) -> Rows:
    """Open tasks that nobody of the person's groups has claimed yet, the earliest due first. Each group's head is read from an index."""
    who = tuple(f"g:{group}" for group in sorted(groups))
    return _urgent(connection, who, {}, search=search, limit=limit, offset=offset) if who else ()


def _urgent(connection: Connection, who: Sequence[str], holder: Mapping[str, str], *, search: str, limit: int, offset: int) -> Rows:
    """One page of the open tasks offered to these, and of those held by the holder, the earliest due first."""
    found = _listed(len(who), held=bool(holder), whole=bool(search))
    if search:
        found = found.where(_matching(search))
    given = {**holder, **{f"who{number}": each for number, each in enumerate(who)}, "head": limit + offset, "most": limit, "start": offset}
    return connection.execute(found, given).mappings().all()


@cache  # at most as many as somebody has roles
def _listed(offers: int, *, held: bool, whole: bool) -> Select[Any]:
    """A page of the open tasks in some lists of ids; of each list only the page's head is looked up, unless the ``whole`` is to be searched."""
    heads = [_offered(f"who{number}") for number in range(offers)]
    if held:
        mine = select(task.c.id).where(task.c.assignee == bindparam("holder"), task.c.state == "open")
        dated, undated = mine.where(task.c.due.is_not(None)), mine.where(task.c.due.is_(None))
        heads += [dated.order_by(task.c.due, task.c.id), undated.order_by(task.c.id)]
    first = [(head if whole else head.limit(bindparam("head", type_=Integer))).subquery() for head in heads]
    found = _FOUND.where(task.c.id.in_(union_all(*(select(head) for head in first))), task.c.state == "open")
    ordered = found.order_by(task.c.due.is_(None), task.c.due, task.c.id)
    return ordered.limit(bindparam("most", type_=Integer)).offset(bindparam("start", type_=Integer))


def _offered(who: str) -> Select[Any]:
    """The ids of the tasks that the person or group of this parameter may take, the earliest due first."""
    offered = select(task_candidate.c.task).where(task_candidate.c.who == bindparam(who), task_candidate.c.taken.is_(False))
    return offered.order_by(task_candidate.c.due, task_candidate.c.task)


def done_tasks(connection: Connection, *, actor: str, search: str = "", limit: int = PAGE, offset: int = 0) -> Rows:
    """Tasks that the person has completed, the latest first."""
    found = _FOUND.where(task.c.state == "completed", task.c.closed_by == actor)
    if search:
        found = found.where(_matching(search))
    return connection.execute(found.order_by(task.c.closed_at.desc(), task.c.id).limit(limit).offset(offset)).mappings().all()


_by_id = _FOUND.where(task.c.id == bindparam("of_task"))


def task_by_id(connection: Connection, task_id: str) -> RowMapping | None:
    """One task with its case."""
    return connection.execute(_by_id, {"of_task": task_id}).mappings().one_or_none()


def tasks_at(connection: Connection, *, tenant: str, elements: Collection[str], business_key: str = "") -> Rows:
    """Open tasks of the season at some elements, the oldest first."""
    found = _FOUND.where(task.c.tenant == tenant, task.c.state == "open", task.c.element.in_(sorted(elements)))
    if business_key:
        found = found.where(instance.c.business_key == business_key)
    return connection.execute(found.order_by(task.c.created_at, task.c.id)).mappings().all()


def tasks_of_cases(connection: Connection, *, keys: Collection[str], actor: str, groups: Collection[str]) -> Rows:
    """The open tasks of the cases with these business keys that are the person's own or their groups'."""
    who = [f"u:{actor}", *(f"g:{group}" for group in sorted(groups))]
    offered = select(task_candidate.c.task).where(task_candidate.c.who.in_(who), task_candidate.c.taken.is_(False))
    roots = select(instance.c.root).where(instance.c.business_key.in_(sorted(keys)))
    found = select(task).where(task.c.root.in_(roots), task.c.state == "open", or_(task.c.assignee == actor, task.c.id.in_(offered)))
    return connection.execute(found.order_by(task.c.created_at, task.c.id)).mappings().all()


def overdue_tasks(connection: Connection, *, tenant: str, now: datetime, limit: int = PAGE) -> Rows:
    """Open tasks of the season whose time is over, the oldest first (for 催办)."""
    found = _FOUND.where(task.c.tenant == tenant, task.c.state == "open", task.c.due <= now)
    return connection.execute(found.order_by(task.c.due, task.c.id).limit(limit)).mappings().all()


def overdue_offers(connection: Connection, *, now: datetime) -> Rows:
    """The groups to which tasks of seasons are offered whose time is over and which nobody has claimed: task, its name, group; the latest due last."""
    offered = select(task.c.id.label("task"), task.c.name, func.substr(task_candidate.c.who, 3).label("group"))
    overdue = (task.c.state == "open", task.c.due <= now, task.c.assignee.is_(None), task.c.tenant != "", task_candidate.c.who.startswith("g:"))
    found = offered.join(task_candidate, task_candidate.c.task == task.c.id).where(*overdue)
    return connection.execute(found.order_by(task.c.due, task.c.id)).mappings().all()


def open_task_counts(connection: Connection, *, tenant: str) -> Rows:
    """Open tasks of the season by name, with how many are there."""
    found = select(task.c.name, func.count().label("number")).where(task.c.tenant == tenant, task.c.state == "open")
    return connection.execute(found.group_by(task.c.name).order_by(func.count().desc(), task.c.name)).mappings().all()


def own_submissions(connection: Connection, *, roots: Collection[str], actor: str) -> Rows:
    """What the person sent in these instances: task name, act, when it was received. Receipts for the portal."""
    found = (
        select(submission.c.id, submission.c.root, submission.c.act, submission.c.element, submission.c.received, task.c.name)
        .outerjoin(task, task.c.id == submission.c.task)
        .where(
            submission.c.root.in_(sorted(roots)),
            submission.c.actor == actor,
            submission.c.taken_back.is_(False),
            submission.c.act == "complete",
        )
        .order_by(submission.c.received.desc())
    )
    return connection.execute(found).mappings().all()
