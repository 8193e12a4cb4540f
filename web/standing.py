"""A season stands still, or goes on again (§9.2 `suspended`): by the director or the administrator, with a reason, after a look at what it touches."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError, Refused
from store.engine import queries as engine_queries
from store.selection import queries_public as public_queries
from web.fields import Text, Word
from web.pages import go, page
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor

router = APIRouter()
Keeper = Annotated[Visitor, Depends(Access("suspend_instance"))]
ACTS = ("suspend", "resume")


@router.get("/season/standing")
def standing_page(request: Request, visitor: Keeper, connection: Reading, season: Season) -> Response:  # noqa: ARG001 - carries the route's rule
    """What stands still with the season, or what falls due at once when it goes on."""
    return _show(request, connection, season, typed="")


def _show(request: Request, connection: Connection, season: Any, *, typed: str, refusal: Any = None) -> Response:
    since = engine_queries.stands_still_since(connection, tenant=season["id"], process="season") if season["state"] == "suspended" else None
    return page(
        request, "standing.html", status=refusal.status if refusal else 200, season=season, since=since, typed=typed, refusal=refusal,
        going=engine_queries.going(connection, tenant=season["id"]), passed=_passed(connection, season["id"], since, request.state.house.clock.now()),
    )  # fmt: skip


def _passed(connection: Connection, season: str, since: datetime | None, now: datetime) -> dict[str, datetime]:
    """The named deadlines that have passed while the season stood still: they count at once when it goes on."""
    known = public_queries.deadlines_of(connection, season)
    return {name: at for name, at in known.items() if since is not None and since < at <= now}


@router.post("/season/standing")
def switch(
    request: Request, visitor: Keeper, house: TheHouse, connection: Reading, season: Season, act: Word = "", reason: Text = "", seen: Word = ""
) -> Response:  # fmt: skip
    """Let the season stand still or go on. Each of its instances notes who did so and why."""
    why = reason.strip()
    try:
        _refuse_unlooked(act, why=why, seen=seen)
        house.switch_season(act, season=season["id"], reason=why, actor=visitor.actor)
    except (HouseError, EngineError) as refusal:
        return _show(request, connection, season, typed=why, refusal=refusal)
    return go("/season/standing", said="suspended" if act == "suspend" else "resumed")


def _refuse_unlooked(act: str, *, why: str, seen: str) -> None:
    if act not in ACTS:
        raise Refused("standing.act", zh="请选择暂停或恢复。", en="Choose to suspend or to resume.")
    if not why:
        raise Refused("standing.reason", zh="请填写理由。", en="Give the reason.")
    if seen != "yes":
        raise Refused("standing.unseen", zh="请先核对影响并勾选确认。", en="Look at what it touches and tick the box first.")
