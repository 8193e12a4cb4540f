"""择优推荐: places, widening, the sealed list, the opinion with its seal, delivery, 代录, lapse."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app.doctor import examine
from app.simulate.answers.base import words
from benchmarks.budgets import BUDGETS
from benchmarks.meter import Meter
from benchmarks.season import ANSWER, waiting
from store.selection.facts import Facts
from store.selection.tables_application import application
from tests.acceptance.filing import SCAN, attaches_papers, begins, book, fills, signs
from tests.acceptance.stages import mailbox

RANK, SEAL = "排序并确定推荐名单", "出具推荐意见并用印"
LETTER = ("推荐文件（盖章）", "推荐文件.pdf", SCAN)


@pytest.fixture
def world(world_at):
    return world_at("排序")


def ranking(world, chosen, numbers=range(1, 7)):
    """The applications in the order of their numbers; the first ones are recommended."""
    return [
        {
            "application": world.application(number),
            "rank": place,
            "nominated": place <= chosen,
            "reason": "" if place <= chosen else words("名额所限"),
        }
        for place, number in enumerate(numbers, start=1)
    ]


def opinions(world, numbers):
    return [
        {
            "application": world.application(number),
            "opinion": words("同意推荐"),
            "no_violation": True,
            "mature": True,
            "mature_reason": words("应用三年以上"),
        }
        for number in numbers
    ]


def widened(world):
    unit = world.as_("unit")
    unit.does(RANK, {"outcome": "widen"})
    unit.does(
        "申请放宽名额",
        {"activity": words("本地区已连续五年开展质量标杆活动"), "since": "2018-05-01"},
        files=[("证明材料", "活动.pdf", SCAN)],
    )
    world.as_("director").does("核定推荐名额", {"reason": words("已开展地区质量标杆活动"), "outcome": "grant"})
    return unit


def seals_all(unit, numbers, world):
    """Every opinion's sealed page, and the letter."""
    unit.opens(SEAL)
    assert not unit.attaches(*LETTER).refused
    for _ in numbers:
        unit.opens(SEAL)
        assert not unit.attaches("盖章的推荐意见页", "推荐意见.pdf", SCAN).refused
    return unit.does(SEAL, {"opinions": opinions(world, numbers), "outcome": "deliver"})


def test_the_ranking_is_saved_from_a_table_that_names_every_application_already(world):
    unit = world.as_("unit")
    unit.opens(RANK)

    (form,) = unit.page.doc.xpath("//form[contains(@action, '/acts/rank.save')]")
    rows = form.xpath(".//tbody[@data-rows]//select[contains(@name, '.application')]/option[@selected]/@value")

    assert sorted(rows) == sorted(world.application(number) for number in range(1, 7))


def test_what_the_unit_has_refused_stands_in_no_ranking_any_more(world_at):
    """The others are moved by the desk's buttons and ranked by the form as before."""
    world = world_at("初审")
    unit = world.as_("unit")
    unit.does("初步审核", {"opinion": words("不符合本单位的推荐条件"), "outcome": "refuse"}, about=world.enterprise(1))
    others = {world.application(number) for number in range(2, 7)}

    unit.opens(RANK)
    assert {value for name, value in unit.form().filled({}) if name.endswith(".application") and value} == others
    desk = unit.goes("/unit")
    assert {button.get("value") for button in desk.doc.xpath("//button[@name='top']")} == others
    last = world.application(6)
    assert not unit.sends("/unit/RU-BJ/ranking", {"top": last}).refused
    early = unit.tries(RANK, {"ranking": ranking(world, 3, (6, 2, 3, 4, 5)), "outcome": "confirm"})
    assert "尚未初步审核" in early.complaints
    assert last not in early.complaints, "people know an application by its number"


def test_three_may_be_recommended_a_fourth_is_refused(world):
    """G10."""
    unit = world.as_("unit")
    assert "推荐名额 3 初审同意" in " ".join(unit.opens(RANK).text.split())
    page = unit.tries(RANK, {"ranking": ranking(world, 4), "outcome": "confirm"})

    assert page.refused
    assert "3" in page.complaints
    unit.does(RANK, {"ranking": ranking(world, 3), "outcome": "confirm"})
    assert SEAL in unit.tasks()


def test_a_unit_is_reminded_with_the_places_that_its_list_leaves(world):
    """§9.3, 6: queue and quota left."""
    unit = world.as_("unit")
    unit.does(RANK, {"ranking": ranking(world, 2), "outcome": "confirm"})
    world.time_is("2023-09-15T09:05")

    (letter,) = [one for one in world.mails() if one.subject == f"待办提醒：{SEAL}" and one.to == mailbox(world.house, unit.login)]

    assert "剩余推荐名额：1 项" in letter.body


