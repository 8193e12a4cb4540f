"""Reads of what was said of tasks and laid beside them."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from store.engine.tables import task, task_attachment, task_comment

_ABOUT = [column for column in task_attachment.c if column.name != "content"]


def comments(connection: Connection, task: str) -> Sequence[RowMapping]:
    """A task's comments, the newest first: id, root, actor, at, message."""
    found = select(task_comment).where(task_comment.c.task == task).order_by(task_comment.c.id.desc())
    return connection.execute(found).mappings().all()


def comments_within(connection: Connection, root: str, within: str) -> Sequence[RowMapping]:
    """The comments of all tasks of a process instance, open and closed, the newest first."""
    its = select(task_comment).join(task, task.c.id == task_comment.c.task).where(task_comment.c.root == root, task.c.within == within)
    return connection.execute(its.order_by(task_comment.c.id.desc())).mappings().all()


def attachments(connection: Connection, task: str) -> Sequence[RowMapping]:
    """A task's attachments without their bytes, the oldest first."""
    found = select(*_ABOUT).where(task_attachment.c.task == task).order_by(task_attachment.c.id)
    return connection.execute(found).mappings().all()


def attachment(connection: Connection, task: str, number: int) -> RowMapping | None:
    """One attachment of a task without its bytes."""
    found = select(*_ABOUT).where(task_attachment.c.task == task, task_attachment.c.id == number)
    return connection.execute(found).mappings().one_or_none()


def content(connection: Connection, task: str, number: int) -> bytes | None:
    """The bytes of an attachment; None when there are none here."""
    found = select(task_attachment.c.content).where(task_attachment.c.task == task, task_attachment.c.id == number)
    kept: bytes | None = connection.execute(found).scalar()
    return None if kept is None else bytes(kept)
