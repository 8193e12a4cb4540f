"""自愿申报: filling in, the answers to what does not fit, files, the 承诺书, deadlines, second thoughts."""

import io
import zipfile
from datetime import timedelta

import pytest

from app.simulate import papers
from app.simulate.answers.base import words
from tests.acceptance.filing import SCAN, SEAL, attaches_papers, begins, book, fills, promise, signs, stream, takes_off
from tests.word import experience

FILL, SIGN = "填报申报材料", "签署承诺并提交"


@pytest.fixture
def world(world_at):
    return world_at("申报")


# drafts and progress


def test_what_was_typed_is_kept_and_shown_again(world):
    person = begins(world, 1)
    page = person.opens(FILL)
    form = person.form()
    draft = page.doc.xpath("string(//*[@id='draft-status']/@hx-post)")

    saved = person.sends(draft, form.filled({"application_table": {"experience_name": "某公司实施看板管理的经验"}}))

    assert "已保存" in saved.text
    assert dict(person_form(person, FILL).standing())["application_table.experience_name"] == "某公司实施看板管理的经验"


def person_form(person, task):
    person.opens(task)
    return person.form()


def progress(page, section):
    return next(row for row in page.rows(section) if "/" in row)


def test_the_form_begins_with_what_was_registered(world):
    person = begins(world, 1)
    known = dict(person_form(person, FILL).standing())
    assert known["application_table.enterprise_name"] == world.enterprise(1)
    assert len(known["application_table.uscc"]) == 18
    assert known["application_table.contact_email"].partition("@")[1]
    assert known["application_table.experience_name"] == ""


def test_each_section_tells_how_much_of_it_is_filled(world):
    person = begins(world, 1)
    page = person.opens(FILL)
    form, draft = person.form(), page.doc.xpath("string(//*[@id='draft-status']/@hx-post)")
    before = progress(page, "申报表")

    person.sends(draft, form.filled({"application_table": book(world, 1)["application_table"]}))

    after = progress(person.opens(FILL), "申报表")
    assert before != after
    filled, _, required = after.rpartition(" ")[2].removeprefix("必填已填").partition("/")
    assert filled == required


def test_an_unfinished_form_is_refused_and_nothing_typed_is_lost(world):
    person = begins(world, 1)

    page = person.tries(FILL, {"application_table": {"experience_name": "半途的经验"}, "outcome": "next"})

    assert page.refused
    assert "已填内容均已保留" in page.complaints
    assert dict(person.form().standing())["application_table.experience_name"] == "半途的经验"


# E01 to E11, in plain words


UNFIT = {
    "E01": ({"declarations__is_legal_person": False}, "独立法人"),
    "E02": ({"application_table__total_profit": {"y3": 120.0, "y2": 0.0, "y1": 300.0}}, "盈利"),
    "E03": ({"declarations__no_violation": {"integrity": True, "quality": True, "safety": False, "environment": True}}, "违法"),
    "E04": ({"application_table__iso9001_valid_to": "2023-08-31"}, "ISO 9001"),
    "E06": ({"declarations__shares_experience": False}, "分享"),
    "E07": ({"application_table__industry_code": "47"}, "须为06-46，或属于交通运输业、现代物流业、金融服务业、信息服务业、商务服务业等"),
    "E11": ({"declarations__no_state_secret": False}, "国家秘密"),
}


