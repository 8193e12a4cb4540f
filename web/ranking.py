"""The unit's ranking by buttons: one application up, down or to the first place, kept at once as the act `rank.save`. Decides nothing."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from store.selection import queries_cases as cases_queries
from store.selection import queries_choices as choices_queries
from store.selection import queries_tasks as tasks_queries
from web.fields import Word
from web.pages import go
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Ranker = Annotated[Visitor, Depends(Access("rank_applications"))]
STEP = "N03b"


def ranking_task(connection: Connection, visitor: Visitor, *, season: str, code: str) -> str:
    """The open task in which this officer may rank the unit's applications; "" if there is none, or a colleague holds it."""
    if code not in visitor.organisations("ru_officer"):
        return ""
    rows = tasks_queries.tasks_at(connection, tenant=season, elements=(STEP,), business_key=f"{season}/{code}")
    return next((str(row["id"]) for row in rows if row["assignee"] in (None, visitor.actor.id)), "")


def in_order(connection: Connection, *, season: str, code: str) -> list[str]:
    """The applications that can be ranked: the ranked ones first, then as they came in."""
    waiting = choices_queries.unit_applications(connection, season=season, unit=code)
    return [row["id"] for row in cases_queries.unit_cases(connection, season_id=season, code=code) if row["id"] in waiting]


@router.post("/unit/{code}/ranking")
def move(
    visitor: Ranker,
    house: TheHouse,
    connection: Reading,
    season: Season,
    code: str,
    up: Word = "",
    down: Word = "",
    top: Word = "",
) -> Response:
    """Move one application one place up or down, or to the first place; the whole order is kept."""
    task = ranking_task(connection, visitor, season=season["id"], code=code)
    order = in_order(connection, season=season["id"], code=code)
    one = up or down or top
    if not task or one not in order:
        raise not_found()
    by = -1 if up else 1 if down else -len(order)
    ranking = [{"application": each, "rank": rank} for rank, each in enumerate(moved(order, one, by=by), start=1)]
    house.engine.act(task=task, name="rank.save", data={"ranking": ranking}, actor=visitor.actor)
    return go(f"/unit/{code}#rank-{one}", said="saved")


def moved(order: Sequence[Any], one: Any, *, by: int) -> list[Any]:
    """The order with one entry moved by a number of places; the ends are walls."""
    rest = [entry for entry in order if entry != one]
    place = min(max(0, order.index(one) + by), len(rest))
    return [*rest[:place], one, *rest[place:]]
