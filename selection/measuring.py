"""编写说明: what is counted and measured in an experience document, as plain numbers and texts (rule book §5). Judges nothing, reads no files.

Lengths are those of the sections' running text, counted as the season says; tables and captions do not count (A-51).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from selection.season import Season

COUNTS = ("words", "characters")
TEXT, TABLE = "text", "table"
LONGEST_HEADING = 40
LONGEST_CAPTION = 60
MOST_NAMED = 5  # headings that are named one by one
MOST_BEFORE_TITLE = 50  # paragraphs among which the one styled as title is looked for
MOST_KEPT = 200  # captions, kinds of setting, papers: what is kept of a document is small whatever it holds
SENTENCE_END = ("。", "；", "，", ";", ",", "！", "？")
CAPTION = re.compile(r"^(附?表|附?图|插图)\s*(\d+)")
YEAR = re.compile(r"20\d\d")
# 标题层级: “一、” “（一）” “1.” “（1）”
LADDER = (
    re.compile(r"^[一二三四五六七八九十]+[、.．]"),
    re.compile(r"^[（(][一二三四五六七八九十]+[）)]"),
    re.compile(r"^\d+[.．、](?!\d)"),
    re.compile(r"^[（(]\d+[）)]"),
)
LADDER_START = re.compile("|".join(f"(?:{step.pattern})" for step in LADDER))


@dataclass(frozen=True, kw_only=True)
class Look:
    """How some characters are set: Chinese font ("" when nothing says it), size in half-points (0 likewise), bold, how many characters."""

    font: str = ""
    size: int = 0
    bold: bool = False
    characters: int = 0


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph or a table in the document's order.

    ``align``: `left`, `center`, `right`, `both`; ``line``: line spacing in 240ths of a line, 0 when it is a fixed height.
    """

    kind: str = TEXT
    text: str = ""
    looks: tuple[Look, ...] = ()
    align: str = "left"
    line: int = 240
    has_figure: bool = False
    is_title: bool = False  # styled as the title
    is_contents: bool = False  # a line of the table of contents

    @property
    def look(self) -> Look:
        """The look of most of its characters."""
        return max(self.looks, key=lambda one: one.characters, default=Look())


@dataclass
class _Tally:
    """What is being counted."""

    lengths: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    years: set[int] = field(default_factory=set)
    body: Counter[tuple[str, int, int]] = field(default_factory=Counter)


def count(text: str, *, by: str = "words") -> int:
    """How long a text is (A-51).

    In: `by`, one of COUNTS. 字数 (`words`): each Chinese character or full-width mark counts one, each run of other characters without a space
    counts one. 字符数 (`characters`): whatever is no space counts one.
    """
    if by == "characters":
        return sum(not char.isspace() for char in text)
    wide = [unicodedata.east_asian_width(char) in "WF" for char in text]
    narrow = "".join(" " if is_wide else char for char, is_wide in zip(text, wide, strict=True))
    spaces = sum(is_wide and char.isspace() for char, is_wide in zip(text, wide, strict=True))
    return sum(wide) - spaces + len(narrow.split())


def measure(*, season: Season, blocks: Iterable[Block], pages: Sequence[tuple[int, int]] = ()) -> dict[str, object]:
    """The measures of a document, to be kept as JSON and judged by `selection.writing`.

    In: its paragraphs and tables in order; ``pages``: width and height of each section's paper in twips.
    Out: `lengths` and `shown` (tables and figures) by section, `years` named in 实施成效, `pages`, `title`, `body` (characters by font, size
    and line), `captions`, `skips` (headings that leave out a level).
    """
    listed = [block for block in blocks if not block.is_contents and (block.text or block.kind == TABLE or block.has_figure)]
    texts = [block for block in listed if block.kind == TEXT and block.text]
    title = next((block for block in texts[:MOST_BEFORE_TITLE] if block.is_title), texts[0] if texts else None)
    return {
        **_by_section(season, [block for block in listed if block is not title]),
        "pages": [list(page) for page in pages[:MOST_KEPT]],
        "title": _set(title) if title else None,
        "captions": _captions(listed)[:MOST_KEPT],
        "skips": _skips(listed),
    }


def _by_section(season: Season, blocks: Iterable[Block]) -> dict[str, object]:
    tally, section = _Tally(), ""
    for block in blocks:
        named = _section(season, block)
        if named:
            section = named
            tally.lengths[section] += 0  # found, though nothing may stand in it
            continue
        _count_in(tally, section, block, by=season.writing.count)
    body = [[*key, characters] for key, characters in tally.body.most_common(MOST_KEPT)]
    return {"lengths": dict(tally.lengths), "shown": dict(tally.shown), "years": sorted(tally.years), "body": body}


def _section(season: Season, block: Block) -> str:
    """The section that a block is the heading of; "" for any other block."""
    if not _is_heading(block):
        return ""
    words = "".join(LADDER_START.sub("", block.text).split())
    return next((name for name, headings in season.writing.headings.items() if any(_names(words, each) for each in headings)), "")


def _names(words: str, heading: str) -> bool:
    """A heading of two characters (摘要) is the whole line; a longer one may have words around it."""
    return words == heading if len(heading) <= 2 else heading in words  # noqa: PLR2004 - two characters stand in many a line


def _count_in(tally: _Tally, section: str, block: Block, *, by: str) -> None:
    if section == "effects":
        tally.years |= {int(year) for year in YEAR.findall(block.text)}
    if block.kind == TABLE or block.has_figure:
        tally.shown[section] += 1
    if block.kind == TABLE or _caption(block):
        return
    if section:
        tally.lengths[section] += count(block.text, by=by)
    if not _is_heading(block) or not any(step.match(block.text) for step in LADDER):
        for look in block.looks:
            tally.body[look.font, look.size, block.line] += look.characters


def _is_heading(block: Block) -> bool:
    return block.kind == TEXT and 0 < len(block.text) <= LONGEST_HEADING and not block.text.endswith(SENTENCE_END)


def _caption(block: Block) -> re.Match[str] | None:
    is_short = block.kind == TEXT and len(block.text) <= LONGEST_CAPTION and not block.text.endswith(SENTENCE_END)
    return CAPTION.match(block.text) if is_short else None


def _set(block: Block) -> dict[str, object]:
    look = block.look
    return {"text": block.text[:LONGEST_HEADING], "font": look.font, "size": look.size, "bold": look.bold, "align": block.align, "line": block.line}


def _captions(blocks: Sequence[Block]) -> list[dict[str, object]]:
    """Each caption with its kind, number, look, and whether it stands above its table or below its figure."""
    found: list[dict[str, object]] = []
    for at, block in enumerate(blocks):
        caption = _caption(block)
        if caption is None:
            continue
        is_table = "表" in caption[1]
        near = blocks[at + 1 : at + 2] if is_table else blocks[max(0, at - 1) : at]
        is_placed = any(one.kind == TABLE if is_table else one.has_figure for one in near) or block.has_figure
        found.append({"kind": TABLE if is_table else "figure", "number": int(caption[2]), "placed": is_placed, **_set(block)})
    return found


def _skips(blocks: Iterable[Block]) -> list[str]:
    """The first headings that leave out a level of the ladder."""
    return list(_skipping(blocks))[:MOST_NAMED]


def _skipping(blocks: Iterable[Block]) -> Iterator[str]:
    before = 0
    for block in blocks:
        level = next((number for number, step in enumerate(LADDER, start=1) if step.match(block.text)), 0) if _is_heading(block) else 0
        if level > before + 1:
            yield block.text
        before = level or before


