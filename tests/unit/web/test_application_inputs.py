"""The 申报书 as enterprises really type it: odd but right input is understood, wrong input is answered with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import InvalidForm, flatten, parse
from tests.unit.web.application_data import filled, load

NAMES = {"year": 2023}
TABLE, ECONOMIC = "application_table", "economic_benefit"


def typed(**changes: str) -> dict[str, Any]:
    """What a browser sends, `section__field` = text; an empty text takes the field away."""
    form = load("application")
    pairs = dict(flatten(form, filled() | {"outcome": "next"}))
    pairs |= {path.replace("__", "."): text for path, text in changes.items()}
    return form.clean(parse(form, [pair for pair in pairs.items() if pair[1]]), names=NAMES)


def test_what_is_filled_in_plainly_fits() -> None:
    assert typed()[TABLE]["uscc"] == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("uscc", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
        ("uscc", " 91350100 m000100 y43 ", "91350100M000100Y43"),
        ("contact_mobile", "１３８ ００００ １２３４", "13800001234"),
        ("contact_phone", "０２４－２３４５６７８９", "024-23456789"),
        ("contact_phone", "23456789", "23456789"),
        ("postcode", "１１００００", "110000"),
        ("contact_email", "ｑ＠yuanfang.invalid", "q@yuanfang.invalid"),
        ("contact_name", "买买提·阿卜杜热合曼", "买买提·阿卜杜热合曼"),
        ("contact_name", "John  Smith", "John  Smith"),
        ("enterprise_name", "沈阳 ABB（中国）有限公司", "沈阳 ABB（中国）有限公司"),
        ("tqm_education_rate", "１００％", 100),
        ("tqm_education_rate", "0", 0),
        ("promoted_enterprise_count", "0", 0),
        ("employees", "1,200", 1200),
        ("iso9001_valid_to", "2025年2月28日", "2025-02-28"),
        ("iso9001_valid_to", "２０２５/１２/３１", "2025-12-31"),
        ("iso9001_valid_from", "2023.1.1", "2023-01-01"),
        ("industry_class", "３４２５", "3425"),
        ("main_revenue__y3", "０", 0),
        ("main_revenue__y1", "999999999999999", 999_999_999_999_999),
        ("main_revenue__y1", "１２，３４５．６７", 12345.67),
        ("total_profit__y2", "－２５．７５", -25.75),
        ("total_profit__y2", "−25.75", -25.75),
    ],
)
def test_odd_but_right_input_is_understood(field: str, text: str, kept: object) -> None:
    value: Any = typed(**{f"{TABLE}__{field}": text})[TABLE]
    for step in field.split("__"):
        value = value[step]
    assert value == kept


def test_a_central_groups_enterprise_names_its_group_and_nobody_else_does() -> None:
    central = {f"{TABLE}__is_central_soe": "true"}
    assert typed(**central, **{f"{TABLE}__central_group_name": "中国某某集团有限公司"})[TABLE]["is_central_soe"] is True
    for changes, said in ((central, "请填写「所属央企集团全称」"), ({f"{TABLE}__central_group_name": "某集团"}, "「所属央企集团全称」不需要填写，请清空")):
        with pytest.raises(InvalidForm) as refusal:
            typed(**changes)
        assert said in refusal.value.zh


@pytest.mark.parametrize(
    ("path", "text", "zh", "en"),
    [
        (f"{TABLE}__uscc", "210100000123456", "应为 18 位数字和大写字母（不含 I、O、S、V、Z），请对照营业执照核对", "it has 18 digits"),
        (f"{TABLE}__contact_phone", "12345", "应为固定电话，如 010-66079098", "a landline number"),
        (f"{TABLE}__contact_mobile", "12800001234", "应为 11 位手机号码", "11 digits"),
        (f"{TABLE}__contact_email", "q@", "应为电子邮箱，如 name@company.com", "an e-mail address"),
        (f"{TABLE}__postcode", "1100", "应为 6 位数字", "six digits"),
        (f"{TABLE}__industry_class", "34", "应为 4 位数字", "four digits"),
        (f"{TABLE}__total_profit__y3", "", "请填写「近三年利润总额 · 2020 年」", "Total profit of three years · 2020"),
        (f"{TABLE}__total_profit__y3", "约 500 万元", "应为数字（只写数字，不写单位）", "a number (digits only"),
        (f"{TABLE}__main_revenue__y3", "-1", "不小于 0", "at least 0"),
        (f"{TABLE}__main_revenue__y3", "1000000000000001", "不大于 1,000,000,000,000,000", "at most 1,000,000,000,000,000"),
        (f"{TABLE}__tqm_education_rate", "100.1", "不大于 100%", "at most 100"),
        (f"{TABLE}__promoted_enterprise_count", "2.5", "应为整数", "a whole number"),
        (f"{TABLE}__iso9001_valid_to", "2023-02-29", "应为日期，如 2023-09-15", "a date such as"),
        (f"{ECONOMIC}__total_assets__y1", "0", "「资产总额 · 2022 年」应大于 0", "more than 0"),
        (f"{ECONOMIC}__rework_rate__own_rank", "0", "不小于 1", "at least 1"),
        (f"{ECONOMIC}__equipment_effectiveness__y1", "", "请填写「设备综合效率 · 2022 年」", "Overall equipment effectiveness"),
        ("cover__application_date", "", "请填写「申报日期」", "Date of application"),
        ("competitors[0]__market_share", "", "第1项 · 市场份额」", "Market share"),
    ],
)
def test_wrong_input_is_told_what_to_do_in_both_languages(path: str, text: str, zh: str, en: str) -> None:
    with pytest.raises(InvalidForm) as refusal:
        typed(**{path: text})
    assert zh in refusal.value.zh
    assert en in refusal.value.en
