"""形式审查: two persons and the director, 补正 in time, late and in vain, 增补入组."""

from types import SimpleNamespace

import pytest

from app.doctor import examine
from app.simulate import papers
from app.simulate.answers.base import words
from selection import writing
from store.selection.application import ApplicationFacts
from tests.acceptance.filing import SCAN, takes_off

NOT_LISTED = "只能从所列选项中选择"  # what a page says that offers only what the list has
FIRST, SECOND, CONFIRM = "形式审查（初核）", "形式审查复核", "确认形式审查结果"
FINE = dict.fromkeys(("complete", "eligible", "sealed", "unit_fits", "unique"), "ok")
DEMAND = FINE | {
    "complete": "fault",
    "proposal": "correct",
    "corrections": [{"part": "evidence", "demand": words("补充第三方检测报告")}],
    "reason": words("证实性材料不齐"),
}


@pytest.fixture
def world(world_at):
    return world_at("形式审查")


def checked(world, number, data, *, confirm=True):
    about = world.enterprise(number)
    world.as_("clerk").does(FIRST, data, about=about)
    world.as_("second clerk").does(SECOND, {"outcome": "agree"}, about=about)
    if confirm:
        world.as_("director").does(CONFIRM, {"outcome": "confirm"}, about=about)
    return world.as_(f"enterprise {number}")


def shown(world, number):
    return world.as_(f"enterprise {number}").goes(f"/portal/{world.application(number)}").text


def test_the_second_check_is_another_persons(world):
    clerk = world.as_("clerk")
    clerk.does(FIRST, FINE | {"proposal": "pass"}, about=world.enterprise(1))

    page = clerk.tries(SECOND, {"outcome": "agree"}, about=world.enterprise(1))

    assert page.refused
    assert "另" in page.complaints
    world.as_("second clerk").does(SECOND, {"outcome": "agree"}, about=world.enterprise(1))
    assert world.as_("director").finds(CONFIRM, world.enterprise(1))


def test_who_checks_and_who_confirms_read_what_was_found_before_them(world):
    """复核 and 确认 judge what the first person entered: it stands on their pages; who is sent back reads why."""
    clerk, second, director = world.as_("clerk"), world.as_("second clerk"), world.as_("director")
    about, doubt = world.enterprise(1), words("另有一处未盖章")
    clerk.does(FIRST, DEMAND, about=about)

    for person, task in ((second, SECOND), (director, CONFIRM)):
        shown = person.opens(task, about).text
        for told in ("材料齐全、格式符合要求", "不符合", "初核结论", "须补正", words("补充第三方检测报告"), words("证实性材料不齐")):
            assert told in shown, (task, told)
        person.does(task, {"outcome": {SECOND: "agree", CONFIRM: "return"}[task], "comment": doubt}, about=about)

    assert doubt in shown or doubt in clerk.opens(FIRST, about).text
    clerk.does(FIRST, FINE | {"proposal": "pass"}, about=about)
    assert doubt not in clerk.opens(SECOND, about).text


def test_a_check_is_taken_back_by_its_maker_until_somebody_goes_on(world):
    """§14: before the director has confirmed; nobody takes back what others have gone on from."""
    clerk, second, director = world.as_("clerk"), world.as_("second clerk"), world.as_("director")
    about = world.enterprise(1)
    clerk.does(FIRST, FINE | {"proposal": "pass"}, about=about)
    assert not clerk.takes_back(FIRST).refused
    checked(world, 1, FINE | {"proposal": "reject", "eligible": "fault", "reason": words("不符合申报条件")}, confirm=False)

    assert clerk.takes_back(FIRST).status == 404, "the second person has gone on from it"
    assert not second.takes_back(SECOND).refused
    assert not director.finds(CONFIRM, about)
    second.does(SECOND, {"outcome": "disagree", "comment": words("符合条件，请再核对")}, about=about)
    checked(world, 1, FINE | {"proposal": "pass"})

    assert second.takes_back(SECOND).status == 404, "it is released"
    assert "未通过" not in shown(world, 1)


