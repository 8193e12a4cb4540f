"""To whom an open task is offered, beyond what its diagram says: people and groups come and go by a command."""

from sqlalchemy import delete, insert, select, update

from engine.commands.home import Home, Transaction
from engine.commands.open_tasks import lock_open
from engine.commands.projection import sort_key
from engine.contract import Actor
from store.engine.tables import task as tasks
from store.engine.tables import task_candidate


class CandidateVerbs:
    """The verb on candidates."""

    home: Home

    def offer(self, *, task: str, actor: Actor, user: str | None = None, group: str | None = None, withdrawn: bool = False) -> None:
        """Offer an open task to a user or to a group, too (``withdrawn``: no more). Raises NotFound, Forbidden."""

        def work(tx: Transaction) -> None:
            turn, view = lock_open(tx, task, actor, "assign")
            held = tx.connection.execute(select(tasks.c.users, tasks.c.groups, tasks.c.due).where(tasks.c.id == task)).one()
            users, groups = _changed(held.users, user, withdrawn=withdrawn), _changed(held.groups, group, withdrawn=withdrawn)
            tx.connection.execute(update(tasks).where(tasks.c.id == task).values(users=users, groups=groups, changed_at=tx.now))
            tx.connection.execute(delete(task_candidate).where(task_candidate.c.task == task))
            offered = {"task": task, "taken": view.assignee is not None, "due": sort_key(held.due)}
            who = [f"u:{each}" for each in users] + [f"g:{each}" for each in groups]
            if who:
                tx.connection.execute(insert(task_candidate), [{**offered, "who": each} for each in who])
            turn.note("withdraw" if withdrawn else "offer", process=view.process, element=view.element, data={"task": task, "user": user, "group": group})
            turn.save_notes()

        self.home.transact(work)


def _changed(names: list[str], name: str | None, *, withdrawn: bool) -> list[str]:
    others = [each for each in names if each != name]
    return others if name is None or withdrawn else [*others, name]
