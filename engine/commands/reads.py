"""What pages and people's programmes read of a running instance beyond its projected rows. Locks nothing, changes nothing."""

from collections.abc import Mapping
from typing import Any, cast

from engine.commands.home import Home, Row, Transaction
from engine.commands.projection import wait_of
from engine.commands.turn import Turn
from engine.contract import SYSTEM
from engine.refusals import NotFound
from store.engine import hot


class ReadVerbs:
    """Reads of the engine's own state."""

    home: Home

    def variables(self, *, task: str) -> Mapping[str, Any]:
        """The variables that an open task's token sees. Rights are the caller's. Raises NotFound."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            row = connection.execute(hot.read_task, {"task": task}).mappings().one_or_none()
            if row is None or row["task_state"] != "open":
                raise NotFound(task=task)
            turn = Turn(tx, cast("Row", row), actor=SYSTEM, apart=True)
            state = connection.execute(hot.read_state, {"root": turn.root}).scalar_one()
            return dict(turn.loaded.definitions.load(bytes(state), host=turn.host).visible(wait_of(task)))
