"""自愿申报, before the first word is written: an account, the proof of its mailbox, one enterprise per account."""

import pytest

from tests.acceptance.stages import FOLDER
from tests.acceptance.world import PASSWORD

FREE, TAKEN_NAME = "91350100M000100Y43", "另一家公司"


@pytest.fixture
def world(world_at):
    return world_at("申报")


def newcomer(world, mail, name="王联系"):
    """Somebody registers, opens the mailed link, sets a password and signs in."""
    person = world.stranger()
    person.login = mail
    assert "邮件" in person.sends("/register", {"name": name, "mail": mail}).text
    link = world.mails_to(mail)[-1].link
    person.goes(link)
    person.sends(link, {"password": PASSWORD, "again": PASSWORD})
    assert not person.signs_in().refused
    return person


def test_an_enterprise_registers_proves_its_mailbox_binds_its_code_and_begins(world):
    person = newcomer(world, "wang@newcomer.invalid")

    page = person.sends("/enterprise", {"name": "福州新申报有限公司", "uscc": FREE.lower()})

    assert page.path == "/portal"
    assert "开始申报" in page.text
    begun = person.sends("/portal/applications", {})
    assert "草稿" in begun.text
    assert person.tasks() == ["填报申报材料"]


def test_nobody_comes_in_without_the_mail(world):
    person = world.stranger()
    person.login = "wang@newcomer.invalid"
    person.sends("/register", {"name": "王联系", "mail": person.login})

    assert person.signs_in().refused
    assert person.goes("/portal").path == "/login"


def test_a_mistyped_address_is_said_before_anything_is_kept(world):
    page = world.stranger().sends("/register", {"name": "王联系", "mail": "wang@newcomer"})

    assert page.refused
    assert "邮箱" in page.complaints
    assert world.mails() == []


def test_the_answer_does_not_tell_whose_mailbox_is_known(world):
    newcomer(world, "wang@newcomer.invalid")

    def shown(mail):
        return world.stranger().sends("/register", {"name": "某人", "mail": mail}).text

    assert shown("wang@newcomer.invalid") == shown("nobody@newcomer.invalid")


@pytest.mark.parametrize("code", ["91350100M000100Y4Z", "91350100M000100Y44", "19350100M000100Y43", "91350100M000100Y4", "I1350100M000100Y43", ""])
def test_a_wrong_code_is_refused_with_what_to_check(world, code):
    """G41: 91350100M000100Y43 is a code, with Z at its end, another check character or two characters exchanged it is none."""
    person = newcomer(world, "wang@newcomer.invalid")

    page = person.sends("/enterprise", {"name": "福州新申报有限公司", "uscc": code})

    assert page.refused
    assert "校验位" in page.complaints
    assert person.goes("/portal").status == 404


def test_one_account_binds_one_enterprise(world):
    person = newcomer(world, "wang@newcomer.invalid")
    person.sends("/enterprise", {"name": "福州新申报有限公司", "uscc": FREE})

    assert person.sends("/enterprise", {"name": "第二家有限公司", "uscc": "11320000MB151840XJ"}).status == 404


def claims_what_is_taken(world):
    first, second = newcomer(world, "wang@newcomer.invalid"), newcomer(world, "li@newcomer.invalid", name="李争议")
    first.sends("/enterprise", {"name": "福州新申报有限公司", "uscc": FREE})
    asked = second.sends("/enterprise", {"name": TAKEN_NAME, "uscc": FREE})
    assert asked.status == 409
    assert "已由其他账号绑定" in asked.complaints
    told = second.sends("/enterprise", {"name": TAKEN_NAME, "uscc": FREE, "statement": "原联系人已离职，现由本人负责申报。"})
    assert not told.refused
    return first, second


def dispute_on(page):
    return page.doc.xpath("string(//form[starts-with(@action,'/office/disputes/')]/@action)")


def test_a_second_claimant_takes_over_when_the_office_says_so(world):
    first, second = claims_what_is_taken(world)
    clerk = world.as_("clerk")
    page = clerk.goes("/office/people")
    assert "原联系人已离职" in page.text

    clerk.sends(dispute_on(page), {"outcome": "granted", "reason": "已核对营业执照和授权书"})

    assert second.goes("/portal").path in {"/portal", "/login"}
    second.signs_in()
    assert second.goes("/portal").status == 200
    first.signs_in()
    assert first.goes("/portal").status == 404


def test_a_second_claimant_gets_nothing_when_the_office_refuses(world):
    first, second = claims_what_is_taken(world)
    clerk = world.as_("clerk")

    clerk.sends(dispute_on(clerk.goes("/office/people")), {"outcome": "refused", "reason": "授权书与营业执照不符"})

    assert second.goes("/portal").status == 404
    assert first.goes("/portal").status == 200
    assert dispute_on(clerk.goes("/office/people")) == ""


def test_the_office_must_give_a_reason_for_a_dispute(world):
    claims_what_is_taken(world)
    clerk = world.as_("clerk")
    page = clerk.sends(dispute_on(clerk.goes("/office/people")), {"outcome": "granted", "reason": " "})

    assert page.refused
    assert "理由" in page.complaints


def joins(world, role):
    """The director invites somebody to a role; the page on which the invited one sets the password."""
    mail = "joins@people.invalid"
    invitation = {"name": "李兼任", "mail": mail, "role": role, "organisation": "caq"}
    assert not world.as_("director").sends("/office/people", invitation).refused
    return world.stranger().sends(world.mails_to(mail)[-1].link, {"password": PASSWORD, "again": PASSWORD})


@pytest.mark.parametrize("parted", [True, False])
def test_the_season_says_which_duties_one_person_may_not_join(world, tmp_path, parted):
    """A-03 is a default: who supervises holds no office that is supervised, unless the season parts other duties."""
    if not parted:
        (pair,) = [line for line in (FOLDER / "season.toml").read_text("utf-8").splitlines() if 'roles = ["auditor"]' in line]
        world.season_says(tmp_path / "season", {pair: ""})
    assert not joins(world, "office_clerk").refused

    page = joins(world, "auditor")

    assert page.refused == parted
    assert ("监督人员不能兼任被监督的职务" in page.text) == parted


def test_a_claimant_who_got_a_duty_meanwhile_does_not_take_the_enterprise_over(world):
    first, _ = claims_what_is_taken(world)
    mail = "li@newcomer.invalid"
    world.as_("director").sends("/office/people", {"name": "李争议", "mail": mail, "role": "office_clerk", "organisation": "caq"})
    world.stranger().sends(world.mails_to(mail)[-1].link, {"password": PASSWORD, "again": PASSWORD})
    clerk = world.as_("clerk")
    dispute = dispute_on(clerk.goes("/office/people"))

    page = clerk.sends(dispute, {"outcome": "granted", "reason": "已核对营业执照和授权书"})

    assert page.refused
    assert "申报单位人员不能同时在推荐、评审、办公室或批准环节任职" in page.text
    assert dispute_on(clerk.goes("/office/people")) == dispute
    assert first.goes("/portal").status == 200
