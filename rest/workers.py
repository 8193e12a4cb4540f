"""External tasks: fetched and locked (with long polling), completed, failed, thrown."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import RowMapping
from starlette.concurrency import run_in_threadpool

from engine.commands.looks import Look
from engine.refusals import NotFound, NotLocked
from rest import asking
from rest.asking import condition, flag, moment, text, texts, the_row, whole
from rest.bodies import JsonBody, flag_of, needed_text, text_of
from rest.bodies import whole as whole_of
from rest.errors import RestError, executing, invalid, missing
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.query import NO_TENANT
from rest.several import IDS, QUERIES, done_batch, named_instances
from rest.shapes import NOTHING, TEXT, BatchDto
from rest.shapes_work import ExternalTaskDto, LockedExternalTaskDto
from rest.topics import MOST_LOCKED, newest_first, topic_of
from rest.values import declared_in, instant_out, variables_out
from selection.errors import NotFound as Unseen
from store.engine import listing
from store.engine.listing import Wanted
from store.engine.present import EXTERNAL

router = APIRouter(tags=["External Task"])
LONGEST = 1_800_000  # milliseconds of waiting, as Camunda has it
PAUSE = 0.2  # seconds between two looks
PARAMS = {
    "externalTaskId": text("id"),
    "externalTaskIdIn": texts("ids"),
    "topicName": text("topic"),
    "workerId": text("worker"),
    "processInstanceId": asking.instance,
    "processInstanceIdIn": asking.instances,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "processDefinitionName": asking.definition_named,
    "processDefinitionNameLike": asking.definition_named_like,
    "processVariables": asking.variables("variables"),
    **asking.SHADES,
    "activityId": text("element"),
    "activityIdIn": texts("elements"),
    "executionId": text("id"),
    "locked": condition(lambda caller: {"locked_at": caller.parts.clock.now()}),
    "notLocked": condition(lambda caller: {"free_at": caller.parts.clock.now()}),
    "lockExpirationBefore": moment("until_before"),
    "lockExpirationAfter": moment("until_after"),
    "withRetriesLeft": flag("spent", means=False),
    "noRetriesLeft": flag("spent"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "priorityHigherThanOrEquals": whole("priority_from"),
    "priorityLowerThanOrEquals": whole("priority_to"),
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
SORTS = {
    "id": "id",
    "lockExpirationTime": "until",
    "taskPriority": "priority",
    "processInstanceId": "root",
    "processDefinitionId": "version",
    "processDefinitionKey": "process",
    "createTime": "created",
    **NO_TENANT,
}


offer(
    router, "/external-task", ExternalTaskDto, stored(EXTERNAL, PARAMS, SORTS, lambda caller, row, _: _item(caller, row)),
    name="external_tasks", told="The tasks that wait for workers.", counted="How many wait.",
)


@router.post("/external-task/fetchAndLock")
async def fetch_and_lock(request: Request, caller: TheCaller, body: JsonBody = None) -> list[LockedExternalTaskDto]:
    """Lock free tasks for a worker; if there is none, wait for one as long as the worker asks."""
    given = body or {}
    worker, most = needed_text(given, "workerId"), whole_of(given, "maxTasks", least=1, most=10_000)
    topics = given.get("topics")
    if not isinstance(topics, list) or not all(isinstance(topic, Mapping) for topic in topics):
        raise invalid("topics: a list is needed")
    asked, order = [topic_of(caller, topic) for topic in topics], {"by_priority": flag_of(given, "usePriority"), "newest": newest_first(given)}
    until = monotonic() + whole_of(given, "asyncResponseTimeout", default=0, most=LONGEST) / 1000

    def fetch() -> list[LockedExternalTaskDto]:
        if not caller.engine.has_free(topics=asked, tenant=""):  # who waits takes no lock from those who work
            return []
        taken = caller.engine.fetch_and_lock(worker=worker, topics=asked, most=most, **order, tenant="", actor=caller.actor)
        rows = {row["id"]: row for row in caller.read(listing.rows, EXTERNAL, Wanted((("ids", taken),)))} if taken else {}
        found = caller.glances(rows[task] for task in taken if task in rows)
        return [_fetched(caller, row, look, topics) for row, look in found]

    while True:
        found = await run_in_threadpool(fetch)
        if found or monotonic() >= until or await request.is_disconnected():
            return found
        await asyncio.sleep(PAUSE)


@router.get("/external-task/topic-names")
def topic_names(caller: TheCaller, withLockedTasks: bool = False, withUnlockedTasks: bool = False, withRetriesLeft: bool = False) -> list[str]:  # noqa: FBT001, FBT002, N803 - query parameters
    """The topics of tasks that wait: of all, or of those that are locked, free, may be tried."""
    now = caller.parts.clock.now()
    asked = ((withLockedTasks, "locked_at", now), (withUnlockedTasks, "free_at", now), (withRetriesLeft, "spent", False))
    wanted = Wanted(tuple((name, value) for given, name, value in asked if given))
    return sorted({row["topic"] for row in caller.read(listing.rows, EXTERNAL, wanted)})


@router.put("/external-task/retries", status_code=204)
def set_several_retries(caller: TheCaller, body: JsonBody = None) -> Response:
    """How often tasks, named by ids, a query and their instances, may still be tried; one that is not there stops all before anything is done."""
    _retry_several(caller, body or {})
    return Response(status_code=204)


@router.post("/external-task/retries-async")
def set_several_retries_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same, answered as a batch that is done."""
    return done_batch(caller, "set-external-task-retries", _retry_several(caller, body or {}))


