"""The chapters that the public sees: the list, an objection with its receipt, days that pass, the title and its end."""

import re
from datetime import timedelta

from tests.browser.company import goes_on
from tests.browser.hands import Hands
from tests.browser.story import COMPANY

OBJECTOR = "objector@newcomer.invalid"


def is_published_by_two(story):
    """What one clerk registers is not public, and the same clerk cannot confirm it; a second one can."""
    clerk = story.play.world.cast.groups["office_clerk@caq"][0]
    assert COMPANY not in published(story)
    (task,) = story.play.world.open_tasks("N11c")
    first = story.window(story.play.world.cast.persons[clerk])
    first.tries(task.id, {"outcome": "agree"})
    assert re.search(r"[一-鿿]{6,}", first.said_no)
    first.refused.append(f"/tasks/{task.id}/complete")


def published(story):
    """The text of the newest publicity list, as everybody reads it; of the page of lists when there is none."""
    lists = story.reads("/public/publicity")
    found = story.public.page.locator("main a[href^='/public/publicity/']")
    return story.reads(found.first.get_attribute("href")) if found.count() else lists


def objects(story):
    """Somebody of the public objects to our application and keeps number and code of the receipt, which open its state; another code does not."""
    assert COMPANY in published(story)
    page = story.public.page
    page.locator("tr", has_text=COMPANY).get_by_role("link", name="提出异议").click()
    page.fill("[name=name]", "热心群众")
    page.fill("[name=contact]", OBJECTOR)
    page.fill("[name=facts]", "该单位申报的合格率与2022年年报不一致，见年报第12页。")
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("heading", name="异议已收到").wait_for()
    receipt = page.locator("dd b").inner_text(), page.locator("dd code").inner_text()
    page.get_by_role("link", name="查询办理情况").click()
    page.get_by_text("办理中").wait_for()
    page.fill("[name=code]", "another code")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("没有找到该回执").wait_for()
    story.public.refused.append("/public/objection?receipt=")
    return receipt


def a_day_passes(story):
    """By the clock bar."""
    before = story.play.world.now
    story.public.goes("/")
    with story.public.page.expect_navigation():
        story.public.page.get_by_role("button", name="前进一天").click()
    assert story.play.world.now - before >= timedelta(days=1)


def is_answered(story, receipt):
    """The holder of the receipt sees that the objection is closed; the answer is in their mailbox."""
    number, code = receipt
    assert "已办结" in story.reads(f"/public/objection?receipt={number}&code={code}")
    assert number in story.letter_to(OBJECTOR)


def is_announced(story):
    """Everybody sees our title in force."""
    assert story.reads("/public/announcements")
    assert "有效" in story.public.page.locator("tr", has_text=COMPANY).inner_text()


def loses_the_title(story):
    """The office registers a clue against our title; after the hearing and the approval it is revoked, and everybody sees that."""
    clerk: Hands = story.window(story.play.world.cast.one("office_clerk"))
    clerk.goes("/public/announcements")
    clerk.page.locator("tr", has_text=COMPANY).get_by_role("link", name="登记线索").click()
    clerk.page.fill("[name=source]", "群众来信")
    clerk.page.fill("[name=facts]", "经群众反映，该单位申报材料存在弄虚作假的情况，附有证明材料，请予核查。")
    with clerk.page.expect_navigation():
        clerk.page.locator("main form button.main").click()
    assert not clerk.said_no
    assert COMPANY not in story.reads("/public/revocations")
    goes_on(story.play, until=lambda: story.title().state == "revoked" and not story.play.world.open_tasks("N16f"))
    assert COMPANY in story.reads("/public/revocations")
    assert story.reads("/public/announcements")
    assert "已撤销" in story.public.page.locator("tr", has_text=COMPANY).inner_text()
