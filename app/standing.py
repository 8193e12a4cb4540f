"""A season that stands still (§9.2 `suspended`): its own process and everything of it, each in a transaction of its own. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from engine.contract import SYSTEM, Actor
from engine.refusals import NotRunning
from selection.errors import Conflict, NotFound
from store.engine import queries

if TYPE_CHECKING:
    from app.wiring import House

ALL = 1_000_000


def suspend_season(house: House, *, season: str, reason: str, actor: Actor = SYSTEM) -> int:
    """Let a season stand still: first its own process, from then on nobody begins an application, then all that runs.

    No task, timer, message or job moves anything of it. A call that broke off is made again. Out: how many instances stand still now.
    Raises NotFound for a season that was never begun, Conflict for one that has ended.
    """
    own, status = _own(house, season)
    if status not in ("running", "suspended"):
        raise Conflict("season.ended", zh="该活动已经结束，不能暂停", en="the season has ended; it cannot be suspended")
    done = 0
    if status == "running":
        house.engine.suspend(root=own, reason=reason, actor=actor)
        done = 1
    while roots := _roots(house, season, status="running"):
        done += sum(_switched(house.engine.suspend, root, reason, actor) for root in roots)
    return done


def resume_season(house: House, *, season: str, reason: str, actor: Actor = SYSTEM) -> int:
    """Let a season go on: what stood still with it, last its own process; what was suspended by itself before stays so.

    What fell due meanwhile happens now: move the deadlines first. Out: how many instances go on. Raises NotFound; Conflict when it is not suspended.
    """
    own, status = _own(house, season)
    if status != "suspended":
        raise Conflict("season.running", zh="该活动没有暂停，无需恢复", en="the season is not suspended; there is nothing to resume")
    since = _suspended_at(house, own)
    with_it = [root for root in _roots(house, season, status="suspended") if root != own and _suspended_at(house, root) >= since]
    return sum(_switched(house.engine.resume, root, reason, actor) for root in [*with_it, own])


def _own(house: House, season: str) -> tuple[str, str]:
    """The season's own process that began last, and its status."""
    with house.database.read() as connection:
        found = [row for row in queries.instances(connection, tenant=season, process="season", limit=ALL) if row["business_key"] == season]
    if not found:
        raise NotFound("season.unknown", zh=f"没有正在办理的活动“{season}”，请核对编号", en=f"there is no season {season!r}; check its id")
    return found[-1]["root"], found[-1]["status"]


def _roots(house: House, season: str, *, status: str) -> list[str]:
    with house.database.read() as connection:
        return [row["root"] for row in queries.instances(connection, tenant=season, status=status, limit=ALL)]


def _suspended_at(house: House, root: str) -> datetime:
    with house.database.read() as connection:
        moments: Iterator[datetime] = (entry["at"] for entry in queries.history_of(connection, root, kinds=("suspend",)))
        return max(moments)


def _switched(verb: Callable[..., object], root: str, reason: str, actor: Actor) -> bool:
    """Whether it was switched; what has ended meanwhile is none of ours."""
    try:
        verb(root=root, reason=reason, actor=actor)
    except NotRunning:
        return False
    return True
