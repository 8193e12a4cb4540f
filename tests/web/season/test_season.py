"""People at work on the real season through the pages: the office issues the notice, an enterprise fills in, saves, is refused and goes on."""

import re
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from store.engine import queries
from tests.web.season.conftest import GROUPS, Person
from web.app import create_app


def test_the_notice_is_public_once_it_is_issued(opened):
    stranger = Person(TestClient(create_app(opened)))
    assert "中国质协字〔2023〕71号" in stranger.get("/public/notice").text
    assert "辽宁省工业和信息化厅" in stranger.get("/public/notice").text


def test_what_is_typed_is_kept_as_a_draft_and_after_a_refusal(application):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]

    one.post(f"{task}/draft", {"application_table.experience_name": "以顾客为中心的零缺陷管理"})
    assert "以顾客为中心的零缺陷管理" in one.get(task).text

    refused = one.post(f"{task}/complete", {"application_table.experience_name": "另一个名称", "outcome": "next"})
    assert refused.status_code == 422
    assert "另一个名称" in refused.text


def test_what_a_list_does_not_offer_is_not_taken_from_a_form_that_was_made_up(application):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]
    wrong = "「申报方向」只能从所列选项中选择"
    assert wrong in one.post(f"{task}/complete", {"application_table.focus_area": "made_up", "outcome": "next"}).text
    assert wrong not in one.post(f"{task}/complete", {"application_table.focus_area": "qms_upgrade", "outcome": "next"}).text


def test_a_draft_that_arrives_after_the_completion_of_its_task_does_no_harm(opened, signed_in):
    clerk = signed_in("clerk")
    task = re.search(r'<a href="(/tasks/[^"]+)"><b>拟订活动通知</b>', clerk.get("/inbox?view=done").text)[1]
    late = clerk.post(f"{task}/draft", {"title": "半句话"})
    assert late.status_code == 200
    assert "该任务已经办结" in late.text
    assert signed_in("director").post(f"{task}/draft", {"title": "半句话"}).status_code == 404


def test_who_comes_too_late_with_a_form_gets_back_what_was_typed_and_nothing_else(opened, signed_in):
    task = re.search(r'<a href="(/tasks/[^"]+)"><b>拟订活动通知</b>', signed_in("clerk").get("/inbox?view=done").text)[1]
    late = signed_in("clerk2").post(f"{task}/complete", {"title": "另一份通知的标题", "number": "第2号"})
    assert late.status_code == 409
    assert "该任务已经办结" in late.text
    assert "另一份通知的标题" in late.text
    assert "中国质协字〔2023〕71号" not in late.text
    assert signed_in("director").post(f"{task}/complete", {"title": "另一份"}).status_code == 404


def test_a_form_sent_after_the_session_ended_leads_to_the_sign_in_and_back_to_its_page(application):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]
    headers = {"referer": f"http://testserver{task}/complete"}
    one.client.cookies.clear()
    ended = one.client.post(f"{task}/complete", data={"form_token": "of the session before"}, headers=headers, follow_redirects=False)
    assert (ended.status_code, ended.headers["location"]) == (303, f"/login?then={task}")
    part = one.client.post(f"{task}/draft", data={"form_token": "of before"}, headers={**headers, "hx-request": "true"})
    assert part.status_code == 401
    assert "登录已过期" in part.text
    stale = one.client.post("/login", data={"form_token": "of before", "login": "one", "password": "x"})
    assert stale.status_code == 403


def test_another_enterprise_sees_nothing_of_it(application, signed_in):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]
    two = signed_in("two")

    for path in (f"/portal/{number}", f"/cases/{number}", task, "/portal/A999", "/tasks/nothing.1"):
        assert two.get(path).status_code == 404
    for path in (f"{task}/complete", f"{task}/draft", f"{task}/claim", f"/portal/{number}/withdraw"):
        assert two.post(path, {"reason": "x"}).status_code == 404
    assert one.get(f"/portal/{number}").status_code == 200


def test_a_file_is_attached_by_its_slot_and_opened_only_by_those_who_may(application, signed_in, opened):
    one, number = application
    page = one.get(re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1])
    task = page.url.path
    slot = re.search(r'name="file:([^"]+)"', page.text)[1]

    trap = one.post(f"{task}/files", {"_slot": slot}, files={f"file:{slot}": ("证明.pdf", b"<html>")}, headers={"hx-request": "true"})
    assert trap.status_code == 422
    taken = one.post(
        f"{task}/files", {"_slot": slot}, files={f"file:{slot}": ("证明.pdf", b"%PDF-1.7 content")}, headers={"hx-request": "true"}
    )
    assert taken.status_code == 200, taken.text
    link = re.search(r'href="(/files/[^"]+)"', taken.text)[1]

    answer = one.get(link)
    assert answer.content == b"%PDF-1.7 content"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert signed_in("clerk").get(link).status_code == 200
    assert signed_in("two").get(link).status_code == 404
    assert signed_in("officer").get(link).status_code == 404
    assert "clerk" in signed_in("clerk").get(f"/cases/{number}").text


def test_the_office_sees_the_case_from_inside_with_its_diagram(application, signed_in):
    _, number = application
    text = signed_in("clerk").get(f"/cases/{number}").text
    diagram = re.search(r'data-diagram="([^"]+)"', text)[1]
    assert signed_in("clerk").get(diagram).text.startswith("<?xml")
    assert signed_in("one").get(diagram).status_code == 404


def test_a_deadline_shows_what_it_touches_and_moves_with_a_reason(application, signed_in, opened):
    director = signed_in("director")
    assert director.post("/office/deadlines/推荐截止", {"at": "2023-09-20"}).status_code == 422
    assert "排序并确定推荐名单" in director.get("/office/deadlines/推荐截止?at=2023-09-20").text
    assert director.post("/office/deadlines/推荐截止", {"at": "2023-09-20", "reason": "申报系统维护"}).url.path == "/office/deadlines"
    with opened.database.read() as connection:
        assert queries.deadlines(connection, tenant="cn-2023")["推荐截止"] == datetime(2023, 9, 20, 16, 0, tzinfo=UTC)
    assert signed_in("clerk").post("/office/deadlines/推荐截止", {"at": "2023-09-25", "reason": "x"}).status_code == 404


def test_a_task_of_the_group_is_claimed_by_one_and_a_stale_page_is_told(signed_in, opened):
    officer = signed_in("officer")
    task = officer.first_task("排序并确定推荐名单")
    assert officer.post(f"{task}/claim").url.path == task
    stale = officer.post(f"{task}/complete", {"_seen": "999", "outcome": "widen"})
    assert stale.status_code == 409
    assert officer.post(f"{task}/release").url.path == "/inbox"


@pytest.mark.parametrize("login", sorted(GROUPS))
def test_every_page_and_sheet_of_a_role_opens(login, signed_in, opened):
    person = signed_in(login)
    for path in re.findall(r'<li><a href="(/[^"]*)"', person.get("/account").text):
        assert person.get(path).status_code == 200, path
        sheet = person.get(f"{path}?form=xlsx")
        assert sheet.status_code == 200, path
