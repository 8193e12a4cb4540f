"""编写说明: limits and layout of the experience document, judged from its measures (rule book §5, A-52).

Only the name on the form stops an application when it is too long (§5: the form field); everything else warns.
What exceeds a limit by more than the season's tolerance is proposed for 补正.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from selection.findings import Finding
from selection.form import Form, flat, years
from selection.layout import Wanted, in_chinese, in_english, paper, wanted
from selection.measuring import count
from selection.season import Season

NAMES: Mapping[str, tuple[str, str]] = {
    "name": ("经验名称", "name of the experience"),
    "abstract": ("摘要", "abstract"),
    "profile": ("企业概况", "profile"),
    "application": ("推进和应用情况", "application"),
    "effects": ("实施成效", "effects"),
}
HUNDRED = Decimal(100)
PLAY = 20  # twips: word processors round the paper's edges
SINGLE = 240
NAME_FORM = re.compile(r"^.{2,}.+经验$")
SHORTEST_NAME = 2
MOST_NAMED = 5


def check(*, season: Season, lengths: Mapping[str, int]) -> tuple[Finding, ...]:
    """One finding per section found in the document; `inputs["correct"]` says that the excess is worth a 补正."""
    found = []
    for key, length in lengths.items():
        limit = season.writing.limits[key]
        over = length > limit
        zh, en = NAMES.get(key, (key, key))
        most = limit * (HUNDRED + season.writing.tolerance_percent) / HUNDRED
        percent = season.writing.tolerance_percent
        much = f"（超过限定{percent}%以上，形式审查时建议列为补正事项）" if length > most else ""
        so = f" (more than {percent}% over: the form check will propose a correction)" if length > most else ""
        found.append(
            Finding(
                id=f"W.{key}",
                severity="block" if key == "name" else "warn",
                verdict="fail" if over else "pass",
                zh=f"{zh}应在{limit}字以内，现为{length}字，请精简{much}" if over else "符合",
                en=f"the {en} may have {limit} characters and has {length}; shorten it{so}" if over else "in order",
                inputs={"limit": limit, "length": length, "correct": length > most},
            )
        )
    return tuple(found)


def examine(*, season: Season, form: Form, measures: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The name on the form, and what was measured in the document (nothing when it could not be read: ``measures`` is empty)."""
    name = str(flat(form).get("experience_name") or "")
    named = check(season=season, lengths={"name": count(name, by=season.writing.count)}) if name else ()
    wrong = list(_name(form, name))
    if not measures:
        return (*named, *wrong)
    lengths = {key: measures["lengths"][key] for key in NAMES if key in measures["lengths"]}
    return (*named, *wrong, *check(season=season, lengths=lengths), *_layout(season, measures))


def _name(form: Form, name: str) -> Iterator[Finding]:
    """（企业）+（典型方法技术）+（经验）; the enterprise may stand under its short name."""
    enterprise = "".join(str(flat(form).get("enterprise_name") or "").split())
    plain = "".join(name.split())
    if plain and not (NAME_FORM.match(plain) and (not enterprise or plain[:SHORTEST_NAME] in enterprise)):
        yield _warn(
            "W.form", "经验名称应为“企业（简称）+典型方法（技术）+经验”，请核对", "the name should read: enterprise (short), method, 经验; check it", plain
        )


