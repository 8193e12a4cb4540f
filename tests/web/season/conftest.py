"""The real season through the pages: the notice is issued, applications are open, one enterprise has begun."""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.season import deploy
from app.settings import Settings
from app.wiring import build
from engine.contract import SYSTEM
from store.database import Database
from store.engine import queries
from store.selection.accounts import Accounts
from web.app import create_app
from web.clockbar import catch_up
from web.passwords import hash_password

PASSWORD = "a sentence that people remember"


@dataclass
class Person:
    client: TestClient

    def get(self, path):
        return self.client.get(path)

    def post(self, path, data=None, **more):
        page = self.client.get("/login").text
        token = re.search(r'name="form_token" value="(\w+)"', page)[1]
        return self.client.post(path, data={"form_token": token, **(data or {})}, **more)

    def first_task(self, name):
        text = self.get("/inbox?view=groups").text + self.get("/inbox?view=mine").text
        return re.search(rf'<a href="(/tasks/[^"]+)"><b>{re.escape(name)}</b>', text)[1]


def installed(place, people, *, template):
    """A house with the season deployed and these people (login -> group); nothing has begun. ``template``: an empty database's file."""
    settings = Settings(database_url=f"sqlite:///{place / 'house.db'}", files_folder=place / "files", mail_folder=place / "mail")
    shutil.copyfile(template, place / "house.db")
    database = Database(settings.database_url)
    database.run(lambda connection: queries.set_manual_clock(connection, datetime(2023, 7, 28, 1, 0, tzinfo=UTC)))
    database.close()
    built = build(settings)
    deploy(built, Path("processes/cn-2023"))
    for login, group in people.items():
        join(built, login, group)
    return built


def join(house, login, group):
    """An account with one role."""

    def work(connection):
        accounts, now = Accounts(connection), house.clock.now()
        person = accounts.add_person(login=login, name=login, mail=f"{login}@example.invalid", at=now, password_hash=hash_password(PASSWORD))
        accounts.give(person=person, role=group.partition("@")[0], organisation=group.partition("@")[2], at=now, by="test")

    house.database.run(work)


def visiting(house, login):
    """The person's browser, signed in."""
    person = Person(TestClient(create_app(house), raise_server_exceptions=False))
    assert person.post("/login", {"login": login, "password": PASSWORD}).url.path == "/inbox"
    return person


@pytest.fixture(scope="module")
def house(tmp_path_factory, sqlite_template):
    built = installed(tmp_path_factory.mktemp("season"), GROUPS, template=sqlite_template)

    def enterprises(connection):
        for number, code in enumerate(("91110000600037341L", "91350100M000000013"), start=1):
            Accounts(connection).bind_enterprise(uscc=code, name=f"模拟企业{number}", by=f"P000{number}", at=built.clock.now())

    built.database.run(enterprises)
    built.engine.start(process="season", business_key="cn-2023", variables={"season": "cn-2023"}, tenant="cn-2023", actor=SYSTEM)
    catch_up(built)
    yield built
    built.close()


GROUPS = {
    "clerk": "office_clerk@caq",
    "clerk2": "office_clerk@caq",
    "director": "office_director@caq",
    "one": "applicant_editor@E001",
    "two": "applicant_editor@E002",
    "officer": "ru_officer@RU-LN",
}


@pytest.fixture
def signed_in(house):
    return lambda login: visiting(house, login)


@pytest.fixture(scope="module")
def opened(house):
    """The notice is issued and applications are open."""
    app = create_app(house)
    clerk, director = (Person(TestClient(app, raise_server_exceptions=False)) for _ in range(2))
    clerk.post("/login", {"login": "clerk", "password": PASSWORD})
    director.post("/login", {"login": "director", "password": PASSWORD})
    draft = clerk.first_task("拟订活动通知")
    text = {"title": "关于开展2023年全国质量标杆遴选活动的通知", "number": "中国质协字〔2023〕71号", "text": "各推荐单位及有关企业：" * 20}
    answer = clerk.post(f"{draft}/complete", text)
    assert answer.url.path == "/inbox", answer.text
    answer = director.post(f"{director.first_task('签发活动通知')}/complete", {"outcome": "issue"})
    assert answer.url.path == "/inbox", answer.text
    catch_up(house)
    director.post("/clock", {"step": "deadline"})
    return house


@pytest.fixture
def application(opened, signed_in):
    """A person of the first enterprise who has begun an application, and its id."""
    one = signed_in("one")
    answer = one.post("/portal/applications")
    assert answer.url.path.startswith("/portal/A"), answer.text
    return one, answer.url.path.rpartition("/")[2]
