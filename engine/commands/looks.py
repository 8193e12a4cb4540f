"""A look at a running instance as it stands, and writes to its variables from outside: what the REST interface needs beyond rows."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from engine.bpmn.execution import Execution
from engine.bpmn.scopes import scope_of
from engine.bpmn.walk import CalledProcess, Place, called_processes, places
from engine.commands.home import Home, Row, Transaction
from engine.commands.open_tasks import touch
from engine.commands.projection import row_id
from engine.commands.reads import stored
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance
from engine.commands.turn import Turn
from engine.contract import SYSTEM, Actor
from engine.refusals import NotFound
from store.engine import hot


class Look:
    """One instance at one moment. ``within`` names a called process by the token of its call activity; "" is the instance itself."""

    def __init__(self, execution: Execution) -> None:
        """Of an execution that nobody else holds."""
        self._execution = execution
        self.called: dict[str, CalledProcess] = {each.token: each for each in called_processes(execution.instance)}

    def places(self, within: str = "") -> tuple[Place, ...]:
        """Where its tokens stand."""
        return places(self._execution.instance, within)

    def typed(self, token: str | None = None, *, within: str = "", local: bool = False) -> Mapping[str, Any]:
        """What a token sees (``local``: itself holds), else the instance's or called process's own variables: with declared types (`Declared`).

        Raises EngineError `gone`.
        """
        if token is None:
            return self._execution.typed(scope=scope_of(within))
        self._execution.element(token)
        return self._execution.typed(scope=token) if local else self._execution.typed(token)

    def variables(self, within: str = "") -> Mapping[str, Any]:
        """The variables of the instance's (or called process's) own scope."""
        return self._execution.variables(scope_of(within))

    def holds(self, scope: str, name: str) -> bool:
        """Whether a scope, named as the history names it, is there and has a variable."""
        return name in self._execution.instance.scopes.held.get(scope, ())

    def properties(self, token: str) -> Mapping[str, str]:
        """The extension properties of the element that a token is at. Raises EngineError `gone`."""
        return self._execution.element(token).properties


class LookVerbs:
    """The verbs of looking and of writing variables."""

    home: Home

    def look(self, *, root: str) -> Look:
        """A running (or suspended) instance as it stands. Rights are the caller's. Raises NotFound."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            turn = Turn(tx, tx.read_root(root), actor=SYSTEM, apart=True)
            if turn.row["status"] not in {"running", "suspended"}:
                raise NotFound(root=root)
            return Look(stored(turn))

    def looks(self, *, roots: Collection[str]) -> dict[str, Look]:
        """Several of them by their roots, read in one statement; those that have ended stay out. Rights are the caller's."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            found = connection.execute(hot.read_roots, {"roots": list(roots)}).mappings().all()
            standing = (cast("Row", row) for row in found if row["status"] in {"running", "suspended"})
            return {row["root"]: Look(Turn(tx, row, actor=SYSTEM, apart=True).execution) for row in standing}

    def set_variables(
        self,
        *,
        root: str,
        variables: Mapping[str, Any],
        actor: Actor,
        without: Collection[str] = (),
        within: str = "",
        token: str | None = None,
        local: bool = False,
    ) -> None:
        """Set variables of an instance and take others out (``without``); conditional events look again.

        In: ``within`` a called process by its call activity's token. With ``token`` they go to (or out of) the nearest scope around it that
        has the name, else its process's own; ``local``: the token itself. Raises NotFound, NotRunning, Suspended; EngineError `gone`.
        """

        def work(tx: Transaction) -> None:
            row = tx.lock_root(root)
            require_instance(self.home.policy, actor, "set_variables", instance_view(row))
            turn = Turn(tx, row, actor=actor)
            turn.require_running()
            execution, names = turn.execution, sorted({*variables, *without})
            if token is not None and (local or any(execution.holder(token, name) == token for name in names)):
                touch(tx, row_id(root, token))
            if token is None or local:
                scope = scope_of(within) if token is None else token
                execution.set_variables(variables, scope=scope)
                execution.remove_variables(without, scope=scope)
            else:
                execution.write(token, variables)
                for name in without:
                    execution.remove_variables([name], scope=execution.holder(token, name))
            turn.note("set_variables", data={"names": names})
            advance(turn)
            turn.save()

        self.home.transact(work)
