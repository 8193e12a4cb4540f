"""Working by keyboard alone: every control of the inbox and of a task is reached by Tab, shows that it is, and says what it is."""

import pytest

pytestmark = pytest.mark.browser
STOPS = 5  # a date has its parts and its calendar
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
SEEN = f"""() => {{
  window.reachable = [...document.querySelectorAll("{CONTROLS}")].filter((one) => !one.matches(":disabled") && one.checkVisibility());
  return window.reachable.length;
}}"""
NAMELESS = f"""() => [...document.querySelectorAll("{CONTROLS}")].filter((one) => one.checkVisibility()).filter((one) => !(
  [...(one.labels ?? [])].some((label) => label.textContent.trim()) || one.getAttribute("aria-label")
  || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent.trim()
  || (one.matches("a, button, summary") && one.textContent.trim())
)).map((one) => one.outerHTML.slice(0, 200))"""
STANDS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), label = one.closest("label");
  const shows = (look) => look && (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0 || look.boxShadow !== "none");
  return [window.reachable.indexOf(one), shows(style) || shows(label && getComputedStyle(label)) ? "" : one.outerHTML.slice(0, 200)];
}"""
NOT_REACHED = """visited => window.reachable.filter((one, place) => !visited.includes(place))
  .filter((one) => !(one.type === "radio" && window.reachable.some((other, place) => other.name === one.name && visited.includes(place))))
  .map((one) => one.outerHTML.slice(0, 200))"""


def tabs_through(page):
    """Press Tab once around the page. Gives what cannot be reached and what does not show that it is."""
    controls = page.evaluate(SEEN)
    visited, hidden = [], []
    for _ in range(STOPS * controls):
        page.keyboard.press("Tab")
        place, unseen = page.evaluate(STANDS)
        if place in visited[:-1]:
            break
        if place >= 0 and place not in visited:
            visited.append(place)
            hidden += [unseen] if unseen else []
    return page.evaluate(NOT_REACHED, visited), hidden


@pytest.mark.parametrize("path", ["/inbox?view=groups", "task"])
def test_every_control_is_reached_by_tab_shows_it_and_has_a_name(enters, path):
    hands = enters("申报单位联系人")
    if path == "task":
        hands.goes("/inbox?view=groups")
        path = hands.page.get_by_role("link", name="填报申报材料").first.get_attribute("href")
    hands.goes(path)
    assert hands.page.evaluate(NAMELESS) == []
    assert tabs_through(hands.page) == ([], [])


def test_a_task_is_found_claimed_and_refused_by_keyboard(enters):
    hands = enters("申报单位联系人")
    page = hands.page
    hands.goes("/inbox?view=groups")
    page.get_by_role("searchbox").press_sequentially("书面说明")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("main tbody tr").count() == 1
    page.locator("main tbody a").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="签收").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    task = page.url
    page.locator(".form-closing button").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hands.refused.append(task)
    assert page.evaluate("document.activeElement.id") == "form-errors"
    page.locator("#form-errors a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.field') !== null")
    page.get_by_role("button", name="退回本组").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert hands.faults == []


def test_single_keys_walk_through_the_inbox_claim_and_are_switched_off(enters):
    hands = enters("申报单位联系人")
    page = hands.page
    hands.goes("/inbox?view=groups")
    tasks = page.locator("main tbody td:first-child a")
    stands = "place => document.querySelectorAll('main tbody td:first-child a')[place] === document.activeElement"
    for key, place in (("k", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate(stands, place), key
    page.keyboard.press("/")
    page.keyboard.type("jk/c")
    assert page.get_by_role("searchbox").input_value() == "jk/c"
    page.get_by_text("键盘快捷键").click()
    page.get_by_label("使用快捷键").uncheck()
    hands.goes("/inbox?view=groups")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_text("键盘快捷键").click()
    page.get_by_label("使用快捷键").check()
    name = tasks.first.inner_text()
    tasks.first.focus()
    with page.expect_navigation():
        page.keyboard.press("c")
    page.get_by_role("heading", name=name).wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="退回本组").click()
    assert hands.faults == []
