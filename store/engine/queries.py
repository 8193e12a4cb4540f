"""Named reads of the engine's tables for pages, API and the engine itself. Each takes a connection and gives plain rows (``RowMapping``).

Rights are the caller's: these reads answer what is asked, whoever asks.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from store.engine.deadlines import FOR, own_name
from store.engine.inbox import COUNTED, EVERYTHING, Wanted, counts, done, mine, offered
from store.engine.tables import (
    deadline,
    deadline_change,
    draft,
    history,
    house,
    incident,
    instance,
    job,
    submission,
    subscription,
    task,
    timer,
    version,
    version_file,
)
from store.prepared import Prepared

__all__ = ["COUNTED", "EVERYTHING", "Wanted", "counts", "done", "mine", "offered"]  # the inbox, in a file of its own

Rows = Sequence[RowMapping]

# ---- the database itself


def get_property(connection: Connection, name: str) -> Any:
    """What the database says of itself under ``name``; None if nothing."""
    return connection.execute(select(house.c.value).where(house.c.name == name)).scalar()


def set_property(connection: Connection, name: str, value: object) -> None:
    """Note something of the database itself."""
    if connection.execute(update(house).where(house.c.name == name).values(value=value)).rowcount == 0:
        connection.execute(insert(house).values(name=name, value=value))


def manual_clock(connection: Connection) -> datetime | None:
    """The instant of the database's manual clock; None if it runs on the real clock (only then may it be served)."""
    text = get_property(connection, "manual_clock")
    return None if text is None else datetime.fromisoformat(text)


def set_manual_clock(connection: Connection, now: datetime) -> None:
    """Mark the database as one whose clock is stepped by hand, and keep its instant (aware)."""
    set_property(connection, "manual_clock", now.isoformat())


# ---- versions


def version_by_id(connection: Connection, version_id: int) -> RowMapping | None:
    """One version: id, name, number, digest, deployed_at, deployed_by, processes, message_starts."""
    return connection.execute(select(version).where(version.c.id == version_id)).mappings().one_or_none()


_newest_first = select(version).order_by(version.c.id.desc())
_of_seasons = Prepared(_newest_first.where(version.c.profile == "season"))
_of_name = Prepared(_newest_first.where(version.c.name == bindparam("name")))


def versions(connection: Connection, *, name: str | None = None) -> list[dict[str, Any]]:
    """All versions of one name, the newest first; without a name all of seasons (foreign diagrams have the name "")."""
    return _of_seasons.rows(connection, {}) if name is None else _of_name.rows(connection, {"name": name})


def version_files(connection: Connection, version_id: int) -> dict[str, bytes]:
    """The files of a version by path."""
    found = select(version_file.c.path, version_file.c.content).where(version_file.c.version == version_id).order_by(version_file.c.path)
    return {path: bytes(content) for path, content in connection.execute(found)}


_newest_of_seasons = select(func.max(version.c.id)).where(version.c.profile == "season").group_by(version.c.name).scalar_subquery()


def newest_digests(connection: Connection) -> tuple[str, ...]:
    """What the newest versions of all seasons are known by, in the order of their deployment: other contents, other digests."""
    found = select(version.c.digest).where(version.c.id.in_(_newest_of_seasons)).order_by(version.c.id)
    return tuple(connection.execute(found).scalars())


def files_of_newest(connection: Connection, paths: Collection[str]) -> list[tuple[str, bytes]]:
    """Some files of the newest versions of all seasons, by path and content, in the order of their deployment."""
    found = select(version_file.c.path, version_file.c.content).where(version_file.c.version.in_(_newest_of_seasons), version_file.c.path.in_(sorted(paths)))
    return [(path, bytes(content)) for path, content in connection.execute(found.order_by(version_file.c.version, version_file.c.path))]


# ---- deadlines


_deadlines = Prepared(select(deadline.c.name, deadline.c.at).where(deadline.c.tenant == bindparam("tenant")))


