"""Cases that are no applications have names that people know them by."""

import pytest
from sqlalchemy import insert

from store.selection.queries_names import CaseName, case_names
from store.selection.tables_result import batch, title
from web.naming import spoken

NAMES = [
    (CaseName("batch.publicity", place=1, items=30), "B4", ("公示批次第1批（30项）", "")),
    (CaseName("meeting.award", place=2, items=12), "M3", ("会议：形成推荐名单（12项）", "")),
    (CaseName("objection", "某公司", "某经验"), "O4", ("某公司", "异议 O4 · 某经验")),
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