def _layout(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    for part in (_sections, _pages, _title, _body, _captions, _headings, _comparison):
        yield from part(season, measures)


def _sections(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    missing = [name for name in season.writing.headings if name not in measures["lengths"]]
    if missing:
        zh, en = "、".join(NAMES[name][0] for name in missing), ", ".join(NAMES[name][1] for name in missing)
        yield _warn("W.sections", f"典型经验材料中未找到“{zh}”部分，请按编写说明设置标题", f"no section found: {en}; give them their headings", missing)
    if "application" in measures["lengths"] and not measures["shown"].get("application"):
        yield _warn("W.shown", "推进和应用情况应配合图表展示，请至少附一幅图或一张表", "show the application with at least one figure or table")


def _pages(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    width, height = paper(season.writing.page)
    odd = [page for page in measures["pages"] if abs(page[0] - width) > PLAY or abs(page[1] - height) > PLAY]
    if odd:
        yield _warn("W.page", f"页面应为{in_chinese(season.writing.page)}，请调整", f"the pages should be {season.writing.page}; change them", odd)


def _title(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    text = season.writing.fonts["title"]
    if measures["title"] is not None and _differs(wanted(text), measures["title"]):
        yield _warn("W.title", f"文章题目应为{text}，请调整", f"the title should be set in {in_english(text)}; change it", measures["title"])


def _body(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    text = season.writing.fonts["body"]
    rule = wanted(text)
    known = [(characters, _differs(rule, {"font": font, "size": size, "line": line})) for font, size, line, characters in measures["body"]]
    whole, right = sum(characters for characters, _ in known), sum(characters for characters, differs in known if not differs)
    if whole and Decimal(right) / whole * HUNDRED < season.writing.body_share:
        share = right * 100 // whole
        zh, en = f"正文应为{text}，现有{share}%符合，请调整", f"the body should be set in {in_english(text)}; {share}% of it is, change the rest"
        yield _warn("W.body", zh, en, share)


def _captions(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    text, captions = season.writing.fonts["caption"], measures["captions"]
    unlike = [str(one["text"]) for one in captions if _differs(wanted(text), one)]
    astray = [str(one["text"]) for one in captions if not one["placed"]]
    for code, zh, en, wrong in (
        ("W.caption", f"图表标题应为{text}", f"captions should be set in {in_english(text)}", unlike),
        ("W.placed", "表题应在表上方、图题应在图下方", "captions stand above tables and below figures", astray),
    ):
        if wrong:
            yield _warn(code, f"{zh}，请调整：{_some(wrong)}", f"{en}; change these: {_some(wrong, ', ')}", wrong)
    for kind, zh, en in (("table", "表", "tables"), ("figure", "图", "figures")):
        numbers = [one["number"] for one in captions if one["kind"] == kind]
        if numbers != list(range(1, len(numbers) + 1)):
            yield _warn("W.numbers", f"{zh}应从1起统一连续编号，请调整", f"number the {en} from 1 without gaps", numbers)


def _headings(_: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    if measures["skips"]:
        skips = measures["skips"]
        en = f"headings go down by 一、 （一） 1. （1） in turn; check these: {_some(skips, ', ')}"
        yield _warn("W.levels", f"标题应依次为“一、”“（一）”“1.”“（1）”，请核对：{_some(skips)}", en, skips)


def _comparison(season: Season, measures: Mapping[str, Any]) -> Iterator[Finding]:
    """实施成效 needs three years' data in a table (编写说明 5)."""
    if "effects" not in measures["lengths"]:
        return
    lacking = [year for year in years(season) if year not in measures["years"]]
    if lacking or not measures["shown"].get("effects"):
        first, *_, last = years(season)
        yield _warn(
            "W.data",
            f"实施成效需提供近三年（{first}至{last}年）数据及与竞争对手、行业标杆的对比，请以表格列出",
            f"give the data of {first} to {last} and the comparison in a table",
            lacking,
        )


def _differs(rule: Wanted, look: Mapping[str, Any]) -> bool:
    """Whether a look is known to be another: what the document does not say is not held against it."""
    return bool(
        (rule.font and look["font"] and look["font"] != rule.font)
        or (rule.size and look["size"] and look["size"] != rule.size)
        or (rule.is_bold and look["size"] and not look.get("bold", True))
        or (rule.is_centred and look.get("align", "center") != "center")
        or (rule.is_single and look["line"] != SINGLE)
    )


def _some(names: Sequence[str], between: str = "、") -> str:
    more = " 等" if between == "、" else " …"
    return between.join(names[:MOST_NAMED]) + (more if len(names) > MOST_NAMED else "")


def _warn(code: str, zh: str, en: str, seen: object = None) -> Finding:
    return Finding(id=code, severity="warn", verdict="fail", zh=zh, en=en, inputs={} if seen is None else {"seen": seen})
