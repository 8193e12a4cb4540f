"""Long lists: fifty rows a page with the search kept, and as many statements for fifty rows as for five."""

import io
import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import event, text

from tests.web import many

MANY, FEW = 60, 5


def clerk(house, browser, person):
    person("clerk", "office_clerk@caq", "office_director@caq")
    one = browser()
    one.sign_in("clerk")
    return one


def statements(house: Any, work: Any) -> int:
    """How many statements a piece of work takes."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        answer = work()
    finally:
        event.remove(house.database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text[:300]
    assert seen
    return len(seen)


LISTS = {
    "/office/people": many.more_people,
    "/office/mails": many.more_mails,
    "/messages": many.more_letters,
    "/office/enterprises": many.more_cases,
    "/office/experts": many.more_experts,
    "/cases": many.more_cases,
    "/unit/RU-LN": many.more_cases,
    "/unit": many.more_cases,
    "/inbox?view=mine": many.more_own_tasks,
    "/inbox?view=groups": many.more_tasks,
    "/inbox?view=done": many.more_done_tasks,
    "/group": many.more_groups,
    "/meetings": many.more_meetings,
    "/public/publicity": many.more_batches,
    "/public/publicity/B000": many.more_items,
    "/public/announcements": many.more_titles,
    "/public/revocations": many.more_revoked,
}


@pytest.mark.parametrize("path", LISTS)
def test_fifty_rows_take_no_more_statements_than_five(house, browser, person, season, path):
    one = clerk(house, browser, person)
    LISTS[path](house, range(FEW))
    one.get(path)  # the first visit reads what later ones remember
    few = statements(house, lambda: one.get(path))
    LISTS[path](house, range(FEW, MANY))
    assert statements(house, lambda: one.get(path)) == few


@pytest.mark.parametrize(("path", "fill", "word"), [
    ("/office/people", many.more_people, "人员"), ("/office/mails", many.more_mails, "收件人"), ("/office/enterprises", many.more_cases, "企业"),
    ("/cases", many.more_cases, "企业"), ("/inbox?view=mine", many.more_own_tasks, "企业"), ("/inbox?view=groups", many.more_tasks, "企业"),
    ("/inbox?view=done", many.more_done_tasks, "企业"),
])  # fmt: skip
def test_a_long_list_has_pages_and_keeps_the_search(house, browser, person, season, path, fill, word):
    one = clerk(house, browser, person)
    fill(house, range(MANY))
    found: list[str] = []
    address = f"{path}{'&' if '?' in path else '?'}search={word}0"
    pages = 0
    while address:
        text = one.get(address).text
        rows = [f"{word}{number:03d}" for number in range(MANY) if f"{word}{number:03d}<" in text]
        assert 0 < len(rows) <= 50
        found += rows
        pages += 1
        link = text.partition('rel="next"')[0].rpartition('<a href="')[2].partition('"')[0] if 'rel="next"' in text else ""
        assert not link or "search=" in link
        address = path.partition("?")[0] + link.replace("&amp;", "&") if link else ""
    assert pages == 2
    assert sorted(found) == [f"{word}{number:03d}" for number in range(MANY)]
    assert 'rel="prev"' in text
    assert one.get(path, params={"start": -5}).status_code == 200
    assert one.get(path, params={"start": 99999999999}).status_code == 404


def test_the_desk_of_a_unit_shows_its_work_behind_any_number_of_other_tasks(house, browser, person, season):
    person("officer", "ru_officer@RU-LN")
    many.more_tasks(house, range(MANY), holder=many.person_of(house, "officer"))
    many.unit_task(house, "r059", "RU-LN")
    one = browser()
    one.sign_in("officer")

    assert "排序并确定推荐名单" in one.get("/unit/RU-LN").text


def test_who_has_more_tasks_than_the_expert_s_desk_shows_is_led_to_all_of_them(house, browser, person, season):
    person("reader", "expert@X001")
    many.more_tasks(house, range(MANY), holder=many.person_of(house, "reader"))
    one = browser()
    one.sign_in("reader")
    page = html.fromstring(one.get("/review").text)

    assert len(page.xpath("//main//a[starts-with(@href, '/tasks/')]")) == 50
    assert page.xpath("//main//a[@href='/inbox']")


@pytest.mark.parametrize(("path", "fill"), [("/inbox?view=mine", many.more_own_tasks), ("/office/mails", many.more_mails)])
def test_what_was_searched_for_is_looked_for_under_the_other_headings_too(house, browser, person, season, path, fill):
    one = clerk(house, browser, person)
    fill(house, range(FEW))
    page = html.fromstring(one.get(path, params={"search": "甲&乙"} | ({"view": "mine"} if "view" in path else {})).text)
    tabs = page.xpath("//nav[@class='tabs']/a/@href")

    assert len(tabs) > 1
    assert all(parse_qs(link.partition("?")[2])["search"] == ["甲&乙"] for link in tabs)


def test_an_enterprise_sees_beside_each_application_what_waits_for_it(house, browser, person, season):
    person("applicant", "applicant_editor@F001")
    many.more_tasks(house, range(3), holder=many.person_of(house, "applicant"))
    one = browser()
    one.sign_in("applicant")
    page = html.fromstring(one.get("/portal").text)

    assert page.xpath("//section[.//a[@href='/portal/A001']]//a[starts-with(@href, '/tasks/')]/@href") == ["/tasks/r001.1"]


def test_a_task_is_told_by_its_applications_number(house, browser, person, season):
    one = clerk(house, browser, person)
    many.more_tasks(house, range(2))
    house.database.run(lambda connection: connection.execute(text("update application set number = '2023-0042' where id = 'A001'")))

    sheet = one.get("/inbox?view=groups&form=xlsx")
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True))
    assert [row[rows[0].index("编号")] for row in rows[1:]] == ["A000", "2023-0042"]


@pytest.mark.parametrize("path", [*LISTS, "/office", "/office/deadlines"])
def test_every_list_is_exported_in_the_visitors_language(house, browser, person, season, path):
    one = clerk(house, browser, person)
    if path in LISTS:
        LISTS[path](house, range(MANY))
    link = html.fromstring(one.get(path).text).xpath("string(//a[contains(@href, 'form=xlsx')]/@href)")
    assert link
    address = link if link.startswith("/") else path.partition("?")[0] + link
    rows = {}
    for language in ("zh", "en"):
        one.post("/language", {"language": language})
        sheet = load_workbook(io.BytesIO(one.get(address).content)).active
        rows[language] = list(sheet.iter_rows(values_only=True))
    assert len(rows["zh"]) == len(rows["en"])
    assert re.search("[\u4e00-\u9fff]", "".join(rows["zh"][0]))
    assert not re.search("[\u4e00-\u9fff]", "".join(rows["en"][0]))
    if path in LISTS and path != "/unit":
        assert len(rows["zh"]) > FEW
