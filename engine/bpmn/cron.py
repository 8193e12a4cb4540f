"""Cron expressions as Quartz and Camunda write them: `second minute hour day month weekday [year]`; of five fields, as Unix does, without seconds.

A field is `*`, `?`, numbers, ranges `a-b`, lists `a,b` and steps `*/n`, `a/n`, `a-b/n`; months and weekdays may be named. In six fields weekdays
count from 1 = Sunday, in five from 0 = Sunday (7 too). `L`, `W` and `#` are refused. Where both day and weekday are restricted, one of them is
enough (as Unix does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from engine.expressions import ExpressionError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_PART = re.compile(r"^(?:(\*|\?)|(\w+)(?:-(\w+))?)(?:/(\d+))?$")
_AHEAD = 366 * 9  # days: the next 29 February is eight years away at most
_UNIX = 5
_QUARTZ = (6, 7)


@dataclass(frozen=True, slots=True)
class Cron:
    """The instants of a cron expression, on a wall clock; weekdays count from 0 = Sunday."""

    times: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int] | None
    either: bool

    def after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The first of its instants after `instant` (aware), UTC; None if there is none in the next nine years."""
        start = instant.astimezone(zone)
        for ahead in range(_AHEAD):
            day = start.date() + timedelta(days=ahead)
            if not self._on(day.year, day.month, day.day, day.isoweekday() % 7):
                continue
            first = (start.hour, start.minute, start.second) if ahead == 0 else (0, 0, 0)
            for hour, minute, second in product(*(self.times)):
                if (hour, minute, second) >= first:
                    found = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone).astimezone(UTC)
                    if found > instant:
                        return found
        return None

    def _on(self, year: int, month: int, day: int, weekday: int) -> bool:
        if month not in self.months or (self.years is not None and year not in self.years):
            return False
        which = (day in self.days, weekday in self.weekdays)
        return any(which) if self.either else all(which)


def is_cron(text: str) -> bool:
    """Whether a text has as many fields as a cron expression."""
    return len(text.split()) in {_UNIX, *_QUARTZ}


@lru_cache(maxsize=256)
def parse_cron(text: str) -> Cron:
    """The expression of a text. Raises ExpressionError `timer`."""
    fields = text.upper().split()
    quartz = len(fields) in _QUARTZ
    if not quartz:
        fields = ["0", *fields]
    second, minute, hour, day, month, weekday, *year = fields
    numbers = _weekdays(text, weekday, quartz=quartz)
    return Cron(
        (_sorted(text, hour, 0, 23), _sorted(text, minute, 0, 59), _sorted(text, second, 0, 59)),
        _field(text, day, 1, 31),
        _field(text, month, 1, 12, _MONTHS, 1),
        numbers,
        _field(text, year[0], 1970, 2199) if year else None,
        either=day not in {"*", "?"} and weekday not in {"*", "?"},
    )


def _weekdays(text: str, field: str, *, quartz: bool) -> frozenset[int]:
    first = 1 if quartz else 0
    return frozenset((number - first) % 7 for number in _field(text, field, first, 7, _DAYS, first))


def _sorted(text: str, field: str, low: int, high: int) -> tuple[int, ...]:
    return tuple(sorted(_field(text, field, low, high)))


def _field(text: str, field: str, low: int, high: int, names: tuple[str, ...] = (), first: int = 0) -> frozenset[int]:
    """The numbers of one field; `names` stand for numbers from `first` on."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.match(part)
        if match is None:
            raise _wrong(text, part)
        star, begin, end, step = match.groups()
        lowest = low if star else _number(text, begin, names, first)
        highest = _number(text, end, names, first) if end else high if star or step else lowest
        if not low <= lowest <= highest <= high or step == "0":
            raise _wrong(text, part)
        found.update(range(lowest, highest + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, word: str, names: tuple[str, ...], first: int) -> int:
    if word in names:
        return names.index(word) + first
    if not word.isdecimal() or len(word) > 4:  # noqa: PLR2004 - a year
        raise _wrong(text, word)
    return int(word)


def _wrong(text: str, part: str) -> ExpressionError:
    return ExpressionError(f"不是 cron 表达式：{text}（{part}）", f"no cron expression: {text!r} ({part!r})", code="timer")
