"""What was: variables of instances, also of ended ones, and the instances themselves."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request

from rest.listing import Item, anything, count, equals, is_false, is_true, like, one_of, page
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.values import instant_out, value_out
from store.engine import foreign

router = APIRouter(tags=["History"])
TESTS = {
    "processInstanceId": equals("processInstanceId"),
    "processInstanceIdIn": one_of("processInstanceId"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("processDefinitionKey"),
    "variableName": equals("name"),
    "variableNameLike": like("name"),
    "executionIdIn": one_of("executionId"),
    "activityInstanceIdIn": one_of("activityInstanceId"),
    "taskIdIn": one_of("taskId"),
    "deserializeValues": anything,
    "includeDeleted": anything,  # without it those taken away are left out: see `_variables`
}
INSTANCE_TESTS = {
    "processInstanceId": equals("id"),
    "processInstanceIds": one_of("id"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("processDefinitionKey"),
    "processInstanceBusinessKey": equals("businessKey"),
    "finished": is_true("endTime"),
    "unfinished": is_false("endTime"),
    "active": lambda item, asked: asked != "true" or item["state"] == "ACTIVE",
    "completed": lambda item, asked: asked != "true" or item["state"] == "COMPLETED",
    "suspended": lambda item, asked: asked != "true" or item["state"] == "SUSPENDED",
    "withoutTenantId": anything,
}
STATES = {"running": "ACTIVE", "suspended": "SUSPENDED", "ended": "COMPLETED", "cancelled": "EXTERNALLY_TERMINATED"}
SORTS = {"instanceId": "processInstanceId", "variableName": "name"}
INSTANCE_SORTS = {"instanceId": "id", "definitionId": "processDefinitionId", "startTime": "_started", "endTime": "_ended"}


@router.get("/history/variable-instance")
def variable_instances(request: Request, caller: TheCaller) -> list[Item]:
    """Each variable with its last value."""
    return page(_variables(caller, request), request, TESTS, SORTS)


@router.get("/history/variable-instance/count")
def count_variable_instances(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return count(_variables(caller, request), request, TESTS)


@router.get("/history/process-instance")
def process_instances(request: Request, caller: TheCaller) -> list[Item]:
    """The instances, running and ended (what they called is part of them)."""
    return page(_instances(caller), request, INSTANCE_TESTS, INSTANCE_SORTS)


@router.get("/history/process-instance/count")
def count_process_instances(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return count(_instances(caller), request, INSTANCE_TESTS)


def _variables(caller: Caller, request: Request) -> Iterator[Item]:
    asked = request.query_params.get("processInstanceId")
    deleted = request.query_params.get("includeDeleted") == "true"
    wanted = None if asked is None else split_instance(asked)[0]
    for row in caller.read(foreign.instances):
        if wanted in {None, row["root"]}:
            yield from (item for item in _variables_of(caller, row) if deleted or item["state"] == "CREATED")


def _variables_of(caller: Caller, row: Any) -> Iterator[Item]:
    root, last = row["root"], {}
    for note in caller.read(foreign.variable_notes, root):
        last[note["scope"], note["name"]] = note
    definition = caller.definitions.get((row["process"], row["version"]))
    for (scope, name), note in last.items():
        token, slash, _ = str(scope).partition("/")
        instance = instance_id(root, token if slash else "")
        owner = instance if slash or not scope else f"{root}.{scope}"
        yield {
            "id": f"{owner}:{name}",
            "name": name,
            **value_out(note["new"]),
            "processDefinitionKey": row["process"],
            "processDefinitionId": definition["id"] if definition else None,
            "processInstanceId": instance,
            "executionId": owner,
            "activityInstanceId": owner,
            "taskId": None if owner == instance else owner,
            "errorMessage": None,
            "tenantId": None,
            "state": "DELETED" if note.get("removed") else "CREATED",
            "createTime": instant_out(row["started_at"]),
            "rootProcessInstanceId": root,
        }


def _instances(caller: Caller) -> list[Item]:
    found = []
    for row in caller.read(foreign.instances):
        definition = caller.definitions.get((row["process"], row["version"]))
        ended = row["ended_at"]
        item = {
            "id": row["root"],
            "businessKey": row["business_key"] or None,
            "processDefinitionId": definition["id"] if definition else None,
            "processDefinitionKey": row["process"],
            "processDefinitionName": definition["name"] if definition else None,
            "processDefinitionVersion": definition["number"] if definition else None,
            "startTime": instant_out(row["started_at"]),
            "endTime": instant_out(ended),
            "durationInMillis": None if ended is None else int((ended - row["started_at"]).total_seconds() * 1000),
            "startUserId": row["started_by"],
            "superProcessInstanceId": None,
            "rootProcessInstanceId": row["root"],
            "deleteReason": None,
            "tenantId": None,
            "state": STATES[row["status"]],
            "_started": row["started_at"],
            "_ended": ended,
        }
        found.append(item)
    return found
