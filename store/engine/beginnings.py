"""Statements for timer start events that wait for their instant: jobs that begin instances."""

from datetime import datetime

from sqlalchemy import Connection, delete, update

from store.engine.tables import job


def drop(connection: Connection, *, tenant: str, processes: list[str]) -> None:
    """Disarm the timer start events of some processes of a tenant."""
    connection.execute(delete(job).where(job.c.kind == "begin", job.c.tenant == tenant, job.c.name.in_(processes), job.c.from_root.is_(None)))


def rearrange(connection: Connection, job_id: int, *, due: datetime | None, ready: bool | None) -> bool:
    """Let one be due at another instant, or wait whatever falls due, or go on; False if it is gone."""
    values = {name: value for name, value in {"due": due, "ready": ready}.items() if value is not None}
    return connection.execute(update(job).where(job.c.id == job_id).values(**values)).rowcount == 1