def _retry_several(caller: Caller, given: Mapping[str, Any]) -> int:
    retries = whole_of(given, "retries", most=10**6)
    chosen = _chosen(caller, given)
    for task in chosen:
        _do(caller, "set_external_retries", task=task, retries=retries)
    return len(chosen)


def _chosen(caller: Caller, given: Mapping[str, Any]) -> list[str]:
    """The tasks that a body names by their ids and a query, and those of the instances that it names."""
    own, theirs = ("externalTaskIds", "externalTaskQuery"), (IDS, *QUERIES)
    found = []
    if any(given.get(name) is not None for name in own) or not any(given.get(name) is not None for name in theirs):
        found += asking.named(caller, given, EXTERNAL, PARAMS, ids=own[0], query=own[1], otherwise=_gone)
    if any(given.get(name) is not None for name in theirs):
        places = [split_instance(each) for each in named_instances(caller, given)]
        found += [row["id"] for row in caller.read(listing.rows, EXTERNAL, Wanted((("places", places),)))]
    return list(dict.fromkeys(found))


@router.get("/external-task/{task}")
def one(task: str, caller: TheCaller) -> ExternalTaskDto:
    """One task."""
    return _item(caller, the_row(caller, EXTERNAL, task, otherwise=_gone(task)))


@router.get("/external-task/{task}/errorDetails", response_class=Response, responses=TEXT | NOTHING)
def error_details(task: str, caller: TheCaller) -> Response:
    """What its worker wrote of the failure; 204 when it wrote nothing."""
    row = the_row(caller, EXTERNAL, task, otherwise=_gone(task))
    return PlainTextResponse(row["error_details"]) if row["error_details"] else Response(status_code=204)


