"""The season as a whole: extension of a deadline, what the public page says, golden facts that no single step decides."""

import re
from datetime import UTC, datetime

import pytest

from app.doctor import examine
from app.simulate import play as plays
from app.simulate.answers.base import words
from engine.contract import SYSTEM
from tests.acceptance.filing import SEAL, begins, promise
from tests.acceptance.stages import FOLDER, give_passwords, settings_of
from tests.acceptance.world import World


@pytest.fixture
def world(world_at):
    return world_at("签署")


def extended(world, reason="多地受台风影响"):
    """Units need their days too: 推荐截止 moves first."""
    director = world.as_("director")
    if reason.strip():
        assert not director.sends("/office/deadlines/推荐截止", {"at": "2023-09-20", "reason": reason}).refused
    page = director.goes("/office/deadlines/申报截止", params={"at": "2023-09-20"})
    return director, page, director.sends("/office/deadlines/申报截止", {"at": "2023-09-20", "reason": reason})


def test_the_deadline_everybody_sees_is_the_notices(world):
    """G01: 2023-09-15, the whole day."""
    assert "2023年9月15日" in world.stranger().goes("/").text
    assert "2023年9月15日" in world.as_("enterprise 1").goes("/portal").text


def test_there_are_forty_eight_units_and_the_association_is_none(world):
    """G11, G12, G13."""
    offered = begins(world, 1)
    offered.opens("填报申报材料")
    units = offered.form().offered["application_table.recommending_unit_id"] - {""}
    assert len(units) == 48
    assert "RU-CAQ" not in units
    names = {one.text_content().strip() for one in offered.page.doc.xpath("//select[@name='application_table.recommending_unit_id']/option")}
    assert {"山西省工业和信息化厅", "新疆生产建设兵团工业和信息化厅"} <= names  # G13: renamed since 2022


def test_four_directions_one_choice_and_the_years_before(world):
    """G26, G27, G29."""
    person = begins(world, 1)
    page = person.opens("填报申报材料")

    assert len(person.form().offered["application_table.focus_area"] - {""}) == 4
    assert (
        page.doc.xpath("count(//select[@name='application_table.focus_area' and not(@multiple)])") == 1
        or page.doc.xpath("count(//input[@type='radio' and @name='application_table.focus_area'])") == 4
    )
    (table,) = page.doc.xpath("//table[.//input[@name='economic_benefit.total_profit.y1']]")
    heads = [" ".join(one.text_content().split()) for one in table.xpath(".//thead//th")]
    assert [int(year) for head in heads for year in re.findall(r"^(20\d\d) 年$", head)] == [2020, 2021, 2022]
    rows = [" ".join(one.text_content().split()) for one in table.xpath(".//tbody/tr/th")]
    assert len(rows) == 10
    assert "万元总产值综合能耗" in rows[-1]
    assert "吨/万元" in rows[-1]
    assert "加盖财务公章" in page.text  # G30


def test_nobody_ever_asks_for_money(world):
    """G21."""
    person = world.as_("enterprise 1")
    for page in (*(person.goes(path) for path in ("/portal", f"/portal/{world.application(1)}", "/inbox")), world.stranger().goes("/")):
        assert not [words for words in ("支付", "缴费", "付款", "收费") if words in page.text], page.path
    notice = world.stranger().goes("/public/notice").text
    assert "不收取任何费用" in notice
    assert "收费" not in notice


def test_the_package_goes_to_the_associations_mailbox(world):
    """G38."""
    person = begins(world, 1)

    text = person.opens("填报申报材料").text

    assert "qmb@caq.org.cn" in text
    assert "申报企业全称" in text


@pytest.mark.postgresql
def test_the_front_door_is_the_same_on_postgresql(postgresql_url, tmp_path):
    """Registration, mailbox, binding and the first task, on the other database."""
    house = plays.empty_house(settings_of(tmp_path, database_url=postgresql_url), start=datetime(2023, 8, 2, 1, 0, tzinfo=UTC))
    world = World(house, plays.prepare(house, plays.Wish(folder=FOLDER, applications=1)))
    house.engine.start(process="season", business_key="cn-2023", variables={"season": "cn-2023"}, tenant="cn-2023", actor=SYSTEM)
    give_passwords(world.play)
    world.settles()
    world.as_("clerk").does(
        "拟订活动通知", {"title": "关于开展遴选活动的通知", "number": "中国质协字〔2023〕71号", "text": words("现将有关事项通知如下")}
    )
    world.as_("director").does("签发活动通知", {"outcome": "issue"})

    person = begins(world, 1)

    assert person.tasks() == ["填报申报材料"]
    assert person.goes(f"/portal/{person.application}").status == 200
    house.close()


# extension of a deadline


def test_the_preview_shows_what_an_extension_touches_and_changes_nothing(world):
    director = world.as_("director")
    assert not director.sends("/office/deadlines/推荐截止", {"at": "2023-09-20", "reason": "多地受台风影响"}).refused

    page = director.goes("/office/deadlines/申报截止", params={"at": "2023-09-20"})

    assert "签署承诺并提交" in page.text
    assert "2023年9月20日" in page.text
    assert "2023年9月15日" in world.stranger().goes("/").text


def test_an_extension_needs_a_reason(world):
    _, _, page = extended(world, reason=" ")

    assert page.refused
    assert "原因" in page.complaints