def test_who_does_not_meet_a_condition_is_told_which(world):
    """E01 to E11 as far as the 申报书 decides them; profits 120, 0, 300 are no three profitable years (G24); ISO 9001 must be valid (G25)."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)

    for predicate, (changes, said) in UNFIT.items():
        page = person.tries(FILL, book(world, 1, **changes))
        assert page.refused, predicate
        assert said in page.complaints, (predicate, page.complaints)

    assert person.tasks() == [FILL]


@pytest.mark.parametrize("means", ["fail", "warn"])
def test_the_season_says_what_a_missing_year_of_profit_means(world, tmp_path, means):
    """A-75: with `fail` a younger enterprise cannot apply, whatever its form lets stay empty; with `warn` who checks decides."""
    lenient = {'"required": ["y3", "y2", "y1"]': '"required": ["y1"]'}
    world.season_says(tmp_path / "season", {'missing_profit = "fail"': f'missing_profit = "{means}"'}, application=lenient)
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    young = book(world, 1)
    for table in ("application_table", "economic_benefit"):
        young[table]["total_profit"].pop("y3")

    page = person.tries(FILL, young)

    assert page.refused == (means == "fail")
    assert ("成立不足三年的不符合条件" in page.complaints) == (means == "fail")


@pytest.mark.parametrize("day", ["申报截止", "公告"])
def test_a_season_says_on_which_day_of_its_plan_certificates_must_be_valid(world, tmp_path, day):
    """A-35: a certificate that ends between the close of applications and the announcement."""
    if day != "申报截止":  # as cn-2023 has it
        world.season_says(tmp_path / "season", {'reference = "申报截止"': f'reference = "{day}"'})
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)

    page = person.tries(FILL, book(world, 1, application_table__iso9001_valid_to="2023-10-31"))

    assert page.refused == (day == "公告")
    assert ("2023-11-24有效" in page.complaints) == (day == "公告")


def test_a_direction_or_unit_that_is_not_of_this_year_cannot_be_chosen(world):
    """E08 and E09: the page does not offer it (中国质量协会 recommended in 2022, G12), and who sends it all the same is refused."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)

    for field, value, said in (("focus_area", "something_else", "申报方向"), ("recommending_unit_id", "RU-CAQ", "推荐单位")):
        person.opens(FILL)
        assert value not in person.form().offered[f"application_table.{field}"]
        page = person.hands_in(book(world, 1, **{f"application_table__{field}": value}), forced=True)
        assert page.refused
        assert said in page.complaints, page.complaints

    assert person.tasks() == [FILL]


