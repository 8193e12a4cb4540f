"""The pages for stamping bear the version of their data and the words that are signed."""

from __future__ import annotations

import copy
import re

import pytest
from lxml import html

from tests.unit.web.application_data import CONTEXT, filled, load
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


def test_opinions_are_printed_one_page_each():
    page = html.fromstring(
        str(
            print_opinions(
                [Opinion(unit="甲厅", enterprise=name, experience="经验", text="同意推荐") for name in ("一", "二")], context=CONTEXT
            )
        )
    )
    assert len(page.xpath("//section[@class='opinion']")) == 2
