"""资料评审: the declaration before any file, secrecy of scores, conflict, replacement, the group's close."""

import io
import re

import openpyxl
import pikepdf
import pytest

from app.simulate.answers.base import words
from app.simulate.scores import sheet
from store.selection.queries_choices import words_of

DECLARE, READ, SUMMARY = "签署保密承诺和回避声明", "资料评审（撰写评语并打分）", "汇总专业组意见"
GROUPS = "划分专业组、分配申报材料"
SIGNED = {"secrecy": True, "integrity": True, "outcome": "sign"}


@pytest.fixture
def world(world_at):
    return world_at("资料评审")


def readers(world):
    """The logins of the five experts who read."""
    found = []
    for number in range(1, 13):
        person = world.as_(f"expert {number}")
        if DECLARE in person.tasks():
            found.append(person)
    assert len(found) == 5
    return found


def desk(person):
    """The expert's score sheets, opened: not before 资料评审开始."""
    if f"{person.world.now:%m-%d}" < "09-25":
        assert READ not in person.tasks()
        person.world.time_is("2023-09-25T09:00")
    person.goes("/review")
    return person.clicks(READ)


def scores(world, person, number, total):
    """Save and submit a sheet."""
    application = world.application(number)
    page = desk(person).path
    person.goes(page, params={"application": application})
    data = sheet(season=world.play.rules, application=application, total=total, stage="desk")
    data.pop("application")
    assert not person.sends(f"{page}/{application}", data_of(data)).refused, person.page.complaints
    assert not person.sends(f"{page}/{application}/submit", {}).refused, person.page.complaints


def data_of(data):
    from tests.acceptance.world import flattened

    return list(flattened(data))


def documents_of(world, number):
    page = world.as_("clerk").goes(f"/cases/{world.application(number)}")
    return page.doc.xpath("//a[starts-with(@href,'/files/')]/@href")


def test_no_file_opens_before_the_declaration_and_nothing_tells_that_it_is_there(world):
    expert = readers(world)[0]
    file = documents_of(world, 1)[0]
    nothing = expert.goes("/files/F99999")

    page = expert.goes(file)
    assert (page.status, page.text) == (nothing.status, nothing.text) == (404, nothing.text)

    expert.does(DECLARE, SIGNED)
    assert expert.goes(file).status == 200


def test_who_declines_is_replaced_on_the_directors_word(world):
    expert = readers(world)[0]

    expert.does(DECLARE, {"outcome": "decline", "reason": "近期出国，无法参加评审。"})
    clerk = world.as_("clerk")
    clerk.opens("更换专家")
    free = sorted(clerk.form().offered["replacement"] - {""})
    clerk.does("更换专家", {"cause": "declined", "replacement": free[0], "reason": words("原专家不能参加")})
    director = world.as_("director")
    shown = director.opens("确认更换专家").text
    for told in ("原专家", "接替专家", words("原专家不能参加"), "不参加或未签署"):
        assert told in shown, told
    director.does("确认更换专家", {"outcome": "agree"})

    assert DECLARE not in expert.tasks()
    successor = world.as_(f"expert {int(free[0].lstrip('X'))}")
    assert DECLARE in successor.tasks()
    assert any("评审" in mail.subject for mail in successor.mails)


def test_an_expert_with_a_conflict_never_sees_the_material(world):
    expert = readers(world)[0]
    expert.opens(DECLARE)
    kind = min(expert.form().offered["conflicts[#].kind"] - {""})
    conflict = {"application": world.application(1), "kind": kind, "detail": words("近三年曾为该企业提供咨询")}

    expert.does(DECLARE, SIGNED | {"conflicts": [conflict]})

    assert expert.goes(documents_of(world, 1)[0]).status == 404
    assert world.enterprise(1) not in desk(expert).text
    assert expert.goes(documents_of(world, 2)[0]).status == 200


