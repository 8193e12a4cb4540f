"""The field dictionary of the 申报书 (rule book §4): what must be filled in, in which unit, and within which limits, each at its edge."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.forms_field import field_at, undotted
from tests.unit.web.application_data import ECONOMIC, SOCIAL, YEARS, filled, load, yearly

RATES = ("tqm_education_rate", "quality_post_competence_rate", "quality_engineering_training_rate", "improvement_participation_rate")
TABLE = (
    "recommending_unit_id", "enterprise_name", "is_central_soe", "uscc", "enterprise_type", "industry_code", "organization_size", "iso9001_certified",
    "iso9001_cert_no", "iso9001_valid_from", "iso9001_valid_to", "iso9001_body", *RATES, "experience_name", "has_regional_or_industry_benchmark",
    "promoted_enterprise_count", "focus_area", *(f"{row}.{year}" for row in ("main_revenue", "total_profit") for year in YEARS), "contact_name",
    "contact_department", "contact_position", "contact_phone", "contact_mobile", "contact_email", "mailing_address", "postcode",
)  # fmt: skip
PRODUCT = "management_benefit.products[0]"
REQUIRED = (
    "cover.application_date",
    *(f"application_table.{key}" for key in TABLE),
    f"{PRODUCT}.name",
    *(f"{PRODUCT}.market_share.{year}.domestic" for year in YEARS),
    *(f"{PRODUCT}.{key}.{year}" for key in ("satisfaction", "loyalty") for year in YEARS),
    *(f"management_benefit.{key}_method.{year}" for key in ("satisfaction", "loyalty") for year in YEARS),
    "management_benefit.satisfaction_agency.y2",
    *(f"economic_benefit.{key}.{year}" for key in ECONOMIC for year in YEARS),
    *(f"social_benefit.{key}.{year}" for key in SOCIAL for year in YEARS),
    *(f"competitors[1].{key}" for key in ("product_name", "competitor_name", "market_share", "main_advantages")),
)
OPTIONAL = (
    *(f"{PRODUCT}.market_share.{year}.international" for year in YEARS),
    *(f"economic_benefit.{key}.{column}" for key in ECONOMIC for column in ("industry_avg", "industry_best", "own_rank")),
    "brand_innovation.brand_indicators.y1", "tech_achievement_items", "ip_output_counts.patents.y1",
)  # fmt: skip
UNITS = {
    **{f"application_table.{rate}": "%" for rate in RATES},
    "application_table.promoted_enterprise_count": "家", "application_table.main_revenue": "万元", "application_table.total_profit": "万元",
    **{f"economic_benefit.{key}": unit for key, unit in zip(ECONOMIC, ["万元", "万元", "万元", "次", "万元/人", "%", "%", "%", "%", "吨/万元"], strict=True)},
    f"{PRODUCT}.market_share.y1.domestic": "%", f"{PRODUCT}.market_share.y1.international": "%", "competitors[0].market_share": "%",
}  # fmt: skip
PERCENT = (0, 100), (-0.1, 100.1)
FROM_0 = (0, 1_000_000), (-0.1,)
LONG = "字" * 1000, "字" * 1001
# where; what fits, at the edges; what does not
LIMITS: tuple[tuple[str, tuple[Any, ...], tuple[Any, ...]], ...] = (
    *((f"application_table.{rate}", *PERCENT) for rate in RATES),
    *((f"{PRODUCT}.market_share.y2.{side}", *PERCENT) for side in ("domestic", "international")),
    *((f"{PRODUCT}.{key}.y3", *PERCENT) for key in ("satisfaction", "loyalty")),
    *((f"economic_benefit.{key}.{column}", *PERCENT)
      for key in ("equipment_effectiveness", "quality_loss_rate", "product_pass_rate", "rework_rate") for column in ("y2", "industry_avg", "industry_best")),
    *((f"economic_benefit.{key}.y1", *FROM_0) for key in ("main_revenue", "current_asset_turnover", "energy_per_10k_output")),
    ("economic_benefit.total_assets.y1", (0.01,), (0, -1)),
    ("economic_benefit.total_profit.y1", (-5000, 0, 5000), ("many",)),
    ("economic_benefit.labor_productivity.y1", (-1, 0, 80), ()),  # X17 remarks on it
    *((f"economic_benefit.{key}.own_rank", (1, 500), (0, 1.5)) for key in ECONOMIC),
    ("competitors[0].market_share", *PERCENT),
    ("application_table.main_revenue.y1", *FROM_0),
    ("application_table.total_profit.y1", (-5000, 0), ()),  # E02 refuses
    ("application_table.promoted_enterprise_count", (0, 86), (-1, 1.5)),
    ("application_table.enterprise_name", ("甲厂", "甲" * 100), ("甲", "甲" * 101)),
    ("application_table.mailing_address", ("甲" * 200,), ("甲" * 201,)),
    ("application_table.contact_phone", ("024-23456789", "02423456789", "23456789", "0411-2345678-123"), ("1234", "024-123456789", "024 abc")),
    ("application_table.contact_mobile", ("13800001234", "19999999999"), ("12800001234", "1380000123", "138000012345")),
    ("application_table.contact_email", ("q@yuanfang.invalid",), ("q", "q@", "@yuanfang.invalid", "a b@yuanfang.invalid")),
    ("application_table.postcode", ("110000",), ("11000", "1100000", "11000a")),
    ("application_table.uscc", ("91350100M000100Y43",), ("91350100M000100Y4", "91350100M000100Y4I", "9135010OM000100Y43")),
    ("application_table.enterprise_type", ("国有企业", "其他"), ("跨国企业", "")),
    ("application_table.organization_size", ("大型", "微型"), ("特大型",)),
    ("application_table.industry_code", ("06", "46", "72"), ("98", "6", "3411")),
    ("management_benefit.loyalty_method.y1", ("self",), ("both",)),
    *((f"social_benefit.{key}.y1", LONG[:1], LONG[1:]) for key in SOCIAL),
    ("tech_achievement_items[0].level", ("国内首创", "国内先进", "国内领先", "国际先进", "国际领先"), ("世界第一",)),
    ("ip_output_counts.patents.y1", (0, 12), (-1, 0.5)),
    ("competitors", ([{"product_name": "轴", "competitor_name": "乙", "market_share": 1, "main_advantages": "大"}],), ([],)),
)  # fmt: skip
UNDERTAKINGS = ("commitment_accepted", "no_state_secret", "shares_experience", "signatory_name", "signatory_role", "signed_on")


@pytest.fixture(scope="module")
def application():
    return load("application")


@pytest.fixture
def data() -> dict[str, Any]:
    """Everything filled in under the form's own names."""
    whole = filled()
    whole["economic_benefit"] = {key: {**yearly(50, 60, 70), "industry_avg": 40, "industry_best": 90, "own_rank": 2} for key in ECONOMIC}
    whole["brand_innovation"] = {"brand_indicators": yearly("一", "二", "三")}
    return whole


