"""Reads an uploaded Word document as the paragraphs and tables that 编写说明 is checked on. Nothing is unpacked to disk, no entity is followed.

Looks are resolved as a word processor does: the run, its style, the paragraph's style and what that is based on, the document's defaults;
of fonts the one for Chinese characters, a theme's included.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lxml import etree

from selection.measuring import TABLE, Block, Look, measure
from selection.season import Season
from web.docx import TEXT, UNREADABLE, WORD

MOST_TEXT = 30_000_000  # bytes of the text's XML: far above any typical experience
MOST_STYLES = 5_000_000
PIECE = 1_000_000
LONGEST_NAME = 40
MOST_STEPS = 20  # a style based on a style based on …
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FIGURES = (f"{WORD}drawing", f"{WORD}pict", f"{WORD}object")
ALIASES = {
    "SimSun": "宋体", "NSimSun": "宋体", "STSong": "宋体", "SimHei": "黑体", "STHeiti": "黑体", "FangSong": "仿宋", "仿宋_GB2312": "仿宋",
    "STFangsong": "仿宋", "KaiTi": "楷体", "楷体_GB2312": "楷体", "STKaiti": "楷体",
}  # fmt: skip
ALIGNMENTS = {"center": "center", "right": "right", "end": "right", "both": "both", "distribute": "both"}
Properties = dict[str, Any]


def measured(stream: BinaryIO, *, season: Season) -> dict[str, object]:
    """The measures of a Word document; empty when it cannot be read. The stream is left at its beginning."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as package:
            reader = _Reader(_styles(package))
            blocks = list(reader.blocks(_pieces(package)))
        found = measure(season=season, blocks=blocks, pages=sorted(reader.pages))
    except UNREADABLE:
        found = {}
    stream.seek(0)
    return found


def _pieces(package: zipfile.ZipFile) -> Iterator[bytes]:
    with package.open(TEXT) as text:
        for _ in range(0, MOST_TEXT, PIECE):
            piece = text.read(PIECE)
            if not piece:
                return
            yield piece


@dataclass
class _Styles:
    """What styles and defaults say: properties of characters and of paragraphs together, by the style's id."""

    defaults: Properties = field(default_factory=dict)
    own: dict[str, Properties] = field(default_factory=dict)
    based_on: dict[str, str] = field(default_factory=dict)
    normal: str = ""
    theme: Mapping[str, str] = field(default_factory=dict)

    def of(self, style: str) -> Properties:
        """The properties of a style with all it is based on."""
        chain: list[Properties] = []
        while style in self.own and len(chain) < MOST_STEPS:
            chain.append(self.own[style])
            style = self.based_on.get(style, "")
        return {name: value for one in reversed(chain) for name, value in one.items()}

    def characters(self, run: Any) -> Properties:
        """What an element's own w:rPr says of its characters."""
        said, properties = Properties(), run.find(f"{WORD}rPr")
        if properties is None:
            return said
        fonts, size, bold = (properties.find(f"{WORD}{name}") for name in ("rFonts", "sz", "b"))
        if fonts is not None:
            name = fonts.get(f"{WORD}eastAsia") or self.theme.get((fonts.get(f"{WORD}eastAsiaTheme") or "")[:5], "")
            said |= {"font": ALIASES.get(name, name)[:LONGEST_NAME]} if name else {}
        if size is not None:
            said["size"] = _number(size.get(f"{WORD}val"))
        if bold is not None:
            said["bold"] = bold.get(f"{WORD}val", "1") not in {"0", "false", "off"}
        return said


def _styles(package: zipfile.ZipFile) -> _Styles:
    found = _Styles(theme=_theme(_part(package, "word/theme/theme1.xml")))
    root = _part(package, "word/styles.xml")
    if root is None:
        return found
    for each in ("rPr", "pPr"):
        default = root.find(f"{WORD}docDefaults/{WORD}{each}Default")
        if default is not None:
            found.defaults |= {**found.characters(default), **_setting(default)}
    for style in root.iterfind(f"{WORD}style"):
        name, base = style.get(f"{WORD}styleId", ""), style.find(f"{WORD}basedOn")
        found.own[name] = {**found.characters(style), **_setting(style)}
        if base is not None:
            found.based_on[name] = base.get(f"{WORD}val", "")
        if style.get(f"{WORD}type") == "paragraph" and style.get(f"{WORD}default") in {"1", "true"}:
            found.normal = name
    return found


