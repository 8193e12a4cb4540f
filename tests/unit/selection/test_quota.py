"""Places of a unit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.errors import OverQuota, Refused
from selection.quota import judge_widening, left, places, refuse_over, used
from selection.season import Season


@pytest.mark.parametrize("widened", [False, True])
def test_g10_three_places_five_when_widened_and_not_one_more(season: Season, *, widened: bool) -> None:
    most = 5 if widened else 3
    refuse_over(season=season, widened=widened, used=0, adding=most)
    refuse_over(season=season, widened=widened, used=most - 1)
    with pytest.raises(OverQuota):
        refuse_over(season=season, widened=widened, used=most)
    with pytest.raises(OverQuota) as refusal:
        refuse_over(season=season, widened=widened, used=0, adding=most + 1)
    assert ("放宽" in refusal.value.zh) is not widened


@pytest.mark.parametrize(("unit", "expected"), [("experience", 3), ("enterprise", 2)])
def test_two_experiences_of_one_enterprise_take_one_place_where_enterprises_count(
    settings: dict[str, Any], unit: str, expected: int
) -> None:
    settings["quota"]["unit"] = unit
    nominations = [("chosen", "E1"), ("nominated", "E2"), ("chosen", "E1"), ("ranked", "E3")]
    assert used(unit=Season.from_settings(settings).quota.unit, nominations=nominations) == expected


@given(steps=st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=20))
def test_the_quota_is_never_exceeded(season: Season, steps: list[tuple[int, bool]]) -> None:
    used, widened = 0, False
    for adding, widen in steps:
        widened = widened or widen
        try:
            refuse_over(season=season, widened=widened, used=used, adding=adding)
        except OverQuota:
            assert used + adding > places(season=season, widened=widened)
        else:
            used += adding
        assert used <= places(season=season, widened=widened)
        assert left(places=places(season=season, widened=widened), used=used) == places(season=season, widened=widened) - used


def test_widening_needs_a_running_activity_once(season: Season) -> None:
    judge_widening(season=season, already=False, activity="省质量标杆活动", proved=True)
    for already, proved, activity in ((True, True, "有"), (False, False, "有"), (False, True, " ")):
        with pytest.raises(Refused):
            judge_widening(season=season, already=already, activity=activity, proved=proved)
