"""Settings of a page's layout as people write them (`黑体 小二 居中`, `A4 portrait`), taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# 字号 in half-points, papers in twips, and what else a setting of the layout may say.
SIZES = {
    "初号": 84, "小初": 72, "一号": 52, "小一": 48, "二号": 44, "小二": 36, "三号": 32, "小三": 30, "四号": 28, "小四": 24, "五号": 21, "小五": 18,
}  # fmt: skip
PAPERS = {"A4": (11906, 16838)}
FONTS = ("宋体", "黑体", "仿宋", "楷体")
OTHERS = ("居中", "加粗", "单倍行距")
WAYS = {"portrait": "纵向", "landscape": "横向"}
# What word processors call them in English; a size is told in points.
ENGLISH = {"宋体": "SimSun", "黑体": "SimHei", "仿宋": "FangSong", "楷体": "KaiTi", "居中": "centred", "加粗": "bold", "单倍行距": "single spacing"}


@dataclass(frozen=True)
class Wanted:
    """A setting of the layout, taken apart: what it does not say is not asked."""

    font: str
    size: int
    is_bold: bool
    is_centred: bool
    is_single: bool


def wanted(text: str) -> Wanted:
    """`黑体 小二 居中` taken apart."""
    said = text.split()
    return Wanted(
        font=next((word for word in said if word in FONTS), ""),
        size=next((SIZES[word] for word in said if word in SIZES), 0),
        is_bold="加粗" in said,
        is_centred="居中" in said,
        is_single="单倍行距" in said,
    )


def paper(text: str) -> tuple[int, int]:
    """`A4 portrait` as width and height in twips."""
    name, _, way = text.partition(" ")
    width, height = PAPERS[name]
    return (height, width) if way == "landscape" else (width, height)


def in_english(text: str) -> str:
    """`黑体 小二 居中` as `SimHei, 18 pt, centred`."""
    return ", ".join(f"{SIZES[word] / 2:g} pt" if word in SIZES else ENGLISH.get(word, word) for word in text.split())


def in_chinese(page: str) -> str:
    """`A4 portrait` as `A4 幅面纵向`."""
    name, _, way = page.partition(" ")
    return f"{name} 幅面{WAYS[way]}"


def unknown_words(fonts: Iterable[str], page: str) -> list[str]:
    """Words of the layout's settings that mean nothing here (for the season's own check)."""
    known = {*SIZES, *FONTS, *OTHERS}
    strange = [word for text in fonts for word in text.split() if word not in known]
    name, _, way = page.partition(" ")
    return strange + [word for word, among in ((name, PAPERS), (way, WAYS)) if word not in among]
