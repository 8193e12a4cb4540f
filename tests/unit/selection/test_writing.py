"""Word counts and limits of the experience document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.season import Season
from selection.writing import check, count


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
    (finding,) = check(season=season, sections={"effects": "字" * length})
    assert (finding.id, finding.verdict, finding.inputs["correct"], finding.blocks) == ("W.effects", verdict, correct, False)


@pytest.mark.parametrize(("section", "limit"), [("name", 40), ("abstract", 500), ("profile", 500), ("application", 8000)])
def test_g31_limits_of_the_other_sections(season: Season, section: str, limit: int) -> None:
    fits, over = (check(season=season, sections={section: "字" * length})[0].verdict for length in (limit, limit + 1))
    assert (fits, over) == ("pass", "fail")
