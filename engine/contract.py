"""What handlers, listeners and jobs see of the engine: the only part of it that ``handlers/`` imports.

A handler is a small function ``f(ctx, inputs) -> outputs``; a listener ``g(ctx, data) -> variables``; a job ``h(ctx, payload)``. The
decorators note them in a ``Registry`` under the name that diagrams use. The second parameter's annotation may be a frozen dataclass: its
fields are then taken by name and checked against their annotated types.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from engine.inputs import typed_parameter

Function = Callable[..., Any]


@dataclass(frozen=True)
class Actor:
    """Who acts. A group is ``role@organisation``; kind tells people from the system itself and from the public."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()
    kind: Literal["person", "system", "public"] = "person"


SYSTEM = Actor(id="system", name="系统", kind="system")


class BpmnError(Exception):
    """A business error: goes to the error boundary event that catches ``code``; uncaught it becomes an incident."""

    def __init__(self, code: str, message: str = "") -> None:
        """``code`` as the diagram's error event names it; ``message`` is kept in the history."""
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}" if message else code)


@dataclass(frozen=True)
class TaskView:
    """A user task (or, in a handler, its service task) as others may see it."""

    id: str
    root: str
    tenant: str
    process: str
    element: str
    name: str
    business_key: str
    form_key: str | None = None
    state: str = "open"
    assignee: str | None = None
    owner: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    priority: int = 0
    created_at: datetime | None = None
    due: datetime | None = None
    revision: int = 1
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InstanceView:
    """The root instance that a handler works in; ``variables`` are those its token sees."""

    root: str
    process: str
    business_key: str
    tenant: str
    version: int
    variables: Mapping[str, Any] = field(default_factory=dict)


class Outgoing(Protocol):
    """Where a context puts what shall happen after the commit, in transactions of their own."""

    def send(self, message: str, *, key: str, payload: Mapping[str, Any], ttl: timedelta, tenant: str, dedupe: str | None) -> None:
        """Store a message."""
        ...

    def start(self, process: str, *, business_key: str, variables: Mapping[str, Any], tenant: str, dedupe: str | None) -> None:
        """Store a start job."""
        ...

    def signal(self, name: str, *, payload: Mapping[str, Any], tenant: str) -> None:
        """Broadcast a signal."""
        ...

    def later(self, job: str, *, payload: Mapping[str, Any], tenant: str, dedupe: str | None, due: datetime | None) -> None:
        """Store a named job."""
        ...


@dataclass(frozen=True)
class Context:
    """The surroundings of one call. Everything happens in the command's transaction; nothing leaves the house before the commit."""

    now: datetime  # aware, UTC
    actor: Actor
    received: datetime  # receive-complete time of the request, aware, UTC
    instance: InstanceView
    task: TaskView | None
    facts: Any
    settings: Mapping[str, Any]
    outgoing: Outgoing
    attempt: int = 1  # fencing token of an outside handler
    forms: Mapping[str, Any] = field(default_factory=dict)  # the version's forms by path (`engine.forms.Form`)

    def send(
        self,
        message: str,
        *,
        key: str,
        payload: Mapping[str, Any] | None = None,
        ttl: timedelta = timedelta(days=365),
        tenant: str | None = None,
        dedupe: str | None = None,
    ) -> None:
        """Store a message for the subscription (tenant, message, key); it waits up to ``ttl``. The same ``dedupe`` is stored once, ever."""
        self.outgoing.send(message, key=key, payload=payload or {}, ttl=ttl, tenant=self._tenant(tenant), dedupe=dedupe)

    def start(
        self,
        process: str,
        *,
        business_key: str,
        variables: Mapping[str, Any] | None = None,
        tenant: str | None = None,
        dedupe: str | None = None,
    ) -> None:
        """Start another root instance after the commit; with the same ``dedupe`` at most one, ever."""
        self.outgoing.start(process, business_key=business_key, variables=variables or {}, tenant=self._tenant(tenant), dedupe=dedupe)

    def signal(self, name: str, payload: Mapping[str, Any] | None = None, *, tenant: str | None = None) -> None:
        """Tell every subscription to the signal in the tenant, each in a transaction of its own."""
        self.outgoing.signal(name, payload=payload or {}, tenant=self._tenant(tenant))

    def later(
        self,
        job: str,
        *,
        payload: Mapping[str, Any] | None = None,
        dedupe: str | None = None,
        due: datetime | None = None,
        tenant: str | None = None,
    ) -> None:
        """Run a named job after the commit (not before ``due``). While one with the same ``dedupe`` waits, no second is stored."""
        self.outgoing.later(job, payload=payload or {}, tenant=self._tenant(tenant), dedupe=dedupe, due=due)

    def _tenant(self, tenant: str | None) -> str:
        return self.instance.tenant if tenant is None else tenant


class Policy(Protocol):
    """The rights that assignment and candidacy do not decide."""

    def may(self, actor: Actor, verb: str, subject: TaskView | InstanceView) -> None:
        """Return if allowed; raise NotFound (not to be seen) or Forbidden (seen, not allowed)."""
        ...


@dataclass(frozen=True)
class Entry:
    """A registered function: its name, where it runs, and the dataclass its second parameter asks for (if any)."""

    name: str
    function: Function
    outside: bool = False
    wants: type | None = None


class Registry:
    """Handlers, listeners and jobs by name, and what follows a refusal by its code. A name is registered once."""

    def __init__(self) -> None:
        """Empty."""
        self.handlers: dict[str, Entry] = {}
        self.listeners: dict[str, Entry] = {}
        self.jobs: dict[str, Entry] = {}
        self.refusals: dict[str, Entry] = {}

    def handler(self, topic: str, *, outside: bool = False) -> Callable[[Function], Function]:
        """Register a handler of a topic; ``outside`` for effects beyond the database (a job with lease, retries and fencing)."""
        return self._into(self.handlers, topic, outside=outside)

    def listener(self, name: str) -> Callable[[Function], Function]:
        """Register a listener: a check of an act, named by ``camunda:taskListener``."""
        return self._into(self.listeners, name)

    def job(self, name: str) -> Callable[[Function], Function]:
        """Register a named job."""
        return self._into(self.jobs, name)

    def refusal(self, code: str) -> Callable[[Function], Function]:
        """Register what follows when people's act is refused with ``code``: ``f(ctx, details)``, in a transaction after the rollback."""
        return self._into(self.refusals, code)

    def _into(self, table: dict[str, Entry], name: str, *, outside: bool = False) -> Callable[[Function], Function]:
        def note(function: Function) -> Function:
            known = table.get(name)
            if known is not None and known.function is not function:
                message = f"{name} is registered twice: {known.function.__qualname__} and {function.__qualname__}"
                raise ValueError(message)
            table[name] = Entry(name=name, function=function, outside=outside, wants=typed_parameter(function))
            return function

        return note


# The registry that the module-level decorators fill; a test or another deployment may build its own.
registry = Registry()
handler = registry.handler
listener = registry.listener
job = registry.job
