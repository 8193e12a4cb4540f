"""What every answer gets: the play (world, parts, season rules), and the table in which answers are noted by element."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from app.simulate.papers import pdf
from app.simulate.script import SPECIAL, Part
from app.simulate.world import Task, World
from selection.calendar import local
from selection.season import Season

Event = tuple[datetime, Callable[["Play", Any], None], Any]  # when, what, and whose part; no closures: a play is copied with all it holds
Answer = Callable[["Play", Task], bool]
ANSWERS: dict[str, Answer] = {}
SCAN = pdf("signed and sealed")
OPENS, CLOSES = 9, 17  # office hours, local
# How long before a task is due its reminder has gone out: ladder `short` at nine on the day before, `office` at nine on the day itself.
DAY_BEFORE, SAME_DAY = timedelta(hours=39), timedelta(hours=15)


@dataclass
class Play:
    """One season being played."""

    world: World
    rules: Season
    parts: list[Part]
    plan: dict[str, datetime]
    by_application: dict[str, Part] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    unlimited: bool = False
    seen: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    firsts: dict[str, str] = field(default_factory=dict)
    events: list[Event] | None = None  # what people still do without a task; None before anybody has looked

    @cached_property
    def preregistering(self) -> list[Part]:
        """The parts of those whose unit selected them before they file; who plays them is decided before the first act."""
        return [part for part in self.parts if part.fate == "direct_filing"]

    def part(self, application: str) -> Part:
        """The part that an application plays."""
        return self.by_application[application]

    def once(self, mark: str) -> bool:
        """True the first time it is asked."""
        first = mark not in self.marks
        self.marks.add(mark)
        return first

    def waits(self, task: Task, mark: str, *, until: timedelta) -> bool:
        """Whether this task waits for its reminder: the first one that is asked with the mark, until so long before it is due.

        Only in a season with all planted cases; a smaller one goes the straight way.
        """
        if task.due is None or len(self.parts) < len(SPECIAL):
            return False
        first = self.firsts.setdefault(mark, task.id)
        return first == task.id and self.world.now < task.due - until

    def local_time(self, ahead: timedelta = timedelta()) -> str:
        """The local wall clock as a form's date-and-time field wants it."""
        return local(self.world.now + ahead).strftime("%Y-%m-%dT%H:%M")

    def in_office_hours(self, ahead: timedelta) -> timedelta:
        """How long until the next office hour (09:00 to 17:00, local) that is at least `ahead` from now."""
        then = local(self.world.now + ahead)
        opening = then.replace(hour=OPENS, minute=0, second=0, microsecond=0)
        if then.hour >= CLOSES:
            opening += timedelta(days=1)
        return ahead + max(timedelta(), opening - then)

    def today(self) -> str:
        """The local day."""
        return local(self.world.now).date().isoformat()

    def variable(self, task: Task, name: str) -> Any:
        """What the task is about (unit, expert, seat, ...): a process variable that does not change while it is open, so it is read once."""
        if task.id not in self.seen:
            self.seen[task.id] = self.world.variables(task)
        return self.seen[task.id][name]


def answers(*elements: str) -> Callable[[Answer], Answer]:
    """Note a function as the answer to tasks at the elements."""

    def note(function: Answer) -> Answer:
        for element in elements:
            ANSWERS[element] = function
        return function

    return note


def words(text: str) -> str:
    """A sentence long enough for any field that asks for reasons."""
    return f"{text}。经与申报材料、推荐意见和相关证明逐项核对，情况清楚，依据充分，已按实施办法的要求办理并留存记录，特此说明。"
