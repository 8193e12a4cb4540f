"""Publicity per item."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calendar import Calendar, local_day, working_days_between
from selection.errors import Late, Refused
from selection.publicity import (
    begun_again,
    changes,
    ended,
    period,
    refuse_bad_registration,
    refuse_early_correction,
    refuse_early_publication,
    refuse_objection_outside,
)
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


@pytest.mark.parametrize(("restarts", "items"), [("line", {"A2"}), ("list", {"A1", "A2"})])
def test_a_correction_begins_its_items_period_again_or_the_lists(settings: dict[str, Any], calendar: Calendar, restarts: str, items: set[str]) -> None:
    settings["publicity"]["correction_restarts"] = restarts
    season = Season.from_settings(settings)
    again = begun_again(season=season, item="A2", public=["A1"], published_at=PUBLISHED + timedelta(days=2), calendar=calendar)
    assert {name: one.last_day for name, one in again.items()} == dict.fromkeys(items, date(2023, 11, 22))


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


def test_no_list_is_published_before_it_is_decided(season: Season) -> None:
    refuse_early_publication(published_at=PUBLISHED, decided_at=PUBLISHED + timedelta(seconds=59))  # people write minutes
    with pytest.raises(Refused, match=r"publicity\.early"):
        refuse_early_publication(published_at=PUBLISHED, decided_at=PUBLISHED + timedelta(minutes=1))


PRINTED = {
    "enterprise_name": "某某公司",
    "experience_name": "某某公司实施精益管理的经验",
    "focus_area": "质量管理数字化",
    "recommending_unit": "辽宁省工业和信息化厅",
}


def test_a_correction_names_only_what_changes(season: Season) -> None:
    wanted = PRINTED | {"experience_name": " 某某公司实施零缺陷管理的经验 ", "seq": "9"}
    assert changes(season=season, printed=PRINTED, wanted=wanted) == (
        {"experience_name": "某某公司实施精益管理的经验"},
        {"experience_name": "某某公司实施零缺陷管理的经验"},
    )


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "correction.same"),
        (PRINTED, "correction.same"),
        ({"enterprise_name": " "}, "correction.text"),
        ({"focus_area": "其他"}, "correction.text"),
        ({"recommending_unit": "中国质量协会"}, "correction.text"),
    ],
)
def test_a_correction_that_cannot_be_printed_is_refused(season: Season, wanted: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        changes(season=season, printed=PRINTED, wanted=wanted)
    assert refusal.value.code == code


def test_a_correction_is_published_in_the_minute_of_its_proposal_at_the_earliest() -> None:
    proposed = PUBLISHED + timedelta(seconds=40)
    refuse_early_correction(published_at=PUBLISHED, proposed_at=proposed)
    with pytest.raises(Refused):
        refuse_early_correction(published_at=PUBLISHED - timedelta(minutes=1), proposed_at=proposed)
