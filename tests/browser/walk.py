"""Walking through the house: every page of an account's menu, and one page of each kind that these lead to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.browser.fitness import unfit
from tests.browser.hands import Hands

PHONE = 390  # CSS pixels
LINKS = """links => links.filter((link) => link.origin === location.origin && !link.hash).map((link) => [
  link.pathname + link.search, link.pathname.startsWith("/tasks/") ? link.textContent : "",
])"""
PLANTED = "img[src='x'], [onerror], script:not([src]), iframe, a[href^='javascript:' i]"
NO_PAGE = re.compile(r"^/files/|form=xlsx|/package$|\.docx$|^/(login|logout|register)\b")


def kind(path: str) -> str:
    """What pages of one kind have in common: the path without numbers, codes and names, and what is asked."""
    address = urlsplit(unquote(path))
    steps = [step if re.fullmatch(r"[a-z_]*", step) else "*" for step in address.path.split("/")]
    return "/".join(steps) + "?" + "&".join(pair.partition("=")[0] for pair in address.query.split("&"))


@dataclass
class Walk:
    """What was opened, by whom, and what was wrong with it."""

    opened: dict[tuple[str, str], tuple[str, str, str]] = field(
        default_factory=dict
    )  # kind of page, name of the task -> login, season, path
    read: dict[str, str] = field(default_factory=dict)  # kind of page -> its texts
    faults: dict[str, list[str]] = field(default_factory=dict)  # login -> faults
    unfit: dict[str, list[str]] = field(default_factory=dict)  # login -> what keeps people from using the pages

    def goes(self, hands: Hands, login: str, season: str) -> None:
        """In a season, open every page of the menu; then one of each kind, and one task of each name, that nobody has opened before."""
        chooses(hands, season)
        faults = self.faults.setdefault(login, [])
        waiting = links(hands, "nav.nav a")
        menu = set(waiting)
        while waiting:
            path, name = waiting.pop(0)
            if (path, name) in menu:
                menu.discard((path, name))
            elif (kind(path), name) in self.opened:
                continue
            self.opened.setdefault((kind(path), name), (login, season, path))
            found = faults_of(hands, path)
            faults.extend(found)
            if not found:
                self.unfit.setdefault(login, []).extend(unfit_at(hands, path))
                self.read[kind(path)] = self.read.get(kind(path), "") + hands.page.inner_text("body")
                waiting += links(hands, "main a[href]")


def chooses(hands: Hands, season: str) -> None:
    """Turn to a season of the demonstration (its id), unless it is shown already."""
    hands.goes("/seasons")
    button = hands.page.locator(f'button[name=season][value="{season}"]')
    if button.count():
        with hands.page.expect_navigation():
            button.click()


def links(hands: Hands, selector: str) -> list[tuple[str, str]]:
    """The pages of the house that links lead to, and the names of the tasks among them."""
    found = hands.page.locator(selector).evaluate_all(LINKS)
    return list(dict.fromkeys((path, name) for path, name in found if not NO_PAGE.search(path)))


def faults_of(hands: Hands, path: str) -> list[str]:
    """What is wrong with a page: not there, complaints of the browser, questions, planted elements, a diagram that is not drawn."""
    hands.complaints.clear()
    hands.asked.clear()
    answer = hands.page.goto(path, wait_until="load")
    if answer.status != 200:
        return [f"{path}: {answer.status}"]
    if hands.page.locator("[data-diagram]").count():
        hands.page.locator("[data-diagram][data-ready]").first.wait_for()
    return [f"{path}: {one}" for one in (*hands.complaints, *planted_in(hands))]


def unfit_at(hands: Hands, path: str) -> list[str]:
    """What keeps people from using the present page, at a desk and on a phone; the window is as wide afterwards as before."""
    usual, found = hands.page.viewport_size, unfit(hands, path)
    hands.page.set_viewport_size({"width": PHONE, "height": usual["height"]})
    found += [f"{one} (on a phone)" for one in unfit(hands, path) if one not in found]
    hands.page.set_viewport_size(usual)
    return found


def planted_in(hands: Hands) -> list[str]:
    """What somebody planted in the present page: elements, and questions that these asked."""
    return [*hands.asked, *hands.page.locator(PLANTED).evaluate_all("found => found.map((one) => one.outerHTML)")]


def windows(open_window: Callable[[], Hands], accounts: Any) -> Iterator[tuple[str, Hands]]:
    """Each account's login with a window, signed in; at the end one of nobody. Each is closed afterwards."""
    for account in (*accounts, None):
        hands = open_window()
        if account is not None:
            hands.signs_in(account.login, account.password)
        yield "" if account is None else account.login, hands
        hands.page.context.close()