@router.post("/external-task/{task}/complete", status_code=204)
def complete(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """It is done."""
    given = body or {}
    variables, local = declared_in(given.get("variables")), declared_in(given.get("localVariables"))
    _do(caller, "complete_external", task=task, worker=needed_text(given, "workerId"), variables=variables, local=local)
    return Response(status_code=204)


@router.post("/external-task/{task}/failure", status_code=204)
def failure(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """It failed: to be tried again, or an incident."""
    given = body or {}
    wait = timedelta(milliseconds=whole_of(given, "retryTimeout", default=0, most=MOST_LOCKED))
    said = {"message": text_of(given, "errorMessage") or "", "details": text_of(given, "errorDetails") or ""}
    retries = whole_of(given, "retries", default=0, most=10**6)
    values = {"variables": declared_in(given.get("variables")), "local": declared_in(given.get("localVariables"))}
    _do(caller, "fail_external", task=task, worker=needed_text(given, "workerId"), retries=retries, again_after=wait, **said, **values)
    return Response(status_code=204)


@router.post("/external-task/{task}/bpmnError", status_code=204)
def bpmn_error(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """A business error goes to the boundary event that catches it."""
    given = body or {}
    said = {"code": needed_text(given, "errorCode"), "message": text_of(given, "errorMessage") or ""}
    _do(caller, "throw_external", task=task, worker=needed_text(given, "workerId"), variables=declared_in(given.get("variables")), **said)
    return Response(status_code=204)


@router.post("/external-task/{task}/lock", status_code=204)
def lock(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Lock this one, whatever its topic."""
    given = body or {}
    worker, length = needed_text(given, "workerId"), timedelta(milliseconds=whole_of(given, "lockDuration", least=1, most=MOST_LOCKED))
    the_row(caller, EXTERNAL, task, otherwise=_gone(task))
    _do(caller, "lock_external", task=task, worker=worker, lock=length)
    return Response(status_code=204)


@router.post("/external-task/{task}/extendLock", status_code=204)
def extend_lock(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Hold it longer."""
    lock = timedelta(milliseconds=whole_of(body or {}, "newDuration", least=1, most=MOST_LOCKED))
    _do(caller, "extend_lock", task=task, worker=needed_text(body or {}, "workerId"), lock=lock)
    return Response(status_code=204)


@router.post("/external-task/{task}/unlock", status_code=204)
def unlock(task: str, caller: TheCaller) -> Response:
    """Let others fetch it."""
    _do(caller, "unlock", task=task)
    return Response(status_code=204)


@router.put("/external-task/{task}/retries", status_code=204)
def set_retries(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """How often it may still be tried."""
    _do(caller, "set_external_retries", task=task, retries=whole_of(body or {}, "retries", most=10**6))
    return Response(status_code=204)


@router.put("/external-task/{task}/priority", status_code=204)
def set_priority(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """How important it is."""
    _do(caller, "set_external_priority", task=task, priority=whole_of(body or {}, "priority", least=-(2**31), most=2**31 - 1))
    return Response(status_code=204)


def _do(caller: Caller, verb: str, **given: Any) -> None:
    with executing():
        try:
            getattr(caller.engine, verb)(**given, actor=caller.actor)
        except (NotFound, Unseen):
            raise missing(_gone(given["task"])) from None
        except NotLocked as error:
            raise RestError(400, f"External Task {given['task']} cannot be worked on: {error.en}") from None
    caller.settle()


def _gone(task: str) -> str:
    return f"External task with id {task} does not exist"


def _fetched(caller: Caller, row: RowMapping, look: Look, topics: list[Mapping[str, Any]]) -> LockedExternalTaskDto:
    topic = next(each for each in topics if each["topicName"] == row["topic"])
    seen = look.typed(row["wait"], local=topic.get("localVariables") is True)
    wanted = topic.get("variables")
    chosen = {name: value for name, value in seen.items() if not isinstance(wanted, list) or name in wanted}
    values = variables_out(chosen, deserialize=topic.get("deserializeValues") is True)
    item: LockedExternalTaskDto = {**_item(caller, row), "variables": values, "errorDetails": row["error_details"] or None}
    if topic.get("includeExtensionProperties") is True:
        item["extensionProperties"] = dict(look.properties(row["wait"]))
    return item


def _item(caller: Caller, row: RowMapping) -> ExternalTaskDto:
    return {
        "id": row["id"],
        "topicName": row["topic"],
        "workerId": row["worker"],
        "lockExpirationTime": instant_out(row["locked_until"]),
        "processInstanceId": instance_id(row["root"], row["within"]),
        "processDefinitionId": caller.definition_id(row),
        "processDefinitionKey": row["process"],
        "processDefinitionVersionTag": caller.version_tag(row),
        "executionId": row["id"],
        "activityId": row["element"],
        "activityInstanceId": row["id"],
        "errorMessage": row["error_message"],
        "retries": row["retries"],
        "priority": row["priority"],
        "businessKey": row["root_key"] or None,
        "suspended": row["root_status"] == "suspended",
        "tenantId": None,
        "createTime": instant_out(row["created_at"]),
        "extensionProperties": {},
    }
