"""Proposals to the meetings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.aggregation import Entry, Ranking, rank
from selection.errors import Refused
from selection.season import Season
from selection.shortlist import Proposal, deviations, propose_awards, propose_shortlist, refuse_unexplained


def ranking(season: Season, *scores: int) -> tuple[Ranking, ...]:
    return rank([Entry(f"A{number}", Decimal(score)) for number, score in enumerate(scores)], rules=season.aggregation)


def test_the_best_sixty_percent_from_seventy_points(season: Season) -> None:
    found = propose_shortlist(season=season, groups=[ranking(season, 90, 85, 80, 75, 72)])
    assert found == Proposal(("A0", "A1", "A2"), ("A3", "A4"), (), 0)
    found = propose_shortlist(season=season, groups=[ranking(season, 90, 70, 69, 60, 50)])
    assert (found.chosen, found.others) == (("A0", "A1"), ("A2", "A3", "A4"))


def test_groups_have_lines_of_their_own(season: Season) -> None:
    weak = rank([Entry("B0", Decimal(71)), Entry("B1", Decimal(70))], rules=season.aggregation)
    found = propose_shortlist(season=season, groups=[ranking(season, 90, 89, 88, 87, 86), weak])
    assert found.chosen == ("A0", "A1", "A2", "B0", "B1")


def test_a_tie_at_the_line_needs_a_vote(season: Season) -> None:
    found = propose_shortlist(season=season, groups=[ranking(season, 90, 80, 75, 75, 60)])
    assert found == Proposal(("A0", "A1"), ("A4",), ("A2", "A3"), 1)


def test_a_tie_above_or_below_the_line_does_not(season: Season) -> None:
    assert propose_shortlist(season=season, groups=[ranking(season, 90, 90, 75, 74, 74)]).tied == ()


def test_awards_from_eighty_points_without_those_found_untrue(season: Season) -> None:
    found = propose_awards(season=season, ranking=ranking(season, 95, 90, 80, 79), excluded={"A1"})
    assert (found.chosen, found.others) == (("A0", "A2"), ("A3", "A1"))


@given(scores=st.lists(st.integers(76, 84), max_size=12), target=st.integers(1, 12))
def test_the_award_list_never_exceeds_its_target(season: Season, scores: list[int], target: int) -> None:
    changed = replace(season, thresholds=replace(season.thresholds, award_target=target))
    found = propose_awards(season=changed, ranking=ranking(season, *scores))
    able = sum(score >= 80 for score in scores)
    assert len(found.chosen) + found.seats == min(able, target)
    assert sorted({*found.chosen, *found.others, *found.tied}) == sorted(f"A{number}" for number in range(len(scores)))
    assert len(found.chosen) + len(found.others) + len(found.tied) == len(scores)
    assert not found.tied or 0 < found.seats < len(found.tied)


def test_departures_need_a_reason_and_ties_do_not(season: Season) -> None:
    proposal = Proposal(("A1", "A2"), ("A5",), ("A3", "A4"), 1)
    assert refuse_unexplained(season=season, proposal=proposal, decided=["A1", "A2", "A4"], reasons={}) == ()
    assert deviations(proposal=proposal, decided=["A1", "A3", "A5"]) == ("A2", "A5")
    with pytest.raises(Refused) as refusal:
        refuse_unexplained(season=season, proposal=proposal, decided=["A1", "A3", "A5"], reasons={"A2": "信用问题", "A5": " "})
    assert refusal.value.details["applications"] == ("A5",)
    assert refuse_unexplained(season=season, proposal=proposal, decided=["A1", "A3", "A5"], reasons={"A2": "信用问题", "A5": "特色鲜明"}) == ("A2", "A5")
    with pytest.raises(Refused):
        refuse_unexplained(season=season, proposal=proposal, decided=["A9"], reasons={"A9": "?"})


def test_a_season_may_leave_the_reason_to_the_committee(season: Season) -> None:
    """A-57 is a default: without it a departure is named, and refused is only what is not before the meeting."""
    free = replace(season, meeting=replace(season.meeting, deviation_reason=False))
    proposal = Proposal(("A1", "A2"), ("A5",), ("A3", "A4"), 1)
    assert refuse_unexplained(season=free, proposal=proposal, decided=["A1", "A3", "A5"], reasons={}) == ("A2", "A5")
    with pytest.raises(Refused):
        refuse_unexplained(season=free, proposal=proposal, decided=["A9"], reasons={})
