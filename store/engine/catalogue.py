"""The catalogue: the processes of all versions by key and number. Reads and writes."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from store.engine.tables import definition, version
from store.prepared import Prepared

Rows = Sequence[RowMapping]


class Process(Protocol):
    """What the catalogue notes of a process."""

    @property
    def key(self) -> str:
        """Its id in the diagram."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def file(self) -> str:
        """The diagram."""

    @property
    def version_tag(self) -> str | None:
        """What the diagram calls this version of it."""


def add(connection: Connection, *, version: int, processes: Iterable[Process]) -> None:
    """Note the processes of a new version, each with the next number of its key."""
    for process in processes:
        last = connection.execute(select(func.max(definition.c.number)).where(definition.c.key == process.key)).scalar() or 0
        row = {
            "key": process.key,
            "number": last + 1,
            "version": version,
            "name": process.name,
            "resource": process.file,
            "suspended": False,
            "version_tag": process.version_tag,
        }
        connection.execute(insert(definition), {"id": f"{process.key}:{last + 1}:{version}", **row})


def latest(connection: Connection, *, key: str, profile: str) -> RowMapping | None:
    """The definition with the highest number of a key."""
    found = (
        select(definition).join(version, version.c.id == definition.c.version).where(definition.c.key == key, version.c.profile == profile)
    )
    return connection.execute(found.order_by(definition.c.number.desc()).limit(1)).mappings().one_or_none()


def definitions_of(connection: Connection, version_id: int) -> Rows:
    """The definitions of a version by key."""
    return connection.execute(select(definition).where(definition.c.version == version_id).order_by(definition.c.key)).mappings().all()


def set_suspended(connection: Connection, definition_id: str, *, suspended: bool) -> bool:
    """Let a definition start nothing, or again; False if there is none."""
    return connection.execute(update(definition).where(definition.c.id == definition_id).values(suspended=suspended)).rowcount == 1


_suspended = Prepared(select(definition.c.suspended).where(definition.c.key == bindparam("key"), definition.c.version == bindparam("version")))


def is_suspended(connection: Connection, *, key: str, version: int) -> bool:
    """Whether a definition starts nothing for now."""
    return bool(_suspended.value(connection, {"key": key, "version": version}))
