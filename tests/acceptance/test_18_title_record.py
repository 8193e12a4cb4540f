"""更正登记内容 (§14): what was brought in wrong of a title of an earlier year is corrected by two, and whoever reads the line reads what it said before."""

import io

import openpyxl
import pytest

from app.doctor import examine
from app.simulate.answers.base import words
from tests.acceptance.filing import attaches_papers, begins, book, signs
from tests.acceptance.world import FormOnPage

HEAD = ("编号", "企业名称", "经验名称", "年度", "统一社会信用代码", "撤销日期")
CHECK, RIGHT = "称号信息复核", "往年标杆制造有限公司"
OLD = ("2019-07", "往年标杆制造有线公司", "精益管理经验", "2019", "91110000600037341L", None)


@pytest.fixture
def world(world_at):
    return world_at("申报")


def brought_in(world, *lines):
    """The clerk brings a sheet of old titles in; in comes the page that answers."""
    file = io.BytesIO()
    workbook = openpyxl.Workbook()
    for line in (HEAD, *lines):
        workbook.active.append(line)
    workbook.save(file)
    clerk = world.as_("clerk")
    clerk.goes("/titles")
    return clerk.sends("/titles/import", {}, files={"file": ("往年称号.xlsx", file.getvalue())})


def asks(world, who="clerk", **texts):
    """Somebody of the office opens the list of titles and changes what is wrong; in comes the page that answers."""
    person = world.as_(who)
    page = person.goes("/titles", params={"search": "2019-07"})
    page = person.goes(page.link("更正登记内容"))
    form = FormOnPage(page.doc.xpath("//main//form[.//textarea[@name='reason']]")[0])
    return person.sends(page.path, form.filled({"reason": words("导入时录入有误"), **texts}))


def test_a_name_typed_wrong_reads_right_once_another_person_agrees_and_says_what_it_was(world):
    assert not brought_in(world, OLD).refused
    asked = asks(world, holder=RIGHT)
    assert not asked.refused, asked.complaints
    listed = world.stranger().goes("/public/announcements")
    assert OLD[1] in listed.text
    assert RIGHT not in listed.text
    assert world.as_("clerk").goes("/titles/2019-07/record").doc.xpath("//main//form") == [], "one change at a time"
    assert world.as_("clerk").tries(CHECK, {"outcome": "agree"}).refused
    shown = world.as_("second clerk").opens(CHECK).text
    assert f"{OLD[1]} → {RIGHT}" in shown
    assert words("导入时录入有误") in shown

    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    (row,) = world.stranger().goes("/public/announcements").rows(RIGHT)
    assert f"企业名称原为“{OLD[1]}”，更正为“{RIGHT}”" in row
    assert f"更正为“{RIGHT}”" in world.stranger().goes("/public/titles/2019-07").text
    history = world.as_("clerk").goes("/titles/2019-07/record").text
    assert words("导入时录入有误") in history
    assert "已更正" in history
    assert examine(world.house) == []


def test_what_is_not_agreed_to_stays_and_a_code_is_nobodys_to_read(world):
    brought_in(world, OLD)
    asks(world, uscc="91350100M000100Y43", holder=RIGHT)
    world.as_("second clerk").does(CHECK, {"outcome": "disagree", "comment": words("与当年公告一致")})
    assert RIGHT not in world.stranger().goes("/public/announcements").text
    assert words("与当年公告一致") in world.as_("clerk").goes("/titles/2019-07/record").text

    assert not asks(world, uscc="91350100M000100Y43").refused
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    assert "91350100M000100Y43" not in world.stranger().goes("/public/announcements").text
    sheet = world.as_("clerk").client.get("/titles?form=xlsx")
    values = [row[4].value for row in openpyxl.load_workbook(io.BytesIO(sheet.content)).active.iter_rows(min_row=2)]
    assert values == ["91350100M000100Y43"]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({}, "相同"),
        ({"holder": RIGHT, "reason": " "}, "理由"),
        ({"year": "2030"}, "年度"),
        ({"uscc": "91350100M000100Y4Z"}, "统一社会信用代码"),
        ({"holder": ""}, "企业名称"),
    ],
)
def test_a_correction_says_what_is_wrong_and_why(world, texts, said):
    brought_in(world, OLD)
    page = asks(world, **texts)
    assert page.refused
    assert said in page.complaints


