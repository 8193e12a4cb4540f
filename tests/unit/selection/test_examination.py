"""What a submission is found to be, before and after its unit has spoken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from selection.eligibility import Title
from selection.examination import Attested, Known, findings
from selection.season import Season

CLOSES = datetime(2023, 9, 15, 16, tzinfo=UTC)
TITLES = (Title(year=2021, experience_name="某某公司实施六西格玛设计的经验"), Title(year=2021, experience_name="另一条经验", revoked=2022))


def verdicts(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], **known: Any) -> dict[str, str]:
    told = Known(documents=documents, other_applications=(), titles=TITLES, **known)
    return {one.id: one.verdict for one in findings(season=season, form=form, known=told, until=CLOSES)}


def test_until_the_unit_has_spoken_nobody_asks_for_its_word(season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...]) -> None:
    found = verdicts(season, form, documents)

    assert not {"E05", "E12"} & set(found)
    assert (found["E16"], found["E17"], found["X04"]) == ("fail", "fail", "pass")


@pytest.mark.parametrize("word", ["mature", "conduct", "sealed_opinion"])
def test_at_the_form_check_earlier_titles_are_looked_at_again_and_so_is_what_the_unit_answers_for(
    season: Season, form: dict[str, Any], documents: tuple[tuple[str, str], ...], word: str
) -> None:
    """§3: each predicate at the submission, at the unit's review and at the form check."""
    attested = Attested(**{"mature": True, "conduct": True, "sealed_opinion": True, word: False})
    found = verdicts(season, form, documents, attested=attested, acting_unit="RU-DL")

    assert (found["E16"], found["E17"], found["X04"]) == ("fail", "fail", "fail")
    failed = {"mature": "E05", "conduct": "E03", "sealed_opinion": "E12"}
    assert {one for one in failed.values() if found[one] == "fail"} == {failed[word]}
