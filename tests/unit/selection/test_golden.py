"""Golden facts that belong to no single rule, each decided by an act. The others are named `test_gNN_…` beside their rule."""

from __future__ import annotations

from typing import Any

import pytest

from selection.eligibility import Context, check
from selection.errors import InvalidSettings, NotFound
from selection.findings import blocking
from selection.rights import may, refuse
from selection.season import Season


@pytest.mark.parametrize(("code", "stops"), [("RU-CAQ", ["E09"]), ("RU-CASME", []), ("RU-XJBT", [])])
def test_g12_an_application_through_the_organiser_is_stopped(
    season: Season, form: dict[str, Any], context: Context, code: str, stops: list[str]
) -> None:
    findings = check(season=season, form=form | {"recommending_unit_id": code}, context=context)
    assert [finding.id for finding in blocking(findings)] == stops


def test_g19_only_the_association_approves_in_2023(season: Season) -> None:
    assert may(["caq_approver@caq"], "approve")
    assert season.approvers == ("CAQ",)
    for group in ("office_director@caq", "committee_chair@caq", "season_admin@caq", "miit_observer@miit"):
        with pytest.raises(NotFound):
            refuse([group], "approve")


def test_g21_a_season_with_a_fee_cannot_be_made(settings: dict[str, Any]) -> None:
    settings["fee"] = 1
    with pytest.raises(InvalidSettings) as refusal:
        Season.from_settings(settings)
    assert "不收取任何费用" in refusal.value.zh


@pytest.mark.parametrize(
    ("focus", "stops"),
    [
        ("qms_upgrade", []),
        ("key_process_control", []),
        ("supply_chain_resilience", []),
        ("quality_digitalization", []),
        ("reliability", ["E08"]),
        ("", ["E08"]),
        (["qms_upgrade", "quality_digitalization"], ["E08"]),
    ],
)
def test_g27_exactly_one_of_four_focus_areas(
    season: Season, form: dict[str, Any], context: Context, focus: object, stops: list[str]
) -> None:
    findings = check(season=season, form=form | {"focus_area": focus}, context=context)
    assert [finding.id for finding in blocking(findings)] == stops
