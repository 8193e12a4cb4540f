"""Jobs: the timers that wait for their time, in instances and at start events. Async continuations are done before an answer, so there are none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from rest import asking
from rest.asking import the_row
from rest.bodies import JsonBody, flag_of, needed_text, refuse_tenant, truth, whole
from rest.errors import executing, invalid
from rest.jobs_asked import PARAMS, SORTS, job_definition_id
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.several import done_batch, named_instances
from rest.shapes import TEXT, BatchDto
from rest.shapes_work import JobDto
from rest.values import instant_in, instant_out
from store.engine import foreign, listing
from store.engine.listing import Wanted
from store.engine.timers import BEGINS, JOBS

router = APIRouter(tags=["Job"])

offer(
    router, "/job", JobDto, stored(JOBS, PARAMS, SORTS, lambda caller, row, _: _item(caller, row)),
    name="jobs", told="The timers that wait.", counted="How many wait.",
)


@router.put("/job/suspended", status_code=204)
def suspend_many(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let the timers of an instance, a definition, all of a key or one event wait whatever falls due, or go on."""
    given = body or {}
    suspended = truth(given, "suspended")
    refuse_tenant(given, "processDefinitionTenantId")
    by = [name for name in ("jobDefinitionId", "processInstanceId", "processDefinitionId", "processDefinitionKey") if given.get(name)]
    if len(by) != 1:
        raise invalid("one of jobDefinitionId, processInstanceId, processDefinitionId, processDefinitionKey is needed, and no other")
    wanted = Wanted(tuple(PARAMS[by[0]](needed_text(given, by[0]), caller).items()))
    with executing():
        for row in caller.read(listing.rows, JOBS, wanted):
            hold(caller, row["id"], held=suspended)
    caller.settle()
    return Response(status_code=204)


