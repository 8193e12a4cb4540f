"""What outsiders see, and when."""

from __future__ import annotations

import pytest

from selection.release import RELEASES, may_see_result, outside_stage
from selection.stages import STAGES


@pytest.mark.parametrize("viewer", ["applicant", "unit", "public"])
@pytest.mark.parametrize("result", ["scores", "experts", "votes"])
def test_scores_experts_and_votes_never_leave_the_house(viewer: str, result: str) -> None:
    assert not may_see_result(result=result, viewer=viewer, released=RELEASES)
    assert may_see_result(result=result, viewer="inside", released=())


@pytest.mark.parametrize(
    ("result", "viewer", "release"),
    [
        ("form_check", "applicant", "form_check"),
        ("shortlist", "unit", "shortlist"),
        ("award", "applicant", "publicity"),
        ("award", "public", "publicity"),
        ("title", "public", "announcement"),
        ("comment", "applicant", "announcement"),
    ],
)
def test_a_result_waits_for_its_release(result: str, viewer: str, release: str) -> None:
    others = [name for name in RELEASES if name != release]
    assert not may_see_result(result=result, viewer=viewer, released=others)
    assert may_see_result(result=result, viewer=viewer, released=[release])


@pytest.mark.parametrize(("result", "viewer"), [("shortlist", "public"), ("comment", "unit"), ("comment", "public"), ("unknown", "inside")])
def test_what_is_not_named_is_never_seen(result: str, viewer: str) -> None:
    assert not may_see_result(result=result, viewer=viewer, released=RELEASES)


@pytest.mark.parametrize(
    ("one", "other"),
    [("shortlisted", "not_shortlisted"), ("form_passed", "form_rejected"), ("recommended", "not_selected"), ("desk_review", "desk_done")],
)
def test_before_release_good_and_bad_news_look_the_same(one: str, other: str) -> None:
    released = {"shortlisted": ("form_check",), "recommended": ("form_check", "shortlist")}.get(one, ())
    if one == "desk_review":
        released = ("form_check",)
    assert outside_stage(current=one, released=released) == outside_stage(current=other, released=released)


def test_after_release_they_differ() -> None:
    assert outside_stage(current="not_shortlisted", released=("shortlist",)) == "not_shortlisted"
    assert outside_stage(current="shortlisted", released=("shortlist",)) == "defence"
    assert outside_stage(current="announced", released=()) == "publicity"
    assert outside_stage(current="announced", released=("announcement",)) == "announced"


def test_every_stage_has_an_outside() -> None:
    for code in STAGES:
        assert outside_stage(current=code, released=())
