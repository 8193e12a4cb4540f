"""代录评分表 (§14): an expert scores on paper; the office records it with its scan, a second person compares, then it counts as the expert's."""

from decimal import Decimal

import pytest

from app.simulate.answers.base import words
from app.simulate.scores import sheet
from store.selection.facts import Facts
from tests.acceptance.filing import SCAN
from tests.acceptance.test_5_review import DECLARE, READ, SIGNED, data_of, desk, readers
from tests.acceptance.test_7_defence import at_the_door, invited

RECORD, CHECK = "代录评分表", "代录评分复核"
SCANNED = [("纸质评分表扫描件", "评分表.pdf", SCAN)]


@pytest.fixture
def world(world_at):
    return world_at("资料评审")


@pytest.fixture
def expert(world):
    """An expert who has signed and whose reading has begun."""
    person = readers(world)[0]
    person.does(DECLARE, SIGNED)
    desk(person)
    return person


def place_of(person):
    return f"/group/G1/seats/{person.login.replace('expert', 'X').replace('X0', 'X', 1)}/record"


def paper(world, number, total=88, stage="desk"):
    """What stands on the paper."""
    data = sheet(season=world.play.rules, application=world.application(number), total=total, stage=stage)
    data.pop("application")
    return data


def begins(world, person, number, who="clerk"):
    clerk = world.as_(who)
    assert clerk.goes("/group/G1").has_link(RECORD)
    where = place_of(person)
    assert not clerk.goes(where).refused, where
    return clerk.sends(where, {"application": world.application(number), "reason": words("专家以纸质评分表评分")})


def recorded(world, person, number, *, total=88):
    assert not begins(world, person, number).refused
    world.as_("clerk").does(RECORD, paper(world, number, total) | {"outcome": "record"}, files=SCANNED)
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})


def test_a_paper_sheet_is_recorded_with_its_scan_checked_by_another_and_counts_as_the_experts(world, expert):
    assert not begins(world, expert, 1).refused
    clerk = world.as_("clerk")
    assert clerk.tries(RECORD, paper(world, 1) | {"outcome": "record"}).refused
    clerk.does(RECORD, paper(world, 1) | {"outcome": "record"}, files=SCANNED)
    same = clerk.tries(CHECK, {"outcome": "agree"})
    assert same.refused
    assert "另一名" in same.complaints

    second = world.as_("second clerk")
    shown = second.opens(CHECK)
    assert "评分表.pdf" in shown.text
    assert "科学性" in shown.text
    second.does(CHECK, {"outcome": "agree"})

    page = expert.goes(desk(expert).path, params={"application": world.application(1)})
    assert "由办公室根据您的纸质评分表代录" in page.text
    assert any("纸质评分表" in mail.subject for mail in expert.mails)


def test_what_differs_from_the_paper_is_recorded_anew_and_may_be_given_up(world, expert):
    begins(world, expert, 1)
    clerk, second = world.as_("clerk"), world.as_("second clerk")
    clerk.does(RECORD, paper(world, 1) | {"outcome": "record"}, files=SCANNED)

    second.does(CHECK, {"outcome": "disagree", "comment": words("第二项分数录入有误")})
    assert RECORD in clerk.tasks()
    clerk.does(RECORD, {"outcome": "drop"})

    assert CHECK not in second.tasks()
    assert "代录" not in desk(expert).text


def test_the_experts_own_draft_is_kept_beside_the_record(world, expert):
    page = desk(expert).path
    draft = data_of(paper(world, 1, 71))
    assert not expert.sends(f"{page}/{world.application(1)}", draft).refused

    recorded(world, expert, 1, total=88)

    with world.house.database.read() as connection:
        who = place_of(expert).split("/")[4]
        versions = Facts(connection).reviews.score_versions(expert=who, application=world.application(1), stage="desk")
    assert [row.state for row in versions] == ["draft", "final"]
    assert versions[0].sheet["scores"] != versions[1].sheet["scores"]
    assert "专家以纸质评分表评分" in versions[-1].reason


