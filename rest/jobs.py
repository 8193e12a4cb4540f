"""Jobs: the timers that wait for their time. Async continuations are done before an answer, so there are none."""

from typing import Any

from fastapi import APIRouter, Response

from rest import asking
from rest.asking import condition, counted, flag, listed, moment, text, texts, the_row
from rest.bodies import JsonBody, needed_text, truth, whole
from rest.errors import executing
from rest.listing import Item
from rest.parts import Caller, TheCaller, instance_id
from rest.query import Asked
from rest.values import instant_in, instant_out
from store.engine import foreign, listing
from store.engine.listing import Wanted
from store.engine.present import JOBS

router = APIRouter(tags=["Job"])
PARAMS = {
    "jobId": text("id"),
    "jobIds": texts("ids"),
    "processInstanceId": asking.instance,
    "processInstanceIds": asking.instances,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "executionId": text("id"),
    "activityId": text("element"),
    "failedActivityId": text("failed_at"),
    "timers": asking.anything,
    "messages": flag("nothing"),
    "executable": condition(lambda caller: {"executable": caller.parts.clock.now()}),
    "withRetriesLeft": flag("failed", means=False),
    "noRetriesLeft": flag("failed"),
    "withException": flag("failed"),
    "active": flag("held", means=False),
    "suspended": flag("held"),
    "dueDatesBefore": moment("due_before"),
    "dueDatesAfter": moment("due_after"),
    "withoutTenantId": asking.anything,
}
SORTS = {
    "jobId": "id",
    "executionId": "id",
    "jobDueDate": "due",
    "processInstanceId": "root",
    "processDefinitionKey": "process",
    "jobPriority": "number",
}


@router.get("/job")
@router.post("/job")
def jobs(query: Asked, caller: TheCaller) -> list[Item]:
    """The timers that wait."""
    return listed(query, caller, JOBS, PARAMS, SORTS, lambda row: _item(caller, row))


@router.get("/job/count")
@router.post("/job/count")
def count_jobs(query: Asked, caller: TheCaller) -> dict[str, int]:
    """How many wait."""
    return counted(query, caller, JOBS, PARAMS)


@router.put("/job/suspended", status_code=204)
def suspend_many(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let the timers of an instance or a definition wait whatever falls due, or go on."""
    given = body or {}
    suspended = truth(given, "suspended")
    by = next((name for name in ("processInstanceId", "processDefinitionId", "processDefinitionKey") if given.get(name)), "processInstanceId")
    wanted = Wanted(tuple(PARAMS[by](needed_text(given, by), caller).items()))
    with executing():
        for row in caller.read(listing.rows, JOBS, wanted):
            caller.engine.hold_timer(timer=row["id"], held=suspended, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.get("/job/{job}")
def one(job: str, caller: TheCaller) -> Item:
    """One timer."""
    return _item(caller, _row(caller, job))


@router.post("/job/{job}/execute", status_code=204)
def execute(job: str, caller: TheCaller) -> Response:
    """Let it fire now, whenever it is due."""
    _row(caller, job)
    with executing():
        caller.engine.fire_timer(timer=job, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.put("/job/{job}/duedate", status_code=204)
def set_due_date(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let it be due at another instant."""
    _row(caller, job)
    with executing():
        caller.engine.postpone_timer(timer=job, due=instant_in((body or {}).get("duedate")), actor=caller.actor)
    return Response(status_code=204)


@router.put("/job/{job}/suspended", status_code=204)
def suspend(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let it wait whatever falls due, or go on."""
    suspended = truth(body or {}, "suspended")
    _row(caller, job)
    with executing():
        caller.engine.hold_timer(timer=job, held=suspended, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.put("/job/{job}/retries", status_code=204)
def set_retries(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """With one or more it is tried again, if it stands still."""
    retries = whole(body or {}, "retries", most=10**6)
    _row(caller, job)
    with executing():
        for incident in caller.read(foreign.incidents_of, job) if retries else ():
            caller.engine.retry(incident=incident, actor=caller.actor, reason="retries set by the REST interface")
    return Response(status_code=204)


def _row(caller: Caller, job: str) -> Any:
    return the_row(caller, JOBS, job, otherwise=f"Job with id {job} does not exist")


def _item(caller: Caller, row: Any) -> Item:
    failed = row["trouble"] is not None
    return {
        "id": row["id"],
        "jobDefinitionId": None,
        "dueDate": instant_out(row["due"]),
        "processInstanceId": instance_id(row["root"], row["within"]),
        "processDefinitionId": caller.definition_id(row),
        "processDefinitionKey": row["process"],
        "executionId": row["id"],
        "retries": 0 if failed else 3,
        "exceptionMessage": row["trouble"],
        "failedActivityId": row["element"] if failed else None,
        "suspended": not row["ready"] and not failed,
        "priority": 0,
        "tenantId": None,
        "createTime": None,
    }