def test_the_officer_takes_the_list_back_until_it_is_delivered(world):
    """§14: not delivered, the order is the officer's own; delivered, or said to be none, it has gone out."""
    unit = world.as_("small unit")
    unit.does(RANK, {"ranking": ranking(world, 1, (7, 8)), "outcome": "confirm"})
    assert not unit.takes_back(RANK).refused
    assert SEAL not in unit.tasks()

    lines = ranking(world, 1, (8, 7))
    unit.does(RANK, {"ranking": lines, "outcome": "confirm"})
    unit.opens(SEAL)
    (offered,) = [one for name, one in unit.form().offered.items() if name.endswith("application")]
    assert world.application(8) in offered
    assert not unit.takes_back(RANK).refused

    unit.does(RANK, {"none_reason": words("本年度不推荐"), "outcome": "none"})
    page = unit.takes_back(RANK)
    assert page.status in {404, 409}
    assert RANK not in unit.tasks()


def test_the_unit_reads_by_mail_why_its_list_was_refused_and_how_to_ask_for_more(world):
    """§9.3, 7: the refused list leaves nothing behind but the letter, one for the same list however often it is sent; no leader is written to."""
    unit = world.as_("unit")
    for _ in range(2):
        assert unit.tries(RANK, {"ranking": ranking(world, 4), "outcome": "confirm"}).refused

    (letter,) = [mail for mail in world.mails() if "超过名额" in mail.subject]
    assert letter.to == unit.mailbox
    assert "拟推荐 4 项" in letter.body
    assert "推荐名额 3 项" in letter.body
    assert "申请放宽名额" in letter.body
    assert RANK in unit.tasks()


def test_five_may_be_recommended_after_widening_a_sixth_is_refused(world):
    unit = widened(world)

    page = unit.tries(RANK, {"ranking": ranking(world, 6), "outcome": "confirm"})

    assert page.refused
    assert "5" in page.complaints
    unit.does(RANK, {"ranking": ranking(world, 5), "outcome": "confirm"})
    assert SEAL in unit.tasks()


def test_a_season_may_take_a_units_word_for_its_activity(world, tmp_path):
    """A-73 is a default: with a `declaration` no paper is asked for; the director decides as before."""
    lenient = {'"x-needed": true': '"x-needed": false'}
    world.season_says(tmp_path / "season", {'widening_proof = "document"': 'widening_proof = "declaration"'}, widening=lenient)
    unit = world.as_("unit")
    unit.does(RANK, {"outcome": "widen"})

    unit.does("申请放宽名额", {"activity": words("本地区已连续五年开展质量标杆活动"), "since": "2018-05-01"})

    world.as_("director").does("核定推荐名额", {"reason": words("已开展地区质量标杆活动"), "outcome": "grant"})
    unit.does(RANK, {"ranking": ranking(world, 5), "outcome": "confirm"})


def test_widening_that_is_refused_leaves_three(world):
    unit = world.as_("unit")
    unit.does(RANK, {"outcome": "widen"})
    unit.does(
        "申请放宽名额", {"activity": words("本地区拟开展质量标杆活动"), "since": "2023-05-01"}, files=[("证明材料", "活动.pdf", SCAN)]
    )
    world.as_("director").does("核定推荐名额", {"reason": words("尚未开展地区质量标杆活动"), "outcome": "refuse"})

    assert unit.tries(RANK, {"ranking": ranking(world, 4), "outcome": "confirm"}).refused
    assert any("名额" in mail.subject for mail in unit.mails + world.mails_to("ru-bj@simulation.invalid"))


def test_an_opinion_without_seal_is_not_delivered(world):
    unit = world.as_("small unit")
    unit.does(RANK, {"ranking": ranking(world, 2, (7, 8)), "outcome": "confirm"})

    page = unit.tries(SEAL, {"opinions": opinions(world, (7, 8)), "outcome": "deliver"}, files=[LETTER])

    assert page.refused
    assert "盖章" in page.complaints
    assert SEAL in unit.tasks()


def test_delivery_makes_them_recommended_and_tells_only_that(world):
    unit = world.as_("small unit")
    unit.does(RANK, {"ranking": ranking(world, 1, (7, 8)), "outcome": "confirm"})

    seals_all(unit, (7,), world)

    assert "推荐名单已报送" in unit.goes("/unit").text
    chosen, other = world.as_("enterprise 7"), world.as_("enterprise 8")
    assert "形式审查" in chosen.goes(f"/portal/{world.application(7)}").text
    assert "确认推荐单位" in other.tasks()
    assert not any("93" in mail.body and "名次" in mail.body for mail in chosen.mails + other.mails)


