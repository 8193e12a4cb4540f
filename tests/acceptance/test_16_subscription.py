"""订阅通知 (§9.3: 1, 32, 37, 39): letters of what is public for people without an account, from the asking to the leaving."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app.doctor import examine
from app.simulate.answers.base import words
from tests.acceptance.test_8_publicity import published
from tests.acceptance.world import Page

ASK, READER = "/public/subscription", "reader@people.invalid"


@pytest.fixture
def world(world_at):
    return world_at("公示")


def asks(world, mailbox=READER):
    """Somebody asks for the letters; in come the person and the answer."""
    person = world.stranger()
    person.login = mailbox
    person.goes(ASK)
    answer = person.sends(ASK, {"mail": mailbox})
    world.settles()
    return person, answer


def subscribes(world, mailbox=READER, **chosen):
    person, _ = asks(world, mailbox)
    where = person.mails[-1].link
    person.goes(where)
    assert "已订阅" in person.sends(where, {"language": "zh", **chosen}).text
    return person


def way_out(letter):
    return letter.body.rpartition("https://selection.example.invalid")[2].split()[0]


def test_a_reader_without_an_account_hears_of_the_publicity_and_leaves_with_one_click(world):
    reader = subscribes(world)
    page = published(world)
    world.settles()

    (letter,) = reader.mails[1:]
    assert letter.subject.startswith("公示开始")
    assert reader.goes(letter.link).path == page.path
    world.time_is("2023-11-20T10:00")
    world.time_is("2023-11-21T10:00")
    assert [mail.subject.partition("：")[0] for mail in reader.mails[1:]] == ["公示开始", "公示今日截止", "公示期满"]

    reader.goes(way_out(letter))
    assert reader.goes(way_out(letter)).doc.xpath("//form[@method='post']//button"), "opening it changes nothing"
    assert "已退订" in reader.sends(way_out(letter), {}).text
    assert READER not in world.as_("clerk").goes("/office/mails", params={"search": READER}).text.replace("search=", "")
    assert examine(world.house) == []


def test_the_answer_is_the_same_whether_somebody_subscribes_or_not(world):
    subscribes(world)
    known, unknown = asks(world)[1], asks(world, "new@people.invalid")[1]
    assert known.text == unknown.text
    stranger = world.stranger()
    pages = [stranger.goes(f"/public/unsubscribe/{secret}") for secret in ("a", "b")]
    assert pages[0].text == pages[1].text
    assert stranger.sends("/public/unsubscribe/a", {}).status == 200, "nobody learns which addresses are known"


def test_nothing_is_sent_to_a_mailbox_that_was_not_proved(world):
    person, _ = asks(world)
    person.goes(person.mails[-1].link)  # programmes open links; only the button confirms
    published(world)
    world.settles()
    assert [mail.subject for mail in person.mails] == ["【全国质量标杆遴选】请确认订阅公开信息"]
    world.days_pass(1)
    assert person.goes(person.mails[-1].link).refused, "a day later the address is over"
    asks(world, "other@people.invalid")
    assert not world.as_("clerk").goes("/office/mails", params={"search": READER}).rows(READER), "and what was asked is forgotten"


def test_a_mail_programme_ends_the_letters_by_itself(world):
    """RFC 8058: a plain post from anywhere, without cookies, to the address in the header."""
    reader = subscribes(world)
    published(world)
    world.settles()
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(world.house.settings.mail_folder).rglob("*.eml")]
    (letter,) = [one for one in letters if one["To"].addresses[0].addr_spec == READER and "公示开始" in one["Subject"]]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip("<>").removeprefix("https://selection.example.invalid")

    answer = Page(
        world.stranger().client.post(address, content="List-Unsubscribe=One-Click", headers={
            "content-type": "application/x-www-form-urlencoded", "origin": "https://mail.example.invalid", "sec-fetch-site": "cross-site",
        })
    )  # fmt: skip

    assert "已退订" in answer.text
    world.time_is("2023-11-21T10:00")
    assert len(reader.mails) == 2


def test_letters_come_in_the_language_chosen_when_confirming(world):
    reader = subscribes(world, language="en")
    published(world)
    world.settles()
    assert reader.mails[-1].body.startswith("Dear subscriber,")
    assert "unsubscribe" in reader.mails[-1].body or "end that" in reader.mails[-1].body


def test_who_hears_of_it_with_an_account_gets_one_letter_although_the_mailbox_subscribes(world):
    holder = world.as_("enterprise 1")
    subscribes(world, holder.mailbox)
    before = len(holder.mails)

    published(world)
    world.settles()
    world.time_is("2023-11-20T10:00")
    world.time_is("2023-11-21T10:00")

    assert [mail.subject.partition("：")[0] for mail in holder.mails[before:]] == ["公示开始", "公示今日截止", "公示期满"]


def test_the_office_sees_who_subscribes_before_it_publishes_and_deletes_on_request(world):
    subscribes(world)
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", b"%PDF-1.7 scan")])
    clerk = world.as_("clerk")
    task = clerk.opens("登记公示发布")
    assert "订阅者" in task.text
    listed = clerk.goes(task.link("订阅者"))
    assert len(listed.rows(READER)) == 1
    where = listed.doc.xpath(f"string(//tr[contains(., '{READER}')]//form/@action)")
    assert world.as_("auditor").goes("/office/subscribers").rows(READER)
    assert not world.as_("auditor").page.doc.xpath("//form[contains(@action, 'removal')]")

    assert not clerk.sends(where, {}).refused

    assert not clerk.goes("/office/subscribers").rows(READER)


@pytest.mark.parametrize("who", ["expert 1", "enterprise 1", "unit", "administrator"])
def test_nobody_else_learns_who_subscribes(world, who):
    assert world.as_(who).goes("/office/subscribers").status == 404


def test_who_subscribes_reads_the_announcement_and_is_invited_to_exchange(world_at):
    world = world_at("公告")
    reader = subscribes(world)
    world.others_go_on("2023-12-01T09:00", but=["N15b"])
    world.as_("clerk").does("登记经验交流活动", {
        "name": "第一期交流活动", "held_on": f"{world.now.year + 1}-03-01", "place": "北京", "summary": words("现场学习"), "outcome": "more",
    })  # fmt: skip
    world.settles()
    assert [mail.subject for mail in reader.mails[1:]] == ["2023年全国质量标杆名单公告", "经验交流活动邀请"]
    assert "第一期交流活动" in reader.mails[-1].body
    for day, told in (("02-22", 1), ("02-23", 2), ("02-28", 2), ("02-29", 3), ("03-02", 3)):  # seven days before and on the eve, at nine
        world.time_is(f"2024-{day}T12:00")
        assert [mail.subject.partition("：")[0] for mail in reader.mails[2:]] == ["经验交流活动邀请", *["经验交流活动提醒"] * (told - 1)]
