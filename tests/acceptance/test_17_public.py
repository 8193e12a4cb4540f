"""What everybody reads beside the lists (§8): the notice with its attachments, exchange activities."""

from datetime import UTC, datetime

import pytest

from app.simulate import play as plays
from app.simulate.answers.base import words
from app.standing import suspend_season
from engine.contract import SYSTEM
from tests.acceptance.filing import SCAN
from tests.acceptance.stages import FOLDER, give_passwords, settings_of
from tests.acceptance.world import World

NOTICE = {"title": "关于开展遴选活动的通知", "number": "中国质协字〔2023〕71号", "text": words("现将有关事项通知如下")}


@pytest.fixture
def beginning(tmp_path):
    """A season whose notice nobody has drafted yet."""
    house = plays.empty_house(settings_of(tmp_path), start=datetime(2023, 8, 2, 1, 0, tzinfo=UTC))
    world = World(house, plays.prepare(house, plays.Wish(folder=FOLDER, applications=1)))
    house.engine.start(process="season", business_key="cn-2023", variables={"season": "cn-2023"}, tenant="cn-2023", actor=SYSTEM)
    give_passwords(world.play)
    world.settles()
    yield world
    house.close()


def drafted(world):
    """The clerk drafts the notice with one attachment; in come the clerk and the public address of the attachment."""
    clerk = world.as_("clerk")
    page = clerk.opens("拟订活动通知")
    clerk.attaches("附件", "申报书（空白）.pdf", SCAN)
    page = clerk.opens("拟订活动通知")
    document = page.doc.xpath("string(//a[starts-with(@href, '/files/')]/@href)").rpartition("/")[2]
    assert not clerk.hands_in(NOTICE).refused
    return clerk, f"/public/notice/cn-2023/files/{document}"


def test_the_attachments_of_the_notice_are_everybody_s_once_it_is_issued(beginning):
    clerk, where = drafted(beginning)
    stranger = beginning.stranger()
    assert "申报书（空白）" not in stranger.goes("/public/notice").text
    assert stranger.goes(where).status == 404

    beginning.as_("director").does("签发活动通知", {"outcome": "issue"})

    page = stranger.goes("/public/notice")
    assert page.link("申报书（空白）.pdf") == where
    got = stranger.client.get(where)
    assert (got.status_code, got.content, got.headers["content-disposition"].partition(";")[0]) == (200, SCAN, "attachment")
    assert stranger.goes(where.replace("cn-2023", "cn-2022")).status == 404
    assert clerk.goes("/public/notice").has_link("申报书（空白）.pdf"), "who is signed in reads the same"


def test_a_draft_stays_a_draft_while_the_season_stands_still(beginning):
    _, where = drafted(beginning)
    suspend_season(beginning.house, season="cn-2023", reason="等待文件")

    stranger = beginning.stranger()

    assert NOTICE["title"] not in stranger.goes("/public/notice").text
    assert stranger.goes(where).status == 404
    assert "2023年9月15日" not in stranger.goes("/").text


def test_an_exchange_activity_is_read_by_everybody_as_soon_as_it_is_registered(world_at):
    """办法 §24: name, day, place, who shares, what happened."""
    world = world_at("公告")
    world.others_go_on("2023-12-01T09:00", but=["N15b"])
    stranger = world.stranger()
    assert "第一期交流活动" not in stranger.goes("/public/exchanges").text
    clerk = world.as_("clerk")
    clerk.opens("登记经验交流活动")
    (first, *_) = sorted(clerk.form().offered["titles"] - {""})
    event = {"name": "第一期交流活动", "held_on": "2024-03-01", "place": "北京", "titles": [first], "summary": words("现场学习"), "outcome": "more"}
    assert not clerk.hands_in(event).refused

    page = stranger.goes(stranger.goes("/").link("交流活动"))

    assert "共 1 项" in page.text
    assert "即将举办" in page.text
    holder = stranger.goes("/public/announcements").doc.xpath(f"string(//tr[contains(., '{first}')]/td[3])")
    assert holder
    assert holder in stranger.goes("/public/exchanges").text
    world.time_is("2024-03-02T09:00")
    assert "即将举办" not in stranger.goes("/public/exchanges").text
    sheet = stranger.client.get("/public/exchanges?form=xlsx")
    assert sheet.status_code == 200
    stranger.client.cookies.set("language", "en")
    assert "Holders taking part" in stranger.goes("/public/exchanges").text


def test_each_public_list_says_how_many_it_holds(world_at):
    world = world_at("已公告")
    stranger = world.stranger()
    lists = [
        stranger.goes(f"/public/{kind}").doc.xpath(f"string(//main//a[starts-with(@href, '/public/{kind}/')]/@href)")
        for kind in ("publicity", "announcements")
    ]
    for path in ("/public/announcements", *lists):
        page = stranger.goes(path)
        rows = page.doc.xpath("count(//tbody/tr)")
        assert rows, path
        assert f"共 {rows:.0f} 项" in page.text, path
    assert "共 1 批" in stranger.goes("/public/publicity").text


def test_a_page_that_is_not_there_says_what_to_do_next(beginning):
    stranger, clerk = beginning.stranger(), beginning.as_("clerk")
    page = stranger.goes("/no/such/page")
    assert page.status == 404
    assert "先登录" in page.text
    assert page.link("登录") == "/login"
    assert "010-68416386" in page.text
    assert clerk.goes("/no/such/page").link("我的任务") == "/inbox"
    stranger.client.cookies.set("language", "en")
    assert "sign in first" in stranger.goes("/no/such/page").text


@pytest.mark.parametrize(("path", "field"), [("/register", "mail"), ("/public/subscription", "mail"), ("/password", "login")])
def test_letters_about_an_account_are_signed_as_the_others_are(beginning, path, field):
    stranger = beginning.stranger()
    stranger.login = "new@people.invalid" if path != "/password" else beginning.as_("clerk").mailbox
    stranger.goes(path)
    stranger.sends(path, {field: stranger.login if path != "/password" else "office_clerk1", "name": "张三"})
    beginning.settles()
    body = stranger.mails[-1].body.splitlines()
    assert body[-3] == "全国质量标杆工作办公室"
    assert "请勿直接回复" in body[-1]
