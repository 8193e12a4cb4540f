"""代录专家回执或声明 (§14): an expert who works wholly on paper replies and signs there; the office records it, a second person compares, then it counts."""

import pytest

from app.simulate.answers.base import words
from tests.acceptance.filing import SCAN
from tests.acceptance.test_5_review import DECLARE, READ, SIGNED, documents_of, readers

REPLY, RECORD, CHECK = "确认参评", "代录专家回执或声明", "代录专家答复复核"
SCANNED = [("纸质原件扫描件", "回执.pdf", SCAN)]
WHY = words("专家以纸质方式办理")


@pytest.fixture
def invited(world_at):
    """The whole pool was just invited; the first expert answers on paper."""
    world = world_at("申报")
    clerk = world.as_("clerk")
    clerk.opens("遴选评审专家")
    pool = sorted(clerk.form().offered["experts"] - {""})
    clerk.does("遴选评审专家", {"experts": pool})
    return world


@pytest.fixture
def reading(world_at):
    return world_at("资料评审")


def reply_page(person):
    return f"/office/experts/X{int(person.login.removeprefix('expert')):03}/reply"


def declaration_page(person):
    return f"/group/G1/seats/X{int(person.login.removeprefix('expert')):03}/declaration"


def begins(world, where, listed):
    clerk = world.as_("clerk")
    assert where in clerk.goes(listed).doc.xpath("//a/@href")
    assert not clerk.goes(where).refused
    assert not clerk.sends(where, {"reason": WHY}).refused
    return clerk


def test_a_paper_reply_is_recorded_with_its_scan_and_counts_once_a_second_person_agrees(invited):
    world = invited
    expert = world.as_("expert 1")
    clerk = begins(world, reply_page(expert), "/office/experts")

    assert "保密" not in clerk.opens(RECORD).doc.xpath("string(//main//form)"), "nothing of the declaration is asked for a reply"
    assert clerk.tries(RECORD, {"outcome": "accept"}).refused, "not without the scan"
    clerk.does(RECORD, {"outcome": "accept"}, files=SCANNED)
    assert clerk.tries(CHECK, {"outcome": "agree"}).refused, "not by who recorded"
    assert REPLY in expert.tasks()

    second = world.as_("second clerk")
    shown = second.opens(CHECK)
    assert "回执.pdf" in shown.text
    assert "确认参评" in shown.text
    second.does(CHECK, {"outcome": "agree"})

    assert REPLY not in expert.tasks()
    row = clerk.goes("/office/experts").doc.xpath("//tr[td='X001']")[0]
    assert "已确认" in row.text_content()
    assert "办公室代录" in row.text_content()
    assert any("纸质件已录入" in mail.subject for mail in expert.mails)


def test_a_recorded_refusal_counts_as_well(invited):
    world = invited
    expert = world.as_("expert 2")
    clerk = begins(world, reply_page(expert), "/office/experts")

    clerk.does(RECORD, {"outcome": "decline", "reason": words("近期出国")}, files=SCANNED)
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    assert REPLY not in expert.tasks()
    assert "不参加" in clerk.goes("/office/experts").doc.xpath("//tr[td='X002']")[0].text_content()


def test_who_replies_here_first_is_heard(invited):
    world = invited
    expert = world.as_("expert 1")
    clerk = begins(world, reply_page(expert), "/office/experts")
    clerk.does(RECORD, {"outcome": "decline", "reason": words("近期出国")}, files=SCANNED)

    expert.does(REPLY, {"outcome": "accept"})

    answer = world.as_("second clerk").tries(CHECK, {"outcome": "agree"})
    assert answer.refused
    assert "已答复" in answer.complaints
    assert "已确认" in clerk.goes("/office/experts").doc.xpath("//tr[td='X001']")[0].text_content()
    assert clerk.goes(reply_page(expert)).status == 404


def test_what_differs_from_the_paper_is_recorded_anew_or_given_up(invited):
    world = invited
    expert = world.as_("expert 1")
    clerk = begins(world, reply_page(expert), "/office/experts")
    clerk.does(RECORD, {"outcome": "accept"}, files=SCANNED)

    world.as_("second clerk").does(CHECK, {"outcome": "disagree", "comment": words("原件为不参加")})
    clerk.does(RECORD, {"outcome": "drop"})

    assert REPLY in expert.tasks()
    assert CHECK not in world.as_("second clerk").tasks()


def test_a_paper_declaration_opens_the_files_to_its_expert(reading):
    world = reading
    expert = readers(world)[0]
    file = documents_of(world, 1)[0]
    clerk = begins(world, declaration_page(expert), "/group/G1")

    assert clerk.tries(RECORD, {"outcome": "sign"}, files=SCANNED).refused, "the paper undertakes secrecy, or nothing is signed"
    clerk.does(RECORD, SIGNED)
    assert expert.goes(file).status == 404
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    assert DECLARE not in expert.tasks()
    assert expert.goes(file).status == 200
    world.time_is("2023-09-25T09:00")
    assert READ in expert.tasks()
    seats = clerk.goes("/group/G1").text
    assert "办公室代录" in seats


def test_a_conflict_declared_on_paper_takes_the_application_from_the_expert(reading):
    world = reading
    expert = readers(world)[0]
    clerk = begins(world, declaration_page(expert), "/group/G1")
    clerk.opens(RECORD)
    mine = min(clerk.form().offered["conflicts[#].application"] - {""})
    kind = min(clerk.form().offered["conflicts[#].kind"] - {""})
    declared = {"application": mine, "kind": kind, "detail": words("近三年曾为该企业提供咨询")}

    clerk.does(RECORD, SIGNED | {"conflicts": [declared]}, files=SCANNED)
    second = world.as_("second clerk")
    assert "近三年曾为该企业提供咨询" in second.opens(CHECK).text
    second.does(CHECK, {"outcome": "agree"})

    file = clerk.goes(f"/cases/{mine}").doc.xpath("//a[starts-with(@href,'/files/')]/@href")[0]
    assert expert.goes(file).status == 404


def test_who_declines_on_paper_is_replaced(reading):
    world = reading
    expert = readers(world)[0]
    clerk = begins(world, declaration_page(expert), "/group/G1")

    clerk.does(RECORD, {"outcome": "decline", "reason": words("近期出国")}, files=SCANNED)
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    assert DECLARE not in expert.tasks()
    assert "更换专家" in clerk.tasks()


@pytest.mark.parametrize("who", ["director", "secretary", "auditor", "administrator", "enterprise 1", "unit", "expert 2"])
def test_only_a_clerk_begins_a_record(reading, who):
    world = reading
    expert = readers(world)[0]
    assert world.as_(who).goes(declaration_page(expert)).status == 404
    assert world.as_(who).goes(reply_page(expert)).status == 404