def test_which_industries_may_apply(world):
    """G22, G23: 46 yes, 47 and 05 no, 65 (software) yes."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)

    for industry in ("47", "05"):
        page = person.tries(FILL, book(world, 1, application_table__industry_code=industry))
        assert page.refused, industry
    for industry in ("46", "65"):
        assert not person.tries(FILL, book(world, 1, application_table__industry_code=industry)).refused, industry
        assert person.tasks() == [SIGN]
        person.does(SIGN, {"outcome": "back"})


def wide(text):
    """As an input method types it in full width."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def test_the_form_understands_how_people_type_and_says_what_does_not_fit(world):
    """§4: a date on the cover after the deadline (X15), two products of one name (X16); full-width codes and blanks are no mistakes."""
    person, form = begins(world, 1), book(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    product = form["management_benefit"]["products"][0]

    for changes, said in (
        ({"cover__application_date": "2023-09-16"}, "申报日期晚于申报截止日"),
        ({"management_benefit__products": [product, product]}, "名称重复"),
    ):
        page = person.tries(FILL, book(world, 1, **changes))
        assert page.refused, said
        assert said in page.complaints

    code, mobile = form["application_table"]["uscc"], form["application_table"]["contact_mobile"]
    person.does(FILL, book(world, 1, application_table__uscc=wide(code), application_table__contact_mobile=f" {wide(mobile[:3])} {mobile[3:]}"))
    assert person.tasks() == [SIGN]


def test_satisfaction_is_told_with_the_indicator_of_the_trade(world):
    """填报说明4 以行业常用指标填写: the name and the unit that were typed stand on the form, and on what is printed to be sealed."""
    person, form = begins(world, 1), book(world, 1)
    page = person.opens(FILL)
    assert "以行业常用指标填写" in page.text
    attaches_papers(person)
    product = form["management_benefit"]["products"][0]
    product["satisfaction"] |= {"override_label": "旅客净推荐值", "override_unit": "百分制得分"}

    person.does(FILL, book(world, 1, management_benefit__products=[product]))

    printed = person.goes(f"{person.opens(SIGN).path}/print/application").text
    assert "旅客净推荐值（百分制得分）" in printed
    assert "顾客满意度（% 或分）" not in printed
    assert "顾客忠诚程度（% 或分）" in printed


@pytest.mark.parametrize(
    ("slot", "said"), [("D3.survey", "请上传顾客满意度、忠诚度调查分析报告"), ("D3.environment", "请上传环保、资源利用指标的证实性材料")]
)
def test_the_evidence_that_the_notes_of_the_tables_ask_for_must_be_there(world, slot, said):
    """§4.3 注 and §4.5 注: the survey reports, and the evidence on environment and resources."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person, without=(slot,))

    page = person.tries(FILL, book(world, 1))

    assert page.refused
    assert said in page.complaints
    assert person.tasks() == [FILL]


def test_an_indicator_of_the_trade_is_not_held_to_the_limits_of_the_one_it_replaces(world):
    """填报说明4: hours are no per cent; under its own name 设备综合效率 stays between 0 and 100, the trade's average and best like the own value."""
    person, form = begins(world, 1), book(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    row, product = form["economic_benefit"]["equipment_effectiveness"], form["management_benefit"]["products"][0]
    hours = row | {"y3": 7800, "y2": 7900, "y1": 8000, "industry_avg": 7000, "industry_best": 8100}
    fans = product["satisfaction"] | {"y3": -12}

    for changes, said in (
        ({"economic_benefit__equipment_effectiveness": hours}, "设备综合效率 · 2020 年」应不大于 100"),
        ({"economic_benefit__equipment_effectiveness": row | {"industry_avg": 230}}, "2022 年行业平均水平」应不大于 100"),
        ({"management_benefit__products": [product | {"satisfaction": fans}]}, "应不小于 0"),
    ):
        page = person.tries(FILL, book(world, 1, **changes))
        assert page.refused, said
        assert said in page.text, page.complaints

    own = {"override_label": "设备年利用小时", "override_unit": "小时"}
    product["satisfaction"] = fans | {"override_label": "客户净推荐值", "override_unit": "分"}
    product |= {"market_share_label": "行业排名", "market_share_unit": "位"}
    product["market_share"] = {year: {"domestic": 120} for year in ("y3", "y2", "y1")}
    person.does(FILL, book(world, 1, economic_benefit__equipment_effectiveness=hours | own, management_benefit__products=[product]))

    printed = person.goes(f"{person.opens(SIGN).path}/print/application").text
    for words_of_the_trade in ("设备年利用小时", "小时", "客户净推荐值（分）", "行业排名"):
        assert words_of_the_trade in printed
    assert "设备综合效率" not in printed


def test_a_credit_report_may_be_added_to_the_statement_on_conduct(filling):
    """E03: optional; whoever recommends or checks finds it among the papers."""
    assert not filling.attaches("信用报告", "信用报告.pdf", SCAN).refused
    assert "信用报告.pdf" in filling.opens(FILL).text


def test_the_editable_book_is_made_from_what_was_filled_in_and_handed_in_again(world):
    """D1, A-45: the form asks for an editable document and a stamped scan; nobody types the 申报书 twice."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person, without=("D1.docx",))
    person.does(FILL, book(world, 1))
    page = person.opens(SIGN)

    answer = person.clicks("下载申报书（Word）").answer

    printed = person.goes(f"{page.path}/print/application").text
    code = printed.partition("版本号 ")[2][:14]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert code in package.read("word/footer1.xml").decode()
        assert world.play.parts[0].form["application_table"]["experience_name"] in package.read("word/document.xml").decode()
    person.opens(SIGN)
    files = [*SEAL, ("申报书（可编辑文档）", f"{world.enterprise(1)}-申报书.docx", answer.content)]
    assert not person.tries(SIGN, promise(world), files=files).refused
    assert f"{world.enterprise(1)}-申报书.docx" in person.goes(f"/portal/{person.application}").text


def packed(name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "申报材料")
    return content.getvalue()


def test_a_package_of_ones_own_bears_the_full_name_and_nobody_signs_ahead(sealing):
    """D4, X03, G37; §4.1: signed_on ≤ submission."""
    world, person = sealing, sealing.as_("enterprise 1")
    tomorrow = f"{world.now + timedelta(days=1):%Y-%m-%d}"
    page = person.tries(SIGN, promise(world, signed_on=tomorrow), files=[*SEAL, ("申报材料压缩包", "材料.zip", packed("申报书.txt"))])
    assert page.refused
    assert "不晚于提交当日" in page.complaints
    assert "压缩包名称与申报企业全称不一致" in page.complaints

    person.opens(SIGN)
    takes_off(person, "材料.zip")
    person.does(SIGN, promise(world), files=[("申报材料压缩包", f"{world.enterprise(1)}.zip", packed("申报书.txt"))])

    assert "推荐单位审核中" in person.goes(f"/portal/{world.application(1)}").text


@pytest.fixture
def sealing(world_at):
    return world_at("签署")


def test_a_commitment_without_seal_is_refused(sealing):
    """E10."""
    person = sealing.as_("enterprise 1")

    page = person.tries(SIGN, promise(sealing))

    assert page.refused
    assert "盖章" in page.complaints
    assert person.tasks() == [SIGN]


def test_all_five_undertakings_are_asked_for(sealing):
    person = sealing.as_("enterprise 1")

    page = person.tries(SIGN, promise(sealing, commitment_accepted=[True, True, True, False, True]), files=SEAL)

    assert page.refused
    assert person.tasks() == [SIGN]


# files


@pytest.fixture
def filling(world):
    person = begins(world, 1)
    person.opens(FILL)
    return person


@pytest.mark.parametrize(
    ("label", "name", "content"),
    [
        ("典型经验材料", "经验.pdf", SCAN),
        ("典型经验材料", "经验.docx", b"not a word document at all"),
        ("ISO 9001 质量管理体系认证证书", "证书.png", b"\x89PNG\r\n\x1a\n" + bytes(600)),
        ("ISO 9001 质量管理体系认证证书", "证书.pdf", b""),
        ("财务部门证明", "财务.exe", b"MZ" + bytes(600)),
    ],
)
def test_a_file_of_a_kind_that_the_slot_does_not_take_is_refused(filling, label, name, content):
    page = filling.attaches(label, name, content)

    assert page.refused
    assert any(word in page.complaints for word in ("类型", "格式", "不符", "无法读取", "空的"))
    assert name not in filling.opens(FILL).text


def test_a_file_that_is_too_large_is_refused_with_the_limit(sealing):
    person = sealing.as_("enterprise 1")
    person.opens(SIGN)

    page = person.attaches("承诺书（签字盖章扫描件）", "承诺书.pdf", stream(20_000_001))

    assert page.refused
    assert "20" in page.complaints
    assert "承诺书.pdf" not in person.opens(SIGN).text


def test_a_file_shows_where_it_was_put_and_can_be_taken_away_again(filling):
    filling.attaches("证实性材料（单独整理成一个文件）", "证据.pdf", SCAN)
    page = filling.opens(FILL)
    assert "证据.pdf" in page.text
    (button,) = page.doc.xpath("//button[@name='_remove']")

    filling.sends(button.get("formaction"), {"_remove": button.get("value"), "_slot": "evidence"})

    assert "证据.pdf" not in filling.opens(FILL).text


@pytest.mark.parametrize(("title", "differs"), [("另一家企业的另一条经验", True), (None, False)])
def test_the_title_in_the_document_is_compared_with_the_experiences_name(filling, title, differs):
    """X02: read from the Word file that was uploaded; it warns, and holds nobody up."""
    form = book(filling.world, 1)
    name = form["application_table"]["experience_name"]
    assert not filling.attaches("典型经验材料", "经验.docx", papers.docx(title or name)).refused

    filling.opens(FILL)
    asked = filling.form()
    page = filling.sends(asked.action.replace("/complete", "/checks"), asked.filled(form))

    assert ("经验名称与典型经验材料的标题不一致" in page.text) is differs


def test_the_document_is_counted_when_it_is_uploaded_and_what_is_too_long_is_told_to_the_office(filling):
    """G32, A-52: 实施成效 may have 2000 characters; it warns, holds nobody up, and above the tolerance the form check reads of a correction."""
    world, form = filling.world, book(filling.world, 1)
    name = form["application_table"]["experience_name"]
    attaches_papers(filling, without=("D2",))
    assert not filling.attaches("典型经验材料", "经验.docx", experience(name, effects=2300)).refused

    filling.opens(FILL)
    asked = filling.form()
    page = filling.sends(asked.action.replace("/complete", "/checks"), asked.filled(form))
    assert "实施成效应在2000字以内，现为2300字" in page.text
    assert "摘要应在" not in page.text

    filling.does(FILL, form)
    signs(world, 1)
    page = world.as_("unit").opens("初步审核", world.enterprise(1))
    assert "实施成效应在2000字以内，现为2300字" in page.text
    assert "列为补正事项" in page.text


# submitting


def test_who_submits_is_led_to_the_application_with_its_number_and_stage(sealing):
    person = sealing.as_("enterprise 1")
    page = person.does(SIGN, promise(sealing), files=SEAL)
    assert page.path == f"/portal/{sealing.application(1)}"
    assert "2023-0" in page.text
    assert "推荐单位审核中" in page.text


def test_submitting_gives_a_receipt_by_mail_and_on_the_page_and_tells_the_unit(sealing):
    world = sealing
    person = signs(world, 1)

    receipt = next(mail for mail in person.mails if "回执" in mail.body)
    assert world.play.parts[0].form["application_table"]["experience_name"] in receipt.body
    assert any(world.enterprise(1) in mail.body for mail in world.mails_to("ru-bj@simulation.invalid") + world.as_("unit").mails)
    page = person.goes(f"/portal/{world.application(1)}")
    assert SIGN in page.text
    assert "推荐单位审核中" in page.text
    assert world.as_("unit").finds("初步审核", world.enterprise(1))


def test_in_time_by_a_millisecond(sealing):
    world = sealing
    person = world.as_("enterprise 1")
    world.time_is("2023-09-15T23:59:59.999")

    assert not person.tries(SIGN, promise(world), files=SEAL).refused
    assert "推荐单位审核中" in person.goes(f"/portal/{world.application(1)}").text


def test_late_by_a_millisecond(sealing):
    world = sealing
    person = world.as_("enterprise 1")
    world.time_is("2023-09-15T23:59")
    person.opens(SIGN)
    person.attaches(*SEAL[0])
    data = person.form().filled(promise(world))
    action = person.form().action
    world.house.clock.move_to(world.house.clock.now().replace(hour=16, minute=0, second=0, microsecond=1000))

    page = person.sends(action, data)

    assert page.refused
    shown = person.goes(f"/portal/{world.application(1)}")
    assert "推荐单位审核中" not in shown.text
    assert person.tasks() == []
    assert not [mail for mail in person.mails if "已提交" in mail.subject]


def test_after_the_deadline_nobody_begins_any_more(sealing):
    world = sealing
    world.time_is("2023-09-16T00:00")
    person = world.as_("enterprise 1")

    assert not person.goes("/portal").doc.xpath("//form[@action='/portal/applications']")
    assert person.sends("/portal/applications", {}).refused


def test_a_discarded_draft_is_gone_from_the_inbox(sealing):
    world = sealing
    person = world.as_("enterprise 1")
    person.does(SIGN, {"outcome": "back"})

    person.does(FILL, {"outcome": "discard"})

    assert person.tasks() == []


def test_withdrawn_by_the_applicant(sealing):
    world = sealing
    person = signs(world, 1)

    person.sends(f"/portal/{world.application(1)}/withdraw", {"reason": "经营计划调整，本年度不再申报。"})

    assert "撤回" in person.goes(f"/portal/{world.application(1)}").text
    assert [mail for mail in person.mails if "撤回" in mail.subject]
    assert person.tasks() == []


def test_nobody_else_sees_or_withdraws_it(sealing):
    world = sealing
    person, neighbour = signs(world, 1), world.as_("enterprise 2")

    nothing = neighbour.goes("/portal/A999")
    page = neighbour.goes(f"/portal/{world.application(1)}")
    assert (page.status, page.text) == (nothing.status, nothing.text) == (404, nothing.text)
    assert neighbour.sends(f"/portal/{world.application(1)}/withdraw", {"reason": "捣乱"}).status == 404
    assert "推荐单位审核中" in person.goes(f"/portal/{world.application(1)}").text


# returned for change


def returned(world):
    person = signs(world, 1)
    world.as_("unit").does(
        "初步审核", {"opinion": words("请补充近三年对比数据"), "faults": ["tables"], "outcome": "return"}, about=world.enterprise(1)
    )
    assert person.tasks() == ["修改退回材料"]
    assert any("请补充近三年对比数据" in mail.body for mail in person.mails)
    return person


def test_a_returned_application_is_changed_and_goes_back_to_the_unit(sealing):
    world = sealing
    person = returned(world)

    person.does("修改退回材料", book(world, 1, application_table__promoted_enterprise_count=9))

    assert person.tasks() == []
    assert world.as_("unit").finds("初步审核", world.enterprise(1))


def test_a_returned_application_that_nobody_changes_stays_as_it_was_and_is_recommended_as_it_stands(sealing):
    world = sealing
    person, unit = returned(world), world.as_("unit")
    world.days_pass(6)
    assert person.tasks() == []
    ranking = [{"application": world.application(1), "rank": 1, "nominated": True}]

    unit.does("排序并确定推荐名单", {"ranking": ranking, "outcome": "confirm"})

    assert "出具推荐意见并用印" in unit.tasks()


def test_a_season_may_leave_units_nothing_to_return(sealing, tmp_path):
    """A-09 is a default: the choice stands on no page, and who sends it all the same is refused."""
    world = sealing
    chosen = {
        '"accept", "return", "refuse"': '"accept", "refuse"', '"退回修改", ': "", '"Return for change", ': "",
        "退回后原提交材料在重新提交前保留有效。": "", " The earlier submission stays valid until a new one is made.": "",
    }  # fmt: skip
    world.season_says(tmp_path / "season", {"may_return = true": "may_return = false"}, ru_review=chosen)
    person, unit = signs(world, 1), world.as_("unit")

    assert "退回修改" not in unit.opens("初步审核", about=world.enterprise(1)).text
    assert unit.hands_in({"opinion": words("请补充近三年对比数据"), "outcome": "return"}, forced=True).refused
    assert person.tasks() == []
    unit.does("初步审核", {"opinion": words("材料齐全，同意推荐"), "outcome": "accept"}, about=world.enterprise(1))


def test_a_unit_recommends_while_the_change_is_still_open(sealing):
    world = sealing
    _person, unit = returned(world), world.as_("unit")
    ranking = [{"application": world.application(1), "rank": 1, "nominated": True}]

    unit.does("排序并确定推荐名单", {"ranking": ranking, "outcome": "confirm"})

    assert "出具推荐意见并用印" in unit.tasks()


# two units, another unit


def test_two_units_for_one_enterprise_the_applicant_confirms_one(sealing):
    world = sealing
    signs(world, 1)
    person = fills(world, 1, application_table__recommending_unit_id="RU-TJ")
    person.does(SIGN, promise(world), files=SEAL)
    assert "确认推荐单位" in person.tasks()
    for unit, other in (("unit", "天津市工业和信息化局"), ("small unit", "北京市经济和信息化局")):
        (told,) = [mail for mail in world.as_(unit).mails if "另一推荐单位" in mail.subject]
        assert f"涉及另一推荐单位：{other}。" in told.body, "§9.3, 16: both of them"
    (asked,) = [mail for mail in person.mails if "请确认推荐单位" in mail.subject]
    assert "申报同时涉及北京市经济和信息化局、天津市工业和信息化局" in asked.body

    person.does("确认推荐单位", {"unit": "RU-TJ"})

    assert world.as_("small unit").finds("初步审核", world.enterprise(1))


def test_another_unit_may_be_named_after_a_refusal(sealing):
    world = sealing
    person = signs(world, 1)
    world.as_("unit").does("初步审核", {"opinion": words("本单位名额有限，不予推荐"), "outcome": "refuse"}, about=world.enterprise(1))
    assert person.tasks() == ["确认推荐单位"]

    stamped = [("申报书（重新盖章的扫描件）", "写明天津的申报书.pdf", SCAN)]
    person.does("确认推荐单位", {"unit": "RU-TJ", "outcome": "other"}, files=stamped)

    assert "写明天津的申报书.pdf" in world.as_("small unit").goes(f"/portal/{world.application(1)}").text
    assert world.as_("small unit").finds("初步审核", world.enterprise(1))
    printed = person.goes(f"/portal/{world.application(1)}/print/application").text
    assert "天津市工业和信息化局" in printed, "X04: the 申报书 names the unit that has it"
    assert "北京市经济和信息化局" not in printed
    line = world.as_("small unit").goes("/unit").doc.xpath(f"string(//tr[@id='rank-{world.application(1)}'])")
    assert "待初审" in line, "what another unit said of it stays there (§14)"
    assert "未推荐" not in line


def test_after_a_refusal_another_unit_may_be_named_until_the_close_as_the_letter_says(sealing):
    """§14; the two working days of the task are when the office telephones."""
    world = sealing
    person = signs(world, 1)
    world.as_("unit").does("初步审核", {"opinion": words("本单位名额有限，不予推荐"), "outcome": "refuse"}, about=world.enterprise(1))
    (asked,) = [mail for mail in person.mails if "请确认推荐单位" in mail.subject]
    assert "办理时限：2023年9月15日24时前" in asked.body

    world.time_is("2023-09-07T09:00")
    assert "电话催办" in world.as_("clerk").tasks()
    assert not [mail for mail in person.mails if "催办" in mail.subject], "nobody is asked to telephone himself"
    world.time_is("2023-09-15T23:59")
    assert person.tasks() == ["确认推荐单位"]
    world.time_is("2023-09-16T00:00")

    assert person.tasks() == []
    assert "未获推荐" in person.goes(f"/portal/{world.application(1)}").text


def test_after_a_refusal_the_applicant_may_let_it_rest(sealing):
    world = sealing
    person = signs(world, 1)
    world.as_("unit").does("初步审核", {"opinion": words("本单位名额有限，不予推荐"), "outcome": "refuse"}, about=world.enterprise(1))

    person.does("确认推荐单位", {"outcome": "end"})

    assert "未获推荐" in person.goes(f"/portal/{world.application(1)}").text
