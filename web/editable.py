"""A printed page as a Word document that can be edited (申报书, D1): the same words and tables, on A4, its code at the foot of every page."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from lxml import etree, html
from lxml.builder import ElementMaker  # type: ignore[import-not-found]

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATIONS = "application/vnd.openxmlformats-package.relationships"
KINDS = {"document": f"{TYPE}.main", "footer1": f"{TYPE.rpartition('.')[0]}.footer"}
Node: TypeAlias = Any  # lxml's elements have no types worth the name
E = ElementMaker(namespace=WORD, nsmap={"w": WORD, "r": OFFICE})
MADE = (2023, 1, 1, 0, 0, 0)  # the same page makes the same file

BODY, SMALL, HEADING, TITLE = 21, 17, 28, 44  # half-points: 五号, small print, 四号, 二号
SONG, HEI = "宋体", "黑体"
ROOM = 9600  # twips between the margins
LABEL = 3000
SIGNING = 4200
BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")
OWN_PAGE = {"cover", "guide", "commitment"}  # what follows them begins on a new page


def editable(page: str) -> bytes:
    """The document of a printed page (`web.printing`). Nothing is kept."""
    whole: Node = html.fromstring(page)
    (sheet,) = whole.xpath("//table[@class='sheet']")
    (content,) = sheet.xpath("./tbody/tr/td")
    foot = "    ".join(_plain(part) for part in sheet.xpath(".//div[@class='version']/span"))
    margins = {_q("top"): "1020", _q("bottom"): "1020", _q("left"): "1130", _q("right"): "1130", _q("header"): "600", _q("footer"): "600"}
    paper = E.sectPr(
        E.footerReference({_q("type"): "default", f"{{{OFFICE}}}id": "foot"}),
        E.pgSz({_q("w"): "11906", _q("h"): "16838"}),
        E.pgMar({**margins, _q("gutter"): "0"}),
    )
    return _package({"document": E.document(E.body(*_sections(content), paper)), "footer1": E.ftr(_paragraph([foot], size=SMALL, align="center"))})


def _q(name: str) -> str:
    return f"{{{WORD}}}{name}"


def _val(name: str, value: object) -> Node:
    return E(name, {_q("val"): str(value)})


def _sections(content: Node) -> Iterator[Node]:
    before = ""
    for section in content.iterchildren("section"):
        blocks = list(_blocks(section))
        if before in OWN_PAGE and blocks:
            blocks[0].find(_q("pPr")).insert(0, E.pageBreakBefore())
        yield from blocks
        before = str(section.get("class"))


def _blocks(parent: Node) -> Iterator[Node]:
    for one in parent.iterchildren():
        match one.tag:
            case "h1":
                yield _paragraph([_plain(one)], size=TITLE, font=HEI, is_bold=True, align="center")
            case "h2":
                yield _paragraph([_plain(one)], size=HEADING, font=HEI, is_bold=True, align="center")
            case "p":
                yield _paragraph([_plain(one)], size=SMALL if one.get("class") == "note" else BODY)
            case "ol":
                yield from (_paragraph([f"{number}. {_plain(item)}"]) for number, item in enumerate(one.iterchildren("li"), start=1))
            case "dl":
                names, values = one.iterchildren("dt"), one.iterchildren("dd")
                yield from (_paragraph([f"{_plain(name)}{_plain(value)}"], size=HEADING) for name, value in zip(names, values, strict=True))
            case "div":
                yield from (_paragraph([_plain(line)], indent=SIGNING) for line in one.iterchildren("p"))
            case "table":
                yield from _tables(one)


def _tables(table: Node) -> Iterator[Node]:
    """A table; one that holds others is taken apart, so that none lies in another's cell."""
    caption = table.find("caption")
    if caption is not None:
        yield _paragraph([_plain(caption)], is_bold=True)
    rows: list[Node] = []
    for row in table.xpath("./thead/tr | ./tbody/tr"):
        inner = row.xpath("./td[contains(@class, 'nested')]/table")
        if not inner:
            rows.append(row)
            continue
        yield from _table(rows)
        rows = []
        for one in inner:
            yield from _tables(one)
    yield from _table(rows)


def _table(rows: list[Node]) -> Iterator[Node]:
    if not rows:
        return
    columns = max(sum(_span(cell) for cell in row) for row in rows)
    widths = [LABEL, ROOM - LABEL] if columns == len(("label", "value")) else [ROOM // columns] * columns
    borders = E.tblBorders(*(E(side, {_q("val"): "single", _q("sz"): "4", _q("space"): "0", _q("color"): "000000"}) for side in BORDERS))
    look = E.tblPr(E.tblW({_q("w"): "5000", _q("type"): "pct"}), borders)
    yield E.tbl(look, E.tblGrid(*(E.gridCol({_q("w"): str(width)}) for width in widths)), *(_row(row) for row in rows))
    yield _paragraph([""], size=SMALL)  # two tables without a line between them are one


def _row(row: Node) -> Node:
    head = [E.tblHeader()] if row.getparent().tag == "thead" else []
    return E.tr(E.trPr(E.cantSplit(), *head), *(_cell(cell) for cell in row))


def _cell(cell: Node) -> Node:
    span = [_val("gridSpan", _span(cell))] if _span(cell) > 1 else []
    is_head = cell.getparent().getparent().tag == "thead" or "inner" in str(cell.get("class")).split()
    return E.tc(E.tcPr(E.tcW({_q("w"): "0", _q("type"): "auto"}), *span), _paragraph(_lines(cell), is_bold=is_head))


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
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})


def _paragraph(lines: Iterable[str], *, size: int = BODY, font: str = SONG, is_bold: bool = False, align: str = "left", indent: int = 0) -> Node:
    fonts = E.rFonts({_q("ascii"): "Times New Roman", _q("hAnsi"): "Times New Roman", _q("eastAsia"): font})
    run = E.r(E.rPr(fonts, *([E.b()] if is_bold else []), _val("sz", size), _val("szCs", size)))
    for number, line in enumerate(lines):
        if number:
            run.append(E.br())
        run.append(E.t(line, {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}))
    left = [E.ind({_q("left"): str(indent)})] if indent else []
    return E.p(E.pPr(E.spacing({_q("before"): "40", _q("after"): "40"}), *left, _val("jc", align)), run)


def _package(parts: Mapping[str, Node]) -> bytes:
    """The parts as a Word file: `document` and the foot it refers to."""
    known = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{KINDS[name]}+xml"/>' for name in parts)
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{RELATIONS}+xml"/>{known}</Types>',
        "_rels/.rels": _relation("book", "officeDocument", "word/document.xml"),
        "word/_rels/document.xml.rels": _relation("foot", "footer", "footer1.xml"),
    }
    for name, part in parts.items():
        files[f"word/{name}.xml"] = etree.tostring(part, xml_declaration=True, encoding="UTF-8", standalone=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, date_time=MADE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _relation(name: str, kind: str, target: str) -> str:
    one = f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'
