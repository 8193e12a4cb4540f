"""Conflicts of interest."""

from __future__ import annotations

import pytest

from selection.conflict import ApplicationFacts, ExpertFacts, automatic, declared, free_experts, refuse_conflicted, scores_fate
from selection.errors import Refused
from selection.season import Season

APPLICATION = ApplicationFacts(id="A1", uscc="U1", group="集团", unit="RU-LN", competitors=frozenset({"对手公司", "U9"}))


@pytest.mark.parametrize(
    ("expert", "kinds"),
    [
        (ExpertFacts(id="X1"), ()),
        (ExpertFacts(id="X1", employer_uscc="U2", employer_name="大学", employer_group="别的集团", officer_of=frozenset({"RU-DL"})), ()),
        (ExpertFacts(id="X1", employer_uscc="U1"), ("employer",)),
        (ExpertFacts(id="X1", employer_group="集团"), ("employer_group",)),
        (ExpertFacts(id="X1", officer_of=frozenset({"RU-LN"})), ("unit_officer",)),
        (ExpertFacts(id="X1", employer_name="对手公司"), ("competitor",)),
        (ExpertFacts(id="X1", employer_uscc="U9"), ("competitor",)),
        (ExpertFacts(id="X1", employer_uscc="U1", employer_group="集团"), ("employer", "employer_group")),
    ],
)
def test_conflicts_that_follow_from_facts(expert: ExpertFacts, kinds: tuple[str, ...]) -> None:
    assert tuple(found.kind for found in automatic(expert=expert, application=APPLICATION)) == kinds
    assert free_experts(experts=[expert], application=APPLICATION) == (() if kinds else ("X1",))
    if kinds:
        with pytest.raises(Refused) as refusal:
            refuse_conflicted(expert=expert, application=APPLICATION)
        assert refusal.value.details["kinds"] == kinds
    else:
        refuse_conflicted(expert=expert, application=APPLICATION)


def test_nothing_known_is_no_conflict() -> None:
    assert automatic(expert=ExpertFacts(id="X1", officer_of=frozenset({""})), application=ApplicationFacts(id="A1", uscc="")) == ()


def test_a_declared_conflict_has_a_kind_and_a_detail(season: Season) -> None:
    assert declared(season=season, kind="relative", detail="配偶").kind == "relative"
    for kind, detail in (("relative", " "), ("weather", "雨")):
        with pytest.raises(Refused):
            declared(season=season, kind=kind, detail=detail)


@pytest.mark.parametrize(
    ("conflict", "submitted", "fate"), [(True, True, "void"), (True, False, "void"), (False, False, "aside"), (False, True, "kept")]
)
def test_what_becomes_of_a_replaced_experts_sheet(*, conflict: bool, submitted: bool, fate: str) -> None:
    assert scores_fate(conflict=conflict, submitted=submitted) == fate
