"""公示, 异议, 批准, 公告, 称号, 撤销."""

import shutil
from datetime import date, timedelta

import pytest

from app.demo import stages
from app.doctor import examine
from app.season import deploy
from app.simulate import names, papers
from app.simulate import play as plays
from app.simulate.answers.base import words
from app.simulate.names import uscc
from app.simulate.play import import_title
from selection.calendar import local_day
from store.selection.facts import Facts
from store.selection.publicity import digest
from store.selection.queries_public import public_items
from store.selection.title import TitleFacts
from tests.acceptance.filing import SCAN
from tests.acceptance.stages import PASSWORD
from tests.acceptance.world import FormOnPage
from tests.reliability.season import FOLDER, prepare
from web.passwords import hash_password

CHANNELS = [{"channel": "website", "url": "https://notice.invalid/list"}, {"channel": "wechat", "url": "https://wechat.invalid/list"}]
PROOF = [("发布页截图", "截图.pdf", SCAN)]
RECHECK, APPROVE, CHECK, PUBLISH = "公告前信用复核", "批准遴选结果", "代录复核", "发布并登记结果公告"
COMMENT = "专业组综合评语"
OBJECTION = {"name": "李群众", "contact": "objector@people.invalid", "facts": words("反映该单位申报数据可能不实，附对比数据和来源")}


@pytest.fixture
def world(world_at):
    return world_at("公示")


def published(world, at="2023-11-06T09:00"):
    """Signed off, published, registered by two persons; in comes the page of the list."""
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    if f"{world.now:%Y-%m-%dT%H:%M}" < at:
        world.time_is(at)
    clerk = world.as_("clerk")
    clerk.does("登记公示发布", {"published_at": at, "channels": CHANNELS}, files=PROOF)
    assert clerk.tries("公示发布复核", {"outcome": "agree"}).refused
    world.as_("second clerk").does("公示发布复核", {"outcome": "agree"})
    return the_list(world)


def test_a_signature_under_the_list_is_taken_back_before_it_is_published(world):
    director = world.as_("director")
    director.does("签批公示", {"signed_by": "张会长", "outcome": "approve"})

    assert not director.takes_back("签批公示").refused

    assert "登记公示发布" not in world.as_("clerk").tasks()
    director.does("签批公示", {"comment": words("请核对企业名称"), "outcome": "return"})
    published(world)


def test_a_wrong_address_is_taken_back_and_only_the_right_one_is_published(world):
    """§14: until somebody goes on from it the clerk registers anew; what a second person finds wrong is registered anew as well."""
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    world.time_is("2023-11-06T09:00")
    clerk, second = world.as_("clerk"), world.as_("second clerk")
    wrong = [{"channel": "website", "url": "https://notice.invalid/wrong"}, CHANNELS[1]]
    clerk.does("登记公示发布", {"published_at": "2023-11-06T09:00", "channels": wrong}, files=PROOF)

    assert not clerk.takes_back("登记公示发布").refused
    assert "公示发布复核" not in second.tasks()
    clerk.does("登记公示发布", {"published_at": "2023-11-06T09:00", "channels": wrong})
    second.does("公示发布复核", {"outcome": "disagree", "comment": words("网址与发布页不一致")})
    assert clerk.takes_back("登记公示发布").status == 404, "a second person has looked at it"
    clerk.does("登记公示发布", {"published_at": "2023-11-06T09:00", "channels": CHANNELS})
    second.does("公示发布复核", {"outcome": "agree"})

    shown = the_list(world).text
    assert CHANNELS[0]["url"] in shown
    assert "https://notice.invalid/wrong" not in shown


def the_list(world):
    reader = world.stranger()
    reader.goes("/public/publicity")
    return reader.goes(reader.page.doc.xpath("string(//a[starts-with(@href,'/public/publicity/B')]/@href)"))


def objects(world, number):
    """Somebody objects; in comes the receipt's number and the page."""
    person = world.stranger()
    person.goes(the_list(world).path)
    where = next(href for href in person.page.doc.xpath("//a/@href") if href.endswith(f"/{world.application(number)}/objection"))
    person.goes(where)
    page = person.sends(where, OBJECTION)
    assert not page.refused, page.complaints
    number, code = page.doc.xpath("string(//dd/b)"), page.doc.xpath("string(//dd/code)")
    return f"{number}-{code}", page


def test_a_second_objection_to_the_same_item_is_merged_and_each_objector_is_answered(world):
    """§8: duplicates are merged; one investigation and one decision, and nobody waits for an answer in vain."""
    published(world)
    objects(world, 1)
    first = {**OBJECTION}
    other = {"name": "王群众", "contact": "other@people.invalid", "facts": words("同样反映该单位申报数据可能不实，附往年数据")}
    person = world.stranger()
    where = f"{the_list(world).path}/{world.application(1)}/objection"
    person.goes(where)
    assert not person.sends(where, other, files={"evidence": ("往年数据.pdf", SCAN)}).refused
    clerk = world.as_("clerk")
    clerk.does("登记并受理异议", {"channel": "page", "outcome": "accept"}, about="YY-0001")
    clerk.opens("登记并受理异议", "YY-0002")
    (main,) = clerk.form().offered["duplicate_of"] - {""}
    assert clerk.hands_in({"channel": "page", "outcome": "merge"}).refused, "which one it repeats is to be said"
    clerk.does("登记并受理异议", {"channel": "page", "duplicate_of": main, "outcome": "merge"}, about="YY-0002")
    clerk.does("答复异议人和申报单位", {"to_objector": words("与在先异议合并调查"), "to_enterprise": words("合并处理")}, about=world.enterprise(1))
    assert not [mail for mail in world.mails_to(other["contact"]) if "异议答复" in mail.subject], "it is not decided yet"

    clerk.does("编写异议摘要", {"summary": words("有群众反映申报数据可能不实")}, about=world.enterprise(1))
    shown = clerk.opens("调查核实", world.enterprise(1)).text
    assert other["facts"] in shown
    assert "往年数据.pdf" in shown, "what the second objector brought is looked into as well"
    clerk.does("调查核实", {"findings": words("经核实数据属实"), "proposal": "dismissed", "outcome": "report"}, about=world.enterprise(1))
    world.as_("enterprise 1").does("书面说明", {"statement": words("数据来源真实")})
    deliberated(world, "refuse")

    for contact in (first["contact"], other["contact"]):
        (answer,) = [mail for mail in world.mails_to(contact) if "异议答复" in mail.subject]
        assert "异议不成立" in answer.body, contact
    assert "合并" in answer.body
    told = [mail for mail in world.as_("enterprise 1").mails if "异议" in mail.subject and "不成立" in mail.body]
    assert len(told) == 1
    assert examine(world.house) == []


