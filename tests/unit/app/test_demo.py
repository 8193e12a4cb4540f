"""The demonstration as a newcomer finds it: made once through the engine's commands, every stage present, accounts that sign in, a clock that moves."""

import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import demo, doctor
from app.cli_common import settings_apart
from app.cli_serve import open_demo, unhurried
from app.clock import ManualClock, SystemClock
from app.demo import loading, making
from app.demo.people import accounts_file
from app.demo.stages import PRESENT, STAGES, files_of, settings_of
from app.settings import Settings
from app.wiring import House, Missing, open_database, read_folder
from selection.calendar import Calendar
from selection.season import Season, check_plan
from store import migrations
from store.engine import tables
from store.selection import tables_application, tables_people, tables_result
from store.selection.mail import mail

SEASON = Path(__file__).parents[3] / "processes" / "cn-2023"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demo")
    chosen = settings_apart(name="demo", database=f"sqlite:///{folder}/demo.db", file=None)
    return replace(chosen, season_folder=SEASON)


@pytest.fixture(scope="module")
def house(settings: Settings) -> Iterator[House]:
    opened = open_demo(settings)
    yield opened
    opened.close()


def open_tasks(house: House) -> set[tuple[str, str]]:
    """Season and element of every open task."""
    with house.database.read() as connection:
        rows = connection.execute(select(tables.task.c.tenant, tables.task.c.element).where(tables.task.c.state == "open"))
        return {(row.tenant, row.element) for row in rows}


def stages(house: House) -> set[str]:
    with house.database.read() as connection:
        return set(connection.execute(select(tables.instance.c.stage).where(tables.instance.c.process == "application")).scalars())


def column(house: House, chosen: Any) -> list[Any]:
    with house.database.read() as connection:
        return list(connection.execute(select(chosen)).scalars())


PROMISED = {
    "draft": ("cn-2023-r1", "N02a"),
    "commitment to be sealed": ("cn-2023-r1", "N02b"),
    "returned": ("cn-2023-r1", "N02c"),
    "two units": ("cn-2023-r1", "N02d"),
    "unit's review": ("cn-2023-r1", "N03a"),
    "ranking": ("cn-2023-r1", "N03b"),
    "form check": ("cn-2023", "N04a"),
    "补正": ("cn-2023", "N04d"),
    "declaration": ("cn-2023", "N05c"),
    "desk review": ("cn-2023", "N06a"),
    "reconciliation": ("cn-2023", "N06c"),
    "defence": ("cn-2023-r2", "N08b"),
    "site visit": ("cn-2023-r2", "N09b"),
    "meeting": ("cn-2023-r3", "N07b"),
    "statement on an objection": ("cn-2023-r3", "N12c"),
    "objection under investigation": ("cn-2023-r3", "N12f"),
    "approval": ("cn-2023-r4", "N13"),
    "video": ("cn-2023-r4", "N15a"),
    "imported title reported": ("cn-2023-r4", "N16a"),
    "hearing before a revocation": ("cn-2023-r4", "N16b"),
}


@pytest.mark.parametrize("promise", PROMISED)
def test_every_promised_stage_waits_for_the_visitor(house: House, promise: str) -> None:
    assert PROMISED[promise] in open_tasks(house)


def test_cases_stand_at_every_stage(house: House) -> None:
    wanted = {"草稿", "退回修改", "推荐单位审核中", "确认推荐单位", "已撤回", "形式审查中", "补正", "资料评审", "答辩安排"}
    assert wanted | {"答辩评审", "未入围", "公示中", "待批准", "已公告"} <= stages(house)


def test_objections_and_titles_have_all_fates(house: House) -> None:
    assert {"accepted", "upheld", "dismissed"} <= set(column(house, tables_result.objection.c.state))
    assert {"active", "revoked"} <= set(column(house, tables_result.title.c.state))
    assert sum(column(house, tables_result.title.c.imported)) == 3


def test_the_clock_stands_at_the_present_and_nothing_due_is_left(house: House) -> None:
    assert house.clock.now() == PRESENT
    assert house.engine.work() == 0
    assert column(house, tables.incident.c.id) == []


def test_the_doctor_finds_nothing(house: House) -> None:
    assert doctor.examine(house) == []


def test_a_second_start_keeps_what_is_there(house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "load", lambda *_, **__: pytest.fail("made a second time"))
    before = (len(column(house, tables.history.c.seq)), demo.accounts(house))
    again = open_demo(settings)
    assert (len(column(again, tables.history.c.seq)), demo.accounts(again)) == before
    again.close()


def test_a_demonstration_of_an_earlier_programme_is_brought_up_to_date_and_nothing_else_is(tmp_path: Path) -> None:
    for mark in (True, False):
        kept = settings_apart(name="demo", database=f"sqlite:///{tmp_path}/{mark}.db", file=None)
        with closing(open_database(kept)) as database:
            migrations.upgrade(database, to="0026")
            if mark:
                database.run(making._mark)
        if mark:
            open_demo(kept).close()
        else:
            with pytest.raises(Missing, match="run_engine\\.py migrate"):
                open_demo(kept)


