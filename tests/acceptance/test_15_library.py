"""历年典型经验 (§8): what holders let everybody read, published and withdrawn by the office."""

import pytest

from app.doctor import examine
from app.simulate import papers
from app.simulate.answers.base import words

LIBRARY, CHECK = "/public/library", "称号信息复核"
SUMMARY = words("该企业以全员改善为主线建立质量管理方法，成效明显")


@pytest.fixture
def world(world_at):
    return world_at("已公告")


def handed_in(world, number, **said):
    world.as_(f"enterprise {number}").does(
        "提交补充材料（视频）", {"minutes": {"part1": 2, "part2": 28}, "summary": SUMMARY, **said}, files=[("视频", "宣传视频.mp4", papers.mp4(30))]
    )


def keeping(world, number, who="clerk"):
    """The office's page of an enterprise's title; in come the person and the ids of the files that may be shown, by name."""
    person = world.as_(who)
    page = person.goes("/titles", params={"search": world.enterprise(number)})
    page = person.goes(page.link("经验公开"))
    offered = {box.getparent().text_content().split()[0]: box.get("value") for box in page.doc.xpath("//input[@name='documents']")}
    return person, offered


def agreed(world, *, about=""):
    """Another person agrees to what was proposed (§14); who proposed it cannot."""
    assert world.as_("clerk").tries(CHECK, {"outcome": "agree"}, about=about).refused
    shown = world.as_("second clerk").opens(CHECK, about).text
    assert SUMMARY in shown
    world.as_("second clerk").does(CHECK, {"outcome": "agree"}, about=about)


def test_what_the_holder_allows_is_published_read_by_anybody_and_withdrawn(world):
    handed_in(world, 1, consent=True, consent_experience=True)
    clerk, offered = keeping(world, 1)
    assert "宣传视频.mp4" in offered
    assert len(offered) == 2, "the video and the experience document, nothing else of the application"
    where, stranger = clerk.page.path, world.stranger()
    assert world.enterprise(1) not in stranger.goes(LIBRARY).text

    files = [("documents", one) for one in offered.values()]
    assert not clerk.sends(where, [("act", "publish"), ("summary", SUMMARY), *files]).refused
    assert world.enterprise(1) not in stranger.goes(LIBRARY).text, "not before another person agrees"
    assert clerk.sends(where, [("act", "publish"), ("summary", SUMMARY), *files]).status == 409, "one proposal at a time"
    agreed(world)

    page = stranger.goes(where.replace("/titles/", f"{LIBRARY}/").removesuffix("/library"))
    assert SUMMARY in page.text
    assert page.has_link("宣传视频.mp4")
    video = stranger.client.get(page.link("宣传视频.mp4"))
    assert (video.status_code, video.headers["content-disposition"].partition(";")[0]) == (200, "attachment")
    assert stranger.goes(LIBRARY, params={"search": world.enterprise(1)}).has_link(page.title)
    hidden = world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").doc.xpath("//a[starts-with(@href, '/files/')]/@href")
    others = {one.rpartition("/")[2] for one in hidden} - set(offered.values())
    assert others
    assert {stranger.goes(f"{page.path}/files/{one}").status for one in others} == {404}

    assert clerk.sends(where, {"act": "withdraw", "reason": ""}).refused
    assert not clerk.sends(where, {"act": "withdraw", "reason": words("企业要求撤下")}).refused
    assert [stranger.goes(path).status for path in (page.path, video.url.path)] == [404, 404]
    assert world.enterprise(1) not in stranger.goes(LIBRARY).text


def test_without_consent_nothing_of_the_papers_is_shown_and_words_need_a_written_one(world):
    handed_in(world, 1, consent=False)
    clerk, offered = keeping(world, 1)
    assert offered == {}
    where = clerk.page.path
    (paper,) = world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").doc.xpath("(//a[starts-with(@href, '/files/')]/@href)[1]")

    assert clerk.sends(where, {"act": "publish", "summary": SUMMARY}).refused
    asked = {"act": "publish", "summary": SUMMARY, "reason": "企业同意函 2023-12-01"}
    assert clerk.sends(where, {**asked, "documents": paper.rpartition("/")[2]}).refused
    assert not clerk.sends(where, asked).refused
    agreed(world)
    assert SUMMARY in world.stranger().goes(where.replace("/titles/", f"{LIBRARY}/").removesuffix("/library")).text


def test_what_is_not_agreed_to_is_not_shown_and_what_is_shown_stays_meanwhile(world):
    handed_in(world, 1, consent=True)
    clerk, _ = keeping(world, 1)
    where, stranger = clerk.page.path, world.stranger()
    public = where.replace("/titles/", f"{LIBRARY}/").removesuffix("/library")
    clerk.sends(where, {"act": "publish", "summary": SUMMARY})
    world.as_("second clerk").does(CHECK, {"outcome": "disagree", "comment": words("摘要与申报书不一致")})
    assert stranger.goes(public).status == 404
    assert words("摘要与申报书不一致") in clerk.goes(where).text

    clerk.sends(where, {"act": "publish", "summary": SUMMARY})
    agreed(world)
    clerk.sends(where, {"act": "publish", "summary": words("修改后的摘要")})
    assert SUMMARY in stranger.goes(public).text
    assert not clerk.sends(where, {"act": "withdraw", "reason": words("企业要求撤下")}).refused
    assert stranger.goes(public).status == 404
    page = world.as_("second clerk").tries(CHECK, {"outcome": "agree"})
    assert page.refused
    assert "已被撤下" in page.complaints
    world.as_("second clerk").does(CHECK, {"outcome": "disagree", "comment": words("企业已要求撤下")})
    assert stranger.goes(public).status == 404
    assert examine(world.house) == []


@pytest.mark.parametrize("who", ["auditor", "administrator", "enterprise 1", "unit"])
def test_the_office_alone_keeps_the_library(world, who):
    where = keeping(world, 1)[0].page.path
    assert world.as_(who).goes(where).status == 404
