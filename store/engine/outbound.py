"""Statements for messages, jobs and incidents: what waits to happen after a commit. Both databases, one code."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.engine.tables import incident, instance, job, message, subscription, timer
from store.prepared import Prepared


@cache
def _storing(dialect: str, table: Table, names: tuple[str, ...], *, once: bool) -> Prepared:
    """An insert; with ``once`` a second row with the same dedupe key is not stored, a waiting job is locked and keeps the earlier due instant."""
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    if not once:
        return Prepared(insert(table).inline().values(values))
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table).inline().values(values)
    if table is message:
        return Prepared(new.on_conflict_do_nothing(index_elements=["dedupe"]))
    earlier = case((job.c.due <= new.excluded.due, job.c.due), else_=new.excluded.due)
    return Prepared(new.on_conflict_do_update(index_elements=["dedupe"], set_={"due": earlier}))


def add_message(connection: Connection, row: dict[str, Any]) -> None:
    """Store a message; a second one with the same dedupe key is not stored."""
    _storing(connection.dialect.name, message, tuple(row), once=row["dedupe"] is not None).run(connection, row)


def add_job(connection: Connection, row: dict[str, Any]) -> None:
    """Store a job.

    While one with the same dedupe key waits, no second is stored, but the waiting one is locked until this transaction
    ends: so it cannot run before what this transaction wrote can be seen by it. The earlier of the two due instants wins.
    """
    _storing(connection.dialect.name, job, tuple(row), once=row["dedupe"] is not None).run(connection, row)


_due_timers = (
    select(timer.c.id, timer.c.root, timer.c.wait, timer.c.due)
    .where(timer.c.ready, timer.c.due <= bindparam("now"))
    .order_by(timer.c.due, timer.c.number)
    .limit(bindparam("most"))
)
_due_jobs = (
    select(job.c.id, job.c.kind, job.c.name, job.c.root, job.c.due, job.c.payload)
    .where(job.c.ready, job.c.due <= bindparam("now"), or_(job.c.lease.is_(None), job.c.lease < bindparam("now")))
    .order_by(job.c.due, job.c.id)
    .limit(bindparam("most"))
)
_meets = and_(
    subscription.c.tenant == message.c.tenant,
    subscription.c.kind == "message",
    subscription.c.name == message.c.name,
    subscription.c.key == message.c.key,
)
_sender = instance.alias("sender")
_elsewhere = case((_sender.c.version == instance.c.version, 0), else_=1)  # of several that wait the sender's own deployment comes first
_deliverable = (
    select(message.c.id, subscription.c.root)
    .join_from(message, subscription, _meets)
    .join(instance, instance.c.root == subscription.c.root)
    .outerjoin(_sender, _sender.c.root == message.c.from_root)
    .where(message.c.state == "waiting", message.c.due <= bindparam("now"), message.c.expires >= bindparam("now"))
    .where(instance.c.status == "running")
    .order_by(message.c.id, _elsewhere, subscription.c.created_at, subscription.c.id)
    .limit(bindparam("most"))
)


def due_timers(connection: Connection, *, now: datetime, most: int) -> list[Any]:
    """Timers that are due, the earliest first: id, root, wait, due."""
    return list(connection.execute(_due_timers, {"now": now, "most": most}))


def due_jobs(connection: Connection, *, now: datetime, most: int) -> list[Any]:
    """Jobs that are due and not leased: id, kind, name, root, due, payload."""
    return list(connection.execute(_due_jobs, {"now": now, "most": most}))


def deliverable(connection: Connection, *, now: datetime, most: int) -> list[Any]:
    """Waiting messages that meet a subscription of a running instance: message id, root; the oldest message first."""
    return list(connection.execute(_deliverable, {"now": now, "most": most}))


_this_timer = Prepared(select(timer).where(timer.c.id == bindparam("timer"), timer.c.ready, timer.c.due <= bindparam("now")))
_these_timers = (
    select(timer)
    .where(timer.c.id.in_(bindparam("timers", expanding=True)), timer.c.ready, timer.c.due <= bindparam("now"))
    .order_by(timer.c.due, timer.c.id)
)
_free = or_(job.c.lease.is_(None), job.c.lease < bindparam("now"))
_this_job = Prepared(
    select(job).where(job.c.id == bindparam("job"), job.c.ready, job.c.due <= bindparam("now"), _free).with_for_update(skip_locked=True)
)
_this_message = Prepared(
    select(message).where(message.c.id == bindparam("message"), message.c.state == "waiting").with_for_update(skip_locked=True)
)
_no_job = Prepared(delete(job).where(job.c.id == bindparam("of_job")))
_settled = Prepared(
    update(message).where(message.c.id == bindparam("of_message")).values(state=bindparam("state"), to_root=bindparam("to_root"))
)


def lock_timer(connection: Connection, timer_id: str, *, now: datetime) -> Any | None:
    """The timer if it is still there and due; its root is locked already."""
    return next(iter(_this_timer.facts(connection, {"timer": timer_id, "now": now})), None)


def lock_timers(connection: Connection, timers: list[str], *, now: datetime) -> list[Any]:
    """Those of the timers that are still there and due, the earliest first; their roots are locked already."""
    return list(connection.execute(_these_timers, {"timers": timers, "now": now}))


def lock_job(connection: Connection, job_id: int, *, now: datetime) -> Any | None:
    """The job, locked, if it is still there, due and nobody holds it."""
    return next(iter(_this_job.facts(connection, {"job": job_id, "now": now})), None)


def lock_message(connection: Connection, message_id: int) -> Any | None:
    """The message, locked, if it still waits and nobody else delivers it."""
    return next(iter(_this_message.facts(connection, {"message": message_id})), None)


def meeting(connection: Connection, *, tenant: str, name: str, key: str, root: str | None = None) -> Any | None:
    """The oldest subscription of a running instance for a message (of one root, if given): id, root, wait, process, element."""
    found = (
        select(subscription)
        .join(instance, instance.c.root == subscription.c.root)
        .where(subscription.c.tenant == tenant, subscription.c.kind == "message", subscription.c.name == name, subscription.c.key == key)
        .where(instance.c.status == "running")
        .order_by(subscription.c.created_at, subscription.c.id)
        .limit(1)
    )
    return connection.execute(found if root is None else found.where(subscription.c.root == root)).one_or_none()


def signal_subscriptions(connection: Connection, *, tenant: str, name: str, but: str | None = None) -> list[Any]:
    """All subscriptions of a tenant to a signal, but those of one root; `running` tells whether their instances are not suspended."""
    found = (
        select(subscription, (instance.c.status == "running").label("running"))
        .join(instance, instance.c.root == subscription.c.root)
        .where(subscription.c.tenant == tenant, subscription.c.kind == "signal", subscription.c.name == name)
        .order_by(subscription.c.id)
    )
    return list(connection.execute(found if but is None else found.where(subscription.c.root != but)))


def lease_job(connection: Connection, job_id: int, *, attempt: int, until: datetime, now: datetime) -> bool:
    """Take a job for an outside effect: its next attempt's number is the fencing token. False if somebody was faster."""
    taken = (
        update(job)
        .where(job.c.id == job_id, job.c.attempt == attempt - 1, job.c.ready, or_(job.c.lease.is_(None), job.c.lease < now))
        .values(attempt=attempt, lease=until)
    )
    return connection.execute(taken).rowcount == 1


