"""What handlers need to know of the engine's own tasks: when one is due, who did one. Reads only."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, select

from store.engine.queries import submissions_of
from store.engine.tables import instance, task, task_candidate
from store.selection.subject import Subject

# The step at which a seat scores, and what its group's case is called: stage -> element, key.
SCORING: Mapping[str, tuple[str, str]] = {"desk": ("N06a", "{season}/{group}"), "defence": ("N08c", "{season}/{group}/defence")}

# The steps at which an expert answers what may come on paper, and what their case is called: kind -> element, key.
ANSWERS: Mapping[str, tuple[str, str]] = {"reply": ("N05b", "{season}"), "declaration": ("N05c", "{season}/{group}")}


class TaskFacts(Subject):
    """Reads of the engine's tasks."""

    def due(self, *, root: str, name: str, groups: Collection[str]) -> datetime | None:
        """When the open task of that name in an instance is due, that of one of the groups before all others; None when there is none.

        Seats of one instance hold tasks of one name, each with its own due instant.
        """
        who = [f"g:{group}" for group in groups]
        theirs = case((exists().where(task_candidate.c.task == task.c.id, task_candidate.c.who.in_(who)), 0), else_=1)
        statement = select(task.c.due).where(task.c.root == root, task.c.name == name, task.c.state == "open")
        return self.connection.execute(statement.order_by(theirs, task.c.created_at)).scalars().first()

    def started_by(self, *, root: str) -> str | None:
        """Who started an instance."""
        return self.connection.execute(select(instance.c.started_by).where(instance.c.root == root)).scalar_one_or_none()

    def done_by(self, *, root: str, element: str) -> str | None:
        """Who last completed the task of that element in an instance; None when nobody did."""
        statement = select(task.c.closed_by).where(task.c.root == root, task.c.element == element, task.c.state == "completed")
        return self.connection.execute(statement.order_by(task.c.closed_at.desc())).scalars().first()

    def scores(self, *, season: str, group: str, expert: str, stage: str) -> bool:
        """Whether the expert's own scoring step of a stage (`desk`, `defence`) is open in a group."""
        return self._held(*SCORING[stage], season=season, group=group, expert=expert)

    def awaits(self, kind: str, *, season: str, group: str, expert: str) -> bool:
        """Whether the expert's own `reply` to the invitation, or `declaration` for a seat of a group, is still to be given."""
        return self._held(*ANSWERS[kind], season=season, group=group, expert=expert)

    def _held(self, element: str, key: str, *, season: str, group: str, expert: str) -> bool:
        case_of_group = task.join(instance, instance.c.root == task.c.root).join(task_candidate, task_candidate.c.task == task.c.id)
        statement = select(task.c.id).select_from(case_of_group).where(task.c.element == element, task.c.state == "open")
        theirs = statement.where(task_candidate.c.who == f"g:expert@{expert}", instance.c.business_key == key.format(season=season, group=group))
        return self.connection.execute(theirs.limit(1)).first() is not None

    def sent(self, *, root: str, element: str) -> Mapping[str, Any]:
        """What was last sent to complete the task of that element in an instance; empty when nothing was."""
        rows = [row for row in submissions_of(self.connection, root, element=element) if row["act"] == "complete"]
        return rows[-1]["data"] or {} if rows else {}
