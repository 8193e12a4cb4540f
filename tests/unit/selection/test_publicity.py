"""Publicity per item."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calendar import Calendar, local_day, working_days_between
from selection.errors import Late, Refused
from selection.publicity import corrected, ended, period, refuse_bad_registration, refuse_objection_outside
from selection.season import Season

TICK = timedelta(microseconds=1)
PUBLISHED = datetime(2023, 11, 6, 2, tzinfo=UTC)


def test_g15_g16_ten_working_days_from_the_real_publication(season: Season, calendar: Calendar) -> None:
    found = period(season=season, item="A1", published_at=PUBLISHED, calendar=calendar)
    assert found.last_day == date(2023, 11, 20)
    assert found.ends == datetime(2023, 11, 20, 16, tzinfo=UTC)


def test_the_chinese_day_counts_not_the_utc_day(season: Season, calendar: Calendar) -> None:
    late_evening_utc = datetime(2023, 11, 5, 17, tzinfo=UTC)
    assert period(season=season, item="A1", published_at=late_evening_utc, calendar=calendar).last_day == date(2023, 11, 20)


def test_objections_are_taken_until_the_last_microsecond(season: Season, calendar: Calendar) -> None:
    found = period(season=season, item="A1", published_at=PUBLISHED, calendar=calendar)
    refuse_objection_outside(period=found, received=PUBLISHED)
    refuse_objection_outside(period=found, received=found.ends - TICK)
    assert not ended(period=found, now=found.ends - TICK)
    assert ended(period=found, now=found.ends)
    with pytest.raises(Late):
        refuse_objection_outside(period=found, received=found.ends)
    with pytest.raises(Refused):
        refuse_objection_outside(period=found, received=PUBLISHED - TICK)


def test_a_correction_restarts_only_its_item(season: Season, calendar: Calendar) -> None:
    periods = {item: period(season=season, item=item, published_at=PUBLISHED, calendar=calendar) for item in ("A1", "A2")}
    again = corrected(season=season, periods=periods, item="A2", published_at=PUBLISHED + timedelta(days=2), calendar=calendar)
    assert again["A1"] == periods["A1"]
    assert again["A2"].last_day == date(2023, 11, 22)
    assert periods["A2"].last_day == date(2023, 11, 20)


@given(published=st.datetimes(datetime(2022, 1, 1), datetime(2024, 11, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - zone added
def test_every_period_has_ten_working_days(season: Season, calendar: Calendar, published: datetime) -> None:
    found = period(season=season, item="A1", published_at=published, calendar=calendar)
    assert working_days_between(local_day(published), found.last_day, calendar=calendar) == 10
    assert calendar.is_working_day(found.last_day)


def test_the_publication_is_registered_for_each_channel_after_it_happened(season: Season) -> None:
    registered = dict.fromkeys(season.publicity.channels, "https://example.invalid/1")
    refuse_bad_registration(registered=registered, season=season, published_at=PUBLISHED, now=PUBLISHED)
    with pytest.raises(Refused) as refusal:
        refuse_bad_registration(registered={"中国质量协会网站": "x"}, season=season, published_at=PUBLISHED, now=PUBLISHED)
    assert "微信" in refusal.value.zh
    with pytest.raises(Refused):
        refuse_bad_registration(registered=registered, season=season, published_at=PUBLISHED + TICK, now=PUBLISHED)
