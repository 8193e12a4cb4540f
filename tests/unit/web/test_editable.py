"""The 申报书 as a Word document: the same words in the same order, tables as tables, and a file that our own reader takes for one."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from tests.unit.web.application_data import CONTEXT, FOCUS, filled, load
from tests.unit.web.official_form import BOOK
from web.docx import WORD, title_of
from web.editable import editable
from web.printing import print_application, version_code

NOW = datetime(2023, 9, 1, 1, tzinfo=UTC)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: etree.fromstring(package.read(name)) for name in package.namelist()}


def texts(part):
    return [element.text or "" for element in part.iter(f"{WORD}t")]


@pytest.fixture(scope="module")
def book():
    form = load("application")
    data = filled()
    data["application_table"] |= {"is_central_soe": True, "central_group_name": "某集团有限公司", "mailing_address": "一号路\x0b1 号 <甲>"}
    data["economic_benefit"] = {}
    page = print_application(form, form.filled(data), context=replace(CONTEXT, lists=FOCUS), commitment=load("commitment"))
    return editable(str(page), at=NOW), version_code(form.filled(data))


def test_every_line_of_the_official_form_stands_in_it_in_order(book):
    rest = "\n".join(texts(parts(book[0])["word/document.xml"]))
    for words in BOOK:
        _, found, rest = rest.partition(words)
        assert found, words


def test_what_was_typed_stands_in_it_as_it_was_typed(book):
    written = texts(parts(book[0])["word/document.xml"])
    for words in ("沈阳“远方”<精密>机械有限公司", "一号路1 号 <甲>", "2021 年 45600.5", "☑ 是 ☐ 否", "一", "二", "前有空行", "减速器"):
        assert words in written, words


def test_each_page_bears_the_code_of_the_data(book):
    content, code = book
    assert code in " ".join(texts(parts(content)["word/footer1.xml"]))


def test_tables_are_tables_of_even_rows_and_none_lies_in_another(book):
    document = parts(book[0])["word/document.xml"]
    assert not document.findall(f".//{WORD}tc//{WORD}tbl")
    for table in document.iter(f"{WORD}tbl"):
        columns = len(table.findall(f"{WORD}tblGrid/{WORD}gridCol"))
        for row in table.iter(f"{WORD}tr"):
            spans = (cell.find(f"{WORD}tcPr/{WORD}gridSpan") for cell in row.iter(f"{WORD}tc"))
            assert sum(1 if span is None else int(span.get(f"{WORD}val")) for span in spans) == columns


def test_our_own_reader_knows_its_title_and_its_paper(book):
    assert title_of(io.BytesIO(book[0])) == "2023年全国质量标杆申报书"
