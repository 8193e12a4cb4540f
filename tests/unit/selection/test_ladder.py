"""Ladders of reminders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from selection.calendar import Calendar
from selection.deadlines import plan
from selection.ladder import rungs
from selection.season import Season


def utc(month: int, day: int, hour: int = 1) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=UTC)


def test_the_standard_ladder_stands_at_nine_local_time(season: Season, calendar: Calendar) -> None:
    found = rungs(due=plan(season)["申报截止"], born=utc(8, 1), rule=season.ladders["standard"], calendar=calendar)
    assert found.rungs == (utc(9, 1), utc(9, 8), utc(9, 12), utc(9, 14), utc(9, 15))
    assert found.skipped == ()
    assert found.overdue == utc(9, 18)
    assert found.instants == (*found.rungs, utc(9, 18))


def test_rungs_before_birth_are_skipped_and_listed(season: Season, calendar: Calendar) -> None:
    found = rungs(due=plan(season)["申报截止"], born=utc(9, 12), rule=season.ladders["standard"], calendar=calendar)
    assert found.skipped == (utc(9, 1), utc(9, 8), utc(9, 12))
    assert found.rungs == (utc(9, 14), utc(9, 15))


def test_a_due_time_before_nine_has_no_rung_after_it(season: Season, calendar: Calendar) -> None:
    due = utc(9, 15, 0)
    found = rungs(due=due, born=utc(8, 1), rule=season.ladders["standard"], calendar=calendar)
    assert max(found.rungs) < due


@given(days=st.integers(0, 60), hours=st.integers(0, 23), name=st.sampled_from(["standard", "unit", "seal", "short", "review", "office"]))
def test_rungs_ascend_between_birth_and_due(season: Season, calendar: Calendar, days: int, hours: int, name: str) -> None:
    due = plan(season)["申报截止"]
    born = due - timedelta(days=days, hours=hours)
    found = rungs(due=due, born=born, rule=season.ladders[name], calendar=calendar)
    assert list(found.rungs) == sorted(set(found.rungs))
    assert all(born < rung < due for rung in found.rungs)
    assert all(rung <= born for rung in found.skipped)
    assert found.overdue is None or found.overdue >= due
