"""Job definitions: the timer events of definitions. What waits of each are jobs."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from engine.bpmn.elements import ElementInfo, ProcessInfo
from rest.asking import Params, anything
from rest.bodies import JsonBody, flag_of, needed_text, refuse_tenant, truth, whole
from rest.errors import executing, invalid, missing
from rest.jobs import hold, try_again
from rest.jobs_asked import definition_and_element, job_definition_id
from rest.listing import Item, equals, is_false, is_true, nobody, one_of, shown
from rest.offering import built, offer
from rest.parts import Caller, TheCaller
from rest.query import Query
from rest.shapes_work import JobDefinitionDto
from store.engine import listing
from store.engine.listing import Filters, Wanted
from store.engine.timers import JOBS

router = APIRouter(tags=["Job Definition"])
PARAMS: Params = {
    "jobDefinitionId": equals("id"),
    "activityIdIn": one_of("activityId"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("processDefinitionKey"),
    "jobType": equals("jobType"),
    "jobConfiguration": equals("jobConfiguration"),
    "active": is_false("suspended"),
    "suspended": is_true("suspended"),
    "withOverridingJobPriority": is_true("overridingJobPriority"),
    "tenantIdIn": nobody,
    "includeJobDefinitionsWithoutTenantId": anything,
    "withoutTenantId": anything,
}
SORTS = {
    "jobDefinitionId": "id",
    "activityId": "activityId",
    "processDefinitionId": "processDefinitionId",
    "processDefinitionKey": "processDefinitionKey",
    "jobType": "jobType",
    "jobConfiguration": "jobConfiguration",
    "tenantId": "tenantId",
}
TYPES = {"boundaryEvent": "timer-transition", "intermediateCatchEvent": "timer-intermediate-transition"}


offer(
    router, "/job-definition", JobDefinitionDto, built(lambda query, caller: _items(caller, query), PARAMS, SORTS),
    name="job_definitions", told="The timer events, by definitions.", counted="How many there are.",
)


@router.put("/job-definition/suspended", status_code=204)
def suspend_many(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let the timers of a definition, or of all of a key, wait whatever falls due, or go on."""
    given = body or {}
    refuse_tenant(given, "processDefinitionTenantId")
    if given.get("processDefinitionId"):
        wanted = needed_text(given, "processDefinitionId")
        places = [place for place, row in caller.definitions.items() if row["id"] == wanted] or [("", 0)]
        return _suspend(caller, given, ("definition", places[0]))
    return _suspend(caller, given, ("process", needed_text(given, "processDefinitionKey")))


@router.get("/job-definition/{definition}")
def one(definition: str, caller: TheCaller) -> JobDefinitionDto:
    """One of them."""
    found: JobDefinitionDto = shown(_one(caller, definition))
    return found


@router.put("/job-definition/{definition}/suspended", status_code=204)
def suspend(definition: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let the timers of one event wait whatever falls due, or go on."""
    _one(caller, definition)
    return _suspend(caller, body or {}, *definition_and_element(definition, caller))


@router.put("/job-definition/{definition}/retries", status_code=204)
def set_retries(definition: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """With one or more those timers of the event that stand still are tried again."""
    retries = whole(body or {}, "retries", most=10**6)
    _one(caller, definition)
    for row in _waiting(caller, *definition_and_element(definition, caller), ("failed", True)) if retries else ():
        try_again(caller, row["id"])
    return Response(status_code=204)


def _suspend(caller: Caller, given: Item, *which: tuple[str, Any]) -> Response:
    """Raises RestError 400 for what would be no more than a word: timers are held one by one, those that come later are not."""
    suspended = truth(given, "suspended")
    if not flag_of(given, "includeJobs") or given.get("executionDate"):
        raise invalid("includeJobs: true is needed, and no executionDate: the timers that wait now are held; to let none come, suspend the definition")
    with executing():
        for row in _waiting(caller, *which):
            hold(caller, row["id"], held=suspended)
    caller.settle()
    return Response(status_code=204)


def _waiting(caller: Caller, *which: tuple[str, Any]) -> list[RowMapping]:
    filters: Filters = which
    found: list[RowMapping] = caller.read(listing.rows, JOBS, Wanted(filters))
    return found


def _one(caller: Caller, definition: str) -> Item:
    asked = Query({"processDefinitionId": definition.rpartition(":")[0]})
    for item in _items(caller, asked):
        if item["id"] == definition:
            return item
    raise missing(f"Job Definition with id {definition} does not exist")


def _items(caller: Caller, query: Query) -> Iterator[Item]:
    """Of the definitions that are asked for, if some are; only their diagrams are read."""
    named = {"id": query.filters.get("processDefinitionId"), "key": query.filters.get("processDefinitionKey")}
    rows = [row for row in caller.definitions.values() if all(value in {None, row[name]} for name, value in named.items())]
    infos = caller.engine.processes(places=[(row["key"], row["version"]) for row in rows])
    for row, info in zip(rows, infos, strict=True):
        yield from (_item(row, info, element) for element in info.elements.values() if element.event is not None and element.event.kind == "timer")


def _item(row: RowMapping, info: ProcessInfo, element: ElementInfo) -> Item:
    inner = element.parent is not None and element.parent in info.elements
    beginning = "timer-start-event-subprocess" if inner else "timer-start-event"
    event = element.event
    return {
        "id": job_definition_id(row["id"], element.id),
        "processDefinitionId": row["id"],
        "processDefinitionKey": row["key"],
        "jobType": TYPES.get(element.type, beginning),
        "jobConfiguration": "" if event is None else f"{(event.timer or '').upper()}: {event.text or ''}",
        "activityId": element.id,
        "suspended": row["suspended"],
        "overridingJobPriority": None,
        "tenantId": None,
        "deploymentId": str(row["version"]),
    }
