"""Start events that begin instances by themselves: at a timer, a signal, or where a condition holds.

They listen for the newest version of their process. What a timer or signal begins is a job of kind `begin`: an instance in a transaction
of its own.
"""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.starting import holds
from engine.bpmn.values import unpacked
from engine.commands.home import Transaction
from engine.commands.instances import start_in
from engine.commands.start_timers import host_of, wait_for_next
from engine.contract import SYSTEM, Actor


def begin(tx: Transaction, row: Any) -> str:
    """Do a job of kind `begin`: an instance of the version that listened, at its start event; the root's id."""
    given: Mapping[str, Any] = row.payload
    loaded = tx.home.versions.load(tx.connection, given["version"])
    wait_for_next(tx, loaded, row)
    where = {"process": row.name, "business_key": given.get("business_key", ""), "tenant": row.tenant, "dedupe": None}
    return start_in(tx, loaded, where=where, variables=unpacked(given["variables"]), actor=SYSTEM, element=given["element"])


def begin_where_true(
    tx: Transaction, *, tenant: str, variables: Mapping[str, Any], business_key: str, process: str | None, actor: Actor
) -> tuple[str, ...]:
    """Start every process (or the one named) whose conditional start event holds for the variables; the ids of the roots."""
    found = []
    for loaded, key, trigger in tx.home.versions.triggers(tx.connection, kind="conditional", tenant=tenant):
        if process in {None, key} and holds(trigger, variables, host_of(tx, loaded, tenant=tenant)):
            where = {"process": key, "business_key": business_key, "tenant": tenant, "dedupe": None}
            found.append(start_in(tx, loaded, where=where, variables=variables, actor=actor, element=trigger.element))
    return tuple(found)
