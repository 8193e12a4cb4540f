"""Working days of the State Council's calendar and the instants of Chinese days. Pure: the calendar is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from selection.errors import InvalidSettings, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ZONE = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SATURDAY = 5
STATUSES = ("official", "provisional")
KEYS = ("year", "status", "off", "working")
BESIDE = timedelta(days=15)  # a notice may name days of the neighbouring years: 元旦 begins on 12-31


@dataclass(frozen=True)
class Calendar:
    """Days off on weekdays and 调休 working days on weekends (rule book Annex C), and which years are official."""

    off: frozenset[date]
    working: frozenset[date]
    official: frozenset[int]

    @classmethod
    def from_settings(cls, years: Iterable[Mapping[str, object]]) -> Calendar:
        """Build from mappings `{year, status: official|provisional, off: [date | [first, last]], working: [date]}`.

        Raises `InvalidSettings` for a year without number or status, what is no day, a day that is both, a range the wrong way round, or a
        working day that needs no mention.
        """
        off: set[date] = set()
        working: set[date] = set()
        official: set[int] = set()
        problems: list[Problem] = []
        for year in years:
            problems += _of_the_year(year)
            off |= _days(year.get("off", ()), problems)
            working |= _days(year.get("working", ()), problems)
            if year.get("status") == "official" and isinstance(year.get("year"), int):
                official.add(int(str(year["year"])))
        problems += [_both(day) for day in sorted(off & working)]
        problems += [_needless(day) for day in sorted(working) if day.weekday() < SATURDAY]
        if problems:
            raise InvalidSettings(problems)
        return cls(frozenset(off), frozenset(working), frozenset(official))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day; a year without a notice counts Monday to Friday (provisional)."""
        if day in self.working:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def is_official(self, year: int) -> bool:
        """Whether the State Council's notice of that year is in the calendar."""
        return year in self.official


def _days(entries: object, problems: list[Problem]) -> set[date]:
    found: set[date] = set()
    for entry in entries if isinstance(entries, list | tuple) else ():
        ends = entry if isinstance(entry, list | tuple) else (entry, entry)
        if [type(day) for day in ends] != [date, date]:
            problems.append(Problem(path=str(entry), zh="应为日期，或由两个日期组成的区间", en="write a date, or a range of two dates"))
            continue
        first, last = ends
        if last < first:
            problems.append(Problem(path=str(first), zh="假期的结束日早于开始日，请改正", en="the range ends before it begins; correct it"))
        found.update(first + ONE_DAY * offset for offset in range((last - first).days + 1))
    return found


def _of_the_year(year: Mapping[str, object]) -> Iterator[Problem]:
    if type(year.get("year")) is not int:
        yield Problem(path="year", zh="请写明年份，例如 year = 2023", en="say which year, such as year = 2023")
    if year.get("status") not in STATUSES:
        yield Problem(path="status", zh="应为 official（国务院通知）或 provisional（暂定）", en="write official or provisional")


def year_problems(year: Mapping[str, object]) -> tuple[Problem, ...]:
    """What is wrong with one year's mapping as somebody typed it: all that `Calendar` refuses, words it does not know, days of other years."""
    try:
        calendar = Calendar.from_settings([year])
    except InvalidSettings as refusal:
        return refusal.problems
    number, listed = int(str(year["year"])), "、".join(KEYS)
    first, last = date(number, 1, 1) - BESIDE, date(number, 12, 31) + BESIDE
    unknown = [Problem(path=key, zh=f"没有这一项；可用的有：{listed}", en=f"is unknown; known are: {', '.join(KEYS)}") for key in year if key not in KEYS]
    stray = [
        Problem(path=str(day), zh=f"不是{number}年的日期，请改正", en=f"is no day of {number}; correct it")
        for day in sorted(calendar.off | calendar.working)
        if not first <= day <= last
    ]
    return (*unknown, *stray)


def _both(day: date) -> Problem:
    return Problem(path=str(day), zh="同一天既是假日又是调休工作日，请保留一项", en="the day is both off and working; keep one")


def _needless(day: date) -> Problem:
    return Problem(path=str(day), zh="该日本是工作日，无需列入调休", en="the day is an ordinary working day; remove it from `working`")


def first_working_day(day: date, *, calendar: Calendar) -> date:
    """The day itself when offices work on it, else the next day on which they do (顺延)."""
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def working_days_after(day: date, count: int, *, calendar: Calendar) -> date:
    """The `count`-th working day after `day`; `day` itself is not counted (A-02, as the Civil Code counts). `count` ≥ 0; 0 gives `day`."""
    return _step(day, count, ONE_DAY, calendar)


def working_days_before(day: date, count: int, *, calendar: Calendar) -> date:
    """The `count`-th working day before `day`; `day` itself is not counted."""
    return _step(day, count, -ONE_DAY, calendar)


def _step(day: date, count: int, step: timedelta, calendar: Calendar) -> date:
    if count < 0:
        msg = f"a number of working days cannot be negative: {count}"
        raise ValueError(msg)
    while count:
        day += step
        count -= calendar.is_working_day(day)
    return day


def working_days_between(first: date, last: date, *, calendar: Calendar) -> int:
    """How many working days lie after `first` up to and including `last` (0 when `last` ≤ `first`)."""
    return sum(calendar.is_working_day(first + ONE_DAY * offset) for offset in range(1, (last - first).days + 1))


def publicity_last_day(published: date, *, working_days: int, calendar: Calendar, count_publication_day: bool = False) -> date:
    """The last day of a publicity period of `working_days` (办法 §22: 10); the day of publication does not count unless told (A-02)."""
    start = published - ONE_DAY if count_publication_day else published
    return working_days_after(start, working_days, calendar=calendar)


def at_local(day: date, clock: time) -> datetime:
    """The UTC instant of a wall-clock time in China."""
    return datetime.combine(day, clock, tzinfo=ZONE).astimezone(UTC)


def day_start(day: date) -> datetime:
    """The UTC instant at which the Chinese day begins."""
    return at_local(day, time.min)


def day_end(day: date) -> datetime:
    """The exclusive end of a day's deadline: the next day 00:00 +08:00, as UTC (§14)."""
    return day_start(day + ONE_DAY)


def local(instant: datetime) -> datetime:
    """The same instant on a Chinese clock. `instant` must be aware."""
    return instant.astimezone(ZONE)


def spoken_day(day: date) -> str:
    """A day as a Chinese sentence names it: `2023年11月6日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def local_day(instant: datetime) -> date:
    """The Chinese day of an instant."""
    return local(instant).date()
