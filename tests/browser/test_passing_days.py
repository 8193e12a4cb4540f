"""The clock bar: days that pass bring reminders, which the outbox page shows."""

import pytest

pytestmark = pytest.mark.browser
REMINDERS = "/office/mails?search=提醒"


def test_days_that_pass_bring_reminders_to_the_outbox_page(enters):
    hands = enters("办公室经办人")
    hands.goes(REMINDERS)
    before = set(hands.page.locator("main td a").evaluate_all("links => links.map((link) => link.href)"))
    for name in (*["前进一天"] * 4, "到下一个时间节点"):
        with hands.page.expect_navigation():
            hands.page.get_by_role("button", name=name).click()
    hands.goes(REMINDERS)
    assert set(hands.page.locator("main td a").evaluate_all("links => links.map((link) => link.href)")) - before
    assert hands.faults == []