def test_a_conflict_found_after_scoring_takes_the_score_away(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    scores(world, expert, 1, 88)
    expert.opens(READ)
    kind = min(expert.form("声明回避").offered["kind"] - {""})

    expert.hands_in({"application": world.application(1), "kind": kind, "detail": words("评分后发现存在合作")}, act="声明回避")

    assert expert.goes(documents_of(world, 1)[0]).status == 404
    assert world.enterprise(1) not in desk(expert).text


def test_others_scores_stay_unseen_until_the_group_is_complete(world):
    people = readers(world)
    for person in people[:2]:
        person.does(DECLARE, SIGNED)
    scores(world, people[0], 1, 93.5)

    assert "93" not in desk(people[1]).text
    leader = next((one for one in people if one.goes("/group/G1").status == 200), None)
    assert leader is not None
    for watcher in (leader, world.as_("clerk"), world.as_("auditor")):
        page = watcher.goes("/group/G1")
        assert "93" not in page.text
    assert world.as_("administrator").goes("/group/G1").status == 404
    assert world.as_("enterprise 1").goes("/group/G1").status == 404
    assert world.as_("unit").goes("/group/G1").status == 404


def test_who_hands_in_before_saving_is_told_to_save_first(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    application, page = world.application(1), desk(expert).path

    answer = expert.sends(f"{page}/{application}/submit", {})

    assert answer.refused
    assert "还没有保存" in expert.page.complaints


def test_who_judges_reads_with_the_own_name_across_the_page(world):
    """§7: what experts read is marked with who reads it; the applicant's own pages, which are stamped, are not."""
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    application = world.application(1)

    desk_page = expert.goes(desk(expert).path, params={"application": application})
    name = desk_page.doc.xpath("string(//*[@class='who']/span)")
    assert name
    for page in (desk_page, expert.goes(f"/portal/{application}/print/application")):
        marks = page.doc.xpath("//*[@class='watermark']//text()[normalize-space()]")
        assert len(marks) == 1
        assert name in marks[0]
        assert f"{world.now:%Y}年" in marks[0]
    own = world.as_("enterprise 1").goes(f"/portal/{application}/print/application")
    assert own.status == 200
    assert not own.doc.xpath("//*[@class='watermark']")


def test_who_judges_takes_a_pdf_home_with_the_own_name_on_it_and_others_take_it_as_it_was_handed_in(world):
    """§7: the copy is marked; what is stored, its hash and the record of who opened it stay what they are."""
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    page = expert.goes(desk(expert).path, params={"application": world.application(1)})
    name = page.doc.xpath("string(//*[@class='who']/span)")
    papers = {path: world.as_("clerk").goes(path).answer for path in page.doc.xpath("//a[starts-with(@href,'/files/')]/@href")}
    pdfs = [path for path, answer in papers.items() if answer.content.startswith(b"%PDF")]
    assert 0 < len(pdfs) < len(papers)

    for path, stored in papers.items():
        taken = expert.goes(path).answer
        assert taken.headers["content-length"] == str(len(taken.content))
        assert taken.headers["content-disposition"] == stored.headers["content-disposition"]
        if path in pdfs:
            drawn = marks_in(taken.content)
            assert drawn
            assert all(name in mark and f"{world.now:%Y}年" in mark for mark in drawn)
        else:
            assert taken.content == stored.content
    for other in ("clerk", "enterprise 1"):
        assert all(world.as_(other).goes(path).answer.content == papers[path].content for path in pdfs)


def test_the_secretary_of_the_meeting_reads_with_the_own_name_across_the_page_too(world):
    """§7 binds whoever reads for the meeting; who keeps the papers or checks that they are whole has them as they are."""
    application = world.application(1)
    printed = f"/portal/{application}/print/application"
    papers = world.as_("clerk").goes(f"/cases/{application}").doc.xpath("//a[starts-with(@href,'/files/')]/@href")
    stored = {path: world.as_("clerk").goes(path).answer.content for path in papers}
    pdf = next(path for path, content in stored.items() if content.startswith(b"%PDF"))
    name = world.as_("secretary").goes("/inbox").doc.xpath("string(//*[@class='who']/span)")

    assert name in world.as_("secretary").goes(printed).doc.xpath("string(//*[@class='watermark'])")
    assert all(name in mark for mark in marks_in(world.as_("secretary").goes(pdf).answer.content))
    for keeper in ("director", "auditor"):
        assert not world.as_(keeper).goes(printed).doc.xpath("//*[@class='watermark']")
        assert world.as_(keeper).goes(pdf).answer.content == stored[pdf]


def marks_in(content):
    """What lies across each page of a PDF."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        lines = [page.Resources.XObject["/ReaderMark"].read_bytes() for page in pdf.pages]
    return [bytes.fromhex(re.search(rb"<([0-9a-f]+)> Tj", line)[1].decode()).decode("utf-16-be") for line in lines]


def test_the_sheet_of_the_desk_review_asks_for_nothing_of_the_defence_and_tells_the_total(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    application, page = world.application(1), desk(expert).path
    data = sheet(season=world.play.rules, application=application, total=88.5, stage="desk")
    total = sum(data["scores"].values())
    expert.sends(f"{page}/{application}", data_of(data))

    text = expert.goes(page, params={"application": application}).text

    assert "答辩表现" not in text
    assert f"合计 {total:g} 分，满分 100 分" in " ".join(text.split())


def test_a_sheet_is_handed_in_as_it_stands_on_the_page(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    application, page = world.application(1), desk(expert).path
    data = sheet(season=world.play.rules, application=application, total=88, stage="desk")
    expert.sends(f"{page}/{application}", data_of(data))
    data["overall"] += "保存之后又补充的一句。"

    unread = expert.sends(f"{page}/{application}/submit", [*data_of(data | {"scores": {"C1": "很好"}}), ("_shown", "yes")])
    assert unread.refused
    assert "很好" in unread.doc.xpath("//input/@value"), "what was typed stays"
    assert not expert.sends(f"{page}/{application}/submit", [*data_of(data), ("_shown", "yes")]).refused

    assert "保存之后又补充的一句。" in expert.goes(page, params={"application": application}).text


def test_after_a_sheet_is_handed_in_the_next_one_opens(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    scores(world, expert, 1, 88)

    assert f"application={world.application(1)}" not in expert.page.path
    assert "评分表已提交。" in expert.page.text
    assert expert.page.doc.xpath("//form[contains(@action, '/review/')]")


def test_a_sheet_without_the_comments_that_scoring_asks_for_is_refused(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    application, page = world.application(1), desk(expert).path
    data = sheet(season=world.play.rules, application=application, total=99, stage="desk")
    data.pop("application")
    data["comments"], data["overall"] = {}, "好。"
    expert.sends(f"{page}/{application}", data_of(data))

    answer = expert.sends(f"{page}/{application}/submit", {})

    assert answer.refused
    assert "评语" in answer.complaints


def test_the_seat_is_done_only_when_every_sheet_is_in(world):
    expert = readers(world)[0]
    expert.does(DECLARE, SIGNED)
    scores(world, expert, 1, 88)

    page = expert.tries(READ, {})

    assert page.refused
    assert READ in expert.tasks()


def test_scores_far_apart_are_talked_over_before_the_group_closes(world):
    people = readers(world)
    for place, person in enumerate(people):
        person.does(DECLARE, SIGNED)
        for number in (1, 2, 3, 4, 5, 7, 8):
            scores(world, person, number, 62.0 if (place, number) == (0, 1) else 85.0)
        person.does(READ, {})
    leader = next(one for one in people if one.goes("/group/G1").status == 200)
    assert "分歧复议" in leader.tasks()
    leader.opens("分歧复议")
    assert leader.form().offered["resolutions[#].application"] - {""} == {world.application(1)}

    leader.does("分歧复议", {"resolutions": [{"application": world.application(1), "summary": words("已复议，维持各自评分")}]})

    assert SUMMARY in leader.tasks()
    lines = [{"application": world.application(number), "comment": words("专业组意见")} for number in (1, 2, 3, 4, 5, 7, 8)]
    leader.does(SUMMARY, {"summaries": lines})
    assert "平均分" in leader.goes("/group/G1").text
    assert "准备合议材料" in world.as_("secretary").tasks()
    assert "专家评审中" in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text


def exported(person):
    sheet = openpyxl.load_workbook(io.BytesIO(person.client.get("/group/G1?form=xlsx").content)).active
    return {cell for row in sheet.iter_rows(values_only=True) for cell in row}


def test_the_leader_takes_no_scores_home_before_the_group_is_closed(world_at):
    """§7: the list of the group holds its scores when everybody may see them, on the page and as a sheet."""
    world = world_at("汇总")
    leader = next(one for one in (world.as_(f"expert {number}") for number in range(1, 13)) if SUMMARY in one.tasks())
    assert "平均分" not in leader.goes("/group/G1").text
    assert world.enterprise(1) in exported(leader)
    assert "平均分" not in exported(leader)

    lines = [{"application": world.application(number), "comment": words("专业组意见")} for number in (1, 2, 3, 4, 5, 7, 8)]
    leader.does(SUMMARY, {"summaries": lines})

    assert "平均分" in leader.goes("/group/G1").text
    assert "平均分" in exported(leader)


# the groups, before they are confirmed


def grouped(world, experts):
    """The clerk forms one group of these experts for all; the next three of those who accepted lead the committee."""
    clerk = world.as_("clerk")
    clerk.opens("划分专业组、分配申报材料")
    offered = clerk.form().offered
    waiting = sorted(offered["groups[#].applications"] - {""})
    accepted = sorted(offered["groups[#].leader"] - {""})
    mine = [expert for expert in accepted if int(expert.strip("X")) in experts][:3]
    others = [expert for expert in accepted if expert not in mine]
    group = {"name": "第一专业组", "leader": mine[0], "members": mine[1:], "applications": waiting}
    clerk.does("划分专业组、分配申报材料", {"groups": [group], "chair": others[0], "vice_chairs": [others[1]], "members": []})
    shown = world.as_("director").opens("确认评审委员会组成").text
    with world.house.database.read() as connection:
        names = words_of(connection, [*mine, *others[:2]])
    for expert in (*mine, *others[:2]):
        assert names[expert].partition(" ")[0] in shown, "who confirms a committee reads who is in it"
    return shown, waiting


@pytest.mark.parametrize(("number", "is_lawful"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_committee_has_one_chair_and_one_or_two_vice_chairs(world_at, number, is_lawful):
    """G18 (办法 §14): the form takes one chair; of vice chairs none, or three, are refused, also past the form."""
    world = world_at("分组")
    clerk = world.as_("clerk")
    clerk.opens(GROUPS)
    offered = clerk.form().offered
    waiting, accepted = (sorted(offered[f"groups[#].{name}"] - {""}) for name in ("applications", "leader"))
    chair, *others = accepted
    group = {"name": "第一专业组", "leader": others[3], "members": others[4:6], "applications": waiting}

    page = clerk.tries(GROUPS, {"groups": [group], "chair": chair, "vice_chairs": others[:number], "members": []}, forced=True)

    assert page.refused is not is_lawful
    assert is_lawful or "副主任委员" in page.complaints
    assert ("确认评审委员会组成" in world.as_("director").tasks()) is is_lawful


def test_the_director_reads_where_nobody_knows_quality_methods(world_at):
    """A-59: of the experts of an application one knows its industry, one quality methods; where none does, whoever confirms is told."""
    page, waiting = grouped(world_at("分组"), range(2, 40, 2))
    assert "第一专业组" in page
    assert all(f"{application} 没有质量方法专家" in page for application in waiting)


def test_a_group_with_an_expert_in_quality_methods_needs_no_advice(world_at):
    page, waiting = grouped(world_at("分组"), range(1, 40, 2))
    assert f"{len(waiting)} 项" in page
    assert "没有质量方法专家" not in page


@pytest.mark.parametrize(("least", "advised"), [(15, True), (3, False)])
def test_the_season_says_below_which_size_groups_are_worth_joining(world_at, tmp_path, least, advised):
    """A-58: advice on the page of who confirms, no obstacle."""
    world = world_at("分组")
    if least != 15:
        world.season_says(tmp_path / "season", {"target_min = 15": f"target_min = {least}"})
    clerk = world.as_("clerk")
    clerk.opens(GROUPS)
    offered = clerk.form().offered
    waiting, (chair, vice, *experts) = (sorted(offered[f"groups[#].{name}"] - {""}) for name in ("applications", "leader"))
    halves = zip(("第一专业组", "第二专业组"), (waiting[:3], waiting[3:]), (experts[:3], experts[3:6]), strict=True)
    groups = [{"name": name, "leader": seats[0], "members": seats[1:], "applications": mine} for name, mine, seats in halves]
    clerk.does(GROUPS, {"groups": groups, "chair": chair, "vice_chairs": [vice], "members": []})

    director = world.as_("director")
    assert ("可考虑合并" in director.opens("确认评审委员会组成").text) is advised

    director.does("确认评审委员会组成", {"outcome": "confirm"})


def test_the_sheet_of_an_enterprise_tells_the_stage_that_everybody_outside_is_told(world):
    """§7: inner steps stay inside, on the page and in what is exported from it."""
    one = world.as_("enterprise 1")
    exported = openpyxl.load_workbook(io.BytesIO(one.client.get("/portal?form=xlsx").content)).active

    assert [row[4] for row in exported.iter_rows(min_row=2, values_only=True)] == ["专家评审中"]
    assert "专家评审中" in one.goes("/portal").text


def overdue(person):
    return [mail for mail in person.mails if "逾期" in mail.subject]


def test_who_has_not_signed_in_time_is_for_the_office_to_telephone_and_gets_no_such_letter(world):
    """§9.3, 20 and §14: what is overdue goes to the office, by name."""
    late = readers(world)
    world.time_is("2023-09-26T09:00")

    told = overdue(world.as_("clerk"))
    assert {mail.subject for mail in told} == {f"逾期催办：{DECLARE}"}
    assert len(told) == len(late), "one for each expert"
    assert all("评审专家：" in mail.body for mail in told)
    assert not any(overdue(person) for person in late)


def test_the_office_telephones_about_scores_from_the_moment_they_are_due(world):
    """§9.3, 23: the expert, then the group's leader, at D+0 the office."""
    world.others_go_on("2023-10-10T12:00", but=("N06a",))
    clerk = world.as_("clerk")
    world.time_is("2023-10-11T23:59")
    assert "电话催办" not in clerk.tasks()

    world.time_is("2023-10-12T00:00")

    assert "电话催办" in clerk.tasks()
    assert overdue(clerk) == []
    world.time_is("2023-10-12T09:00")
    assert {mail.subject.partition("：")[0] for mail in overdue(clerk)} == {"评分逾期"}
