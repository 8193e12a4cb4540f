"""答辩 and 现场考察: the invitation, absence with one new date, a visit that finds 不实."""

from datetime import timedelta

import pytest

from app.simulate.answers.base import words
from selection.defence import drawn
from selection.findings import Finding
from store.selection.facts import Facts
from tests.acceptance.filing import SCAN

PLAN, COME, ABSENT = "安排答辩", "登记到场", "处理缺席答辩"


@pytest.fixture
def world(world_at):
    return world_at("答辩")


def invited(world, day="2023-10-26"):
    """The defence is planned; in come the numbers of the shortlisted."""
    clerk = world.as_("clerk")
    clerk.opens(PLAN)
    waiting = sorted(clerk.form().offered["slots[#].application"] - {""})
    slots = [{"application": one, "starts_at": f"{day}T{9 + place:02d}:00", "place": "北京会议中心"} for place, one in enumerate(waiting)]
    clerk.does(PLAN, {"slots": slots})
    return waiting


def number_of(world, application):
    return next(part.number for part in world.play.parts if part.application == application)


def at_the_door(world, present):
    secretary = world.as_("secretary")
    secretary.opens(COME)
    called = sorted(secretary.form().offered["entries[#].application"] - {""})
    secretary.does(COME, {"entries": [{"application": one, "present": one in present} for one in called]})


def test_who_is_invited_learns_when_and_where_and_confirms_with_slides(world):
    waiting = invited(world)
    person = world.as_(f"enterprise {number_of(world, waiting[0])}")
    assert any("北京会议中心" in mail.body for mail in person.mails)

    page = person.tries("确认参加答辩并提交答辩材料", {"attend": "yes", "speakers": [{"name": "王代表", "position": "总经理"}]})
    assert page.refused
    person.does(
        "确认参加答辩并提交答辩材料",
        {"attend": "yes", "speakers": [{"name": "王代表", "position": "总经理"}]},
        files=[("答辩材料", "答辩.pdf", SCAN)],
    )

    assert "确认参加答辩并提交答辩材料" not in person.tasks()


def test_who_is_invited_after_the_slides_were_due_has_three_working_days_all_the_same(world):
    world.time_is("2023-10-24T10:00")
    waiting = invited(world, day="2023-10-31")
    person = world.as_(f"enterprise {number_of(world, waiting[0])}")

    person.opens("确认参加答辩并提交答辩材料")

    assert "2023年10月27日" in person.page.text
    assert any("10月27日" in mail.body for mail in person.mails)
    world.time_is("2023-10-26T18:00")
    assert "电话催办" not in world.as_("clerk").tasks()
    world.time_is("2023-10-31T08:00")
    assert "电话催办" in world.as_("clerk").tasks()


@pytest.mark.parametrize(("least", "most", "few", "many"), [(5, 7, 4, None), (2, 3, 1, 4)])
def test_the_season_says_how_many_experts_may_be_chosen_to_judge_a_defence(world, tmp_path, least, most, few, many):
    """A-59: who chooses among a group's experts chooses as many as the season wants."""
    if (least, most) != (5, 7):
        world.season_says(tmp_path / "season", {"defence_min = 5": f"defence_min = {least}", "defence_max = 7": f"defence_max = {most}"})
    clerk = world.as_("clerk")
    assert f"{least}～{most}人" in clerk.opens(PLAN).text
    offered = clerk.form().offered
    waiting, experts = sorted(offered["slots[#].application"] - {""}), sorted(offered["experts"] - {""})
    slots = [{"application": one, "starts_at": f"2023-10-26T{9 + at:02d}:00", "place": "北京会议中心"} for at, one in enumerate(waiting)]

    for number in filter(None, (few, many)):
        page = clerk.tries(PLAN, {"slots": slots, "experts": experts[:number]})
        assert page.refused, number
        assert f"答辩评委应为{least}至{most}人" in page.complaints
    clerk.does(PLAN, {"slots": slots, "experts": experts[:least]})


def test_what_the_office_asks_to_mind_reaches_who_comes(world):
    clerk = world.as_("clerk")
    clerk.opens(PLAN)
    waiting = sorted(clerk.form().offered["slots[#].application"] - {""})
    slots = [{"application": one, "starts_at": f"2023-10-26T{9 + at:02d}:00", "place": "北京会议中心"} for at, one in enumerate(waiting)]
    clerk.does(PLAN, {"slots": slots, "note": "请携带身份证件，提前半小时到场。"})

    person = world.as_(f"enterprise {number_of(world, waiting[0])}")
    assert any("提前半小时到场" in mail.body for mail in person.mails)
    person.opens("确认参加答辩并提交答辩材料")
    for told in ("2023年10月26日", "北京会议中心", "提前半小时到场", "陈述15分钟"):
        assert told in person.page.text, told