def deadlines(connection: Connection, *, tenant: str, business_key: str = "") -> dict[str, datetime]:
    """The named deadlines of a tenant: name -> exclusive end, aware UTC. With a business key those that its case has instead, if they are later."""
    kept: dict[str, datetime] = dict(_deadlines.facts(connection, {"tenant": tenant}))
    everybody = {name: at for name, at in kept.items() if FOR not in name}
    return {name: max(at, kept.get(own_name(name, business_key), at)) for name, at in everybody.items()}


def deadline_changes(connection: Connection, *, tenant: str) -> Rows:
    """Every setting of a tenant's deadlines, in order: name, before, at, set_at, set_by, reason."""
    found = select(deadline_change).where(deadline_change.c.tenant == tenant).order_by(deadline_change.c.id)
    return connection.execute(found).mappings().all()


# ---- instances

_CARD = [column for column in instance.c if column.name not in {"state", "previous"}]


def instance_card(connection: Connection, root: str) -> RowMapping | None:
    """One root instance without its state."""
    return connection.execute(select(*_CARD).where(instance.c.root == root)).mappings().one_or_none()


def last_act(connection: Connection, root: str) -> str | None:
    """The task whose completion was the last thing that happened to an instance, as long as it may be taken back."""
    return connection.execute(select(instance.c.previous_task).where(instance.c.root == root)).scalar_one_or_none()


def versions_of(connection: Connection, roots: Collection[str]) -> dict[str, int]:
    """The versions that root instances run by: root -> id of the version."""
    found = select(instance.c.root, instance.c.version).where(instance.c.root.in_(sorted(roots)))
    return {row.root: row.version for row in connection.execute(found)} if roots else {}


def instance_by_key(connection: Connection, *, tenant: str, process: str, business_key: str) -> RowMapping | None:
    """The newest root instance with a business key."""
    found = select(*_CARD).where(instance.c.tenant == tenant, instance.c.process == process, instance.c.business_key == business_key)
    return connection.execute(found.order_by(instance.c.started_at.desc(), instance.c.root.desc()).limit(1)).mappings().one_or_none()


