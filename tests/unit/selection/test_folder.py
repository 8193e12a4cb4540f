"""The season's settings agree with the diagrams and forms beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from selection.season import Season

FOLDER = Path(__file__).parents[3] / "processes" / "cn-2023"
DIAGRAMS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.bpmn")))


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    """The fields of the 申报书, its groups taken apart."""
    form = json.loads((FOLDER / "forms" / "application.json").read_text(encoding="utf-8"))
    fields: dict[str, Any] = {}
    for name, field in form["properties"].items():
        fields |= {name: field} | field.get("properties", {}) if field.get("x-widget") == "group" else {name: field}
    return fields


def test_every_deadline_of_a_diagram_stands_in_the_plan(season: Season) -> None:
    used = set(re.findall(r"deadline\('([^']+)'", DIAGRAMS))
    assert used
    assert used - {entry.name for entry in season.deadlines} == set()


def test_every_ladder_of_a_diagram_is_set(season: Season) -> None:
    used = set(re.findall(r"ladder\('([^']+)'", DIAGRAMS))
    assert used | {"exchange"} == set(season.ladders)  # an event's reminders are no diagram's


def test_the_forms_lists_are_the_seasons(season: Season, table: dict[str, Any]) -> None:
    for name in ("enterprise_type", "organization_size"):
        assert tuple(table[name]["enum"]) == season.form.lists[name]
    choices = dict(zip(table["industry_code"]["enum"], table["industry_code"]["x-enum-names"], strict=True))
    assert {code: label.partition(" ")[2] for code, label in choices.items()} == season.industry.names


def test_every_required_field_can_be_filled_in(season: Season, table: dict[str, Any]) -> None:
    assert {rule.key for rule in season.form.required} - set(table) == set()


def test_every_paper_that_a_form_calls_needed_is_asked_for_at_the_submission(season: Season, table: dict[str, Any]) -> None:
    """What is marked 必填 and not demanded would be a promise that nobody keeps."""
    commitment = json.loads((FOLDER / "forms" / "commitment.json").read_text(encoding="utf-8"))["properties"]
    needed = {field["x-document"] for field in (*table.values(), *commitment.values()) if field.get("x-needed")}
    demanded = {*season.form.slots.values(), *(rule.key for rule in season.form.evidence), *(rule.code for rule in season.documents if rule.required)}
    assert "D3.survey" in needed
    assert {slot for slot in needed if slot not in demanded and not slot.startswith("D1.")} == set()
    assert {rule.required_formats for rule in season.documents if rule.code == "D1"} == {("docx", "pdf")}  # D1.docx, D1.scan
    assert {rule.key for rule in season.form.evidence} - needed == set()


def test_every_document_slot_of_the_form_has_a_rule(season: Season, table: dict[str, Any]) -> None:
    slots = [field["x-document"] for field in table.values() if "x-document" in field]
    assert "D3.finance" in slots
    for slot in slots:
        assert season.document(slot).uploader == "applicant"
