"""The timetable of a group's defences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from selection.calendar import Calendar
from selection.defence import days_to_answer, drawn, minutes, refuse_bad_times, seed_of
from selection.errors import Refused
from selection.season import Season

SLIDES = datetime(2023, 10, 18, 16, tzinfo=UTC)  # the end of Wednesday, 18 October in Beijing
FRIDAY = datetime(2023, 10, 20, 1, tzinfo=UTC)


def test_each_defence_has_its_minutes_to_itself(season: Season, calendar: Calendar, settings: dict[str, Any]) -> None:
    assert minutes(season) == 25
    apart = [FRIDAY + timedelta(minutes=25) * number for number in (2, 0, 1)]
    refuse_bad_times(season=season, starts=apart, slides_due=SLIDES, calendar=calendar)
    with pytest.raises(Refused) as refused:
        refuse_bad_times(season=season, starts=[FRIDAY, FRIDAY + timedelta(minutes=24)], slides_due=SLIDES, calendar=calendar)
    assert (refused.value.code, "25分钟" in refused.value.zh) == ("defence.overlap", True)
    settings["defence"] |= {"present_minutes": 20, "question_minutes": 10}
    with pytest.raises(Refused):
        refuse_bad_times(season=Season.from_settings(settings), starts=apart, slides_due=SLIDES, calendar=calendar)


def test_slides_are_read_for_two_working_days(season: Season, calendar: Calendar) -> None:
    refuse_bad_times(season=season, starts=[FRIDAY], slides_due=SLIDES, calendar=calendar)
    with pytest.raises(Refused) as refused:
        refuse_bad_times(season=season, starts=[FRIDAY - timedelta(days=1)], slides_due=SLIDES, calendar=calendar)
    assert (refused.value.code, "2023年10月20日" in refused.value.zh) == ("defence.material", True)


def test_who_is_invited_has_the_days_of_the_notice_without_those_in_which_experts_read(season: Season, settings: dict[str, Any]) -> None:
    assert days_to_answer(season) == 3
    settings["defence"] |= {"invite_working_days": 1}
    assert days_to_answer(Season.from_settings(settings)) == 1


def test_an_empty_timetable_is_nobodys_fault(season: Season, calendar: Calendar) -> None:
    refuse_bad_times(season=season, starts=[], slides_due=SLIDES, calendar=calendar)


def test_a_draw_depends_on_its_seed_and_on_nothing_else() -> None:
    seed = seed_of(group="G1", at=datetime(2023, 10, 16, 1, tzinfo=UTC), by="P1")
    names = [f"A{number:03d}" for number in range(12)]
    order = drawn(names, seed=seed)
    assert sorted(order) == names
    assert order != tuple(names)
    assert drawn(reversed(names), seed=seed) == order
    assert drawn(names, seed=seed_of(group="G1", at=datetime(2023, 10, 16, 1, 0, 1, tzinfo=UTC), by="P1")) != order
