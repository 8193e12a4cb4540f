"""Words that follow acts outside any process: a deadline moved, an account bound. The act's own page or command calls them.

Each gets the facts of a transaction that the caller commits; a letter queued twice for the same cause stays one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.contract import Actor, Context, InstanceView
from handlers.common import found, season_of
from handlers.contact import ask_again
from handlers.notify import tell


class _Nowhere:
    """Outside a process nothing is sent on."""

    def __getattr__(self, name: str) -> Any:
        """Raise for every way out: a hook only queues letters."""
        raise AttributeError(name)


def context(*, facts: Any, settings: Mapping[str, Any], season: str, now: datetime, actor: Actor) -> Context:
    """What a hook works with. ``facts``: on the caller's transaction; ``settings``: the season's, parsed; ``now``: aware UTC."""
    view = InstanceView(root=f"outside:{season}", process="", business_key=season, tenant=season, version=0)
    return Context(now, actor, now, view, None, facts, settings, _Nowhere())


def deadline_moved(ctx: Context, *, name: str, at: datetime, reason: str, groups: Iterable[str], only: str = "") -> int:
    """Letter 42 to everybody whose open task follows the deadline, and to the office. ``only``: the one application that it is for.

    Out: how many were queued.
    """
    people = sorted({*groups, "office_clerk@caq"})
    cause = f"deadline:{name}:{at.isoformat()}:{only}"
    # A beginning is told as its own day, an end as the day that still counts.
    planned = season_of(ctx).deadline(name)
    begins: dict[str, Any] = {"new_start": at} if planned.edge == "start" else {}
    told: dict[str, Any] = {"deadline_name": name, "deadline_en": planned.en, "new_due": at, "reason": reason}
    return tell(ctx, "42_deadline_changed", people, about=only, cause=cause, **told, **begins)


def trouble(ctx: Context, *, cause: str, zh: str, en: str) -> int:
    """Letter 41 to the platform's administrators: something stands still (§9.3, 41). Out: how many were queued; the same cause is told once."""
    link = f"{ctx.facts.site}/admin"
    return tell(ctx, "41_system", "season_admin@caq", cause=f"trouble:{cause}", when=ctx.now, details=zh, details_en=en, link=link)


def account_bound(ctx: Context, *, enterprise: str) -> int:
    """Letter 02 when an account has been bound to an enterprise (§9.3, 2). Out: how many were queued."""
    row = ctx.facts.people.enterprise(enterprise)
    people = f"applicant_editor@{enterprise}"
    return tell(ctx, "02_account_bound", people, cause=f"bound:{enterprise}", enterprise=row.name if row else enterprise)


def contact_asked(ctx: Context, *, application: str) -> int:
    """The letter to an application's contact mailbox once more (§4.2). Out: how many were queued. Raises Refused for too many, NotFound."""
    row = found(ctx.facts.applications.get(application), what="申报")
    ctx.facts.people.lock_enterprise(row.enterprise)  # of many asked for at once none is over the limit
    return ask_again(ctx, row)
