"""Named reads for the REST interface: deployments of foreign diagrams and what runs of them. Nothing of the house's seasons is among them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from store.engine.tables import (
    called,
    definition,
    external_task,
    history,
    incident,
    instance,
    subscription,
    task,
    timer,
    version,
    version_file,
)

Rows = Sequence[RowMapping]
GENERIC = "generic"
_CARD = [column for column in instance.c if column.name not in {"state", "previous"}]


def _of_theirs(found: Select[Any]) -> Select[Any]:
    """What is read of instances, left to those of foreign diagrams."""
    return found.join(version, version.c.id == instance.c.version).where(version.c.profile == GENERIC)


def deployments(connection: Connection) -> Rows:
    """All deployments, the oldest first."""
    return connection.execute(select(version).where(version.c.profile == GENERIC).order_by(version.c.id)).mappings().all()


def paths(connection: Connection, version_id: int) -> list[str]:
    """The names of a deployment's resources."""
    found = select(version_file.c.path).where(version_file.c.version == version_id).order_by(version_file.c.path)
    return list(connection.execute(found).scalars())


def definitions(connection: Connection) -> Rows:
    """All process definitions, by key and number; `latest` tells the highest of each key."""
    found = select(definition, version.c.number.label("edition"), version.c.deployed_at).join(version, version.c.id == definition.c.version)
    return connection.execute(found.where(version.c.profile == GENERIC).order_by(definition.c.key, definition.c.number)).mappings().all()


def instances(connection: Connection, *, running: bool) -> Rows:
    """The root instances (only those that run, or all), the oldest first."""
    found = _of_theirs(select(*_CARD).select_from(instance))
    if running:
        found = found.where(instance.c.status.in_(["running", "suspended"]))
    return connection.execute(found.order_by(instance.c.started_at, instance.c.root)).mappings().all()


def calling(connection: Connection) -> set[str]:
    """The roots that run a called process."""
    return set(connection.execute(select(called.c.root).distinct()).scalars())


def open_tasks(connection: Connection) -> Rows:
    """The open user tasks in the order of their creation."""
    found = select(task).join(instance, instance.c.root == task.c.root)
    wanted = _of_theirs(found).where(task.c.state == "open", instance.c.status.in_(["running", "suspended"]))
    return connection.execute(wanted.order_by(task.c.number)).mappings().all()


def subscriptions(connection: Connection) -> Rows:
    """The subscriptions of running instances (kinds message, signal, receive), with the business key, the oldest first."""
    found = select(subscription, instance.c.business_key).join(instance, instance.c.root == subscription.c.root)
    wanted = _of_theirs(found).where(instance.c.status == "running")
    return connection.execute(wanted.order_by(subscription.c.created_at, subscription.c.root, subscription.c.id)).mappings().all()


def external_tasks(connection: Connection) -> Rows:
    """The service tasks that wait for workers, with the business key, in the order of their creation."""
    found = select(external_task, instance.c.business_key).join(instance, instance.c.root == external_task.c.root)
    return connection.execute(_of_theirs(found).order_by(external_task.c.number)).mappings().all()


def jobs(connection: Connection) -> Rows:
    """What waits for time in their running instances: timers, in the order of their creation."""
    found = select(timer, instance.c.status).join(instance, instance.c.root == timer.c.root)
    return connection.execute(_of_theirs(found).order_by(timer.c.number)).mappings().all()


def open_incidents(connection: Connection) -> Rows:
    """The open incidents of their instances, the oldest first."""
    found = select(incident).join(instance, instance.c.root == incident.c.root)
    wanted = _of_theirs(found).where(incident.c.resolved_at.is_(None))
    return connection.execute(wanted.order_by(incident.c.created_at, incident.c.id)).mappings().all()


def variable_notes(connection: Connection, root: str) -> list[dict[str, object]]:
    """Every setting of a variable in an instance, in order: scope, name, old, new, removed (what was taken out by law is left out)."""
    found = select(history.c.data).where(history.c.root == root, history.c.kind == "variable").order_by(history.c.seq)
    return [data for data in connection.execute(found).scalars() if data is not None]