def put(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The data with the value at a path; None: with nothing there."""
    changed = copy.deepcopy(data)
    *way, last = undotted(path) or ()
    holder: Any = changed
    for step in way:
        holder = holder[step]
    holder[last] = value
    if value is None:
        del holder[last]
    return changed


def wrong(application, data: dict[str, Any]) -> dict[str, str]:
    return {one.path: one.code for one in application.check(data)}


def test_the_whole_form_fits(application, data):
    assert wrong(application, data) == {}


@pytest.mark.parametrize("path", REQUIRED)
def test_what_must_be_filled_in(application, data, path):
    assert wrong(application, put(data, path, None)).get(path) == "required"


@pytest.mark.parametrize("path", OPTIONAL)
def test_what_may_be_left_out(application, data, path):
    assert wrong(application, put(data, path, None) if path != "ip_output_counts.patents.y1" else data) == {}


@pytest.mark.parametrize(("path", "fits", "not_fits"), LIMITS, ids=[path for path, *_ in LIMITS])
def test_limits_at_their_edge(application, data, path, fits, not_fits):
    for value in fits:
        assert path not in wrong(application, put(data, path, value)), value
    for value in not_fits:
        assert path in wrong(application, put(data, path, value)), value


@pytest.mark.parametrize(("path", "unit"), UNITS.items())
def test_units(application, path, unit):
    assert field_at(application.root, undotted(path)).text("x-unit") == unit


def test_at_most_three_main_products(application, data):
    """§4.3: up to three columns; more by attachment."""
    (product,) = data["management_benefit"]["products"]
    for count, fits in ((0, False), (1, True), (3, True), (4, False)):
        found = wrong(application, put(data, "management_benefit.products", [product | {"name": f"产品{number}"} for number in range(count)]))
        assert ("management_benefit.products" not in found) is fits, count


@pytest.mark.parametrize(
    ("switch", "fields"),
    [
        ("iso9001_certified", ("iso9001_cert_no", "iso9001_valid_from", "iso9001_valid_to", "iso9001_body")),
        ("has_regional_or_industry_benchmark", ("benchmark_title", "benchmark_grantor", "benchmark_year")),
        ("is_central_soe", ("central_group_name",)),
    ],
)
def test_details_are_asked_exactly_where_they_apply(application, data, switch, fields):
    """A-41, 非央企不用填."""
    table = {name: value for name, value in data["application_table"].items() if name not in fields}
    asked = wrong(application, data | {"application_table": table | {switch: True}})
    assert {f"application_table.{name}" for name in fields} <= asked.keys()
    assert not wrong(application, data | {"application_table": table | {switch: False}})
    given = dict.fromkeys(fields, "2022-01-01") | ({"benchmark_year": 2021} if "benchmark_year" in fields else {})
    assert set(wrong(application, data | {"application_table": table | given | {switch: False}}).values()) == {"not_applicable"}


@pytest.mark.parametrize(("code", "asked"), [("12", False), ("13", True), ("43", True), ("44", False), ("65", False)])
def test_makers_fill_in_every_row_of_the_economic_table_and_others_may_change_it(application, data, code, asked):
    """表后“注”: 非制造业可根据行业实际情况进行删减，并增加本行业的相关经济指标及结果."""
    data["application_table"]["industry_code"] = code
    few = {key: data["economic_benefit"][key] for key in ("total_assets", "main_revenue", "total_profit")}
    found = wrong(application, data | {"economic_benefit": few})
    assert ({f"economic_benefit.{key}" for key in ECONOMIC[3:]} <= {path.rpartition(".")[0] for path in found}) is asked
    extra = [{"label": "客运量", "unit": "万人次", **yearly(1, 2, 3)}]
    assert ("economic_extra_rows" in wrong(application, data | {"economic_extra_rows": extra})) is asked


@pytest.mark.parametrize("name", UNDERTAKINGS)
def test_every_part_of_the_commitment_must_be_there(name):
    commitment = load("commitment")
    signed = {
        "commitment_accepted": [True] * 5, "no_state_secret": True, "shares_experience": True, "signatory_name": "李明",
        "signatory_role": "legal_representative", "signed_on": "2023-09-10", "outcome": "submit",
    }  # fmt: skip
    assert wrong(commitment, signed) == {}
    assert any(path.startswith(name) for path in wrong(commitment, {key: value for key, value in signed.items() if key != name}))
    for role, fits in (("legal_representative", True), ("authorised_leader", True), ("secretary", False)):
        assert (not wrong(commitment, signed | {"signatory_role": role})) is fits
    for person, fits in (("李", False), ("李明", True), ("李" * 30, True), ("李" * 31, False)):
        assert (not wrong(commitment, signed | {"signatory_name": person})) is fits
