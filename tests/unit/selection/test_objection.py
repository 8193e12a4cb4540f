"""Objections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from selection.calendar import Calendar, day_end
from selection.errors import Refused
from selection.objection import due_dates, item_status, refuse_extension, refuse_leak, refuse_unfounded
from selection.season import Season

RECEIVED = datetime(2023, 11, 8, 3, tzinfo=UTC)
FACTS = "该企业2022年曾受到环保部门行政处罚，与申报材料所述不符。"


def test_due_dates_count_from_the_day_of_receipt(season: Season, calendar: Calendar) -> None:
    found = due_dates(season=season, received=RECEIVED, calendar=calendar)
    assert found.acknowledge == day_end(date(2023, 11, 10))
    assert found.answer == day_end(date(2023, 11, 15))
    assert found.investigate == day_end(date(2023, 11, 29))
    assert found.committee == day_end(date(2023, 12, 6))
    assert found.reply == day_end(date(2023, 12, 8))
    assert due_dates(season=season, received=RECEIVED, calendar=calendar, extensions=1).investigate == day_end(date(2023, 12, 20))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"facts": "不公平"}, "objection.facts"),
        ({"contact": " "}, "objection.contact"),
        ({"name": "", "contact": ""}, "objection.anonymous"),
    ],
)
def test_an_objection_must_allow_an_inquiry(season: Season, changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_unfounded(season=season, evidence=0, **({"name": "王五", "contact": "138", "facts": FACTS} | changes))
    assert refusal.value.code == code


def test_named_ones_need_no_files_and_anonymous_ones_do(season: Season) -> None:
    refuse_unfounded(season=season, name="王五", contact="138", facts=FACTS, evidence=0)
    refuse_unfounded(season=season, name="", contact="", facts=FACTS, evidence=1)
    strict = replace(season, objection=replace(season.objection, anonymous_with_evidence=False))
    with pytest.raises(Refused):
        refuse_unfounded(season=strict, name="", contact="", facts=FACTS, evidence=1)


def test_the_inquiry_is_extended_once(season: Season) -> None:
    refuse_extension(season=season, extensions=0)
    with pytest.raises(Refused):
        refuse_extension(season=season, extensions=1)


def test_the_summary_does_not_tell_who_objected() -> None:
    refuse_leak(summary="有人反映该企业曾受处罚。", secrets=["王五", "13800000000", ""])
    for summary in ("王 五反映该企业曾受处罚。", "联系138 0000 0000核实", "来自 WANG@Example.invalid"):
        with pytest.raises(Refused):
            refuse_leak(summary=summary, secrets=["王五", "13800000000", "wang@example.invalid"])


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ((), "clear"),
        (("dismissed",), "clear"),
        (("",), "held"),
        (("dismissed", "further"), "held"),
        (("dismissed", "upheld"), "removed"),
        (("", "upheld"), "removed"),
    ],
)
def test_g42_an_item_is_held_until_every_objection_is_decided(verdicts: tuple[str, ...], status: str) -> None:
    assert item_status(verdicts) == status
