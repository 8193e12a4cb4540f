"""Draws the pictures of `docs/pictures` anew from a demonstration of its own: `make pictures`. The same people, the same morning, every time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from app import demo
from app.cli_serve import open_demo, unhurried
from tests.browser.conftest import CHROMIUM, served, settings_in
from tests.browser.hands import Hands
from tests.browser.walk import PHONE

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LANGUAGE = "zh-CN"  # of the browser itself: it words the boxes for files and days
LOWER = "place => window.scrollBy(0, place.getBoundingClientRect().top - 90)"
UNROLL = """(box, width) => {
  box.style.cssText = `position: absolute; z-index: 9; left: 0; top: 0; width: ${width}px; background: white`;
  box.querySelector(".diagram").style.maxHeight = "none";
}"""


@dataclass(frozen=True)
class Picture:
    """What is drawn: whose page, by which link one comes there, and what the window (CSS pixels) shows of it from a place (a selector) on.

    `diagram`: no window, but the page's first diagram as a whole, so many CSS pixels wide.
    """

    name: str
    login: str
    page: str
    link: str = ""
    place: str = ""
    width: int = 1366
    height: int = 860
    diagram: int = 0


PAGES = (
    Picture("inbox", "applicant0001", "/inbox?view=groups"),
    Picture("portal-phone", "applicant0001", "/inbox?view=groups", width=PHONE, height=844),
    Picture("form", "applicant0001", "/inbox?view=groups", link="填报申报材料", place=".form-nav"),
    Picture("unit", "officer-ru-ln", "/unit"),
    Picture("office", "office_clerk1", "/office"),
    Picture("case", "office_clerk1", "/cases", link="2023-0001"),
    Picture("diagram", "office_clerk1", "/cases", link="2023-0001", diagram=1366),
    Picture("diagrams/season", "season_admin1", "/admin/diagrams?process=season", diagram=1750),
    Picture("diagrams/application", "season_admin1", "/admin/diagrams?process=application", diagram=1750),
)


def main(wanted: list[str]) -> None:
    """Draw the pictures of these names; without names all."""
    with TemporaryDirectory() as folder, closing(open_demo(settings_in(Path(folder)))) as house, served(unhurried(house)) as address:
        passwords = {account.login: account.password for account in demo.accounts(house)}
        with browser() as chromium:
            for picture in PAGES:
                if not wanted or picture.name in wanted:
                    draw(picture, chromium, address, password=passwords[picture.login])


@contextmanager
def browser() -> Iterator[Any]:
    """A Chromium that speaks our language."""
    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", f"--lang={LANGUAGE}"], env={"LANGUAGE": LANGUAGE})
        yield opened
        opened.close()


def draw(picture: Picture, chromium: Any, address: str, *, password: str) -> None:
    """Sign in, go there, draw."""
    hands = Hands(chromium, address, width=picture.width, locale=LANGUAGE)
    page, file = hands.page, PICTURES / f"{picture.name}.png"
    hands.signs_in(picture.login, password)
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    hands.goes(picture.page)
    if picture.link:
        page.locator("main").get_by_role("link", name=picture.link).first.click()
    page.wait_for_load_state("networkidle")
    if page.locator("[data-diagram]").count():
        page.locator("[data-diagram][data-ready]").first.wait_for()
    if picture.diagram:
        page.locator(".diagram-box").first.evaluate(UNROLL, picture.diagram)
        page.locator("[data-zoom=whole]").first.click()
        page.locator(".diagram").first.screenshot(path=file)
    else:
        if picture.place:
            page.locator(picture.place).evaluate(LOWER)
        page.screenshot(path=file, animations="disabled")
    page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
