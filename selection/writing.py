"""编写说明: counting 字数 as a word processor does, and the limits of the experience document's sections (rule book §5).

Reads no files: the sections' texts are handed in. Nothing here stops an application (A-52); what exceeds by more than the season's
tolerance is proposed for 补正.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from selection.findings import Finding
from selection.season import Season

NAMES: Mapping[str, tuple[str, str]] = {
    "name": ("经验名称", "name of the experience"),
    "abstract": ("摘要", "abstract"),
    "profile": ("企业概况", "profile"),
    "application": ("推进和应用情况", "application"),
    "effects": ("实施成效", "effects"),
}
HUNDRED = Decimal(100)


def count(text: str) -> int:
    """字数: each Chinese character or full-width mark counts one, each run of other characters without a space counts one (A-51)."""
    wide = [unicodedata.east_asian_width(char) in "WF" for char in text]
    narrow = "".join(" " if is_wide else char for char, is_wide in zip(text, wide, strict=True))
    spaces = sum(is_wide and char.isspace() for char, is_wide in zip(text, wide, strict=True))
    return sum(wide) - spaces + len(narrow.split())


def check(*, season: Season, sections: Mapping[str, str]) -> tuple[Finding, ...]:
    """One finding per section found in the document; `inputs["correct"]` says that the excess is worth a 补正."""
    found = []
    for key, text in sections.items():
        limit, length = season.writing.limits[key], count(text)
        over = length > limit
        zh, en = NAMES.get(key, (key, key))
        most = limit * (HUNDRED + season.writing.tolerance_percent) / HUNDRED
        found.append(
            Finding(
                id=f"W.{key}",
                severity="warn",
                verdict="fail" if over else "pass",
                zh=f"{zh}应在{limit}字以内，现为{length}字，请精简" if over else "符合",
                en=f"the {en} may have {limit} characters and has {length}; shorten it" if over else "in order",
                inputs={"limit": limit, "length": length, "correct": length > most},
            )
        )
    return tuple(found)
