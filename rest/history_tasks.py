"""What was at elements: user tasks and activity instances, of running and of ended instances."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request

from engine.bpmn.walk import BODY
from rest import asking
from rest.asking import counted, flag, like, listed, moment, text, texts, whole
from rest.listing import Item, anything, count, equals, is_false, is_true, one_of, page, shown, the_one
from rest.listing import like as holds
from rest.parts import Caller, TheCaller, instance_id
from rest.values import instant_in, instant_out, length_out
from store.engine import listing
from store.engine.listing import Wanted
from store.engine.past import TASKS, TOKENS

router = APIRouter(tags=["History"])
TASK_PARAMS = {
    "taskId": text("id"),
    "processInstanceId": asking.instance,
    "rootProcessInstanceId": asking.whole_instance,
    "processInstanceBusinessKey": text("business_key"),
    "executionId": text("id"),
    "activityInstanceIdIn": texts("ids"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "taskName": text("name"),
    "taskNameLike": like("name_like"),
    "taskDefinitionKey": text("element"),
    "taskDefinitionKeyIn": texts("elements"),
    "taskDeleteReason": text("reason"),
    "taskAssignee": text("assignee"),
    "taskAssigneeLike": like("assignee_like"),
    "taskOwner": text("owner"),
    "taskPriority": whole("priority"),
    "assigned": flag("assigned"),
    "unassigned": flag("assigned", means=False),
    "finished": flag("finished"),
    "unfinished": flag("finished", means=False),
    "processFinished": flag("root_running", means=False),
    "processUnfinished": flag("root_running"),
    "taskDueDate": moment("due"),
    "taskDueDateBefore": moment("due_before"),
    "taskDueDateAfter": moment("due_after"),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
    "withoutTenantId": asking.anything,
}
TASK_SORTS = {
    "taskId": "id",
    "activityInstanceId": "id",
    "executionId": "id",
    "processInstanceId": "root",
    "processDefinitionId": "process",
    "duration": "lasted",
    "startTime": "started",
    "endTime": "ended",
    "taskName": "name",
    "assignee": "assignee",
    "owner": "owner",
    "dueDate": "due",
    "deleteReason": "reason",
    "taskDefinitionKey": "element",
    "priority": "priority",
}
# What the database narrows of activity instances, and what is looked at when an arrival and its end have been put together.
TOKEN_PARAMS = {
    "processInstanceId": asking.whole_instance,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "activityId": text("element"),
    "activityIdIn": texts("elements"),
}
TOKEN_TESTS = {
    "processInstanceId": equals("processInstanceId"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("processDefinitionKey"),
    "activityId": equals("activityId"),
    "activityIdIn": one_of("activityId"),
    "activityInstanceId": equals("id"),
    "activityInstanceIdIn": one_of("id"),
    "executionId": equals("executionId"),
    "activityName": equals("activityName"),
    "activityNameLike": holds("activityName"),
    "activityType": equals("activityType"),
    "taskAssignee": equals("assignee"),
    "finished": is_true("endTime"),
    "unfinished": is_false("endTime"),
    "canceled": is_true("canceled"),
    "completeScope": is_true("completeScope"),
    "startedBefore": lambda item, asked: item["_started"] < instant_in(asked),
    "startedAfter": lambda item, asked: item["_started"] > instant_in(asked),
    "finishedBefore": lambda item, asked: item["_ended"] is not None and item["_ended"] < instant_in(asked),
    "finishedAfter": lambda item, asked: item["_ended"] is not None and item["_ended"] > instant_in(asked),
    "withoutTenantId": anything,
}
TOKEN_SORTS = {
    "activityInstanceId": "id",
    "instanceId": "processInstanceId",
    "executionId": "executionId",
    "activityId": "activityId",
    "activityName": "activityName",
    "activityType": "activityType",
    "startTime": "_started",
    "endTime": "_ended",
    "duration": "durationInMillis",
    "definitionId": "processDefinitionId",
}


@router.get("/history/task")
def tasks(request: Request, caller: TheCaller) -> list[Item]:
    """The user tasks, open and closed, in the order of their creation unless sorted otherwise."""
    return listed(request, caller, TASKS, TASK_PARAMS, TASK_SORTS, lambda row: _task(caller, row))


@router.get("/history/task/count")
def count_tasks(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return counted(request, caller, TASKS, TASK_PARAMS)


@router.get("/history/activity-instance")
def activity_instances(request: Request, caller: TheCaller) -> list[Item]:
    """Each arrival of a token at an element, with its end if it has one, in the order of arrival unless sorted otherwise."""
    return page(_tokens(request, caller), request, TOKEN_TESTS, TOKEN_SORTS)


@router.get("/history/activity-instance/count")
def count_activity_instances(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return count(_tokens(request, caller), request, TOKEN_TESTS)


@router.get("/history/activity-instance/{activity}")
def activity_instance(activity: str, caller: TheCaller) -> Item:
    """One of them."""
    root = activity.rpartition(".")[0]
    rows = caller.stream(listing.stream, TOKENS, Wanted((("root", root),)))
    gone = f"Historic activity instance with id '{activity}' does not exist"
    return shown(the_one(_paired(caller, rows), activity, otherwise=gone))


def _tokens(request: Request, caller: Caller) -> Iterator[Item]:
    narrowed = [pair for name, read in TOKEN_PARAMS.items() if (asked := request.query_params.get(name)) for pair in read(asked, caller).items()]
    return _paired(caller, caller.stream(listing.stream, TOKENS, Wanted(tuple(narrowed))))


def _paired(caller: Caller, rows: Iterable[Any]) -> Iterator[Item]:
    """Arrivals with their ends, one instance in memory at a time."""
    for _, notes in groupby(rows, key=lambda row: row["root"]):
        here: dict[str, Item] = {}
        for row in notes:
            token = (row["data"] or {}).get("token")
            if row["kind"] == "entered" and token is not None:
                here[token] = _arrival(caller, row)
            elif token in here and here[token]["_ended"] is None:
                _end(here[token], row)
        yield from here.values()


def _arrival(caller: Caller, row: Any) -> Item:
    told, root = row["data"], row["root"]
    within, token, kind = told.get("within", ""), told["token"], told.get("type", "")
    name, instance = f"{root}.{token}", instance_id(root, within)
    definition = caller.definition_seen(row["process"], row["root_version"])
    return {
        "id": name,
        "parentActivityInstanceId": f"{root}.{told['parent']}" if told.get("parent") else instance,
        "activityId": row["element"] + BODY if kind == "multiInstanceBody" else row["element"],
        "activityName": told.get("name"),
        "activityType": kind,
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance,
        "rootProcessInstanceId": root,
        "executionId": name,
        "taskId": name if kind == "userTask" else None,
        "assignee": row["assignee"],
        "calledProcessInstanceId": instance_id(root, token) if kind == "callActivity" else None,
        "calledCaseInstanceId": None,
        "startTime": instant_out(row["at"]),
        "endTime": None,
        "durationInMillis": None,
        "canceled": False,
        "completeScope": False,
        "tenantId": None,
        "removalTime": None,
        "_started": row["at"],
        "_ended": None,
    }


def _end(item: Item, row: Any) -> None:
    item["_ended"] = row["at"]
    item["endTime"], item["durationInMillis"] = instant_out(row["at"]), length_out(item["_started"], row["at"])
    item["canceled"] = row["kind"] == "cancelled"
    item["completeScope"] = row["kind"] == "left" and item["activityType"].lower().endswith("endevent")


def _task(caller: Caller, row: Any) -> Item:
    definition = caller.definition_seen(row["process"], row["defined_in"] or row["root_version"])
    reasons = {"open": None, "completed": "completed", "cancelled": "deleted"}
    states = {"open": "Created", "completed": "Completed", "cancelled": "Deleted"}
    return {
        "id": row["id"],
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance_id(row["root"], row["within"]),
        "rootProcessInstanceId": row["root"],
        "executionId": row["id"],
        "activityInstanceId": row["id"],
        "name": row["name"],
        "description": None,
        "deleteReason": reasons[row["state"]],
        "owner": row["owner"],
        "assignee": row["assignee"],
        "startTime": instant_out(row["created_at"]),
        "endTime": instant_out(row["closed_at"]),
        "duration": length_out(row["created_at"], row["closed_at"]),
        "taskDefinitionKey": row["element"],
        "priority": row["priority"],
        "due": instant_out(row["due"]),
        "followUp": instant_out(row["follow_up"]),
        "parentTaskId": None,
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "tenantId": None,
        "removalTime": None,
        "taskState": states[row["state"]],
    }
