"""The platform's administrator: deployments, incidents with retry, skip and cancel, what runs, the calendar. No scores, no materials."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.contract import SYSTEM
from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from store.selection import queries_public as public_queries
from store.selection.queries_names import person_names
from web.elements import Place, place_of, process_names
from web.fields import Text, Word
from web.house import House
from web.moving import movable
from web.pages import go, page
from web.readiness import waits_for_start
from web.reading import Reading, Season, TheHouse
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Keeper = Annotated[Visitor, Depends(Access("see_incidents"))]
Repairer = Annotated[Visitor, Depends(Access("handle_incidents"))]
LATE = timedelta(minutes=15)  # what is due and was not done in this time is a backlog
Deployments = Annotated[Visitor, Depends(Access("see_deployments"))]
INCIDENTS = (
    Column("时间", "created_at"),
    Column("流程", "process", ours=True),
    Column("环节", "element", ours=True),
    Column("说明", "message"),
    Column("代码", "code"),
    Column("编号", "root"),
)


@router.get("/admin")
def admin(request: Request, visitor: Keeper, house: TheHouse, connection: Reading, form: str = "") -> Response:
    """What stands still and what is deployed. How many letters and jobs there are is nobody's business here: only whether they get through."""
    incidents, since = engine_queries.incidents(connection), house.clock.now() - LATE
    versions, places = engine_queries.versions(connection), _places(house, connection, incidents)
    if form == "xlsx":
        return sheet("异常", INCIDENTS, [{**row, **vars(places[row["id"]])} for row in incidents], language=visitor.language)
    return page(
        request, "admin.html", incidents=incidents, versions=versions, places=places, movable=movable(connection),
        years=office_queries.working_years(connection), waits=waits_for_start(connection, visitor),
        work_late=engine_queries.work_waits(connection, since=since), mail_late=office_queries.mail_waits(connection, since=since),
        mail_dead=office_queries.mail_failed(connection), seasons={row["id"]: row["title"] for row in public_queries.seasons(connection)},
        people=person_names(connection, {row["deployed_by"] for row in versions}) | {SYSTEM.id: SYSTEM.name},
    )  # fmt: skip


def _places(house: House, connection: Connection, incidents: Iterable[Any]) -> dict[str, Place]:
    """What people call the places at which something stands still, by incident."""
    rows = list(incidents)
    versions = engine_queries.versions_of(connection, {row["root"] for row in rows if row["root"]})
    return {row["id"]: place_of(house, connection, versions.get(row["root"]), row) for row in rows}


@router.get("/admin/incidents/{incident}")
def incident_page(request: Request, visitor: Keeper, house: TheHouse, connection: Reading, incident: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """One incident: where, what, and the three ways on."""
    found = there(next((row for row in engine_queries.incidents(connection, open_only=False, limit=5000) if row["id"] == incident), None))
    card = engine_queries.instance_card(connection, found["root"]) if found["root"] else None
    marks = json.dumps({"token": [found["element"]]})
    return page(request, "incident.html", incident=found, card=card, marks=marks, places=_places(house, connection, [found]))


@router.post("/admin/incidents/{incident}")
def resolve(
    visitor: Repairer, house: TheHouse, incident: str, way: Word = "", reason: Text = ""
) -> Response:
    """Try again, go on without it, or end the case."""
    verbs = {"retry": house.engine.retry, "skip": house.engine.skip, "cancel": house.engine.cancel_incident}
    if way not in verbs:
        raise not_found()
    verbs[way](incident=incident, actor=visitor.actor, reason=reason)
    return go("/admin", said="done")


@router.get("/admin/diagrams")
def diagrams(request: Request, visitor: Deployments, house: TheHouse, connection: Reading, season: Season, process: str = "") -> Response:  # noqa: ARG001
    """The deployed diagrams of the season's newest version."""
    own = engine_queries.versions(connection, name=season["id"]) or engine_queries.versions(connection)
    if not own:
        raise not_found()
    version = own[0]
    chosen = process if process in version["processes"] else "season"
    names = process_names(house, connection, version["id"])
    return page(request, "diagrams.html", version=version, process=chosen, names=names, season_title=season["title"])
