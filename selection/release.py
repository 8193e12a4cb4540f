"""Which results are visible to whom, and since when: results move outwards only by acts of release (发布结果, §14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from selection.stages import stage

VIEWERS = ("inside", "applicant", "unit", "public")
# The acts that move results outwards, in the order of the season.
RELEASES = ("form_check", "shortlist", "publicity", "announcement")
NEVER = "never"
ALWAYS = "always"

# result → viewer → the release it waits for. What is not named is never seen.
_VISIBLE: Mapping[str, Mapping[str, str]] = {
    "form_check": {"inside": ALWAYS, "applicant": "form_check", "unit": "form_check"},
    "shortlist": {"inside": ALWAYS, "applicant": "shortlist", "unit": "shortlist"},
    "award": {"inside": ALWAYS, "applicant": "publicity", "unit": "publicity", "public": "publicity"},
    "title": {"inside": ALWAYS, "applicant": "announcement", "unit": "announcement", "public": "announcement"},
    "comment": {"inside": ALWAYS, "applicant": "announcement"},  # the consolidated comment
    "scores": {"inside": ALWAYS},
    "experts": {"inside": ALWAYS},
    "votes": {"inside": ALWAYS},
}

# Inside stages whose outside name tells a result, the release that tells it, and what outsiders see before.
_TOLD_BY: Mapping[str, tuple[str, str]] = {
    "correction_requested": ("form_check", "form_check"),
    "form_rejected": ("form_check", "form_check"),
    "form_passed": ("form_check", "form_check"),
    "shortlisted": ("shortlist", "review"),
    "not_shortlisted": ("shortlist", "review"),
    "defence_scheduled": ("shortlist", "review"),
    "not_selected": ("publicity", "defence"),
    "publicity": ("publicity", "defence"),
    "announced": ("announcement", "publicity"),
}


def may_see_result(*, result: str, viewer: str, released: Collection[str]) -> bool:
    """Whether a viewer may see a kind of result. `released`: the acts of release done for this application."""
    wanted = _VISIBLE.get(result, {}).get(viewer, NEVER)
    return wanted == ALWAYS or wanted in released


def outside_stage(*, current: str, released: Collection[str]) -> str:
    """The code (of `stages.PUBLIC_STAGES`) that outsiders see while an application stands at an inside stage."""
    release, before = _TOLD_BY.get(current, ("", ""))
    return before if release and release not in released else stage(current).public
