"""What is done with several instances or definitions at once: suspended, activated, deleted. Done before the answer, each by itself."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from rest import asking
from rest.bodies import JsonBody, needed_text, text_of, truth
from rest.definitions import latest_of, one_of
from rest.errors import executing, invalid
from rest.history import INSTANCE_PARAMS
from rest.instances import PARAMS, end, switch
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.query import read
from rest.scopes import Place
from rest.shapes import BatchDto
from rest.values import declared_in, instant_out
from store.engine import listing
from store.engine.cases import CASES
from store.engine.listing import Wanted
from store.engine.present import INSTANCES

router = APIRouter(tags=["Process Instance", "Process Definition"])


@router.put("/process-instance/suspended", status_code=204)
def suspend_instances(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let instances stand still, or go on: those named, or those of a definition."""
    given = body or {}
    suspended = truth(given, "suspended")
    with executing():
        for row in _meant(caller, given):
            if not row["within"]:  # a called one stands still with its root
                switch(caller, row, suspended=suspended)
    caller.settle()
    return Response(status_code=204)


@router.post("/process-instance/suspended-async")
def suspend_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """Let instances, named by their ids and by a query, stand still, or go on; a called one with its root. The answer is a batch that is done."""
    given = body or {}
    suspended, rows = truth(given, "suspended"), _running(caller, given)
    with executing():
        for row in {row["root"]: row for row in rows}.values():
            switch(caller, row, suspended=suspended)
    caller.settle()
    return done_batch(caller, "instance-update-suspension-state", len(rows))


@router.post("/process-instance/variables-async")
def set_variables_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """Set variables of the own scopes of instances, named in the same way."""
    given = body or {}
    variables, rows = declared_in(given.get("variables")), _running(caller, given)
    if not variables:
        raise invalid("variables: at least one is needed")
    for row in rows:
        Place(row["root"], row["within"], kind="process instance").write(caller, variables)
    return done_batch(caller, "set-variables", len(rows))


