"""GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as independent

from selection.uscc import ALPHABET, check_character, is_enterprise, is_valid, normalise


@pytest.mark.parametrize("code", ["91350100M000100Y43", "11320000MB151840XJ"])
def test_g41_known_codes_are_valid(code: str) -> None:
    assert is_valid(code)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y4Z", "91350100M000100Y44", "91350100M000100Y4", "", "91350100M000100Y431", "91350100m000100y43"]
)
def test_g41_wrong_codes_are_not(code: str) -> None:
    assert not is_valid(code)


@given(body=st.text(ALPHABET, min_size=17, max_size=17))
def test_every_body_has_exactly_one_check_character(body: str) -> None:
    assert [char for char in ALPHABET if is_valid(body + char)] == [check_character(body)]
    assert independent.calc_check_digit(body) == check_character(body)


@given(body=st.text(ALPHABET, min_size=17, max_size=17), place=st.integers(0, 16), other=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(body: str, place: int, other: str) -> None:
    changed = body[:place] + other + body[place + 1 :]
    assert is_valid(changed + check_character(body)) == (changed == body)


def test_codes_are_stored_without_spaces_in_capitals() -> None:
    assert normalise(" 91350100 m000100y43\n") == "91350100M000100Y43"
    assert normalise("９１350100M000100Y43") == "91350100M000100Y43"


def test_the_prefix_tells_enterprises() -> None:
    assert is_enterprise("91350100M000100Y43", prefixes=["91"])
    assert not is_enterprise("11320000MB151840XJ", prefixes=["91"])


def test_a_short_body_has_no_check_character() -> None:
    with pytest.raises(ValueError, match="17"):
        check_character("9135")
