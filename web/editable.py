"""A printed page as a Word document that can be edited (申报书, D1): the same words and tables, on A4, its code at the foot of every page."""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from docx import Document
from docx.document import Document as Book
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import html

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Node: TypeAlias = Any  # lxml's elements have no types worth the name

SONG, HEI = "宋体", "黑体"
BODY, SMALL, PART, COVER = 10.5, 8.5, 14, 22  # points: 五号, small print, 四号, 二号
PAPER, MARGINS = (210, 297), (18, 20)  # millimetres: width and height; above and below, left and right
LABEL, SIGNING = 53, 75  # millimetres
ROOM = PAPER[0] - 2 * MARGINS[1]
GAP, ABOVE = Pt(2), Pt(120)  # around a paragraph; around the title on the cover
OWN_PAGE = {"cover", "guide", "commitment"}  # what follows them begins on a new page
NO_SIGN = {"\ufffe", "\uffff"}


def editable(page: str, *, at: datetime) -> bytes:
    """The document of a printed page (`web.printing`), made `at` an instant (aware). Nothing is kept."""
    whole: Node = html.fromstring(page)
    (sheet,) = whole.xpath("//table[@class='sheet']")
    (content,) = sheet.xpath("./tbody/tr/td")
    book = _paper(foot="    ".join(_plain(part) for part in sheet.xpath(".//div[@class='version']/span")))
    before = ""
    for section in content.iterchildren("section"):
        first = len(book.paragraphs)
        for block in section.iterchildren():
            _add(book, block)
        if before in OWN_PAGE:
            book.paragraphs[first].paragraph_format.page_break_before = True
        before = str(section.get("class"))
    about = book.core_properties
    about.author, about.comments, about.title = "", "", next((_plain(one) for one in content.iter("h1")), "")
    about.created = about.modified = at
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _paper(*, foot: str) -> Book:
    """An empty document with the looks of the printed page."""
    book = Document()
    for name, relation in list(book.part.package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # a picture of the library's own empty page
            del book.part.package.rels[name]
    (section,) = book.sections
    section.page_width, section.page_height = Mm(PAPER[0]), Mm(PAPER[1])
    section.top_margin = section.bottom_margin = Mm(MARGINS[0])
    section.left_margin = section.right_margin = Mm(MARGINS[1])
    _style(book, "Normal", size=BODY, font=SONG)
    _style(book, "Footer", size=SMALL, font=SONG)
    _style(book, "Heading 1", size=PART, font=HEI)
    _style(book, "Title", size=COVER, font=HEI)
    book.styles["Title"].paragraph_format.space_before = book.styles["Title"].paragraph_format.space_after = ABOVE
    line = section.footer.paragraphs[0]
    line.text, line.alignment = foot, WD_ALIGN_PARAGRAPH.CENTER
    return book


def _style(book: Book, name: str, *, size: float, font: str) -> None:
    style: Any = book.styles[name]
    style.font.name, style.font.size, style.font.color.rgb = "Times New Roman", Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[theme]
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_before = style.paragraph_format.space_after = GAP
    border = style.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        style.element.pPr.remove(border)


def _add(book: Book, block: Node) -> None:
    match block.tag:
        case "h1" | "h2":
            line = book.add_paragraph(_plain(block), style="Title" if block.tag == "h1" else "Heading 1")
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        case "p":
            _write(book.add_paragraph(), _plain(block), size=SMALL if block.get("class") == "note" else BODY)
        case "ol":
            for number, item in enumerate(block.iterchildren("li"), start=1):
                book.add_paragraph(f"{number}. {_plain(item)}")
        case "dl":
            for name, value in zip(block.iterchildren("dt"), block.iterchildren("dd"), strict=True):
                _write(book.add_paragraph(), f"{_plain(name)}{_plain(value)}", size=PART)
        case "div":
            for line in block.iterchildren("p"):
                book.add_paragraph(_plain(line)).paragraph_format.left_indent = Mm(SIGNING)
        case "table":
            _add_tables(book, block)


def _write(line: Paragraph, text: str, *, size: float = BODY, is_bold: bool = False) -> None:
    run = line.add_run(text)
    run.font.size, run.bold = Pt(size), is_bold or None


def _add_tables(book: Book, table: Node) -> None:
    """A table; one that holds others is taken apart, so that none lies in another's cell."""
    caption = table.find("caption")
    if caption is not None:
        _write(book.add_paragraph(), _plain(caption), is_bold=True)
    for rows in _runs(table):
        if isinstance(rows, list):
            _add_table(book, rows)
        else:
            _add_tables(book, rows)


def _runs(table: Node) -> Iterator[Any]:
    """The rows of a table up to each one that holds tables, and these."""
    rows: list[Node] = []
    for row in table.xpath("./thead/tr | ./tbody/tr"):
        inner = row.xpath("./td[contains(@class, 'nested')]/table")
        if not inner:
            rows.append(row)
            continue
        yield rows
        yield from inner
        rows = []
    yield rows


def _add_table(book: Book, rows: Sequence[Node]) -> None:
    if not rows:
        return
    columns = max(sum(_span(cell) for cell in row) for row in rows)
    table = book.add_table(rows=len(rows), cols=columns, style="Table Grid")
    widths = [LABEL, ROOM - LABEL] if columns == len(("label", "value")) else [ROOM / columns] * columns
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for number, row in enumerate(rows):
        _fill(table, number, row)
    _write(book.add_paragraph(), "", size=SMALL)  # two tables without a line between them are one


def _fill(table: Table, number: int, row: Node) -> None:
    cells, at = table.rows[number].cells, 0
    for cell in row:
        place = cells[at] if _span(cell) == 1 else cells[at].merge(cells[at + _span(cell) - 1])
        is_head = row.getparent().tag == "thead" or "inner" in str(cell.get("class")).split()
        _write(place.paragraphs[0], "\n".join(_lines(cell)), is_bold=is_head)
        at += _span(cell)
    if row.getparent().tag == "thead":  # repeated on each page that the table goes on to; the library has no word for it
        table.rows[number]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _span(cell: Node) -> int:
    return int(cell.get("colspan", "1"))


def _lines(cell: Node) -> list[str]:
    """The lines of a cell: as they were typed, a year each, or words with their small print below."""
    if "textarea" in str(cell.get("class")).split():
        return _clean(cell.text_content()).split("\n")
    years = cell.xpath("./div[@class='years']/span")
    if years:
        return [" ".join((_plain(one.find("small")), _plain_text(one.find("small").tail or "", *one.xpath("./span")))) for one in years]
    small = [_plain(one) for one in cell.xpath("./small")]
    whole = _plain(cell)
    for words in small:
        whole = whole.replace(words, "", 1).strip()
    return [whole, *small]


def _plain_text(text: str, *others: Node) -> str:
    return " ".join(part for part in (" ".join(_clean(text).split()), *(_plain(one) for one in others)) if part)


def _plain(node: Node) -> str:
    return " ".join(_clean(node.text_content()).split())


def _clean(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\n\t" or (unicodedata.category(sign) not in {"Cc", "Cs"} and sign not in NO_SIGN))
