"""站内消息 (§9.3, e-mail and in the pages): everybody reads the letters that were written to them, results from their release on, nobody another's."""

import pytest
from sqlalchemy import update

from store.selection import tables_people as people
from tests.acceptance.test_4_form_check import DEMAND, checked
from tests.acceptance.test_6_meeting import RELEASE

ASKED = "第三方检测报告"


@pytest.fixture
def world(world_at):
    world = world_at("形式审查")
    world.days_pass(1 / 24)  # the letters that brought the season here are older than those of the story
    return world


def subjects(person):
    """What the list says, from the newest on."""
    person.goes("/inbox")
    return [" ".join(one.text_content().split()) for one in person.clicks("站内消息").doc.xpath("//tbody//a[starts-with(@href,'/messages/')]")]


def told(page):
    """A page without the address at which it was asked for."""
    return page.status, page.text.replace(page.path, "")


def test_an_applicant_reads_in_the_pages_what_is_to_be_corrected(world):
    before = subjects(world.as_("enterprise 1"))

    person = checked(world, 1, DEMAND)

    listed = subjects(person)
    assert len(listed) == len(before) + 1
    assert listed[1:] == before
    assert "补正" in listed[0]
    letter = person.clicks(listed[0])
    assert letter.title == listed[0] == person.mails[-1].subject
    assert ASKED in letter.text
    assert person.clicks("查看申报项目").path == f"/portal/{world.application(1)}"


def test_the_letter_is_there_whatever_becomes_of_it_at_the_mail_server(world):
    """Where the mailbox fails the page is all that is left of the letter."""
    world.house.outbox.deliver_due = world.house.outbox.deliver_all = lambda: None

    person = checked(world, 1, DEMAND)

    assert "补正" in subjects(person)[0]
    assert not [mail for mail in person.mails if ASKED in mail.body]


def test_another_s_letter_is_not_there(world):
    person = checked(world, 1, DEMAND)
    subject = subjects(person)[0]
    path = person.clicks(subject).path
    nothing = "/messages/" + "0" * 32

    for other in ("enterprise 2", "other unit", "expert 1", "administrator", "auditor", "director"):
        one = world.as_(other)
        answer = told(one.goes(path))
        assert answer == told(one.goes(nothing)), other
        assert answer[0] == 404, other
    assert world.stranger().goes(path).path == "/login"


def test_a_result_is_not_there_before_its_release(world_at):
    world = world_at("发布入围")
    director, winner = world.as_("director"), world.as_("enterprise 1")
    held = director.goes("/office/mails", params={"state": "held", "search": winner.mailbox})
    (link,) = held.doc.xpath("//tbody//a[starts-with(@href,'/office/mails/')]")
    subject, path = " ".join(link.text_content().split()), link.get("href").removeprefix("/office")
    path = path.replace("/mails/", "/messages/")
    assert subject not in subjects(winner)
    assert winner.goes(path).status == 404
    world.days_pass(1 / 24)

    director.does(RELEASE, {"checked": True})

    assert subjects(winner)[0] == subject, "as new as its release"
    assert winner.goes(path).title == subject


def test_letters_to_the_unit_s_own_mailbox_are_its_officer_s(world):
    """Where no account of the unit has a mailbox, its own is written to."""
    with world.house.database.write() as connection:
        connection.execute(update(people.person).where(people.person.c.login == "officer-ru-bj").values(mail=None))
        connection.execute(update(people.unit).where(people.unit.c.code == "RU-BJ").values(mail="office@unit.invalid"))

    checked(world, 1, DEMAND)

    assert [mail for mail in world.mails_to("office@unit.invalid") if ASKED in mail.body]
    officer = world.as_("unit")
    assert "补正" in subjects(officer)[0]
    assert ASKED in officer.clicks("补正").text
    assert "补正" not in "".join(subjects(world.as_("small unit")))


def test_who_reads_english_finds_the_page_in_english(world):
    person = world.as_("enterprise 1")
    person.goes("/inbox")
    person.sends("/language", {"language": "en", "then": "/inbox"})

    page = person.clicks("Messages")

    assert page.title == "Messages"
    assert page.rows("申报材料已提交"), "letters stay in the language of their account"
    auditor = world.as_("auditor")
    auditor.goes("/inbox")
    auditor.sends("/language", {"language": "en", "then": "/inbox"})
    assert "There are no messages yet" in auditor.clicks("Messages").text
