"""Cases that are no applications have names that people know them by."""

import pytest
from sqlalchemy import insert

from store.selection.queries_names import CaseName, case_names
from store.selection.tables_result import batch, title
from tests.web import many
from web.naming import called, roles_told, spoken

NAMES = [
    (CaseName("batch.publicity", place=1, items=30), "B4", ("公示批次第1批（30项）", "")),
    (CaseName("meeting.award", place=2, items=12), "M3", ("会议：形成推荐名单（12项）", "")),
    (CaseName("objection", "某公司", "某经验", number="2023-YY-0004"), "O4", ("某公司", "异议 2023-YY-0004 · 某经验")),
    (CaseName("title", "某公司", "某经验"), "CN-2023-003", ("某公司", "称号 CN-2023-003 · 某经验")),
    (CaseName("season", "2023年全国质量标杆"), "cn-2023", ("2023年全国质量标杆", "")),
]


@pytest.mark.parametrize(("name", "key", "lines"), NAMES, ids=[name.kind for name, _, _ in NAMES])
def test_a_case_is_called_by_its_name(name, key, lines):
    assert spoken(name, key, language="zh") == lines
    assert not any("\u4e00" <= sign <= "\u9fff" for line in spoken(CaseName(name.kind), key, language="en") for sign in line)


def test_batches_are_numbered_in_their_season_and_kind(house, season):
    now = house.clock.now()

    def work(connection):
        for number, kind in (("B2", "publicity"), ("B9", "announcement"), ("B10", "publicity")):
            connection.execute(insert(batch).values(id=number, season=season, kind=kind, data={}, created_at=now))
        row = {"id": "2019-07", "season": season, "holder": "老企业", "experience_name": "老经验", "year": 2019, "imported": True}
        connection.execute(insert(title).values(row))

    house.database.run(work)
    with house.database.read() as connection:
        found = case_names(connection, ["B10", "B9", "2019-07", season, "unknown"])
        assert case_names(connection, []) == {}

    assert {key: (name.kind, name.place) for key, name in found.items()} == {
        "B10": ("batch.publicity", 2), "B9": ("batch.announcement", 1), "2019-07": ("title", 0), season: ("season", 0),
    }  # fmt: skip
    assert found["2019-07"].heading == "老企业"


def test_what_is_known_by_a_name_is_called_by_it(house, season):
    now = house.clock.now()
    house.database.run(lambda connection: connection.execute(insert(batch).values(id="B2", season=season, kind="publicity", data={}, created_at=now)))
    many.more_cases(house, range(1))
    with house.database.read() as connection:
        found = called(connection, ["B2", "A000", f"{season}/RU-LN", "unknown"], language="zh")

    assert found == {"B2": "公示批次第1批（0项）", "A000": "企业000", f"{season}/RU-LN": "辽宁省工业和信息化厅"}


def test_roles_that_are_called_the_same_are_said_once():
    groups = {"committee@cn-2023", "expert_group@G1", "expert_group@G5", "unheard@X"}
    names = {"cn-2023": "2023年全国质量标杆", "G1": "第1专业组", "G5": "第1专业组"}

    told = roles_told(groups, names, language="zh")

    assert len(told) == 3
    assert "unheard · X" in told
    assert sum("第1专业组" in one for one in told) == 1
