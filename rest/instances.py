"""Process instances and executions: listed, shown as trees, their variables read and set, ended, suspended."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response

from engine.bpmn.walk import Place
from engine.commands.looks import Look
from rest.bodies import JsonBody, truth
from rest.errors import RestError, executing, failed, invalid, missing
from rest.listing import Item, anything, count, equals, is_false, is_true, one_of, page, shown
from rest.parts import Caller, TheCaller, instance_id, running_instance
from rest.values import value_in, value_out, variables_in, variables_out
from store.engine import foreign

router = APIRouter(tags=["Process Instance"])
TESTS = {
    "deploymentId": equals("_deployment"),
    "processDefinitionId": equals("definitionId"),
    "processDefinitionKey": equals("_key"),
    "processInstanceIds": one_of("id"),
    "businessKey": equals("businessKey"),
    "active": is_false("suspended"),
    "suspended": is_true("suspended"),
    "superProcessInstance": equals("_super"),
    "rootProcessInstances": is_true("_root"),
    "activityIdIn": lambda item, asked: bool(set(asked.split(",")) & {place.element for place in item["_leaves"]()}),
    "withoutTenantId": anything,
}
SORTS = {"instanceId": "id", "definitionId": "definitionId", "definitionKey": "_key", "businessKey": "businessKey"}
EXECUTION_TESTS = {
    "activityId": equals("_activity"),
    "processDefinitionId": equals("_definition"),
    "processDefinitionKey": equals("_key"),
    "processInstanceId": equals("processInstanceId"),
    "businessKey": equals("_businessKey"),
    "active": is_false("_suspended"),
    "suspended": is_true("_suspended"),
}


@router.get("/process-instance")
def instances(request: Request, caller: TheCaller) -> list[Item]:
    """The running instances, called ones too."""
    return page(_items(caller), request, TESTS, SORTS)


@router.get("/process-instance/count")
def count_instances(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many run."""
    return count(_items(caller), request, TESTS)


@router.get("/process-instance/{instance}")
def one(instance: str, caller: TheCaller) -> Item:
    """One running instance."""
    root, within, _ = running_instance(caller, instance)
    return shown(_item(caller, root, within))


@router.delete("/process-instance/{instance}", status_code=204)
def delete(instance: str, caller: TheCaller) -> Response:
    """End an instance with all that it calls; its history stays."""
    root, within, _ = running_instance(caller, instance)
    if within:
        raise RestError(409, f"{instance} is called by another instance and ends with it: delete {root}", type="InvalidRequestException")
    caller.engine.cancel(root=root, reason="deleted by the REST interface", actor=caller.actor)
    caller.settle()
    return Response(status_code=204)