def test_an_expert_whose_sheets_are_all_recorded_is_done(world, expert):
    offered = world.as_("clerk").goes(place_of(expert)).doc.xpath("//select[@name='application']/option/@value")
    numbers = [part.number for part in world.play.parts if part.application in offered]
    assert len(numbers) > 1
    for number in numbers:
        recorded(world, expert, number)

    assert READ not in expert.tasks()
    assert world.as_("clerk").goes("/group/G1").has_link(RECORD), "a record may be corrected until the group's scores are put together"


def test_a_wrong_record_is_made_anew_with_another_scan_and_both_stay(world, expert):
    recorded(world, expert, 1, total=88)
    clerk, second, where = world.as_("clerk"), world.as_("second clerk"), place_of(expert)
    again = f"{world.application(1)}/desk"
    assert again in clerk.goes(where).doc.xpath("//select[@name='application']//option/@value")
    assert not clerk.sends(where, {"application": again, "reason": words("第二项分数录入有误")}).refused

    assert clerk.tries(RECORD, paper(world, 1, 80) | {"outcome": "record"}).refused, "the earlier scan is none of this record"
    clerk.does(RECORD, paper(world, 1, 80) | {"outcome": "record"}, files=SCANNED)
    assert clerk.tries(CHECK, {"outcome": "agree"}).refused
    second.does(CHECK, {"outcome": "agree"})

    with world.house.database.read() as connection:
        versions = Facts(connection).reviews.score_versions(expert=where.split("/")[4], application=world.application(1), stage="desk")
    assert [row.state for row in versions] == ["final", "final"]
    assert Decimal(versions[0].total) - Decimal(versions[1].total) == 8
    assert "第二项分数录入有误" in versions[-1].reason


def test_nobody_records_before_the_expert_has_declared(world):
    person = readers(world)[0]

    assert world.as_("clerk").goes(place_of(person)).status == 404


def test_what_the_expert_has_handed_in_meanwhile_is_not_recorded(world, expert):
    begins(world, expert, 1)
    clerk = world.as_("clerk")
    clerk.does(RECORD, paper(world, 1) | {"outcome": "record"}, files=SCANNED)
    page = desk(expert).path
    assert not expert.sends(f"{page}/{world.application(1)}", data_of(paper(world, 1, 90))).refused
    assert not expert.sends(f"{page}/{world.application(1)}/submit", {}).refused

    answer = world.as_("second clerk").tries(CHECK, {"outcome": "agree"})

    assert answer.refused
    assert "已提交" in answer.complaints


@pytest.mark.parametrize("who", ["director", "auditor", "administrator", "enterprise 1", "unit"])
def test_only_a_clerk_or_the_secretary_begins_a_record(world, expert, who):
    assert world.as_(who).goes(place_of(expert)).status == 404


def test_the_secretary_records_the_sheets_of_a_defence(world_at):
    world = world_at("答辩")
    waiting = invited(world)
    world.time_is("2023-10-26T09:00")
    at_the_door(world, waiting)
    secretary, clerk = world.as_("secretary"), world.as_("clerk")
    group = next(one for one in ("G1", "G2", "G3") if secretary.goes(f"/group/{one}").has_link(RECORD))
    where = secretary.page.link(RECORD)
    offered = [one for one in secretary.goes(where).doc.xpath("//select[@name='application']/option/@value") if one]
    assert set(offered) <= set(waiting)

    for application in offered:
        secretary.goes(where)
        assert not secretary.sends(where, {"application": application, "reason": words("专家以纸质评分表评分")}).refused
        data = sheet(season=world.play.rules, application=application, total=86, stage="defence")
        data.pop("application")
        secretary.does(RECORD, data | {"outcome": "record"}, files=SCANNED)
        clerk.does(CHECK, {"outcome": "agree"})

    sheets = secretary.goes(where).doc.xpath("//select[@name='application']")[0]
    assert [one for one in sheets.xpath("option/@value") if one] == [], "the expert has nothing left to score"
    assert sheets.xpath("optgroup/option/@value") == [f"{one}/defence" for one in offered], "a record may still be corrected"
    assert where in secretary.goes(f"/group/{group}").doc.xpath("//a/@href")