def test_applications_never_close_after_the_units_list(world):
    """通知 一(三): 推荐截止 moves first; the page says so before and after the reason is typed."""
    director = world.as_("director")
    page = director.goes("/office/deadlines/申报截止", params={"at": "2023-09-20"})
    assert page.status == 422
    assert "请先调整“推荐截止”" in page.complaints
    page = director.sends("/office/deadlines/申报截止", {"at": "2023-09-20", "reason": "多地受台风影响"})
    assert "请先调整“推荐截止”" in page.complaints
    assert "2023年9月15日" in world.stranger().goes("/").text


def test_a_deadline_does_not_move_into_the_past_or_to_where_it_is(world):
    director = world.as_("director")
    for day, words_of_it in (("2023-08-03", "应晚于现在"), ("2023-09-15", "与原来相同")):
        page = director.sends("/office/deadlines/推荐截止", {"at": day, "reason": "多地受台风影响"})
        assert page.refused
        assert words_of_it in page.complaints


def test_the_preview_says_which_period_of_the_plan_becomes_too_short(world):
    page = world.as_("director").goes("/office/deadlines/推荐截止", params={"at": "2023-09-20"})
    assert "不足5个工作日" in page.text


def test_after_an_extension_people_are_told_and_may_submit_longer(world):
    person = world.as_("enterprise 1")
    _, _, page = extended(world)
    assert not page.refused
    assert "多地受台风影响" in page.text
    assert any("9月20日" in mail.body for mail in person.mails)

    world.time_is("2023-09-17T10:00")
    assert "签署承诺并提交" in person.tasks()
    person.does("签署承诺并提交", promise(world), files=SEAL)

    assert "推荐单位审核中" in person.goes(f"/portal/{world.application(1)}").text


def test_reminders_move_with_the_deadline(world):
    extended(world)
    person = world.as_("enterprise 1")
    before = len(person.mails)

    world.time_is("2023-09-17T10:00")

    late = [mail for mail in person.mails[before:] if "9月15日" in mail.body]
    assert late == []
    assert len(person.mails) > before


def test_one_application_gets_longer_with_a_reason_and_the_others_do_not(world):
    """A-14: an individually logged extension. Its page shows what it touches; due date, timer and reminders follow; the people are told."""
    director, person, other = world.as_("director"), world.as_("enterprise 1"), world.as_("enterprise 2")
    where = director.goes(f"/cases/{world.application(1)}").link("单项延期：申报截止")
    refused = director.goes(where, params={"only": world.application(1), "at": "2023-09-15"})
    assert "2023年9月15日" in refused.text
    assert not director.sends("/office/deadlines/推荐截止", {"at": "2023-09-21", "reason": "为单项延期留出时间"}).refused
    page = director.goes("/office/deadlines/申报截止", params={"only": world.application(1), "at": "2023-09-20"})
    assert "签署承诺并提交" in page.text
    assert world.enterprise(1) in page.text
    assert world.enterprise(2) not in page.text
    told = {"at": "2023-09-20", "reason": "当地网络中断三天", "only": world.application(1)}
    assert director.sends("/office/deadlines/申报截止", told | {"reason": " "}).refused
    assert director.sends("/office/deadlines/申报截止", told | {"at": "2023-09-22"}).refused, "not after the unit's list"

    assert not director.sends("/office/deadlines/申报截止", told).refused

    assert any("当地网络中断三天" in mail.body and "仅限申报" in mail.body for mail in person.mails)
    assert not [mail for mail in other.mails if "当地网络中断三天" in mail.body]
    assert "时间节点调整" in director.goes(f"/cases/{world.application(1)}").text
    assert "当地网络中断三天" in director.goes("/office/deadlines").text
    assert "2023年9月15日" in world.stranger().goes("/").text
    world.time_is("2023-09-17T10:00")
    assert "签署承诺并提交" not in other.tasks()
    person.does("签署承诺并提交", promise(world), files=SEAL)
    assert "推荐单位审核中" in person.goes(f"/portal/{world.application(1)}").text
    back = {"opinion": words("请补充近三年数据"), "outcome": "return"}
    assert not world.as_("unit").tries("初步审核", back, about=world.enterprise(1)).refused, "its own time is not over"
    assert "修改退回材料" in person.tasks()
    assert examine(world.house) == []


def test_an_extension_for_one_ends_too_and_never_takes_time_away(world):
    director, person = world.as_("director"), world.as_("enterprise 1")
    director.sends("/office/deadlines/推荐截止", {"at": "2023-09-21", "reason": "为单项延期留出时间"})
    told = {"at": "2023-09-18", "reason": "当地网络中断三天", "only": world.application(1)}
    assert not director.sends("/office/deadlines/申报截止", told).refused
    page = director.sends("/office/deadlines/申报截止", told | {"at": "2023-09-15"})
    assert page.refused
    assert not director.sends("/office/deadlines/申报截止", {"at": "2023-09-20", "reason": "多地受台风影响"}).refused

    world.time_is("2023-09-20T10:00")
    assert "签署承诺并提交" in person.tasks(), "everybody's is later now"
    world.time_is("2023-09-21T00:00")
    assert "签署承诺并提交" not in person.tasks()


def test_only_the_office_moves_a_deadline(world):
    for who in ("enterprise 1", "unit", "expert 1"):
        assert world.as_(who).goes("/office/deadlines").status == 404
        assert world.as_(who).sends("/office/deadlines/申报截止", {"at": "2023-09-20", "reason": "自行延期"}).status == 404
    assert "2023年9月15日" in world.stranger().goes("/").text
