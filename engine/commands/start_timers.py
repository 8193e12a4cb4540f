"""Timer start events: armed when a version is deployed; those of the versions before it are disarmed."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.host import Host
from engine.bpmn.starting import arm_start, next_start
from engine.bpmn.timers import Armed, from_micros
from engine.commands.home import Transaction
from engine.commands.outgoing import Outbox
from engine.commands.scope import Scope, bind
from engine.commands.versions import Loaded, VersionRef
from engine.contract import SYSTEM, Actor
from store.engine import beginnings


def host_of(tx: Transaction, loaded: Loaded, *, tenant: str) -> Host:
    """The surroundings of a start event that belongs to no instance yet."""
    scope = Scope(tx.now, tenant, loaded.settings, tx.connection, tx.home.facts(tx.connection))
    return Host(now=tx.now, functions=bind(tx.home.versions.functions_of(loaded.profile), scope), limits=tx.home.limits.run)


def arm_timers(tx: Transaction, ref: VersionRef, *, actor: Actor) -> None:
    """Arm the timer start events of a new version."""
    processes = tx.home.versions.load(tx.connection, ref.id).definitions.processes
    arm(tx, dict.fromkeys(processes, ref.id), tenant=ref.name, actor=actor)


def arm(tx: Transaction, listening: Mapping[str, int | None], *, tenant: str, actor: Actor) -> None:
    """Arm the timer start events of processes, each of the version that listens now (None: there is none left), instead of those before."""
    beginnings.drop(tx.connection, tenant=tenant, processes=list(listening))
    outbox = Outbox(now=tx.now, actor=actor, root=None, tenant=tenant)
    for key, version in listening.items():
        if version is None:
            continue
        loaded = tx.home.versions.load(tx.connection, version)
        for trigger in loaded.definitions.processes[key].triggers_of("timer"):
            armed = arm_start(trigger, host_of(tx, loaded, tenant=tenant))
            _wait_for(outbox, key, {"version": version, "element": trigger.element, "variables": {}}, armed)
    outbox.flush(tx.connection, tx.home.versions)
    tx.left_work = tx.left_work or bool(outbox.jobs)


def wait_for_next(tx: Transaction, loaded: Loaded, row: Any) -> None:
    """A timer began an instance: if it is a cycle, it waits for its next round."""
    armed: Armed | None = row.payload.get("armed")
    following = None if armed is None else next_start(armed, host_of(tx, loaded, tenant=row.tenant))
    if following is not None:
        outbox = Outbox(now=tx.now, actor=SYSTEM, root=None, tenant=row.tenant)
        _wait_for(outbox, row.name, row.payload, following)
        outbox.flush(tx.connection, tx.home.versions)


def _wait_for(outbox: Outbox, process: str, given: Mapping[str, Any], armed: Armed) -> None:
    payload = {**given, "armed": dict(armed)}
    outbox.job("begin", process, tenant=outbox.tenant, payload=payload, due=from_micros(armed["due"]))
