"""§9.2: how far the season is stands on the office's page, in both languages, as its diagrams reach it; and a season of other steps."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.doctor import examine
from app.simulate import play as plays
from engine.contract import SYSTEM
from store.engine.tables import instance, task
from store.selection.facts import Facts
from tests.acceptance.stages import FOLDER, settings_of
from tests.acceptance.test_8_publicity import deliberated, investigated, objects, published
from web.deadlines import plan_of
from web.office import STATES


def shown(world, language="zh"):
    """The state on the office's page."""
    person = world.as_("clerk")
    person.client.cookies.set("language", language)
    return person.goes("/office").doc.xpath("string(//div[@class='head']//span[contains(@class,'tag')])").strip()


@pytest.mark.parametrize(
    ("stage", "zh", "en"),
    [("发布入围", "答辩名单已定", "Shortlist decided"), ("答辩", "答辩评审", "Defence"), ("已公告", "跟踪管理", "Follow-up")],
)
def test_the_office_reads_how_far_the_season_is(world_at, stage, zh, en):
    world = world_at(stage)
    assert shown(world) == zh
    assert shown(world, "en") == en
    assert examine(world.house) == []


def test_while_an_objection_is_open_the_season_says_so(world_at):
    world = world_at("公示")
    published(world)
    assert shown(world) == "公示"

    objects(world, 1)
    assert shown(world) == "异议处理"
    investigated(world, 1, "dismissed")
    deliberated(world, "refuse")

    assert shown(world) == "公示"


def test_a_season_that_stands_still_or_was_ended_says_so_inside_and_outside(world_at):
    world = world_at("分组")
    with world.house.database.read() as connection:
        root = connection.execute(select(instance.c.root).where(instance.c.process == "season")).scalar_one()
    before = shown(world)

    world.house.engine.suspend(root=root, reason="系统维护", actor=SYSTEM)
    assert (shown(world), shown(world, "en")) == ("已暂停", "Suspended")
    assert "本年度活动已暂停" in world.stranger().goes("/").text
    world.house.engine.resume(root=root, reason="恢复", actor=SYSTEM)
    assert shown(world) == before
    world.house.engine.cancel(root=root, reason="活动取消", actor=SYSTEM)

    assert shown(world) == "已取消"
    assert "本年度活动已取消" in world.stranger().goes("/").text
    assert examine(world.house) == []


def test_every_state_has_its_words():
    assert {"shortlist_decided", "objections_open", "follow_up", "suspended", "cancelled"} <= set(STATES)


def test_who_was_heard_has_had_its_defence_until_the_second_meeting(world_at):
    """§9.1: defence_done, between the judges' last sheet and the second 合议."""
    world = world_at("答辩")
    world.others_go_on("2023-11-06T20:00", but=("N09a",))
    assert "确定现场考察" in world.as_("director").tasks()

    with world.house.database.read() as connection:
        states = {row.state for row in Facts(connection).applications.of_season("cn-2023")}
    assert "defence_done" in states
    assert "defence_scheduled" not in states
    assert examine(world.house) == []


def test_a_season_without_a_defence_goes_from_the_groups_to_the_award(tmp_path):
    """A season of four whose season.toml holds no defence, played to the evening before its second 合议."""
    season = tmp_path / "cn-2023"
    shutil.copytree(FOLDER, season)
    text = (season / "season.toml").read_text(encoding="utf-8")
    for old, new in (("[defence] # A-66\nheld = true", "[defence] # A-66\nheld = false"), ("desk = 0.4\ndefence = 0.6", "desk = 1\ndefence = 0")):
        assert old in text
        text = text.replace(old, new)
    (season / "season.toml").write_text(text, encoding="utf-8")
    house = plays.empty_house(settings_of(tmp_path / "house"), start=plays.first_moment(season))
    play = plays.prepare(house, plays.Wish(folder=season, applications=4))
    plays.run(play, until=play.plan["合议二"] - timedelta(hours=12))

    assert examine(house) == []
    with house.database.read() as connection:
        facts, elements = Facts(connection), set(connection.execute(select(task.c.element)).scalars())
        (meeting,) = facts.meetings.of_season("cn-2023")
        waiting = {row.id for row in facts.applications.of_season("cn-2023", state="awaiting_meeting2")}
        items = {row.item: row.rank for row in facts.meetings.items(meeting.id)}
        listed = {row["name"] for row in plan_of(house, connection, "cn-2023")}
        desk = {one: facts.reviews.stage_score(application=one, stage="desk").mean for one in items}
    house.close()
    assert meeting.kind == "award"
    assert waiting
    assert waiting <= set(items)  # one withdraws after the meeting was called
    assert sorted(items, key=items.get) == sorted(items, key=lambda one: -float(desk[one]))  # the desk scores alone make the order
    assert not {"N08a", "N08b", "N08c", "N08e", "N07d"} & elements
    assert not {"合议一", "答辩材料截止", "答辩开始", "答辩结束"} & listed
    assert {"合议二", "考察开始"} <= listed
    assert "N09a" in elements  # visits are another switch