def test_who_comes_is_reminded_on_the_morning_before_and_two_hours_before(world):
    """§9.3, 28: D−1 d and −2 h; whose defence is later is told later."""
    coming = [world.as_(f"enterprise {number_of(world, one)}") for one in invited(world)]

    def reminded():
        return sorted(len([mail for mail in person.mails if "答辩提醒" in mail.subject]) for person in coming)

    once = [1] * len(coming)
    world.time_is("2023-10-25T09:00")
    assert reminded() == once
    world.time_is("2023-10-26T06:59")
    assert reminded() == once
    world.time_is("2023-10-26T07:00")
    assert reminded() == [*once[1:], 2]
    world.time_is("2023-10-26T08:00")
    assert reminded() == [*once[2:], 2, 2]


def test_the_invitation_comes_five_working_days_before(world):
    clerk = world.as_("clerk")
    clerk.opens(PLAN)
    waiting = sorted(clerk.form().offered["slots[#].application"] - {""})
    soon = f"{world.now + timedelta(days=1):%Y-%m-%d}T09:00"

    page = clerk.tries(PLAN, {"slots": [{"application": one, "starts_at": soon, "place": "北京会议中心"} for one in waiting]})

    assert page.refused
    assert "工作日" in page.complaints


def test_absence_counts_only_after_a_second_date(world):
    waiting = invited(world)
    world.time_is("2023-10-26T18:00")
    at_the_door(world, waiting[1:])
    clerk, missing = world.as_("clerk"), [{"application": waiting[0], "reason": words("航班取消")}]

    clerk.does(ABSENT, {"cases": missing, "outcome": "new_date"})
    clerk.opens(PLAN)
    assert clerk.form().offered["slots[#].application"] - {""} == {waiting[0]}
    again = {"application": waiting[0], "starts_at": "2023-11-03T09:00", "place": "线上"}
    clerk.does(PLAN, {"slots": [again]})
    world.time_is("2023-11-03T18:00")
    at_the_door(world, [])

    assert clerk.tries(ABSENT, {"cases": missing, "outcome": "new_date"}).refused
    clerk.does(ABSENT, {"cases": missing, "outcome": "absent"})

    assert ABSENT not in clerk.tasks()
    absent = world.as_(f"enterprise {number_of(world, waiting[0])}")
    assert "入围答辩" in absent.goes(f"/portal/{waiting[0]}").text, "the committee decides (A-11)"


def test_a_season_may_take_an_absence_for_a_withdrawal(world, tmp_path):
    """A-11 is a default: the application ends with the reason, and does not come before the second 合议."""
    world.season_says(tmp_path / "season", {'absence = "zero"': 'absence = "withdrawal"', "new_dates = 1": "new_dates = 0"})
    waiting = invited(world)
    world.time_is("2023-10-26T18:00")
    at_the_door(world, waiting[1:])

    world.as_("clerk").does(ABSENT, {"cases": [{"application": waiting[0], "reason": words("航班取消")}], "outcome": "absent"})

    gone = world.as_(f"enterprise {number_of(world, waiting[0])}")
    assert "已终止" in gone.goes(f"/portal/{waiting[0]}").text
    (letter,) = [mail for mail in gone.mails if "缺席答辩" in mail.body]
    assert "视为撤回" in letter.body
    there = world.as_(f"enterprise {number_of(world, waiting[1])}")
    assert "入围答辩" in there.goes(f"/portal/{waiting[1]}").text


def test_lots_decide_who_comes_when_and_anybody_can_draw_them_again(world):
    """A-66: 顺序抽签确定; the record holds the seed, and the seed gives the same order."""
    waiting = invited(world)
    world.time_is("2023-10-26T18:00")
    page = world.as_("secretary").opens(COME)
    shown = page.text

    seed = page.doc.xpath("string(//dt[normalize-space()='抽签种子']/following-sibling::dd[1])").strip()
    with world.house.database.read() as connection:
        slots = Facts(connection).defences.of_group(seed.partition("/")[0])
    mine = [slot.application for slot in slots]
    assert tuple(mine) == drawn(waiting, seed=seed)
    assert [slot.order for slot in slots] == sorted(slot.order for slot in slots)
    places = [shown.index(world.enterprise(number_of(world, one))) for one in mine]
    assert places == sorted(places)
    first = world.as_(f"enterprise {number_of(world, mine[0])}")
    assert any("09:00" in mail.body for mail in first.mails)


