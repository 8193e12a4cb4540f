"""Jobs (the timers that wait for their time) and incidents (what stands still)."""


from fastapi import APIRouter, Request, Response

from engine.refusals import UnknownIncident
from rest.bodies import JsonBody, whole
from rest.errors import executing, missing
from rest.listing import Item, anything, count, equals, is_false, is_true, one_of, page, shown, the_one
from rest.parts import Caller, TheCaller, instance_id
from rest.values import instant_in, instant_out
from store.engine import foreign

router = APIRouter(tags=["Job", "Incident"])
TESTS = {
    "jobId": equals("id"),
    "jobIds": one_of("id"),
    "processInstanceId": equals("processInstanceId"),
    "processInstanceIds": one_of("processInstanceId"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("processDefinitionKey"),
    "executionId": equals("executionId"),
    "activityId": equals("failedActivityId"),
    "timers": anything,
    "messages": lambda item, asked: asked != "true",  # noqa: ARG005 - there are no async continuations: they are done before the answer
    "executable": is_true("_executable"),
    "withRetriesLeft": is_true("retries"),
    "noRetriesLeft": is_false("retries"),
    "withException": is_false("retries"),
    "active": is_false("suspended"),
    "suspended": is_true("suspended"),
    "withoutTenantId": anything,
}
SORTS = {"jobId": "id", "jobDueDate": "_due", "processInstanceId": "processInstanceId", "jobRetries": "retries"}
INCIDENT_TESTS = {
    "incidentId": equals("id"),
    "incidentType": equals("incidentType"),
    "incidentMessage": equals("incidentMessage"),
    "processInstanceId": equals("processInstanceId"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKeyIn": one_of("_key"),
    "activityId": equals("activityId"),
    "executionId": equals("executionId"),
    "configuration": equals("configuration"),
}
INCIDENT_SORTS = {"incidentId": "id", "incidentTimestamp": "_at", "activityId": "activityId", "incidentType": "incidentType"}
TYPES = {"external": "failedExternalTask", "timer": "failedJob", "job": "failedJob"}
KINDS = {"failedExternalTask": ["external"], "failedJob": ["timer", "job"]}


@router.get("/job")
def jobs(request: Request, caller: TheCaller) -> list[Item]:
    """The timers that wait."""
    return page(_jobs(caller), request, TESTS, SORTS)


@router.get("/job/count")
def count_jobs(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many wait."""
    return count(_jobs(caller), request, TESTS)


@router.get("/job/{job}")
def one(job: str, caller: TheCaller) -> Item:
    """One timer."""
    return shown(_one(caller, job))


@router.post("/job/{job}/execute", status_code=204)
def execute(job: str, caller: TheCaller) -> Response:
    """Let it fire now, whenever it is due."""
    _one(caller, job)
    with executing():
        caller.engine.fire_timer(timer=job, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.put("/job/{job}/duedate", status_code=204)
def set_due_date(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let it be due at another instant."""
    _one(caller, job)
    with executing():
        caller.engine.postpone_timer(timer=job, due=instant_in((body or {}).get("duedate")), actor=caller.actor)
    return Response(status_code=204)


@router.put("/job/{job}/retries", status_code=204)
def set_retries(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """With one or more it is tried again, if it stands still."""
    retries = whole(body or {}, "retries", most=10**6)
    item = _one(caller, job)
    stuck = [row for row in caller.read(foreign.open_incidents) if row["subject"] == item["id"]]
    with executing():
        for row in stuck if retries else ():
            caller.engine.retry(incident=row["id"], actor=caller.actor, reason="retries set by the REST interface")
    return Response(status_code=204)


@router.get("/incident")
def incidents(request: Request, caller: TheCaller) -> list[Item]:
    """What stands still."""
    return page(_incidents(caller), request, INCIDENT_TESTS, INCIDENT_SORTS)


@router.get("/incident/count")
def count_incidents(request: Request, caller: TheCaller) -> dict[str, int]:
    """How much stands still."""
    return count(_incidents(caller), request, INCIDENT_TESTS)


@router.get("/incident/{incident}")
def one_incident(incident: str, caller: TheCaller) -> Item:
    """One incident."""
    return shown(the_one(_incidents(caller), incident, otherwise=f"No matching incident with id {incident}"))


@router.delete("/incident/{incident}", status_code=204)
def resolve(incident: str, caller: TheCaller) -> Response:
    """Go on without what stands still: a service task counts as done, a timer as fired."""
    one_incident(incident, caller)
    with executing():
        try:
            caller.engine.skip(incident=incident, actor=caller.actor, reason="resolved by the REST interface")
        except UnknownIncident:
            raise missing(f"No matching incident with id {incident}") from None
    caller.settle()
    return Response(status_code=204)


def _one(caller: Caller, job: str) -> Item:
    return the_one(_jobs(caller), job, otherwise=f"Job with id {job} does not exist")


def _jobs(caller: Caller) -> list[Item]:
    found, now = [], caller.parts.clock.now()
    stuck = {row["subject"]: row["message"] for row in caller.read(foreign.open_incidents)}
    for row in caller.read(foreign.jobs):
        definition = caller.definition_of(row["root"], row["within"])
        item = {
            "id": row["id"],
            "jobDefinitionId": None,
            "dueDate": instant_out(row["due"]),
            "processInstanceId": instance_id(row["root"], row["within"]),
            "processDefinitionId": definition,
            "processDefinitionKey": definition.partition(":")[0],
            "executionId": row["id"],
            "retries": 0 if row["id"] in stuck else 3,
            "exceptionMessage": stuck.get(row["id"]),
            "failedActivityId": row["element"] if row["id"] in stuck else None,
            "suspended": row["status"] == "suspended",
            "priority": 0,
            "tenantId": None,
            "createTime": None,
            "_due": row["due"],
            "_executable": row["ready"] and row["due"] <= now,
        }
        found.append(item)
    return found


def _incidents(caller: Caller) -> list[Item]:
    return [
        {
            "id": row["id"],
            "processDefinitionId": caller.definition_of(row["root"], ""),
            "processInstanceId": row["root"],
            "executionId": row["subject"],
            "incidentTimestamp": instant_out(row["created_at"]),
            "incidentType": TYPES.get(row["kind"], row["kind"]),
            "activityId": row["element"],
            "failedActivityId": row["element"],
            "causeIncidentId": row["id"],
            "rootCauseIncidentId": row["id"],
            "configuration": row["subject"],
            "tenantId": None,
            "incidentMessage": row["message"],
            "jobDefinitionId": None,
            "annotation": None,
            "_at": row["created_at"],
            "_key": row["process"],
        }
        for row in caller.read(foreign.open_incidents)
    ]
