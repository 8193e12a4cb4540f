"""更正: the office proposes to correct a line of a published list; a second person and its publication follow as tasks."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError
from store.selection import queries_about as queries
from web.house import House
from web.pages import go, page
from web.reading import Reading, TheHouse
from web.rules import rules_of_season
from web.telling import PRINTED
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Corrector = Annotated[Visitor, Depends(Access("message:publicity.correct"))]


def _line(connection: Connection, application: str) -> Any:
    found = queries.public_line(connection, application)
    if found is None:
        raise not_found()
    return found


def _choices(house: House, connection: Connection, season: str) -> Mapping[str, list[str]]:
    rules = rules_of_season(house, connection, season)
    if rules is None:
        raise not_found()
    return {"focus_area": [area.zh for area in rules.focus], "recommending_unit": [unit.name for unit in rules.units]}


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: str(form.get(name) or "").strip() for name in (*PRINTED, "reason")}


Typed = Annotated[dict[str, str], Depends(_typed)]


@router.get("/cases/{application}/correction")
def correction_page(request: Request, visitor: Corrector, house: TheHouse, connection: Reading, application: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The line as it was published, to be changed where it is wrong, and why."""
    line = _line(connection, application)
    return _show(request, house, connection, line=line, typed={**line["row"], "reason": ""})


def _show(request: Request, house: House, connection: Connection, *, line: Any, typed: Mapping[str, str], refusal: Any = None) -> Response:
    return page(
        request, "correction.html", status=refusal.status if refusal else 200, fields=PRINTED, line=line, typed=typed, refusal=refusal,
        choices=_choices(house, connection, line["season"]),
    )  # fmt: skip


@router.post("/cases/{application}/correction")
def propose(request: Request, visitor: Corrector, house: TheHouse, connection: Reading, application: str, typed: Typed) -> Response:
    """Propose the correction; nothing that the public reads changes before somebody else agrees and it is published."""
    line = _line(connection, application)
    payload = {"application": application, "row": {name: typed[name] for name in PRINTED}, "reason": typed["reason"]}
    try:
        house.engine.correlate(
            message="publicity.correct", key=line["batch"], payload=payload, tenant=line["season"], actor=visitor.actor
        )
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return _show(request, house, connection, line=line, typed=typed, refusal=refusal)
    return go("/inbox?view=groups", said="done")