def _theme(root: Any) -> dict[str, str]:
    """The theme's Chinese fonts of headings and of text, by the first letters of what a style calls them (`major`, `minor`)."""
    found = {}
    for part in ("major", "minor") if root is not None else ():
        fonts = root.find(f".//{DRAWING}{part}Font")
        east, chinese = (None, None) if fonts is None else (fonts.find(f"{DRAWING}ea"), fonts.find(f"{DRAWING}font[@script='Hans']"))
        names = [one.get("typeface") for one in (east, chinese) if one is not None]
        found[part] = next((name for name in names if name), "")
    return found


def _part(package: zipfile.ZipFile, name: str) -> Any:
    """A small part of the package, parsed; None when it is not there or is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    with suppress(KeyError, etree.XMLSyntaxError), package.open(name) as part:
        return etree.fromstring(part.read(MOST_STYLES), parser)
    return None


def _setting(element: Any) -> Properties:
    """What an element's own w:pPr says of its paragraph."""
    said, properties = Properties(), element.find(f"{WORD}pPr")
    if properties is None:
        return said
    align, spacing = properties.find(f"{WORD}jc"), properties.find(f"{WORD}spacing")
    if align is not None:
        said["align"] = ALIGNMENTS.get(align.get(f"{WORD}val", ""), "left")
    if spacing is not None and spacing.get(f"{WORD}line"):
        said["line"] = _number(spacing.get(f"{WORD}line")) if spacing.get(f"{WORD}lineRule", "auto") == "auto" else 0
    return said


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004 - no size has seven digits


class _Reader:
    """Walks through the text once; what was read is let go."""

    def __init__(self, styles: _Styles) -> None:
        self.styles, self.pages = styles, set[tuple[int, int]]()
        self.tables, self.inner = 0, 0  # how deep in tables, and in paragraphs (a text box holds some of its own)
        self.words: list[str] = []  # of the table being read

    def blocks(self, pieces: Iterable[bytes]) -> Iterator[Block]:
        """The paragraphs and tables in their order; what follows a fault is left."""
        parser = etree.XMLPullParser(
            ("start", "end"), tag=[f"{WORD}{name}" for name in ("p", "tbl", "pgSz")], resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for piece in pieces:
            is_whole = False
            with suppress(etree.XMLSyntaxError):
                parser.feed(piece)
                is_whole = True
            yield from self._met(parser)
            if not is_whole:
                return

    def _met(self, parser: Any) -> Iterator[Block]:
        for event, element in parser.read_events():
            if element.tag == f"{WORD}pgSz":
                self.pages.add((_number(element.get(f"{WORD}w")), _number(element.get(f"{WORD}h"))))
            elif element.tag == f"{WORD}tbl":
                yield from self._table(event)
            elif event == "start":
                self.inner += 1
            else:
                self.inner -= 1
                yield from self._paragraph(element)

    def _table(self, event: str) -> Iterator[Block]:
        self.tables += 1 if event == "start" else -1
        if event == "end" and not self.tables:
            yield Block(kind=TABLE, text=" ".join(self.words))
            self.words = []

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        if self.tables:
            self.words.append(_words(paragraph))
        elif not self.inner:
            yield self._block(paragraph)
        paragraph.clear()  # let go; and a text box's words are no running text of the paragraph that holds it

    def _block(self, paragraph: Any) -> Block:
        named = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        style = self.styles.normal if named is None else named.get(f"{WORD}val", "")
        inherited = {**self.styles.defaults, **self.styles.of(style)}
        setting = {**inherited, **_setting(paragraph)}
        return Block(
            text=" ".join(_words(paragraph).split()),
            looks=tuple(self._look(run, inherited) for run in paragraph.iter(f"{WORD}r")),
            align=setting.get("align", "left"),
            line=setting.get("line", 240),
            has_figure=any(True for _ in paragraph.iter(*FIGURES)),
            is_title=style == "Title",
            is_contents=style.upper().startswith("TOC"),
        )

    def _look(self, run: Any, inherited: Properties) -> Look:
        named = run.find(f"{WORD}rPr/{WORD}rStyle")
        of_style = {} if named is None else self.styles.of(named.get(f"{WORD}val", ""))
        said = {**inherited, **of_style, **self.styles.characters(run)}
        words = "".join(_words(run).split())
        return Look(font=said.get("font", ""), size=said.get("size", 0), bold=said.get("bold", False), characters=len(words))


def _words(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(f"{WORD}t"))
