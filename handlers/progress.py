"""Progress upwards: whoever finishes last lets the season go on. Each job alone locks the season, counts facts and sends its message once.

The finishers only ask for the job (de-duplicated); that two finish at once is therefore no race.
"""

from engine.contract import Context
from handlers.common import Data
from selection.stages import GROUPS_DONE, STEPS


def form_check(ctx: Context, payload: Data) -> None:
    """All form checks are concluded, or wait only for a 补正 (that application joins its group later)."""
    _once(ctx, payload, "form_checked")


def review(ctx: Context, payload: Data) -> None:
    """All groups have closed, and nobody is on the way into one."""
    groups = ctx.facts.reviews.groups(str(payload["season"]))
    _once(ctx, payload, "reviewed", ready=all(group.state in GROUPS_DONE for group in groups))


def defence(ctx: Context, payload: Data) -> None:
    """No shortlisted application is before its defence any more."""
    _once(ctx, payload, "defended")


def settled(ctx: Context, payload: Data) -> None:
    """Every application on the list is announced or has left it; what follows is 跟踪管理."""
    if _once(ctx, payload, "settled"):
        ctx.facts.calendar.set_season_state(season=str(payload["season"]), state="follow_up", at=ctx.now)


def _once(ctx: Context, payload: Data, name: str, *, ready: bool = True) -> bool:
    """Let the season go on, once. Out: whether it did now."""
    season, step = str(payload["season"]), STEPS[name]
    ctx.facts.calendar.lock_season(season)
    facts = ctx.facts.calendar
    if not facts.has_reached(season=season, name=step.after) or facts.has_reached(season=season, name=name):
        return False
    if not ready or ctx.facts.applications.count(season, state=list(step.states)):
        return False
    facts.reach(season=season, name=name, at=ctx.now)
    ctx.send(f"season.{name}", key=season, tenant=season, dedupe=f"season.{name}:{season}")
    return True


JOBS = {
    "progress.form_check": form_check,
    "progress.review": review,
    "progress.defence": defence,
    "progress.settled": settled,
}