def test_nobody_gets_mail_before_the_director_has_confirmed(world):
    person = checked(world, 1, FINE | {"proposal": "reject", "eligible": "fault", "reason": words("不符合申报条件")}, confirm=False)
    before = len(person.mails)
    assert "未通过" not in shown(world, 1)

    world.as_("director").does(CONFIRM, {"outcome": "confirm"}, about=world.enterprise(1))

    assert "未通过" in shown(world, 1)
    assert len(person.mails) == before + 1
    assert "不符合申报条件" in person.mails[-1].body


def test_the_director_may_send_the_check_back(world):
    checked(world, 1, FINE | {"proposal": "pass"}, confirm=False)

    world.as_("director").does(CONFIRM, {"outcome": "return", "comment": words("请再核对推荐单位名额")}, about=world.enterprise(1))

    assert world.as_("clerk").finds(FIRST, world.enterprise(1))


def test_corrected_in_time_and_passed(world):
    person = checked(world, 1, DEMAND)
    assert any("第三方检测报告" in mail.body for mail in person.mails)
    assert person.tasks() == ["补正材料"]

    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    checked(world, 1, FINE | {"proposal": "pass"})

    assert person.tasks() == []
    assert "未通过" not in shown(world, 1)


def test_only_what_the_notice_lists_may_be_corrected(world):
    person = checked(world, 1, DEMAND)

    page = person.tries("补正材料", {"explanation": words("顺便修改申报书")}, files=[("补正的申报书页", "申报书.pdf", SCAN)])

    assert page.refused
    assert "列明" in page.complaints


def test_a_whole_document_is_corrected_in_its_own_place_and_counts_once_it_is_handed_in(world):
    person = checked(world, 1, DEMAND | {"corrections": [{"part": "experience", "demand": words("实施成效超过字数，请精简")}]})
    page = person.opens("补正材料")
    assert "终止该项申报" in page.text
    case = f"/cases/{world.application(1)}"
    old = next(name for code, name, _ in papers.filing() if code == "D2")

    takes_off(person, old)
    person.opens("补正材料")
    assert person.hands_in({"explanation": words("已精简实施成效")}).refused, "nothing is handed in without it"
    person.opens("补正材料")
    assert not person.attaches("补正的典型经验材料", "精简稿.docx", papers.docx("经验")).refused
    assert "精简稿.docx" in person.opens("补正材料").text
    before = world.as_("clerk").goes(case).text
    assert "尚未提交" in before
    person.does("补正材料", {"explanation": words("已精简实施成效")})

    after = world.as_("clerk").goes(case).text
    assert "尚未提交" not in after
    assert "已被替换" in after
    checked(world, 1, FINE | {"proposal": "pass"})


def test_what_the_form_says_is_corrected_just_where_it_was_asked_and_checked_anew(world):
    """§5, §6: the office names fields of the 申报书; nothing else changes, the former value stays on record, X01–X19 are asked again."""
    profit = [f"{table}.total_profit" for table in ("application_table", "economic_benefit")]
    asked = ["application_table.contact_phone", *profit]
    demand = DEMAND | {"corrections": [{"part": "form", "field": part, "demand": words("与财务证明不符，请核对")} for part in asked]}
    forged = demand | {"corrections": [{"part": "form", "field": "application_table.uscc", "demand": words("请更正信用代码")}]}
    assert world.as_("clerk").tries(FIRST, forged, about=world.enterprise(1), forced=True).refused, "the account is bound to it"
    person, case = checked(world, 1, demand), world.application(1)
    assert "全国质量标杆申报表 · 电话" in person.mails[-1].body
    pages = [("补正的申报书页", "申报书页.pdf", SCAN)]
    old = world.play.parts[0].form["application_table"]["total_profit"]["y1"]

    def says(*texts):
        return {"explanation": words("已按财务证明核对"), "changes": [{"field": field, "value": text} for field, text in texts]}

    phone, both = ("application_table.contact_phone", "010-68410001"), [(f"{part}.y1", "4444.5") for part in profit]
    assert "重新盖章" in person.tries("补正材料", says(phone)).complaints
    other = says(("application_table.contact_name", "另一人"))
    foreign = person.tries("补正材料", other, files=pages, forced=True)
    assert NOT_LISTED in foreign.complaints
    assert "未列明" in person.is_told_behind_the_page("补正材料", other)
    assert person.tries("补正材料", says(("application_table.contact_phone", "没有电话"))).refused, "it does not fit the form"
    assert "利润总额不一致" in person.tries("补正材料", says(both[0])).complaints, "X01 is asked again"
    person.does("补正材料", says(phone, *both))

    page = world.as_("clerk").opens(FIRST, about=world.enterprise(1)).text
    assert f"{old:g} → 4444.5" in page
    assert words("已按财务证明核对") in page
    with world.house.database.read() as connection:
        forms = [row.data for row in ApplicationFacts(connection).forms(case) if row.state == "submitted"]
    assert [form["economic_benefit"]["total_profit"]["y1"] for form in forms] == [old, 4444.5]
    assert forms[1]["application_table"]["contact_name"] == forms[0]["application_table"]["contact_name"]
    checked(world, 1, FINE | {"proposal": "pass"})
    assert examine(world.house) == []


