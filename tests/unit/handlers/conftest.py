"""A context as the engine hands it to handlers, on a real database; what is sent is kept in a list."""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.letters import Letters
from app.season import deploy
from app.settings import Settings
from app.simulate.play import empty_house, first_moment
from engine.contract import Actor, Context, InstanceView, TaskView
from store.selection.facts import Facts
from store.selection.mail import mail

FOLDER = Path("processes/cn-2023")
SETTINGS = tomllib.loads((FOLDER / "season.toml").read_text(encoding="utf-8"))
SEASON = "cn-2023"
BEFORE = datetime(2023, 9, 15, 15, 59, 59, 999000, tzinfo=UTC)  # the last millisecond of 15 September in Beijing
LATE = datetime(2023, 9, 15, 16, tzinfo=UTC)


@dataclass
class Sent:
    messages: list = field(default_factory=list)
    started: list = field(default_factory=list)
    jobs: list = field(default_factory=list)

    def send(self, message, **more):
        self.messages.append((message, more["key"], dict(more["payload"])))

    def start(self, process, **more):
        self.started.append((process, more["business_key"]))

    def signal(self, name, **more):
        raise AssertionError(name)

    def later(self, job, **more):
        self.jobs.append(job)


class Stage:
    """The facts of one transaction and contexts upon them."""

    def __init__(self, connection):
        self.facts, self.sent = Facts(connection), Sent()

    def context(self, *, now=BEFORE, actor="P1", groups=(), element="N00", due=None, key="", process="application", **variables):
        view = InstanceView("root", process, key, SEASON, 1, {"season": SEASON, **variables})
        task = TaskView("t", "root", SEASON, process, element, element, key, due=due)
        person = Actor(actor, actor, frozenset(groups))
        return Context(now, person, now, view, task, self.facts, SETTINGS, self.sent)

    def enterprise(self, number=1, unit="RU-LN", state="submitted"):
        """An enterprise with an application at a unit."""
        uscc = (
            "91350100M000100Y43",
            "91110000100000001A",
            "91110000100000002B",
            "91110000100000003C",
            "91110000100000004D",
            "91110000100000005E",
        )[number - 1]
        enterprise = self.facts.people.bind_enterprise(uscc=uscc, name=f"企业{number}", by="P1", at=BEFORE)
        application = self.facts.applications.open(season=SEASON, enterprise=enterprise, at=BEFORE)
        self.facts.applications.change(
            application, unit=unit, experience_name=f"经验{number}", focus_area="qms_upgrade", industry_code="34"
        )
        self.facts.applications.change(application, state=state, state_at=BEFORE)
        return SimpleNamespace(id=application, enterprise=enterprise, uscc=uscc)

    def unit(self, code="RU-LN"):
        self.facts.people.add_unit(season=SEASON, code=code, name=code, kind="region", base=3, widened=5)
        return code

    def file(self, owner, code, name="a.pdf"):
        self.facts.documents.attach(
            season=SEASON, owner=owner, code=code, name=name, size=1, type="application/pdf", sha256="0" * 64, at=BEFORE, by="P1"
        )


@pytest.fixture
def stage(database):
    with database.write() as connection:
        yield Stage(connection)


@pytest.fixture
def house(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}", files_folder=tmp_path / "files", mail_folder=tmp_path / "mails")
    found = empty_house(settings, start=first_moment(FOLDER))
    deploy(found, FOLDER)
    yield found
    found.close()


@pytest.fixture
def told(house):
    with house.database.write() as connection:
        made = Stage(connection)
        made.facts = Facts(connection, letters=Letters(connection))
        yield made


def person(facts, name, *groups):
    found = facts.people.add_person(login=name, name=name, mail=f"{name}@example.invalid", at=BEFORE)
    for group in groups:
        role, _, organisation = group.partition("@")
        facts.people.give(person=found, role=role, organisation=organisation, at=BEFORE, by="t")


def letters(connection):
    return sorted((row.template, row.address) for row in connection.execute(select(mail.c.template, mail.c.address)))
