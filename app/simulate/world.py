"""The simulated people's hands: find open tasks, act on them through the engine's commands, step the clock."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from app.simulate.cast import Cast
from engine import Actor, EngineError
from selection.errors import HouseError
from store.engine import tables
from store.selection.facts import Facts

PUBLIC = Actor(id="public", name="社会公众", kind="public")


@dataclass(frozen=True)
class Task:
    """An open task as the simulation sees it."""

    id: str
    root: str
    element: str
    process: str
    business_key: str
    groups: tuple[str, ...]
    users: tuple[str, ...]
    created_at: datetime
    due: datetime | None


@dataclass(frozen=True)
class Planted:
    """A planted case and how the house answered at once: the code of the refusal with the rules it names, or `accepted`."""

    case: str
    answer: str


@dataclass
class World:
    """One season on one house: the engine, the clock, the people; counts what was done."""

    house: Any
    season: str
    random: Random
    cast: Cast = field(default_factory=Cast)
    planted: list[Planted] = field(default_factory=list)
    transitions: int = 0

    @property
    def now(self) -> datetime:
        """The instant of the manual clock."""
        instant: datetime = self.house.clock.now()
        return instant

    @contextmanager
    def facts(self) -> Iterator[Facts]:
        """Named reads of the selection, in a reading transaction."""
        with self.house.database.read() as connection:
            yield Facts(connection)

    @contextmanager
    def writing(self) -> Iterator[Facts]:
        """Facts that no diagram writes (people, imported titles), in a transaction of their own."""
        with self.house.database.write() as connection:
            yield Facts(connection)

    def open_tasks(self, *elements: str) -> list[Task]:
        """Open tasks, oldest first; all, or those at the elements."""
        joined = tables.task.join(tables.instance, tables.instance.c.root == tables.task.c.root)
        statement = (
            select(tables.task, tables.instance.c.business_key)
            .select_from(joined)
            .where(tables.task.c.state == "open", tables.task.c.tenant == self.season)
            .order_by(
                tables.task.c.created_at, tables.instance.c.business_key, tables.task.c.element, tables.task.c.groups, tables.task.c.id
            )
        )
        if elements:
            statement = statement.where(tables.task.c.element.in_(elements))
        with self.house.database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            Task(
                id=row["id"],
                root=row["root"],
                element=row["element"],
                process=row["process"],
                business_key=row["business_key"],
                groups=tuple(row["groups"]),
                users=tuple(row["users"]),
                created_at=row["created_at"],
                due=row["due"],
            )
            for row in rows
        ]

    def variables(self, task: Task) -> Mapping[str, Any]:
        """What the task's page would show of the case."""
        found: Mapping[str, Any] = self.house.engine.variables(task=task.id)
        return found

    def actor(self, task: Task, *, but_not: Sequence[str] = ()) -> Actor:
        """Somebody who may do the task. Raises LookupError when nobody may: a hole in the cast or the diagram."""
        found = self.cast.holder(task.groups, but_not=but_not)
        if found is None:
            message = f"nobody holds {task.groups} for {task.element} of {task.business_key}"
            raise LookupError(message)
        return found

    def complete(self, task: Task, data: Mapping[str, Any], *, actor: Actor | None = None, received: datetime | None = None) -> None:
        """Complete a task as a person."""
        self.house.engine.complete(task=task.id, data=data, actor=actor or self.actor(task), received=received)
        self.transitions += 1

    def act(self, task: Task, name: str, data: Mapping[str, Any], *, actor: Actor | None = None) -> None:
        """An act on an open task."""
        self.house.engine.act(task=task.id, name=name, data=data, actor=actor or self.actor(task))
        self.transitions += 1

    def attach(self, task: Task, files: Sequence[tuple[str, str, bytes]], *, actor: Actor | None = None) -> None:
        """Store files and attach them to what the task is about, as an upload does."""
        for code, name, content in files:
            sha256 = hashlib.sha256(content).hexdigest()
            if not self.house.files.has(sha256):
                self.house.files.put(io.BytesIO(content))
            data = {"code": code, "name": name, "size": len(content), "type": "application/octet-stream", "sha256": sha256}
            self.act(task, "file.attach", data, actor=actor)

    def refused(self, case: str, attempt: Any, *args: Any, **more: Any) -> str:
        """Try something that must be refused; note the code that answered. An accepted attempt is noted as such."""
        try:
            attempt(*args, **more)
        except (EngineError, HouseError) as refusal:
            ids = refusal.details.get("ids")
            named = [str(rule) for rule in ids] if isinstance(ids, tuple | list) else []
            code = f"{refusal.code}: {', '.join(named)}" if named and named != [refusal.code] else refusal.code
        else:
            code = "accepted"
        self.note(case, code)
        return code

    def note(self, case: str, answer: str) -> None:
        """Remember how the house answered a planted case at once. What becomes of the others `outcomes` reads when the season is over."""
        self.planted.append(Planted(case, answer))

    def send(self, message: str, *, key: str, payload: Mapping[str, Any], actor: Actor) -> None:
        """A person's message to a case (withdraw, report)."""
        self.house.engine.correlate(message=message, key=key, payload=payload, tenant=self.season, actor=actor)
        self.transitions += 1

    def begin(
        self, process: str, *, key: str, variables: Mapping[str, Any], actor: Actor, payload: Mapping[str, Any] | None = None
    ) -> None:
        """A person begins a case of a process; ``payload``: what the start's check is told."""
        self.house.engine.start(process=process, business_key=key, variables=variables, payload=payload, tenant=self.season, actor=actor)
        self.transitions += 1

    def work(self) -> int:
        """Run everything that is due now; return how much."""
        done = 0
        while ran := self.house.engine.work(limit=200):
            done += ran
        self.transitions += done
        return done

    def deliver(self) -> None:
        """Bring the mails that are due to the mail server of the settings, else into the mail folder."""
        self.house.outbox.deliver_all()

    def step(self, *, until: datetime | None = None) -> bool:
        """Move the clock to the next due instant (not beyond ``until``). False when nothing is due any more."""
        due = self.house.engine.next_due()
        moments = [moment for moment in (due, until) if moment is not None]
        if not moments:
            return False
        self.house.clock.move_to(max(self.now, min(moments)))
        return True
