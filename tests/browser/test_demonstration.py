"""The demonstration in a real browser: each account opens its pages, whatever markup others typed; what the tutorial names is there."""

import re
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import pytest

from app import demo
from app.demo.loading import ACCOUNTS
from tests.browser import hostile
from tests.browser.fitness import unfit
from tests.browser.hands import Hands
from tests.browser.walk import Walk, chooses, faults_of, planted_in, windows

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
STEP = re.compile(r"^\d+\. (.*(?:\n   .*)*)", re.MULTILINE)
REFLECTED = (
    "/inbox?search=",
    "/cases?search=",
    "/office/people?search=",
    "/office/mails?state=",
    "/office/mails?search=",
    "/public/objection?receipt=",
    "/tasks/",
)
# Where the seasons of the demonstration have something to show that its first one has not yet.
ELSEWHERE = {
    "meeting_secretary1": ("cn-2023-r3",),
    "expert0001": ("cn-2023-r3",),
    "office_clerk1": ("cn-2023-r4",),
    "expert0008": ("cn-2023-r2",),
    "": ("cn-2023-r3", "cn-2023-r4"),
}
WORDS_OF_OTHERS = (
    "/inbox?",
    "/tasks/*?",
    "/cases?",
    "/cases/*?",
    "/office?",
    "/office/mails?",
    "/office/mails/*?",
    "/office/people?",
    "/portal?",
    "/public/publicity/*?",
    "/public/announcements?",
)


NOTICED = """language; title; heading leaps; without a name; small for a finger; picture without words; id twice; table without; for of nothing; wider than"""


@pytest.fixture(scope="module")
def walk(demonstration, chromium, address):
    """Every account walks through its pages."""
    walk = Walk()
    for login, hands in windows(lambda: Hands(chromium, address), demo.accounts(demonstration)):
        for season in ("cn-2023", *ELSEWHERE.get(login, ())):
            walk.goes(hands, login, season)
    return walk


@pytest.mark.parametrize("login", ["", *(login for _, login in ACCOUNTS)])
def test_each_account_and_the_public_open_the_pages_of_its_menu_without_a_fault(walk, login):
    assert walk.faults[login] == []


@pytest.mark.parametrize("login", ["", *(login for _, login in ACCOUNTS)])
def test_everybody_s_pages_can_be_read_heard_and_touched_at_a_desk_and_on_a_phone(walk, login):
    assert walk.unfit[login] == []


def test_a_receipt_with_its_check_sums_fits_a_phone(enters):
    hands = enters("办公室经办人", width=390)
    hands.goes("/office/mails?search=申报材料已提交")
    hands.page.locator("td a[href^='/office/mails/']").first.click()
    hands.page.get_by_text("SHA-256").wait_for()
    assert unfit(hands, "a receipt") == []


@pytest.mark.parametrize("path", ["/login", "/register", "/password", "/public/objection"])
def test_the_pages_before_the_sign_in_can_be_read_heard_and_touched_on_a_phone(chromium, address, path):
    hands = Hands(chromium, address, width=390)
    hands.goes(path)
    assert unfit(hands, path) == []


def test_the_measure_notices_what_keeps_people_out(chromium, address):
    hands = Hands(chromium, address)
    page = """<html><body><h1>A</h1><h3>B</h3><input name="x"><button style="height:10px;padding:0"> </button><img src="/static/mark.svg">
    <p id="p" style="color:#aaa">grey</p><i id="p"></i><table><tr><td>1</td></tr></table>
    <label for="no">n</label><div style="width:3000px">wide</div></body></html>"""
    hands.page.route("**/bad", lambda route: route.fulfill(body=page, content_type="text/html"))
    hands.page.goto("/bad")
    found = " ".join(unfit(hands, "/bad"))
    for fault in (*NOTICED.split("; "), "contrast 2.3"):
        assert fault in found, fault


@pytest.mark.parametrize("page", WORDS_OF_OTHERS)
def test_markup_that_somebody_typed_is_shown_as_it_was_typed(walk, page):
    assert hostile.IMAGE in walk.read[page]


def test_no_page_leans_on_its_policy_to_hold_back_what_somebody_typed(demonstration, chromium, address, walk):
    for login, hands in windows(lambda: Hands(chromium, address, bypass_csp=True), demo.accounts(demonstration)):
        for season, pages in groupby(sorted(where[1:] for where in walk.opened.values() if where[0] == login), key=lambda where: where[0]):
            chooses(hands, season)
            assert [fault for _, path in pages for fault in faults_of(hands, path)] == []


def test_the_windows_would_notice_what_is_planted(chromium, address):
    hands = Hands(chromium, address, bypass_csp=True)
    hands.page.route("**/planted", lambda route: route.fulfill(body=hostile.IMAGE + hostile.SCRIPT, content_type="text/html"))
    with hands.page.expect_event("dialog"):
        found = faults_of(hands, "/planted")
    assert any("onerror" in one for one in found)
    assert "2" in hands.asked


@pytest.mark.parametrize("path", REFLECTED)
def test_what_an_address_says_is_shown_and_not_run(enters, path):
    hands = enters("办公室经办人", bypass_csp=True)
    hands.page.goto(path + quote(hostile.SCRIPT + hostile.IMAGE))
    hands.page.locator("main").wait_for()
    assert planted_in(hands) == []


def test_what_a_refused_sign_in_says_again_is_not_run(chromium, address):
    hands = Hands(chromium, address, bypass_csp=True)
    hands.goes("/login?then=" + quote(hostile.LINK))
    hands.page.fill("[name=login]", hostile.SCRIPT + hostile.IMAGE)
    hands.page.fill("[name=password]", hostile.SCRIPT)
    hands.page.keyboard.press("Enter")
    hands.page.get_by_role("alert").wait_for()
    assert planted_in(hands) == []


def steps():
    """The tutorial's steps that name tasks: the account's role and the names in bold."""
    found = []
    for step in STEP.findall((ROOT / "docs" / "tutorial.md").read_text("utf-8")):
        role = next((role for role, _ in ACCOUNTS if f"（{role}）" in step or f"({role})" in step), None)
        names = [name for name in re.findall(r"\*\*(.+?)\*\*", step) if not name.isascii()]
        if role and names:
            found.append((role, names))
    return found


@pytest.mark.parametrize(("role", "names"), steps())
def test_what_the_tutorial_names_is_in_the_inbox_or_its_menu(enters, role, names):
    hands = enters(role)
    hands.goes("/inbox?view=groups")
    text = hands.page.inner_text("body")
    assert [name for name in names if name not in text] == []


def test_the_tutorial_s_clock_bar_and_stages_are_there(chromium, address):
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    hands = Hands(chromium, address)
    hands.goes("/")
    hands.page.get_by_role("button", name="English").click()
    bar = hands.page.locator(".clockbar")
    for name in re.findall(r"(?<!\*)\*([a-z ]+)\*(?!\*)", text):
        assert bar.get_by_text(name, exact=False).count() == 1, name
    bar.get_by_role("link").click()
    assert hands.page.locator("main td").filter(has_text="demonstration").count() == 4