@router.put("/process-instance/{instance}/suspended", status_code=204)
def suspend(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let an instance stand still, or go on."""
    suspended = truth(body or {}, "suspended")
    root, _, _ = running_instance(caller, instance)
    if (caller.running[root]["status"] == "suspended") != suspended:
        verb = caller.engine.suspend if suspended else caller.engine.resume
        verb(root=root, reason="by the REST interface", actor=caller.actor)
        caller.settle()
    return Response(status_code=204)


@router.get("/process-instance/{instance}/activity-instances")
def tree(instance: str, caller: TheCaller) -> Item:
    """Where its tokens stand: scopes are inner nodes, every waiting token is a leaf."""
    root, within, look = running_instance(caller, instance)
    definition = caller.definition_of(root, within)
    key = definition.partition(":")[0]
    nodes = [_node(place, root=root, parent=instance, instance=instance, definition=definition) for place in look.places(within)]
    whole = {"id": instance, "parentActivityInstanceId": None, "activityId": key, "activityName": None, "activityType": "processDefinition"}
    return {**whole, "processInstanceId": instance, "processDefinitionId": definition, **_children(nodes), "executionIds": [instance]}


@router.get("/process-instance/{instance}/variables")
def variables(instance: str, caller: TheCaller, deserializeValues: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002, N803 - a query parameter
    """The variables of its own scope."""
    _, within, look = _instance_or_500(caller, instance)
    return variables_out(look.variables(within), deserialize=deserializeValues)


@router.get("/process-instance/{instance}/variables/{name}")
def variable(instance: str, name: str, caller: TheCaller) -> dict[str, Any]:
    """One of them."""
    _, within, look = _instance_or_500(caller, instance)
    found = look.variables(within)
    if name not in found:
        raise missing(f"process instance variable with name {name} does not exist")
    return value_out(found[name])


@router.post("/process-instance/{instance}/variables", status_code=204)
def modify_variables(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables; conditional events look again."""
    write(caller, instance, modifications(body))
    return Response(status_code=204)


@router.put("/process-instance/{instance}/variables/{name}", status_code=204)
def set_variable(instance: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set one variable."""
    write(caller, instance, {name: value_in(name, body or {})})
    return Response(status_code=204)


@router.get("/execution")
def executions(request: Request, caller: TheCaller) -> list[Item]:
    """The tokens that wait, each an execution, and the instances themselves."""
    return page(_executions(caller), request, EXECUTION_TESTS, {"instanceId": "processInstanceId", "definitionId": "_definition"})


@router.get("/execution/count")
def count_executions(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return count(_executions(caller), request, EXECUTION_TESTS)


def modifications(body: dict[str, Any] | None) -> dict[str, Any]:
    """What a body of variables sets. Raises RestError 400; a variable cannot be deleted here."""
    if (body or {}).get("deletions"):
        raise invalid("deletions are not supported: set the variable to null")
    return variables_in((body or {}).get("modifications"))


def write(caller: Caller, instance: str, values: dict[str, Any]) -> None:
    """Set variables of an instance's own scope and let what follows come to rest."""
    root, within, _ = _instance_or_500(caller, instance)
    with executing():
        caller.engine.set_variables(root=root, within=within, variables=values, actor=caller.actor)
    caller.settle()


def leaves(look: Look, within: str) -> Iterator[Place]:
    """The waiting tokens of an instance or called process."""
    todo = list(look.places(within))
    while todo:
        place = todo.pop(0)
        if place.children:
            todo = [*place.children, *todo]
        else:
            yield place


def _instance_or_500(caller: Caller, instance: str) -> tuple[str, str, Look]:
    try:
        return running_instance(caller, instance)
    except RestError as error:
        raise failed(f"Cannot find execution with id '{instance}'") from error


def _parts(caller: Caller) -> Iterator[tuple[str, str]]:
    """Every running instance and called process: root and call token."""
    calling = caller.read(foreign.calling)
    for root in caller.running:
        yield root, ""
        look = caller.look(root) if root in calling else None
        for token in look.called if look else ():
            yield root, token


def _items(caller: Caller) -> list[Item]:
    return [_item(caller, root, within) for root, within in _parts(caller)]


def _item(caller: Caller, root: str, within: str) -> Item:
    row, look = caller.running[root], caller.look(root) if within else None
    definition = caller.definition_of(root, within)
    return {
        "id": instance_id(root, within),
        "definitionId": definition,
        "businessKey": row["business_key"] or None,
        "caseInstanceId": None,
        "ended": False,
        "suspended": row["status"] == "suspended",
        "tenantId": None,
        "_deployment": definition.rpartition(":")[2],
        "_key": definition.partition(":")[0],
        "_super": instance_id(root, look.called[within].within) if look else None,
        "_root": not within,
        "_leaves": lambda: _leaves_of(caller, root, within),  # looked at only when they are asked for
    }


def _leaves_of(caller: Caller, root: str, within: str) -> list[Place]:
    look = caller.look(root)
    return list(leaves(look, within)) if look else []


def _executions(caller: Caller) -> list[Item]:
    found = []
    for root, within in _parts(caller):
        definition, instance = caller.definition_of(root, within), instance_id(root, within)
        common = {
            "processInstanceId": instance,
            "ended": False,
            "tenantId": None,
            "_definition": definition,
            "_key": definition.partition(":")[0],
            "_businessKey": caller.running[root]["business_key"],
            "_suspended": caller.running[root]["status"] == "suspended",
        }
        found.append({"id": instance, **common, "_activity": None})
        found += [{"id": f"{root}.{place.id}", **common, "_activity": place.element} for place in _leaves_of(caller, root, within)]
    return found


def _node(place: Place, *, root: str, parent: str, instance: str, definition: str) -> Item:
    name = f"{root}.{place.id}"
    nodes = [_node(each, root=root, parent=name, instance=instance, definition=definition) for each in place.children]
    return {
        "id": name,
        "parentActivityInstanceId": parent,
        "activityId": place.element,
        "activityName": place.name or None,
        "activityType": place.type,
        "processInstanceId": instance,
        "processDefinitionId": definition,
        **_children(nodes),
        "executionIds": [name],
    }


def _children(nodes: list[Item]) -> Item:
    return {"childActivityInstances": nodes, "childTransitionInstances": []}