@router.post("/process-instance/delete")
def delete_instances(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """End instances; their history stays. The answer is a batch that is done."""
    given = body or {}
    reason, rows = text_of(given, "deleteReason") or "deleted by the REST interface", _meant(caller, given)
    with executing():
        for row in rows:
            end(caller, row, reason=reason)
    caller.settle()
    return done_batch(caller, "instance-deletion", len(rows))


@router.put("/process-definition/suspended", status_code=204)
def suspend_by_name(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let a definition, or all of a key, start nothing, or again."""
    given = body or {}
    if given.get("processDefinitionId"):
        rows = [one_of(caller, needed_text(given, "processDefinitionId"))]
    else:
        rows = _of_key(caller, needed_text(given, "processDefinitionKey"))
    return _suspend(caller, rows, given)


@router.put("/process-definition/key/{key}/suspended", status_code=204)
def suspend_key(key: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """The same for all definitions of a key."""
    return _suspend(caller, _of_key(caller, key), body or {})


@router.put("/process-definition/{definition}/suspended", status_code=204)
def suspend_definition(definition: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """The same for one definition; instances that run go on unless they are named, too (`includeProcessInstances`)."""
    return _suspend(caller, [one_of(caller, definition)], body or {})


def _suspend(caller: Caller, rows: list[RowMapping], given: Mapping[str, Any]) -> Response:
    suspended = truth(given, "suspended")
    if given.get("executionDate"):
        raise invalid("executionDate: a definition is suspended at once or not at all")
    with executing():
        for row in rows:
            caller.engine.suspend_definition(definition=row["id"], suspended=suspended, actor=caller.actor)
            if given.get("includeProcessInstances") is True:
                for each in _roots(caller, [("definition", (row["key"], row["version"]))]):
                    switch(caller, each, suspended=suspended)
    caller.settle()
    return Response(status_code=204)


def _of_key(caller: Caller, key: str) -> list[RowMapping]:
    latest_of(caller, key)
    return [row for row in caller.definitions.values() if row["key"] == key]


def _meant(caller: Caller, given: Mapping[str, Any]) -> list[RowMapping]:
    """The instances (called ones after their roots) that a body names: by ids, a query, a definition or a key. Raises RestError 400 for none."""
    asked: list[tuple[str, Any]] = []
    ids, query = given.get("processInstanceIds"), given.get("processInstanceQuery")
    if ids is not None:
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise invalid("processInstanceIds: a list of ids is needed")
        asked += asking.instances(ids, caller).items()
    if query is not None:
        asked += _of_query(caller, query)
    for name in ("processDefinitionId", "processDefinitionKey"):
        if given.get(name):
            asked += PARAMS[name](needed_text(given, name), caller).items()
    if ids is None and query is None and not asked:
        raise invalid("Either processInstanceIds, processInstanceQuery, processDefinitionId or processDefinitionKey is needed")
    found: list[RowMapping] = caller.read(listing.rows, INSTANCES, Wanted(tuple(asked)))
    return found


def _running(caller: Caller, given: Mapping[str, Any]) -> list[RowMapping]:
    """The running instances that a body names. Raises RestError 400 for none, and for one that does not run."""
    found = {each: caller.case(*split_instance(each)) for each in named_instances(caller, given)}
    for name, row in found.items():
        if row is None:
            raise invalid(f"Process instance with id {name} does not exist")
    return [row for row in found.values() if row is not None]


def named_instances(caller: Caller, given: Mapping[str, Any], *, finished: bool = False) -> list[str]:
    """The process instances (called ones too) that a body names by their ids and by a query, each once. Raises RestError 400 when it names none.

    Those that run are asked for with `processInstanceQuery`, those that are ``finished`` with `historicProcessInstanceQuery`.
    """
    known, other = ("historicProcessInstanceQuery", "processInstanceQuery") if finished else ("processInstanceQuery", "historicProcessInstanceQuery")
    ids, query = given.get("processInstanceIds"), given.get(known)
    if given.get(other):
        raise invalid(f"{other} is not supported here: use {known}")
    if (ids is not None and not isinstance(ids, list)) or not all(isinstance(each, str) and each for each in ids or ()):
        raise invalid("processInstanceIds: a list of ids is needed")
    found = list(ids or ())
    if query is not None and finished:
        rows = caller.read(listing.rows, CASES, Wanted((*_of_query(caller, query, INSTANCE_PARAMS), ("is_root", True))))
        found += [row["root"] for row in rows]
    elif query is not None:
        rows = caller.read(listing.rows, INSTANCES, Wanted(tuple(_of_query(caller, query))))
        found += [instance_id(row["root"], row["within"]) for row in rows]
    if not found:
        raise invalid(f"processInstanceIds or {known}: at least one instance is needed")
    return list(dict.fromkeys(found))


def done_batch(caller: Caller, kind: str, number: int) -> BatchDto:
    """What is asked for as a batch is done before the answer: a batch of which nothing is left."""
    now = instant_out(caller.parts.clock.now())
    return {
        "id": "done",
        "type": kind,
        "totalJobs": number,
        "jobsCreated": number,
        "batchJobsPerSeed": number,
        "invocationsPerBatchJob": 1,
        "seedJobDefinitionId": None,
        "monitorJobDefinitionId": None,
        "batchJobDefinitionId": None,
        "suspended": False,
        "tenantId": None,
        "createUserId": caller.actor.id,
        "startTime": now,
        "executionStartTime": now,
    }


def _of_query(caller: Caller, query: object, params: asking.Params = PARAMS) -> list[tuple[str, Any]]:
    """The filters of a query in a body. Raises RestError 400 for what it does not know: it would widen what is done."""
    if not isinstance(query, Mapping):
        raise invalid("a query is an object")
    return list(asking.filters(read(query), caller, params))


def _roots(caller: Caller, asked: list[tuple[str, Any]]) -> list[RowMapping]:
    found: list[RowMapping] = caller.read(listing.rows, INSTANCES, Wanted((*asked, ("is_root", True))))
    return found
