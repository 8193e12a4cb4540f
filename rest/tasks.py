"""User tasks: listed, completed, claimed and handed over."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import RowMapping

from engine.contract import Actor
from rest import asking
from rest.asking import (
    Reader,
    counted,
    definition_named,
    definition_named_like,
    flag,
    like,
    listed,
    moment,
    text,
    texts,
    the_row,
    variables,
    whole,
)
from rest.bodies import JsonBody, flag_of, needed_text, text_of
from rest.errors import RestError, executing, failed, invalid
from rest.history import last_values
from rest.listing import Item
from rest.parts import Caller, TheCaller, instance_id
from rest.query import Asked
from rest.values import declared_in, instant_out
from store.engine.present import TASKS

router = APIRouter(tags=["Task"])
PARAMS: dict[str, asking.Asks] = {
    "taskId": text("id"),
    "taskIdIn": texts("ids"),
    "processInstanceId": asking.instance,
    "processInstanceIdIn": asking.instances,
    "processInstanceBusinessKey": text("business_key"),
    "processInstanceBusinessKeyIn": texts("business_keys"),
    "processInstanceBusinessKeyLike": like("business_key_like"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "executionId": text("id"),
    "activityInstanceIdIn": texts("ids"),
    "deploymentId": asking.deployment,
    "taskDefinitionKey": text("element"),
    "taskDefinitionKeyIn": texts("elements"),
    "taskDefinitionKeyNotIn": texts("not_elements"),
    "taskDefinitionKeyLike": like("element_like"),
    "name": text("name"),
    "nameNotEqual": text("not_name"),
    "nameLike": like("name_like"),
    "assignee": text("assignee"),
    "assigneeLike": like("assignee_like"),
    "assigneeIn": texts("assignees"),
    "assigneeNotIn": texts("not_assignees"),
    "owner": text("owner"),
    "priority": whole("priority"),
    "minPriority": whole("priority_from"),
    "maxPriority": whole("priority_to"),
    "involvedUser": text("involved"),
    "delegationState": Reader(lambda given, _: _delegation(given), {"type": "string", "enum": ["PENDING", "RESOLVED"], "example": "PENDING"}),
    "candidateUser": asking.one(lambda given, _: {"offered": [f"u:{given}"]}),
    "candidateGroup": asking.one(lambda given, _: {"offered": [f"g:{given}"]}),
    "candidateGroups": asking.several(lambda given, _: {"offered": [f"g:{each}" for each in given]}),
    "withCandidateUsers": flag("has_users"),
    "withoutCandidateUsers": flag("has_users", means=False),
    "withCandidateGroups": flag("has_groups"),
    "withoutCandidateGroups": flag("has_groups", means=False),
    "unassigned": flag("assigned", means=False),
    "assigned": flag("assigned"),
    "dueDate": moment("due"),
    "dueBefore": moment("due_before"),
    "dueAfter": moment("due_after"),
    "withoutDueDate": flag("has_due", means=False),
    "followUpDate": moment("follow_up"),
    "createdOn": moment("created"),
    "followUpBefore": moment("follow_before"),
    "followUpAfter": moment("follow_after"),
    "createdBefore": moment("created_before"),
    "createdAfter": moment("created_after"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "taskVariables": variables("task_variables"),
    "processVariables": variables("process_variables"),
    **asking.SHADES,
    "includeAssignedTasks": asking.anything,
    "processDefinitionName": definition_named,
    "processDefinitionNameLike": definition_named_like,
    "parentTaskId": asking.nothing,
    "caseInstanceId": asking.nothing,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
SORTS = {
    "created": "number",
    "id": "id",
    "name": "name",
    "assignee": "assignee",
    "priority": "priority",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "instanceId": "root",
    "executionId": "id",
}


def _delegation(given: str) -> Mapping[str, Any]:
    if given.upper() not in {"PENDING", "RESOLVED"}:
        raise invalid("delegationState: PENDING or RESOLVED")
    return {"pending": given.upper() == "PENDING"}


@router.get("/task")
@router.post("/task")
def tasks(query: Asked, caller: TheCaller) -> list[Item]:
    """The open tasks, in the order of their creation unless sorted otherwise."""
    return listed(query, caller, TASKS, PARAMS, SORTS, lambda row: item_of(caller, row))


@router.get("/task/count")
@router.post("/task/count")
def count_tasks(query: Asked, caller: TheCaller) -> dict[str, int]:
    """How many are open."""
    return counted(query, caller, TASKS, PARAMS)


@router.get("/task/{task}")
def one(task: str, caller: TheCaller) -> Item:
    """One open task."""
    return item_of(caller, row_of(caller, task))


@router.post("/task/{task}/complete")
@router.post("/task/{task}/submit-form")
def complete(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Complete it: the variables are set where they exist already, else on its process instance; those are answered if they are asked for."""
    variables, row = declared_in((body or {}).get("variables")), row_or_500(caller, task)
    if _handed(row) == "PENDING":
        raise failed(f"Cannot complete task {task}: a delegated task cannot be completed, but should be resolved instead.")
    with executing():
        caller.engine.complete(task=task, data=variables, actor=caller.actor)
    caller.settle()
    return JSONResponse(last_values(caller, row["root"], row["within"])) if flag_of(body or {}, "withVariablesInReturn") else Response(status_code=204)


