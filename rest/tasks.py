"""User tasks: listed, completed, claimed and handed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import RowMapping

from engine.contract import Actor
from rest.asking import the_row
from rest.bodies import JsonBody, flag_of, needed_text, text_of
from rest.bodies import whole as whole_of
from rest.errors import RestError, executing, failed, invalid
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id
from rest.query import Query
from rest.scopes import Place
from rest.shapes import NOTHING, Variables
from rest.shapes_work import FormDto, TaskDto, TaskFacts, TaskWithAttachmentAndCommentDto
from rest.tasks_asked import PARAMS, SORTS
from rest.values import declared_in, instant_in, instant_out
from rest.variable_instances import last_values
from store.engine.present import TASKS

router = APIRouter(tags=["Task"])
EDITED = frozenset({"name", "description", "priority", "due", "followUp", "assignee"})


offer(
    router, "/task", TaskWithAttachmentAndCommentDto,
    stored(TASKS, PARAMS, SORTS, lambda caller, row, query: _item(caller, row, query)),  # noqa: PLW0108 - it stands below
    name="tasks", told="The open tasks, in the order of their creation unless sorted otherwise.", counted="How many are open.",
)


@router.post("/task/create", status_code=204)
def create(caller: TheCaller) -> Response:  # noqa: ARG001 - nobody is told before signing in
    """Refused (400): a task here belongs to a process instance, which opens and closes it."""
    raise invalid("Standalone tasks are not supported: a task belongs to a process instance; start one instead")


@router.get("/task/{task}")
def one(task: str, caller: TheCaller) -> TaskDto:
    """One open task."""
    return item_of(caller, row_of(caller, task))


@router.get("/task/{task}/form")
def form(task: str, caller: TheCaller) -> FormDto:
    """The key of its form; the form itself is a client's."""
    return {"key": row_of(caller, task)["form_key"], "camundaFormRef": None, "contextPath": None}


@router.put("/task/{task}", status_code=204)
def edit(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Give it another name, description, priority, due date, follow-up date, assignee. As with Camunda a date, assignee or description that is not given is
    taken away.

    A name or priority that is not given stays; what else differs from the task is refused (400): it has routes of its own, or there is no such thing.
    """
    given, row = body or {}, row_or_500(caller, task)
    changed = {
        "name": text_of(given, "name") or row["name"],
        "description": text_of(given, "description"),
        "priority": whole_of(given, "priority", least=-(2**31), most=2**31 - 1, default=row["priority"]),
        "due": _instant_of(given, "due"),
        "follow_up": _instant_of(given, "followUp"),
    }
    item: Mapping[str, Any] = item_of(caller, row)
    other = sorted(name for name, value in given.items() if name not in EDITED and value is not None and value != item.get(name))
    if other:
        raise invalid(f"cannot be changed here: {', '.join(other)}")
    assignee = text_of(given, "assignee")
    with executing():
        caller.engine.edit(task=task, **changed, actor=caller.actor)
        if assignee != row["assignee"]:
            caller.engine.assign(task=task, user=assignee, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.delete("/task/{task}", status_code=204)
def delete(task: str, caller: TheCaller) -> Response:
    """Refused (500), as Camunda does: its process instance opens and closes it."""
    row_of(caller, task)
    raise failed("The task cannot be deleted because is part of a running process")


@router.post("/task/{task}/complete", response_model=Variables, responses=NOTHING)
@router.post("/task/{task}/submit-form", response_model=Variables, responses=NOTHING)
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


def _instant_of(given: Mapping[str, Any], name: str) -> datetime | None:
    return None if given.get(name) is None else instant_in(given[name])


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


def _handed(row: RowMapping) -> Literal["PENDING", "RESOLVED"] | None:
    """Whether a task is delegated, or was."""
    return None if row["owner"] is None else "RESOLVED" if row["owner"] == row["assignee"] else "PENDING"


def item_of(caller: Caller, row: Any) -> TaskDto:
    """A task as it is shown."""
    return {
        **facts_of(row),
        "created": instant_out(row["created_at"]),
        "lastUpdated": instant_out(row["changed_at"]),
        "taskState": state_of(row),
        "delegationState": _handed(row),
        "processDefinitionId": caller.definition_id(row),
        "suspended": row["root_status"] == "suspended",
        "formKey": row["form_key"],
        "camundaFormRef": None,
    }


def state_of(row: Any) -> Literal["Created", "Updated"]:
    """What has become of an open task so far."""
    return "Created" if row["changed_at"] is None else "Updated"


def _item(caller: Caller, row: Any, query: Query) -> TaskWithAttachmentAndCommentDto:
    """A task of a list; whether there are comments or attachments, and its variables, are told only if they are asked for."""
    item = cast("TaskWithAttachmentAndCommentDto", item_of(caller, row))
    if query.flag("withCommentAttachmentInfo"):
        item["comment"], item["attachment"] = row["commented"], row["attached"]
    if (everything := query.flag("withTaskVariablesInReturn")) or query.flag("withTaskLocalVariablesInReturn"):
        item["variables"] = _variables(caller, row, local=not everything)
    return item


def _variables(caller: Caller, row: Any, *, local: bool) -> Variables:
    """What a task of a list sees, or holds itself; nothing of one that is gone meanwhile."""
    try:
        return Place(row["root"], row["within"], row["wait"], local=local, kind="task").show(caller)
    except RestError:
        return {}


def facts_of(row: Any) -> TaskFacts:
    """What is told of a task, open or closed."""
    return {
        "id": row["id"],
        "name": row["name"] or None,
        "assignee": row["assignee"],
        "owner": row["owner"],
        "description": row["description"],
        "executionId": row["id"],
        "parentTaskId": None,
        "priority": row["priority"],
        "processInstanceId": instance_id(row["root"], row["within"]),
        "taskDefinitionKey": row["element"],
        "due": instant_out(row["due"]),
        "followUp": instant_out(row["follow_up"]),
        "caseDefinitionId": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "tenantId": None,
    }
