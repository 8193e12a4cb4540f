"""Stages of an application."""

from __future__ import annotations

import itertools

import pytest

from selection.errors import Conflict, NotFound
from selection.stages import DECIDING, PUBLIC_STAGES, STAGES, is_decided, may_move, may_withdraw, public_stage, refuse_move, stage

STORY = (
    "draft", "submitted", "under_nominator_review", "nominated", "form_check", "correction_requested", "form_check",
    "form_passed", "desk_review", "desk_done", "shortlisted", "defence_scheduled", "defence_absent", "defence_scheduled",
    "defence_done", "site_visit", "awaiting_meeting2", "recommended", "publicity", "objected", "publicity_clear", "sent_back",
    "publicity_clear", "approved", "announced", "revoked",
)  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(itertools.pairwise(STORY)))
def test_a_whole_life_is_possible(before: str, after: str) -> None:
    refuse_move(before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("draft", "nominated"),
        ("not_shortlisted", "shortlisted"),
        ("desk_done", "recommended"),
        ("publicity", "approved"),
        ("withdrawn", "draft"),
        ("objected", "approved"),
    ],
)
def test_steps_cannot_be_skipped(before: str, after: str) -> None:
    with pytest.raises(Conflict):
        refuse_move(before=before, after=after)


def test_every_stage_is_reachable_and_every_name_known() -> None:
    reached, frontier = set(), {"draft"}
    while frontier:
        reached |= frontier
        frontier = {after for code in frontier for after in stage(code).following} - reached
    assert reached == set(STAGES)
    assert {entry.public for entry in STAGES.values()} <= set(PUBLIC_STAGES)


def test_from_every_stage_that_is_not_final_an_end_can_be_reached() -> None:
    ends = {code for code, entry in STAGES.items() if entry.final}
    able = set(ends)
    while more := {code for code, entry in STAGES.items() if entry.following & able} - able:
        able |= more
    assert able == set(STAGES)
    assert "announced" not in ends


@pytest.mark.parametrize(
    ("until", "last", "first_refused"),
    [
        ("N03", "under_nominator_review", "nominated"),
        ("N04", "correction_requested", "form_passed"),
        ("N07", "desk_done", "shortlisted"),
        ("N10", "recommended", "publicity"),
        ("N13", "publicity_clear", "approved"),
    ],
)
def test_the_applicant_withdraws_until_the_seasons_step_has_decided(until: str, last: str, first_refused: str) -> None:
    before, after = STORY[: STORY.index(last) + 1], STORY[STORY.index(first_refused) : STORY.index("announced")]
    assert [one for one in before if not may_withdraw(current=one, until=until)] == []
    assert [one for one in after if may_withdraw(current=one, until=until)] == []


@pytest.mark.parametrize("step", DECIDING)
def test_a_decision_that_is_not_released_changes_nothing_outside(step: str) -> None:
    """The award list before its publicity, an approval before its announcement."""
    assert is_decided(current="recommended", step=step) is is_decided(current="awaiting_meeting2", step=step)
    assert is_decided(current="approved", step=step) is is_decided(current="publicity_clear", step=step)


def test_outside_names_use_the_glossary() -> None:
    assert public_stage("desk_review") == ("专家评审中", "expert review")
    assert public_stage("not_shortlisted")[0] == "未入围"
    assert not any("淘汰" in zh or "失败" in zh for zh, _ in PUBLIC_STAGES.values())


def test_unknown_stages_are_not_found() -> None:
    with pytest.raises(NotFound):
        may_move(before="limbo", after="draft")
