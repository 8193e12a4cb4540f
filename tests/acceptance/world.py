"""The driver of the stories: people with browsers, their mailboxes, and a clock. It knows pages as people see them, no tables and no rules."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.season import deploy
from app.simulate import names
from app.simulate import play as plays
from app.simulate.answers.base import ANSWERS
from engine.contract import SYSTEM, Actor
from engine.errors import EngineError
from selection.errors import HouseError
from store.engine import queries
from store.selection.queries_tasks import task_by_id
from tests.acceptance.stages import CROWDED, FOLDER, PASSWORD, SMALL
from web.app import create_app
from web.clockbar import advance, catch_up

SHANGHAI = ZoneInfo("Asia/Shanghai")
SITE = "https://selection.example.invalid"
LOGINS = {
    "clerk": "office_clerk1", "second clerk": "office_clerk2", "third clerk": "office_clerk3", "director": "office_director1",
    "secretary": "meeting_secretary1", "approver": "caq_approver1", "auditor": "auditor1", "administrator": "season_admin1",
    "unit": f"officer-{CROWDED.lower()}", "small unit": f"officer-{SMALL.lower()}", "other unit": "officer-ru-he",
}  # fmt: skip


class Refused(AssertionError):
    """The house refused what a story took for granted."""


@dataclass(frozen=True)
class Mail:
    """A letter as it lies in a mailbox."""

    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        """The path of the first address of the site in it."""
        found = re.search(re.escape(SITE) + r"(/\S+)", self.body)
        assert found, self.body
        return found[1]


class Page:
    """What a browser shows."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.status, self.path = answer, answer.status_code, answer.url.path
        self.doc = html.fromstring(answer.text or "<p></p>")
        for script in self.doc.xpath("//script"):
            script.drop_tree()

    @property
    def text(self) -> str:
        """The visible words, spaces put together."""
        words = self.doc.xpath("//text()[not(ancestor::template or ancestor::option or ancestor::head)]")
        return " ".join(" ".join(words).split())

    @property
    def title(self) -> str:
        """The heading."""
        return " ".join(" ".join(self.doc.xpath("//h1//text()")).split())

    @property
    def complaints(self) -> str:
        """What the page says is wrong."""
        return " ".join(" ".join(self.doc.xpath("//*[@role='alert']//text() | //*[contains(@class,'error')]//text()")).split())

    @property
    def refused(self) -> bool:
        """Whether the page answers an act with a refusal."""
        return bool(self.status >= 400)

    def link(self, words: str) -> str:
        """Where a link with these words leads."""
        for one in self.doc.xpath("//a[@href]"):
            if words in " ".join(one.text_content().split()):
                return str(one.get("href"))
        raise AssertionError(f"no link “{words}” on {self.path}: {self.text[:600]}")

    def has_link(self, words: str) -> bool:
        """Whether a link with these words is there."""
        return any(words in " ".join(one.text_content().split()) for one in self.doc.xpath("//a[@href]"))

    def rows(self, words: str = "") -> list[str]:
        """The rows of tables and lists that contain the words."""
        found = [" ".join(one.text_content().split()) for one in self.doc.xpath("//tbody/tr | //li")]
        return [row for row in found if words in row]