def test_rows_of_a_table_that_a_correction_names_are_added_and_taken_away(world):
    """§4.7, §4.4: the form's own limits hold; the form check reads which rows came and went."""
    demand = DEMAND | {"corrections": [{"part": "form", "field": "competitors", "demand": words("请按产品分类补齐竞争对手")}]}
    person, case = checked(world, 1, demand), world.application(1)
    pages = [("补正的申报书页", "申报书页.pdf", SCAN)]
    with world.house.database.read() as connection:
        (before,) = (row.data["competitors"] for row in ApplicationFacts(connection).forms(case) if row.state == "submitted")
    count = len(before)
    new = {"product_name": before[0]["product_name"], "competitor_name": "新增竞争对手股份有限公司", "market_share": "12.5", "main_advantages": "质量水平较高"}
    added = [{"field": f"competitors[{count}].{name}", "value": text} for name, text in new.items()]
    said = {"explanation": words("已补齐竞争对手名录")}
    gone = [{"row": "competitors[0]"}]

    assert any("必填" in text or "请填写" in text for text in [person.tries("补正材料", said | {"changes": added[:2]}, files=pages).complaints])
    foreign = [{"field": "application_table.contact_name", "value": "另一人"}]
    for wrong in (said | {"changes": foreign}, said | {"removed": [{"row": "management_benefit.products[0]"}]}):
        assert NOT_LISTED in person.tries("补正材料", wrong, forced=True).complaints
        assert "未列明" in person.is_told_behind_the_page("补正材料", wrong)
    both = said | {"changes": [{"field": "competitors[0].competitor_name", "value": "改名"}], "removed": gone}
    assert "不要同时更改" in person.tries("补正材料", both).complaints
    assert "新增竞争对手" not in person.tries("补正材料", said | {"removed": [{"row": f"competitors[{n}]"} for n in range(count)]}).text
    person.does("补正材料", said | {"changes": added, "removed": gone})

    page = world.as_("clerk").opens(FIRST, about=world.enterprise(1)).text
    assert "（新增）" in page
    assert "新增竞争对手股份有限公司" in page
    assert "（删去）" in page
    assert f"{before[0]['competitor_name']}" in page
    with world.house.database.read() as connection:
        after = [row.data["competitors"] for row in ApplicationFacts(connection).forms(case) if row.state == "submitted"][-1]
    assert [row["competitor_name"] for row in after] == [*(row["competitor_name"] for row in before[1:]), "新增竞争对手股份有限公司"]
    assert examine(world.house) == []


