"""The pages for stamping bear the version of their data and the words that are signed."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import pytest
from lxml import html

from tests.unit.web.application_data import CONTEXT, FOCUS, filled, load, yearly
from tests.unit.web.official_form import BOOK, COMMITMENT, SIGNING
from web.forms import FileLink
from web.printing import Opinion, print_application, print_commitment, print_opinions, version_code


@pytest.fixture(scope="module")
def application():
    return load("application")


@pytest.fixture(scope="module")
def commitment():
    return load("commitment")


def test_version_code_follows_the_data():
    data = filled()
    other = copy.deepcopy(data)
    other["application_table"]["total_profit"]["y1"] += 0.01
    assert re.fullmatch(r"([0-9A-F]{4}-){2}[0-9A-F]{4}", version_code(data))
    assert version_code(data) == version_code(dict(reversed(data.items())))
    assert version_code(data) != version_code(other)


def test_print_pages_bear_the_version_and_the_undertakings(application, commitment):
    data = application.clean(filled())
    book = html.fromstring(str(print_application(application, data, context=CONTEXT, commitment=commitment)))
    assert version_code(data) in book.xpath("string(//tfoot)")
    assert book.xpath("//section[@class='commitment']//li")[2].text.startswith("严格遵守《全国质量标杆遴选及交流实施办法》")
    assert len(book.xpath("//section[@class='part']")) == len(application.sections) - 1
    alone = str(print_commitment(commitment, enterprise="甲公司", code_of=data, context=CONTEXT))
    assert version_code(data) in alone
    assert "高层签字：" in alone


def text_of(page: str) -> str:
    return html.fromstring(page).text_content()


def test_the_whole_official_form_is_printed_in_its_order(application, commitment):
    """填报说明, 承诺书, each line of each table and each 注, as it was published (Annex E8 to E10, §4)."""
    data = filled()
    data["application_table"] |= {"is_central_soe": True, "central_group_name": "某集团有限公司"}
    data["economic_benefit"] = {}
    rest = text_of(str(print_application(application, application.filled(data), context=replace(CONTEXT, lists=FOCUS), commitment=commitment)))
    for words in BOOK:
        _, found, rest = rest.partition(words)
        assert found, words


def test_what_is_signed_is_printed_word_for_word(commitment):
    page = text_of(str(print_commitment(commitment, enterprise="甲公司", code_of={}, context=CONTEXT)))
    places = [page.find(words) for words in (*COMMITMENT, *SIGNING)]
    assert -1 not in places
    assert places == sorted(places)


def test_what_the_trade_measures_instead_is_printed_under_its_own_name(application):
    data = filled()
    data["economic_benefit"]["equipment_effectiveness"] = {**yearly(7800, 7900, 8000), "override_label": "设备年利用小时", "override_unit": "小时"}
    page = html.fromstring(str(print_application(application, application.filled(data), context=CONTEXT)))
    (line,) = page.xpath("//tr[th='设备年利用小时']")
    assert [cell.text_content().strip() for cell in line] == ["6", "设备年利用小时", "小时", "7800", "7900", "8000", "", "", ""]


def test_papers_that_may_be_left_out_are_printed_only_when_they_are_there(application):
    """Further sheets that nobody added are no gap; needed papers that are missing are."""
    bare, given = (
        text_of(str(print_application(application, application.filled(filled()), context=replace(CONTEXT, files=files))))
        for files in ({}, {"D3.annex_social": [FileLink("d9", "社会效益附页.pdf")]})
    )
    assert "附页.pdf" not in bare
    assert "社会效益统计表附页" not in bare
    assert "申报书（盖章扫描件）" not in bare
    assert "代替市场占有率" not in bare
    assert "社会效益附页.pdf" in given
    assert re.search(r"环保、资源利用指标的证实性材料\s*未上传", bare)


def test_opinions_are_printed_one_page_each():
    page = html.fromstring(
        str(
            print_opinions(
                [Opinion(unit="甲厅", enterprise=name, experience="经验", text="同意推荐") for name in ("一", "二")], context=CONTEXT
            )
        )
    )
    assert len(page.xpath("//section[@class='opinion']")) == 2