def test_a_visit_is_suggested_with_what_suggests_it(world):
    """A-65: an open cross check of the figures (X05-X07), an open objection; who has neither is not named."""
    waiting = invited(world)
    world.others_go_on("2023-10-26T20:00", but=("N09a",))
    doubted, contested, calm = waiting[:3]
    now = world.house.clock.now()
    grown = Finding(id="X07", severity="warn", verdict="fail", zh="相邻年度数值变化过大", en="a value changes unusually")
    with world.house.database.write() as connection:
        facts = Facts(connection)
        for one, found in ((doubted, [grown]), (contested, [])):
            facts.applications.note_findings(application=one, moment="submit", findings=found, at=now)
        objection = {"receipt": "2023-YY-0001-AB", "channel": "letter", "objector": {"name": "李群众", "contact": "x"}, "anonymous": False}
        facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={contested: {}}, at=now)
        (batch,) = facts.publicity.batches("cn-2023")
        facts.publicity.lodge(
            objection=facts.publicity.reserve_objection(), season="cn-2023", batch=batch.id, application=contested,
            facts="反映数据", received_at=now, **objection,
        )  # fmt: skip

    page = world.as_("director").opens("确定现场考察")

    suggested = [page.rows(world.enterprise(number_of(world, one))) for one in (doubted, contested, calm)]
    assert any("相邻年度数值变化过大" in row for row in suggested[0])
    assert any("有未办结的异议" in row for row in suggested[1])
    assert suggested[2] == []
    with world.house.database.write() as connection:
        facts = Facts(connection)
        group = facts.applications.get(calm).group
        facts.reviews.summarise(group=group, application=calm, rank=1, comment="汇总", at=now, by="X1", visit="请核实设备综合效率")
    (row,) = world.as_("director").opens("确定现场考察").rows("请核实设备综合效率")
    assert "组长建议现场考察" in row


def test_what_a_visit_finds_untrue_is_never_awarded(world):
    waiting = invited(world)
    untrue = waiting[0]
    world.others_go_on("2023-10-26T20:00", but=("N09a", "N09b"))
    director = world.as_("director")
    director.opens("确定现场考察")
    leaders = sorted(director.form().offered["visits[#].leader"] - {""})
    on = "2023-11-02"
    visit = {"application": untrue, "doubts": words("数据与行业水平差异较大"), "leader": leaders[0], "members": leaders[:2], "on": on}
    clerks = sorted(director.form().offered["visits[#].clerk"] - {""})
    assert director.tries("确定现场考察", {"visits": [visit]}, forced=True).refused, "a clerk goes along"
    visit |= {"clerk": clerks[0]}
    director.does("确定现场考察", {"visits": [visit]})
    world.time_is(f"{on}T18:00")
    expert = world.as_(f"expert {int(leaders[0].lstrip('X'))}")
    assert "随行经办人" in expert.opens("提交现场考察报告").text
    report = {"visited_on": on, "findings": words("现场数据与申报不一致"), "conclusion": "不实"}
    expert.does("提交现场考察报告", report, files=[("考察报告", "考察报告.pdf", SCAN)])
    world.others_go_on(f"{world.now:%Y-%m-%dT%H:%M}", but=("N07b",))

    secretary = world.as_("secretary")
    world.time_is(f"{world.now + timedelta(days=4):%Y-%m-%d}T12:00")
    if "准备合议材料" in secretary.tasks():
        world.others_go_on(f"{world.now + timedelta(days=2):%Y-%m-%dT%H:%M}", but=("N07b",))
    secretary.opens("合议并登记表决结果")
    offered = secretary.form().offered
    members = sorted(offered["present"])
    lines = [
        {"item": one, "votes_for": len(members), "votes_against": 0, "abstained": 0, "decision": "approve", "reason": words("经合议")}
        for one in sorted(offered["items[#].item"] - {""})
    ]
    record = {"present": members, "presiding": min(offered["presiding"] - {""}), "items": lines, "outcome": "decided"}

    page = secretary.tries("合议并登记表决结果", record, files=[("签字的表决记录", "表决.pdf", SCAN)])

    assert page.refused
    assert "不实" in page.complaints