def test_a_new_row_that_a_correction_asks_for_stands_there_whole_to_be_filled_in_and_nothing_else_of_the_table_changes(world):
    asked = {"part": "form", "field": "competitors[#]", "demand": words("请补充国际竞争对手")}
    person, case = checked(world, 1, DEMAND | {"corrections": [asked]}), world.application(1)
    assert "主要竞争对手和标杆名录 · 新增一行" in person.mails[-1].body
    with world.house.database.read() as connection:
        (before,) = (row.data["competitors"] for row in ApplicationFacts(connection).forms(case) if row.state == "submitted")
    chosen = person.opens("补正材料").doc.xpath("//select[starts-with(@name, 'changes[')]/option[@selected]/@value")
    columns = [name for name in chosen if name]
    assert len(columns) >= 4
    assert all(name.startswith(f"competitors[{len(before)}].") for name in columns)
    said = {"explanation": words("已补充"), "changes": [{"field": "competitors[0].competitor_name", "value": "改名"}]}
    assert NOT_LISTED in person.tries("补正材料", said, forced=True).complaints
    gone = {"explanation": words("已补充"), "removed": [{"row": "competitors[0]"}]}
    assert NOT_LISTED in person.tries("补正材料", gone, forced=True).complaints
    assert all("未列明" in person.is_told_behind_the_page("补正材料", each) for each in (said, gone))

    new = {"product_name": before[0]["product_name"], "competitor_name": "国际竞争对手公司", "market_share": "12.5", "main_advantages": "质量水平较高"}
    filled = [{"field": name, "value": new.get(name.rpartition(".")[2], "")} for name in columns]
    said = {"explanation": words("已补充"), "changes": filled}
    person.does("补正材料", said, files=[("补正的申报书页", "申报书页.pdf", SCAN)])

    with world.house.database.read() as connection:
        after = [row.data["competitors"] for row in ApplicationFacts(connection).forms(case) if row.state == "submitted"][-1]
    assert after[:-1] == before
    assert after[-1]["competitor_name"] == "国际竞争对手公司"
    assert examine(world.house) == []


def test_a_correction_that_does_not_come_in_three_working_days_is_over(world):
    person = checked(world, 1, DEMAND)
    world.time_is("2023-09-20T09:00")
    assert "补正材料" not in person.tasks()

    page = world.as_("clerk").opens(FIRST, about=world.enterprise(1))

    assert not page.refused


def test_one_application_is_given_longer_for_its_correction(world):
    """A-14: the office extends 补正截止 for one application; its task stays open until then, the others' 补正 is over as announced."""
    person, other = checked(world, 1, DEMAND), checked(world, 2, DEMAND)
    director = world.as_("director")
    director.goes(f"/cases/{world.application(1)}")
    where = director.clicks("单项延期：补正截止").path
    assert not director.sends(where, {"at": "2023-09-28", "reason": words("检测机构延迟出具报告"), "only": world.application(1)}).refused

    world.time_is("2023-09-22T09:00")

    assert "补正材料" not in other.tasks()
    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    checked(world, 1, FINE | {"proposal": "pass"})
    assert examine(world.house) == []


def test_a_correction_that_is_not_good_enough_ends_in_a_refusal(world):
    person = checked(world, 1, DEMAND)
    person.does("补正材料", {"explanation": words("已补充")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])

    checked(world, 1, FINE | {"complete": "fault", "proposal": "reject", "reason": words("补正后仍不齐全")})

    assert "未通过" in shown(world, 1)
    assert "补正后仍不齐全" in person.mails[-1].body


def test_who_passes_after_the_groups_were_formed_joins_one(world):
    person = checked(world, 1, DEMAND)
    world.others_go_on("2023-09-18T09:00", but=("N04d", "N05c", "N06a"))
    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    checked(world, 1, FINE | {"proposal": "pass"})

    world.as_("clerk").does("增补入组", {"group": "G1", "reason": words("补正通过")}, about=world.enterprise(1))

    assert world.enterprise(1) in world.as_("auditor").goes("/group/G1").text