class FormOnPage:
    """One form: what it offers, what stands in it."""

    def __init__(self, element: Any) -> None:
        self.element, self.action = element, element.get("action")
        self.offered: dict[str, set[str] | None] = {}
        for one in element.xpath(".//input | .//textarea | .//select | .//button"):
            self._note(one)

    def _note(self, one: Any) -> None:
        name = one.get("name")
        if not name or name.startswith(("file:", "_")):
            return
        if one.tag == "select":
            self.offered.setdefault(wild(name), set()).update(option.get("value", "") for option in one.xpath(".//option"))
        elif one.get("type") in {"radio", "checkbox"} or one.tag == "button":
            self.offered.setdefault(wild(name), set()).add(one.get("value", "on"))
        else:
            self.offered[wild(name)] = None

    def standing(self) -> list[tuple[str, str]]:
        """What a browser would send if nobody touched anything."""
        pairs = []
        for one in self.element.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            if one.get("disabled") is not None or one.xpath("ancestor::template") or one.get("type") in {"file", "submit"}:
                continue
            if one.tag == "textarea":
                pairs.append((one.get("name"), (one.text or "").removeprefix("\n")))
            elif one.tag == "select":
                chosen = one.xpath(".//option[@selected]") or one.xpath(".//option")[:1]
                pairs.extend((one.get("name"), option.get("value", "")) for option in chosen)
            elif one.get("type") not in {"radio", "checkbox"} or one.get("checked") is not None:
                pairs.append((one.get("name"), one.get("value", "")))
        return pairs

    def filled(self, data: Mapping[str, Any], *, forced: bool = False) -> list[tuple[str, str]]:
        """The pairs after somebody filled the data in; a field or a choice that the page does not offer fails the story."""
        typed = list(flattened(data))
        for name, value in typed:
            offers = self.offered.get(wild(name), "nothing")
            if forced:
                continue
            assert offers != "nothing", f"the form at {self.action} has no field {name}: {sorted(self.offered)}"
            if value == "false" and offers == {"true"}:
                continue  # a box that is left empty
            assert offers is None or value in offers, f"{name} offers {sorted(offers)[:20]}, not {value}"
        touched = {name for name, _ in typed}
        sent = [(name, value) for name, value in typed if not (value == "false" and self.offered.get(wild(name)) == {"true"})]
        return [(name, value) for name, value in self.standing() if name not in touched] + sent


def wild(name: str) -> str:
    """A field's name whatever its row."""
    return re.sub(r"\[\d+\]", "[#]", name)


