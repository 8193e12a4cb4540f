"""答辩: what a timetable must leave - room for each application, and time between the slides and the first day (A-66)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

from selection.calendar import Calendar, local_day, spoken_day, working_days_after
from selection.deadlines import last_day
from selection.errors import Refused
from selection.season import Season

ABSENCES = ("zero", "withdrawal")  # what an absence means in the end


def minutes(season: Season) -> int:
    """How long one application is heard: presentation and questions."""
    return season.defence.present_minutes + season.defence.question_minutes


def days_to_answer(season: Season) -> int:
    """How many working days who is invited has for the slides at least: those of the notice without those in which the experts read (A-66), at least one."""
    return max(1, season.defence.invite_working_days - season.defence.material_working_days)


def seed_of(*, group: str, at: datetime, by: str) -> str:
    """What a draw is made from: the group, the aware instant of the act and who acted. Kept with the draw, so that anybody can make it again."""
    return f"{group}/{at.isoformat()}/{by}"


def drawn(applications: Iterable[str], *, seed: str) -> tuple[str, ...]:
    """The applications in the order of the lot (抽签, A-66): by the SHA-256 of `seed:application`, whatever order they are given in."""
    return tuple(sorted(applications, key=lambda one: sha256(f"{seed}:{one}".encode()).hexdigest()))


def refuse_bad_times(*, season: Season, starts: Sequence[datetime], slides_due: datetime, calendar: Calendar) -> None:
    """Raise `Refused` for a group's timetable in which two applications overlap, or that begins too soon after the slides are due.

    `starts`: aware instants; `slides_due`: when the slides are due (exclusive end).
    """
    length, ordered = timedelta(minutes=minutes(season)), sorted(starts)
    if any(second - first < length for first, second in pairwise(ordered)):
        rules = season.defence
        raise Refused(
            "defence.overlap",
            zh=f"每项答辩需{minutes(season)}分钟（陈述{rules.present_minutes}分钟、问答{rules.question_minutes}分钟），请错开时间",
            en=f"each defence takes {minutes(season)} minutes ({rules.present_minutes} + {rules.question_minutes}); space them out",
        )
    days, slides = season.defence.material_working_days, last_day(slides_due)
    earliest = working_days_after(slides, days, calendar=calendar)
    if ordered and local_day(ordered[0]) < earliest:
        raise Refused(
            "defence.material",
            zh=f"答辩材料{spoken_day(slides)}截止，专家须有{days}个工作日审阅，答辩最早为{spoken_day(earliest)}",
            en=f"slides are due on {slides} and read for {days} working days: the first defence is on {earliest}",
        )
