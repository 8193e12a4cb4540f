"""Takes a foreign deployment, or instances of one that are over, out with all that grew from it, and leaves a chained note of what histories ended with."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from store.engine.chain import GENESIS
from store.engine.tables import (
    called,
    decision,
    definition,
    deletion,
    draft,
    external_task,
    history,
    incident,
    instance,
    job,
    message,
    position,
    submission,
    subscription,
    task,
    task_attachment,
    task_candidate,
    task_comment,
    timer,
    variable,
    version,
    version_file,
)
from store.types import encode


def roots_of(connection: Connection, version_id: int) -> list[str]:
    """All instances of a version, running or not, always in the same order."""
    return list(connection.execute(select(instance.c.root).where(instance.c.version == version_id).order_by(instance.c.root)).scalars())


def callers_of(connection: Connection, version_id: int) -> list[str]:
    """Running instances of other versions that run a called process of this one, always in the same order."""
    found = select(called.c.root).join(instance, instance.c.root == called.c.root)
    others = found.where(called.c.version == version_id, instance.c.version != version_id, instance.c.status.in_(["running", "suspended"]))
    return list(connection.execute(others.distinct().order_by(called.c.root)).scalars())


def delete_instance(connection: Connection, root: str) -> None:
    """Every row of one instance."""
    tasks = select(task.c.id).where(task.c.root == root)
    for table in (draft, task_candidate):
        connection.execute(delete(table).where(table.c.task.in_(tasks)))
    connection.execute(delete(job).where(or_(job.c.root == root, job.c.from_root == root)))
    connection.execute(delete(message).where(or_(message.c.to_root == root, message.c.from_root == root)))
    beside = (called, submission, timer, subscription, external_task, incident, task_comment, task_attachment, position, variable)
    for table in (*beside, history, task, instance):
        connection.execute(delete(table).where(table.c.root == root))


def bury_version(connection: Connection, version_id: int) -> None:
    """Take out the version's files, definitions and decisions. Its row stays, empty: neither its id nor its number is ever given again."""
    for table in (definition, decision):
        connection.execute(delete(table).where(table.c.version == version_id))
    connection.execute(delete(version_file).where(version_file.c.version == version_id))
    empty = {"profile": "deleted", "processes": [], "message_starts": {}}
    connection.execute(update(version).where(version.c.id == version_id).values(**empty))


def note_deletion(connection: Connection, *, gone: RowMapping, heads: dict[str, list[object]], at: datetime, by: str) -> None:
    """Write down which deployment was deleted and the last entry of each history that went with it."""
    last = connection.execute(select(deletion).order_by(deletion.c.number.desc()).limit(1)).one_or_none()
    number = 1 if last is None else last.number + 1
    whole = link_of(GENESIS if last is None else last.hash, number=number, digest=gone["digest"], heads=heads)
    row = {"number": number, "at": at, "by": by, "digest": gone["digest"], "heads": heads, "hash": whole}
    connection.execute(insert(deletion), row)


def link_of(before: str, *, number: int, digest: str, heads: dict[str, list[object]]) -> str:
    """The hash of a deletion: over the one before and what it says."""
    return sha256(f"{before}\n{number}\n{digest}\n{encode(heads)}".encode()).hexdigest()


def deleted_heads(connection: Connection) -> dict[str, list[object]]:
    """The last entry of every history that was deleted: root -> [seq, hash]."""
    return {root: head for (heads,) in connection.execute(select(deletion.c.heads)) for root, head in heads.items()}


def deletions_hold(connection: Connection) -> list[str]:
    """Sentences on deletions that do not follow from the one before."""
    before, found = GENESIS, []
    for number, row in enumerate(connection.execute(select(deletion).order_by(deletion.c.number)), 1):
        if row.number != number or row.hash != link_of(before, number=row.number, digest=row.digest, heads=row.heads):
            found.append(f"deletion {row.number} does not follow from the one before")
        before = row.hash
    return found