def test_a_sealed_list_comes_first_and_the_enterprise_files_afterwards(world_at):
    world = world_at("申报")
    unit = world.as_("unit")
    part = world.play.parts[0]
    entry = {
        "enterprise": part.enterprise.name,
        "uscc": part.enterprise.uscc,
        "experience_name": part.form["application_table"]["experience_name"],
    }
    unit.opens(RANK)
    bare = unit.hands_in({"entries": [entry]}, act="预登记")
    assert bare.refused
    unit.opens(RANK)
    assert not unit.attaches("盖章名单", "名单.pdf", SCAN).refused

    unit.opens(RANK)
    wrong = unit.hands_in({"entries": [entry | {"uscc": "91350100M000100Y4Z"}]}, act="预登记")
    assert wrong.refused
    assert "统一社会信用代码不正确" in wrong.complaints
    unit.opens(RANK)
    page = unit.hands_in({"entries": [entry]}, act="预登记")

    assert not page.refused, page.complaints
    assert begins(world, 1).tasks() == ["填报申报材料"]


def test_a_unit_that_delivers_nothing_in_time_has_recommended_nobody(world):
    world.time_is("2023-09-17T00:00")

    person = world.as_("enterprise 7")
    assert "未获推荐" in person.goes(f"/portal/{world.application(7)}").text
    assert RANK not in world.as_("small unit").tasks()


def test_what_one_unit_has_on_its_sealed_list_and_names_another_is_confirmed_by_the_applicant(world_at):
    """AMB-07, §14: two units for one experience; the applicant says which."""
    world = world_at("申报")
    other, part = world.as_("small unit"), world.play.parts[0]
    entry = {
        "enterprise": part.enterprise.name,
        "uscc": part.enterprise.uscc,
        "experience_name": part.form["application_table"]["experience_name"],
    }
    other.opens(RANK)
    assert not other.attaches("盖章名单", "名单.pdf", SCAN).refused
    other.opens(RANK)
    assert not other.hands_in({"entries": [entry]}, act="预登记").refused

    fills(world, 1)
    person = signs(world, 1)

    assert person.tasks() == ["确认推荐单位"]
    assert any("另一推荐单位" in mail.subject for mail in other.mails)


# 代录


def recorded(world):
    clerk = world.as_("clerk")
    clerk.goes("/unit/RU-TJ")
    clerk.clicks("代录推荐结果")
    assert not clerk.sends("/unit/RU-TJ/record", {"reason": words("推荐单位以邮寄方式报送")}).refused
    data = {"reason": words("推荐单位系统故障，以邮寄方式报送"), "received_on": "2023-09-14", "ranking": [
        line | {"opinion": words("同意推荐")} for line in ranking(world, 2, (7, 8))
    ]}  # fmt: skip
    return clerk, data


def test_the_office_records_for_a_unit_with_a_scan_and_a_second_person(world):
    clerk, data = recorded(world)
    scan = [("推荐文件扫描件", "推荐文件.pdf", SCAN)]
    assert clerk.tries("代录推荐结果", data).refused
    clerk.does("代录推荐结果", data, files=scan)

    same = clerk.tries("代录复核", {"outcome": "agree"})
    assert same.refused
    second = world.as_("second clerk")
    shown = second.opens("代录复核")
    for told in ("推荐单位系统故障，以邮寄方式报送", "2023年9月14日", world.enterprise(7), words("同意推荐"), "推荐文件.pdf"):
        assert told in shown.text, told
    second.does("代录复核", {"outcome": "disagree", "comment": words("名次与原件不一致")})
    assert words("名次与原件不一致") in clerk.opens("代录推荐结果").text
    clerk.does("代录推荐结果", data)
    second.does("代录复核", {"outcome": "agree"})

    assert "形式审查" in world.as_("enterprise 7").goes(f"/portal/{world.application(7)}").text


# what an enterprise takes away while its unit reviews


REVIEW = "初步审核"


def reviews(world, unit):
    """What the unit has still to review, by enterprise."""
    page = world.as_(unit).goes("/inbox", params={"view": "groups"})
    return [row for row in page.rows(REVIEW) if "电话催办" not in row]