def test_only_the_office_corrects_and_only_what_was_brought_in(world_at):
    world = world_at("已公告")
    brought_in(world, OLD)
    for who in ("enterprise 1", "unit", "approver", "auditor", "administrator"):
        assert world.as_(who).goes("/titles/2019-07/record").status == 404
        assert world.as_(who).sends("/titles/2019-07/record", {"holder": RIGHT, "reason": words("录入有误")}).status == 404
    own = world.as_("clerk").goes("/titles", params={"search": world.enterprise(1)})
    assert not own.has_link("更正登记内容"), "what was announced here is corrected with its announcement"


@pytest.mark.parametrize(("revoked", "is_read"), [("2021-06-01", True), ("2021年6月1日", True), ("2018-06-01", False)])
def test_a_title_revoked_before_the_house_knew_it_counts_from_the_year_of_its_revocation(world, revoked, is_read):
    """E17, A-33: three seasons from the revocation, however old the title."""
    owner = world.play.parts[0].form["application_table"]["uscc"]
    line = ("2015-07", "往年标杆企业", "往年的另一项经验", "2015", owner, revoked)
    assert not brought_in(world, line).refused
    assert "往年标杆企业" in world.stranger().goes("/public/revocations").text
    assert world.as_("clerk").goes("/titles/2015-07/report").status == 200
    assert world.as_("clerk").sends("/titles/2015-07/report", {"source": "来信", "facts": words("反映问题")}).refused, "it is revoked already"

    person = begins(world, 1)
    person.opens("填报申报材料")
    attaches_papers(person)
    person.does("填报申报材料", book(world, 1))
    signs(world, 1)

    shown = world.as_("unit").opens("初步审核", world.enterprise(1)).text
    assert (f"该企业曾于{revoked[:4]}年被撤销称号" in shown) is is_read
    assert examine(world.house) == []


def test_the_day_of_an_old_revocation_is_corrected_and_nobody_is_revoked_by_a_correction(world):
    assert brought_in(world, (*OLD[:5], "2031-01-01")).refused, "it lies ahead"
    assert brought_in(world, (*OLD[:5], "去年")).refused
    brought_in(world, (*OLD[:5], "2021-06-01"), ("2018-01", "某企业", "某经验", "2018", None, None))
    asks(world, revoked="2020-06-01")
    world.as_("second clerk").does(CHECK, {"outcome": "agree"})

    (row,) = world.stranger().goes("/public/revocations").rows(OLD[1])
    assert "2020年6月1日" in row
    assert "撤销日期原为“2021-06-01”，更正为“2020-06-01”" in row
    clerk = world.as_("clerk")
    assert not clerk.goes("/titles/2018-01/record").doc.xpath("//input[@name='revoked']")
    typed = {"holder": "某企业", "experience_name": "某经验", "year": "2018", "uscc": "", "revoked": "2020-01-01", "reason": words("已撤销")}
    assert clerk.sends("/titles/2018-01/record", typed).refused


def test_what_no_browser_would_send_is_refused_and_proposes_nothing(world):
    brought_in(world, OLD)
    clerk = world.as_("clerk")
    typed = {"holder": OLD[1], "experience_name": OLD[2], "year": "2019", "uscc": OLD[4], "revoked": "", "reason": words("录入有误")}
    for odd in ({"year": "9" * 200}, {"year": "20190", "revoked": "2021-06-30"}, {"holder": "长" * 201}, {"holder": "某\u202e公司"}, {"reason": "长" * 10_001}):
        answer = clerk.sends("/titles/2019-07/record", typed | odd)
        assert answer.status == 422, odd
    assert "更正记录" not in clerk.goes("/titles/2019-07/record").text
    for number, (holder, year, revoked) in enumerate((("甲公司", "20190", "2021-06-30"), ("甲公司", "9" * 5000, None), ("长" * 201, "2019", None))):
        assert brought_in(world, (str(number), holder, "经验", year, None, revoked)).refused
    assert "甲公司" not in clerk.goes("/titles").text