def test_who_passes_when_every_group_has_finished_gets_one_of_their_own(world):
    """§14 增补入组: the committee does not meet before the last 补正 is settled, and nobody who corrected in time is left out."""
    person = checked(world, 1, DEMAND)
    world.others_go_on("2023-09-18T09:00", but=("N04d", "N05c", "N06a"))
    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    world.others_go_on("2023-10-11T09:00", but=("N04a", "N04b", "N04c", "N05f", "N07a"))
    secretary, clerk = world.as_("secretary"), world.as_("clerk")
    assert "准备合议材料" not in secretary.tasks(), "the committee waits for the form check of the one who corrected"

    checked(world, 1, FINE | {"proposal": "pass"})
    clerk.opens("增补入组", about=world.enterprise(1))
    offered = clerk.form().offered
    assert offered["group"] <= {""}, "no group reads any more"
    leader, *members = sorted(offered["leader"] - {""})[:4]
    nobody = clerk.hands_in({"reason": words("补正通过")})
    assert nobody.refused
    assert "另设一组" in nobody.complaints
    clerk.does(
        "增补入组", {"leader": leader, "members": members, "reason": words("各组均已结束，另设一组")}, about=world.enterprise(1)
    )

    world.others_go_on("2023-10-20T09:00", but=("N07a",))
    secretary.opens("准备合议材料")
    assert world.enterprise(1) in secretary.goes(secretary.goes("/meetings").link("确定答辩名单")).text


def test_a_season_may_ask_for_a_second_correction(world, tmp_path):
    """A-10 is a default: with two rounds the second is asked for as the first was, a third is refused."""
    world.season_says(tmp_path / "season", {"rounds = 1": "rounds = 2"})
    for _ in range(2):
        person = checked(world, 1, DEMAND)
        person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])

    page = world.as_("clerk").tries(FIRST, DEMAND, about=world.enterprise(1))

    assert page.refused
    assert "补正以2次为限" in page.complaints


def test_a_season_may_leave_withdrawal_to_the_office_once_the_unit_has_recommended(world, tmp_path):
    """A-08 is a default: from the season's step on the page says whom to ask, and an older page is refused; the office withdraws."""
    world.season_says(tmp_path / "season", {'applicant_until = "N13"': 'applicant_until = "N03"'})
    person, leaving = world.as_("enterprise 1"), f"/portal/{world.application(1)}/withdraw"
    assert "与办公室联系" in shown(world, 1)
    assert leaving not in person.goes(f"/portal/{world.application(1)}").doc.xpath("//form/@action")

    page = person.sends(leaving, {"reason": "经营计划调整，本年度不再申报。"})
    assert page.refused
    assert "自行撤回的时间已过" in page.text
    assert "已撤回" not in shown(world, 1)

    assert not world.as_("director").sends(leaving, {"reason": words("企业来函撤回")}).refused
    assert "已撤回" in shown(world, 1)


def test_the_season_goes_on_without_whoever_did_not_correct(world):
    checked(world, 1, DEMAND)
    world.others_go_on("2023-09-18T09:00", but=("N04d",))
    world.others_go_on("2023-10-11T09:00", but=("N04a", "N04b", "N04c", "N04d", "N07a"))
    assert "准备合议材料" not in world.as_("secretary").tasks()

    checked(world, 1, FINE | {"complete": "fault", "proposal": "reject", "reason": words("逾期未补正")})

    assert "准备合议材料" in world.as_("secretary").tasks()


def test_the_director_ends_an_application_with_a_reason(world):
    """终止: only the director, only with a reason; nobody has anything to do on it any more, a second time changes nothing."""
    case = world.application(1)
    ending = f"/cases/{case}/terminate"
    assert world.as_("clerk").finds(FIRST, world.enterprise(1))
    for other in ("clerk", "enterprise 1", "enterprise 2"):
        assert world.as_(other).sends(ending, {"reason": "企业已注销"}).refused
    director = world.as_("director")
    assert director.sends(ending, {"reason": " "}).refused
    assert world.as_("clerk").finds(FIRST, world.enterprise(1))

    page = director.sends(ending, {"reason": "企业已注销，经核实终止"})

    assert not page.refused
    assert world.as_("clerk").finds(FIRST, world.enterprise(1)) is None
    assert "终止" in shown(world, 1)
    assert world.as_("clerk").finds(FIRST, world.enterprise(2))
    assert director.sends(ending, {"reason": "再次终止"}).refused


