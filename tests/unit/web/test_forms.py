"""Forms as pages: what is rendered comes back as it was, nothing typed is lost, pages are accessible and keep the strict policy."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from lxml import html

from engine.forms import FieldError, Form, flatten, parse, read_form
from tests.unit.web.application_data import CONTEXT, filled, load, shown
from web.forms import FormContext, checks, data_of, render_answers, render_form, render_saved, render_slot
from web.printing import print_application


@pytest.fixture(scope="module")
def application():
    return load("application")


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
        "b": {"type": "object", "x-widget": "row", "title": "乙", "properties": {
            "y1": {"type": "number", "title": "年"}}}}}}, [{"b": {"y1": 1}}, {"b": {"y1": 2}}]),
}  # fmt: skip


def small(schema: dict) -> Form:
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


def test_who_is_refused_reads_at_once_which_files_are_missing_too(application):
    listed = html.fromstring(shown(application, {}, checked=True)).xpath("//*[@id='form-errors']//li/a/text()")
    assert "请上传「证实性材料（单独整理成一个文件）」。" in listed
    assert "请上传「典型经验材料」。" not in listed, "that one is there"
    assert not html.fromstring(shown(application, {})).xpath("//*[@id='form-errors']")


@pytest.mark.parametrize("name", ["application", "commitment"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_is_accessible_and_keeps_the_strict_policy(name, lang):
    form = load(name)
    context = FormContext(lang=lang, names=CONTEXT.names, lists=CONTEXT.lists, upload_url="/u", checks_url="/c")
    tree = html.fromstring(
        str(render_form(form, filled() if name == "application" else {}, form.check({}), context=context, action="/x", draft_url="/d"))
    )
    assert tree.xpath("//*[@style] | //script | //*[@onclick]") == []
    ids = tree.xpath("//*[@id and not(ancestor::template)]/@id")
    assert len(ids) == len(set(ids))
    named = {label.get("for") for label in tree.xpath("//label[@for]")}
    for box in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert box.get("id") in named or box.xpath("ancestor::label"), html.tostring(box)
    for ref in tree.xpath("//*[@aria-describedby and not(ancestor::template)]/@aria-describedby"):
        assert [one for one in ref.split() if one not in ids] == []


def test_pages_survive_drafts_of_any_shape(application):
    for odd in (
        {"application_table": "x", "competitors": {"a": 1}, "economic_benefit": [1], "outcome": []},
        {"competitors": ["x", None, 5]},
        {"cover": None},
    ):
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
    assert names == [f"competitors[#].{key}" for key in ("product_name", "competitor_name", "market_share", "main_advantages")]


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


def test_markup_in_errors_is_only_words(application):
    error = FieldError("outcome", "choice", "<script>x</script>", "<b>")
    assert "<script>" not in str(render_form(application, {}, (error,), context=CONTEXT, action="/x"))


PAIRED = {
    "title": "表", "type": "object", "properties": {
        "remarks": {"type": "object", "title": "评语", "x-title-en": "Remarks", "x-beside": "points", "properties": {
            "one": {"type": "string", "title": "甲"}, "two": {"type": "string", "title": "乙"}}},
        "points": {"type": "object", "title": "打分", "properties": {
            "one": {"type": "number", "title": "甲"}, "two": {"type": "number", "title": "乙"}, "three": {"type": "number", "title": "丙"}}},
    },
}  # fmt: skip


def test_comment_is_asked_beside_its_points():
    form, data = read_form(json.dumps(PAIRED).encode()), {"points": {"one": 3, "two": 4}, "remarks": {"one": "好"}}
    assert form.problems() == ()
    page = html.fromstring(render_form(form, data, (FieldError("remarks.two", "length", "太短", "too short"),), context=FormContext(), action="/x"))
    assert page.xpath("//input/@name | //textarea/@name") == ["points.one", "remarks.one", "points.two", "remarks.two", "points.three"]
    assert [label.text_content() for label in page.xpath("(//*[contains(@class, 'pair')])[1]//label")] == ["甲", "评语 · 甲"]
    assert "太短" in page.xpath("(//*[contains(@class, 'pair')])[2]")[0].text_content()
    assert parse(form, sent(html.tostring(page, encoding="unicode"))) == data
    assert html.fromstring(render_answers(form, data, context=FormContext())).xpath("//tr[th='甲']/td//text()[normalize-space()]") == ["3", "好"]


@pytest.mark.parametrize("wrong", [{"remarks": "remarks"}, {"remarks": "nobody"}, {"points": "remarks"}])
def test_group_stands_beside_one_that_has_its_fields(wrong):
    schema = json.loads(json.dumps(PAIRED))
    del schema["properties"]["remarks"]["x-beside"]
    for name, host in wrong.items():
        schema["properties"][name]["x-beside"] = host
    assert [problem.code for problem in read_form(json.dumps(schema).encode()).problems()] == ["beside"]


def test_what_does_not_fit_is_listed_in_the_order_of_the_page(application):
    page = html.fromstring(shown(application, {"outcome": "next"}, checked=True))
    listed = [link.removeprefix("#") for link in page.xpath("//*[@id='form-errors']//li/a/@href")]
    standing = {found: at for at, found in enumerate(page.xpath("//form//@id"))}
    assert len(listed) > 10
    assert listed == sorted(listed, key=lambda one: standing[one])
    assert listed[-1].startswith("f-cover")  # 封面 is the last section
    parts = page.xpath("//*[@id='form-errors']//p/a/@href")
    assert parts[0] == "#section-application_table"
    assert parts[-1] == "#section-cover"
    assert all(page.xpath(f"//section[@id='{part.removeprefix('#')}']") for part in parts)
