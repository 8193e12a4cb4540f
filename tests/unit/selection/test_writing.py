"""Word counts and limits of the experience document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.layout import FONTS, OTHERS, SIZES, WAYS, Wanted, in_chinese, in_english, paper, unknown_words, wanted
from selection.measuring import count
from selection.season import Season
from selection.writing import check, examine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0), ("质量标杆", 4), ("质量，标杆。", 6), ("实施 Six Sigma 设计", 6), ("2022年提升12.5%", 5), ("ISO 9001:2015", 2),
        ("QC-小组", 3), ("　", 0), ("one\ntwo", 2),
    ],
)  # fmt: skip
def test_counting_as_a_word_processor_does(text: str, expected: int) -> None:
    assert count(text) == expected


@given(
    one=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)),
    other=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)),
)
def test_chinese_text_counts_its_characters(one: str, other: str) -> None:
    assert count(one + other) == len(one) + len(other)


@pytest.mark.parametrize(
    ("length", "verdict", "correct"), [(2000, "pass", False), (2001, "fail", False), (2200, "fail", False), (2201, "fail", True)]
)
def test_g32_effects_of_2023_have_2000_characters(season: Season, length: int, verdict: str, *, correct: bool) -> None:
    (finding,) = check(season=season, lengths={"effects": count("字" * length)})
    assert (finding.id, finding.verdict, finding.inputs["correct"], finding.blocks) == ("W.effects", verdict, correct, False)


@pytest.mark.parametrize(
    ("name", "blocks"),
    [("某某公司" + "字" * 36, False), ("某某公司" + "字" * 37, True), ("某某公司应用 Failure Mode and Effects Analysis 降低不良率的经验", False)],
)
def test_the_names_length_is_counted_as_a_word_processor_does_and_stops_the_form(season: Season, name: str, *, blocks: bool) -> None:
    """§5, A-51: 40 字 on the form's field; an English word is one."""
    found = examine(season=season, form={"experience_name": name, "enterprise_name": "某某公司"}, measures={})
    assert next(one.blocks for one in found if one.id == "W.name") is blocks


@pytest.mark.parametrize(("section", "limit"), [("name", 40), ("abstract", 500), ("profile", 500), ("application", 8000)])
def test_g31_limits_of_the_other_sections(season: Season, section: str, limit: int) -> None:
    fits, over = (check(season=season, lengths={section: count("字" * length)})[0].verdict for length in (limit, limit + 1))
    assert (fits, over) == ("pass", "fail")


def test_the_proposal_for_a_correction_is_said(season: Season) -> None:
    little, much = (check(season=season, lengths={"effects": n})[0].zh for n in (2200, 2201))
    assert "补正" not in little
    assert "列为补正事项" in much


# what was measured in a document


GOOD: dict[str, Any] = {
    "lengths": {"abstract": 1, "profile": 1, "application": 1, "effects": 1},
    "shown": {"application": 1, "effects": 1},
    "years": [2020, 2021, 2022],
    "pages": [[11906, 16838], [11900, 16850]],
    "title": {"text": "题", "font": "黑体", "size": 36, "bold": False, "align": "center", "line": 240},
    "body": [["宋体", 28, 240, 95], ["仿宋", 24, 360, 5]],
    "captions": [{"kind": "table", "number": 1, "placed": True, "text": "表1", "font": "宋体", "size": 24, "bold": True, "align": "center", "line": 240}],
    "skips": [],
}


def codes(season: Season, form: dict[str, Any], measures: dict[str, Any]) -> list[str]:
    found = examine(season=season, form=form, measures=measures)
    assert not any(finding.blocks for finding in found if finding.id != "W.name")  # nothing of the document stops anybody
    return [finding.id for finding in found if finding.verdict == "fail"]


