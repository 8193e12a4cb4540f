"""Incidents: what stands still until somebody looks at it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.commands.incidents import REPORTED
from engine.refusals import NotFound, UnknownIncident
from rest import asking
from rest.asking import moment, text, texts, the_row
from rest.bodies import JsonBody, needed_text, text_of
from rest.errors import RestError, executing, invalid, missing
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller
from rest.query import NO_TENANT
from rest.shapes_work import IncidentDto, IncidentFacts
from rest.values import instant_out
from store.engine.past import OPEN_INCIDENTS

router = APIRouter(tags=["Incident"])
TYPES = {"external": "failedExternalTask", "timer": "failedJob", "job": "failedJob"}
KINDS = {"failedExternalTask": ["external"], "failedJob": ["timer", "job"]}


def kinds_of(given: str) -> list[str]:
    """The kinds of incidents of a type: those that the engine opens, and what others report by that word."""
    return [*KINDS.get(given, [given]), REPORTED + given]


def type_of(kind: str) -> str:
    """What incidents of a kind are called outside."""
    return TYPES.get(kind, kind.removeprefix(REPORTED))


def job_definitions(given: list[str], caller: Caller) -> Mapping[str, Any]:
    """Timers that stand still, of job definitions: a definition's id, a colon, the element."""
    places = [each.rpartition(":") for each in given]
    asked = ((("definition", asking.definition(definition, caller)["definition"]), ("element", element)) for definition, _, element in places)
    return {"kinds": KINDS["failedJob"], "places": [(*pair[0][1], pair[1][1]) for pair in asked]}


PARAMS = {
    "incidentId": text("id"),
    "incidentType": asking.one(lambda given, _: {"kinds": kinds_of(given)}),
    "incidentMessage": text("message"),
    "incidentMessageLike": asking.like("message_like"),
    "processInstanceId": asking.whole_instance,
    "processDefinitionId": asking.definition,
    "processDefinitionKeyIn": texts("processes"),
    "activityId": text("element"),
    "failedActivityId": text("element"),
    "executionId": text("subject"),
    "configuration": text("subject"),
    "causeIncidentId": text("id"),
    "rootCauseIncidentId": text("id"),
    "incidentTimestampBefore": moment("created_before"),
    "incidentTimestampAfter": moment("created_after"),
    "jobDefinitionIdIn": asking.several(job_definitions),
    "tenantIdIn": asking.nobody,
}
SORTS = {
    "incidentId": "id",
    "incidentMessage": "message",
    "incidentTimestamp": "created",
    "incidentType": "kind",
    "activityId": "element",
    "executionId": "subject",
    "processInstanceId": "root",
    "processDefinitionId": "process",
    "configuration": "subject",
    "causeIncidentId": "id",
    "rootCauseIncidentId": "id",
    **NO_TENANT,
}


offer(
    router, "/incident", IncidentDto, stored(OPEN_INCIDENTS, PARAMS, SORTS, lambda caller, row, _: _item(caller, row)),
    name="incidents", told="What stands still.", counted="How much stands still.",
)


@router.get("/incident/{incident}")
def one(incident: str, caller: TheCaller) -> IncidentDto:
    """One incident."""
    return _item(caller, the_row(caller, OPEN_INCIDENTS, incident, otherwise=f"No matching incident with id {incident}"))


@router.post("/execution/{execution}/create-incident")
def report(execution: str, caller: TheCaller, body: JsonBody = None) -> IncidentDto:
    """Open an incident at a token that waits: it stands there until it is resolved or the token goes on, and holds nothing up."""
    given = body or {}
    root, _, wait = execution.partition(".")
    told = {"kind": needed_text(given, "incidentType"), "message": text_of(given, "message") or "", "about": text_of(given, "configuration") or ""}
    none = invalid(f"There is no execution with id '{execution}' that waits at an activity")
    if caller.case(root) is None:  # those of the house's seasons are not there
        raise none
    try:
        return one(caller.engine.report(root=root, wait=wait, **told, actor=caller.actor), caller)
    except NotFound:
        raise none from None


@router.delete("/incident/{incident}", status_code=204)
def resolve(incident: str, caller: TheCaller) -> Response:
    """Go on without what stands still: a service task counts as done, a timer as fired."""
    one(incident, caller)
    with executing():
        try:
            caller.engine.skip(incident=incident, actor=caller.actor, reason="resolved by the REST interface")
        except UnknownIncident:
            raise missing(f"No matching incident with id {incident}") from None
    caller.settle()
    return Response(status_code=204)


@router.put("/incident/{incident}/annotation", status_code=204)
def annotate(incident: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Write something beside it, in place of what stood there."""
    return _annotate(caller, incident, needed_text(body or {}, "annotation"))


@router.delete("/incident/{incident}/annotation", status_code=204)
def clear_annotation(incident: str, caller: TheCaller) -> Response:
    """Take away what was written beside it."""
    return _annotate(caller, incident, None)


def _annotate(caller: Caller, incident: str, text: str | None) -> Response:
    """Raises RestError 400, not 404, when there is no such incident, as Camunda does."""
    try:
        one(incident, caller)  # those of the house's seasons are not there
        caller.engine.annotate(incident=incident, text=text, actor=caller.actor)
    except (RestError, UnknownIncident):
        raise invalid(f"There is no open incident with id '{incident}'") from None
    return Response(status_code=204)


def _item(caller: Caller, row: Any) -> IncidentDto:
    definition = caller.definition_seen(row["process"], row["root_version"])
    return {
        **facts_of(row),
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": row["root"],
        "incidentTimestamp": instant_out(row["created_at"]),
    }


def facts_of(row: Any) -> IncidentFacts:
    """What is told of an incident, open or over."""
    return {
        "id": row["id"],
        "executionId": row["subject"],
        "incidentType": type_of(row["kind"]),
        "activityId": row["element"],
        "failedActivityId": row["element"],
        "causeIncidentId": row["id"],
        "rootCauseIncidentId": row["id"],
        "configuration": row["code"] if row["kind"].startswith(REPORTED) else row["subject"],
        "tenantId": None,
        "incidentMessage": row["message"],
        "jobDefinitionId": None,
        "annotation": row["annotation"] or row["reason"],
    }
