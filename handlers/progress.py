"""Progress upwards: whoever finishes last lets the season go on. Each job alone locks the season, counts facts and sends its message once.

The finishers only ask for the job (de-duplicated); that two finish at once is therefore no race.
"""

from collections.abc import Callable

from engine.contract import Context
from handlers.common import Data

BEFORE_RESULT = ("submitted", "returned", "under_nominator_review", "nominated", "form_check")
# Until it has joined a group (or is out), an application whose 补正 came late keeps the committee waiting (§14, 增补入组).
BEFORE_GROUP = ("correction_requested", "form_check", "form_passed")
AFTER_AWARD = ("awaiting_meeting2", "recommended", "publicity", "objected", "publicity_clear", "sent_back", "approved")


def form_check(ctx: Context, payload: Data) -> None:
    """All form checks are concluded, or wait only for a 补正 (that application joins its group later)."""
    _once(ctx, payload, after="recommendations_closed", name="form_checked", done=lambda season: not _count(ctx, season, BEFORE_RESULT))


def review(ctx: Context, payload: Data) -> None:
    """All groups have closed, and nobody is on the way into one."""

    def done(season: str) -> bool:
        return _all_groups(ctx, season, ("closed", "defended")) and not _count(ctx, season, BEFORE_GROUP)

    _once(ctx, payload, after="grouped", name="reviewed", done=done)


def defence(ctx: Context, payload: Data) -> None:
    """No shortlisted application is before its defence any more."""
    before = ("shortlisted", "defence_scheduled", "defence_absent", "site_visit")
    _once(ctx, payload, after="shortlisted", name="defended", done=lambda season: not _count(ctx, season, before))


def settled(ctx: Context, payload: Data) -> None:
    """Every application on the list is announced or has left it."""
    _once(ctx, payload, after="awarded", name="settled", done=lambda season: not _count(ctx, season, AFTER_AWARD))


def _once(ctx: Context, payload: Data, *, after: str, name: str, done: Callable[[str], bool]) -> None:
    season = str(payload["season"])
    ctx.facts.calendar.lock_season(season)
    facts = ctx.facts.calendar
    if not facts.has_reached(season=season, name=after) or facts.has_reached(season=season, name=name) or not done(season):
        return
    facts.reach(season=season, name=name, at=ctx.now)
    ctx.send(f"season.{name}", key=season, tenant=season, dedupe=f"season.{name}:{season}")


def _count(ctx: Context, season: str, states: tuple[str, ...]) -> int:
    return int(ctx.facts.applications.count(season, state=list(states)))


def _all_groups(ctx: Context, season: str, states: tuple[str, ...]) -> bool:
    return all(group.state in states for group in ctx.facts.reviews.groups(season))


JOBS = {
    "progress.form_check": form_check,
    "progress.review": review,
    "progress.defence": defence,
    "progress.settled": settled,
}
