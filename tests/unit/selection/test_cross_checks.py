"""X01–X19."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from selection.cross_checks import CHECKS, TEXTS, Surroundings, check
from selection.season import Season


def around(documents: tuple[tuple[str, str], ...], **others: Any) -> Surroundings:
    return Surroundings(documents=documents, reference_day=date(2023, 9, 15), **others)


def failed(season: Season, form: dict[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    return {
        finding.id: finding.inputs["where"] for finding in check(season=season, form=form, around=surroundings) if finding.verdict == "fail"
    }


def test_a_consistent_form_fails_nothing(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    surroundings = around(documents, document_title="某某公司实施六西格玛设计的经验", archive_stem="某某机械有限公司", acting_unit="RU-LN")
    findings = check(season=season, form=form, around=surroundings)
    assert [finding.id for finding in findings] == list(CHECKS)
    assert {finding.verdict for finding in findings} == {"pass"}


def test_every_check_has_a_text() -> None:
    assert list(TEXTS) == list(CHECKS)


def cell(row: str, key: str, value: object) -> Any:
    def change(form: dict[str, Any]) -> None:
        form["economic_benefit"][row][key] = value

    return change


def top(key: str, value: object) -> Any:
    def change(form: dict[str, Any]) -> None:
        form[key] = value

    return change


@pytest.mark.parametrize(
    ("check_id", "where", "change"),
    [
        ("X01", ("main_revenue.y2",), cell("main_revenue", "y2", 51999)),
        ("X01", ("total_profit.y2",), cell("total_profit", "y2", 111)),
        ("X05", ("quality_loss_rate",), cell("quality_loss_rate", "industry_best", 121)),
        ("X05", ("labor_productivity",), cell("labor_productivity", "industry_best", 119)),
        ("X05", ("labor_productivity",), cell("labor_productivity", "industry_best", 130)),
        ("X07", ("total_assets",), cell("total_assets", "y1", 441)),
        ("X09", ("iso9001_valid_to",), top("iso9001_valid_to", "2023-09-14")),
        ("X10", ("iso9001_certified",), top("iso9001_certified", False)),
        ("X11", ("organization_size",), top("organization_size", "大型")),
        ("X11", ("organization_size",), top("employees", 1000)),
        ("X12", ("economic_benefit",), top("economic_benefit", {"total_assets": {"y3": 1, "y2": 1, "y1": 1}})),
        ("X13", ("brand_innovation",), top("brand_innovation", {"brand_indicators": {"y1": " "}})),
        ("X14", ("competitors",), top("competitors", [{"product_name": "机床"}, {"product_name": "轴承"}])),
        ("X15", ("application_date",), top("application_date", "2023-09-16")),
        ("X16", ("products",), top("products", [{"name": "机床"}, {"name": " 机 床 "}])),
        ("X18", ("industry_class",), top("industry_class", "3599")),
    ],
)
def test_each_contradiction_is_found_where_it_is(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], check_id: str, where: tuple[str, ...], change: Any
) -> None:
    changed = copy.deepcopy(form)
    change(changed)
    assert failed(season, changed, around(documents)) == {check_id: where}


@pytest.mark.parametrize(
    ("unit", "code", "fits"),
    [
        ("RU-LN", "91210100M000100Y4U", True),
        ("RU-LN", "91210200M000100Y41", False),  # 大连
        ("RU-DL", "91210200M000100Y41", True),
        ("RU-DL", "91210100M000100Y4U", False),
        ("RU-LN", "91110000M000100Y40", False),
        ("RU-CMIF", "91110000M000100Y40", True),
        ("RU-XJBT", "91650100M000100Y43", True),
        ("RU-LN", "91100000M000100Y4U", True),  # registered with the state itself
        ("RU-LN", "", True),
    ],
)
def test_a_province_recommends_its_own_enterprises_and_a_city_listed_separately_its_own(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], unit: str, code: str, *, fits: bool
) -> None:
    """A-05, A-06: remarked on only; associations and the corps recommend from anywhere."""
    found = failed(season, form | {"recommending_unit_id": unit, "uscc": code}, around(documents))
    assert ("X19" not in found) is fits


@pytest.mark.parametrize(("label", "where"), [(None, ("labor_productivity",)), ("事故率", None)])
def test_negative_productivity_is_remarked_on_unless_the_row_is_the_trades_own(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], label: str | None, where: tuple[str, ...] | None
) -> None:
    """§4.4, row 5: warn if negative."""
    form["economic_benefit"]["labor_productivity"] = {"y3": -3, "y2": -2, "y1": -1, "override_label": label}
    assert failed(season, form, around(documents)).get("X17") == where


def test_a_change_of_exactly_the_limit_is_not_remarked(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]
) -> None:
    form["economic_benefit"]["total_assets"]["y1"] = 440
    assert failed(season, form, around(documents)) == {}


def test_profit_above_revenue(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    form["total_profit"]["y3"] = form["economic_benefit"]["total_profit"]["y3"] = 50001
    assert failed(season, form, around(documents))["X06"] == ("y3",)


@pytest.mark.parametrize(
    ("check_id", "others"),
    [
        ("X02", {"document_title": "另一个题目"}),
        ("X03", {"archive_stem": "某某公司"}),
        ("X04", {"acting_unit": "RU-DL"}),
    ],
)
def test_surroundings_that_differ(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], check_id: str, others: dict[str, str]
) -> None:
    assert list(failed(season, form, around(documents, **others))) == [check_id]


def test_g30_the_finance_certificate_is_needed(season: Season, form: dict[str, Any]) -> None:
    assert failed(season, form, around(())) == {"X08": ("finance_certificate",)}
    assert failed(season, form | {"finance_certificate": ["file"]}, around(())) == {}


def test_an_empty_form_breaks_nothing(season: Season) -> None:
    assert list(failed(season, {}, around(()))) == ["X08", "X13"]


def test_a_row_with_the_trades_own_indicator_has_no_direction(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]
) -> None:
    form["economic_benefit"]["labor_productivity"] |= {"industry_best": 1, "override_label": "事故率"}
    assert failed(season, form, around(documents)) == {}


def test_the_lines_themselves_are_not_crossed(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    form["iso9001_valid_to"] = form["application_date"] = "2023-09-15"
    form["industry_class"], form["products"] = "3425", [{"name": "机床"}, {"name": ""}, {"name": "数控机床"}]
    form["total_profit"]["y3"] = form["economic_benefit"]["total_profit"]["y3"] = 50000
    assert not {"X06", "X09", "X15", "X16", "X18"} & set(failed(season, form, around(documents)))
