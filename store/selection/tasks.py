"""What handlers need to know of the engine's own tasks: when one is due, who did one. Reads only."""

from datetime import datetime

from sqlalchemy import select

from store.engine.tables import task
from store.selection.subject import Subject


class TaskFacts(Subject):
    """Reads of the engine's tasks."""

    def due(self, *, root: str, name: str) -> datetime | None:
        """When the open task of that name in an instance is due; None when there is none."""
        statement = select(task.c.due).where(task.c.root == root, task.c.name == name, task.c.state == "open").order_by(task.c.created_at)
        return self.connection.execute(statement).scalars().first()

    def done_by(self, *, root: str, element: str) -> str | None:
        """Who last completed the task of that element in an instance; None when nobody did."""
        statement = select(task.c.closed_by).where(task.c.root == root, task.c.element == element, task.c.state == "completed")
        return self.connection.execute(statement.order_by(task.c.closed_at.desc())).scalars().first()
