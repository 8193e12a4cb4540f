"""An open task that is locked for a command which changes what stands beside its instance's course, or what its row says."""

from sqlalchemy import update

from engine.commands.home import Transaction
from engine.commands.rights import require_task, task_view
from engine.commands.turn import Turn
from engine.contract import Actor, TaskView
from engine.refusals import NotFound
from store.engine.tables import task as tasks


def lock_open(tx: Transaction, task: str, actor: Actor, verb: str, *, over: bool = False) -> tuple[Turn, TaskView]:
    """A turn on a task's locked instance, and the task. Raises NotFound unless it is open (or, if that is allowed, ``over``) and may be seen; Forbidden."""
    row = tx.lock_task(task)
    view = task_view(row)
    require_task(tx.home.policy, actor, verb, view)
    if view.state != "open" and not over:
        raise NotFound(task=task)
    return Turn(tx, row, actor=actor), view


def touch(tx: Transaction, task: str) -> None:
    """Note that an open task has changed now, or what stands beside it; of what is no task nothing is noted."""
    tx.connection.execute(update(tasks).where(tasks.c.id == task, tasks.c.state == "open").values(changed_at=tx.now))
