"""Writes of a migration: the rows of what an instance waits for say where it stands in the new version. Ids, dates and holders stay."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from store.engine.tables import called, external_task, incident, job, subscription, task, timer

Places = Mapping[str, str]  # process and element


def move_task(
    connection: Connection, task_id: str, *, place: Places, name: str, description: str | None, form_key: str | None, version: int
) -> None:
    """An open task: its element, name, description and form are those of the version; a page shown before is stale."""
    values = {
        **place,
        "name": name,
        "description": description,
        "form_key": form_key,
        "defined_in": version,
        "revision": task.c.revision + 1,
    }
    connection.execute(update(task).where(task.c.id == task_id).values(**values))


def move_wait(connection: Connection, row_id: str, *, place: Places) -> None:
    """A timer or subscription."""
    for table in (timer, subscription):
        connection.execute(update(table).where(table.c.id == row_id).values(**place))


def move_work(connection: Connection, row_id: str, *, root: str, wait: str, place: Places, topic: str) -> None:
    """A service task: that of workers elsewhere, or the job of its handler, under the topic it has now."""
    connection.execute(update(external_task).where(external_task.c.id == row_id).values(**place, topic=topic))
    connection.execute(update(job).where(job.c.root == root, job.c.wait == wait, job.c.kind == "service").values(name=topic))


def move_incident(connection: Connection, subject: str, *, place: Places) -> None:
    """What stands still stands still there now."""
    connection.execute(update(incident).where(incident.c.subject == subject, incident.c.resolved_at.is_(None)).values(**place))


def move_called(connection: Connection, root: str, scope: str, **values: Any) -> None:
    """A called process: its key, or the call activity that calls it."""
    connection.execute(update(called).where(called.c.root == root, called.c.scope == scope).values(**values))
