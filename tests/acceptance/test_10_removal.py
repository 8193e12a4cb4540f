"""移除文件 (§14): two persons of the office; the content is gone everywhere, hash, reason and both names stay."""

import pytest

from app.doctor import examine
from app.simulate import papers
from app.simulate.answers.base import words

CHECK = "复核移除文件"
REASON = words("误传其他单位的材料")


@pytest.fixture
def world(world_at):
    return world_at("签署")


def paper(world, number, name):
    """Where the clerk asks for a file of a case to be removed."""
    page = world.as_("clerk").goes(f"/cases/{world.application(number)}")
    (found,) = page.doc.xpath(f"//li[a[.='{name}']]//a[contains(@href, '/removal')]/@href")
    return found


@pytest.fixture
def proposed(world):
    """The clerk has asked for a file that one case alone has to be removed; in come the clerk and the file's address."""
    person = world.as_("enterprise 1")
    person.opens("签署承诺并提交")
    assert not person.attaches("承诺书（签字盖章扫描件）", "误传.pdf", papers.pdf("a paper of somebody else")).refused
    clerk, where = world.as_("clerk"), paper(world, 1, "误传.pdf")
    assert not clerk.goes(where).refused
    assert not clerk.sends(where, {"reason": REASON}).refused
    return clerk, where.removesuffix("/removal")


def test_who_proposes_does_not_decide(world, proposed):
    clerk, file = proposed

    page = clerk.tries(CHECK, {"outcome": "agree"})

    assert page.refused
    assert "另一" in page.complaints
    assert clerk.goes(file).status == 200


def test_the_second_person_reads_what_and_why_and_the_content_is_gone_for_good(world, proposed):
    clerk, file = proposed
    second = world.as_("second clerk")
    shown = second.opens(CHECK).text
    assert REASON in shown
    assert "提出人" in shown
    sha256 = shown.partition("SHA-256 ")[2][:64]
    assert world.house.files.has(sha256)

    second.does(CHECK, {"outcome": "agree"})

    assert clerk.goes(file).status == 404
    assert not world.house.files.has(sha256)
    case = clerk.goes(f"/cases/{world.application(1)}").text
    assert "已移除" in case
    assert sha256 in case
    assert REASON in case
    assert [one for one in examine(world.house) if "document" in one.invariant or "file" in one.invariant or "second" in one.invariant] == []


def test_what_the_second_person_does_not_agree_to_stays(world, proposed):
    clerk, file = proposed

    world.as_("second clerk").does(CHECK, {"outcome": "disagree", "comment": words("属于本单位材料")})

    assert clerk.goes(file).status == 200
    assert CHECK not in world.as_("third clerk").tasks()


def test_a_removal_needs_a_reason_and_is_the_offices_alone(world, proposed):
    clerk, file = proposed
    assert clerk.sends(f"{file}/removal", {"reason": " "}).refused
    for who in ("enterprise 1", "unit", "expert 1", "administrator", "auditor"):
        assert world.as_(who).goes(f"{file}/removal").status == 404
        assert world.as_(who).sends(f"{file}/removal", {"reason": REASON}).status == 404


def test_the_same_content_in_another_case_stays(world):
    """Two enterprises handed in the same paper: the case that was spoken of loses it, the other one keeps it."""
    clerk, second = world.as_("clerk"), world.as_("second clerk")
    mine, theirs = (paper(world, number, "ISO9001证书.pdf") for number in (1, 2))
    clerk.goes(mine)
    assert not clerk.sends(mine, {"reason": REASON}).refused
    sha256 = second.opens(CHECK).text.partition("SHA-256 ")[2][:64]

    second.does(CHECK, {"outcome": "agree"})

    assert clerk.goes(mine.removesuffix("/removal")).status == 404
    assert clerk.goes(theirs.removesuffix("/removal")).status == 200
    assert world.house.files.has(sha256)
    assert "已移除" not in clerk.goes(f"/cases/{world.application(2)}").text
    assert [one for one in examine(world.house) if "file" in one.invariant] == []
