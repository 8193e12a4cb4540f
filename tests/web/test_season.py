"""People at work on the real season through the pages: the office issues the notice, an enterprise fills in, saves, is refused and goes on."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.season import deploy
from app.settings import Settings
from app.wiring import build
from engine.contract import SYSTEM
from store import migrations
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


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    place = tmp_path_factory.mktemp("season")
    settings = Settings(database_url=f"sqlite:///{place / 'house.db'}", files_folder=place / "files", mail_folder=place / "mail")
    database = Database(settings.database_url)
    migrations.upgrade(database)
    database.run(lambda connection: queries.set_manual_clock(connection, datetime(2023, 7, 28, 1, 0, tzinfo=UTC)))
    database.close()
    built = build(settings)
    deploy(built, Path("processes/cn-2023"))
    hashed = hash_password(PASSWORD)

    def people(connection):
        accounts, now = Accounts(connection), built.clock.now()
        for login, group in GROUPS.items():
            person = accounts.add_person(login=login, name=login, mail=f"{login}@example.invalid", at=now, password_hash=hashed)
            accounts.give(person=person, role=group.partition("@")[0], organisation=group.partition("@")[2], at=now, by="test")
        for number, code in enumerate(("91110000600037341L", "91350100M000000013"), start=1):
            accounts.bind_enterprise(uscc=code, name=f"模拟企业{number}", by=f"P000{number}", at=now)

    built.database.run(people)
    built.engine.start(process="season", business_key="cn-2023", variables={"season": "cn-2023"}, tenant="cn-2023", actor=SYSTEM)
    catch_up(built)
    yield built
    built.close()


GROUPS = {
    "clerk": "office_clerk@caq",
    "director": "office_director@caq",
    "one": "applicant_editor@E001",
    "two": "applicant_editor@E002",
    "officer": "ru_officer@RU-LN",
}


@pytest.fixture
def signed_in(house):
    app = create_app(house)

    def enter(login):
        person = Person(TestClient(app, raise_server_exceptions=False))
        assert person.post("/login", {"login": login, "password": PASSWORD}).url.path == "/inbox"
        return person

    return enter


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


def test_the_notice_is_public_once_it_is_issued(opened):
    stranger = Person(TestClient(create_app(opened)))
    assert "中国质协字〔2023〕71号" in stranger.get("/public/notice").text
    assert "辽宁省工业和信息化厅" in stranger.get("/public/notice").text


def test_what_is_typed_is_kept_as_a_draft_and_after_a_refusal(application):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]

    one.post(f"{task}/draft", {"application_table.experience_name": "以顾客为中心的零缺陷管理"})
    assert "以顾客为中心的零缺陷管理" in one.get(task).text

    refused = one.post(f"{task}/complete", {"application_table.experience_name": "另一个名称", "outcome": "next"})
    assert refused.status_code == 422
    assert "另一个名称" in refused.text


def test_another_enterprise_sees_nothing_of_it(application, signed_in):
    one, number = application
    task = re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1]
    two = signed_in("two")

    for path in (f"/portal/{number}", f"/cases/{number}", task, "/portal/A999", "/tasks/nothing.1"):
        assert two.get(path).status_code == 404
    for path in (f"{task}/complete", f"{task}/draft", f"{task}/claim", f"/portal/{number}/withdraw"):
        assert two.post(path, {"reason": "x"}).status_code == 404
    assert one.get(f"/portal/{number}").status_code == 200


def test_a_file_is_attached_by_its_slot_and_opened_only_by_those_who_may(application, signed_in, opened):
    one, number = application
    page = one.get(re.search(r'href="(/tasks/[^"]+)"', one.get(f"/portal/{number}").text)[1])
    task = page.url.path
    slot = re.search(r'name="file:([^"]+)"', page.text)[1]

    trap = one.post(f"{task}/files", {"_slot": slot}, files={f"file:{slot}": ("证明.pdf", b"<html>")}, headers={"hx-request": "true"})
    assert trap.status_code == 422
    taken = one.post(
        f"{task}/files", {"_slot": slot}, files={f"file:{slot}": ("证明.pdf", b"%PDF-1.7 content")}, headers={"hx-request": "true"}
    )
    assert taken.status_code == 200, taken.text
    link = re.search(r'href="(/files/[^"]+)"', taken.text)[1]

    answer = one.get(link)
    assert answer.content == b"%PDF-1.7 content"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert signed_in("clerk").get(link).status_code == 200
    assert signed_in("two").get(link).status_code == 404
    assert signed_in("officer").get(link).status_code == 404
    assert "clerk" in signed_in("clerk").get(f"/cases/{number}").text


def test_the_office_sees_the_case_from_inside_with_its_diagram(application, signed_in):
    _, number = application
    text = signed_in("clerk").get(f"/cases/{number}").text
    diagram = re.search(r'data-diagram="([^"]+)"', text)[1]
    assert signed_in("clerk").get(diagram).text.startswith("<?xml")
    assert signed_in("one").get(diagram).status_code == 404


def test_a_deadline_shows_what_it_touches_and_moves_with_a_reason(application, signed_in, opened):
    director = signed_in("director")
    assert director.post("/office/deadlines/推荐截止", {"at": "2023-09-20"}).status_code == 422
    assert "排序并确定推荐名单" in director.get("/office/deadlines/推荐截止?at=2023-09-20").text
    assert director.post("/office/deadlines/推荐截止", {"at": "2023-09-20", "reason": "申报系统维护"}).url.path == "/office/deadlines"
    with opened.database.read() as connection:
        assert queries.deadlines(connection, tenant="cn-2023")["推荐截止"] == datetime(2023, 9, 20, 16, 0, tzinfo=UTC)
    assert signed_in("clerk").post("/office/deadlines/推荐截止", {"at": "2023-09-25", "reason": "x"}).status_code == 404


def test_a_task_of_the_group_is_claimed_by_one_and_a_stale_page_is_told(signed_in, opened):
    officer = signed_in("officer")
    task = officer.first_task("排序并确定推荐名单")
    assert officer.post(f"{task}/claim").url.path == task
    stale = officer.post(f"{task}/complete", {"_seen": "999", "outcome": "widen"})
    assert stale.status_code == 409
    assert officer.post(f"{task}/release").url.path == "/inbox"


@pytest.mark.parametrize("login", sorted(GROUPS))
def test_every_page_and_sheet_of_a_role_opens(login, signed_in, opened):
    person = signed_in(login)
    for path in re.findall(r'<li><a href="(/[^"]*)"', person.get("/account").text):
        assert person.get(path).status_code == 200, path
        sheet = person.get(f"{path}?form=xlsx")
        assert sheet.status_code == 200, path
