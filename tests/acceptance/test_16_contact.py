"""联系邮箱 (§4.2): the contact's mailbox of the 申报书 is asked to confirm; until it has, applicant and office read so. Nothing waits for it."""

import pytest

from app.simulate.answers.base import words
from tests.acceptance.filing import SCAN, fills, signs
from tests.acceptance.test_4_form_check import FINE, FIRST, checked

CONTACT, UNCONFIRMED = "liaison@firm.invalid", "联系邮箱尚未确认"
FIELD = "application_table.contact_email"


@pytest.fixture
def world(world_at):
    return world_at("申报")


def submits(world, mailbox=CONTACT):
    application = fills(world, 2, application_table__contact_email=mailbox).application
    person = signs(world, 2)
    person.application = application
    return person


def asked(world, mailbox=CONTACT):
    return [mail for mail in world.mails_to(mailbox) if "确认联系邮箱" in mail.subject]


def own_page(world):
    person = world.as_("enterprise 2")
    return person.goes(f"/portal/{person.application}")


def case_page(world):
    return world.as_("clerk").goes(f"/cases/{world.as_('enterprise 2').application}")


def test_who_reads_the_mailbox_confirms_it_with_a_button_and_nobody_reads_of_it_any_more(world):
    submits(world)
    (letter,) = asked(world)
    assert world.enterprise(2) in letter.body
    assert f"{UNCONFIRMED}：{CONTACT}" in own_page(world).text
    assert f"{UNCONFIRMED}：{CONTACT}" in case_page(world).text

    reader = world.stranger()
    page = reader.goes(letter.link)
    assert world.enterprise(2) in page.text
    assert UNCONFIRMED in own_page(world).text, "programmes open every address: that confirms nothing"
    assert "联系邮箱已确认" in reader.sends(letter.link, {}).text

    assert UNCONFIRMED not in own_page(world).text
    assert UNCONFIRMED not in case_page(world).text
    assert reader.goes(letter.link).refused, "the address was used"


def test_a_mailbox_that_was_confirmed_for_the_enterprise_is_not_asked(world):
    known = world.play.parts[1].form["application_table"]["contact_email"]
    submits(world, known.upper())
    assert asked(world, known) == []
    assert UNCONFIRMED not in own_page(world).text


def test_the_letter_is_sent_again_by_the_applicant_but_floods_nobody(world):
    person = submits(world)
    again = f"{own_page(world).path}/contact"
    assert "已向联系邮箱发送确认邮件" in person.sends(again, {}).text
    person.sends(again, {})
    page = person.sends(again, {})
    assert page.refused
    assert "过几日再重新发送" in page.complaints
    first, _, last = asked(world)
    assert first.link != last.link
    assert not world.stranger().goes(first.link).refused

    other = world.as_("enterprise 3")
    assert other.sends(again, {}).status == 404, "whose application it is not has nothing to send"
    world.days_pass(7)
    assert world.stranger().goes(last.link).refused, "a week later the address is over"
    assert not person.sends(again, {}).refused
    assert len(asked(world)) == 4


def test_the_letter_speaks_the_language_that_the_enterprise_reads(world):
    person = submits(world)
    person.sends("/language", {"language": "en", "then": "/"})

    person.sends(f"/portal/{person.application}/contact", {})

    first, again = world.mails_to(CONTACT)
    assert "确认本邮箱可以收到有关该申报的联系" in first.body
    assert again.subject.endswith("please confirm the contact's mailbox")
    assert "named this mailbox as its contact's" in again.body


def test_an_unknown_address_tells_nobody_anything(world):
    stranger = world.stranger()
    pages = [stranger.goes(f"/public/contact/{secret}") for secret in ("a", "b")]
    assert [page.status for page in pages] == [422, 422]
    assert pages[0].text == pages[1].text


def test_the_office_reads_the_letter_without_its_address(world):
    submits(world)
    clerk = world.as_("clerk")
    page = clerk.goes("/office/mails", params={"search": CONTACT})
    assert "/public/contact/" not in clerk.goes(page.doc.xpath("string(//a[contains(., '确认联系邮箱')]/@href)")).text


def test_a_correction_that_names_another_mailbox_asks_it_and_who_checks_reads_so(world_at):
    world = world_at("形式审查")
    assert UNCONFIRMED in world.as_("clerk").opens(FIRST, world.enterprise(1)).text, "the first one's contact has not answered"
    assert UNCONFIRMED not in world.as_("clerk").opens(FIRST, world.enterprise(2)).text
    demand = FINE | {"complete": "fault", "proposal": "correct", "reason": words("联系方式有误")}
    demand["corrections"] = [{"part": "form", "field": FIELD, "demand": words("邮箱无法送达，请更正")}]
    person = checked(world, 2, demand)

    changed = {"explanation": words("已更正联系邮箱"), "changes": [{"field": FIELD, "value": CONTACT}]}
    person.does("补正材料", changed, files=[("补正的申报书页", "申报书页.pdf", SCAN)])

    assert len(asked(world)) == 1
    assert CONTACT in world.as_("clerk").opens(FIRST, world.enterprise(2)).text
