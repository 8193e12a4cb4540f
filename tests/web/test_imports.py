"""Sheets that people bring in: what is broken, hostile or incomplete is refused as a whole, in words, and quickly."""

import io
import random
import zipfile
from time import process_time

import openpyxl
import pytest

from selection.errors import Refused
from store.selection.accounts import Accounts
from tests.archives import zipped
from web.sheets import MOST_ROWS, read_sheet

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
LAUGHS = '<!DOCTYPE a [<!ENTITY b0 "aaaaaaaaaa">' + "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
FILE = '<!DOCTYPE a [<!ENTITY b9 SYSTEM "file:///etc/passwd">]>'


def parts(*lines):
    """The files within a workbook of these lines."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_rows(text):
    """A sheet to which rows were added by hand."""
    files = parts(["姓名"], ["王一"])
    return zipped(files | {SHEET: files[SHEET].replace(b"</sheetData>", text.encode() + b"</sheetData>")})


def with_entity(where, doctype):
    """A sheet whose words come from an entity."""
    files = parts(["姓名"], ["王一"])
    text = files[where].decode()
    return zipped(files | {where: (doctype + text.replace("&#29579;&#19968;", "&b9;").replace('name="Sheet"', 'name="&b9;"')).encode()})


def long_rows():
    number = random.Random(1)
    return "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{number.random()}</t></is></c></row>' for n in range(3, 150_000))


TRAPS = {
    "a bomb": lambda: zipped(parts(["姓名"], ["王一"]) | {"xl/sharedStrings.xml": b"<a>" + b"x" * 50_000_000}),
    "a slow bomb": lambda: with_rows(long_rows()),
    "a row far below": lambda: with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "entities": lambda: with_entity(SHEET, LAUGHS),
    "entities of the book": lambda: with_entity(BOOK, LAUGHS),
    "another's file": lambda: with_entity(SHEET, FILE),
    "macros": lambda: zipped(parts(["姓名"], ["王一"]) | {"xl/vbaProject.bin": b"x"}),
    "a document": lambda: zipped({"word/document.xml": b"<a/>"}),
}


@pytest.mark.parametrize("kind", TRAPS)
def test_a_trap_is_refused_before_it_costs_anything(kind):
    content = TRAPS[kind]()
    begun = process_time()
    with pytest.raises(Refused) as refused:
        read_sheet(content, headings={"姓名": "name"}, needed=("name",))
    assert process_time() - begun < 2
    assert "root:" not in refused.value.zh


def test_no_row_of_a_long_sheet_is_dropped_in_silence():
    def read(number):
        return read_sheet(zipped(parts(["姓名"], *([f"人{n}"] for n in range(number)))), headings={"姓名": "name"}, needed=("name",))

    assert len(read(MOST_ROWS - 1)) == MOST_ROWS - 1
    with pytest.raises(Refused, match="rows"):
        read(MOST_ROWS)


def test_signs_that_nobody_sees_are_left_out_of_what_is_read():
    rows = read_sheet(zipped(parts(["姓名", "单位"], ["王\u202e一\u200b", "a\nb"])), headings={"姓名": "name", "单位": "employer"}, needed=("name",))
    assert rows == [{"name": "王一", "employer": "a\nb"}]


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("/office/experts/import", (["姓名", "单位"], ["王一", "某公司"], [None, "某公司"])),
        ("/office/units/import", (["代码", "名称"], ["RU-LN", "某单位"], ["RU-LN", None])),
    ],
)
def test_a_line_that_lacks_what_is_needed_is_named_and_nothing_is_taken(browser, person, house, season, page, lines):
    person("director", "office_director@caq", "office_clerk@caq")
    ann = browser()
    ann.sign_in("director")
    answer = ann.post(page, files={"file": ("a.xlsx", zipped(parts(*lines)))})
    assert answer.status_code == 422
    assert "第 2 条" in answer.text
    with house.database.read() as connection:
        assert Accounts(connection).unit(season=season, code="RU-LN").name == "辽宁省工业和信息化厅"
