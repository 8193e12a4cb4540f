"""Golden facts (rule book §12) decided by an act: an application handed in, a notice published. The others are named beside their step."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from store.engine.tables import instance
from store.selection.title import TitleFacts
from tests.acceptance.filing import SEAL, attaches_papers, begins, book, promise, signs
from tests.word import STYLES, experience

FILL, SIGN = "填报申报材料", "签署承诺并提交"
AS_IN_2020 = STYLES.replace('w:styleId="a"><w:rPr><w:sz w:val="28"/>', 'w:styleId="a"><w:rPr><w:sz w:val="24"/>').replace(
    '<w:b/><w:sz w:val="24"/>', '<w:b/><w:sz w:val="21"/>'
)


@pytest.fixture
def world(world_at):
    return world_at("申报")


def handed_in(world, document, **changes):
    """An application with this experience document is filled in, sealed and submitted; in comes the unit's page of it."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person, without=("D2",))
    assert not person.attaches("典型经验材料", "经验.docx", document).refused
    person.does(FILL, book(world, 1, **changes))
    signs(world, 1)
    return world.as_("unit").opens("初步审核", world.enterprise(1)).text


@pytest.mark.parametrize(("revoked", "is_read"), [(2021, True), (2018, False)])
def test_the_unit_reads_for_three_seasons_that_a_title_was_revoked_however_old_the_title(world, revoked, is_read):
    """E17, A-33: it is the year of the revocation that counts, not that of the title."""
    owner = world.play.parts[0].form["application_table"]["uscc"]
    when = datetime(revoked, 6, 1, tzinfo=UTC)

    def earlier(connection):
        titles = TitleFacts(connection)
        titles.grant(
            title="2015-07", season="cn-2015", enterprise=None, application=None, holder="往年标杆企业", experience_name="往年的另一项经验",
            uscc=owner, year=2015, at=None, imported=True,
        )  # fmt: skip
        titles.change("2015-07", state="revoked", revoked_at=when)

    world.house.database.run(earlier)

    shown = handed_in(world, experience(name_of(world)))

    assert (f"该企业曾于{revoked}年被撤销称号" in shown) is is_read


def name_of(world):
    return world.play.parts[0].form["application_table"]["experience_name"]


def test_g11_the_notice_sets_forty_eight_units_to_work(world):
    """G11: the published notice begins one 择优推荐 for each unit of the list, and for nobody else."""
    with world.house.database.read() as connection:
        number = connection.execute(select(func.count()).select_from(instance).where(instance.c.process == "recommendation")).scalar_one()
    assert number == 48


@pytest.mark.parametrize(("code", "name"), [("RU-SX", "山西省工业和信息化厅"), ("RU-XJBT", "新疆生产建设兵团工业和信息化厅")])
def test_g13_who_applies_through_a_renamed_unit_gets_its_receipt_with_the_new_name(world, code, name):
    """G13: 山西 and 兵团 have other names than in 2022."""
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    person.does(FILL, book(world, 1, application_table__recommending_unit_id=code))
    person.does(SIGN, promise(world), files=SEAL)

    assert name in person.goes(f"/portal/{person.application}").text


@pytest.mark.parametrize(("column", "year"), [("y3", "2020"), ("y2", "2021"), ("y1", "2022")])
def test_g24_g26_a_year_without_profit_is_refused_by_its_number(world, column, year):
    """G26: the columns of 2023 are 2020, 2021 and 2022; G24: 0 is no profit."""
    person, form = begins(world, 1), book(world, 1)
    form["application_table"]["total_profit"][column] = form["economic_benefit"]["total_profit"][column] = 0
    person.opens(FILL)
    attaches_papers(person)

    page = person.tries(FILL, form)

    assert page.refused
    assert {one for one in ("2020", "2021", "2022") if one in page.complaints} == {year}


def test_g29_the_table_has_its_tenth_row(world):
    """G29: without 万元总产值综合能耗 (吨/万元), the last of ten rows, the form is not finished."""
    person, form = begins(world, 1), book(world, 1)
    assert len(form["economic_benefit"]) == 10
    for column in ("y3", "y2", "y1"):
        form["economic_benefit"]["energy_per_10k_output"][column] = ""
    person.opens(FILL)
    attaches_papers(person)

    page = person.tries(FILL, form)

    assert page.refused
    assert "万元总产值综合能耗" in page.complaints


def test_g30_economic_data_without_the_finance_departments_seal_are_refused(world):
    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person, without=("D3.finance",))

    person.does(FILL, book(world, 1))

    page = person.tries(SIGN, promise(world), files=SEAL)

    assert page.refused
    assert "财务公章" in page.complaints


def test_g38_the_package_is_named_and_sent_by_the_enterprises_own_full_name(world):
    """G37, G38: 申报企业全称, to qmb@caq.org.cn; what is taken down after the submission is called so."""
    handed_in(world, experience(name_of(world)))
    person, name = world.as_("enterprise 1"), world.enterprise(1)

    (where, *_) = person.goes("/portal").doc.xpath("//a[starts-with(@href, '/portal/A')]/@href")
    taken = person.goes(f"{where}/package").answer.headers["content-disposition"]

    assert quote(f"{name}.zip") in taken
    shown = begins(world, 2).opens(FILL).text
    assert f"文件名 {world.enterprise(2)}.zip" in shown
    assert f"发送至 qmb@caq.org.cn 邮件主题 {world.enterprise(2)}" in shown


def test_g31_g32_the_limits_are_told_to_the_unit_that_reviews(world):
    """G31, G32: 500, 500, 8000, 2000 characters, each one too many."""
    document = experience(name_of(world), abstract=501, profile=501, application=8001, effects=2001)

    shown = handed_in(world, document)

    told = {int(limit): int(length) - int(limit) for limit, length in re.findall(r"应在(\d+)字以内，现为(\d+)字", shown)}
    assert shown.count("应在500字以内，现为501字") == 2  # 摘要, 企业概况
    assert sorted(told) == [500, 2000, 8000]
    assert told[2000] == 1
    assert 0 < told[8000] < 10  # the section has a heading of its own


def test_g31_a_name_of_41_characters_is_refused(world):
    person, form = begins(world, 1), book(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    form["application_table"]["experience_name"] = "验" * 41

    page = person.tries(FILL, form, forced=True)

    assert page.refused
    assert "经验名称应在40字以内，现为41字" in page.complaints


def test_g33_g34_g35_the_fonts_of_2020_are_told_apart_from_those_of_2023(world):
    """Body 四号 (2020: 小四), captions 小四 (2020: 五号), title 小二 黑体 centred: one document set as in 2020, its title in 三号."""
    shown = handed_in(world, experience(name_of(world), styles=AS_IN_2020.replace('w:val="36"', 'w:val="32"')))

    for words in ("宋体 四号", "宋体 小四 加粗", "黑体 小二"):
        assert words.replace(" ", "") in shown.replace(" ", ""), words


def test_g33_g34_g35_a_document_set_as_2023_asks_is_told_nothing(world):
    shown = handed_in(world, experience(name_of(world)))

    assert "黑体小二" not in shown.replace(" ", "")
    assert "字以内，现为" not in shown
