"""What most pages ask for: a reading connection and the season they speak of."""

from collections.abc import Iterator
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from sqlalchemy import Connection

from store.selection import queries_public as public_queries
from web.house import House
from web.visitors import cookie_name, there


def house_of(request: Request) -> House:
    """The house that serves the request."""
    return cast("House", request.state.house)


async def the_house(request: Request) -> House:
    """The same as a dependency: awaited, so that no thread is asked for it."""
    return house_of(request)


def reading(request: Request) -> Iterator[Connection]:
    """A connection inside a reading transaction, one snapshot for the whole page."""
    with house_of(request).database.read() as connection:
        yield connection


Reading = Annotated[Connection, Depends(reading)]
TheHouse = Annotated[House, Depends(the_house)]


SEASON_COOKIE = "season"


def season_of(request: Request, connection: Connection) -> Any:
    """The row of the season that the visitor chose to see, else the newest; None in an empty house."""
    chosen = request.cookies.get(cookie_name(house_of(request), SEASON_COOKIE), "")
    return (public_queries.season_by_id(connection, chosen) if chosen and chosen.isprintable() else None) or public_queries.newest_season(connection)


def present_season(request: Request, connection: Reading) -> Any:
    """The season that the page speaks of; raises NotFound in an empty house."""
    return there(season_of(request, connection))


Season = Annotated[Any, Depends(present_season)]
