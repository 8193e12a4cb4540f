"""Stage scores, finals, ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.aggregation import Entry, final_score, normalised, rank, rounded, stage_score
from selection.errors import Refused
from selection.review_parts import Aggregation
from selection.season import Season

HALVES = st.integers(0, 200).map(lambda number: Decimal(number) / 2)


@pytest.fixture(scope="module")
def rules(season: Season) -> Aggregation:
    return season.aggregation


def test_five_scores_lose_the_highest_and_the_lowest(rules: Aggregation) -> None:
    found = stage_score([Decimal(60), Decimal(80), Decimal(82), Decimal(84), Decimal(99)], rules=rules)
    assert found.mean == Decimal("82.00")
    assert found.trimmed == (Decimal(60), Decimal(99))
    assert found.used == (Decimal(80), Decimal(82), Decimal(84))
    assert (found.spread, found.alert) == (Decimal(39), True)


def test_four_scores_keep_all(rules: Aggregation) -> None:
    found = stage_score([Decimal(80), Decimal(82), Decimal(84), Decimal(90)], rules=rules)
    assert (found.mean, found.trimmed, found.alert) == (Decimal("84.00"), (), False)


@pytest.mark.parametrize(
    ("totals", "alert"), [((70, 90), True), ((70, 80, 80, 80, 90), False), ((70, 80, 80, 80, "90.5"), True), ((72, 88), False)]
)
def test_dispersion_above_range_or_deviation_alerts(rules: Aggregation, totals: tuple[object, ...], *, alert: bool) -> None:
    assert stage_score([Decimal(str(value)) for value in totals], rules=rules).alert is alert


def test_no_score_is_refused(rules: Aggregation) -> None:
    with pytest.raises(Refused):
        stage_score([], rules=rules)


@given(totals=st.lists(HALVES, min_size=1, max_size=9), data=st.data())
def test_the_order_of_experts_does_not_matter(rules: Aggregation, totals: list[Decimal], data: st.DataObject) -> None:
    assert stage_score(data.draw(st.permutations(totals)), rules=rules) == stage_score(totals, rules=rules)


@given(totals=st.lists(HALVES, min_size=1, max_size=9))
def test_the_mean_lies_among_the_used_scores(rules: Aggregation, totals: list[Decimal]) -> None:
    found = stage_score(totals, rules=rules)
    assert min(found.used) <= found.mean <= max(found.used)
    assert len(found.used) + len(found.trimmed) == len(totals)
    assert len(found.used) == (len(totals) - 2 if len(totals) >= 5 else len(totals))


def test_rounding_is_half_up(rules: Aggregation) -> None:
    assert rounded(Decimal("2.675"), places=2) == Decimal("2.68")
    assert rounded(Decimal("2.665"), places=2) == Decimal("2.67")
    assert stage_score([Decimal("80.0"), Decimal("80.5"), Decimal("80.5")], rules=rules).mean == Decimal("80.33")


def test_the_final_score_weighs_the_defence_more(rules: Aggregation) -> None:
    assert final_score(desk=Decimal(80), defence=Decimal(90), rules=rules) == Decimal("86.00")
    assert final_score(desk=Decimal("80.005"), defence=None, rules=rules) == Decimal("80.01")


def entry(name: str, score: int, c5: int = 0, c2: int = 0) -> Entry:
    return Entry(name, Decimal(score), {"C5": Decimal(c5), "C2": Decimal(c2)})


def order(entries: Sequence[Entry], rules: Aggregation) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(found.application, found.rank, found.tied) for found in rank(entries, rules=rules)]


def test_ties_are_parted_by_c5_then_c2_then_need_a_vote(rules: Aggregation) -> None:
    entries = [entry("a", 80, 10, 5), entry("b", 80, 12, 1), entry("c", 80, 10, 6), entry("d", 80, 10, 5), entry("e", 90), entry("f", 70)]
    assert order(entries, rules) == [("e", 1, ()), ("b", 2, ()), ("c", 3, ()), ("a", 4, ("d",)), ("d", 4, ("a",)), ("f", 6, ())]


@given(scores=st.lists(st.tuples(st.integers(60, 64), st.integers(0, 1), st.integers(0, 1)), max_size=12), data=st.data())
def test_ranking_is_a_fair_order(rules: Aggregation, scores: list[tuple[int, int, int]], data: st.DataObject) -> None:
    entries = [entry(f"A{number:02d}", *values) for number, values in enumerate(scores)]
    found = rank(entries, rules=rules)
    assert found == rank(data.draw(st.permutations(entries)), rules=rules)
    assert sorted(line.application for line in found) == [item.application for item in entries]
    assert [line.score for line in found] == sorted((line.score for line in found), reverse=True)
    for line in found:
        better = sum(other.rank < line.rank for other in found)
        assert line.rank == better + 1
        assert len(line.tied) == sum(other.rank == line.rank for other in found) - 1


@pytest.mark.parametrize(("totals", "middle"), [([60, 70, 95], "70.00"), ([60, 70, 80, 95], "75.00"), ([50, 60, 70, 95, 99], "70.00"), ([81], "81.00")])
def test_a_season_may_take_the_median(rules: Aggregation, totals: list[int], middle: str) -> None:
    found = stage_score([Decimal(total) for total in totals], rules=replace(rules, average="median"))
    assert found.mean == Decimal(middle)


def test_normalising_is_off_in_2023_and_possible(rules: Aggregation) -> None:
    scores = {"a": Decimal(70), "b": Decimal(75), "c": Decimal(80), "d": Decimal(85), "e": Decimal(90)}
    assert normalised(scores, rules=rules) == scores
    by_z = normalised(scores, rules=replace(rules, normalise="zscore"))
    assert by_z["c"] == Decimal("75.00")
    assert by_z["e"] - by_z["c"] == by_z["c"] - by_z["a"]
    assert normalised(scores, rules=replace(rules, normalise="percentile")) == {
        "a": Decimal(10),
        "b": Decimal(30),
        "c": Decimal(50),
        "d": Decimal(70),
        "e": Decimal(90),
    }


@pytest.mark.parametrize("kind", ["zscore", "percentile"])
def test_small_or_uniform_groups_are_left_alone(rules: Aggregation, kind: str) -> None:
    changed = replace(rules, normalise=kind)
    for scores in ({}, {"a": Decimal(70), "b": Decimal(90)}, dict.fromkeys("abcde", Decimal(80))):
        assert normalised(scores, rules=changed) == scores
