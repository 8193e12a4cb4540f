"""The real season of 2023, its calendar, and one application form that passes every check."""

from __future__ import annotations

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from selection.calendar import Calendar
from selection.eligibility import Context
from selection.season import Season

# A busy machine must not fail a property: examples are counted, not timed.
hypothesis.settings.register_profile("selection", deadline=None)
hypothesis.settings.load_profile("selection")

FOLDER = Path(__file__).parents[3] / "processes" / "cn-2023"
SETTINGS = tomllib.loads((FOLDER / "season.toml").read_text(encoding="utf-8"))
CALENDARS = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("calendar-*.toml"))]

ROWS = (
    "total_assets", "main_revenue", "total_profit", "current_asset_turnover", "labor_productivity",
    "equipment_effectiveness", "quality_loss_rate", "product_pass_rate", "rework_rate", "energy_per_10k_output",
)  # fmt: skip


@pytest.fixture
def settings() -> dict[str, Any]:
    """A copy of the parsed season.toml that a test may change."""
    return copy.deepcopy(SETTINGS)


@pytest.fixture(scope="session")
def season() -> Season:
    return Season.from_settings(SETTINGS)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return Calendar.from_settings(CALENDARS)


@pytest.fixture
def form() -> dict[str, Any]:
    """An eligible application's form."""
    years = {"y3": 100, "y2": 110, "y1": 120}
    table = {row: {**years, "industry_best": 120, "own_rank": 1} for row in ROWS}
    table["main_revenue"] = {"y3": 50000, "y2": 52000, "y1": 56000, "industry_best": 60000, "own_rank": 2}
    return {
        "recommending_unit_id": "RU-LN",
        "enterprise_name": "某某机械有限公司",
        "uscc": "91210100M000100Y4U",
        "is_legal_person": True,
        "enterprise_type": "民营企业",
        "industry_code": "34",
        "organization_size": "中型",
        "employees": 500,
        "iso9001_certified": True,
        "iso9001_valid_from": "2021-01-01",
        "iso9001_valid_to": "2024-01-01",
        "experience_name": "某某公司实施六西格玛设计的经验",
        "focus_area": "key_process_control",
        "main_revenue": {"y3": 50000, "y2": 52000, "y1": 56000},
        "total_profit": dict(years),
        "contact_name": "张三",
        "contact_department": "质量部",
        "contact_position": "部长",
        "contact_phone": "024-12345678",
        "contact_mobile": "13800000000",
        "contact_email": "a@example.invalid",
        "mailing_address": "沈阳市某路1号",
        "postcode": "110000",
        "products": [{"name": "机床"}],
        "economic_benefit": table,
        "social_benefit": {"pollution_reduction": {"y1": "减排"}},
        "competitors": [{"product_name": "机床", "competitor_name": "另一公司"}],
        "brand_innovation": {"brand_indicators": {"y1": "品牌知名度"}},
        "no_violation": {"integrity": True, "quality": True, "safety": True, "environment": True},
        "commitment_accepted": [True] * 5,
        "signatory_name": "李四",
        "signatory_role": "legal_representative",
        "signed_on": "2023-09-10",
        "no_state_secret": True,
        "shares_experience": True,
    }


@pytest.fixture
def documents() -> tuple[tuple[str, str], ...]:
    return (
        ("D1", "申报书.docx"),
        ("D1", "申报书.pdf"),
        ("D2", "经验.docx"),
        ("D3", "证明.pdf"),
        ("D3.survey", "满意度.pdf"),
        ("D3.environment", "环保.pdf"),
        ("D3.finance", "财务.pdf"),
        ("D3.iso9001", "证书.pdf"),
        ("D11", "承诺书.pdf"),
    )


@pytest.fixture
def context(documents: tuple[tuple[str, str], ...]) -> Context:
    return Context(reference_day=date(2023, 9, 15), documents=documents, attested=True, conduct_attested=True, sealed_opinion=True)
