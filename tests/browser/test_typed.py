"""Nothing that somebody typed is lost: a broken line, a session that ends, a page left at once, a form without a draft."""

import re

import pytest

from app import demo

pytestmark = pytest.mark.browser
FIELD = "证书编号"
TIMES = 50  # looks, until what the browser does by itself is done
KEPT = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('kept:')).length"


@pytest.fixture
def form(enters):
    """The form of an application in a window of its own, and the field somebody types into."""
    hands = enters("申报单位联系人")
    hands.goes("/inbox?view=groups")
    hands.goes(hands.page.get_by_role("link", name="填报申报材料").first.get_attribute("href"))
    return hands.page


def types(page, text):
    page.get_by_label(FIELD).first.fill(text)


def typed(page):
    return page.get_by_label(FIELD).first.input_value()


def has_nothing_left(page):
    """The tab keeps no copy: the house has it all."""
    page.locator("#draft-status").filter(has_text=re.compile(r"^\s*已保存")).wait_for()
    assert page.evaluate(KEPT) == 0


def signs_in_again(page, demonstration):
    (account,) = (each for each in demo.accounts(demonstration) if each.role == "申报单位联系人")
    page.fill("[name=login]", account.login)
    page.fill("[name=password]", account.password)
    with page.expect_navigation(url=re.compile(r"/tasks/[^/]+$")):
        page.keyboard.press("Enter")


def test_a_broken_line_is_told_and_what_was_typed_is_saved_when_it_is_back(form):
    form.context.set_offline(True)
    types(form, "OFF-1")
    form.locator("#draft-status", has_text="未能保存").wait_for()
    form.context.set_offline(False)
    has_nothing_left(form)
    form.reload()
    assert typed(form) == "OFF-1"


def test_what_is_typed_after_the_session_ended_comes_back_with_the_sign_in(form, demonstration):
    form.context.clear_cookies()
    types(form, "OUT-2")
    form.locator("#draft-status", has_text="登录已过期").wait_for()
    form.reload()
    signs_in_again(form, demonstration)
    form.get_by_text("已恢复您上次填写").wait_for()
    assert typed(form) == "OUT-2"
    has_nothing_left(form)


def test_a_form_sent_after_the_session_ended_comes_back_with_the_sign_in(form, demonstration):
    types(form, "SENT-3")
    form.context.clear_cookies()
    with form.expect_navigation():
        form.locator(".form-closing button.main").click()
    signs_in_again(form, demonstration)
    form.get_by_text("已恢复您上次填写").wait_for()
    assert typed(form) == "SENT-3"


def test_who_leaves_at_once_after_typing_has_it_saved(form):
    here = form.url
    types(form, "LEFT-4")
    form.goto("/inbox")
    form.evaluate("sessionStorage.clear()")
    for _ in range(TIMES):  # the browser sends it by itself, meanwhile
        form.goto(here)
        if typed(form) == "LEFT-4":
            break
    assert typed(form) == "LEFT-4"


def test_a_row_typed_while_the_line_was_broken_comes_back(form):
    grid = form.locator("[data-grid]").first
    rows = grid.locator("[data-rows] > [data-row]").count()
    form.context.set_offline(True)
    grid.locator("[data-add-row]").click()
    grid.locator("[data-row] input[type=text]:visible").last.fill("一行")
    form.locator("#draft-status", has_text="未能保存").wait_for()
    form.route("**/draft", lambda route: route.abort())
    form.context.set_offline(False)
    form.reload()
    form.get_by_text("已恢复您上次填写").wait_for()
    assert form.locator("[data-grid]").first.locator("[data-rows] > [data-row]").count() == rows + 1
    assert form.locator("[data-grid]").first.locator("[data-row] input[type=text]:visible").last.input_value() == "一行"


def test_a_form_without_a_draft_gives_back_what_was_typed_until_somebody_signs_out(enters):
    hands = enters("申报单位联系人")
    hands.goes("/portal")
    page = hands.page
    hands.goes(page.locator("main h2 a").first.get_attribute("href"))
    here = page.url
    page.locator("details summary").first.click()
    page.fill("main textarea", "因故撤回")
    page.goto("/inbox")
    page.goto(here)
    assert page.input_value("main textarea") == "因故撤回"
    with page.expect_navigation():
        page.locator("form[action='/logout'] button").click()
    assert page.evaluate(KEPT) == 0
