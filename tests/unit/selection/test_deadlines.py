"""Named deadlines: instants, lateness, changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calendar import Calendar, at_local, day_end
from selection.deadlines import (
    is_late,
    last_day,
    plan,
    refuse_bad_change,
    refuse_bad_intake,
    refuse_if_late,
    rolled_over,
    shortened,
    shown,
    unit_acceptance,
)
from selection.errors import Late, Refused
from selection.season import Season

TICK = timedelta(microseconds=1)
INSTANTS = st.datetimes(datetime(2023, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


def test_g01_an_application_of_15_september_is_in_time_and_one_of_the_16th_is_late(season: Season) -> None:
    deadline = plan(season)["申报截止"]
    assert deadline == datetime(2023, 9, 15, 16, tzinfo=UTC)
    refuse_if_late(received=deadline - TICK, deadline=deadline, name="申报截止")
    with pytest.raises(Late) as refusal:
        refuse_if_late(received=deadline, deadline=deadline, name="申报截止")
    assert "2023-09-15 24:00" in refusal.value.zh


@given(deadline=INSTANTS)
def test_deadlines_are_half_open(deadline: datetime) -> None:
    assert not is_late(deadline - TICK, deadline=deadline)
    assert is_late(deadline, deadline=deadline)
    assert is_late(deadline + TICK, deadline=deadline)


def test_a_start_is_the_beginning_of_its_day(season: Season) -> None:
    assert plan(season)["公示开始"] == datetime(2023, 11, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("edge", "chosen", "kept"),
    [
        ("end", date(2023, 9, 28), date(2023, 9, 28)),
        ("end", date(2023, 9, 29), date(2023, 10, 7)),  # National Day; the 7th is a Saturday that is worked (调休)
        ("time", date(2023, 10, 1), date(2023, 10, 7)),
        ("start", date(2023, 10, 1), date(2023, 10, 1)),
    ],
)
def test_a_day_off_that_the_office_chooses_rolls_over_too(
    settings: dict[str, Any], calendar: Calendar, edge: str, chosen: date, kept: date
) -> None:
    def instant(day: date) -> datetime:
        return day_end(day) if edge == "end" else at_local(day, time(17, 30) if edge == "time" else time.min)

    strict = Season.from_settings(settings)
    rolling = Season.from_settings(settings | {"roll_over_if_holiday": True})
    assert rolled_over(instant(chosen), edge=edge, season=rolling, calendar=calendar) == instant(kept)
    assert rolled_over(instant(chosen), edge=edge, season=strict, calendar=calendar) == instant(chosen)


def test_a_deadline_may_have_a_time_of_day(settings: dict[str, Any]) -> None:
    settings["deadlines"][4] |= {"edge": "time", "at": datetime(2023, 1, 1, 17, 30, tzinfo=UTC).time()}
    deadline = plan(Season.from_settings(settings))["申报截止"]
    assert deadline == datetime(2023, 9, 15, 9, 30, tzinfo=UTC)
    assert shown(deadline) == "2023-09-15 17:30"


def test_a_unit_accepts_until_five_days_before(season: Season) -> None:
    instants = plan(season)
    own = unit_acceptance(recommendation=instants["推荐截止"], days=season.unit_rules.acceptance_days)
    assert own == instants["单位受理截止"]


@pytest.mark.parametrize(
    ("name", "days", "reason", "code"),
    [
        ("某日", 3, "台风", "deadline.unknown"),
        ("申报截止", 3, " ", "deadline.reason"),
        ("申报截止", -30, "台风", "deadline.past"),
        ("申报截止", 0, "台风", "deadline.same"),
        ("申报截止", 3, "台风", "deadline.order"),
        ("推荐截止", -1, "台风", "deadline.order"),
        ("推荐截止", 8, "台风", "deadline.order"),
    ],
)
def test_a_bad_change_is_refused(season: Season, name: str, days: int, reason: str, code: str) -> None:
    instants = plan(season)
    new, now = instants["申报截止"] + timedelta(days=days), instants["申报截止"] - timedelta(days=2)
    with pytest.raises(Refused) as refusal:
        refuse_bad_change(season=season, name=name, new=new, now=now, reason=reason, plan=instants)
    assert refusal.value.code == code


def test_a_good_change_passes(season: Season) -> None:
    """The units' days move first, then the applicants' (推荐截止 is never before 申报截止)."""
    instants = plan(season)
    for name in ("推荐截止", "申报截止"):
        new = instants[name] + timedelta(days=3)
        refuse_bad_change(season=season, name=name, new=new, now=instants["申报开始"], reason="台风", plan=instants)
        instants[name] = new


def test_a_change_names_the_periods_it_shortens(season: Season, calendar: Calendar) -> None:
    instants = plan(season)
    new = instants["推荐截止"] + timedelta(days=5)
    (problem,) = shortened(season=season, name="推荐截止", new=new, plan=instants, calendar=calendar)
    assert "形式审查截止" in problem.zh
    assert shortened(season=season, name="批准", new=instants["批准"], plan=instants, calendar=calendar) == ()


def test_the_last_day_before_a_deadline_is_the_day_people_name():
    assert last_day(day_end(date(2023, 9, 15))) == date(2023, 9, 15)
    assert last_day(at_local(date(2023, 9, 15), time(17, 30))) == date(2023, 9, 15)


@pytest.mark.parametrize(("until", "code"), [("2023-09-10T16:00", "intake.past"), ("2023-09-15T16:01", "intake.late")])
def test_a_units_own_last_day_lies_ahead_and_not_after_its_list_is_due(until: str, code: str) -> None:
    now, due = datetime(2023, 9, 10, 16, tzinfo=UTC), datetime(2023, 9, 15, 16, tzinfo=UTC)
    with pytest.raises(Refused) as refusal:
        refuse_bad_intake(until=datetime.fromisoformat(until).replace(tzinfo=UTC), now=now, recommendation=due)
    assert refusal.value.code == code
    for fine in (now + timedelta(minutes=1), due):
        refuse_bad_intake(until=fine, now=now, recommendation=due)
