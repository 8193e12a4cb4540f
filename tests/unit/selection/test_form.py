"""Reading the form and what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from selection.form import by_year, completeness, day, flat, number, years
from selection.season import Season


def test_g26_year_columns_of_2023(season: Season) -> None:
    assert years(season) == (2020, 2021, 2022)


def test_a_complete_form_misses_nothing(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    assert completeness(season=season, form=form, documents=documents) == ()


def test_missing_fields_and_documents_are_named_in_order(season: Season, form: dict[str, Any]) -> None:
    form |= {"uscc": " ", "competitors": [], "main_revenue": {"y3": None, "y2": None}}
    problems = completeness(season=season, form=form, documents=[("D1", "书.docx"), ("D2", "经验.docx"), ("D11", "承诺.pdf")])
    assert [problem.path for problem in problems] == ["uscc", "main_revenue", "competitors", "D3.survey", "D3.environment", "D1", "D3"]
    assert "pdf" in problems[5].zh


def test_a_season_may_ask_for_no_evidence_of_its_own(settings: dict[str, Any], form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    """A season deployed before the setting existed has none."""
    settings["form"].pop("evidence")
    bare = [paper for paper in documents if paper[0] not in ("D3.survey", "D3.environment")]
    assert completeness(season=Season.from_settings(settings), form=form, documents=bare) == ()


def test_zero_and_false_count_as_filled(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    form["total_profit"] = {"y3": 0, "y2": 0, "y1": 0}
    assert completeness(season=season, form=form, documents=documents) == ()


def test_sections_are_read_as_if_flat() -> None:
    assert flat({"table": {"uscc": "x"}, "economic_benefit": {"a": 1}}) == {"uscc": "x", "economic_benefit": {"a": 1}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, Decimal(1)),
        ("1.50", Decimal("1.5")),
        (0.1, Decimal("0.1")),
        (True, None),
        ("x", None),
        (None, None),
        ("Infinity", None),
        ([], None),
    ],
)
def test_numbers(value: object, expected: Decimal | None) -> None:
    assert number(value) == expected


def test_years_and_days() -> None:
    assert by_year({"y1": 3, "y3": 1}) == (Decimal(1), None, Decimal(3))
    assert by_year("nothing") == (None, None, None)
    assert day("2023-09-15") == date(2023, 9, 15)
    assert day(date(2023, 9, 15)) == date(2023, 9, 15)
    assert day("15.9.2023") is None
