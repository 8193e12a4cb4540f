"""Working days and instants (A-01, A-02, Annex C)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calendar import (
    Calendar,
    day_end,
    day_start,
    local_day,
    publicity_last_day,
    working_days_after,
    working_days_before,
    working_days_between,
    year_problems,
)
from selection.errors import InvalidSettings

DAYS = st.dates(date(2022, 1, 1), date(2024, 9, 30))
COUNTS = st.integers(0, 40)


def test_calendar_agrees_with_an_independent_source_on_every_day(calendar: Calendar) -> None:
    day = date(2022, 1, 1)
    while day < date(2025, 1, 1):
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_g16_publicity_from_6_november_ends_on_the_20th(calendar: Calendar) -> None:
    assert publicity_last_day(date(2023, 11, 6), working_days=10, calendar=calendar) == date(2023, 11, 20)


def test_g17_publicity_over_the_national_day_counts_make_up_days(calendar: Calendar) -> None:
    assert publicity_last_day(date(2023, 9, 28), working_days=10, calendar=calendar) == date(2023, 10, 18)


def test_counting_the_day_of_publication_ends_one_working_day_earlier(calendar: Calendar) -> None:
    last = publicity_last_day(date(2023, 11, 6), working_days=10, calendar=calendar, count_publication_day=True)
    assert last == date(2023, 11, 17)


@given(day=DAYS, count=COUNTS)
def test_counting_forward_is_monotone_and_counts_exactly(calendar: Calendar, day: date, count: int) -> None:
    last = working_days_after(day, count, calendar=calendar)
    assert working_days_between(day, last, calendar=calendar) == count
    assert working_days_after(day, count + 1, calendar=calendar) > last
    assert working_days_after(day + timedelta(days=1), count, calendar=calendar) >= last


@given(day=DAYS, count=COUNTS)
def test_back_and_forth_from_a_working_day_returns(calendar: Calendar, day: date, count: int) -> None:
    start = working_days_after(day, 1, calendar=calendar)
    assert working_days_before(working_days_after(start, count, calendar=calendar), count, calendar=calendar) == start


def test_a_negative_number_of_working_days_is_refused(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="negative"):
        working_days_after(date(2023, 1, 1), -1, calendar=calendar)


def test_a_day_ends_at_the_next_midnight_in_china() -> None:
    assert day_end(date(2023, 9, 15)) == datetime(2023, 9, 15, 16, tzinfo=UTC)
    assert day_start(date(2023, 9, 15)) == datetime(2023, 9, 14, 16, tzinfo=UTC)


@given(day=DAYS)
def test_the_exclusive_end_belongs_to_the_next_day(day: date) -> None:
    assert local_day(day_end(day)) == day + timedelta(days=1)
    assert local_day(day_end(day) - timedelta(microseconds=1)) == day


def test_years_without_a_notice_are_provisional(calendar: Calendar) -> None:
    assert calendar.is_official(2023)
    assert not calendar.is_official(2025)
    assert calendar.is_working_day(date(2025, 10, 1))


@pytest.mark.parametrize(
    "year",
    [
        {"year": 2023, "status": "official", "off": [date(2023, 10, 7)], "working": [date(2023, 10, 7)]},
        {"year": 2023, "status": "official", "off": [[date(2023, 10, 6), date(2023, 10, 1)]]},
        {"year": 2023, "status": "official", "working": [date(2023, 10, 9)]},
    ],
)
def test_contradictory_calendars_are_refused(year: dict[str, object]) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Calendar.from_settings([year])
    assert len(refusal.value.problems) == 1


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"off": [date(2022, 12, 31), date(2024, 1, 1)]}, ""), ({"off": [date(2022, 6, 1)]}, "2022-06-01"), ({"working": [date(2024, 2, 4)]}, "2024-02-04"),
        ({"work": [date(2023, 1, 28)]}, "work"), ({"status": "maybe"}, "status"),
    ],
)  # fmt: skip
def test_a_year_as_it_was_typed_names_days_of_other_years_and_unknown_words(more: dict[str, object], path: str) -> None:
    found = year_problems({"year": 2023, "status": "official"} | more)
    assert [problem.path for problem in found] == ([path] if path else [])
