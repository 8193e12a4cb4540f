"""What of a title may be shown to everybody."""

from __future__ import annotations

import pytest

from selection.errors import Refused
from selection.library import LONGEST_SUMMARY, Entry, allowed, may_show, refuse_entry

BOTH = {"consent": True, "consent_experience": True}


@pytest.mark.parametrize(
    ("said", "codes"),
    [(None, set()), ({}, set()), ({"consent": True}, {"D10"}), ({"consent_experience": True}, {"D2"}), (BOTH, {"D2", "D10"}), ({"consent": "yes"}, set())],
)
def test_a_holder_allows_what_it_ticked(said: dict[str, object] | None, codes: set[str]) -> None:
    assert allowed(said) == codes


def test_a_code_stands_for_its_slots() -> None:
    assert may_show("D10.video", {"D10"})
    assert not may_show("D1.correction", {"D10", "D2"})


@pytest.mark.parametrize(
    ("entry", "state", "said", "code"),
    [
        (Entry(summary="好"), "revoked", BOTH, "library.revoked"),
        (Entry(summary=" "), "active", BOTH, "library.summary"),
        (Entry(summary="好" * (LONGEST_SUMMARY + 1)), "active", BOTH, "library.length"),
        (Entry(summary="好", codes=frozenset({"D2"})), "active", {"consent": True}, "library.consent"),
        (Entry(summary="好", codes=frozenset({"D2"}), grounds="函"), "active", None, "library.consent"),
        (Entry(summary="好"), "active", None, "library.grounds"),
    ],
)
def test_what_is_not_allowed_is_refused(entry: Entry, state: str, said: dict[str, object] | None, code: str) -> None:
    with pytest.raises(Refused, match=code):
        refuse_entry(entry=entry, title_state=state, said=said)


def test_words_on_a_written_consent_and_papers_that_the_holder_allows_are_shown() -> None:
    refuse_entry(entry=Entry(summary="好", grounds="同意函"), title_state="active", said=None)
    refuse_entry(entry=Entry(summary="好", codes=frozenset({"D2", "D10"})), title_state="active", said=BOTH)