def postpone_job(connection: Connection, job_id: int, *, attempt: int, due: datetime, ready: bool) -> bool:
    """Put a failed job back for later, or (not ``ready``) let it wait for a person. False if another attempt has begun meanwhile."""
    back = update(job).where(job.c.id == job_id, job.c.attempt == attempt)
    return connection.execute(back.values(failures=job.c.failures + 1, due=due, lease=None, ready=ready)).rowcount == 1


def reawaken_job(connection: Connection, job_id: int, *, due: datetime) -> None:
    """Let a job that stood still be tried again from the first attempt; its fencing token goes on counting."""
    connection.execute(update(job).where(job.c.id == job_id).values(due=due, ready=True, lease=None, failures=0))


def reawaken_jobs(connection: Connection, *, root: str, wait: str, due: datetime) -> None:
    """The same for the job of a service task."""
    connection.execute(update(job).where(job.c.root == root, job.c.wait == wait).values(due=due, ready=True, lease=None, failures=0))


def drop_job(connection: Connection, job_id: int) -> None:
    """The job is done."""
    _no_job.run(connection, {"of_job": job_id})


def drop_jobs_of_waits(connection: Connection, *, root: str, waits: list[str]) -> None:
    """The service tasks or signal catchers of these jobs are gone."""
    connection.execute(delete(job).where(job.c.root == root, job.c.wait.in_(waits)))


def settle_message(connection: Connection, message_id: int, *, state: str, root: str | None = None) -> None:
    """The message was delivered (to ``root``), has expired, or failed for good."""
    _settled.run(connection, {"of_message": message_id, "state": state, "to_root": root})