@router.post("/task/{task}/bpmnError", status_code=204)
def bpmn_error(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """A business error from it goes to the event that catches it; when none does, nothing follows the task."""
    given = body or {}
    _throw(caller, task, given, code=needed_text(given, "errorCode"), message=text_of(given, "errorMessage") or "")
    return Response(status_code=204)


@router.post("/task/{task}/bpmnEscalation", status_code=204)
def bpmn_escalation(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """An escalation from it goes to the event that catches it; 500 when none does."""
    given = body or {}
    _throw(caller, task, given, code=needed_text(given, "escalationCode"), message="", escalates=True)
    return Response(status_code=204)


@router.post("/task/{task}/claim", status_code=204)
def claim(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Take it for a user."""
    user = text_of(body or {}, "userId")
    if row_or_500(caller, task)["assignee"] not in {None, user}:
        raise failed(f"Task '{task}' is already claimed by someone else.")
    _assign(caller, task, user)
    return Response(status_code=204)


@router.post("/task/{task}/unclaim", status_code=204)
def unclaim(task: str, caller: TheCaller) -> Response:
    """Give it back to its candidates."""
    _assign(caller, task, None)
    return Response(status_code=204)


@router.post("/task/{task}/assignee", status_code=204)
def assign(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Give it to a user, whoever has it."""
    _assign(caller, task, text_of(body or {}, "userId"))
    return Response(status_code=204)


@router.post("/task/{task}/delegate", status_code=204)
def delegate(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let another user do it; who had it stays its owner."""
    user, row = needed_text(body or {}, "userId"), row_or_500(caller, task)
    with executing():
        caller.engine.delegate(task=task, user=user, actor=_holder(caller, row))
    return Response(status_code=204)


@router.post("/task/{task}/resolve", status_code=204)
def resolve(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Hand a delegated task back to its owner; the variables are set as when it is completed."""
    variables, row = declared_in((body or {}).get("variables")), row_or_500(caller, task)
    with executing():
        caller.engine.resolve(task=task, actor=_holder(caller, row))
        if variables:
            caller.engine.set_variables(root=row["root"], token=row["wait"], variables=variables, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


def _throw(caller: Caller, task: str, given: Mapping[str, Any], **what: Any) -> None:
    variables = declared_in(given.get("variables"))
    row_of(caller, task)
    with executing():
        caller.engine.throw(task=task, variables=variables, actor=caller.actor, **what)
    caller.settle()


def row_of(caller: Caller, task: str) -> RowMapping:
    """An open task's row. Raises RestError 404."""
    return the_row(caller, TASKS, task, otherwise=f"No matching task with id {task}")


def row_or_500(caller: Caller, task: str) -> RowMapping:
    """The same for what acts on it. Raises RestError 500."""
    try:
        return row_of(caller, task)
    except RestError as error:
        raise failed(f"Cannot find task with id {task}") from error


def _holder(caller: Caller, row: RowMapping) -> Actor:
    """Who hands a task on: whoever has it, in whose name the caller acts."""
    return Actor(id=row["assignee"], name=row["assignee"]) if row["assignee"] else caller.actor


def _assign(caller: Caller, task: str, user: str | None) -> None:
    row_or_500(caller, task)
    with executing():
        caller.engine.assign(task=task, user=user, actor=caller.actor)


def _handed(row: RowMapping) -> str | None:
    """Whether a task is delegated, or was."""
    return None if row["owner"] is None else "RESOLVED" if row["owner"] == row["assignee"] else "PENDING"


def item_of(caller: Caller, row: Any) -> Item:
    """A task as it is shown."""
    return {
        "id": row["id"],
        "name": row["name"],
        "assignee": row["assignee"],
        "created": instant_out(row["created_at"]),
        "due": instant_out(row["due"]),
        "followUp": instant_out(row["follow_up"]),
        "lastUpdated": None,
        "delegationState": _handed(row),
        "description": None,
        "executionId": row["id"],
        "owner": row["owner"],
        "parentTaskId": None,
        "priority": row["priority"],
        "processDefinitionId": caller.definition_id(row),
        "processInstanceId": instance_id(row["root"], row["within"]),
        "taskDefinitionKey": row["element"],
        "caseDefinitionId": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "suspended": row["root_status"] == "suspended",
        "formKey": row["form_key"],
        "camundaFormRef": None,
        "tenantId": None,
    }
