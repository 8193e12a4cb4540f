"""The 申报书 of 2023 is whole: every key of the rule book §4, the notes word for word, the years of the season."""

from __future__ import annotations

import pytest
from lxml import html

from engine.forms_field import field_at, undotted
from selection.findings import Finding
from tests.unit.web import official_form as official
from tests.unit.web.application_data import ECONOMIC, SOCIAL, YEARS, load, shown
from web.forms_checks import placed

# The field keys of the rule book, §4: every one must be askable (4.8 is the unit's own form).
COVER = "applicant_name recommending_unit_name application_date"
COMMITMENT = "commitment_accepted[0] commitment_accepted[4] enterprise_name_sealed signatory_name signatory_role signed_on"
TABLE = """recommending_unit_id enterprise_name is_central_soe central_group_name is_provincial_soe uscc enterprise_type industry_code
organization_size iso9001_certified iso9001_cert_no iso9001_valid_to iso9001_body tqm_education_rate quality_post_competence_rate
quality_engineering_training_rate improvement_participation_rate experience_name has_regional_or_industry_benchmark benchmark_title benchmark_grantor
benchmark_year promoted_enterprise_count focus_area contact_name contact_department contact_position contact_phone contact_mobile contact_email
mailing_address postcode"""
YEARLY = "main_revenue total_profit"
METHODS = "satisfaction_method loyalty_method satisfaction_agency loyalty_agency"
BRAND = "brand_indicators tech_achievements ip_outputs"
COMPETITOR = "seq product_name competitor_name market_share main_advantages"
SLOTS = {"application_docx": "D1.docx", "application_scan": "D1.scan", "experience_doc": "D2", "evidence": "D3", "finance_certificate": "D3.finance",
         "social_annex": "D3.annex_social", "brand_annex": "D3.annex_brand", "archive": "D4",
         "environment_evidence": "D3.environment", "iso9001_certificate": "D3.iso9001", "survey_reports": "D3.survey",
         "credit_report": "D3.credit"}  # fmt: skip


def keys_of_the_application() -> list[str]:
    columns = (*YEARS, "industry_avg", "industry_best", "own_rank", "override_label", "override_unit")
    return [
        *(f"cover.{key}" for key in COVER.split()),
        *(f"application_table.{key}" for key in TABLE.split()),
        *(f"application_table.{key}.{year}" for key in YEARLY.split() for year in YEARS),
        *(f"management_benefit.products[0].market_share.{year}.{side}" for year in YEARS for side in ("domestic", "international")),
        *(f"management_benefit.products[0].{key}.{year}" for key in ("satisfaction", "loyalty") for year in (*YEARS, "override_label", "override_unit")),
        *(f"management_benefit.products[0].{key}" for key in ("name", "market_share_label", "market_share_unit")),
        *(f"management_benefit.{key}.{year}" for key in METHODS.split() for year in YEARS),
        *(f"economic_benefit.{key}.{column}" for key in ECONOMIC for column in columns),
        *(f"social_benefit.{key}.{year}" for key in SOCIAL for year in YEARS),
        *(f"brand_innovation.{key}.{year}" for key in BRAND.split() for year in YEARS),
        *(f"tech_achievement_items[0].{key}" for key in ("name", "level", "year")),
        *(f"ip_output_counts.{key}.y1" for key in ("national_standards", "patents", "software_copyrights", "papers", "monographs")),
        *(f"competitors[0].{key}" for key in COMPETITOR.split()),
        *(f"economic_extra_rows[0].{key}" for key in ("label", "unit", *YEARS)),
        *SLOTS,
    ]


@pytest.fixture(scope="module")
def application():
    return load("application")


@pytest.fixture(scope="module")
def commitment():
    return load("commitment")


@pytest.mark.parametrize("name", ["application", "commitment"])
def test_definition_is_sound(name):
    assert load(name).problems() == ()


@pytest.mark.parametrize("key", keys_of_the_application())
def test_application_asks_every_key_of_the_rule_book(application, key):
    assert field_at(application.root, undotted(key)) is not None


@pytest.mark.parametrize("key", COMMITMENT.split())
def test_commitment_asks_every_key_of_the_rule_book(commitment, key):
    assert field_at(commitment.root, undotted(key)) is not None


def test_document_slots_name_their_codes(application):
    assert {name: field_at(application.root, (name,)).hint("document") for name in SLOTS} == SLOTS


def test_notes_and_undertakings_are_shown_word_for_word(application, commitment):
    page = html.fromstring(shown(application, {})).text_content()
    for words in (*official.GUIDE, *official.NOTES):
        assert words in page
    promised = html.fromstring(shown(commitment, {})).text_content()
    for words in official.COMMITMENT:
        assert words in promised


def test_year_columns_come_from_the_season(application):
    page = shown(application, {})
    assert "2020 年" in page
    assert "2022 年行业平均水平" in page
    assert "${" not in page


def finding(code, *where, verdict="fail"):
    return Finding(id=code, severity="block", verdict=verdict, zh="请改", en="change", inputs={"where": where} if where else {})


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (finding("X01", "main_revenue.y3"), ("application_table.main_revenue.y3", "economic_benefit.main_revenue.y3")),
        (finding("X05", "quality_loss_rate"), ("economic_benefit.quality_loss_rate",)),
        (finding("X05", "main_revenue"), ("economic_benefit.main_revenue",)),
        (finding("X07", "total_profit"), ("economic_benefit.total_profit",)),
        (finding("X06", "y2"), ("application_table.total_profit.y2",)),
        (finding("X08", "finance_certificate"), ("finance_certificate",)),
        (finding("E02"), ("application_table.total_profit",)),
        (finding("E11"), ("declarations.no_state_secret",)),
        (finding("E05"), ()),
    ],
)
def test_verdict_is_shown_at_its_fields(application, found, paths):
    (here,) = placed(application, [found, finding("E01", verdict="pass")])
    assert here.paths == paths
    assert here.severity == "block"


def test_verdict_for_somebody_else_to_decide_is_information(application):
    (here,) = placed(application, [finding("E07", verdict="refer")])
    assert here.severity == "info"
