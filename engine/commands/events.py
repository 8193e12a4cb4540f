"""Messages and signals: from a person or another system into the instances that wait for them."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from engine.commands.home import Home, Transaction
from engine.commands.outgoing import Outbox
from engine.commands.projection import DELIVERED, root_of, wait_of
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance, call_listener
from engine.commands.starts import begin_where_true
from engine.commands.turn import CommandResult, Turn
from engine.contract import Actor, InstanceView
from engine.refusals import NobodyWaits
from store.engine import outbound
from store.engine.tables import message as message_table

NOW_OR_NEVER = timedelta(0)


class EventVerbs:
    """The verbs on messages and signals."""

    home: Home

    def correlate(
        self,
        *,
        message: str,
        key: str,
        payload: Mapping[str, Any],
        tenant: str,
        actor: Actor,
        ttl: timedelta = NOW_OR_NEVER,
        dedupe: str | None = None,
    ) -> CommandResult:
        """Hand a message to the instance that waits for (tenant, message, key), in this transaction: its check listener may refuse.

        If nobody waits, it is stored for ``ttl`` and delivered when somebody does (the result then has no root). Raises NobodyWaits when
        nobody waits and there is no ``ttl``; NotFound or Forbidden from the policy; what the check refuses. One ``dedupe`` counts once.
        """
        require_instance(self.home.policy, actor, "correlate", InstanceView("", message, key, tenant, 0))

        def work(tx: Transaction) -> CommandResult:
            nothing = CommandResult("", 0, 0)
            if dedupe is not None and tx.connection.execute(select(message_table.c.id).where(message_table.c.dedupe == dedupe)).first():
                return nothing
            found = outbound.meeting(tx.connection, tenant=tenant, name=message, key=key)
            row = None if found is None else tx.lock_root(found.root)
            # The subscription is looked for again under the lock: the instance may have moved on before we had it.
            found = None if row is None else outbound.meeting(tx.connection, tenant=tenant, name=message, key=key, root=row["root"])
            sent = Outbox(now=tx.now, actor=actor, root=None, tenant=tenant)
            sent.send(message, key=key, payload=payload, ttl=ttl, tenant=tenant, dedupe=dedupe)
            if found is not None and row is not None:
                sent.messages[0].update(state="delivered", to_root=row["root"])
                outbound.add_message(tx.connection, {**sent.messages[0], "from_revision": None})
                return deliver(Turn(tx, row, actor=actor), wait=found.wait, name=message, payload=payload)
            if ttl <= NOW_OR_NEVER and self.home.versions.message_start(tx.connection, message=message, tenant=tenant) is None:
                raise NobodyWaits(message=message, key=key)
            outbound.add_message(tx.connection, {**sent.messages[0], "from_revision": None})
            tx.left_work = True
            return nothing

        return self.home.transact(work)

    def hand_over(
        self, *, subscription: str, payload: Mapping[str, Any], actor: Actor, local: Mapping[str, Any] = MappingProxyType({})
    ) -> CommandResult:
        """Hand a message or signal (or to a receive task without message: just the word to go on) to the one wait with this id.

        In: ``local`` variables of the wait alone, which its output parameters may hand on.

        Raises NobodyWaits when it waits no more; Suspended; what its check refuses.
        """

        def work(tx: Transaction) -> CommandResult:
            row = tx.lock_root(root_of(subscription))
            require_instance(self.home.policy, actor, "correlate", instance_view(row))
            turn = Turn(tx, row, actor=actor)
            wait = turn.wait(wait_of(subscription)) if row["status"] == "running" else None
            if wait is None or wait.kind not in DELIVERED:
                raise NobodyWaits(subscription=subscription)
            return deliver(turn, wait=wait.id, name=wait.message or "", payload=payload, local=local)

        return self.home.transact(work)

    def broadcast(self, *, signal: str, payload: Mapping[str, Any], tenant: str, actor: Actor) -> None:
        """Tell every instance of the tenant that catches the signal, each in a transaction of its own after this one."""
        require_instance(self.home.policy, actor, "broadcast", InstanceView("", signal, "", tenant, 0))

        def work(tx: Transaction) -> None:
            sent = Outbox(now=tx.now, actor=actor, root=None, tenant=tenant)
            sent.signal(signal, payload=payload, tenant=tenant)
            sent.flush(tx.connection, self.home.versions)
            tx.left_work = True

        self.home.transact(work)

    def start_where_true(
        self, *, variables: Mapping[str, Any], tenant: str, actor: Actor, business_key: str = "", process: str | None = None
    ) -> tuple[str, ...]:
        """Start every process (or the one named) whose conditional start event holds for these variables; the ids of the roots.

        The variables become those of the instances. Raises Forbidden; ExpressionError of a condition that cannot be evaluated.
        """
        require_instance(self.home.policy, actor, "start", InstanceView("", process or "", business_key, tenant, 0))

        def work(tx: Transaction) -> tuple[str, ...]:
            return begin_where_true(tx, tenant=tenant, variables=variables, business_key=business_key, process=process, actor=actor)

        return self.home.transact(work)


def deliver(
    turn: Turn, *, wait: str, name: str, payload: Mapping[str, Any], local: Mapping[str, Any] = MappingProxyType({})
) -> CommandResult:
    """Hand a message or signal to a wait of a locked instance, after its check listener (if it has one) agrees."""
    turn.require_running()
    found = turn.wait(wait)
    if found is None:
        raise NobodyWaits(message=name, wait=wait)
    if found.check is not None:
        # A check may say which variables come of the message instead of its payload (what it kept as a fact need not become one).
        kept = call_listener(turn, found.check, found, payload)
        payload = payload if kept is None else kept
    turn.note(found.kind, process=found.process, element=found.element, data={"name": name, "key": found.correlation})
    turn.execution.set_variables(local, scope=wait)
    turn.execution.deliver(wait, payload=payload)
    advance(turn)
    return turn.save()
