"""What is changed of an open task by a command: its name and description, how important it is, when it is due."""

from datetime import datetime

from sqlalchemy import update

from engine.commands.home import Home, Transaction
from engine.commands.open_tasks import lock_open
from engine.commands.projection import wait_of
from engine.contract import Actor
from store.engine.tables import task as tasks


class TaskEditVerbs:
    """The verb on what a task's row says."""

    home: Home

    def edit(
        self,
        *,
        task: str,
        name: str,
        priority: int,
        due: datetime | None,
        follow_up: datetime | None,
        actor: Actor,
        description: str | None = None,
    ) -> None:
        """Give an open task another name, description, priority, due and follow-up instant (UTC); what is None is taken away.

        A named deadline that moves moves a due date that it gave, too. Raises NotFound, Forbidden, Suspended.
        """

        def work(tx: Transaction) -> None:
            turn, view = lock_open(tx, task, actor, "assign")
            turn.require_running()
            turn.execution.edit_task(wait_of(task), name=name, description=description, priority=priority, due=due, follow_up=follow_up)
            tx.connection.execute(update(tasks).where(tasks.c.id == task).values(name=name, description=description or None, changed_at=tx.now))
            told = {"task": task, "name": name, "priority": priority, **({"description": description} if description else {})}
            told |= {key: at.isoformat() for key, at in (("due", due), ("follow_up", follow_up)) if at}
            turn.note("edit", process=view.process, element=view.element, data=told)
            turn.step()
            turn.save()

        self.home.transact(work)