def test_what_breaks_while_it_is_made_leaves_no_database(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(making, "load", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        demo.make(replace(settings, database_url=f"sqlite:///{tmp_path}/new.db"))
    assert not (tmp_path / "new.db").exists()


def test_passwords_are_random_and_only_the_owner_reads_them(house: House) -> None:
    made = demo.accounts(house)
    assert len({account.password for account in made}) == len(made) == len(loading.ACCOUNTS)
    assert stat.S_IMODE(accounts_file(house).stat().st_mode) == 0o600
    hashes = {hashed for hashed in column(house, tables_people.person.c.password_hash) if hashed}
    assert len(hashes) == len(made)
    assert all(hashed.startswith("$argon2id$") for hashed in hashes)
    assert house.database.path is not None
    content = house.database.path.read_bytes()
    assert not any(account.password.encode() in content for account in made)


def test_without_the_file_of_passwords_none_are_shown(house: House) -> None:
    aside = accounts_file(house).rename(accounts_file(house).with_suffix(".aside"))
    assert demo.accounts(house) == ()
    aside.rename(accounts_file(house))


def visitor(house: House) -> TestClient:
    from web.app import create_app

    opened: Any = unhurried(house)
    return TestClient(create_app(opened))


def post(client: TestClient, page: str, to: str, **fields: str) -> Any:
    """Send a form as the page offers it, with the page's token."""
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(page).text)
    assert found
    return client.post(to, data={"form_token": found[1], **fields}, headers={"origin": "http://testserver"})


def signed_in(house: House, role: str, *, login: str = "") -> TestClient:
    account = next(each for each in demo.accounts(house) if each.role == role)
    client = visitor(house)
    answer = post(client, "/login", "/login", login=login or account.login, password=account.password)
    assert (answer.status_code, answer.url.path) == (200, "/inbox"), answer.text
    return client


WORK = {
    "申报单位联系人": "填报申报材料",
    "推荐单位经办人": "排序并确定推荐名单",
    "办公室经办人": "形式审查（初核）",
    "办公室经办人（复核）": "形式审查（初核）",
    "办公室负责人": "",
    "评审专家": "资料评审（撰写评语并打分）",
    "专业组组长": "分歧复议",
    "主任委员": "",
    "副主任委员": "",
    "评审委员会委员": "",
    "会议秘书": "合议并登记表决结果",
    "中国质量协会批准人": "批准遴选结果",
    "活动管理员": "",
    "监督人员": "",
}


@pytest.mark.parametrize("role", WORK)
def test_each_account_signs_in_and_finds_its_work(house: House, role: str) -> None:
    client = signed_in(house, role)
    assert WORK[role] in client.get("/inbox?view=groups").text


@pytest.mark.parametrize(("role", "login"), [("评审专家", "expert0006"), ("申报单位联系人", "applicant0002"), ("推荐单位经办人", "officer-ru-js")])
def test_who_does_the_same_work_signs_in_with_the_same_password(house: House, role: str, login: str) -> None:
    assert "退出" in signed_in(house, role, login=login).get("/account").text


def test_who_mistypes_the_password_waits_seconds_though_the_clock_stands_still(house: House) -> None:
    wall = ManualClock(SystemClock().now())
    account, client = demo.accounts(house)[0], visitor(replace(house, wall=wall))
    for _ in range(2):
        assert post(client, "/login", "/login", login=account.login, password="mistyped at first").status_code == 422
    assert post(client, "/login", "/login", login=account.login, password=account.password).status_code == 422
    wall.step(timedelta(seconds=2))
    assert post(client, "/login", "/login", login=account.login, password=account.password).url.path == "/inbox"
    assert isinstance(house.wall, SystemClock)


def test_the_contact_sees_one_enterprise_at_five_stages(house: House) -> None:
    page = signed_in(house, "申报单位联系人").get("/portal").text
    assert {stage for stage in ("草稿", "补正", "入围答辩", "公示中", "已公告") if stage in page} == {
        "草稿",
        "补正",
        "入围答辩",
        "公示中",
        "已公告",
    }


def test_the_pages_speak_of_the_season_that_is_chosen(house: House) -> None:
    client = visitor(house)
    assert "演示：公示阶段" not in client.get("/public/notice").text
    post(client, "/seasons", "/seasons", season="cn-2023-r3")
    assert "演示：公示阶段" in client.get("/public/notice").text
    assert post(client, "/seasons", "/seasons", season="no-such").status_code == 404


def test_rehearsals_keep_the_plan_s_minimum_periods() -> None:
    folder = read_folder(SEASON)
    for stage in STAGES:
        rules = Season.from_settings(settings_of(files_of(stage, folder)))
        assert (rules.id, rules.title) == (stage.id, stage.title)
        years = [tomllib.loads(content.decode()) for path, content in folder.items() if path.startswith("calendar-")]
        assert check_plan(rules, calendar=Calendar.from_settings(years)) == ()
    assert files_of(STAGES[0], folder) == folder


# last: these move the clock


def test_a_few_clicks_bring_a_reminder_and_an_escalation(house: House) -> None:
    client = signed_in(house, "申报单位联系人")
    before = set(column(house, mail.c.id))
    for _ in range(4):
        answer = post(client, "/inbox", "/clock", step="day", then="/inbox")
        assert answer.url.path == "/inbox", "a step of the clock signs nobody out"
    assert house.clock.now() > PRESENT
    with house.database.read() as connection:
        rows = connection.execute(select(mail.c.template, mail.c.state, mail.c.id)).all()
    new = {(row.template, row.state) for row in rows if row.id not in before}
    filed = {template.partition("_")[2].rpartition("_")[2] for template, state in new if state == "filed"}
    assert {"reminder", "overdue"} <= filed, new
    assert list(house.settings.mail_folder.glob("*.eml"))


def test_a_step_to_the_next_deadline_stops_there(house: House) -> None:
    client = visitor(house)
    with house.database.read() as connection:
        ahead = connection.execute(
            select(tables.deadline.c.at).where(tables.deadline.c.tenant == "cn-2023", tables.deadline.c.at > house.clock.now())
        ).scalars()
        following = min(ahead)
    post(client, "/", "/clock", step="deadline")
    assert house.clock.now() == following
    assert doctor.examine(house) == []
    assert "lapsed" not in column(house, tables_application.application.c.state)
