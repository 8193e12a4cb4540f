"""The ladder of reminders of a task: ordered instants at a fixed local hour before its due instant (A-72, §14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from selection.calendar import Calendar, at_local, local_day, working_days_after
from selection.season_parts import LadderRule

# A due instant is exclusive: 2023-09-16 00:00 belongs to 2023-09-15.
LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Ladder:
    """`rungs`: instants still to come, ascending; `skipped`: rungs at or before the task's birth; `overdue`: when 催办 begins."""

    rungs: tuple[datetime, ...]
    skipped: tuple[datetime, ...]
    overdue: datetime | None

    @property
    def instants(self) -> tuple[datetime, ...]:
        """All instants at which something is to be said: the rungs, then the overdue one."""
        return self.rungs if self.overdue is None else (*self.rungs, self.overdue)


def rungs(*, due: datetime, born: datetime, rule: LadderRule, calendar: Calendar) -> Ladder:
    """The ladder for a task born at `born` and due at `due` (aware; exclusive end). Rungs before birth are listed, not sent."""
    due_day = local_day(due - LAST_MOMENT)
    days = [due_day - timedelta(days=before) for before in sorted(rule.days_before, reverse=True)]
    if rule.on_the_day:
        days.append(due_day)
    instants = [at_local(day, rule.at) for day in days]
    instants = [instant for instant in instants if instant < due]
    overdue = None
    if rule.overdue_working_days:
        overdue = max(due, at_local(working_days_after(due_day, rule.overdue_working_days, calendar=calendar), rule.at))
    return Ladder(
        rungs=tuple(instant for instant in instants if instant > born),
        skipped=tuple(instant for instant in instants if instant <= born),
        overdue=overdue if overdue is not None and overdue > born else None,
    )
