"""The clock bar of a demonstration: one day on, or to the next deadline; everything that falls due on the way happens."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from store.selection import queries_public as public_queries
from web.fields import Path, Word
from web.house import House
from web.pages import go, local_path
from web.reading import Season, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access(public=True))]


@router.post("/clock")
def move(
    visitor: Anybody,  # noqa: ARG001 - carries the route's rule
    house: TheHouse,
    season: Season,
    step: Word = "day",
    then: Path = "/",
) -> Response:
    """Move the clock by hand. Under a real clock there is no such page."""
    if not hasattr(house.clock, "move_to"):
        raise not_found()
    now = house.clock.now()
    with house.database.read() as connection:
        ahead = sorted(at for at in public_queries.deadlines_of(connection, season["id"]).values() if at > now)
    advance(house, until=ahead[0] if step == "deadline" and ahead else now + timedelta(days=1))
    return go(local_path(then), said="moved")


def advance(house: House, *, until: datetime) -> None:
    """Step from due instant to due instant and do what is due, mails too, up to ``until`` (aware)."""
    catch_up(house)
    while (due := house.engine.next_due()) is not None and due <= until:
        house.clock.move_to(max(due, house.clock.now()))
        if not catch_up(house) and house.engine.next_due() == due:  # nobody can do it now; what the ticker took meanwhile is done
            break
    house.clock.move_to(max(until, house.clock.now()))
    catch_up(house)


def catch_up(house: House) -> int:
    """Everything that is due now; how much it was."""
    done = 0
    while count := house.engine.work():
        done += count
    if house.outbox is not None:
        house.outbox.deliver_all()
    return done