def test_a_document_in_good_order_has_no_findings(season: Season, form: dict[str, Any]) -> None:
    form["experience_name"] = "某某公司实施六西格玛设计的经验"
    assert codes(season, form, GOOD) == []
    assert codes(season, form, {}) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lengths": {"abstract": 501, "profile": 1, "application": 1, "effects": 1}}, "W.abstract"),
        ({"lengths": {"abstract": 1, "profile": 1, "application": 1}}, "W.sections"),
        ({"shown": {"effects": 1}}, "W.shown"),
        ({"shown": {"application": 1}}, "W.data"),
        ({"years": [2021, 2022]}, "W.data"),
        ({"pages": [[16838, 11906]]}, "W.page"),
        ({"title": GOOD["title"] | {"size": 32}}, "W.title"),
        ({"title": GOOD["title"] | {"font": "宋体"}}, "W.title"),
        ({"title": GOOD["title"] | {"align": "left"}}, "W.title"),
        ({"body": [["宋体", 28, 240, 94], ["宋体", 28, 360, 6]]}, "W.body"),
        ({"body": [["宋体", 24, 240, 100]]}, "W.body"),
        ({"captions": [GOOD["captions"][0] | {"bold": False}]}, "W.caption"),
        ({"captions": [GOOD["captions"][0] | {"size": 21}]}, "W.caption"),
        ({"captions": [GOOD["captions"][0] | {"placed": False}]}, "W.placed"),
        ({"captions": [GOOD["captions"][0] | {"number": 2}]}, "W.numbers"),
        ({"skips": ["（1）跳级"]}, "W.levels"),
    ],
)
def test_g33_to_g35_each_departure_is_told_by_itself(season: Season, form: dict[str, Any], change: dict[str, Any], code: str) -> None:
    form["experience_name"] = "某某公司实施六西格玛设计的经验"
    assert codes(season, form, GOOD | change) == [code]


def test_each_departure_is_told_in_one_language(season: Season, form: dict[str, Any]) -> None:
    """The layout's settings are Chinese words (fonts, sizes) and English ones (the paper): neither is said in the other language."""
    caption = GOOD["captions"][0] | {"text": "T", "bold": False}
    wrong = {"title": GOOD["title"] | {"size": 32}, "body": [["宋体", 24, 240, 100]], "pages": [[1, 1]], "captions": [caption]}
    form["experience_name"] = "某某公司实施六西格玛设计的经验"
    found = {one.id: one for one in examine(season=season, form=form, measures=GOOD | wrong) if one.verdict == "fail"}
    assert sorted(found) == ["W.body", "W.caption", "W.page", "W.title"]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(one.en for one in found.values()))
    assert "portrait" not in found["W.page"].zh
    assert "纵向" in found["W.page"].zh
    assert "SimHei, 18 pt, centred" in found["W.title"].en


def test_every_word_of_a_layout_is_told_in_both_languages() -> None:
    assert in_english(" ".join((*FONTS, *SIZES, *OTHERS))).isascii()
    assert {in_chinese(f"A4 {way}") for way in WAYS} == {"A4 幅面纵向", "A4 幅面横向"}


def test_what_the_document_does_not_say_is_not_held_against_it(season: Season, form: dict[str, Any]) -> None:
    form["experience_name"] = "某某公司实施六西格玛设计的经验"
    unknown = {"title": GOOD["title"] | {"font": "", "size": 0}, "body": [["", 0, 240, 100]]}
    assert codes(season, form, GOOD | unknown) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("某某机械实施精益管理的经验", []),
        ("某某机械精益管理经验", []),
        ("某某机械的精益管理", ["W.form"]),
        ("别家公司实施精益管理的经验", ["W.form"]),
        ("某某机械" + "字" * 35 + "经验", ["W.name"]),
    ],
)
def test_the_name_of_an_experience(season: Season, form: dict[str, Any], name: str, found: list[str]) -> None:
    """§5, 1: （企业）+（典型方法技术）+（经验）, at most 40 characters."""
    form["experience_name"] = name
    assert codes(season, form, {}) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑体 小二 居中", Wanted("黑体", 36, is_bold=False, is_centred=True, is_single=False)),
        ("宋体 四号 单倍行距", Wanted("宋体", 28, is_bold=False, is_centred=False, is_single=True)),
        ("宋体 五号 加粗", Wanted("宋体", 21, is_bold=True, is_centred=False, is_single=False)),
        ("", Wanted("", 0, is_bold=False, is_centred=False, is_single=False)),
    ],
)
def test_a_layout_as_people_write_it(text: str, expected: Wanted) -> None:
    assert wanted(text) == expected


def test_papers_and_words_that_mean_nothing() -> None:
    assert paper("A4 portrait") == (11906, 16838)
    assert paper("A4 landscape") == (16838, 11906)
    assert unknown_words(["黑体 小二", "隶书 七号"], "A5 sideways") == ["隶书", "七号", "A5", "sideways"]
