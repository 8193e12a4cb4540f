"""The catalogue: the processes of all versions, and the decisions of foreign diagrams, by key and number. Reads and writes."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection, RowMapping, Table, bindparam, func, insert, select, update

from store.engine.tables import decision, definition, version
from store.prepared import Prepared

Rows = Sequence[RowMapping]


class Noted(Protocol):
    """What the catalogue notes of a process or a decision."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def file(self) -> str:
        """The diagram, or the DMN file."""

    @property
    def version_tag(self) -> str | None:
        """What the file calls this version of it."""


class Process(Noted, Protocol):
    """A process."""

    @property
    def key(self) -> str:
        """Its id in the diagram."""


class Decision(Noted, Protocol):
    """A decision."""

    @property
    def id(self) -> str:
        """Its key."""


def add(connection: Connection, *, version: int, processes: Iterable[Process]) -> None:
    """Note the processes of a new version, each with the next number of its key."""
    for each in processes:
        _note(connection, definition, each, version=version, key=each.key, suspended=False)


def add_decisions(connection: Connection, *, version: int, decisions: Iterable[Decision]) -> None:
    """Note the decisions of a new version, each with the next number of its key."""
    for each in decisions:
        _note(connection, decision, each, version=version, key=each.id)


def _note(connection: Connection, table: Table, noted: Noted, *, version: int, key: str, **more: object) -> None:
    number = 1 + (connection.execute(select(func.max(table.c.number)).where(table.c.key == key)).scalar() or 0)
    about = {"name": noted.name, "resource": noted.file, "version_tag": noted.version_tag, **more}
    connection.execute(insert(table), {"id": f"{key}:{number}:{version}", "key": key, "number": number, "version": version, **about})


_deciding = select(decision.c.version).where(decision.c.key == bindparam("key")).order_by(decision.c.number.desc()).limit(1)
_latest_deciding = Prepared(_deciding)
_numbered_deciding = Prepared(_deciding.where(decision.c.number == bindparam("number")))
_tagged_deciding = Prepared(_deciding.where(decision.c.version_tag == bindparam("tag")))


def deciding(connection: Connection, key: str, *, number: int | None = None, tag: str | None = None) -> int | None:
    """The version in which the latest decision of a key stands, the one of a ``number``, or the latest with a ``tag``; None if there is none."""
    if number is not None:
        found = _numbered_deciding.value(connection, {"key": key, "number": number})
    elif tag is not None:
        found = _tagged_deciding.value(connection, {"key": key, "tag": tag})
    else:
        found = _latest_deciding.value(connection, {"key": key})
    return None if found is None else int(found)


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
