"""Named reads for the REST interface: deployments of foreign diagrams and what runs of them. Nothing of the house's seasons is among them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Text, and_, func, select, type_coerce

from store.engine import present
from store.engine.past import GENERIC
from store.engine.tables import decision, definition, incident, instance, task_candidate, version, version_file
from store.types import encode

Rows = Sequence[RowMapping]
TIMED = ("timer", "job")  # kinds of incidents at which a timer, or that of a start event, stands still


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


def decisions(connection: Connection) -> Rows:
    """All decisions, by deployment; `latest` tells the highest number of each key."""
    highest = func.max(decision.c.number).over(partition_by=decision.c.key)
    found = select(decision, version.c.deployed_at, (decision.c.number == highest).label("latest"))
    return connection.execute(found.join(version, version.c.id == decision.c.version).order_by(decision.c.version, decision.c.key)).mappings().all()


def definitions(connection: Connection) -> Rows:
    """All process definitions, by key and number; `latest` tells the highest of each key."""
    found = select(definition, version.c.number.label("edition"), version.c.deployed_at).join(version, version.c.id == definition.c.version)
    return connection.execute(found.where(version.c.profile == GENERIC).order_by(definition.c.key, definition.c.number)).mappings().all()


def begun_by(connection: Connection, message: str) -> set[int]:
    """The deployments in which a message begins something."""
    starts = type_coerce(version.c.message_starts, Text).contains(f"{encode(message)}:", autoescape=True)
    return set(connection.execute(select(version.c.id).where(version.c.profile == GENERIC, starts)).scalars())


def running_counts(connection: Connection) -> Rows:
    """How many instances and called processes run of each process and version (`standing`): process, standing, number."""
    source = present.INSTANCES.source.subquery()
    found = select(source.c.process, source.c.standing, func.count().label("number")).group_by(source.c.process, source.c.standing)
    return connection.execute(found).mappings().all()


def position_counts(connection: Connection, definition: tuple[str, int]) -> dict[str, int]:
    """How many tokens stand at each element of a definition."""
    it = present.EXECUTIONS.source.where(present.EXECUTIONS.filters["definition"](definition)).subquery().c
    found = select(it.element, func.count()).where(it.token != "", it.kind == "").group_by(it.element)
    return {row[0]: row[1] for row in connection.execute(found)}


def group_counts(connection: Connection) -> dict[str | None, int]:
    """How many open tasks are offered to each group; None: those that are offered to none."""
    open_tasks = present.TASKS.source.subquery()
    offered = and_(task_candidate.c.task == open_tasks.c.id, task_candidate.c.who.startswith("g:"))
    found = select(task_candidate.c.who, func.count()).select_from(open_tasks.outerjoin(task_candidate, offered)).group_by(task_candidate.c.who)
    return {None if who is None else who.removeprefix("g:"): number for who, number in connection.execute(found)}


def trouble_counts(connection: Connection) -> Rows:
    """How many incidents are open by process, version (`standing`), element and kind."""
    what = (incident.c.process, instance.c.version.label("standing"), incident.c.element, incident.c.kind)
    found = _of_theirs(select(*what, func.count().label("number")).join(instance, instance.c.root == incident.c.root))
    wanted = found.where(incident.c.resolved_at.is_(None))
    return connection.execute(wanted.group_by(incident.c.process, instance.c.version, incident.c.element, incident.c.kind)).mappings().all()


def traces_of(connection: Connection, subject: str) -> list[str]:
    """What was written down of the open failures of a timer."""
    found = select(incident.c.trace).where(incident.c.subject == subject, incident.c.kind.in_(TIMED), incident.c.resolved_at.is_(None))
    return list(connection.execute(found).scalars())


def incidents_of(connection: Connection, subject: str) -> list[str]:
    """The open failures of a timer."""
    found = select(incident.c.id).where(incident.c.subject == subject, incident.c.kind.in_(TIMED), incident.c.resolved_at.is_(None))
    return list(connection.execute(found).scalars())
