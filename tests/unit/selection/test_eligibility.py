"""E01–E17: who may apply, and what the finding says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from selection.eligibility import PREDICATES, Context, Title, check
from selection.errors import Refused
from selection.findings import Finding, blocking, refuse_if_blocked
from selection.season import Season


def found(season: Season, form: dict[str, Any], context: Context, *, stage: str = "form_check") -> dict[str, Finding]:
    return {finding.id: finding for finding in check(season=season, form=form, context=context, stage=stage)}


def test_an_eligible_application_passes_everything(season: Season, form: dict[str, Any], context: Context) -> None:
    findings = check(season=season, form=form, context=context, stage="form_check")
    assert {finding.verdict for finding in findings} == {"pass"}
    assert [finding.id for finding in findings] == [name for name in PREDICATES if name not in ("E14", "E15")]


def test_the_applicant_is_not_asked_for_what_only_the_unit_can_do(season: Season, form: dict[str, Any], context: Context) -> None:
    assert {"E05", "E12"}.isdisjoint(found(season, form, context, stage="submit"))


@pytest.mark.parametrize(
    ("check_id", "change"),
    [
        ("E01", {"uscc": "91350100M000100Y4Z"}),
        ("E01", {"is_legal_person": False}),
        ("E02", {"total_profit": {"y3": 120, "y2": 0, "y1": 300}}),
        ("E02", {"total_profit": {"y3": 120, "y2": -5, "y1": 300}}),
        ("E02", {"total_profit": {"y2": 100, "y1": 300}}),
        ("E02", {"total_profit": {"y3": "NaN", "y2": 100, "y1": 300}}),
        ("E03", {"no_violation": {"integrity": True, "quality": True, "safety": False, "environment": True}}),
        ("E03", {"no_violation": {}}),
        ("E04", {"iso9001_certified": False}),
        ("E04", {"iso9001_valid_to": "2023-09-14"}),
        ("E04", {"iso9001_valid_to": ""}),
        ("E04", {"iso9001_valid_from": "2023-09-16"}),
        ("E06", {"shares_experience": False}),
        ("E07", {"industry_code": "47"}),
        ("E07", {"industry_code": "05"}),
        ("E08", {"focus_area": "reliability"}),
        ("E08", {"focus_area": ["qms_upgrade", "key_process_control"]}),
        ("E09", {"recommending_unit_id": "RU-CAQ"}),
        ("E09", {"recommending_unit_id": ["RU-LN", "RU-DL"]}),
        ("E10", {"commitment_accepted": [True, True, True, True, False]}),
        ("E10", {"commitment_accepted": [True] * 4}),
        ("E10", {"signatory_name": " "}),
        ("E10", {"signed_on": "2023-09-16"}),
        ("E10", {"signed_on": "soon"}),
        ("E11", {"no_state_secret": False}),
    ],
)
def test_each_blocking_condition_alone_stops_the_application(
    season: Season, form: dict[str, Any], context: Context, check_id: str, change: dict[str, Any]
) -> None:
    findings = check(season=season, form=form | change, context=context)
    assert [finding.id for finding in blocking(findings)] == [check_id]
    with pytest.raises(Refused) as refusal:
        refuse_if_blocked(findings)
    assert refusal.value.code == check_id
    assert check_id in refusal.value.zh


def test_g24_profits_of_120_0_300_name_the_year(season: Season, form: dict[str, Any], context: Context) -> None:
    finding = found(season, form | {"total_profit": {"y3": 120, "y2": 0, "y1": 300}}, context)["E02"]
    assert "2021" in finding.zh
    assert finding.inputs == {"2020": "120", "2021": "0", "2022": "300"}


def test_a_season_may_leave_a_missing_year_of_profit_to_who_checks(season: Season, form: dict[str, Any], context: Context) -> None:
    """A-75 is a default: with `warn` a young enterprise is remarked on; a loss, or no year at all, still stops it."""
    lenient = replace(season, eligibility=replace(season.eligibility, missing_profit="warn"))
    young = found(lenient, form | {"total_profit": {"y2": 100, "y1": 300}}, context)["E02"]
    assert (young.verdict, young.blocks) == ("refer", False)
    assert "2020" in young.zh
    assert found(lenient, form, context)["E02"].verdict == "pass"
    for profits in ({}, {"y2": -1, "y1": 300}):
        assert found(lenient, form | {"total_profit": profits}, context)["E02"].blocks


def test_g25_iso_9001_must_be_valid_on_the_closing_day(season: Season, form: dict[str, Any], context: Context) -> None:
    assert found(season, form | {"iso9001_valid_to": "2023-09-15"}, context)["E04"].verdict == "pass"
    without = replace(context, documents=tuple(entry for entry in context.documents if entry[0] != "D3.iso9001"))
    assert found(season, form, without)["E04"].verdict == "fail"
    assert found(season, form | {"iso9001_certificate": ["file-1"]}, without)["E04"].verdict == "pass"


def test_g22_g23_industry_46_and_65_may_apply(season: Season, form: dict[str, Any], context: Context) -> None:
    assert found(season, form | {"industry_code": "46"}, context)["E07"].verdict == "pass"
    assert found(season, form | {"industry_code": "65"}, context)["E07"].verdict == "pass"
    referred = found(season, form | {"industry_code": "71"}, context)["E07"]
    assert (referred.verdict, referred.blocks) == ("refer", False)


def test_a_code_of_an_authority_is_referred_to_the_unit(season: Season, form: dict[str, Any], context: Context) -> None:
    assert found(season, form | {"uscc": "11320000MB151840XJ"}, context)["E01"].verdict == "refer"


def test_the_sealed_commitment_must_be_uploaded(season: Season, form: dict[str, Any], context: Context) -> None:
    without = replace(context, documents=())
    assert found(season, form, without)["E10"].verdict == "fail"


def test_what_the_unit_found_counts_at_the_form_check(season: Season, form: dict[str, Any], context: Context) -> None:
    assert found(season, form, replace(context, attested=None))["E05"].verdict == "attest"
    assert found(season, form, replace(context, attested=False))["E05"].verdict == "fail"
    assert found(season, form, replace(context, conduct_attested=False))["E03"].blocks
    assert found(season, form, replace(context, sealed_opinion=None))["E12"].blocks


def test_a_second_experience_of_an_enterprise_only_warns(season: Season, form: dict[str, Any], context: Context) -> None:
    finding = found(season, form, replace(context, other_applications=("A002",)))["E13"]
    assert (finding.severity, finding.verdict, finding.blocks) == ("warn", "fail", False)


def test_the_same_experience_again_warns(season: Season, form: dict[str, Any], context: Context) -> None:
    same = Title(year=2021, experience_name="某某公司 实施六西格玛设计的经验")
    other = Title(year=2021, experience_name="供应链协同")
    assert found(season, form, replace(context, titles=(same,)))["E16"].verdict == "fail"
    assert found(season, form, replace(context, titles=(other,)))["E16"].verdict == "pass"


@pytest.mark.parametrize(("year", "verdict"), [(2020, "fail"), (2022, "fail"), (2019, "pass")])
def test_a_revoked_title_is_shown_for_three_seasons(
    season: Season, form: dict[str, Any], context: Context, year: int, verdict: str
) -> None:
    title = Title(year=2015, experience_name="别的经验", revoked=year)
    finding = found(season, form, replace(context, titles=(title,)))["E17"]
    assert (finding.verdict, finding.blocks) == (verdict, False)


def test_the_scope_that_is_told_is_the_seasons_own(settings: dict[str, Any], form: dict[str, Any], context: Context) -> None:
    settings["industry"] |= {"ranges": ["13-43", "46"], "services": {"现代物流业": ["58", "59"]}}
    told = found(Season.from_settings(settings), form | {"industry_code": "45"}, context)["E07"]
    assert told.blocks
    assert "须为13-43、46，或属于现代物流业等生产性服务业" in told.zh


def test_other_seasons_may_ask_other_conditions(settings: dict[str, Any], form: dict[str, Any], context: Context) -> None:
    settings["eligibility"]["severities"] |= {"E04": "off", "E14": "block", "E15": "info"}
    season = Season.from_settings(settings)
    findings = found(season, form | {"iso9001_certified": False}, context)
    assert "E04" not in findings
    assert findings["E14"].blocks
    assert (findings["E15"].severity, findings["E15"].verdict) == ("info", "pass")
    large = found(season, form | {"employees": 5000}, context)["E15"]
    assert (large.verdict, large.inputs["size"]) == ("fail", "大型")
    assert found(season, form | {"employees": None}, context)["E15"].verdict == "refer"


def test_several_blocks_are_named_together(season: Season, context: Context) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_if_blocked(check(season=season, form={}, context=replace(context, reference_day=date(2023, 9, 15))))
    assert refusal.value.code == "eligibility"
    assert refusal.value.details["ids"] == ("E01", "E02", "E03", "E04", "E06", "E07", "E08", "E09", "E10", "E11")


@pytest.mark.parametrize(("signed", "verdict"), [("2023-09-10", "pass"), ("2023-09-11", "fail")])
def test_nothing_is_signed_after_the_day_of_the_submission(season: Season, form: dict[str, Any], context: Context, signed: str, verdict: str) -> None:
    """§4.1: signed_on ≤ submission."""
    found = check(season=season, form=form | {"signed_on": signed}, context=replace(context, today=date(2023, 9, 10)))
    assert next(one.verdict for one in found if one.id == "E10") == verdict


@pytest.mark.parametrize("field", ["iso9001_valid_from", "iso9001_valid_to", "signed_on"])
def test_the_closing_day_itself_counts(season: Season, form: dict[str, Any], context: Context, field: str) -> None:
    assert blocking(check(season=season, form=form | {field: "2023-09-15"}, context=context)) == ()
