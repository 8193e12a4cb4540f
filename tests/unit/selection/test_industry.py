"""Industry codes and size classes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection import industry, size
from selection.season import Season


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("06", "pass_industry"), ("46", "pass_industry"), ("4610", "pass_industry"), ("34", "pass_industry"),
        ("47", "block"), ("05", "block"), ("01", "block"), ("52", "block"), ("70", "block"), ("90", "block"),
        ("53", "pass_service"), ("58", "pass_service"), ("65", "pass_service"), ("66", "pass_service"), ("72", "pass_service"),
        ("51", "refer"), ("71", "refer"), ("73", "refer"), ("77", "refer"),
        ("", "block"), ("6", "block"), ("C34", "block"), ("34000", "block"),
    ],
)  # fmt: skip
def test_g22_g23_scope_of_2023(season: Season, code: str, kind: str) -> None:
    assert industry.classify(code, industry=season.industry) == kind


@pytest.mark.parametrize(("meaning", "kind"), [("refer", "refer"), ("pass", "pass_service"), ("block", "block")])
def test_the_season_decides_what_etc_means(season: Season, meaning: str, kind: str) -> None:
    assert industry.classify("71", industry=replace(season.industry, open_ended=meaning)) == kind


def test_names_and_fixed_rows(season: Season) -> None:
    assert industry.name_of("42", industry=season.industry) == "废弃资源综合利用业"
    assert industry.service_of("6510", industry=season.industry) == "信息服务业"
    assert industry.table_rows_fixed("43", industry=season.industry)
    assert not industry.table_rows_fixed("44", industry=season.industry)


@pytest.mark.parametrize(
    ("code", "employees", "revenue", "expected"),
    [
        ("34", 1000, 40000, "大型"), ("34", 999, 40000, "中型"), ("34", 1000, 39999, "中型"), ("34", 300, 2000, "中型"),
        ("34", 299, 2000, "小型"), ("34", 20, 300, "小型"), ("34", 19, 300, "微型"), ("65", 300, 10000, "大型"),
        ("59", 200, 29999, "中型"), ("05", 10, 10, None), ("54", 1000, 30000, "大型"), ("53", 1000, 30000, None),
    ],
)  # fmt: skip
def test_size_needs_both_lower_limits(season: Season, code: str, employees: int, revenue: int, expected: str | None) -> None:
    form = {"industry_code": code, "employees": employees, "main_revenue": {"y1": revenue}}
    assert size.of(form, sizes=season.sizes) == expected


@pytest.mark.parametrize(
    ("employees", "assets", "expected"),
    [(300, 120_000, "大型"), (299, 120_000, "中型"), (300, 119_999, "中型"), (100, 8_000, "中型"), (10, 100, "小型"), (9, 500, "微型"), (50, None, None)],
)
def test_business_services_are_sized_by_their_assets(season: Season, employees: int, assets: int | None, expected: str | None) -> None:
    """工信部联企业〔2011〕300号, 租赁和商务服务业: employees and total assets, not revenue; without them nobody can say."""
    form = {"industry_code": "72", "employees": employees, "main_revenue": {"y1": 1}, "economic_benefit": {"total_assets": {"y1": assets}}}
    assert size.of(form, sizes=season.sizes) == expected


def test_without_employees_or_in_an_industry_of_no_line_no_size_is_known(season: Season) -> None:
    known = {"industry_code": "34", "employees": 500, "main_revenue": {"y1": 56_000}}
    assert size.of(known, sizes=season.sizes) == "中型"
    for gap in ({"employees": None}, {"main_revenue": {}}, {"industry_code": "66"}):
        assert size.of(known | gap, sizes=season.sizes) is None
