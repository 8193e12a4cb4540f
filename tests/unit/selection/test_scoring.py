"""Score sheets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from selection.errors import Refused
from selection.scoring import Sheet, criteria, items, problems, refuse_invalid, total, wants_site_visit
from selection.season import Season

SCORES = {"C1": 10, "C2": 15, "C3a": 6.5, "C3b": 11, "C4": 10, "C5a": 9.5, "C5b": 8, "C6": 10}


def form(**changes: Any) -> dict[str, Any]:
    return {"scores": dict(SCORES), "comments": {}, "overall": "评" * 100, "recommendation": "推荐"} | changes


def paths(season: Season, data: dict[str, Any], stage: str = "desk") -> list[str]:
    return [problem.path for problem in problems(season=season, sheet=Sheet.from_form(data), stage=stage)]


def test_a_complete_sheet_adds_up(season: Season) -> None:
    sheet = Sheet.from_form(form())
    refuse_invalid(season=season, sheet=sheet)
    assert total(season=season, sheet=sheet) == Decimal(80)
    assert criteria(season=season, sheet=sheet) == {"C1": 10, "C2": 15, "C3": Decimal("17.5"), "C4": 10, "C5": Decimal("17.5"), "C6": 10}


@pytest.mark.parametrize(
    ("code", "score", "path"),
    [
        ("C1", None, "C1"), ("C1", -0.5, "C1"), ("C1", 12.5, "C1"), ("C1", 10.25, "C1"), ("C1", "ten", "C1"),
        ("C1", 5.5, "C1.comment"), ("C1", 11.5, "C1.comment"), ("C1", 12, "C1.comment"), ("C1", 0, "C1.comment"),
    ],
)  # fmt: skip
def test_each_score_is_checked(season: Season, code: str, score: object, path: str) -> None:
    assert paths(season, form(scores=SCORES | {code: score})) == [path]


@pytest.mark.parametrize("score", [6, 11])
def test_scores_at_the_lines_are_usual(season: Season, score: float) -> None:
    assert paths(season, form(scores=SCORES | {"C1": score})) == []


def test_a_score_at_the_upper_line_is_usual(season: Season) -> None:
    assert paths(season, form(scores=SCORES | {"C5b": 9.5})) == []
    assert paths(season, form(scores=SCORES | {"C5b": 10})) == ["C5b.comment"]


def test_an_unusual_score_with_a_comment_passes(season: Season) -> None:
    assert paths(season, form(scores=SCORES | {"C1": 2}, comments={"C1": "评" * 20})) == []
    assert paths(season, form(scores=SCORES | {"C1": 2}, comments={"C1": "评 " * 19})) == ["C1.comment"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"overall": "评" * 99}, "overall"),
        ({"overall": " \n".join("评" * 99)}, "overall"),
        ({"recommendation": "也许"}, "recommendation"),
        ({"needs_site_visit": True}, "site_visit_reason"),
        ({"comments": {"Z9": "x"}}, "Z9"),
        ({"scores": SCORES | {"E1": 8}}, "E1"),
    ],
)
def test_the_rest_of_the_sheet_is_checked(season: Season, changes: dict[str, Any], path: str) -> None:
    assert paths(season, form(**changes)) == [path]
    with pytest.raises(Refused):
        refuse_invalid(season=season, sheet=Sheet.from_form(form(**changes)))


def test_the_defence_adds_a_line_that_does_not_count(season: Season) -> None:
    assert paths(season, form(), stage="defence") == ["E1"]
    data = form(scores=SCORES | {"E1": 8})
    assert paths(season, data, stage="defence") == []
    assert total(season=season, sheet=Sheet.from_form(data)) == Decimal(80)
    assert len(items(season, stage="defence")) == len(items(season, stage="desk")) + 1


def test_the_full_sheet_is_100(season: Season) -> None:
    best = Sheet(scores={item.code: item.max for item in season.rubric.items})
    assert total(season=season, sheet=best) == Decimal(100)


def test_an_empty_form_is_an_empty_sheet(season: Season) -> None:
    assert Sheet.from_form({"scores": None, "comments": None, "overall": None}) == Sheet()
    assert total(season=season, sheet=Sheet()) == 0


def test_a_site_visit_is_due_after_two_flags_or_one_grave_doubt(season: Season) -> None:
    calm, wish = Sheet(), replace(Sheet(), needs_site_visit=True)
    quiet = {"leader_asks": False, "high_findings": 0, "open_objection": False}
    assert not wants_site_visit(season=season, sheets={"X1": wish, "X2": calm}, **quiet)
    assert wants_site_visit(season=season, sheets={"X1": wish, "X2": wish}, **quiet)
    for change in ({"leader_asks": True}, {"high_findings": 1}, {"open_objection": True}):
        assert wants_site_visit(season=season, sheets={"X1": calm}, **(quiet | change))