def test_who_phones_about_a_late_review_reads_whom_and_about_what(world_at):
    """电话催办 names the task that is late and the people it waits for, with what is known to reach them by."""
    world = world_at("初审")
    officer, clerk = world.as_("unit"), world.as_("clerk")
    world.time_is("2023-09-15T09:05")

    shown = clerk.opens("电话催办", about=mailbox(world.house, officer.login)).text

    assert REVIEW in shown or RANK in shown


def test_what_is_withdrawn_need_not_be_reviewed_any_more(world_at):
    """The review closes in the unit's inbox, whoever has its page open is told; the others wait as before."""
    world = world_at("初审")
    officer, name = world.as_("unit"), world.enterprise(1)
    before = reviews(world, "unit")
    assert any(name in row for row in before)
    address = officer.finds(REVIEW, name)
    form = officer.goes(address) and officer.form()

    world.as_("enterprise 1").sends(f"/portal/{world.application(1)}/withdraw", {"reason": "经营计划调整，本年度不再申报。"})

    assert reviews(world, "unit") == [row for row in before if name not in row]
    late = officer.sends(form.action, form.filled({"opinion": words("材料齐全，同意推荐"), "outcome": "accept"}))
    assert late.refused
    assert late.status in {404, 409}
    assert "撤回" in world.as_("enterprise 1").goes(f"/portal/{world.application(1)}").text


def test_what_the_office_ends_need_not_be_reviewed_any_more(world_at):
    world = world_at("初审")
    director, name = world.as_("director"), world.enterprise(1)
    assert any(name in row for row in reviews(world, "unit"))

    assert not director.sends(f"/cases/{world.application(1)}/terminate", {"reason": words("企业已注销")}).refused

    assert not any(name in row for row in reviews(world, "unit"))


def test_the_unit_reads_by_mail_that_an_enterprise_has_withdrawn_and_why(world):
    unit, person = world.as_("small unit"), world.as_("enterprise 7")
    page = person.sends(f"/portal/{world.application(7)}/withdraw", {"reason": " "})
    assert page.refused
    assert "原因" in page.text
    assert not any("撤回" in mail.subject for mail in unit.mails)

    person.sends(f"/portal/{world.application(7)}/withdraw", {"reason": "经营计划调整，本年度不再申报。"})

    (letter,) = [mail for mail in unit.mails if "撤回" in mail.subject]
    assert world.enterprise(7) in letter.subject
    assert "经营计划调整" in letter.body


def test_a_list_whose_only_line_was_withdrawn_is_not_delivered(world):
    """Nothing is left to recommend: the unit goes back to the ranking and says that it recommends nobody, or somebody else."""
    unit = world.as_("small unit")
    unit.does(RANK, {"ranking": ranking(world, 1, (7, 8)), "outcome": "confirm"})
    unit.opens(SEAL)
    form = unit.form()
    sent = form.filled({"opinions": opinions(world, (7,)), "outcome": "deliver"})
    world.as_("enterprise 7").sends(f"/portal/{world.application(7)}/withdraw", {"reason": "经营计划调整。"})

    page = unit.sends(form.action, sent)
    assert page.refused
    unit.opens(SEAL)
    assert not unit.attaches(*LETTER).refused
    empty = unit.sends(form.action, [(name, value) for name, value in sent if not name.startswith("opinions")])
    assert empty.refused
    unit.does(SEAL, {"outcome": "back"})
    unit.does(RANK, {"none_reason": words("本年度暂无合适的典型经验"), "outcome": "none"})

    other = world.as_("enterprise 8")
    assert "确认推荐单位" in other.tasks()
    assert any("本年度暂无合适的典型经验" in mail.body for mail in other.mails)
    assert RANK not in unit.tasks()


def test_who_is_ended_by_the_office_and_its_unit_read_why(world):
    world.as_("director").sends(f"/cases/{world.application(7)}/terminate", {"reason": words("企业已注销")})

    for who in ("enterprise 7", "small unit"):
        (letter,) = [mail for mail in world.as_(who).mails if "终止" in mail.subject]
        assert words("企业已注销") in letter.body


def test_a_unit_sets_its_own_last_day_and_who_is_too_late_is_told_to_choose_another(world_at):
    """§14 单位受理截止: each unit sets its own; what it holds already goes on, and the others' days stay as they are."""
    world = world_at("申报")
    unit, person = world.as_("unit"), world.as_("enterprise 1")
    begins(world, 1)
    for day, words_ in (("2023-07-31", "不能早于今天"), ("2023-09-16", "不能晚于推荐截止")):
        unit.opens(RANK)
        page = unit.hands_in({"until": day}, act="设定单位受理截止")
        assert page.refused
        assert words_ in page.complaints
    unit.opens(RANK)
    assert not unit.hands_in({"until": "2023-08-10"}, act="设定单位受理截止").refused
    assert "2023年8月10日" in unit.goes("/unit").text

    world.time_is("2023-08-11T00:00")
    person.opens("填报申报材料")
    attaches_papers(person)
    page = person.hands_in(book(world, 1))
    assert page.refused
    assert "受理时间已过" in page.complaints
    other = book(world, 1, application_table__recommending_unit_id="RU-TJ")
    person.does("填报申报材料", other)


