"""What an administrator may mistype in a season's settings, and what `check` says of it."""

from __future__ import annotations

from typing import Any

import pytest

from selection.season import Season
from selection.season_check import faults

WRONG: tuple[tuple[str, Any, str], ...] = (
    ("id", "CN 2024/x", "id"),
    ("contact.mail", "qmb", "contact.mail"),
    ("archive.name", "{enterprize}", "archive.name"),
    ("archive.subject", "申报", "archive.subject"),
    ("archive.generate", "rar", "archive.generate"),
    ("unit_rules.summary_columns", ["seq", "enterprise_name", "fax"], "unit_rules.summary_columns"),
    ("unit_rules.summary_columns", ["enterprise_name", "uscc", "uscc"], "unit_rules.summary_columns"),
    ("unit_rules.summary_columns", ["seq", "uscc"], "unit_rules.summary_columns"),
    ("separation.0.apart_from", ["judge"], "separation[0]"),
    ("units.36.kind", "army", "units.RU-XJBT.kind"),
    ("units.0.regions", ["1x"], "units.RU-BJ.regions"),
    ("year", 2024, "year"),
    ("industry.ranges", ["6-46"], "industry.ranges"),
    ("industry.ranges", ["46-06"], "industry.ranges"),
    ("industry.table_rows_fixed_for", "全部", "industry.table_rows_fixed_for"),
    ("industry.refer", ["00"], "industry.refer"),
    ("industry.services.商务服务业", ["7200"], "industry.services.商务服务业"),
    ("sizes.0.codes", ["C13"], "sizes[0].codes"),
    ("sizes.0.employees", [1000, 300], "sizes[0]"),
    ("eligibility.severities.E99", "warn", "eligibility.severities"),
    ("eligibility.severities.E16", None, "eligibility.severities"),
    ("eligibility.labels.E16", None, "eligibility.labels"),
    ("eligibility.missing_profit", "ignore", "eligibility.missing_profit"),
    ("form.severities.X07", None, "form.severities"),
    ("site_visit.checks", ["X55"], "site_visit.checks"),
    ("form.years_back", 4, "form.years_back"),
    ("form.slots.sealed_commitment", None, "form.slots"),
    ("form.slots.finance_certificate", "D33.finance", "form.slots"),
    ("form.evidence.0.key", "D33.survey", "form.evidence"),
    ("form.evidence.1.key", "D3.survey", "form.evidence"),
    ("writing.limits.effects", None, "writing.limits"),
    ("writing.headings.abstrakt", ["摘要"], "writing.headings"),
    ("writing.fonts.caption", None, "writing.fonts"),
    ("documents.7.stage", "defense", "documents.D8.stage"),
    ("documents.8.uploader", "exprt", "documents.D9.uploader"),
    ("documents.9.formats", [".MP4"], "documents.D10.formats"),
    ("documents.0.required_formats", ["wps"], "documents.D1.required_formats"),
    ("documents.0.max_mb", 0, "documents.D1"),
    ("aggregation.weights.dessk", 0, "aggregation.weights"),
    ("aggregation.ties", ["C9"], "aggregation.ties"),
    ("aggregation.trim", 3, "aggregation.trim"),
    ("site_visit.excluding", ["否"], "site_visit.excluding"),
    ("meeting.kinds.objection", None, "meeting.kinds"),
    ("meeting.planned.awward", "合议二", "meeting.planned"),
    ("meeting.qualified_for", ["override"], "meeting.qualified_for"),
    ("publicity.columns", ["seq", "enterprise_name", "industry_code"], "publicity.columns"),
    ("publicity.columns", ["seq", "experience_name"], "publicity.columns"),
    ("publicity.channels", [], "publicity.channels"),
    ("publicity.correction_restarts", "batch", "publicity.correction_restarts"),
    ("defence.absence", "nothing", "defence.absence"),
    ("withdrawal.applicant_until", "N11", "withdrawal.applicant_until"),
    ("quota.widening_proof", "word", "quota.widening_proof"),
    ("title_rules.number", "CN-{jahr}-{sequence}", "title_rules.number"),
    ("title_rules.number", "CN-{year}", "title_rules.number"),
    ("title_rules.grounds.2.code", "accident_quality", "title_rules.grounds"),
    ("experts.conflicts.1.key", "contract", "experts.conflicts"),
    ("ladders.office", None, "ladders"),
    ("objection.acknowledge", -2, "objection.acknowledge"),
    ("ladders.unit.days_before", [3, -1], "ladders.unit.days_before[1]"),
    ("experts.defence_min", 8, "experts"),
    ("committee.vice_chair_min", 4, "committee"),
    ("unit_rules.opinion_max", 30, "unit_rules"),
    ("thresholds.shortlist_share", 60, "thresholds.shortlist_share"),
    ("experts.max_load", 0, "experts.max_load"),
)


def change(settings: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path, or take the setting away (None)."""
    *way, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    place: Any = settings
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value


def test_the_season_of_2023_has_no_fault(season: Season) -> None:
    assert faults(season) == ()


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_nobody_could_run_is_named(settings: dict[str, Any], path: str, value: Any, said: str) -> None:
    change(settings, path, value)
    assert said in [problem.path for problem in faults(Season.from_settings(settings))]


def test_a_list_may_show_less_than_in_2023(settings: dict[str, Any]) -> None:
    change(settings, "publicity.columns", ["seq", "enterprise_name"])
    change(settings, "title_rules.number", "QB{year}{sequence:04d}")
    change(settings, "archive.name", "{enterprise}-申报")
    assert faults(Season.from_settings(settings)) == ()


def test_without_a_first_meeting_nobody_withdraws_until_then(settings: dict[str, Any]) -> None:
    change(settings, "withdrawal.applicant_until", "N07")
    assert faults(Season.from_settings(settings)) == ()
    change(settings, "defence.held", False)
    change(settings, "aggregation.weights", {"desk": 1, "defence": 0})
    assert "withdrawal.applicant_until" in [problem.path for problem in faults(Season.from_settings(settings))]
