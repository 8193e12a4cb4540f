"""The platform's administrator: deployments, incidents with retry, skip and cancel, what runs, the calendar. No scores, no materials."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from web.elements import element_name
from web.house import House
from web.moving import movable
from web.pages import go, page
from web.readiness import waits_for_start
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Keeper = Annotated[Visitor, Depends(Access("see_incidents"))]
Repairer = Annotated[Visitor, Depends(Access("handle_incidents"))]
LATE = timedelta(minutes=15)  # what is due and was not done in this time is a backlog
Deployments = Annotated[Visitor, Depends(Access("see_deployments"))]


@router.get("/admin")
def admin(request: Request, visitor: Keeper, house: TheHouse, connection: Reading) -> Response:
    """What stands still and what is deployed. How many letters and jobs there are is nobody's business here: only whether they get through."""
    incidents, since = engine_queries.incidents(connection), house.clock.now() - LATE
    return page(
        request, "admin.html", incidents=incidents, versions=engine_queries.versions(connection), movable=movable(connection),
        work_late=engine_queries.work_waits(connection, since=since), mail_late=office_queries.mail_waits(connection, since=since),
        mail_dead=office_queries.mail_failed(connection), years=office_queries.working_years(connection), names=NAMES,
        places=_places(house, connection, incidents), waits=waits_for_start(connection, visitor),
    )  # fmt: skip


def _places(house: House, connection: Connection, incidents: Iterable[Any]) -> dict[str, str]:
    """What people call the elements at which something stands still: incident -> name ("" where the diagram gives none)."""
    names = {}
    rows = list(incidents)
    versions = engine_queries.versions_of(connection, {row["root"] for row in rows if row["root"]})
    for row in rows:
        names[row["id"]] = element_name(house, connection, versions.get(row["root"]), row)
    return names


@router.get("/admin/incidents/{incident}")
def incident_page(request: Request, visitor: Keeper, house: TheHouse, connection: Reading, incident: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """One incident: where, what, and the three ways on."""
    found = next((row for row in engine_queries.incidents(connection, open_only=False, limit=5000) if row["id"] == incident), None)
    if found is None:
        raise not_found()
    card = engine_queries.instance_card(connection, found["root"]) if found["root"] else None
    marks = json.dumps({"token": [found["element"]]})
    return page(request, "incident.html", incident=found, card=card, marks=marks, names=NAMES, places=_places(house, connection, [found]))


@router.post("/admin/incidents/{incident}")
def resolve(
    visitor: Repairer, house: TheHouse, incident: str, way: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = ""
) -> Response:
    """Try again, go on without it, or end the case."""
    verbs = {"retry": house.engine.retry, "skip": house.engine.skip, "cancel": house.engine.cancel_incident}
    if way not in verbs:
        raise not_found()
    verbs[way](incident=incident, actor=visitor.actor, reason=reason)
    return go("/admin", said="done")


@router.get("/admin/diagrams")
def diagrams(request: Request, visitor: Deployments, connection: Reading, season: Season, process: str = "") -> Response:  # noqa: ARG001
    """The deployed diagrams of the season's newest version."""
    own = engine_queries.versions(connection, name=season["id"]) or engine_queries.versions(connection)
    if not own:
        raise not_found()
    version = own[0]
    chosen = process if process in version["processes"] else "season"
    return page(request, "diagrams.html", version=version, process=chosen, names=NAMES)


NAMES = {
    "season": "年度遴选活动总流程", "application": "单项经验遴选流程", "apply": "自愿申报", "recommendation": "择优推荐", "form_check": "形式审查",
    "material_review": "资料评审", "defence": "答辩评审与现场考察", "publicity": "公示", "objection": "异议处理", "announcement": "结果公告",
    "title": "动态管理（含撤销称号）", "deliberation": "评审委员会审议",
}  # fmt: skip