def test_who_passes_while_the_committee_is_being_confirmed_sends_the_grouping_back(world):
    """Nobody who passed is left out of the groups: the director's confirmation waits, the clerk divides anew."""
    person = checked(world, 1, DEMAND)
    world.others_go_on("2023-09-18T09:00", but=("N04d", "N05e"))
    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    checked(world, 1, FINE | {"proposal": "pass"})
    director = world.as_("director")

    page = director.tries("确认评审委员会组成", {"outcome": "confirm"})

    assert page.refused
    assert "尚未入组" in page.complaints
    director.does("确认评审委员会组成", {"outcome": "return", "comment": words("有申报刚通过形式审查")})
    assert "划分专业组、分配申报材料" in world.as_("clerk").tasks()


def test_a_late_one_joins_no_group_of_which_too_few_still_read(world):
    """N05f: a choice is asked for, one only, and a group that has finished is no choice."""
    person = checked(world, 1, DEMAND)
    world.others_go_on("2023-09-18T09:00", but=("N04d", "N05c", "N06a"))
    person.does("补正材料", {"explanation": words("已补充检测报告")}, files=[("补正的证明材料", "检测报告.pdf", SCAN)])
    checked(world, 1, FINE | {"proposal": "pass"})
    clerk = world.as_("clerk")
    clerk.opens("增补入组", about=world.enterprise(1))
    leader = min(clerk.form().offered["leader"] - {""})

    both = clerk.hands_in({"group": "G1", "leader": leader, "reason": words("补正通过")})
    assert both.refused
    assert "请选择一个仍在阅卷的专业组" in both.complaints
    strange = clerk.tries("增补入组", {"group": "G99", "reason": words("补正通过")}, about=world.enterprise(1), forced=True)
    assert strange.refused
    assert "增补入组" in clerk.tasks()


def test_the_clerk_reads_what_the_unit_said_at_its_review(world):
    shown = world.as_("clerk").opens(FIRST).text

    assert "推荐单位初审" in shown
    assert "初审同意" in shown
    assert "成熟应用的依据" in shown, "E05: the unit's word with its reason"


def test_the_clerk_reads_what_changed_between_submission_and_recommendation(world):
    """§3: the findings of both moments are kept; only what the recommendation found anew is told again."""
    about, application = world.enterprise(1), world.application(1)
    assert "推荐时的核对" not in world.as_("clerk").opens(FIRST, about).text
    with world.house.database.read() as connection:
        kept = ApplicationFacts(connection).findings(application, moment="nomination")
    assert {row.rule for row in kept} >= {"E01", "E13"}

    revoked = SimpleNamespace(id="E17", severity="warn", verdict="fail", zh="该企业的称号已被撤销", en="its title was revoked", inputs={})
    world.house.database.run(
        lambda connection: ApplicationFacts(connection).note_findings(
            application=application, moment="nomination", findings=[revoked], at=world.house.clock.now()
        )
    )

    assert "该企业的称号已被撤销" in world.as_("clerk").opens(FIRST, about).text


def test_what_exceeds_a_limit_by_far_is_proposed_for_correction(world):
    """A-52: more than the tolerance above a limit of 编写说明 stands in the form already; the clerk decides."""
    number = 2
    over = writing.check(season=world.play.rules, lengths={"effects": 2300, "abstract": 520})
    world.house.database.run(
        lambda connection: ApplicationFacts(connection).note_findings(
            application=world.application(number), moment="submit", findings=over, at=world.house.clock.now()
        )
    )
    clerk = world.as_("clerk")
    clerk.opens(FIRST, world.enterprise(number))

    standing = dict(clerk.form().standing())

    assert standing["corrections[0].part"] == "experience"
    assert "2300" in standing["corrections[0].demand"]
    assert not any("520" in value for value in standing.values())
