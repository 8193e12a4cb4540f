"""§9.2: how far the season is stands on the office's page, in both languages, as its diagrams reach it; and a season of other steps."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.doctor import examine
from app.simulate import play as plays
from app.standing import resume_season, suspend_season
from engine.contract import SYSTEM
from selection.errors import Conflict, NotFound
from store.engine import queries
from store.engine.tables import instance, task
from store.selection.facts import Facts
from tests.acceptance.filing import SEAL, promise
from tests.acceptance.stages import FOLDER, settings_of
from tests.acceptance.test_8_publicity import OBJECTION, deliberated, investigated, objects, published
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


def test_everything_of_a_season_stands_still_with_it_and_goes_on_with_it(world_at):
    """No task is done, no deadline closes anything and nobody begins while it is suspended; then what fell due happens."""
    world = world_at("签署")
    person, beginner = world.as_("enterprise 1"), world.as_("enterprise 2")
    assert person.tasks() == ["签署承诺并提交"]
    alone = _root_of(world, world.application(2))
    world.house.engine.suspend(root=alone, reason="单独暂停", actor=SYSTEM)
    world.days_pass(0.1)
    before = examine(world.house)

    assert suspend_season(world.house, season="cn-2023", reason="系统维护") > 1
    assert suspend_season(world.house, season="cn-2023", reason="再次") == 0

    page = person.tries("签署承诺并提交", promise(world), files=SEAL)
    assert page.refused
    assert "暂停" in page.complaints
    assert beginner.sends("/portal/applications", {}).refused
    world.time_is("2023-09-16T09:00")
    assert person.tasks() == ["签署承诺并提交"], "no deadline closed it"

    assert resume_season(world.house, season="cn-2023", reason="恢复") > 1
    world.settles()
    assert person.tasks() == [], "what fell due meanwhile has happened"
    assert _status(world, alone) == "suspended", "what was suspended by itself stays so"
    assert examine(world.house) == before
    with pytest.raises(Conflict):
        resume_season(world.house, season="cn-2023", reason="恢复")
    with pytest.raises(NotFound):
        suspend_season(world.house, season="cn-1999", reason="没有")


STANDING = "/season/standing"


def test_the_director_lets_the_season_stand_still_and_go_on_from_its_page(world_at):
    """§9.2, decision 0014: a reason, a second look, an entry with the actor's name; the public reads it and may still object."""
    world = world_at("公示")
    where = published(world).path
    director, stranger = world.as_("director"), world.stranger()
    asked = {"act": "suspend", "reason": "系统升级", "seen": "yes"}
    assert director.goes("/office").has_link("暂停活动")
    assert "在办流程将一并暂停" in director.goes(STANDING).text
    for lacking in ("act", "reason", "seen"):
        assert director.sends(STANDING, {**asked, lacking: ""}).refused
    assert world.as_("clerk").goes(STANDING).status == 404

    assert not director.sends(STANDING, asked).refused

    assert [stranger.goes(path).text.count("本年度活动已暂停") for path in ("/", "/public/notice", where)] == [1, 1, 1]
    own = _entries(world, _season_root(world), "suspend")
    who = director.page.doc.xpath("string(//body/@data-person)")
    assert [(entry["actor"], entry["data"]["reason"]) for entry in own] == [(who, "系统升级")]
    stranger.goes(where)
    objection = stranger.page.link("提出异议")
    assert "异议仍可在期内提出" in stranger.goes(objection).text
    assert not stranger.sends(objection, OBJECTION).refused
    assert "登记并受理异议" in world.as_("clerk").tasks()

    world.time_is("2023-11-24T09:00")
    assert "公示截止" in director.goes(STANDING).text, "what passed meanwhile is told before it counts"
    assert not director.sends(STANDING, {**asked, "act": "resume"}).refused
    assert "本年度活动已暂停" not in stranger.goes("/").text
    assert director.sends(STANDING, {**asked, "act": "resume"}).refused


def _entries(world, root, kind):
    with world.house.database.read() as connection:
        return queries.history_of(connection, root, kinds=(kind,))


def _season_root(world):
    with world.house.database.read() as connection:
        return connection.execute(select(instance.c.root).where(instance.c.process == "season")).scalar_one()


def _root_of(world, application):
    with world.house.database.read() as connection:
        return connection.execute(select(instance.c.root).where(instance.c.business_key == application)).scalar_one()


def _status(world, root):
    with world.house.database.read() as connection:
        return connection.execute(select(instance.c.status).where(instance.c.root == root)).scalar_one()


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
