"""更正 of an announced line (§14): proposed by the office with a reason, agreed by a second person, published; list and title then read as corrected."""

import pytest

from app.doctor import examine
from app.simulate.answers.base import words
from tests.acceptance.filing import SCAN
from tests.acceptance.world import FormOnPage

CORRECTED = "某某公司实施精益管理的经验"
CHANNELS = [{"channel": "website", "url": "https://notice.invalid/corrected"}, {"channel": "wechat", "url": "https://wechat.invalid/corrected"}]
PROOF = [("发布页截图", "更正截图.pdf", SCAN)]


@pytest.fixture
def world(world_at):
    return world_at("已公告")


def asked_for(world, number, **texts):
    """The clerk opens the list of titles and changes what is wrong; in comes the page that answers."""
    clerk = world.as_("clerk")
    page = clerk.goes("/titles", params={"search": world.enterprise(number)})
    page = clerk.goes(page.link("更正公告内容"))
    form = FormOnPage(page.doc.xpath("//main//form[.//textarea[@name='reason']]")[0])
    return clerk.sends(page.path, form.filled({"reason": words("名称录入有误"), **texts}))


def the_list(world):
    stranger = world.stranger()
    page = stranger.goes("/public/announcements")
    (first,) = page.doc.xpath("(//main//a[starts-with(@href, '/public/announcements/')]/@href)[1]")
    return stranger.goes(first)


def republished(world):
    """Agreed by another person, published, registered and checked by two."""
    assert world.as_("clerk").tries("更正复核", {"outcome": "agree"}).refused
    shown = world.as_("second clerk").opens("更正复核").text
    assert CORRECTED in shown
    assert words("名称录入有误") in shown
    world.as_("second clerk").does("更正复核", {"outcome": "agree"})
    published = {"published_at": f"{world.now:%Y-%m-%dT%H:%M}", "channels": CHANNELS}
    clerk = world.as_("clerk")
    assert clerk.tries("登记更正发布", published).refused, "without the screenshot"
    clerk.does("登记更正发布", published, files=PROOF)
    assert clerk.tries("更正发布复核", {"outcome": "agree"}).refused
    world.as_("second clerk").does("更正发布复核", {"outcome": "agree"})


def test_list_and_title_read_as_corrected_and_say_since_when(world):
    old = world.play.parts[0].form["application_table"]["experience_name"]
    before = the_list(world).text
    asked = asked_for(world, 1, experience_name=CORRECTED)
    assert not asked.refused, asked.complaints
    assert the_list(world).text == before, "nothing changes before it is published"

    republished(world)

    page = the_list(world)
    assert page.rows(CORRECTED)
    assert f"原为“{old}”，更正为“{CORRECTED}”" in page.text
    assert f"{world.now.year}年{world.now.month}月{world.now.day}日" in page.text or f"{world.now:%Y-%m-%d}" in page.text
    assert old not in " ".join(page.doc.xpath("//table//text()"))
    assert world.as_("clerk").goes("/titles", params={"search": CORRECTED}).rows(world.enterprise(1))
    assert world.stranger().goes("/public/announcements").rows(CORRECTED)
    for who in ("enterprise 1", "unit"):
        (letter,) = [mail for mail in world.as_(who).mails if "更正" in mail.subject]
        assert CORRECTED in letter.body
    assert not [mail for mail in world.as_("enterprise 2").mails if "更正" in mail.subject]
    assert examine(world.house) == []


def test_what_is_not_agreed_to_stays_and_can_be_asked_for_again(world):
    page = the_list(world).text
    assert not asked_for(world, 1, experience_name=CORRECTED).refused
    again = asked_for(world, 1, experience_name=f"{CORRECTED}二")
    assert again.refused, "one correction at a time"

    world.as_("second clerk").does("更正复核", {"outcome": "disagree", "comment": words("与批准的名单一致，无需更正")})

    assert the_list(world).text == page
    assert not asked_for(world, 1, experience_name=CORRECTED).refused


def test_only_the_office_corrects_with_a_reason_and_only_what_is_wrong(world):
    address = world.as_("clerk").goes("/titles", params={"search": world.enterprise(1)}).link("更正公告内容")
    assert asked_for(world, 1).refused
    assert asked_for(world, 1, experience_name=CORRECTED, reason=" ").refused
    for who in ("enterprise 1", "unit", "approver", "auditor", "administrator"):
        assert world.as_(who).goes(address).status == 404
        assert world.as_(who).sends(address, {"experience_name": CORRECTED, "reason": words("录入有误")}).status == 404
