"""One person's hands in a real browser: signs in, finds a task in the inbox, types into its form, uploads, presses the button. No rules here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

PATIENCE = 15_000  # milliseconds
GRID = re.compile(r"(.*)\[\d+\]")
FIELDS = """form => Object.fromEntries([...form.elements].filter((one) => one.name && one.type !== "hidden").map((one) => [one.name, {
  kind: one.type, value: one.value, open: !one.matches(":disabled") && !one.readOnly && one.checkVisibility(),
}]))"""


def flattened(data: object, path: str = "") -> Iterable[tuple[str, str]]:
    """Nested data as a form names its fields, in the order of the data."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from flattened(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data):
            yield from flattened(value, path if isinstance(value, str) else f"{path}[{number}]")
    elif isinstance(data, bool):
        yield path, "true" if data else "false"
    elif data is not None:
        yield path, format(data, ".12g") if isinstance(data, float) else str(data)


def complaint(said: Any) -> str:
    """What the browser wrote down, and about which address."""
    return f"{said.text} ({said.location.get('url', '')})"


class Hands:
    """A browser window of one person."""

    def __init__(self, browser: Any, address: str, *, width: int = 1366, **context: Any) -> None:
        """`context`: further wishes for the window (`bypass_csp=True`: what the pages' policy forbids is not held back)."""
        self.address = address
        self.page = browser.new_context(viewport={"width": width, "height": 850}, base_url=address, **context).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.refused: list[str] = []  # addresses at which the story wants to be refused
        self.page.on("console", lambda said: self.complaints.append(complaint(said)) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.asked: list[str] = []
        self.page.on("dialog", self._says_yes)

    def _says_yes(self, dialog: Any) -> None:
        self.asked.append(dialog.message)
        dialog.accept()

    def goes(self, path: str) -> None:
        """Open a page; it is there."""
        answer = self.page.goto(path, wait_until="domcontentloaded")
        assert answer.status == 200, (path, answer.status, self.page.inner_text("main"))

    def signs_in(self, login: str, password: str) -> None:
        """By the form of the sign-in page."""
        self.goes("/login")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url, wait_until="domcontentloaded")

    def opens(self, task: str) -> None:
        """Find the task in the inbox and open it; unless its page is open already."""
        if f"/tasks/{task}" in self.page.url:
            return
        for view in ("groups", "mine"):
            self.goes(f"/inbox?view={view}")
            link = self.page.locator(f'td a[href="/tasks/{task}"]')
            if link.count():
                link.click()
                self.page.wait_for_url(f"**/tasks/{task}", wait_until="domcontentloaded")
                return
        raise AssertionError((task, self.page.inner_text("main")))

    def claims(self) -> None:
        """Take the open task of one's group."""
        self.page.get_by_role("button", name="签收", exact=True).click()
        self.page.get_by_role("button", name="退回本组").wait_for()

    def uploads(self, document: str, name: str, content: bytes) -> None:
        """Choose a file in the next free slot of a document on the open task's page; it goes up at once and is listed."""
        slots = self.page.locator(f'.slot[data-document="{document}"]')
        free = self.page.locator(f'.slot[data-document="{document}"]:not(:has(.files))')
        place = (free if free.count() else slots).first
        before = place.locator(".files li").count()
        marked = place.get_attribute("id")
        chosen = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        place.locator("input[type=file]").set_input_files(chosen)
        self.page.locator(f'[id="{marked}"] .files li').nth(before).wait_for()

    def types(self, data: Mapping[str, Any], *, form: str) -> None:
        """Fill in a form; what it shows only after another answer comes in the second round."""
        place = self.page.locator(f'form[action="{form}"]')
        wanted = list(flattened(data))
        for _ in range(2):
            shown = place.evaluate(FIELDS)
            wanted = [pair for pair in wanted if not self._answers(place, shown, *pair)]

    def _answers(self, place: Any, shown: dict[str, Any], name: str, value: str) -> bool:
        """Answer one field; False if the form does not show it (it fills it in itself, or not yet)."""
        grid = GRID.match(name)
        if name not in shown and grid and self._adds_row(place, grid[1]):
            shown.update(place.evaluate(FIELDS))
        if name not in shown or not shown[name]["open"]:
            return False
        field, kind = place.locator(f'[name="{name}"]:not([type=hidden])'), shown[name]["kind"]
        if kind == "radio":
            place.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            boolean = value in {"true", "false"}
            (field.first if boolean else place.locator(f'[name="{name}"][value="{value}"]')).set_checked(value != "false")
        elif kind.startswith("select"):
            field.first.select_option(value)
        elif kind != "submit" and shown[name]["value"] != value:
            field.first.fill(value)
        return True

    def _adds_row(self, place: Any, path: str) -> bool:
        for button in place.locator("[data-add-row]").all():
            rows = button.evaluate("one => one.closest('[data-grid]').querySelector('template').innerHTML")
            if f'name="{path}[#]' in rows:
                button.click()
                return True
        return False

    def presses(self, outcome: str | None, *, form: str) -> None:
        """Press the button of the outcome, or the only one."""
        place = self.page.locator(f'form[action="{form}"] .form-closing')
        button = place.locator(f'button[value="{outcome}"]') if outcome else place.locator("button.main")
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            (button if button.count() else place.locator("button.main")).first.click()

    @property
    def faults(self) -> list[str]:
        """What the browser complained of, without the refusals that the story wanted."""
        return [said for said in self.complaints if not any(address in said for address in self.refused)]

    @property
    def said_no(self) -> str:
        """What the page says is wrong; empty when nothing is."""
        return "\n".join(self.page.locator("[role=alert]").all_inner_texts())

    def does(self, task: str, data: Mapping[str, Any], *, files: Iterable[tuple[str, str, bytes]] = ()) -> None:
        """Do a task: open it, fill in its form, upload, press. A refusal fails the story."""
        self.tries(task, data, files=files)
        assert "/tasks/" not in self.page.url, (self.page.url, self.said_no, data)

    def tries(self, task: str, data: Mapping[str, Any], *, files: Iterable[tuple[str, str, bytes]] = ()) -> None:
        """The same; it may be refused."""
        self.opens(task)
        form = f"/tasks/{task}/complete"
        self.types({name: value for name, value in data.items() if name != "outcome"}, form=form)
        for document, name, content in files:
            if self.page.locator(f'.slot[data-document="{document}"]:visible').count():  # what the page does not ask for nobody can hand in
                self.uploads(document, name, content)
        self.presses(str(data.get("outcome", "")) or None, form=form)

    def scores(self, task: str, data: Mapping[str, Any]) -> None:
        """Fill in one score sheet, save it, come back to it and hand it in."""
        application = data["application"]
        self.goes(f"/review/{task}?application={application}")
        form = f"/review/{task}/{application}"
        self.types(data, form=form)
        self.presses(None, form=form)
        assert not self.said_no, self.said_no
        self.goes(f"/review/{task}?application={application}")
        self.page.get_by_role("button", name="提交评分").click()
        self.page.get_by_text("评分表已提交。").wait_for()
