"""Strangers and the office type markup into the forms that no season draws, in a real browser whose policy holds nothing back: it is only ever shown."""

import pytest

from tests.browser import hostile
from tests.browser.hands import Hands
from tests.browser.walk import chooses, planted_in

pytestmark = pytest.mark.browser
EVIL = hostile.IMAGE + hostile.SCRIPT + "\u202e{{7*7}}"
NAME = hostile.IMAGE + hostile.SCRIPT + "{{7*7}}"
FACTS = "该单位申报的合格率与年报不一致，见年报第12页，请予以核实。" + EVIL


@pytest.fixture
def stranger(chromium, address):
    hands = Hands(chromium, address, bypass_csp=True)
    yield hands
    hands.page.context.close()


@pytest.fixture
def clerk(enters):
    return enters("办公室经办人", bypass_csp=True)


def sends(hands):
    with hands.page.expect_navigation():
        hands.page.locator("main form button.main").click()
    assert planted_in(hands) == []


def test_a_registration_that_is_refused_shows_the_name_again(stranger):
    stranger.goes("/register")
    stranger.page.fill("[name=name]", NAME)
    stranger.page.fill("[name=mail]", "a@b")
    stranger.refused.append("/register")
    sends(stranger)
    assert stranger.page.input_value("[name=name]") == NAME
    stranger.page.fill("[name=mail]", "new@newcomer.invalid")
    sends(stranger)


def test_an_objection_is_read_by_the_office_as_it_was_typed(stranger, clerk):
    """Refused once, so that the form shows it again; then taken, and read on the task that it opens."""
    chooses(stranger, "cn-2023-r3")
    stranger.goes("/public/publicity")
    stranger.goes(stranger.page.locator("main a[href^='/public/publicity/']").first.get_attribute("href"))
    stranger.goes(stranger.page.get_by_role("link", name="提出异议").first.get_attribute("href"))
    for facts in (EVIL[:9], FACTS):
        stranger.page.fill("[name=name]", NAME)
        stranger.page.fill("[name=contact]", hostile.LINK)
        stranger.page.fill("[name=facts]", facts)
        sends(stranger)
    stranger.page.get_by_role("heading", name="异议已收到").wait_for()
    chooses(clerk, "cn-2023-r3")
    reads(clerk, "登记并受理异议", FACTS)


def test_a_clue_is_read_by_the_office_as_it_was_typed(clerk):
    chooses(clerk, "cn-2023-r4")
    clerk.goes("/titles")
    clerk.goes(clerk.page.get_by_role("link", name="登记线索").first.get_attribute("href"))
    clerk.page.fill("[name=source]", EVIL)
    clerk.page.fill("[name=facts]", FACTS)
    sends(clerk)
    reads(clerk, "登记线索并调查", FACTS)


def reads(clerk, task, words):
    """The last task of that name shows the words, and nothing of them became part of the page."""
    clerk.goes("/inbox?view=groups")
    clerk.goes(clerk.page.get_by_role("link", name=task).last.get_attribute("href"))
    assert words in clerk.page.inner_text("main")
    assert planted_in(clerk) == []
