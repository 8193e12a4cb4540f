"""The season starts: what it needs beforehand, and the one act that begins it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError, Refused
from store.selection import queries_ready as queries
from web.house import House
from web.pages import go, page
from web.readiness import Point, points
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor

router = APIRouter()
Starter = Annotated[Visitor, Depends(Access("start:season"))]


@router.get("/season/start")
def start_page(request: Request, visitor: Starter, house: TheHouse, connection: Reading, season: Season) -> Response:
    """What the season needs, what is there, and whether it may start."""
    return _shown(request, connection, season, found=points(house, connection, season["id"], visitor=visitor))


def _shown(request: Request, connection: Connection, season: Any, *, found: tuple[Point, ...], refusal: Any = None) -> Response:
    lacking = any(point.state == "missing" for point in found)
    begun, status = queries.has_begun(connection, season["id"]), 200 if refusal is None else refusal.status
    return page(request, "starting.html", status=status, season=season, points=found, lacking=lacking, begun=begun, refusal=refusal)


@router.post("/season/start")
def start(request: Request, visitor: Starter, house: TheHouse, connection: Reading, season: Season) -> Response:
    """Begin the season (启动年度活动): its own process starts, the notice is drafted first. Once only."""
    found = points(house, connection, season["id"], visitor=visitor)
    try:
        _begin(house, visitor, season["id"], found=found)
    except (HouseError, EngineError) as refusal:
        return _shown(request, connection, season, found=found, refusal=refusal)
    return go("/season/start", said="begun")


def _begin(house: House, visitor: Visitor, season: str, *, found: tuple[Point, ...]) -> None:
    lacking = [point.name for point in found if point.state == "missing"]
    if lacking:
        raise Refused(
            "season.lacking",
            zh=f"还不能启动，请先补齐：{'、'.join(lacking)}。",
            en=f"The season cannot start yet; it lacks: {', '.join(lacking)}.",
        )
    house.engine.start(process="season", business_key=season, variables={"season": season}, tenant=season, actor=visitor.actor)
