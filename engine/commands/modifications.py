"""An administrator puts a running instance elsewhere, or lets a finished one run once more. Both want a reason, and both are in the chained history.

What is skipped so makes none of its facts: that is why the reason, every change and who did it are kept, and why a season's cases are open to the
platform's administrator only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.bpmn.modifying import Change, modify
from engine.bpmn.scopes import scope_of
from engine.bpmn.values import Declared
from engine.commands.home import Home, Transaction
from engine.commands.instances import start_in
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance
from engine.commands.turn import CommandResult, Turn
from engine.contract import Actor
from engine.refusals import NeedsReason, StillGoes
from store.engine import queries

MOST = 10**9  # entries of a history: all


class ModificationVerbs:
    """The verbs that go around what a diagram says."""

    home: Home

    def modify(
        self,
        *,
        root: str,
        changes: Sequence[Change],
        reason: str,
        actor: Actor,
        variables: Mapping[str, Any] | None = None,
        within: str = "",
    ) -> CommandResult:
        """Cancel tokens and start others, all of it or nothing, then run to the next wait states.

        In: ``variables`` are set first; ``within`` the called process of a call activity's token. An instance in which nothing is left is cancelled
        (who may not cancel it, may not empty it). Raises NeedsReason, NotFound, NotRunning, Suspended; EngineError ``MOD-…`` naming the place.
        """
        if not reason.strip():
            raise NeedsReason

        def work(tx: Transaction) -> CommandResult:
            row = tx.lock_root(root)
            require_instance(self.home.policy, actor, "modify", instance_view(row))
            turn = Turn(tx, row, actor=actor)
            turn.require_running()
            turn.note("modify", data={"reason": reason, "changes": [_told(each) for each in changes], "within": within})
            instance = turn.execution.instance
            turn.execution.set_variables(variables or {}, scope=scope_of(within))
            modify(instance, changes, within=within)
            if instance.live == 0:
                require_instance(self.home.policy, actor, "cancel", instance_view(row))
                turn.execution.cancel()
                turn.row["status"] = "cancelled"
            advance(turn)
            return turn.save()

        return self.home.transact(work)

    def restart(
        self,
        *,
        root: str,
        reason: str,
        actor: Actor,
        changes: Sequence[Change] = (),
        initial: bool = False,
        business_key: str | None = None,
    ) -> str:
        """Let a finished instance run once more, as a new one of the same version; the new root's id.

        In: ``changes`` say where it begins (default: at its start event, whose check is asked); it has the variables that the old one ended with, or
        with ``initial`` those it was started with; ``business_key`` by default the same. Raises NeedsReason, StillGoes, NotFound; as ``modify``.
        """
        if not reason.strip():
            raise NeedsReason

        def work(tx: Transaction) -> str:
            row = tx.lock_root(root)
            require_instance(self.home.policy, actor, "restart", instance_view(row))
            if row["status"] not in {"ended", "cancelled"}:
                raise StillGoes(root=root)
            loaded = self.home.versions.load(tx.connection, row["version"])
            key = row["business_key"] if business_key is None else business_key
            where = {"process": row["process"], "business_key": key, "tenant": row["tenant"], "dedupe": None}
            about = {"restart_of": root, "reason": reason, "changes": [_told(each) for each in changes]}
            known = variables_of(tx.connection, root, initial=initial)
            new = start_in(tx, loaded, where=where, variables=known, actor=actor, changes=changes, about=about)
            old = Turn(tx, row, actor=actor, apart=True)
            old.note("restart", data={"as": new, "reason": reason})
            old.save_notes()
            return new

        return self.home.transact(work)


def variables_of(connection: Connection, root: str, *, initial: bool) -> dict[str, Any]:
    """The variables of an instance's own scope by its history: as it was started, or the last of each. What was removed by law is not among them."""
    found: dict[str, Any] = {}
    for entry in queries.history_of(connection, root, limit=MOST):
        if entry["kind"] == "variable" and entry["data"] is not None and entry["data"]["scope"] == "":
            told = entry["data"]
            found[told["name"]] = Declared(told["new"], told["type"]) if "type" in told else told["new"]
            if entry["data"].get("removed"):
                del found[entry["data"]["name"]]
        elif initial and entry["kind"] not in {"variable", "start"}:
            break
    return found


def _told(change: Change) -> dict[str, Any]:
    """A change as the history keeps it: of local variables the names."""
    told = {"kind": change.kind, "place": change.place, "token": change.token, "local": sorted(change.local), "standing": change.standing}
    return {name: value for name, value in told.items() if value}
