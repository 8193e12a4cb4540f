"""The engine as others hold it: all verbs on one database."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.commands.candidates import CandidateVerbs
from engine.commands.deadlines import DeadlineVerbs
from engine.commands.deployments import DeploymentVerbs
from engine.commands.events import EventVerbs
from engine.commands.home import Home, Limits
from engine.commands.incidents import IncidentVerbs
from engine.commands.instances import InstanceVerbs
from engine.commands.live import LiveCache
from engine.commands.looks import LookVerbs
from engine.commands.migrations import MigrationVerbs
from engine.commands.modifications import ModificationVerbs
from engine.commands.reads import ReadVerbs
from engine.commands.remarks import RemarkVerbs
from engine.commands.scope import Function
from engine.commands.task_edits import TaskEditVerbs
from engine.commands.tasks import TaskVerbs
from engine.commands.timers import TimerVerbs
from engine.commands.upkeep import UpkeepVerbs
from engine.commands.versions import Versions
from engine.commands.workers import WorkerVerbs
from engine.contract import Policy, Registry
from engine.jobs import Work
from store.database import Database


def _random_id() -> str:
    return secrets.token_hex(10)


def no_facts(connection: Connection) -> Any:  # noqa: ARG001 - the signature of a facts factory
    """Facts of a deployment that has none."""
    return None


class Engine(
    TaskVerbs,
    InstanceVerbs,
    DeploymentVerbs,
    EventVerbs,
    DeadlineVerbs,
    IncidentVerbs,
    Work,
    UpkeepVerbs,
    ReadVerbs,
    LookVerbs,
    WorkerVerbs,
    TimerVerbs,
    MigrationVerbs,
    ModificationVerbs,
    RemarkVerbs,
    CandidateVerbs,
    TaskEditVerbs,
):
    """The verbs: the only writers of the engine's tables. Thread-safe; one per process and database.

    In: ``facts`` makes the selection's reads and writes from a connection (``ctx.facts``); ``functions`` of expressions, each called
    ``f(scope, context, *arguments)``; ``ids`` gives ids of roots and incidents (hand in a seeded one to make runs repeatable).
    """

    def __init__(
        self,
        *,
        database: Database,
        registry: Registry,
        policy: Policy,
        clock: Clock,
        facts: Callable[[Connection], Any] = no_facts,
        functions: Mapping[str, Function] | None = None,
        limits: Limits | None = None,
        ids: Callable[[], str] = _random_id,
    ) -> None:
        own = dict(functions or {})
        bounds = limits or Limits()
        self.home = Home(
            database=database,
            registry=registry,
            policy=policy,
            clock=clock,
            facts=facts,
            functions=own,
            limits=bounds,
            ids=ids,
            versions=Versions(own),
            live=LiveCache(bounds.live),
        )
