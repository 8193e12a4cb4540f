"""Collects what a turn sends (messages, signals, starts, named jobs) and stores it with the turn. Nothing here leaves the house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.bpmn.values import packed
from engine.commands.versions import Versions
from engine.contract import Actor
from store.engine import outbound

THROWN_LIVES = timedelta(days=365)  # a message thrown by a diagram waits that long for its catcher


@dataclass
class Outbox:
    """What one turn sends, in order. Implements ``engine.contract.Outgoing``."""

    now: datetime
    actor: Actor
    root: str | None
    tenant: str
    revision: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    signals: list[tuple[str, str, Mapping[str, Any], str | None, str]] = field(default_factory=list)

    def send(self, message: str, *, key: str, payload: Mapping[str, Any], ttl: timedelta, tenant: str, dedupe: str | None) -> None:
        """Store a message."""
        self.messages.append(
            {
                "tenant": tenant,
                "name": message,
                "key": key,
                "payload": dict(payload),
                "dedupe": dedupe,
                "state": "waiting",
                "sent_at": self.now,
                "sent_by": self.actor.id,
                "expires": self.now + ttl,
                "due": self.now,
                "attempts": 0,
                "from_root": self.root,
                "to_root": None,
            }
        )

    def start(self, process: str, *, business_key: str, variables: Mapping[str, Any], tenant: str, dedupe: str | None) -> None:
        """Store a start job."""
        payload = {"business_key": business_key, "variables": dict(variables), "dedupe": dedupe}
        self.job("start", process, tenant=tenant, payload=payload, dedupe=None if dedupe is None else f"start:{dedupe}")

    def signal(self, name: str, *, payload: Mapping[str, Any], tenant: str) -> None:
        """Broadcast a signal."""
        self.signals.append((tenant, name, packed(payload), None, ""))

    def signal_others(self, name: str, *, payload: Mapping[str, Any], tenant: str, begins: str = "") -> None:
        """Broadcast a signal that a diagram threw: the instance's own catchers have had it. ``begins``: the business key of what it begins."""
        self.signals.append((tenant, name, packed(payload), self.root, begins))

    def later(self, job: str, *, payload: Mapping[str, Any], tenant: str, dedupe: str | None, due: datetime | None) -> None:
        """Store a named job; ``payload["lock"]`` names the root that it locks first."""
        self.job("named", job, tenant=tenant, payload=payload, dedupe=dedupe, due=due, root=payload.get("lock"))

    def job(
        self,
        kind: str,
        name: str,
        *,
        tenant: str,
        payload: Mapping[str, Any],
        dedupe: str | None = None,
        due: datetime | None = None,
        root: str | None = None,
        wait: str | None = None,
        ready: bool = True,
    ) -> None:
        """Store a job of any kind; one for a suspended instance is not ``ready`` before it is resumed."""
        self.jobs.append(
            {
                "kind": kind,
                "name": name,
                "tenant": tenant,
                "root": root,
                "wait": wait,
                "payload": dict(payload),
                "dedupe": dedupe,
                "due": due or self.now,
                "lease": None,
                "attempt": 0,
                "failures": 0,
                "ready": ready,
                "created_at": self.now,
                "from_root": self.root,
            }
        )

    def mark(self) -> tuple[int, int, int]:
        """How much there is so far, for ``rewind``."""
        return len(self.messages), len(self.jobs), len(self.signals)

    def rewind(self, mark: tuple[int, int, int]) -> None:
        """Forget what came after a mark."""
        del self.messages[mark[0] :], self.jobs[mark[1] :], self.signals[mark[2] :]

    def flush(self, connection: Connection, versions: Versions) -> int:
        """Write everything; the number of messages, signal deliveries and starts (what cannot be called back once it has arrived)."""
        for tenant, name, payload, but, begins in self.signals:
            for loaded, process, trigger in versions.triggers(connection, kind="signal", tenant=tenant):
                if trigger.name == name:
                    given = {"version": loaded.id, "element": trigger.element, "variables": payload, "business_key": begins}
                    self.job("begin", process, tenant=tenant, payload=given)
            for catcher in outbound.signal_subscriptions(connection, tenant=tenant, name=name, but=but):
                self.job("signal", name, tenant=tenant, payload=payload, root=catcher.root, wait=catcher.wait, ready=catcher.running)
        # A sorted order of the keyed ones keeps two transactions from waiting for each other.
        for row in sorted(self.jobs, key=lambda each: each["dedupe"] or ""):
            outbound.add_job(connection, {**row, "from_revision": self.revision})
        for row in sorted(self.messages, key=lambda each: each["dedupe"] or ""):
            outbound.add_message(connection, {**row, "from_revision": self.revision})
        return len(self.messages) + sum(row["kind"] in {"signal", "start", "begin"} for row in self.jobs)
