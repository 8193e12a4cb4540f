"""Which season the pages speak of: the visitor chooses, the newest counts otherwise. Tasks and own applications are those of all seasons."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from store.selection import queries_public as public_queries
from web.fields import Path, Word
from web.pages import go, local_path, page
from web.reading import SEASON_COOKIE, Reading, Season, TheHouse
from web.security import set_cookie
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]


@router.get("/seasons")
def seasons(request: Request, visitor: Anybody, connection: Reading, season: Season) -> Response:  # noqa: ARG001 - carries the route's rule
    """All seasons, the one that is shown now marked."""
    return page(request, "seasons.html", seasons=public_queries.seasons(connection), season=season)


@router.post("/seasons")
def choose(visitor: Anybody, house: TheHouse, connection: Reading, season: Word = "", then: Path = "/") -> Response:  # noqa: ARG001
    """From now on this visitor's pages speak of that season."""
    if public_queries.season_by_id(connection, season) is None:
        raise not_found()
    response = go(local_path(then))
    set_cookie(response, house=house, name=SEASON_COOKIE, value=season)
    return response
