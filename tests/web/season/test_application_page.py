"""The application's page while somebody fills it in: live findings, papers to print, what a return brings along."""

import re
from html import unescape

import pytest

from engine.forms import flatten
from tests.unit.web.application_data import filled, load


def task_of(person, number):
    return re.search(r'href="(/tasks/[^"]+)"', person.get(f"/portal/{number}").text)[1]


def sent(data):
    """What a browser sends for the data."""
    pairs = {}
    for name, value in flatten(load("application"), data):
        pairs.setdefault(name, []).append(value)
    return pairs


@pytest.fixture
def page(application):
    one, number = application
    return one, task_of(one, number), number


def test_the_page_asks_for_checks_as_one_types(page):
    one, task, _ = page
    assert f'hx-post="{task}/checks"' in one.get(task).text


def test_an_untouched_form_is_not_scolded(page):
    one, task, _ = page
    assert "须改正" not in one.post(f"{task}/checks", {}).text


def test_a_form_that_holds_what_was_registered_alone_is_not_scolded(page):
    one, task, _ = page
    registered = {"application_table.enterprise_name": "甲公司", "application_table.contact_name": "王联系", "application_table.email": "a@b.invalid"}
    assert "须改正" not in one.post(f"{task}/checks", registered).text
    figures = {"economic_benefit.total_assets.y3": "100"}
    assert "请上传财务部门出具并加盖财务公章的经济效益证明" in one.post(f"{task}/checks", registered | figures).text


def test_a_finding_stands_at_the_field_that_it_is_about_alone(page):
    one, task, _ = page
    data = filled()
    data["application_table"]["iso9001_valid_to"] = "2020-01-01"
    said = [line for line in one.post(f"{task}/checks", sent(data)).text.split("<li") if "请核对有效期" in line]
    assert len(said) == 1
    assert 'data-fields="f-application_table-iso9001_valid_to"' in said[0]


def test_findings_stand_beside_their_fields(page):
    one, task, _ = page
    data = filled()
    data["application_table"]["total_profit"] = {"y3": 1, "y2": -2, "y1": 3}
    found = one.post(f"{task}/checks", sent(data)).text
    assert "2021年利润总额不大于0" in found
    assert "f-application_table-total_profit" in found
    data["application_table"]["total_profit"] = {"y3": 1, "y2": 2, "y1": 3}
    assert "利润总额不大于0" not in one.post(f"{task}/checks", sent(data)).text


def test_what_the_paper_for_signing_asks_is_not_asked_here(page):
    one, task, _ = page
    assert "请逐条确认承诺书" not in one.post(f"{task}/checks", sent(filled())).text


@pytest.mark.parametrize("hostile", ["1e99999999", "9" * 400, "NaN", "١٢", "[]", "\x01"])
def test_hostile_numbers_change_nothing_and_answer(page, hostile):
    one, task, _ = page
    pairs = {
        "application_table.employees": hostile,
        "application_table.main_revenue.y1": hostile,
        "application_table.industry_code": hostile,
    }
    assert one.post(f"{task}/checks", pairs).status_code == 200


def test_checks_are_the_applicants_own(page, signed_in):
    _, task, _ = page
    assert signed_in("two").post(f"{task}/checks", {}).status_code == 404
    assert signed_in("clerk").post(f"{task}/checks", {}).status_code == 404


def test_papers_bear_the_version_of_what_has_been_typed(page):
    one, task, _ = page
    for paper in ("application", "application.docx", "commitment"):
        assert f"{task}/print/{paper}" in one.get(task).text
    one.post(f"{task}/draft", sent(filled()))
    book, undertakings = one.get(f"{task}/print/application").text, one.get(f"{task}/print/commitment").text
    code = re.search(r"版本号 ([0-9A-F-]{14})", book)[1]
    assert code in undertakings
    assert "实施零缺陷管理的经验" in book
    assert "辽宁省工业和信息化厅" in book
    changed = filled()
    changed["application_table"]["experience_name"] = "另一个经验"
    one.post(f"{task}/draft", sent(changed))
    assert code not in one.get(f"{task}/print/application").text


def test_what_is_stamped_from_a_draft_is_what_is_kept_of_it(page):
    """The cover names applicant and unit, and the code stays when the form is handed in as it was printed."""
    one, task, _ = page
    typed = filled()
    typed["cover"] = {"application_date": typed["cover"]["application_date"]}
    one.post(f"{task}/draft", sent(typed))
    drawn = one.get(f"{task}/print/application").text
    one.post(f"{task}/draft", sent(load("application").clean(typed | {"outcome": "next"})))
    kept = one.get(f"{task}/print/application").text
    for book in (drawn, kept):
        cover = unescape(book.partition("填报说明")[0])
        assert typed["application_table"]["enterprise_name"] in cover
        assert "辽宁省工业和信息化厅" in cover
    assert len({re.search(r"版本号 ([0-9A-F-]{14})", book)[1] for book in (drawn, kept)}) == 1


def test_papers_of_others_are_not_there(page, signed_in):
    one, task, number = page
    for path in (f"{task}/print/application", f"{task}/print/application.docx", f"/portal/{number}/print/application", f"/portal/{number}/print/opinions"):
        assert signed_in("two").get(path).status_code == 404
    assert one.get(f"{task}/print/opinions").status_code == 404
    assert one.get(f"{task}/print/nothing").status_code == 404
    assert one.get(f"/portal/{number}/print/application.docx").status_code == 404
    assert one.get(f"/portal/{number}/print/application").status_code == 404, "nothing was submitted yet"
