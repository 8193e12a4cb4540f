"""Forms as pages: what is rendered comes back as it was, nothing typed is lost, the 申报书 is whole, print pages bear their version."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html

from engine.forms import FieldError, Form, flatten, parse, read_form
from engine.forms_field import field_at, undotted
from web.forms import Choice, FileLink, FormContext, checks, data_of, render_answers, render_form, render_saved, render_slot
from web.printing import Opinion, print_application, print_commitment, print_opinions, version_code

FORMS = Path(__file__).parents[3] / "processes/cn-2023/forms"
YEARS = ("y3", "y2", "y1")
CONTEXT = FormContext(
    names={"year": 2023},
    lists={
        "recommending_units": [Choice("RU-LN", "辽宁省工业和信息化厅", "Liaoning"), Choice("RU-DL", "大连市工业和信息化局")],
        "focus_areas": [Choice("qms_upgrade", "质量管理体系升级"), Choice("key_process_control", "关键过程质量控制")],
    },
    files={"D2": [FileLink("d1", "经验<材料>.docx", 1_234_567, "/documents/d1")]},
    hidden={"form_token": "secret"},
    upload_url="/tasks/t1/files",
    checks_url="/tasks/t1/checks",
)

# The field keys of the rule book, §4: every one must be askable (4.8 is the unit's own form).
COVER = "applicant_name recommending_unit_name application_date"
COMMITMENT = "commitment_accepted[0] commitment_accepted[4] enterprise_name_sealed signatory_name signatory_role signed_on"
TABLE = """recommending_unit_id enterprise_name is_central_soe central_group_name is_provincial_soe uscc enterprise_type industry_code
organization_size iso9001_certified iso9001_cert_no iso9001_valid_to iso9001_body tqm_education_rate quality_post_competence_rate
quality_engineering_training_rate improvement_participation_rate experience_name has_regional_or_industry_benchmark benchmark_title benchmark_grantor
benchmark_year promoted_enterprise_count focus_area contact_name contact_department contact_position contact_phone contact_mobile contact_email
mailing_address postcode"""
YEARLY = "main_revenue total_profit"
METHODS = "satisfaction_method loyalty_method satisfaction_agency loyalty_agency"
ECONOMIC = """total_assets main_revenue total_profit current_asset_turnover labor_productivity equipment_effectiveness quality_loss_rate product_pass_rate
rework_rate energy_per_10k_output"""
SOCIAL = "supply_chain_contribution pollution_reduction resource_efficiency"
BRAND = "brand_indicators tech_achievements ip_outputs"
COMPETITOR = "seq product_name competitor_name market_share main_advantages"
SLOTS = {"application_docx": "D1.docx", "application_scan": "D1.scan", "experience_doc": "D2", "evidence": "D3", "finance_certificate": "D3.finance",
         "environment_evidence": "D3.environment", "iso9001_certificate": "D3.iso9001", "survey_reports": "D3.survey"}  # fmt: skip


def keys_of_the_application() -> list[str]:
    columns = (*YEARS, "industry_avg", "industry_best", "own_rank", "override_label", "override_unit")
    return [
        *(f"cover.{key}" for key in COVER.split()),
        *(f"application_table.{key}" for key in TABLE.split()),
        *(f"application_table.{key}.{year}" for key in YEARLY.split() for year in YEARS),
        *(f"management_benefit.products[0].market_share.{year}.{side}" for year in YEARS for side in ("domestic", "international")),
        *(f"management_benefit.products[0].{key}.{year}" for key in ("satisfaction", "loyalty") for year in YEARS),
        "management_benefit.products[0].name",
        *(f"management_benefit.{key}.{year}" for key in METHODS.split() for year in YEARS),
        *(f"economic_benefit.{key}.{column}" for key in ECONOMIC.split() for column in columns),
        *(f"social_benefit.{key}.{year}" for key in SOCIAL.split() for year in YEARS),
        *(f"brand_innovation.{key}.{year}" for key in BRAND.split() for year in YEARS),
        *(f"tech_achievement_items[0].{key}" for key in ("name", "level", "year")),
        *(f"ip_output_counts.{key}.y1" for key in ("national_standards", "patents", "software_copyrights", "papers", "monographs")),
        *(f"competitors[0].{key}" for key in COMPETITOR.split()),
        *(f"economic_extra_rows[0].{key}" for key in ("label", "unit", *YEARS)),
        *SLOTS,
    ]


def load(name: str) -> Form:
    return read_form((FORMS / f"{name}.json").read_bytes())


@pytest.fixture(scope="module")
def application() -> Form:
    return load("application")


@pytest.fixture(scope="module")
def commitment() -> Form:
    return load("commitment")


def yearly(*values: object) -> dict[str, object]:
    return dict(zip(YEARS, values, strict=True))


def filled() -> dict:
    percent = {f"{key}_rate": 90.5 for key in ("tqm_education", "quality_post_competence", "quality_engineering_training", "improvement_participation")}
    table = {
        "recommending_unit_id": "RU-LN", "enterprise_name": "沈阳“远方”<精密>机械有限公司", "is_central_soe": False, "uscc": "91350100M000100Y43",
        "enterprise_type": "民营企业", "industry_code": "34", "organization_size": "中型", "iso9001_certified": True, "iso9001_cert_no": "00123Q",
        "iso9001_valid_from": "2022-03-01", "iso9001_valid_to": "2025-02-28", "iso9001_body": "北方认证", "experience_name": "实施零缺陷管理的经验",
        "has_regional_or_industry_benchmark": False, "promoted_enterprise_count": 0, "focus_area": "key_process_control",
        "main_revenue": yearly(41000, 45600.5, 52300), "total_profit": yearly(2100, -25.75, 0.1), "contact_name": "李宁", "contact_department": "质量部",
        "contact_position": "部长", "contact_phone": "024-23456789", "contact_mobile": "13800001234", "contact_email": "q@yuanfang.invalid",
        "mailing_address": "沈阳市一号路 1 号", "postcode": "110000", **percent,
    }  # fmt: skip
    product = {
        "name": "减速器", "market_share": {year: {"domestic": 12.5, "international": 0} for year in YEARS},
        "satisfaction": yearly(90, 91, 92), "loyalty": yearly(80, 81, 82),
    }  # fmt: skip
    return {
        "cover": {"application_date": "2023-09-10"},
        "application_table": table,
        "declarations": {
            "is_legal_person": True, "no_violation": dict.fromkeys(("integrity", "quality", "safety", "environment"), True), "shares_experience": True,
            "no_state_secret": True,
        },
        "management_benefit": {
            "products": [product], "satisfaction_method": yearly("self", "third_party", "self"), "satisfaction_agency": {"y2": "东北调查"},
            "loyalty_method": yearly("self", "self", "self"),
        },
        "economic_benefit": {key: {**yearly(1.5, 2, 3), "own_rank": 2, "override_label": "指标"} for key in ECONOMIC.split()},
        "social_benefit": {key: yearly("一\n二", "\n 前有空行", "三") for key in SOCIAL.split()},
        "tech_achievement_items": [{"name": "检测技术", "level": "国内领先", "year": 2021}],
        "ip_output_counts": {"patents": yearly(3, 5, 9)},
        "competitors": [{"product_name": "减速器", "competitor_name": f"对手{n}", "market_share": n, "main_advantages": "规模大"} for n in (1, 2)],
        "outcome": "next",
    }  # fmt: skip


def sent(page: str) -> list[tuple[str, str]]:
    """What a browser sends for the page, without the buttons."""
    pairs: list[tuple[str, str]] = []
    for node in html.fromstring(page).xpath("//*[@name and not(ancestor-or-self::template) and not(@disabled)]"):
        kind = node.get("type")
        if node.tag == "button" or kind == "file" or (kind in {"radio", "checkbox"} and node.get("checked") is None):
            continue
        if node.tag == "select":
            pairs.extend((node.get("name"), option.get("value")) for option in node.xpath(".//option[@selected]"))
        elif node.tag == "textarea":  # HTML: the first line break is not part of the value
            pairs.append((node.get("name"), (node.text or "").removeprefix("\n")))
        else:
            pairs.append((node.get("name"), node.get("value") or ""))
    return pairs


def shown(form: Form, data: dict, **more: object) -> str:
    errors = form.check(data) if more.pop("checked", False) else ()
    return str(render_form(form, data, errors, context=CONTEXT, action="/tasks/t1", **more))


@pytest.mark.parametrize("name", ["application", "commitment"])
def test_definition_is_sound(name):
    assert load(name).problems() == ()


@pytest.mark.parametrize("key", keys_of_the_application())
def test_application_asks_every_key_of_the_rule_book(application, key):
    assert field_at(application.root, undotted(key)) is not None


@pytest.mark.parametrize("key", COMMITMENT.split())
def test_commitment_asks_every_key_of_the_rule_book(commitment, key):
    assert field_at(commitment.root, undotted(key)) is not None


def test_document_slots_name_their_codes(application):
    assert {name: field_at(application.root, (name,)).hint("document") for name in SLOTS} == SLOTS


def test_notes_and_undertakings_are_shown_word_for_word(application, commitment):
    page = html.fromstring(shown(application, {})).text_content()
    for words in ("注：提供顾客满意度、忠诚度调查分析报告的证实性材料。", "需有财务部门出具证明并加盖财务公章。", "也可直接进行文字阐述；", "如表格不够可另附页。",
                  "1. 申报单位需签署全国质量标杆申报承诺书,由申报单位法人代表或相关领导签字并加盖公章。", "发送到指定邮箱: qmb@caq.org.cn。"):  # fmt: skip
        assert words in page
    assert "不采取请客送礼等不正当手段，干扰全国质量标杆评审工作。" in html.fromstring(shown(commitment, {})).text_content()


def test_year_columns_come_from_the_season(application):
    page = shown(application, {})
    assert "2020 年" in page
    assert "2022 年行业平均水平" in page
    assert "${" not in page


def test_whole_application_comes_back_as_it_was(application):
    clean = application.clean(filled(), names=CONTEXT.names)
    again = data_of(application, [*sent(shown(application, clean)), ("outcome", "next")])
    assert application.clean(again) == clean
    assert clean["cover"]["applicant_name"] == clean["application_table"]["enterprise_name"]
    assert [row["seq"] for row in clean["competitors"]] == [1, 2]


WIDGETS = {
    "text": ({"type": "string"}, '5" <b>&amp;'), "textarea": ({"type": "string", "x-widget": "textarea"}, "一\n\n二"),
    "email": ({"type": "string", "format": "email"}, "a@b.invalid"), "tel": ({"type": "string", "x-widget": "tel"}, "010-1"),
    "url": ({"type": "string", "format": "uri"}, "https://a.invalid/x?y=1&z=2"), "number": ({"type": "number"}, -1234567.125),
    "percent": ({"type": "number", "x-widget": "percent"}, 0.5), "integer": ({"type": "integer"}, 0), "small": ({"type": "number"}, 0.000001),
    "date": ({"type": "string", "format": "date"}, "2023-09-15"), "datetime": ({"type": "string", "format": "local-date-time"}, "2023-11-06T09:00"),
    "yes": ({"type": "boolean"}, True), "no": ({"type": "boolean"}, False), "tick": ({"type": "boolean", "x-widget": "tick"}, True),
    "unticked": ({"type": "boolean", "x-widget": "tick"}, False),
    "ticks": ({"type": "array", "x-widget": "ticks", "x-texts": ["一", "二"], "items": {"type": "boolean"}}, [False, True]),
    "radio": ({"type": "string", "x-widget": "radio", "enum": ["x", "y"]}, "y"), "select": ({"type": "string", "enum": ["x", "y"]}, "y"),
    "number choice": ({"type": "integer", "x-widget": "select", "enum": [1, 2]}, 2),
    "dynamic": ({"type": "string", "x-widget": "select", "x-enum-from": "recommending_units"}, "RU-DL"),
    "dynamic gone": ({"type": "string", "x-widget": "select", "x-enum-from": "recommending_units"}, "RU-OLD"),
    "multiselect": ({"type": "array", "items": {"type": "string", "enum": ["x", "y", "z"]}}, ["x", "z"]),
    "readonly": ({"type": "string", "x-readonly": True}, "given"),
    "row": ({"type": "object", "x-widget": "row", "properties": {"b": {"type": "number", "title": "乙"}}}, {"b": 1.5}),
    "group": ({"type": "object", "properties": {"b": {"type": "boolean", "title": "乙"}}}, {"b": False}),
    "table": ({"type": "object", "x-widget": "table", "properties": {"r": {"type": "object", "title": "行", "properties": {
        "own": {"type": "string", "title": "名", "x-cell": "label"}, "b": {"type": "number", "title": "乙"}}}}}, {"r": {"own": "x", "b": 2}}),
    "grid": ({"type": "array", "items": {"type": "object", "properties": {"seq": {"type": "integer", "x-widget": "sequence", "title": "号"},
        "b": {"type": "string", "title": "乙"}, "c": {"type": "boolean", "title": "丙"}}}}, [{"seq": 1, "b": "x", "c": False}, {"seq": 2, "b": "y"}]),
    "cards": ({"type": "array", "x-widget": "cards", "items": {"type": "object", "title": "项", "properties": {
        "b": {"type": "object", "x-widget": "row", "title": "乙", "properties": {"y1": {"type": "number", "title": "年"}}}}}}, [{"b": {"y1": 1}}, {"b": {"y1": 2}}]),
}  # fmt: skip


def small(schema: dict) -> Form:
    import json

    return read_form(json.dumps({"title": "表", "type": "object", "properties": {"a": {"title": "甲", **schema}}}).encode())


@pytest.mark.parametrize("name", WIDGETS)
def test_widget_comes_back_as_it_was(name):
    schema, value = WIDGETS[name]
    subject = small(schema)
    assert subject.problems() == ()
    clean = subject.clean({"a": value})
    assert clean == {"a": value}
    assert subject.clean(data_of(subject, sent(shown(subject, clean)))) == clean
    assert subject.clean(parse(subject, flatten(subject, clean))) == clean


def test_what_was_typed_is_kept_beside_its_error(application):
    data = filled()
    data["application_table"]["uscc"] = "不是代码"
    data["application_table"]["tqm_education_rate"] = "九成"
    data["application_table"]["iso9001_valid_to"] = "明年"
    page = shown(application, data, checked=True)
    again = data_of(application, sent(page))["application_table"]
    assert (again["uscc"], again["tqm_education_rate"], again["iso9001_valid_to"]) == ("不是代码", "九成", "明年")
    tree = html.fromstring(page)
    for key in ("uscc", "tqm_education_rate", "iso9001_valid_to"):
        (box,) = tree.xpath(f"//input[@id='f-application_table-{key}']")
        assert box.get("aria-invalid") == "true"
        assert tree.xpath(f"//*[@id='f-application_table-{key}-error']/p[@class='error']")
        assert tree.xpath(f"//*[@id='form-errors']//a[@href='#f-application_table-{key}']")


def test_every_link_of_the_error_list_leads_somewhere(application):
    tree = html.fromstring(shown(application, {}, checked=True))
    links = tree.xpath("//*[@id='form-errors']//a/@href")
    assert len(links) > 50
    assert [link for link in links if not tree.xpath(f"//*[@id='{link[1:]}']")] == []


@pytest.mark.parametrize("name", ["application", "commitment"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_is_accessible_and_keeps_the_strict_policy(name, lang):
    form = load(name)
    context = FormContext(lang=lang, names=CONTEXT.names, lists=CONTEXT.lists, upload_url="/u", checks_url="/c")
    tree = html.fromstring(str(render_form(form, filled() if name == "application" else {}, form.check({}), context=context, action="/x", draft_url="/d")))
    assert tree.xpath("//*[@style] | //script | //*[@onclick]") == []
    ids = tree.xpath("//*[@id and not(ancestor::template)]/@id")
    assert len(ids) == len(set(ids))
    named = {label.get("for") for label in tree.xpath("//label[@for]")}
    for box in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert box.get("id") in named or box.xpath("ancestor::label"), html.tostring(box)
    for ref in tree.xpath("//*[@aria-describedby and not(ancestor::template)]/@aria-describedby"):
        assert [one for one in ref.split() if one not in ids] == []


def test_pages_survive_drafts_of_any_shape(application):
    for odd in ({"application_table": "x", "competitors": {"a": 1}, "economic_benefit": [1], "outcome": []}, {"competitors": ["x", None, 5]}, {"cover": None}):
        assert "form-section" in shown(application, odd, checked=True)
        render_answers(application, odd, context=CONTEXT)
        print_application(application, odd, context=CONTEXT)


def test_hidden_field_is_not_sent(application):
    page = html.fromstring(shown(application, filled()))
    (group,) = page.xpath("//*[@id='f-application_table-central_group_name']")
    assert group.get("disabled") is not None
    assert group.xpath("ancestor::*[@data-show-if]")[0].get("hidden") is not None


def test_row_to_come_has_names_the_browser_completes(application):
    page = html.fromstring(shown(application, {}))
    names = page.xpath("//*[@id='f-competitors']/template//@name")
    assert names == [f"competitors[#].{key}" for key in COMPETITOR.split()[1:]]


def test_draft_is_saved_as_one_types_and_its_answer_shows_the_progress(application):
    page = html.fromstring(shown(application, {}, draft_url="/tasks/t1/draft"))
    assert page.xpath("//*[@id='draft-status']/@hx-post") == ["/tasks/t1/draft"]
    answer = str(render_saved(application, filled(), context=CONTEXT, at="10:32"))
    assert "已保存 10:32" in answer
    assert 'id="form-progress"' in answer
    assert "hx-swap-oob" in answer


def test_slot_shows_its_files_and_why_one_was_not_taken(application):
    slot = html.fromstring(str(render_slot(application, "experience_doc", context=CONTEXT, problem="文件太大，请压缩后重新上传。")))
    assert slot.xpath("//a[@href='/documents/d1']")[0].text == "经验<材料>.docx"
    assert "文件太大" in slot.text_content()
    with pytest.raises(KeyError):
        render_slot(application, "cover", context=CONTEXT)


def test_findings_lead_to_their_fields_the_severe_first(application):
    found = (
        SimpleNamespace(paths=("application_table.organization_size",), severity="warn", zh="请核对规模", en="check"),
        SimpleNamespace(paths=("economic_benefit.total_profit.y3",), severity="block", zh="利润<不一致>", en="differ"),
    )
    seen: list[dict] = []

    def checker(data):
        seen.append(data)
        return found

    page = html.fromstring(str(checks(application, {"x": 1}, checker, context=CONTEXT)))
    assert seen == [{"x": 1}]
    assert page.xpath("//li/@data-fields") == ["f-economic_benefit-total_profit-y3", "f-application_table-organization_size"]
    assert page.xpath("//li//a/text()") == ["利润总额 · 2020 年", "组织规模"]
    assert "利润<不一致>" in page.text_content()


def test_answers_show_labels_and_only_what_was_answered(application):
    words = html.fromstring(str(render_answers(application, application.clean(filled()), context=CONTEXT))).text_content()
    assert "辽宁省工业和信息化厅" in words
    assert "34 通用设备制造业" in words
    assert "沈阳“远方”<精密>机械有限公司" in words
    assert "所属央企集团全称" not in words


def test_version_code_follows_the_data():
    data = filled()
    other = copy.deepcopy(data)
    other["application_table"]["total_profit"]["y1"] += 0.01
    assert re.fullmatch(r"([0-9A-F]{4}-){2}[0-9A-F]{4}", version_code(data))
    assert version_code(data) == version_code(dict(reversed(data.items())))
    assert version_code(data) != version_code(other)


def test_print_pages_bear_the_version_and_the_undertakings(application, commitment):
    data = application.clean(filled())
    book = html.fromstring(str(print_application(application, data, context=CONTEXT, commitment=commitment)))
    assert version_code(data) in book.xpath("string(//tfoot)")
    assert book.xpath("//section[@class='commitment']//li")[2].text.startswith("严格遵守《全国质量标杆遴选及交流实施办法》")
    assert len(book.xpath("//section[@class='part']")) == len(application.sections) - 1
    alone = str(print_commitment(commitment, enterprise="甲公司", code_of=data, context=CONTEXT))
    assert version_code(data) in alone
    assert "高层签字：" in alone


def test_opinions_are_printed_one_page_each():
    page = html.fromstring(str(print_opinions([Opinion(unit="甲厅", enterprise=name, experience="经验", text="同意推荐") for name in ("一", "二")], context=CONTEXT)))
    assert len(page.xpath("//section[@class='opinion']")) == 2


def test_markup_in_errors_is_only_words(application):
    error = FieldError("outcome", "choice", "<script>x</script>", "<b>")
    assert "<script>" not in str(render_form(application, {}, (error,), context=CONTEXT, action="/x"))