def flattened(data: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Nested data as a browser names its fields."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from flattened(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from flattened(value, path if isinstance(value, str) else f"{path}[{number}]")
    elif isinstance(data, bool):
        yield path, "true" if data else "false"
    elif data is not None:
        yield path, format(data, ".12g") if isinstance(data, float) else str(data)


@dataclass
class Person:
    """Somebody with a browser."""

    world: "World"
    login: str
    client: TestClient = field(repr=False)
    page: Page | None = None

    @property
    def mailbox(self) -> str:
        """Where this person gets mail."""
        return self.login if "@" in self.login else names.mailbox(self.login)

    @property
    def mails(self) -> list[Mail]:
        """This person's letters since the story began, oldest first."""
        return self.world.mails_to(self.mailbox)

    def goes(self, path: str, **more: Any) -> Page:
        """Open a page."""
        self.page = Page(self.client.get(path, follow_redirects=True, **more))
        return self.page

    def clicks(self, words: str) -> Page:
        """Follow a link of the page one is on."""
        assert self.page is not None
        href = self.page.link(words)
        return self.goes(f"{self.page.path}{href}" if href.startswith("?") else href)

    def sends(self, path: str, pairs: Any, *, files: Any = None) -> Page:
        """Send a form; what the house does by itself afterwards is done."""
        shown = self.page if self.page is not None and self.page.doc.xpath("//input[@name='form_token']") else self.goes("/login")
        data: dict[str, Any] = {"form_token": shown.doc.xpath("string((//input[@name='form_token'])[1]/@value)")}
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            if name != "form_token":
                data.setdefault(name, []).append(value)
        self.page = Page(self.client.post(path, data=data, files=files, follow_redirects=True))
        self.world.settles()
        return self.page

    def signs_in(self, password: str = PASSWORD) -> Page:
        """Sign in."""
        self.goes("/login")
        return self.sends("/login", {"login": self.login, "password": password})

    # tasks

    def tasks(self, search: str = "") -> list[str]:
        """The names of the tasks that wait for this person."""
        found = []
        for view in ("mine", "groups"):
            shown = self.goes("/inbox", params={"view": view, "search": search})
            found += [" ".join(one.text_content().split()) for one in shown.doc.xpath("//tbody//a[starts-with(@href,'/tasks/')]")]
        return found

    def finds(self, task: str, about: str = "") -> str | None:
        """The address of a task in one's inbox; where the list does not tell what it is about, its page and the case it leads to do."""
        listed = [*self._listed(task, about), *self._listed(task, "")]
        for where, row in listed:
            if about in row:
                return where
        for where, _ in listed:
            if about in self.goes(where).text or (self.page.has_link("查看申报项目") and about in self.clicks("查看申报项目").text):
                return where
        return None

    def _listed(self, task: str, search: str) -> Iterable[tuple[str, str]]:
        for view in ("mine", "groups"):
            shown = self.goes("/inbox", params={"view": view, "search": search})
            for one in shown.doc.xpath("//tbody//a[starts-with(@href,'/tasks/')]"):
                if " ".join(one.text_content().split()) == task:
                    yield str(one.get("href")), " ".join(one.xpath("string(ancestor::tr)").split())

    def opens(self, task: str, about: str = "") -> Page:
        """Open a task of one's inbox."""
        where = self.finds(task, about)
        assert where is not None, f"{self.login} has no task “{task}” {about}: {self.tasks(about)}"
        return self.goes(where)

    def attaches(self, label: str, name: str, content: bytes, *, nth: int = 0) -> Page:
        """Upload a file into the slot with the label, on the task's page one has opened."""
        shown = self.page
        assert shown is not None
        found = shown.doc.xpath("//*[contains(@class,'slot')][not(ancestor::template)]")
        slots = [one for one in found if label in one.xpath("string(p[contains(@class,'label')])")]
        assert len(slots) > nth, f"no slot “{label}” on {shown.title}"
        button = slots[nth].xpath(".//button[@formaction and @name='_slot']")
        assert button, f"the slot “{label}” takes no more files"
        slot = button[0].get("value")
        answer = self.sends(button[0].get("formaction"), {"_slot": slot}, files={f"file:{slot}": (name, content)})
        self.page = shown if not answer.refused else answer
        return answer

    def form(self, act: str = "") -> FormOnPage:
        """The form of the task on the page, or of one of its acts."""
        assert self.page is not None
        inside = f"//details[summary[normalize-space()='{act}']]//form" if act else "//form[contains(@action,'/complete')]"
        found = self.page.doc.xpath(inside)
        assert found, f"no form {act} on “{self.page.title}”: {self.page.text[:400]}"
        return FormOnPage(found[0])

    def hands_in(self, data: Mapping[str, Any] | None = None, *, act: str = "", forced: bool = False) -> Page:
        """Fill in the form of the page and send it."""
        form = self.form(act)
        return self.sends(form.action, form.filled(data or {}, forced=forced))

    def tries(
        self, task: str, data: Mapping[str, Any] | None = None, *, about: str = "", files: Any = (), act: str = "", forced: bool = False
    ) -> Page:
        """Do a task; the answer may be a refusal."""
        self.opens(task, about)
        for label, name, content in files:
            answer = self.attaches(label, name, content)
            if answer.refused:
                return answer
        return self.hands_in(data, act=act, forced=forced)

    def is_told_behind_the_page(self, task: str, data: Mapping[str, Any]) -> str:
        """What the step's own rules say to data that no page has looked at. They must refuse."""
        name = str(self.finds(task)).rpartition("/")[2]
        with self.world.house.database.read() as connection:
            row = task_by_id(connection, name)
        actor = Actor(id=row["assignee"] or self.login, name=self.login, groups=frozenset(row["groups"]))
        with pytest.raises((HouseError, EngineError)) as refused:
            self.world.house.engine.complete(task=name, data=data, actor=actor)
        return str(refused.value.zh)

    def takes_back(self, task: str, reason: str = "登记有误") -> Page:
        """Take back what one has done last under this name; the answer may be a refusal."""
        done = self.goes("/inbox", params={"view": "done"})
        links = done.doc.xpath("//tbody//a[starts-with(@href,'/tasks/')]")
        where = next(str(one.get("href")) for one in links if " ".join(one.text_content().split()) == task)
        self.goes(where)
        return self.sends(f"{where}/take-back", {"reason": reason})

    def does(self, task: str, data: Mapping[str, Any] | None = None, *, about: str = "", files: Any = (), act: str = "") -> Page:
        """Do a task; a refusal fails the story."""
        answer = self.tries(task, data, about=about, files=files, act=act)
        if answer.refused:
            raise Refused(f"{self.login} · {task}: {answer.complaints or answer.text[:500]}")
        return answer


class World:
    """One house with its people, its mail and its clock."""

    def __init__(self, house: Any, play: Any = None) -> None:
        self.house, self.play = house, play
        self.app = create_app(house)
        self.people: dict[str, Person] = {}

    # people

    def stranger(self) -> Person:
        """Somebody who is not signed in."""
        return Person(self, "", TestClient(self.app, base_url="http://testserver", raise_server_exceptions=False))

    def as_(self, who: str) -> Person:
        """Somebody of the cast, signed in: "clerk", "unit", "enterprise 3", "expert 2", "chair" or a login."""
        login = self._login(who)
        if login not in self.people:
            person = self.stranger()
            person.login = login
            assert not person.signs_in().refused, login
            self.people[login] = person
        return self.people[login]

    def _login(self, who: str) -> str:
        role, _, number = who.partition(" ")
        if role in {"enterprise", "expert"}:
            return f"{ {'enterprise': 'applicant'}.get(role, role) }{int(number):04d}"
        return LOGINS.get(who, who)

    def enterprise(self, number: int) -> str:
        """The name of an enterprise of the cast."""
        return str(self.play.parts[number - 1].enterprise.name)

    def application(self, number: int) -> str:
        """The id of the application of an enterprise of the cast."""
        return str(self.play.parts[number - 1].application)

    def season_says(self, folder: Path, changes: Mapping[str, str], **forms: Mapping[str, str]) -> None:
        """An administrator writes other lines into season.toml and forms (by their names), deploys that, and moves to it what runs already."""
        shutil.copytree(FOLDER, folder)
        edited = {folder / f"forms/{name}.json": lines for name, lines in forms.items()}
        for path, lines in ({folder / "season.toml": changes} | edited).items():
            text = path.read_text("utf-8")
            for old, new in lines.items():
                assert old in text, old
                text = text.replace(old, new)
            path.write_text(text, "utf-8")
        deploy(self.house, folder)
        with self.house.database.read() as connection:
            new_version, old_version, *_ = (row["id"] for row in queries.versions(connection, name="cn-2023"))
            roots = queries.going_in(connection, old_version)
        plan = self.house.engine.migration_plan(source=old_version, target=new_version)
        reports = self.house.engine.migrate(plan=plan, roots=roots, reason="other rules", actor=SYSTEM)
        assert {report.outcome for report in reports} == {"moved"}, reports

    # time

    @property
    def now(self) -> datetime:
        """What the clock on the wall shows."""
        return self.house.clock.now().astimezone(SHANGHAI)

    def settles(self) -> None:
        """The house does what is due now."""
        catch_up(self.house)

    def time_is(self, text: str) -> None:
        """Time goes on to this moment of Beijing time."""
        advance(self.house, until=datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))

    def days_pass(self, days: float) -> None:
        """Time goes on."""
        advance(self.house, until=self.house.clock.now() + timedelta(days=days))

    def next_morning(self) -> None:
        """Nine o'clock of the following day."""
        self.time_is(f"{self.now + timedelta(days=1):%Y-%m-%d}T09:00")

    def others_go_on(self, until: str, *, but: Iterable[str] = ()) -> None:
        """Everybody else of the cast goes on with the season until a moment; the steps named wait for the story."""
        before, steps = dict(ANSWERS), frozenset(but)
        ANSWERS.update(dict.fromkeys(steps, lambda _play, _task: False))
        try:
            plays.go_on(self.play, until=datetime.fromisoformat(until).replace(tzinfo=SHANGHAI))
        finally:
            ANSWERS.update(before)
        self.settles()

    # mail

    def mails(self) -> list[Mail]:
        """Every letter that went out since the story began, oldest first."""
        folder = Path(self.house.settings.mail_folder)
        found = []
        for path in sorted(folder.rglob("*.eml"), key=lambda one: (one.stat().st_mtime_ns, one.name)):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            found.append(Mail(to=str(letter["To"].addresses[0].addr_spec), subject=str(letter["Subject"]), body=letter.get_content()))
        return found

    def mails_to(self, address: str) -> list[Mail]:
        """The letters to a mailbox, oldest first."""
        return [mail for mail in self.mails() if mail.to == address]
