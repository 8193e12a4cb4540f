"""Dates, instants and durations of ISO 8601: reading them and adding them on the wall clock of a zone."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.expressions.errors import ExpressionError

_NUMBER = r"(\d{1,6}(?:[.,]\d{1,6})?)"
_DURATION = re.compile(
    rf"^P(?=.)(?:(\d{{1,4}})Y)?(?:(\d{{1,4}})M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?$",
    re.IGNORECASE,
)
_MONTHS = 12


@dataclass(frozen=True)
class Duration:
    """A length of time: months and days count on the wall clock, `exact` is absolute."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta(0)

    def after(self, start: datetime, zone: ZoneInfo, times: int = 1) -> datetime:
        """`start` + `times` × this, as aware UTC; the end of a month clamps (31 January + P1M = 28 February)."""
        try:
            wall = start.astimezone(zone)
            if self.months:
                year, month = divmod(wall.year * _MONTHS + wall.month - 1 + self.months * times, _MONTHS)
                wall = wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))
            if self.days:
                wall = (wall.replace(tzinfo=None) + timedelta(days=self.days * times)).replace(tzinfo=zone)
            return wall.astimezone(UTC) + self.exact * times
        except (OverflowError, ValueError) as error:
            raise ExpressionError("时间超出范围", "the instant lies outside of the calendar", code="duration") from error


def parse_duration(text: str) -> Duration:
    """`P1Y2M3W4DT5H6M7S` -> Duration. Raises ExpressionError for anything else (`P10BD`, `PT`, `P`)."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise ExpressionError(f"不是 ISO 8601 时长：{text}", f"not an ISO 8601 duration: {text!r}", code="duration")
    years, months, weeks, days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    whole, rest = divmod(weeks * 7 + days, 1)
    exact = timedelta(days=rest, hours=hours, minutes=minutes, seconds=seconds)
    return Duration(int(years) * _MONTHS + int(months), int(whole), exact)


def parse_instant(value: str | date | datetime, zone: ZoneInfo) -> datetime:
    """An ISO date or instant -> aware UTC; without a zone it is wall clock time of `zone`, a date its first moment."""
    if isinstance(value, datetime):
        instant = value
    elif isinstance(value, date):
        instant = datetime(value.year, value.month, value.day, tzinfo=zone)
    else:
        try:
            instant = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise ExpressionError(f"不是 ISO 8601 时刻：{value}", f"not an ISO 8601 instant: {value!r}", code="instant") from error
    return (instant.replace(tzinfo=zone) if instant.tzinfo is None else instant).astimezone(UTC)
