"""Root instances: deploy, start, suspend, resume, cancel."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.bpmn.elements import ElementInfo
from engine.bpmn.modifying import Change, modify
from engine.commands.home import Home, Transaction
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance, call_listener
from engine.commands.start_timers import arm_timers
from engine.commands.turn import CommandResult, Turn
from engine.commands.versions import Loaded, VersionRef
from engine.contract import Actor, InstanceView
from engine.refusals import AlreadyStarted, NotRunning, Suspended
from store.engine import catalogue, outbound
from store.engine.chain import GENESIS
from store.engine.tables import instance


class InstanceVerbs:
    """The verbs on versions and root instances."""

    home: Home

    def deploy(self, *, name: str, files: Mapping[str, bytes], actor: Actor) -> VersionRef:
        """Store a folder (path -> content) as the next version of ``name``; the same content gives the version that has it.

        Raises DiagramErrors or EngineError naming file and element; then nothing is stored.
        """
        require_instance(self.home.policy, actor, "deploy", InstanceView("", "", "", name, 0))

        def work(tx: Transaction) -> VersionRef:
            ref = self.home.versions.deploy(tx.connection, name=name, files=files, by=actor.id, now=tx.now)
            if ref.created:
                arm_timers(tx, ref, actor=actor)
            return ref

        return self.home.transact(work)

    def start(
        self,
        *,
        process: str,
        business_key: str,
        variables: Mapping[str, Any],
        tenant: str,
        actor: Actor,
        version: int | None = None,
        dedupe: str | None = None,
        element: str | None = None,
        payload: Mapping[str, Any] | None = None,
        changes: Sequence[Change] = (),
    ) -> str:
        """Start a process and run it to its first wait states; the new root's id.

        In: ``version`` a number of the deployment named like the tenant (default: the newest that has the process); ``dedupe`` a key that
        starts one instance only, ever; ``element`` the id of a message start event; ``payload`` what the
        start event's check listener gets besides the variables: it may refuse or keep it as a
        fact, it never becomes a variable; ``changes`` where it begins instead of at a start event. Raises UnknownProcess, AlreadyStarted, Suspended, Forbidden.
        """
        require_instance(self.home.policy, actor, "start", InstanceView("", process, business_key, tenant, version or 0))

        def work(tx: Transaction) -> str:
            loaded = self.home.versions.pick(tx.connection, process=process, tenant=tenant, number=version)
            if catalogue.is_suspended(tx.connection, key=process, version=loaded.id):
                raise Suspended(process=process)
            if dedupe is not None and tx.connection.execute(select(instance.c.root).where(instance.c.dedupe == dedupe)).first():
                raise AlreadyStarted(dedupe=dedupe)
            where = {"process": process, "business_key": business_key, "tenant": tenant, "dedupe": dedupe}
            return start_in(tx, loaded, where=where, variables=variables, actor=actor, element=element, payload=payload, changes=changes)

        return self.home.transact(work)

    def suspend(self, *, root: str, reason: str, actor: Actor) -> CommandResult:
        """Let an instance stand still: no task, timer, message or job moves it until it is resumed."""
        return self._switch(root, actor, "suspend", reason, allowed="running", status="suspended")

    def resume(self, *, root: str, reason: str, actor: Actor) -> CommandResult:
        """Let a suspended instance go on; what fell due meanwhile happens now."""
        return self._switch(root, actor, "resume", reason, allowed="suspended", status="running")

    def cancel(self, *, root: str, reason: str, actor: Actor) -> CommandResult:
        """End an instance before its end; everything that waits in it goes, its history stays."""

        def work(tx: Transaction) -> CommandResult:
            turn = self._turn(tx, root, actor, "cancel")
            if turn.row["status"] not in {"running", "suspended"}:
                raise NotRunning(root=root)
            turn.note("cancel", data={"reason": reason})
            turn.execution.cancel()
            turn.step()
            turn.row["status"] = "cancelled"
            return turn.save()

        return self.home.transact(work)

    def _switch(self, root: str, actor: Actor, verb: str, reason: str, *, allowed: str, status: str) -> CommandResult:
        def work(tx: Transaction) -> CommandResult:
            turn = self._turn(tx, root, actor, verb)
            if turn.row["status"] != allowed:
                raise NotRunning(root=root, status=turn.row["status"])
            turn.row["status"] = status
            turn.note(verb, data={"reason": reason})
            outbound.hold_work(tx.connection, root=root, ready=status == "running")
            tx.left_work = True
            return turn.save_notes()

        return self.home.transact(work)

    def _turn(self, tx: Transaction, root: str, actor: Actor, verb: str) -> Turn:
        row = tx.lock_root(root)
        require_instance(self.home.policy, actor, verb, instance_view(row))
        return Turn(tx, row, actor=actor)


def start_in(
    tx: Transaction,
    loaded: Loaded,
    *,
    where: Mapping[str, Any],
    variables: Mapping[str, Any],
    actor: Actor,
    element: str | None = None,
    payload: Mapping[str, Any] | None = None,
    changes: Sequence[Change] = (),
    about: Mapping[str, Any] | None = None,
) -> str:
    """Start an instance within a transaction; its root id. ``where``: process, business_key, tenant, dedupe.

    With ``changes`` it begins where they say instead of at a start event; ``about`` stands in the history beside the start.
    """
    turn = Turn(tx, _new_row(tx, loaded, where, actor), actor=actor)
    variables = _with_initiator(loaded, where["process"], element, actor) | dict(variables)
    turn.note("start", data={"business_key": where["business_key"], "version": loaded.number, **(about or {})})
    if changes:
        turn.begin(loaded.definitions.empty(where["process"], variables=variables, host=turn.host))
        modify(turn.execution.instance, changes)
    else:
        turn.begin(loaded.definitions.new(where["process"], variables=variables, host=turn.host, start=element))
        for check in _start_checks(loaded, process=where["process"], element=element):
            call_listener(turn, check, None, {**variables, **(payload or {})})
    advance(turn)
    return turn.save(new=True).root


def _new_row(tx: Transaction, loaded: Loaded, where: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    return {
        **where,
        "root": tx.home.ids(),
        "version": loaded.id,
        "status": "running",
        "stage": None,
        "public_stage": None,
        "revision": 0,
        "seq": 0,
        "head": GENESIS,
        "troubles": 0,
        "previous": None,
        "previous_task": None,
        "previous_sent": None,
        "started_at": tx.now,
        "started_by": actor.id,
        "changed_at": tx.now,
        "ended_at": None,
    }


def _with_initiator(loaded: Loaded, process: str, element: str | None, actor: Actor) -> dict[str, Any]:
    """The variable that `camunda:initiator` names holds who starts; a variable given at the start wins."""
    return {info.initiator: actor.id for info in _begins(loaded, process=process, element=element) if info.initiator}


def _start_checks(loaded: Loaded, *, process: str, element: str | None) -> list[str]:
    """The check of the start event that begins: the one named, else the process's own plain one."""
    return [info.check for info in _begins(loaded, process=process, element=element) if info.check is not None]


def _begins(loaded: Loaded, *, process: str, element: str | None) -> list[ElementInfo]:
    found = loaded.definitions.processes[process].elements.values() if process in loaded.definitions.processes else ()
    starts = [info for info in found if info.type == "startEvent" and info.parent is None]  # not those of event sub-processes
    return [info for info in starts if element is None or info.id == element]