def postpone_message(connection: Connection, message_id: int, *, attempts: int, due: datetime, state: str) -> None:
    """The delivery failed: try again later, or wait for a person."""
    connection.execute(update(message).where(message.c.id == message_id).values(attempts=attempts, due=due, state=state))


def expire_messages(connection: Connection, *, now: datetime) -> int:
    """Let waiting messages lapse whose time to live is over; how many."""
    gone = update(message).where(message.c.state == "waiting", message.c.expires < now).values(state="expired")
    return connection.execute(gone).rowcount


def stop_timer(connection: Connection, timer_id: str, *, ready: bool) -> None:
    """Let a timer wait for a person, or be ready again."""
    connection.execute(update(timer).where(timer.c.id == timer_id).values(ready=ready))


def hold_work(connection: Connection, *, root: str, ready: bool) -> None:
    """Suspend or resume an instance's timers and jobs; those with an open incident stay held."""
    stuck = select(incident.c.subject).where(incident.c.root == root, incident.c.resolved_at.is_(None))
    connection.execute(update(timer).where(timer.c.root == root, timer.c.id.not_in(stuck)).values(ready=ready))
    stuck_jobs = select(incident.c.subject).where(incident.c.root == root, incident.c.resolved_at.is_(None))
    connection.execute(
        update(job)
        .where(job.c.root == root, job.c.wait.is_not(None), (job.c.root + "." + job.c.wait).not_in(stuck_jobs))
        .values(ready=ready)
    )


def add_incident(connection: Connection, row: dict[str, Any]) -> None:
    """Open an incident."""
    connection.execute(insert(incident), row)


def resolve_incident(connection: Connection, incident_id: str, *, at: datetime, by: str, resolution: str, reason: str) -> bool:
    """Close an incident; False if it is closed already."""
    closed = (
        update(incident)
        .where(incident.c.id == incident_id, incident.c.resolved_at.is_(None))
        .values(resolved_at=at, resolved_by=by, resolution=resolution, reason=reason)
    )
    return connection.execute(closed).rowcount == 1


def resolve_incidents_of(connection: Connection, *, subjects: list[str], at: datetime, by: str) -> int:
    """Close the incidents of things that are gone; how many."""
    gone = update(incident).where(incident.c.subject.in_(subjects), incident.c.resolved_at.is_(None))
    return connection.execute(gone.values(resolved_at=at, resolved_by=by, resolution="gone")).rowcount


def withdraw(connection: Connection, *, root: str, revision: int) -> int:
    """Take out what an act has sent and nobody has received: messages, signals, starts and progress jobs; how many (without the last)."""
    messages = delete(message).where(message.c.from_root == root, message.c.from_revision == revision, message.c.state == "waiting")
    jobs = delete(job).where(job.c.from_root == root, job.c.from_revision == revision)
    sent = connection.execute(messages).rowcount + connection.execute(jobs.where(job.c.kind != "named")).rowcount
    connection.execute(jobs)
    return sent


def next_due(connection: Connection, *, now: datetime) -> datetime | None:
    """The earliest instant at which there is work: a timer, a job, a delivery; None if nothing waits for time."""
    instants = [
        connection.execute(select(timer.c.due).where(timer.c.ready).order_by(timer.c.due).limit(1)).scalar(),
        connection.execute(select(job.c.due).where(job.c.ready).order_by(job.c.due).limit(1)).scalar(),
    ]
    meets = deliverable(connection, now=now, most=1)
    if meets:
        instants.append(now)
    later = (
        select(message.c.due)
        .join_from(message, subscription, _meets)
        .where(message.c.state == "waiting", message.c.due > now)
        .order_by(message.c.due)
        .limit(1)
    )
    instants.append(connection.execute(later).scalar())
    known = [each for each in instants if each is not None]
    return min(known) if known else None


def unclaimed(connection: Connection, *, names: set[str], now: datetime, most: int) -> list[Any]:
    """Waiting messages of these names that no instance waits for: id, tenant, name; the oldest first."""
    caught = select(subscription.c.id).where(_meets).exists()
    found = select(message.c.id, message.c.tenant, message.c.name).where(
        message.c.state == "waiting", message.c.name.in_(names), message.c.due <= now, message.c.expires >= now, ~caught
    )
    return list(connection.execute(found.order_by(message.c.id).limit(most)))


def root_with(connection: Connection, *, dedupe: str) -> str | None:
    """The instance that was started with this dedupe key."""
    return connection.execute(select(instance.c.root).where(instance.c.dedupe == dedupe)).scalar()


def read_job(connection: Connection, job_id: int) -> Any | None:
    """A job as it stands, not locked."""
    return connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
