"""What most pages ask for: a reading connection and the season they speak of."""

from collections.abc import Iterator
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from sqlalchemy import Connection

from store.selection import queries_public as public_queries
from web.house import House
from web.visitors import not_found


def house_of(request: Request) -> House:
    """The house that serves the request."""
    return cast("House", request.state.house)


def reading(request: Request) -> Iterator[Connection]:
    """A connection inside a reading transaction, one snapshot for the whole page."""
    with house_of(request).database.read() as connection:
        yield connection


Reading = Annotated[Connection, Depends(reading)]
TheHouse = Annotated[House, Depends(house_of)]


def present_season(connection: Reading) -> Any:
    """The newest season's row; raises NotFound in an empty house."""
    found = public_queries.newest_season(connection)
    if found is None:
        raise not_found()
    return found


Season = Annotated[Any, Depends(present_season)]
