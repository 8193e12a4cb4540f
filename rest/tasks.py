"""User tasks: listed, completed, claimed and handed over, their variables read and set."""

from typing import Any

from fastapi import APIRouter, Request, Response

from engine.contract import Actor
from engine.errors import EngineError
from rest.bodies import JsonBody, text_of
from rest.errors import RestError, executing, failed, invalid, missing
from rest.instances import modifications
from rest.listing import Item, anything, count, equals, is_false, is_true, like, one_of, page, shown
from rest.parts import Caller, TheCaller, instance_id
from rest.values import instant_in, instant_out, value_in, value_out, variables_in, variables_out
from store.engine import foreign

router = APIRouter(tags=["Task"])
TESTS = {
    "taskId": equals("id"),
    "processInstanceId": equals("processInstanceId"),
    "processInstanceIdIn": one_of("processInstanceId"),
    "processInstanceBusinessKey": equals("_businessKey"),
    "processDefinitionId": equals("processDefinitionId"),
    "processDefinitionKey": equals("_key"),
    "processDefinitionKeyIn": one_of("_key"),
    "executionId": equals("executionId"),
    "activityInstanceIdIn": one_of("executionId"),
    "deploymentId": equals("_deployment"),
    "taskDefinitionKey": equals("taskDefinitionKey"),
    "taskDefinitionKeyIn": one_of("taskDefinitionKey"),
    "name": equals("name"),
    "nameLike": like("name"),
    "assignee": equals("assignee"),
    "assigneeIn": one_of("assignee"),
    "owner": equals("owner"),
    "priority": equals("priority"),
    "candidateUser": lambda item, asked: item["assignee"] is None and asked in item["_users"],
    "candidateGroup": lambda item, asked: item["assignee"] is None and asked in item["_groups"],
    "candidateGroups": lambda item, asked: item["assignee"] is None and bool(set(asked.split(",")) & set(item["_groups"])),
    "unassigned": is_false("assignee"),
    "assigned": is_true("assignee"),
    "dueBefore": lambda item, asked: item["_due"] is not None and item["_due"] < instant_in(asked),
    "dueAfter": lambda item, asked: item["_due"] is not None and item["_due"] > instant_in(asked),
    "active": is_false("suspended"),
    "suspended": is_true("suspended"),
    "withoutTenantId": anything,
}
SORTS = {
    "created": "_number",
    "id": "id",
    "name": "name",
    "assignee": "assignee",
    "priority": "priority",
    "dueDate": "_due",
    "instanceId": "processInstanceId",
}


@router.get("/task")
def tasks(request: Request, caller: TheCaller) -> list[Item]:
    """The open tasks, in the order of their creation unless sorted otherwise."""
    return page(_items(caller), request, TESTS, SORTS)


