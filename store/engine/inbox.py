"""The inbox: the open tasks of a person and of their groups, and what they have done.

The first page is the head of an index, however many tasks are open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal, select, union_all

from store.engine.tables import instance, submission, task, task_candidate
from store.types import micros

COUNTED = 1000  # a longer list is shown as "more than"
_CASE = [instance.c.business_key, instance.c.stage, instance.c.status, instance.c.process.label("root_process")]


@dataclass(frozen=True)
class Wanted:
    """Filters of an inbox: a tenant, an element id, a part of the task's name or business key, only what was due before an instant."""

    tenant: str | None = None
    element: str | None = None
    text: str | None = None
    due_before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on task and instance."""
        found: list[ColumnElement[bool]] = []
        if self.tenant is not None:
            found.append(task.c.tenant == self.tenant)
        if self.element is not None:
            found.append(task.c.element == self.element)
        if self.text:
            found.append(task.c.name.icontains(self.text, autoescape=True) | instance.c.business_key.icontains(self.text, autoescape=True))
        if self.due_before is not None:
            found.append(task.c.due < self.due_before)
        return found


EVERYTHING = Wanted()


def mine(connection: Connection, *, user: str, wanted: Wanted = EVERYTHING, limit: int = 50, offset: int = 0) -> Sequence[RowMapping]:
    """The open tasks that a person holds, the most urgent first."""
    found = select(task, *_CASE).join(instance, instance.c.root == task.c.root).where(task.c.assignee == user, task.c.state == "open")
    ordered = found.where(*wanted.conditions()).order_by(task.c.due.is_(None), task.c.due, task.c.id)
    return connection.execute(ordered.limit(limit).offset(offset)).mappings().all()


def offered(
    connection: Connection, *, user: str, groups: Collection[str], wanted: Wanted = EVERYTHING, limit: int = 50, offset: int = 0
) -> Sequence[RowMapping]:
    """The open tasks that nobody holds and that a person may take, as themselves or in a group; the most urgent first."""
    heads = [_head(who, wanted, limit + offset) for who in _names(user, groups)]
    both = union_all(*heads).subquery()
    page = select(both.c.task, both.c.due).distinct().order_by(both.c.due, both.c.task).limit(limit).offset(offset).subquery()
    found = select(task, *_CASE).join(page, page.c.task == task.c.id).join(instance, instance.c.root == task.c.root)
    return connection.execute(found.order_by(page.c.due, page.c.task)).mappings().all()


def done(connection: Connection, *, user: str, wanted: Wanted = EVERYTHING, limit: int = 50, offset: int = 0) -> Sequence[RowMapping]:
    """The tasks that a person has completed, the latest first."""
    found = (
        select(task, *_CASE, submission.c.received)
        .join(submission, (submission.c.task == task.c.id) & (submission.c.act == "complete") & submission.c.taken_back.is_(False))
        .join(instance, instance.c.root == task.c.root)
        .where(submission.c.actor == user, *wanted.conditions())
    )
    latest = found.order_by(submission.c.received.desc(), submission.c.id.desc())
    return connection.execute(latest.limit(limit).offset(offset)).mappings().all()


def counts(connection: Connection, *, user: str, groups: Collection[str], now: datetime) -> dict[str, int]:
    """How many open tasks a person holds (``mine``), may take (``offered``), and of both are overdue; each up to ``COUNTED`` + 1."""
    held = select(task.c.due).where(task.c.assignee == user, task.c.state == "open").limit(COUNTED + 1)
    dues = [due for (due,) in connection.execute(held)]
    heads = union_all(*(_head(who, EVERYTHING, COUNTED + 1) for who in _names(user, groups))).subquery()
    distinct = select(heads.c.task, heads.c.due).distinct().subquery()
    offer = connection.execute(select(func.count(), func.count().filter(distinct.c.due < literal(micros(now)))).select_from(distinct)).one()
    late = sum(due is not None and due < now for due in dues)
    return {"mine": len(dues), "offered": min(offer[0], COUNTED + 1), "overdue": late + min(offer[1], COUNTED + 1)}


def _names(user: str, groups: Collection[str]) -> list[str]:
    return [f"u:{user}", *(f"g:{group}" for group in sorted(groups))]


def _head(who: str, wanted: Wanted, most: int) -> Select[Any]:
    """The first ``most`` tasks of one user or group: a walk along the index."""
    rows = select(task_candidate.c.task, task_candidate.c.due).where(task_candidate.c.who == who, task_candidate.c.taken.is_(False))
    conditions = wanted.conditions()
    if conditions:
        rows = rows.join(task, task.c.id == task_candidate.c.task).join(instance, instance.c.root == task.c.root).where(*conditions)
    head = rows.order_by(task_candidate.c.due, task_candidate.c.task).limit(most).subquery()
    return select(head.c.task, head.c.due)