def test_who_objects_on_english_pages_reads_english_letters_and_the_office_knows(world):
    """§9.3, 33 and 35: the receipt and the answer; whoever answers is told in which language."""
    published(world)
    person = world.stranger()
    where = f"{the_list(world).path}/{world.application(1)}/objection"
    person.goes(where)
    person.sends("/language", {"language": "en", "then": where})
    person.goes(where)
    page = person.sends(where, OBJECTION | {"contact": "english@people.invalid"})
    assert not page.refused, page.complaints
    clerk = world.as_("clerk")
    assert "英文，答复请用英文" in clerk.opens("登记并受理异议").text
    clerk.does("登记并受理异议", {"channel": "page", "comment": words("与本次公示的项目无关"), "outcome": "reject"})
    assert "英文，答复请用英文" in clerk.opens("答复异议人和申报单位").text
    clerk.does("答复异议人和申报单位", {"to_objector": "Your objection concerns another list.", "to_enterprise": words("异议不予受理")})

    receipt, answer = world.mails_to("english@people.invalid")
    assert receipt.subject.startswith("Objection received, receipt 2023-YY-")
    assert "Dear 李群众" in receipt.body
    assert "Your identity is not told to the enterprise." in receipt.body
    assert "has been decided: not taken up." in answer.body
    assert "Your objection concerns another list." in answer.body
    assert "Office of the National Quality Benchmark" in answer.body
    number, code = page.doc.xpath("string(//dd/b)"), page.doc.xpath("string(//dd/code)")
    state = person.goes("/public/objection", params={"receipt": number, "code": code}).text
    assert "Done Not taken up" in state


def test_ten_working_days_count_from_the_registered_publication(world):
    """G15, G16: 2023-11-06 → 2023-11-20, the day of publication not counted."""
    page = published(world)

    (row,) = page.rows(world.enterprise(1))
    assert "2023年11月20日" in row
    world.time_is("2023-11-20T23:59")
    assert the_list(world).has_link("提出异议")
    world.time_is("2023-11-21T00:00")
    assert not the_list(world).has_link("提出异议")


def test_a_publication_is_not_registered_for_a_day_on_which_there_was_no_list(world):
    """A-68: who writes an earlier day by mistake would cut the public's ten working days short."""
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    clerk = world.as_("clerk")
    page = clerk.tries("登记公示发布", {"published_at": "2023-10-06T09:00", "channels": CHANNELS}, files=PROOF)
    assert page.refused
    assert "不能早于名单确定的时间" in page.text