def instances(
    connection: Connection,
    *,
    tenant: str | None = None,
    process: str | None = None,
    status: str | None = None,
    stage: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> Rows:
    """Root instances, the oldest first, by any of these filters."""
    wanted = {"tenant": tenant, "process": process, "status": status, "stage": stage}
    found = select(*_CARD).filter_by(**{key: value for key, value in wanted.items() if value is not None})
    return connection.execute(found.order_by(instance.c.started_at, instance.c.root).limit(limit).offset(offset)).mappings().all()


def going_in(connection: Connection, version_id: int) -> list[str]:
    """The root instances of a version that have not ended, the oldest first."""
    found = select(instance.c.root).where(instance.c.version == version_id, instance.c.status.in_(["running", "suspended"]))
    return list(connection.execute(found.order_by(instance.c.started_at, instance.c.root)).scalars())


def going_by_version(connection: Connection) -> dict[int, int]:
    """How many root instances have not ended, by version."""
    found = select(instance.c.version, func.count()).where(instance.c.status.in_(["running", "suspended"])).group_by(instance.c.version)
    return {row.version: row[1] for row in connection.execute(found)}


def stages(connection: Connection, *, tenant: str, process: str) -> Mapping[str, int]:
    """How many instances of a process stand at each stage."""
    counted = (
        select(instance.c.stage, func.count()).where(instance.c.tenant == tenant, instance.c.process == process).group_by(instance.c.stage)
    ).order_by(func.count().desc(), instance.c.stage)
    return {stage or "": number for stage, number in connection.execute(counted)}


def going(connection: Connection, *, tenant: str) -> int:
    """How many root instances of a tenant run."""
    found = select(func.count()).select_from(instance).where(instance.c.tenant == tenant, instance.c.status == "running")
    return int(connection.execute(found).scalar_one())


def stands_still_since(connection: Connection, *, tenant: str, process: str) -> datetime | None:
    """When the tenant's suspended instance of a process was suspended last; None if there is none."""
    own = select(instance.c.root).where(instance.c.tenant == tenant, instance.c.process == process, instance.c.status == "suspended")
    found = select(history.c.at).where(history.c.root.in_(own), history.c.kind == "suspend").order_by(history.c.at.desc()).limit(1)
    at: datetime | None = connection.execute(found).scalar()
    return at


def history_of(connection: Connection, root: str, *, after: int = 0, kinds: Sequence[str] | None = None, limit: int = 1000) -> Rows:
    """Entries of an instance's history after a number, in order; of some kinds only, if given."""
    found = select(history).where(history.c.root == root, history.c.seq > after).order_by(history.c.seq).limit(limit)
    return connection.execute(found if kinds is None else found.where(history.c.kind.in_(kinds))).mappings().all()


def submissions_of(connection: Connection, root: str, *, element: str | None = None, task_id: str | None = None) -> Rows:
    """What people sent to an instance, in order (without what was taken back)."""
    found = select(submission).where(submission.c.root == root, submission.c.taken_back.is_(False)).order_by(submission.c.id)
    if element is not None:
        found = found.where(submission.c.element == element)
    if task_id is not None:
        found = found.where(submission.c.task == task_id)
    return connection.execute(found).mappings().all()


def timers_of(connection: Connection, root: str) -> Rows:
    """The timers of an instance, the earliest first."""
    return connection.execute(select(timer).where(timer.c.root == root).order_by(timer.c.due, timer.c.id)).mappings().all()


def tasks_of(connection: Connection, root: str, *, state: str | None = "open") -> Rows:
    """The user tasks of an instance in the order of their birth; ``state`` None for all."""
    found = select(task).where(task.c.root == root).order_by(task.c.opened_seq, task.c.wait)
    return connection.execute(found if state is None else found.where(task.c.state == state)).mappings().all()


def draft_of(connection: Connection, task_id: str, *, actor: str) -> RowMapping | None:
    """What a person has typed so far: data, saved_at."""
    return connection.execute(select(draft).where(draft.c.task == task_id, draft.c.actor == actor)).mappings().one_or_none()


# ---- what needs a look


def incidents(
    connection: Connection, *, tenant: str | None = None, root: str | None = None, open_only: bool = True, limit: int = 200
) -> Rows:
    """Incidents, the newest first."""
    found = select(incident).order_by(incident.c.created_at.desc(), incident.c.id).limit(limit)
    if tenant is not None:
        found = found.where(incident.c.tenant == tenant)
    if root is not None:
        found = found.where(incident.c.root == root)
    return connection.execute(found.where(incident.c.resolved_at.is_(None)) if open_only else found).mappings().all()


def jobs(connection: Connection, *, tenant: str | None = None, limit: int = 200) -> Rows:
    """Jobs that wait, the earliest first."""
    found = select(job).order_by(job.c.due, job.c.id).limit(limit)
    return connection.execute(found if tenant is None else found.where(job.c.tenant == tenant)).mappings().all()


def work_waits(connection: Connection, *, since: datetime) -> bool:
    """Whether a job that could run was due by then and was not done."""
    return connection.execute(select(job.c.id).where(job.c.ready, job.c.due <= since).limit(1)).first() is not None


def task_page(connection: Connection, task_id: str) -> RowMapping | None:
    """One task (in any state) with its case: the task's columns and business_key, stage, public_stage, status, version of its root."""
    case = [instance.c[name] for name in ("business_key", "stage", "public_stage", "status", "version")]
    found = select(task, *case).join(instance, instance.c.root == task.c.root).where(task.c.id == task_id)
    return connection.execute(found).mappings().one_or_none()


def positions(connection: Connection, root: str) -> Mapping[str, int]:
    """Where an instance's tokens stand, for a picture: element id -> how many things wait there."""
    found: dict[str, int] = {}
    for table, extra in ((task, [task.c.state == "open"]), (timer, []), (subscription, []), (incident, [incident.c.resolved_at.is_(None)])):
        rows = select(table.c.element, func.count()).where(table.c.root == root, *extra).group_by(table.c.element)
        for element, number in connection.execute(rows):
            found[element] = found.get(element, 0) + number
    return found
