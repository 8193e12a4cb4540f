"""Titles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from selection.calendar import day_end
from selection.errors import Refused
from selection.season import Season
from selection.title import (
    OldTitle,
    corrected,
    duties,
    ground_text,
    is_flagged,
    number,
    old_title_problems,
    refuse_proposal,
    refuse_report,
    valid_until,
    video_problems,
    written_year,
)

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def test_numbers_count_from_one(season: Season) -> None:
    assert number(season=season, sequence=1) == "CN-2023-001"
    assert number(season=season, sequence=1000) == "CN-2023-1000"
    with pytest.raises(ValueError, match="1"):
        number(season=season, sequence=0)


def test_a_title_of_2023_does_not_end(season: Season) -> None:
    assert valid_until(season=season, announced=date(2023, 11, 24)) is None
    three = replace(season, title_rules=replace(season.title_rules, valid_years=3))
    assert valid_until(season=three, announced=date(2023, 11, 24)) == date(2026, 12, 31)


def test_the_video_is_due_thirty_days_after_the_announcement(season: Season) -> None:
    video, exchange = duties(season=season, announced_at=datetime(2023, 11, 24, 2, tzinfo=UTC))
    assert (video.code, video.due) == ("video", day_end(date(2023, 12, 24)))
    assert exchange.due is None


@pytest.mark.parametrize(
    ("minutes", "fits"),
    [((2, 28), True), ((3, 29), True), ((30,), True), ((31,), True), ((32,), False), ((1, 28, 1), False), ((2, 25), False), ((), False)],
)
def test_g36_a_video_of_two_and_twenty_eight_minutes(season: Season, minutes: tuple[int, ...], *, fits: bool) -> None:
    assert (video_problems(season=season, minutes=[Decimal(part) for part in minutes]) == ()) is fits


@pytest.mark.parametrize(
    "ground", ["false_materials", "accident_quality", "accident_safety", "accident_environment", "accident_reputation"]
)
def test_g20_the_grounds_of_article_25_allow_a_revocation(season: Season, ground: str) -> None:
    refuse_proposal(season=season, ground=ground, hearing_due=NOW, hearing_given=False, now=NOW)
    assert ground_text(season=season, ground=ground)


def test_g20_no_other_ground_does(season: Season) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_proposal(season=season, ground="video_missing", hearing_due=NOW, hearing_given=True, now=NOW)
    assert refusal.value.code == "title.ground"


def test_the_holder_is_heard_first(season: Season) -> None:
    for due, given in ((None, True), (NOW + timedelta(microseconds=1), False)):
        with pytest.raises(Refused) as refusal:
            refuse_proposal(season=season, ground="false_materials", hearing_due=due, hearing_given=given, now=NOW)
        assert refusal.value.code == "title.hearing"
    refuse_proposal(season=season, ground="false_materials", hearing_due=NOW + timedelta(days=3), hearing_given=True, now=NOW)


def test_a_report_needs_facts_and_a_standing_title() -> None:
    refuse_report(facts="虚报数据", title_state="active")
    for facts, state in ((" ", "active"), ("虚报数据", "revoked")):
        with pytest.raises(Refused):
            refuse_report(facts=facts, title_state=state)


@pytest.mark.parametrize(("year", "flagged"), [(2022, True), (2020, True), (2019, False)])
def test_revocations_are_shown_for_three_seasons(season: Season, year: int, *, flagged: bool) -> None:
    assert is_flagged(season=season, revoked=year) is flagged


OLD = OldTitle(number="2019-07", holder="甲公司", experience="经验", year=2019, uscc="91350100M000100Y43")
REVOKED = replace(OLD, revoked="2021-06-30")


@pytest.mark.parametrize(
    ("standing", "wanted", "right"),
    [
        (OLD, replace(OLD, holder="乙公司"), {"holder": "乙公司"}),
        (OLD, replace(OLD, year=2018, uscc=""), {"year": "2018", "uscc": ""}),
        (REVOKED, replace(REVOKED, revoked="2020年1月2日"), {"revoked": "2020-01-02"}),
    ],
)
def test_a_correction_says_what_stood_and_what_is_to_stand(standing: OldTitle, wanted: OldTitle, right: dict[str, str]) -> None:
    wrong, found = corrected(standing=standing, wanted=wanted, season_year=2023, today=date(2023, 8, 1))
    assert found == right
    assert wrong == {name: standing.texts()[name] for name in right}


@pytest.mark.parametrize(
    ("standing", "wanted", "code"),
    [
        (OLD, OLD, "correction.same"),
        (REVOKED, replace(REVOKED, revoked="2021/6/30"), "correction.same"),
        (OLD, replace(OLD, holder=""), "title.old"),
        (OLD, replace(OLD, uscc="91350100M000100Y4Z"), "title.old"),
        (REVOKED, replace(REVOKED, revoked="2018-12-31"), "title.old"),
        (REVOKED, replace(REVOKED, revoked="2023-08-02"), "title.old"),
        (OLD, REVOKED, "title.revoked"),
        (REVOKED, OLD, "title.revoked"),
    ],
)
def test_a_correction_revokes_and_restores_nothing(standing: OldTitle, wanted: OldTitle, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        corrected(standing=standing, wanted=wanted, season_year=2023, today=date(2023, 8, 1))
    assert refusal.value.code == code


@pytest.mark.parametrize("year", ["20190", "9" * 5000, "-2019", "²019", "", "2019年"])
def test_what_is_no_year_of_four_digits_is_none_and_is_said(year: str) -> None:
    assert written_year(year) == 0
    found = old_title_problems(replace(OLD, year=written_year(year), revoked="2021-06-30"), season_year=2023, today=date(2023, 8, 1))
    assert [one.path for one in found] == ["year"]


@pytest.mark.parametrize("year", [10_000, 10**9])
def test_a_year_beyond_the_calendar_is_refused_beside_a_revocation_too(year: int) -> None:
    found = old_title_problems(replace(OLD, year=year, revoked="2021-06-30"), season_year=2023, today=date(2023, 8, 1))
    assert {one.path for one in found} == {"year", "revoked"}


@pytest.mark.parametrize(("holder", "experience"), [("长" * 201, "经验"), ("甲公司", "长" * 201), ("", "经验")])
def test_names_of_an_old_title_have_a_longest_length(holder: str, experience: str) -> None:
    found = old_title_problems(replace(OLD, holder=holder, experience=experience), season_year=2023, today=date(2023, 8, 1))
    assert [one.path for one in found] == ["holder"]
