"""What pages tell the people who open them: the case in words, the list to sign, the right season, the right day."""

from sqlalchemy import insert

from store.selection import tables_people as people
from tests.unit.web import official_form as official


def another_season(world):
    """A newer season opens: from now on it is what pages show unless somebody chooses."""
    row = {"id": "cn-2099", "year": 2099, "title": "2099年全国质量标杆", "state": "planned"}
    world.house.database.run(lambda connection: connection.execute(insert(people.season).values(**row)))


def test_the_notice_is_there_word_for_word(world_at):
    page = world_at("申报").stranger().goes("/public/notice")
    assert "现将有关事项通知如下" in page.text
    assert not [card for card in page.doc.xpath("//*[contains(@class,'card')]") if not card.text_content().strip()], "no empty card"


def test_the_first_page_says_when_applications_are_closed(world_at):
    world = world_at("申报")
    closing = "本年度申报已经截止"
    assert closing not in world.stranger().goes("/").text
    world.time_is("2023-09-16T00:00")
    assert closing in world.stranger().goes("/").text


def test_the_rules_are_there_word_for_word(world_at):
    """Annex E: the 办法 and the focus areas with the notice; 编写说明, 填报说明, notes below tables with the form; 承诺书 where it is signed."""
    world = world_at("签署")
    notice = world.stranger().goes("/public/notice").text
    for words in (
        "科学规律，符合质量管理基本规律", "通过 ISO 9001 质量管理体系认证且证书在有效期内", "行业代码前两位为 06-46 的工业企业",
        "数字化、网络化、智能化升级的典型经验",
        "第十四条 质量标杆评审委员会设主任委员 1 人、副主任委员 1～2 人", "第十六条", "公示期为 10 个工作日。对有异议的经验进行调查核实并报评审委员会审议",
        "遴选结果经中国质量协会批准后", "第二十五条 办公室对全国质量标杆企业实行动态管理",
    ):  # fmt: skip
        assert words in notice, words
    person = world.as_("enterprise 1")
    page = person.opens("签署承诺并提交")
    paper = person.goes(f"{page.path}/print/commitment").text
    for words in official.COMMITMENT:
        assert words in page.text, words
        assert words in paper, words
    person.opens("签署承诺并提交")
    person.does("签署承诺并提交", {"outcome": "back"})
    form = person.opens("填报申报材料")
    paper = person.goes(f"{form.path}/print/application").text
    for words in (*official.GUIDE, *official.NOTES, *official.WRITING):
        assert words in form.text, words
        assert words in official.WRITING or words in paper, words


def test_the_notice_names_the_forty_eight_units_in_the_official_order(world_at):
    """通知 附件 推荐单位名录: who is named and how; 中国质量协会 is not among them any more (G11, G12)."""
    notice = world_at("申报").stranger().goes("/public/notice").text
    places = [notice.find(name) for name in official.UNITS]
    assert -1 not in places, [name for name, place in zip(official.UNITS, places, strict=True) if place < 0]
    assert places == sorted(places)
    assert len(official.UNITS) == 48


def test_a_first_review_names_its_application_in_the_list_on_its_page_and_afterwards(world_at):
    world = world_at("初审")
    officer = world.as_("unit")
    rows = [row for view in ("mine", "groups") for row in officer.goes("/inbox", params={"view": view}).rows("初步审核")]
    firms = [world.enterprise(number) for number in range(1, 7)]
    assert len(rows) > 1
    assert all(sum(firm in row for firm in firms) == 1 for row in rows), rows
    where = officer.finds("初步审核", firms[0])
    page = officer.goes(where)
    assert firms[0] in page.doc.xpath("string(//div[@class='head'])")
    page = officer.hands_in({"opinion": "材料齐全，内容属实，同意进入排序，特此说明。", "outcome": "accept"})
    assert not page.refused, page.complaints
    assert officer.goes("/inbox", params={"view": "done"}).rows(firms[0])
    page = officer.goes(where)
    assert firms[0] in page.text
    assert "处理结果 同意列入候选" in page.text, "what was decided is told afterwards"


def test_what_was_chosen_keeps_its_name_when_the_task_is_done(world_at):
    world = world_at("形式审查")
    officer = world.as_("unit")
    done = officer.goes("/inbox", params={"view": "done", "search": "排序并确定推荐名单"})
    page = officer.goes(done.doc.xpath("string(//tbody//a/@href)"))
    assert world.enterprise(1) in page.text
    assert f" {world.application(1)} " not in f" {page.text} "
    assert not page.doc.xpath("//form[contains(@action,'/acts/')]"), "nothing is to be done any more"


def test_a_group_and_a_meeting_open_whatever_season_is_shown(world_at):
    world = world_at("合议")
    clerk, secretary = world.as_("clerk"), world.as_("secretary")
    group = clerk.goes("/group").doc.xpath("string(//a[starts-with(@href,'/group/')]/@href)")
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")
    another_season(world)
    assert "专业组" in clerk.goes(group).title
    page = secretary.goes(meeting)
    assert page.status == 200
    assert "2023年全国质量标杆" in page.text
    assert secretary.goes(f"{meeting}/minutes").status == 200


def test_an_expert_goes_from_the_task_to_the_sheets(world_at):
    world = world_at("资料评审")
    expert = next(one for one in map(world.as_, (f"expert {n}" for n in range(1, 13))) if "签署保密承诺和回避声明" in one.tasks())
    expert.does("签署保密承诺和回避声明", {"secrecy": True, "integrity": True, "outcome": "sign"})
    world.time_is("2023-09-25T09:00")
    assert any("2023年全国质量标杆" in row for row in expert.goes("/review").rows("第1专业组"))
    page = expert.opens("资料评审（撰写评语并打分）")
    assert not [words for words in page.doc.xpath("//summary//text()") if "评分表" in words], "the sheets are filled in on their own desk"
    assert expert.clicks("打开评分表").status == 200


def test_who_approves_reads_the_list(world_at):
    world = world_at("公示")
    page = world.as_("director").opens("签批公示")
    rows = page.doc.xpath("//ol[@class='listed']/li")
    assert len(rows) > 1
    assert world.enterprise(1) in page.text


def test_a_beginning_is_shown_and_moved_as_its_own_day(world_at):
    world = world_at("申报")
    director = world.as_("director")
    where = "/office/deadlines/资料评审开始"
    assert "2023年9月25日" in director.goes(where).text
    assert "2023年9月24日" not in director.page.text
    touched = director.goes(where, params={"at": "2023-09-26"}).text
    assert "2023年9月26日" in touched
    assert not director.sends(where, {"at": "2023-09-26", "reason": "国庆调休"}).refused
    (row, *_) = director.goes("/office/deadlines").rows("资料评审开始")
    assert "2023年9月26日" in row


def test_the_portal_names_the_season(world_at):
    world = world_at("形式审查")
    portal = world.as_("enterprise 1").goes("/portal")
    assert "2023年全国质量标杆" in portal.doc.xpath("string(//section[contains(@class,'card')])")