def test_the_summary_sheet_holds_what_the_enterprises_filled_in(world):
    """D6, A-48: the unit's own list; nobody else's sheet, and nothing of it for who may not read the forms."""
    unit = world.as_("small unit")

    answer = unit.client.get("/unit/RU-TJ", params={"form": "xlsx-summary"})

    head, *lines = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert head[:4] == ("序号", "推荐单位", "企业名称", "统一社会信用代码")
    assert "2022 年利润总额（万元）" in head
    assert {line[2] for line in lines} == {world.enterprise(7), world.enterprise(8)}
    form = world.play.parts[6].form["application_table"]
    (mine,) = [dict(zip(head, line, strict=True)) for line in lines if line[2] == world.enterprise(7)]
    assert mine["手机"] == form["contact_mobile"]
    assert mine["2020 年主营业务收入（万元）"] == form["main_revenue"]["y3"]
    for other in ("unit", "administrator", "enterprise 7"):
        assert world.as_(other).client.get("/unit/RU-TJ", params={"form": "xlsx-summary"}).status_code == 404


def test_the_season_says_which_columns_the_summary_sheet_has(world, tmp_path):
    """A-48 is a default: another year's attachment asks for other columns, in another order."""
    first = '"seq", "recommending_unit", "enterprise_name", "uscc", "owned_by"'
    world.season_says(tmp_path / "season", {first: '"uscc", "enterprise_name", "mailing_address", "seq", "owned_by"'})

    answer = world.as_("small unit").client.get("/unit/RU-TJ", params={"form": "xlsx-summary"})

    head, *lines = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert head[:4] == ("统一社会信用代码", "企业名称", "通讯地址", "序号")
    assert "推荐单位" not in head
    form = world.play.parts[6].form["application_table"]
    assert {line[2] for line in lines if line[1] == world.enterprise(7)} == {form["mailing_address"]}


def test_where_places_are_counted_in_enterprises_the_desk_counts_as_the_act_does(world, tmp_path):
    """AMB-10: two experiences of one enterprise take one place, on the desk, in the reminder, for the act and for the doctor."""
    world.season_says(tmp_path / "season", {'unit = "experience"': 'unit = "enterprise"'})
    first, second = (world.application(number) for number in (1, 2))
    with_enterprise = select(application.c.enterprise).where(application.c.id == first).scalar_subquery()
    world.house.database.run(lambda writing: writing.execute(update(application).where(application.c.id == second).values(enterprise=with_enterprise)))
    unit = world.as_("unit")

    assert unit.tries(RANK, {"ranking": ranking(world, 5), "outcome": "confirm"}).refused
    assert "4户企业" in unit.page.complaints
    unit.does(RANK, {"ranking": ranking(world, 4), "outcome": "confirm"})

    shown = unit.goes("/unit").text
    assert "3 推荐名额（按企业计）" in shown
    assert "0 剩余名额" in shown
    assert examine(world.house) == []


def test_a_units_review_stays_within_its_budget_of_statements(world_at):
    """The season's most frequent act; its own checks and mails are other acts' work."""
    house = world_at("初审").house
    warm, counted = Meter(), Meter()
    for meter, each in zip((warm, counted), waiting(house), strict=False):
        with meter.on(house.database):
            meter.take(lambda task=each: house.engine.complete(task=task.task, data=ANSWER, actor=task.actor))

    assert counted.statements[0] <= BUDGETS["complete_statements"].most
    assert counted.commits == [BUDGETS["complete_commits"].most]


def test_papers_of_a_unit_from_another_season_do_not_lie_in_its_slots(world):
    unit = world.as_("unit")
    with world.house.database.write() as connection:
        Facts(connection).documents.attach(
            season="cn-2022", owner="RU-BJ", code="D5.letter", name="去年的推荐文件.pdf", size=1, type="pdf", sha256="0" * 64, at=world.now, by="test"
        )
    unit.does(RANK, {"ranking": ranking(world, 3), "outcome": "confirm"})
    assert "去年的推荐文件" not in unit.opens(SEAL).text
