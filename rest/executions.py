"""Executions: the instances themselves and the tokens that wait in them, with the variables that each holds itself."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import RowMapping

from rest import asking
from rest.asking import flag, text
from rest.bodies import JsonBody
from rest.errors import failed, missing
from rest.instances import standing
from rest.listing import Item
from rest.parts import CALLED, Caller, TheCaller, instance_id, split_instance
from rest.scopes import Place
from store.engine import listing
from store.engine.present import INSTANCES

router = APIRouter(tags=["Execution"])
PARAMS = {
    "activityId": asking.anything,  # looked for among the tokens themselves
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processInstanceId": asking.instance,
    "businessKey": text("business_key"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "withoutTenantId": asking.anything,
}
SORTS = {"instanceId": "id", "definitionId": "version", "definitionKey": "process"}


@router.get("/execution")
def executions(request: Request, caller: TheCaller) -> list[Item]:
    """The tokens that wait, each an execution, and the instances themselves."""
    return asking.streamed(request, caller, INSTANCES, PARAMS, SORTS, lambda rows: _items(request, caller, rows))


@router.get("/execution/count")
def count_executions(request: Request, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    wanted = asking.wanted(request, caller, PARAMS, SORTS, paged=False)
    return {"count": sum(1 for _ in _items(request, caller, caller.stream(listing.stream, INSTANCES, wanted)))}


@router.get("/execution/{execution}")
def one(execution: str, caller: TheCaller) -> Item:
    """One execution."""
    root, within = split_instance(execution)
    row = caller.case(root, within) if execution == instance_id(root, within) else None
    if row is not None:
        return _item(execution, execution)
    for item in _of_root(caller, execution.partition(".")[0]):
        if item["id"] == execution:
            return item
    raise missing(f"Execution with id {execution} does not exist")


@router.get("/execution/{execution}/localVariables")
def variables(execution: str, caller: TheCaller, deserializeValues: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002, N803 - a query parameter
    """The variables that it holds itself."""
    return _place(caller, execution).show(caller, deserialize=deserializeValues)


@router.get("/execution/{execution}/localVariables/{name:path}")
def variable(execution: str, name: str, caller: TheCaller, deserializeValue: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One of them."""
    return _place(caller, execution).show_one(caller, name, deserialize=deserializeValue)


@router.post("/execution/{execution}/localVariables", status_code=204)
def modify_variables(execution: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables of its own, take others away."""
    _place(caller, execution).modify(caller, body)
    return Response(status_code=204)


@router.put("/execution/{execution}/localVariables/{name:path}", status_code=204)
def set_variable(execution: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set one of its own."""
    _place(caller, execution).put(caller, name, body)
    return Response(status_code=204)


@router.delete("/execution/{execution}/localVariables/{name:path}", status_code=204)
def delete_variable(execution: str, name: str, caller: TheCaller) -> Response:
    """Take one of its own away."""
    _place(caller, execution).take_away(caller, name)
    return Response(status_code=204)


def _place(caller: Caller, execution: str) -> Place:
    root, dot, token = execution.partition(".")
    if caller.case(root) is None:
        raise failed(f"Cannot find execution with id '{execution}'")
    if not dot:
        return Place(root)
    return Place(root, token.removesuffix(CALLED)) if token.endswith(CALLED) else Place(root, token=token, local=True)


def _of_root(caller: Caller, root: str) -> Iterator[Item]:
    wanted = listing.Wanted((("root", root),))
    return _all(caller, caller.stream(listing.stream, INSTANCES, wanted), "")


def _items(request: Request, caller: Caller, rows: Iterator[RowMapping]) -> Iterator[Item]:
    return _all(caller, rows, request.query_params.get("activityId", ""))


def _all(caller: Caller, rows: Iterator[RowMapping], element: str) -> Iterator[Item]:
    for row, places in standing(caller, rows):
        instance = instance_id(row["root"], row["within"])
        if not element:
            yield _item(instance, instance)
        for place in places:
            if element in {"", place.element}:
                yield _item(f"{row['root']}.{place.id}", instance)


def _item(name: str, instance: str) -> Item:
    return {"id": name, "processInstanceId": instance, "ended": False, "tenantId": None}