def test_ten_working_days_over_the_national_day(tmp_path):
    """G17: a season whose list is published on 2023-09-28 → 2023-10-18; 7 and 8 October are worked, 29 September to 6 October are not."""
    earlier = stages.Stage(id="cn-2023-g17", title="提前的活动", title_en="An earlier season", days=-23, fates=(), rests=())
    cn_2023 = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    for name, content in stages.files_of(earlier, cn_2023).items():
        (tmp_path / "season" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "season" / name).write_bytes(content)
    play = prepare(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", applications=3, season=tmp_path / "season")
    plays.run(play, until=play.plan["公示开始"] + timedelta(days=1))

    with play.world.house.database.read() as connection:
        facts = Facts(connection).publicity
        (batch,) = facts.batches(play.world.season, kind="publicity")
        assert {local_day(row.at) for row in facts.publications(batch.id)} == {date(2023, 9, 28)}
        assert {local_day(item.ends - timedelta(microseconds=1)) for item in facts.items(batch.id)} == {date(2023, 10, 18)}
    play.world.house.close()


def test_who_registers_a_publication_finds_a_row_for_every_channel_that_needs_one(world):
    """§14: the web site and the account are both registered, so neither is forgotten."""
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    page = world.as_("clerk").opens("登记公示发布").doc

    assert page.xpath("//select[contains(@name, 'channel')]/option[@selected]/text()") == ["中国质量协会网站", "全国质量标杆微信公众号"]


def test_who_publishes_finds_the_text_for_the_wechat_account_ready(world):
    """§8: an export text; the lines as they are printed, by focus areas, nothing that is secret."""
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    shown = world.as_("clerk").opens("登记公示发布").doc.xpath("string(//details[summary[contains(., '公众号文本')]])")

    assert "公示期为10个工作日（发布当日不计入）" in shown
    lines = [line for line in shown.splitlines() if line.startswith("1. ")]
    assert lines, "each focus area counts its own lines"
    assert all(line.count("｜") == 2 for line in lines), "enterprise, experience, unit"
    assert world.enterprise(1) in shown
    assert "实名提出" in shown


def test_the_list_says_on_what_it_rests_how_days_count_and_where_to_object(world):
    """§8: basis, the ten working days and how they count, who takes objections; nothing of scores or contacts of enterprises."""
    shown = published(world).text

    assert "《全国质量标杆遴选及交流实施办法》" in shown
    assert "10 个工作日，发布当日不计入" in shown
    assert "任何单位和个人可通过本页" in shown
    assert "010-68416386" in shown
    form = world.play.parts[0].form["application_table"]
    assert form["contact_mobile"] not in shown
    assert form["contact_email"] not in shown


def test_the_list_names_the_address_for_objections_by_letter(world, tmp_path):
    """§8: online, by mail, by telephone and at the office's address, which the season says where it has one."""
    world.season_says(tmp_path / "season", {'address = ""': 'address = "模拟市质量大道100号"'})
    shown = published(world)

    assert "010-68416386 · qmb@caq.org.cn · 模拟市质量大道100号" in shown.text


def test_the_office_is_told_on_the_morning_of_the_last_day(world):
    published(world)
    objects(world, 1)
    clerk = world.as_("clerk")
    world.time_is("2023-11-20T08:59")
    assert not [mail for mail in clerk.mails if "公示今日截止" in mail.subject]

    world.time_is("2023-11-20T09:00")

    (told,) = [mail for mail in clerk.mails if "公示今日截止" in mail.subject]
    assert "未结异议 1 件" in told.subject


def test_who_left_before_the_list_was_published_was_never_public(world):
    """A list is public as it was published: who withdrew after the vote is on no page of it, and nobody objects to it (§21)."""
    gone = world.enterprise(2)
    world.as_("director").sends(f"/cases/{world.application(2)}/terminate", {"reason": "企业已注销，经核实终止"})

    page = published(world)

    assert world.enterprise(1) in page.text
    assert gone not in page.text
    assert world.stranger().goes(f"{page.path}/{world.application(2)}/objection").status == 404
    with world.house.database.read() as connection:
        printed = {row["application"]: row["row"] for row in public_items(connection, page.path.rpartition("/")[2])}
    assert page.doc.xpath("string(//code)") == digest(printed), "the check sum is that of the list as it is public"


def test_who_left_before_the_announcement_is_not_announced(world_at):
    world = world_at("公告")
    approved(world)
    world.as_("director").sends(f"/cases/{world.application(2)}/terminate", {"reason": "企业已注销，经核实终止"})

    announced(world)

    reader = world.stranger()
    page = reader.goes(reader.goes("/public/announcements").doc.xpath("string(//a[starts-with(@href,'/public/announcements/B')]/@href)"))
    assert world.enterprise(1) in page.text
    assert world.enterprise(2) not in page.text


def test_nobody_is_on_a_public_list_before_its_publication_is_registered(world):
    reader = world.stranger()

    assert "暂无" in reader.goes("/public/publicity").text
    assert "公示中" not in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text
    assert "公示" not in "".join(mail.subject for mail in world.as_("enterprise 1").mails)
    world.as_("director").does("签批公示", {"signed_by": "张会长", "outcome": "approve"}, files=[("签批件扫描", "签批件.pdf", SCAN)])
    world.time_is("2023-11-06T09:00")
    world.as_("clerk").does("登记公示发布", {"published_at": "2023-11-06T09:00", "channels": CHANNELS}, files=PROOF)
    assert "暂无" in reader.goes("/public/publicity").text, "a second person has not found it right yet"


def test_the_list_shows_what_is_published_and_no_scores(world):
    page = published(world)

    assert world.enterprise(1) in page.text
    assert world.enterprise(8) not in page.text
    assert "分" not in "".join(page.doc.xpath("//th//text()"))


def test_an_objection_needs_facts_and_gets_a_receipt_that_opens_its_state(world):
    published(world)
    person = world.stranger()
    where = next(href for href in the_list(world).doc.xpath("//a/@href") if href.endswith("/objection") and world.application(1) in href)
    person.goes(where)
    good, bad = (("evidence", (name, content)) for name, content in (("a.pdf", b"%PDF-1.7 " + b"x" * 99), ("b.pdf", b"no such thing")))
    kept = sorted(world.house.files.everything())
    for typed, files in ((OBJECTION | {"facts": ""}, [good]), (OBJECTION, [good, bad]), (OBJECTION, [good] * 6)):
        assert person.sends(where, typed, files=files).refused
    assert sorted(world.house.files.everything()) == kept, "nothing is stored before all of it is looked at"

    receipt, page = objects(world, 1)

    number, _, code = receipt.rpartition("-")
    assert [page.text.count(part) for part in (number, code)] == [1, 1], "each stands there once"
    (told,) = [mail for mail in world.as_("clerk").mails if "收到异议" in mail.subject]
    assert receipt.rpartition("-")[0] in told.body, "the number that the objector quotes"
    assert receipt not in told.body, "what opens its state is the objector's alone"
    assert "办理中" in world.stranger().goes("/public/objection", params={"receipt": receipt}).text
    assert world.stranger().goes("/public/objection", params={"receipt": "X" + receipt}).status == 404


def investigated(world, number, proposal):
    """受理, 摘要, 书面说明, 调查核实 up to the committee."""
    clerk, person = world.as_("clerk"), world.as_(f"enterprise {number}")
    assert OBJECTION["facts"] in clerk.opens("登记并受理异议").text, "who takes an objection reads it"
    clerk.does("登记并受理异议", {"channel": "page", "outcome": "accept"})
    clerk.does("编写异议摘要", {"summary": words("有群众反映申报数据可能不实")})
    assert "准备合议材料" not in world.as_("secretary").tasks(), "the committee deliberates on what was found (办法 §22)"
    shown = person.opens("书面说明").text + "".join(mail.body + mail.subject for mail in person.mails)
    assert "有群众反映申报数据可能不实" in shown, "the applicant answers to the summary"
    assert OBJECTION["facts"] not in shown
    assert "李群众" not in shown
    assert "objector@people.invalid" not in shown
    person.does("书面说明", {"statement": words("我单位数据真实，附审计报告")})
    clerk.does("调查核实", {"findings": words("已向申报单位、推荐单位核实"), "proposal": proposal, "outcome": "report"})


def test_what_an_objection_asks_of_an_enterprise_waits_beside_its_application(world):
    published(world)
    objects(world, 1)
    clerk, person = world.as_("clerk"), world.as_("enterprise 1")
    clerk.does("登记并受理异议", {"channel": "page", "outcome": "accept"})
    clerk.does("编写异议摘要", {"summary": words("有群众反映申报数据可能不实")})

    for page in ("/portal", f"/portal/{world.application(1)}"):
        assert "书面说明" in person.goes(page).text, page
        assert "书面说明" not in world.as_("enterprise 2").goes("/portal").text


def deliberated(world, decision):
    """The committee deliberates on the objection; the objector and the enterprise are answered."""
    secretary = world.as_("secretary")
    secretary.opens("准备合议材料")
    offered = secretary.form().offered
    held = f"{world.now:%Y-%m-%d}T23:00"
    called, chair = sorted(offered["called"]), min(offered["presiding"] - {""})
    secretary.does("准备合议材料", {"held_at": held, "place": "线上", "mode": "correspondence", "called": called, "presiding": chair})
    world.time_is(held)
    secretary.opens("合议并登记表决结果")
    (item,) = secretary.form().offered["items[#].item"] - {""}
    votes = (len(called), 0) if decision == "approve" else (0, len(called))
    line = {"item": item, "votes_for": votes[0], "votes_against": votes[1], "abstained": 0, "decision": decision, "reason": words("经合议")}
    record = {"present": called, "presiding": chair, "items": [line], "outcome": "decided"}
    secretary.does("合议并登记表决结果", record, files=[("签字的表决记录", "表决.pdf", SCAN)])
    secretary.opens("签署会议纪要")
    secretary.attaches("签字纪要", "纪要.pdf", SCAN)
    secretary.does("签署会议纪要", {"text": words("会议审议并表决"), "signed_by": "主任委员", "signed_on": f"{world.now:%Y-%m-%d}"})
    world.as_("clerk").does("答复异议人和申报单位", {"to_objector": words("您反映的问题已核查"), "to_enterprise": words("异议已审议")})


def stands(world, number):
    """Where the office's list says that an application stands."""
    with world.house.database.read() as connection:
        return Facts(connection).applications.get(world.application(number)).state


def test_a_line_says_for_the_office_that_an_objection_to_it_is_looked_into_and_no_longer_when_it_is_dismissed(world):
    """§9.1: objected from the moment that it is taken up; public again until its ten days are over."""
    published(world)
    objects(world, 1)
    assert stands(world, 1) == "publicity"
    clerk = world.as_("clerk")
    clerk.does("登记并受理异议", {"channel": "page", "outcome": "accept"})
    assert stands(world, 1) == "objected"
    assert "公示中" in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text, "outside it is public as before"
    assert not clerk.takes_back("登记并受理异议").refused
    assert stands(world, 1) == "publicity"
    investigated(world, 1, "dismissed")
    assert stands(world, 1) == "objected"

    deliberated(world, "refuse")

    assert stands(world, 1) == "publicity"
    assert examine(world.house) == []


def test_an_objection_that_is_upheld_takes_the_item_off(world):
    """G42: 调查核实, then 报评审委员会审议."""
    published(world)
    receipt, _ = objects(world, 1)
    investigated(world, 1, "upheld")
    assert "取消入选" not in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text, "that is the committee's to decide"
    deliberated(world, "approve")
    world.time_is("2023-11-21T09:00")

    assert "取消入选" in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text
    number, _, code = receipt.rpartition("-")
    page = world.stranger().goes("/public/objection", params={"receipt": number, "code": code})
    assert "已办结" in page.text
    assert "异议成立" in page.text
    assert "您反映的问题已核查" in page.text, "the holder of the receipt reads the answer"
    assert "李群众" not in page.text
    assert world.stranger().goes("/public/objection", params={"receipt": number, "code": "0" * 12}).status == 404
    assert "您反映的问题已核查" not in world.stranger().goes("/public/objection", params={"receipt": number}).text
    assert any("异议" in mail.subject for mail in world.mails_to("objector@people.invalid"))


@pytest.mark.parametrize("proposed", ["dismissed", "upheld"])
def test_an_objection_that_is_dismissed_leaves_the_item_on(world, proposed):
    """G42: whatever the investigation proposes, it is the committee that decides."""
    published(world)
    objects(world, 1)
    investigated(world, 1, proposed)
    deliberated(world, "refuse")
    world.time_is("2023-11-21T09:00")

    assert "公告前信用复核" in world.as_("clerk").tasks()
    assert "取消入选" not in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text


# 更正


CORRECTED = "某某公司实施精益管理的经验"


def correction_of(world, number, **texts):
    """The clerk opens the case of a published line and changes what is wrong; in comes the page that answers."""
    clerk = world.as_("clerk")
    clerk.goes(f"/cases/{world.application(number)}")
    page = clerk.clicks("更正公示内容")
    form = FormOnPage(page.doc.xpath("//main//form[.//textarea[@name='reason']]")[0])
    return clerk.sends(page.path, form.filled({"reason": words("名称录入有误"), **texts}))


def republished(world, at):
    """Agreed by another person, published, registered and checked by two."""
    assert world.as_("clerk").tries("更正复核", {"outcome": "agree"}).refused
    shown = world.as_("second clerk").opens("更正复核").text
    assert CORRECTED in shown
    world.as_("second clerk").does("更正复核", {"outcome": "agree"})
    if f"{world.now:%Y-%m-%dT%H:%M}" < at:
        world.time_is(at)
    clerk = world.as_("clerk")
    assert clerk.tries("登记更正发布", {"published_at": at, "channels": CHANNELS}).refused, "without the screenshot"
    clerk.does("登记更正发布", {"published_at": at, "channels": CHANNELS}, files=PROOF)
    assert clerk.tries("更正发布复核", {"outcome": "agree"}).refused
    world.as_("second clerk").does("更正发布复核", {"outcome": "agree"})


def test_a_corrected_line_has_its_own_ten_working_days_and_the_others_keep_theirs(world):
    """A-68, §14: proposed, agreed by a second person, published; both texts stand on the public page; the others go on to approval."""
    published(world)
    world.time_is("2023-11-13T09:00")
    before = the_list(world).text
    asked = correction_of(world, 1, experience_name=CORRECTED)
    assert not asked.refused, asked.complaints
    assert the_list(world).text == before, "nothing changes before it is published"

    republished(world, "2023-11-14T10:00")

    page = the_list(world)
    (corrected,), (other,) = page.rows(CORRECTED)[:1], page.rows(world.enterprise(2))
    assert "2023年11月28日" in corrected
    assert "2023年11月20日" in other
    old = world.play.parts[0].form["application_table"]["experience_name"]
    assert f"原为“{old}”，更正为“{CORRECTED}”" in page.text
    assert "2023年11月14日" in page.text or "2023-11-14" in page.text
    for who in ("enterprise 1", "unit"):
        (letter,) = [mail for mail in world.as_(who).mails if "更正" in mail.subject]
        assert CORRECTED in letter.body
    assert not [mail for mail in world.as_("enterprise 2").mails if "更正" in mail.subject]

    world.time_is("2023-11-21T09:00")
    approved(world)
    announced(world)
    titles = world.stranger().goes("/public/announcements").text
    assert world.enterprise(2) in titles
    assert world.enterprise(1) not in titles, "its own period has not ended"
    assert the_list(world).has_link("提出异议")

    world.time_is("2023-11-28T08:59")
    mornings = [mail for mail in world.as_("clerk").mails if "更正项" in mail.subject]
    assert not mornings
    world.time_is("2023-11-28T09:01")
    (morning,) = [mail for mail in world.as_("clerk").mails if "更正项" in mail.subject]
    assert world.enterprise(1) in morning.subject
    assert "2023年11月28日" in morning.body

    world.time_is("2023-11-29T09:00")
    approved(world)
    announced(world)
    assert CORRECTED in world.stranger().goes("/public/announcements").text
    assert examine(world.house) == []


def test_a_correction_that_is_not_agreed_to_leaves_the_line_as_it_was(world):
    published(world)
    page = the_list(world).text
    assert not correction_of(world, 1, experience_name=CORRECTED).refused

    world.as_("second clerk").does("更正复核", {"outcome": "disagree", "comment": words("与申报书一致，无需更正")})

    assert the_list(world).text == page
    assert "登记更正发布" not in world.as_("clerk").tasks()
    world.time_is("2023-11-21T09:00")
    approved(world)


def test_a_correction_still_under_way_at_the_end_of_the_period_holds_its_line_alone(world):
    published(world)
    correction_of(world, 1, experience_name=CORRECTED)
    world.time_is("2023-11-21T09:00")
    approved(world)
    announced(world)
    assert world.enterprise(1) not in world.stranger().goes("/public/announcements").text

    world.as_("second clerk").does("更正复核", {"outcome": "disagree", "comment": words("与申报书一致，无需更正")})

    approved(world)
    announced(world)
    assert world.enterprise(1) in world.stranger().goes("/public/announcements").text


def test_an_objection_to_a_corrected_line_holds_it_until_it_is_settled(world):
    published(world)
    world.time_is("2023-11-13T09:00")
    correction_of(world, 1, experience_name=CORRECTED)
    republished(world, "2023-11-14T10:00")
    world.time_is("2023-11-27T09:00")
    objects(world, 1)
    world.time_is("2023-11-29T09:00")
    assert "异议" in world.as_("clerk").goes(f"/cases/{world.application(1)}").text
    investigated(world, 1, "dismissed")
    deliberated(world, "refuse")
    world.settles()

    assert "取消入选" not in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text
    assert examine(world.house) == []


def test_only_the_office_corrects_and_only_what_is_public_and_wrong(world):
    address = f"/cases/{world.application(1)}/correction"
    assert world.as_("clerk").goes(address).status == 404, "not public yet"
    published(world)

    same = correction_of(world, 1)
    assert same.refused
    assert "相同" in same.complaints
    assert correction_of(world, 1, experience_name=CORRECTED, reason=" ").refused
    for who in ("enterprise 1", "unit", "approver", "auditor", "administrator"):
        assert world.as_(who).goes(address).status == 404
        assert world.as_(who).sends(address, {"experience_name": CORRECTED, "reason": words("录入有误")}).status == 404
    assert not correction_of(world, 1, experience_name=CORRECTED).refused
    assert world.as_("clerk").goes(address).status == 404, "one correction at a time"


def approved(world):
    world.as_("clerk").does("公告前信用复核", {"checked_on": f"{world.now:%Y-%m-%d}", "sources": "信用中国", "outcome": "clean"})
    world.as_("approver").does("批准遴选结果", {"outcome": "approve"})


def announced(world):
    clerk = world.as_("clerk")
    number = {"number": "中国质协公告〔2023〕1号", "published_at": f"{world.now:%Y-%m-%dT%H:%M}", "channels": CHANNELS}
    clerk.does("发布并登记结果公告", number, files=PROOF)
    assert clerk.tries("公告发布复核", {"outcome": "agree"}).refused
    world.as_("second clerk").does("公告发布复核", {"outcome": "agree"})


def test_while_an_objection_is_open_its_item_is_held_and_the_others_go_on(world):
    published(world)
    objects(world, 1)
    world.time_is("2023-11-21T09:00")

    approved(world)
    announced(world)

    titles = world.stranger().goes("/public/announcements").text
    assert world.enterprise(2) in titles
    assert world.enterprise(1) not in titles


def test_a_season_may_approve_its_list_only_as_one(world, tmp_path):
    """A-70 is a default: where nothing goes on alone, the others wait until the disputed item is settled, and go on with it."""
    world.season_says(tmp_path / "season", {"partial_approval = true": "partial_approval = false"})
    published(world)
    objects(world, 1)
    world.time_is("2023-11-21T09:00")
    assert RECHECK not in world.as_("clerk").tasks()
    (told,) = [mail for mail in world.as_("director").mails if "公示期满" in mail.subject]
    assert "一并报批" in told.subject + told.body

    investigated(world, 1, "dismissed")
    deliberated(world, "refuse")
    world.settles()
    approved(world)
    announced(world)

    titles = world.stranger().goes("/public/announcements").text
    assert world.enterprise(1) in titles
    assert world.enterprise(2) in titles
    assert examine(world.house) == []


def test_a_season_may_begin_the_whole_list_again_with_a_correction(world, tmp_path):
    """A-68 is a default: every line that is public still has ten working days from the correction, and everybody is told them."""
    world.season_says(tmp_path / "season", {'correction_restarts = "line"': 'correction_restarts = "list"'})
    published(world)
    world.time_is("2023-11-13T09:00")
    correction_of(world, 1, experience_name=CORRECTED)
    republished(world, "2023-11-14T10:00")

    page = the_list(world)
    assert all("2023年11月28日" in page.rows(world.enterprise(number))[0] for number in (1, 2))
    assert any("11月28日" in mail.body for mail in world.as_("enterprise 2").mails)
    world.time_is("2023-11-21T09:00")
    assert RECHECK not in world.as_("clerk").tasks()
    assert the_list(world).has_link("提出异议")
    assert not [mail for mail in world.mails() if "公示今日截止" in mail.subject]

    world.time_is("2023-11-28T09:01")
    assert len([mail for mail in world.as_("clerk").mails if "公示今日截止" in mail.subject]) == 1
    objects(world, 2)
    world.time_is("2023-11-29T09:00")
    approved(world)
    announced(world)
    titles = world.stranger().goes("/public/announcements").text
    assert CORRECTED in titles
    assert world.enterprise(2) not in titles, "its objection is open"
    investigated(world, 2, "dismissed")
    deliberated(world, "refuse")
    approved(world)
    announced(world)
    assert examine(world.house) == []


def test_where_the_whole_list_begins_again_it_waits_for_a_correction_under_way(world, tmp_path):
    world.season_says(tmp_path / "season", {'correction_restarts = "line"': 'correction_restarts = "list"'})
    published(world)
    correction_of(world, 1, experience_name=CORRECTED)
    world.time_is("2023-11-21T09:00")
    assert RECHECK not in world.as_("clerk").tasks()

    world.as_("second clerk").does("更正复核", {"outcome": "disagree", "comment": words("与申报书一致，无需更正")})

    approved(world)
    announced(world)
    assert world.enterprise(1) in world.stranger().goes("/public/announcements").text


def test_too_late_for_an_objection(world):
    page = published(world)
    where = next(href for href in page.doc.xpath("//a/@href") if href.endswith(f"/{world.application(1)}/objection"))
    world.time_is("2023-11-21T00:00")
    person = world.stranger()
    person.goes("/")

    assert person.sends(where, OBJECTION).refused


# 批准, 公告


def test_the_approval_may_be_sent_back_with_reasons_and_is_the_associations(world_at):
    """G19: 中国质量协会 approves."""
    world = world_at("公告")
    clerk, approver = world.as_("clerk"), world.as_("approver")
    day = f"{world.now:%Y-%m-%d}"
    clerk.does("公告前信用复核", {"checked_on": day, "sources": "信用中国", "outcome": "clean"})
    assert "批准遴选结果" not in world.as_("director").tasks()

    assert approver.tries("批准遴选结果", {"outcome": "return_office"}).refused
    approver.does("批准遴选结果", {"comment": words("请补充复核记录"), "outcome": "return_office"})

    assert "公告前信用复核" in clerk.tasks()
    approved(world)
    person, own = world.as_("enterprise 1"), f"/portal/{world.application(1)}"
    assert COMMENT not in person.goes(own).text
    announced(world)
    assert "已公告" in person.goes(own).text
    assert COMMENT in person.goes(own).text, "A-61: what the group said of it, once the result is announced"
    assert COMMENT not in world.as_("unit").goes(own).text
    assert "有效" in person.goes("/portal").text
    assert any("获全国质量标杆" in mail.subject for mail in person.mails)


def test_a_season_may_keep_what_the_group_said_to_itself(world_at, tmp_path):
    """A-61 is a default: the applicant reads the result, without the comment."""
    world = world_at("公告")
    world.season_says(tmp_path / "season", {"comment_released = true": "comment_released = false"})
    approved(world)
    announced(world)

    page = world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text
    assert "已公告" in page
    assert COMMENT not in page


def test_only_who_records_for_the_approver_is_asked_for_the_signed_page(world_at):
    """代录 (§14): who approves himself gives the decision alone; who records finds the reason and the scan asked for at once."""
    world = world_at("公告")
    world.as_("clerk").does(RECHECK, {"checked_on": f"{world.now:%Y-%m-%d}", "sources": "信用中国", "outcome": "clean"})
    approver, recorder = world.as_("approver"), world.as_("second clerk")

    approver.opens(APPROVE)
    assert set(approver.form().offered) & {"approver", "approved_on", "proxy", "proxy_reason"} == set()
    assert "签批件扫描" not in approver.page.text
    recorder.opens(APPROVE)
    assert {"approver", "approved_on", "proxy", "proxy_reason"} <= set(recorder.form().offered)
    assert recorder.page.doc.xpath("//input[@name='proxy' and @value='true' and @checked]")
    assert not recorder.page.doc.xpath("//textarea[@name='proxy_reason' and @disabled]")


def test_what_the_office_records_for_the_approver_is_checked_by_a_second_person(world_at):
    """代录 (§14): with reason, signed page and a second person; until then nothing is approved."""
    world = world_at("公告")
    day = f"{world.now:%Y-%m-%d}"
    first, recorder, other = world.as_("clerk"), world.as_("second clerk"), world.as_("third clerk")
    first.does(RECHECK, {"checked_on": day, "sources": "信用中国", "outcome": "clean"})
    record = {"approver": "张会长", "approved_on": day, "proxy": True, "proxy_reason": words("批准人外出，签批件已送达"), "outcome": "approve"}

    assert recorder.tries(APPROVE, record).refused, "the signed page is missing"
    recorder.does(APPROVE, record, files=[("签批件扫描", "批准.pdf", SCAN)])
    assert PUBLISH not in first.tasks()
    assert recorder.tries(CHECK, {"outcome": "agree"}).refused, "not by who recorded it"
    shown = other.opens(CHECK).text
    for told in ("批准.pdf", "张会长", words("批准人外出，签批件已送达")):
        assert told in shown, told
    other.does(CHECK, {"comment": words("签批日期不符"), "outcome": "disagree"})

    recorder.does(APPROVE, record)
    other.does(CHECK, {"outcome": "agree"})

    assert PUBLISH in first.tasks()
    announced(world)


def test_a_sign_off_that_the_office_records_is_checked_by_a_second_person(world):
    """代录 (§14) of 签批公示: with reason, signed page and a second person; until then nothing may be published."""
    director, clerk = world.as_("director"), world.as_("clerk")
    record = {"signed_by": "张会长", "proxy": True, "proxy_reason": words("签批人外出，签批件已送达"), "outcome": "approve"}

    assert director.tries("签批公示", record).refused, "the signed page is missing"
    director.does("签批公示", record, files=[("签批件扫描", "签批件.pdf", SCAN)])
    assert "登记公示发布" not in clerk.tasks()
    assert director.tries(CHECK, {"outcome": "agree"}).refused, "not by who recorded it"
    page = clerk.opens(CHECK).text
    assert "张会长" in page
    assert "签批件.pdf" in page
    clerk.does(CHECK, {"comment": words("签批日期不符"), "outcome": "disagree"})

    director.does("签批公示", record)
    clerk.does(CHECK, {"outcome": "agree"})

    assert "登记公示发布" in clerk.tasks()


def test_the_season_says_who_approves_one_after_the_other(world, tmp_path):
    """An administrator names several approvers in season.toml: each of them decides, each another person (§11, A-13)."""
    published(world)
    folder = tmp_path / "season"
    shutil.copytree("processes/cn-2023", folder)
    plan = folder / "season.toml"
    plan.write_text(plan.read_text("utf-8").replace('approvers = ["CAQ"]', 'approvers = ["CAQ", "CAQ", "MIIT"]'), "utf-8")
    deploy(world.house, folder)
    deputy, ministry = newcomer(world, "caq_approver", "caq"), newcomer(world, "miit_approver", "miit")
    world.time_is("2023-11-21T09:00")
    day = f"{world.now:%Y-%m-%d}"
    clerk, approver = world.as_("clerk"), world.as_("approver")
    clerk.does(RECHECK, {"checked_on": day, "sources": "信用中国", "outcome": "clean"})
    approval = {"outcome": "approve"}

    approver.does(APPROVE, approval)
    assert approver.tries(APPROVE, approval).refused, "the second approval is another person's"
    assert APPROVE not in ministry.tasks(), "not yet the ministry's turn"
    deputy.does(APPROVE, approval)
    assert APPROVE not in deputy.tasks()
    assert PUBLISH not in clerk.tasks()
    assert any("请批准遴选结果" in mail.subject for mail in ministry.mails)
    ministry.does(APPROVE, approval)

    assert PUBLISH in clerk.tasks()


def newcomer(world, role, organisation):
    """Somebody new with an account and a role."""
    login = f"{role}_new"
    with world.house.database.write() as connection:
        people = Facts(connection).people
        at = world.house.clock.now()
        person = people.add_person(login=login, name=login, mail=names.mailbox(login), at=at, password_hash=hash_password(PASSWORD))
        people.give(person=person, role=role, organisation=organisation, at=at, by="test")
    return world.as_(login)


# 称号


@pytest.fixture
def titled(world_at):
    return world_at("已公告")


def title_of(world, number):
    page = world.stranger().goes("/public/announcements")
    return page.doc.xpath(f"string(//tr[td[contains(., '{world.enterprise(number)}')]]/td[1])").strip()


def test_the_video_has_two_parts_of_thirty_minutes_together(titled):
    """G36: 2 + 28 minutes."""
    person = titled.as_("enterprise 1")
    video = [("视频", "视频.mp4", papers.mp4(30))]

    assert person.tries("提交补充材料（视频）", {"minutes": {"part1": 10, "part2": 20}, "consent": True}, files=video).refused
    person.does("提交补充材料（视频）", {"minutes": {"part1": 2, "part2": 28}, "consent": True})

    assert "提交补充材料（视频）" not in person.tasks()


def test_a_video_that_never_comes_is_asked_for_and_blocks_nothing(titled):
    titled.days_pass(40)

    assert any("视频" in mail.subject for mail in titled.as_("enterprise 1").mails)
    assert any("催办" in task for task in titled.as_("clerk").tasks())
    assert "有效" in titled.as_("enterprise 1").goes("/portal").text


GROUNDS = ("申报材料弄虚作假以获得全国质量标杆称号", *(f"发生{field}方面重大责任事故" for field in ("质量", "安全", "环保", "信誉")))


def reported(world, title):
    clerk = world.as_("clerk")
    clerk.goes("/public/announcements")
    facts = words("经群众反映，该单位申报材料存在弄虚作假的情况")
    clerk.goes(f"/titles/{title}/report")
    assert not clerk.sends(f"/titles/{title}/report", {"source": "群众来信", "facts": facts}).refused
    clerk.opens("登记线索并调查")
    grounds = clerk.form().offered["ground"] - {""}
    assert {"".join(one.itertext()).strip() for one in clerk.page.doc.xpath("//*[@name='ground']/descendant-or-self::option[@value!='']")} == set(GROUNDS)
    clerk.does("登记线索并调查", {"findings": words("经调查属实"), "ground": min(grounds), "outcome": "substantiated"})
    return clerk, sorted(grounds)


def revoked(world, clerk, ground):
    proposal = {"ground": ground, "reason": words("建议撤销称号"), "outcome": "propose"}
    world.as_("director").does("提出撤销意见", proposal)
    world.as_("approver").does("撤销审批", {"outcome": "approve"})
    notice = {"number": "中国质协公告〔2024〕2号", "published_at": f"{world.now:%Y-%m-%dT%H:%M}", "channels": CHANNELS}
    clerk.does("发布撤销公告", notice, files=PROOF)
    world.as_("second clerk").does("撤销公告复核", {"outcome": "agree"})


def test_a_title_is_revoked_after_a_hearing_and_publicly(titled):
    """G20: falsified materials, or a major responsible accident in one of four fields; the holder is heard first."""
    title, person = title_of(titled, 1), titled.as_("enterprise 1")
    clerk, grounds = reported(titled, title)
    assert {ground.partition("_")[0] for ground in grounds} == {"false", "accident"}
    assert "提出撤销意见" not in titled.as_("director").tasks()

    person.does("陈述申辩", {"statement": words("我单位对调查结论有不同意见")})
    revoked(titled, clerk, grounds[0])

    assert titled.enterprise(1) in titled.stranger().goes("/public/revocations").text
    assert "已撤销" in person.goes("/portal").text
    assert any("撤销" in mail.subject for mail in person.mails)


def test_only_the_office_registers_a_report(titled):
    title = title_of(titled, 1)

    assert titled.stranger().goes(f"/titles/{title}/report").path == "/login"
    assert titled.as_("enterprise 2").goes(f"/titles/{title}/report").status == 404
    assert titled.as_("clerk").sends(f"/titles/{title}/report", {"source": "来信", "facts": ""}).refused


def test_an_imported_title_of_an_earlier_year_is_revoked_without_an_account_to_hear(titled):
    """The holder of an old title has no account here: nobody is asked at the inbox, the revocation stands on the public list."""
    old = import_title(titled.play, number="2019-07", holder="往年标杆企业", uscc=uscc(999_999), year=2019)
    titled.settles()
    clerk, grounds = reported(titled, old)
    assert "往年标杆企业" not in titled.stranger().goes("/public/revocations").text

    titled.days_pass(30)
    revoked(titled, clerk, grounds[0])

    assert "往年标杆企业" in titled.stranger().goes("/public/revocations").text
    assert titled.enterprise(1) not in titled.stranger().goes("/public/revocations").text
    assert "有效" in titled.as_("enterprise 1").goes("/portal").text


@pytest.mark.parametrize("given", [True, False])
def test_where_the_season_gives_certificates_a_holder_prints_one_and_everybody_checks_its_number(world_at, tmp_path, given):
    """A-71: the documents mention none, so 2023 gives none; every number is checked all the same."""
    world = world_at("公告")
    if given:
        world.season_says(tmp_path / "season", {"certificate = false": "certificate = true"})
    person, other, reader = world.as_("enterprise 1"), world.as_("enterprise 2"), world.stranger()
    where = f"/portal/{world.application(1)}/print/certificate"
    assert person.goes(where).status == 404, "nothing is announced yet"
    world.others_go_on("2023-12-01T09:00", but=["N15b"])

    listed = reader.goes("/public/announcements").doc.xpath(f"//tr[contains(., '{world.enterprise(1)}')]//a/@href")
    number = listed[0].removeprefix("/public/titles/")
    case = person.goes(f"/portal/{world.application(1)}")
    assert case.has_link("打印证书") is given
    paper = person.goes(where)
    assert paper.status == (200 if given else 404)
    assert other.goes(where).status == 404
    if given:
        assert all(text in paper.text for text in (number, world.enterprise(1), f"https://selection.example.invalid/public/titles/{number}"))
    checked = reader.goes(f"/public/titles/{number}")
    assert world.enterprise(1) in checked.text
    assert "有效" in checked.text
    assert reader.goes("/public/titles/CN-2023-999").status == 404

    world.house.database.run(lambda connection: TitleFacts(connection).change(number, state="revoked", revoked_at=world.house.clock.now()))
    assert "已撤销" in reader.goes(f"/public/titles/{number}").text
    assert person.goes(where).status == 404, "a title that was revoked has no certificate"
