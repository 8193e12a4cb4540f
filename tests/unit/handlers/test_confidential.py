"""What somebody tells in confidence is a fact of the office; it never enters a process."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app import season as seasons
from app.settings import Settings
from app.simulate.play import empty_house, first_moment
from engine.contract import Actor
from selection.errors import HouseError
from store.engine import tables
from store.selection.facts import Facts

FOLDER = Path("processes/cn-2023")
PUBLIC = Actor("public", "社会公众", kind="public")
CLERK = Actor("P9", "经办人", frozenset({"office_clerk@caq"}))
TOLD = {
    "name": "张三",
    "contact": "13800000000",
    "facts": "该单位申报的质量损失率与其公开年报所列数据明显不一致，请核实。",
    "channel": "page",
}


@pytest.fixture
def house(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}", files_folder=tmp_path / "files", mail_folder=tmp_path / "mails")
    found = empty_house(settings, start=first_moment(FOLDER))
    seasons.deploy(found, FOLDER)
    yield found
    found.close()


@pytest.fixture
def published(house):
    now = house.clock.now()
    with house.database.write() as connection:
        facts = Facts(connection)
        enterprise = facts.people.bind_enterprise(uscc="91350100M000100Y43", name="甲", by="P1", at=now)
        application = facts.applications.open(season="cn-2023", enterprise=enterprise, at=now)
        batch = facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={application: {}}, at=now)
        facts.publicity.change_item(batch=batch, application=application, state="public", starts=now)
    return {"season": "cn-2023", "batch": batch, "application": application, "enterprise": enterprise}


def lodge(house, published, **changed):
    return house.engine.start(
        process="objection",
        business_key="O1",
        variables={**published, "objection": "O1"},
        payload=TOLD | changed,
        tenant="cn-2023",
        actor=PUBLIC,
    )


def history(house):
    with house.database.read() as connection:
        return str(connection.execute(select(tables.history.c.data)).all())


def test_who_objects_is_kept_and_is_nowhere_in_the_process(house, published):
    lodge(house, published)
    with house.database.read() as connection:
        assert Facts(connection).publicity.objection("O1").objector == {"name": "张三", "contact": "13800000000", "language": "zh"}
    assert "张三" not in history(house)


def test_an_objection_that_says_nothing_starts_nothing(house, published):
    with pytest.raises(HouseError) as refusal:
        lodge(house, published, facts="不行")
    assert refusal.value.code == "objection.facts"
    assert history(house) == "[]"


def test_a_report_about_a_title_is_kept_and_is_nowhere_in_the_process(house):
    variables = {"season": "cn-2023", "title": "T1", "enterprise": "", "imported": True}
    told = {"holder": "乙", "experience": "经验", "year": 2019}
    house.engine.start(process="title", business_key="T1", variables=variables, payload=told, tenant="cn-2023", actor=CLERK)
    payload = {"source": "知情人李四", "facts": "申报材料弄虚作假"}
    house.engine.correlate(message="title.report", key="T1", payload=payload, tenant="cn-2023", actor=CLERK)
    with house.database.read() as connection:
        assert Facts(connection).titles.open_case("T1").report["source"] == "知情人李四"
    assert "李四" not in history(house)