@router.get("/task/count")
def count_tasks(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many are open."""
    return count(_items(caller), request, TESTS)


@router.get("/task/{task}")
def one(task: str, caller: TheCaller) -> Item:
    """One open task."""
    return shown(_one(caller, task))


@router.post("/task/{task}/complete")
def complete(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Complete it: the variables are set where they exist already, else on its process instance."""
    variables = variables_in((body or {}).get("variables"))
    _or_500(caller, task)
    with executing():
        caller.engine.complete(task=task, data=variables, actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.post("/task/{task}/claim", status_code=204)
def claim(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Take it for a user."""
    user = text_of(body or {}, "userId")
    item = _or_500(caller, task)
    if item["assignee"] not in {None, user}:
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
    user = text_of(body or {}, "userId")
    if user is None:
        raise invalid("userId: a text is needed")
    item = _or_500(caller, task)
    holder = Actor(id=item["assignee"], name=item["assignee"]) if item["assignee"] else caller.actor
    with executing():
        caller.engine.delegate(task=task, user=user, actor=holder)
    return Response(status_code=204)


@router.get("/task/{task}/identity-links")
def identity_links(task: str, caller: TheCaller, type: str | None = None) -> list[Item]:  # noqa: A002 - a query parameter
    """Who may do it: assignee, owner, candidates."""
    item = _one(caller, task)
    found = [{"userId": user, "groupId": None, "type": "candidate"} for user in item["_users"]]
    found += [{"userId": None, "groupId": group, "type": "candidate"} for group in item["_groups"]]
    found += [{"userId": item[kind], "groupId": None, "type": kind} for kind in ("assignee", "owner") if item[kind]]
    return [link for link in found if type in {None, link["type"]}]


@router.get("/task/{task}/variables")
def variables(task: str, caller: TheCaller, deserializeValues: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Everything that is visible from it, inner scopes over outer ones."""
    return variables_out(_visible(caller, task), deserialize=deserializeValues)


@router.get("/task/{task}/form-variables")
def form_variables(task: str, caller: TheCaller) -> dict[str, Any]:
    """The same: there are no forms of others here."""
    return variables_out(_visible(caller, task))


@router.get("/task/{task}/variables/{name}")
def variable(task: str, name: str, caller: TheCaller) -> dict[str, Any]:
    """One of them."""
    found = _visible(caller, task)
    if name not in found:
        raise missing(f"task variable with name {name} does not exist")
    return value_out(found[name])


@router.post("/task/{task}/variables", status_code=204)
def modify_variables(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables where they exist already, else on its process instance."""
    _write(caller, task, modifications(body), local=False)
    return Response(status_code=204)


@router.put("/task/{task}/variables/{name}", status_code=204)
def set_variable(task: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set one variable."""
    _write(caller, task, {name: value_in(name, body or {})}, local=False)
    return Response(status_code=204)


@router.post("/task/{task}/localVariables", status_code=204)
def modify_local_variables(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables of the task itself."""
    _write(caller, task, modifications(body), local=True)
    return Response(status_code=204)


def _write(caller: Caller, task: str, values: dict[str, Any], *, local: bool) -> None:
    item = _or_500(caller, task)
    with executing():
        where = {"root": item["_root"], "token": item["_wait"], "local": local}
        caller.engine.set_variables(**where, variables=values, actor=caller.actor)
    caller.settle()


def _visible(caller: Caller, task: str) -> dict[str, Any]:
    item = _or_500(caller, task)
    look = caller.look(item["_root"])
    try:
        return dict(look.visible(item["_wait"])) if look is not None else {}
    except EngineError as error:
        raise failed(f"Cannot find task with id {task}") from error


def _assign(caller: Caller, task: str, user: str | None) -> None:
    _or_500(caller, task)
    with executing():
        caller.engine.assign(task=task, user=user, actor=caller.actor)


def _items(caller: Caller) -> list[Item]:
    return [_item(caller, row) for row in caller.read(foreign.open_tasks) if row["root"] in caller.running]


def _item(caller: Caller, row: Any) -> Item:
    definition, case = caller.definition_of(row["root"], row["within"]), caller.running[row["root"]]
    return {
        "id": row["id"],
        "name": row["name"],
        "assignee": row["assignee"],
        "created": instant_out(row["created_at"]),
        "due": instant_out(row["due"]),
        "followUp": instant_out(row["follow_up"]),
        "lastUpdated": None,
        "delegationState": "PENDING" if row["owner"] else None,
        "description": None,
        "executionId": row["id"],
        "owner": row["owner"],
        "parentTaskId": None,
        "priority": row["priority"],
        "processDefinitionId": definition,
        "processInstanceId": instance_id(row["root"], row["within"]),
        "taskDefinitionKey": row["element"],
        "caseDefinitionId": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "suspended": case["status"] == "suspended",
        "formKey": row["form_key"],
        "camundaFormRef": None,
        "tenantId": None,
        "_root": row["root"],
        "_wait": row["wait"],
        "_number": row["number"],
        "_due": row["due"],
        "_users": row["users"],
        "_groups": row["groups"],
        "_key": definition.partition(":")[0],
        "_deployment": definition.rpartition(":")[2],
        "_businessKey": case["business_key"],
    }


def _one(caller: Caller, task: str) -> Item:
    for row in caller.read(foreign.open_tasks):
        if row["id"] == task and row["root"] in caller.running:
            return _item(caller, row)
    raise missing(f"No matching task with id {task}")


def _or_500(caller: Caller, task: str) -> Item:
    try:
        return _one(caller, task)
    except RestError as error:
        raise failed(f"Cannot find task with id {task}") from error