@router.post("/job/retries")
def set_several_retries(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """With one or more those of the timers that are named by their ids and by a query are tried again that stand still. The answer is a batch that is done."""
    given = body or {}
    return _retry_several(caller, given, asking.named(caller, given, JOBS, PARAMS, ids="jobIds", query="jobQuery", otherwise=_gone))


@router.post("/process-instance/job-retries")
@router.post("/process-instance/job-retries-historic-query-based")
def set_retries_of_instances(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same with the timers of instances."""
    given = body or {}
    where = ("places", [split_instance(each) for each in named_instances(caller, given, ids="processInstances")])
    return _retry_several(caller, given, [row["id"] for row in caller.read(listing.rows, JOBS, Wanted((where,)))])


@router.get("/job/{job}")
def one(job: str, caller: TheCaller) -> JobDto:
    """One timer."""
    return _item(caller, _row(caller, job))


@router.get("/job/{job}/stacktrace", response_class=Response, responses=TEXT)
def stacktrace(job: str, caller: TheCaller) -> Response:
    """What was written down of its last failure."""
    _row(caller, job)
    return PlainTextResponse("\n".join(caller.read(foreign.traces_of, job.removeprefix(BEGINS))))


@router.post("/job/{job}/execute", status_code=204)
def execute(job: str, caller: TheCaller) -> Response:
    """Let it fire now, whenever it is due."""
    _row(caller, job)
    with executing():
        if job.startswith(BEGINS):
            caller.engine.begin_now(beginning=_number(job), actor=caller.actor)
        else:
            caller.engine.fire_timer(timer=job, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.put("/job/{job}/duedate", status_code=204)
def set_due_date(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let it be due at another instant (without one: now)."""
    given = (body or {}).get("duedate")
    if flag_of(body or {}, "cascade"):
        raise invalid("cascade: a cycle goes on from its own instants; move each timer when it is set")
    due = caller.parts.clock.now() if given is None else instant_in(given)
    _row(caller, job)
    with executing():
        _postpone(caller, job, due)
    return Response(status_code=204)


@router.post("/job/{job}/duedate/recalculate", status_code=204)
def recalculate(job: str, caller: TheCaller, creationDateBased: bool = True) -> Response:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Evaluate its due date again from when it was set."""
    if not creationDateBased:
        raise invalid("creationDateBased: a timer counts from when it was set; put another due date instead")
    if _row(caller, job)["root"] is None:
        raise invalid("a start event's timer is not recalculated; put another due date instead")
    with executing():
        caller.engine.recalculate_timer(timer=job, actor=caller.actor)
    return Response(status_code=204)


@router.put("/job/{job}/suspended", status_code=204)
def suspend(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let it wait whatever falls due, or go on."""
    suspended = truth(body or {}, "suspended")
    _row(caller, job)
    with executing():
        hold(caller, job, held=suspended)
    caller.settle()
    return Response(status_code=204)


@router.put("/job/{job}/retries", status_code=204)
def set_retries(job: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """With one or more it is tried again, if it stands still; with a `dueDate` not before that."""
    retries, due = _retries(body or {})
    _row(caller, job)
    _retry(caller, job, retries, due)
    return Response(status_code=204)


@router.delete("/job/{job}", status_code=204)
def delete(job: str, caller: TheCaller) -> Response:
    """Let it never fire: what stands at the event stays there until it is moved; a start event begins nothing by itself any more."""
    _row(caller, job)
    with executing():
        if job.startswith(BEGINS):
            caller.engine.drop_beginning(beginning=_number(job), actor=caller.actor)
        else:
            caller.engine.drop_timer(timer=job, actor=caller.actor)
    return Response(status_code=204)


def _retry_several(caller: Caller, given: Mapping[str, Any], jobs: list[str]) -> BatchDto:
    retries, due = _retries(given)
    for job in jobs:
        _retry(caller, job, retries, due)
    return done_batch(caller, "set-job-retries", len(jobs))


def _retry(caller: Caller, job: str, retries: int, due: datetime | None) -> None:
    begins = job.startswith(BEGINS)
    with executing():
        if due is not None and not begins:
            _postpone(caller, job, due)
        if retries:
            try_again(caller, job)
        if due is not None and begins:  # tried again a start event is due at once
            _postpone(caller, job, due)


def _postpone(caller: Caller, job: str, due: datetime) -> None:
    if job.startswith(BEGINS):
        caller.engine.rearrange_beginning(beginning=_number(job), due=due, actor=caller.actor)
    else:
        caller.engine.postpone_timer(timer=job, due=due, actor=caller.actor)


def try_again(caller: Caller, job: str) -> None:
    """Let a timer that stands still fire once more."""
    with executing():
        for incident in caller.read(foreign.incidents_of, job.removeprefix(BEGINS)):
            caller.engine.retry(incident=incident, actor=caller.actor, reason="retries set by the REST interface")


def hold(caller: Caller, job: str, *, held: bool) -> None:
    """Let a timer wait whatever falls due, or go on."""
    if job.startswith(BEGINS):
        caller.engine.rearrange_beginning(beginning=_number(job), held=held, actor=caller.actor)
    else:
        caller.engine.hold_timer(timer=job, held=held, actor=caller.actor)


def _number(job: str) -> int:
    return int(job.removeprefix(BEGINS))


def _retries(given: Mapping[str, Any]) -> tuple[int, datetime | None]:
    """How often it is tried, and from when on, if that is said. Raises RestError 400."""
    due = given.get("dueDate")
    return whole(given, "retries", most=10**6), None if due is None else instant_in(due)


def _row(caller: Caller, job: str) -> Any:
    return the_row(caller, JOBS, job, otherwise=_gone(job))


def _gone(job: str) -> str:
    return f"Job with id {job} does not exist"


def _item(caller: Caller, row: Any) -> JobDto:
    failed = row["trouble"] is not None
    return {
        "id": row["id"],
        "jobDefinitionId": job_definition_id(caller.definition_id(row), row["element"]),
        "dueDate": instant_out(row["due"]),
        "processInstanceId": instance_id(row["root"], row["within"]) if row["root"] else None,
        "processDefinitionId": caller.definition_id(row),
        "processDefinitionKey": row["process"],
        "executionId": row["id"] if row["root"] else None,
        "retries": 0 if failed else 3,
        "exceptionMessage": row["trouble"],
        "failedActivityId": row["element"] if failed else None,
        "suspended": not row["ready"] and not failed,
        "priority": 0,
        "tenantId": None,
        "createTime": None,
        "batchId": None,
    }
