"""The first day of an installation: what is missing before the season starts, the start, and titles of earlier years."""

import io
import re
import threading
from datetime import UTC, datetime

import openpyxl
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.doctor import examine
from engine.contract import Actor
from selection.errors import Conflict
from store.engine import tables
from store.selection.facts import Facts
from store.selection.mail import MailRepository
from tests.web.season.conftest import PASSWORD, Person, installed, join, visiting
from web.app import create_app
from web.clockbar import catch_up

ADMIN = Actor(id="P0001", name="admin", groups=frozenset({"season_admin@caq"}))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def new_house(tmp_path, sqlite_template):
    built = installed(tmp_path, {"admin": "season_admin@caq"}, template=sqlite_template)
    yield built
    built.close()


def line_of(page, name):
    """The state of a point of the list before the start."""
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)]
    return next(row for row in rows if row.startswith(name))


def roots(house, process):
    with house.database.read() as connection:
        return connection.execute(select(tables.instance.c.root).where(tables.instance.c.process == process)).scalars().all()


def test_the_administrator_is_told_what_is_missing_and_cannot_start_without_it(new_house):
    admin = visiting(new_house, "admin")
    assert "尚未启动" in admin.get("/inbox").text
    assert "尚未启动" in admin.get("/admin").text

    page = admin.get("/season/start")
    assert "缺少" in line_of(page, "办公室经办人")
    assert "缺少" in line_of(page, "办公室负责人")
    assert "待补充" in line_of(page, "会议秘书")
    assert "还没有经办人" in line_of(page, "推荐单位经办人")
    assert "就绪" in line_of(page, "2023 年工作日历")
    assert "2025 年" not in page.text  # the plan's last day is the last of 2024
    assert "就绪" in line_of(page, "时间节点")
    assert "或" not in line_of(page, "中国质量协会批准人")
    refused = admin.post("/season/start")
    assert refused.status_code == 422
    assert "办公室经办人" in refused.text.partition('role="alert"')[2].partition("</div>")[0]
    assert roots(new_house, "season") == []


def test_the_director_starts_the_season_once_and_the_clerk_drafts_the_notice(new_house):
    for login, group in {"clerk": "office_clerk@caq", "director": "office_director@caq", "officer": "ru_officer@RU-LN"}.items():
        join(new_house, login, group)
    clerk, director = visiting(new_house, "clerk"), visiting(new_house, "director")
    assert clerk.get("/season/start").status_code == 404
    assert "尚未启动" not in clerk.get("/inbox").text
    page = director.get("/season/start")
    assert "就绪" in line_of(page, "办公室经办人")
    assert "辽宁" not in line_of(page, "推荐单位经办人")

    started = director.post("/season/start")
    assert started.status_code == 200, line_of(started, "") + started.text.partition('role="alert"')[2][:400]
    assert "活动已经启动" in started.text
    catch_up(new_house)
    assert clerk.first_task("拟订活动通知")
    assert "尚未启动" not in director.get("/inbox").text
    again = director.post("/season/start")
    assert again.status_code == 409
    assert len(roots(new_house, "season")) == 1
    assert examine(new_house) == []


def test_of_two_who_start_at_once_one_does(new_house):
    outcomes, gate = [], threading.Barrier(2)

    def start():
        gate.wait()
        try:
            new_house.engine.start(process="season", business_key="cn-2023", variables={"season": "cn-2023"}, tenant="cn-2023", actor=ADMIN)
            outcomes.append("started")
        except Conflict as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["season.begun", "started"]


def sheet_of(*lines):
    book = openpyxl.Workbook()
    book.active.append(["编号", "企业名称", "经验名称", "年度", "统一社会信用代码"])
    for line in lines:
        book.active.append(line)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"):
        cell.data_type = "s"  # a text that begins like a formula
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def brought(person, *lines):
    return person.post("/titles/import", files=[("file", ("titles.xlsx", sheet_of(*lines), XLSX))])


OLD = ("2019-07", "往年标杆企业", "精益管理经验", "2019", "91110000600037341L")


def test_titles_of_earlier_years_are_brought_in_once_and_can_be_reported(new_house):
    join(new_house, "clerk", "office_clerk@caq")
    clerk = visiting(new_house, "clerk")
    answer = brought(clerk, OLD, ("2021-12", "=cmd|往年企业乙", "客户服务经验", "2021年"))
    assert answer.url.path == "/titles", answer.text
    assert "往年标杆企业" in answer.text
    assert brought(clerk, OLD).status_code == 200
    assert sorted(len(roots(new_house, process)) for process in ("title", "season")) == [0, 2]
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get("/titles?form=xlsx").content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["2021-12", "2019-07"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)} == {"s"}
    assert "往年标杆企业" not in clerk.get("/titles?search=客户服务").text

    report = clerk.post("/titles/2019-07/report", {"source": "群众来信", "facts": "申报材料弄虚作假，附有证明材料。"})
    assert report.url.path == "/inbox", report.text
    catch_up(new_house)
    assert clerk.first_task("登记线索并调查")
    assert examine(new_house) == []


def test_a_sheet_with_one_wrong_line_brings_in_nothing(new_house):
    join(new_house, "clerk", "office_clerk@caq")
    clerk = visiting(new_house, "clerk")
    for wrong, said in (
        (("2020-01", "企业", "经验", "2023"), "2022年之间"),
        (("2020-01", "企业", "经验", "2020", "911100006000373410"), "统一社会信用代码不正确"),
        (("2020-01", "企业", None, "2020"), "经验名称"),
        (OLD, "编号重复"),
    ):
        answer = brought(clerk, OLD, wrong)
        assert answer.status_code == 422
        assert "第 2 条" in answer.text
        assert said in answer.text
    with new_house.database.read() as connection:
        assert Facts(connection).titles.get("2019-07") is None
    assert visiting(new_house, "admin").get("/titles").status_code == 404


def test_a_season_whose_dates_are_over_does_not_start(new_house):
    for login, group in {"clerk": "office_clerk@caq", "director": "office_director@caq"}.items():
        join(new_house, login, group)
    new_house.clock.move_to(datetime(2023, 9, 1, tzinfo=UTC))
    director = visiting(new_house, "director")
    assert "待补充" in line_of(director.get("/season/start"), "时间节点")
    new_house.clock.move_to(datetime(2023, 10, 1, tzinfo=UTC))
    director = visiting(new_house, "director")
    assert "已过期" in line_of(director.get("/season/start"), "时间节点")
    assert "缺少" not in line_of(director.get("/season/start"), "时间节点")
    assert director.post("/season/start").status_code == 422


def test_who_is_invited_reads_as_what_and_a_used_address_says_so(new_house):
    visiting(new_house, "admin").post("/office/people", {
        "name": "王经办", "mail": "wang@example.invalid", "role": "ru_officer", "organisation": "RU-LN",
    })  # fmt: skip
    with new_house.database.read() as connection:
        body = MailRepository(connection).find()[0].body
    assert "前前" not in body
    guest = Person(TestClient(create_app(new_house), raise_server_exceptions=False))
    address = re.search(r"/password/\S+", body)[0]
    page = guest.get(address).text
    assert "王经办，您受邀担任" in page
    assert "推荐单位经办人" in page
    assert "辽宁" in page
    assert "王经办" in guest.post(address, {"password": PASSWORD, "again": "another"}).text
    assert guest.post(address, {"password": PASSWORD, "again": PASSWORD}).url.path == "/login"
    spent = guest.get(address)
    assert spent.status_code == 422
    assert "已使用过或已过期" in spent.text
