"""Ranking, lists and units."""

from __future__ import annotations

from datetime import timedelta

import pytest

from selection.deadlines import plan
from selection.errors import OverQuota, Refused
from selection.nomination import (
    Preregistered,
    match_preregistered,
    may_name_other_unit,
    needs_unit_confirmation,
    refuse_bad_list,
    refuse_bad_opinion,
    refuse_bad_ranking,
)
from selection.season import Season

RANKING = {"A1": 1, "A2": 2, "A3": 3, "A4": 4}


def test_a_ranking_is_complete_and_without_ties() -> None:
    refuse_bad_ranking(candidates=["A1", "A2", "A3", "A4"], ranking=RANKING)
    refuse_bad_ranking(candidates=[], ranking={})


@pytest.mark.parametrize("ranking", [{"A1": 1}, {"A1": 1, "A2": 1}, {"A1": 1, "A2": 3}, {"A1": 0, "A2": 1}, {"A1": 1, "B9": 2}])
def test_a_bad_ranking_is_refused(ranking: dict[str, int]) -> None:
    with pytest.raises(Refused):
        refuse_bad_ranking(candidates=["A1", "A2"], ranking=ranking)


def test_who_has_no_rank_is_named() -> None:
    with pytest.raises(Refused) as refusal:
        refuse_bad_ranking(candidates=["A1", "A2", "A3"], ranking={"A2": 1}, called={"A1": "2023-0001", "A3": "2023-0003"}.__getitem__)
    assert refusal.value.zh.endswith("还缺 2023-0001、2023-0003")


def test_a_list_in_order_within_the_quota_passes(season: Season) -> None:
    refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=["A1", "A2", "A3"], reasons={})
    refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=[], reasons={})


def test_a_list_above_the_quota_is_refused(season: Season) -> None:
    with pytest.raises(OverQuota):
        refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=list(RANKING), reasons={})
    refuse_bad_list(season=season, widened=True, ranking=RANKING, nominated=list(RANKING), reasons={})
    with pytest.raises(OverQuota):
        refuse_bad_list(season=season, widened=True, ranking=RANKING, nominated=list(RANKING), reasons={}, used=2)


def test_passing_over_a_higher_rank_needs_a_reason(season: Season) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=["A1", "A3"], reasons={"A2": " "})
    assert refusal.value.code == "nomination.reason"
    assert "A2" in refusal.value.zh
    refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=["A1", "A3"], reasons={"A2": "信用记录待核实"})


def test_an_unranked_application_cannot_be_recommended(season: Season) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_bad_list(season=season, widened=False, ranking=RANKING, nominated=["A9"], reasons={})
    assert refusal.value.code == "nomination.unranked"


@pytest.mark.parametrize(("length", "fits"), [(49, False), (50, True), (1000, True), (1001, False)])
def test_the_opinion_has_a_length(season: Season, length: int, *, fits: bool) -> None:
    text = " ".join("字" * length)
    if fits:
        refuse_bad_opinion(season=season, text=text)
    else:
        with pytest.raises(Refused):
            refuse_bad_opinion(season=season, text=text)


def test_an_application_finds_its_line_on_the_sealed_list() -> None:
    entries = [Preregistered(id="P1", uscc="91350100M000100Y43", experience_name="六西格玛 经验")]
    assert match_preregistered(entries=entries, code="91350100m000100y43 ", experience_name="六西格玛经验") == entries[0]
    assert match_preregistered(entries=entries, code="91350100M000100Y43", experience_name="别的经验") is None
    assert match_preregistered(entries=entries, code="11320000MB151840XJ", experience_name="六西格玛经验") is None


def test_two_units_need_the_applicants_word() -> None:
    assert needs_unit_confirmation(unit="RU-LN", other_units=["RU-LN", "RU-CMIF", "RU-CMIF"]) == ("RU-CMIF",)
    assert needs_unit_confirmation(unit="RU-LN", other_units=["RU-LN"]) == ()


def test_another_unit_only_after_a_refusal_and_before_the_deadline(season: Season) -> None:
    deadline = plan(season)["申报截止"]
    before = deadline - timedelta(microseconds=1)
    assert may_name_other_unit(refused=True, now=before, deadline=deadline)
    assert not may_name_other_unit(refused=True, now=deadline, deadline=deadline)
    assert not may_name_other_unit(refused=False, now=before, deadline=deadline)
