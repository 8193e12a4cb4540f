"""What is done with several instances or definitions at once: suspended, activated, deleted. Done before the answer, each by itself."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from rest.bodies import JsonBody, flag_of, needed_text, refuse_tenant, text_of, truth
from rest.definitions import latest_of, one_of
from rest.errors import executing, invalid
from rest.instances import CALLED_GO_ALONG, PARAMS, REASON, end, switch
from rest.parts import Caller, TheCaller, split_instance
from rest.scopes import Place
from rest.several import IDS, QUERIES, done_batch, named_instances, running
from rest.shapes import BatchDto
from rest.values import declared_in
from store.engine import listing
from store.engine.listing import Wanted
from store.engine.present import INSTANCES, SUBSCRIPTIONS

router = APIRouter(tags=["Process Instance", "Process Definition"])


@router.put("/process-instance/suspended", status_code=204)
def suspend_instances(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let instances stand still, or go on: those named, or those of a definition."""
    given = body or {}
    suspended = truth(given, "suspended")
    refuse_tenant(given, "processDefinitionTenantId")
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
    suspended, rows = truth(given, "suspended"), running(caller, given)
    with executing():
        for row in {row["root"]: row for row in rows}.values():
            switch(caller, row, suspended=suspended)
    caller.settle()
    return done_batch(caller, "instance-update-suspension-state", len(rows))


@router.post("/process-instance/variables-async")
def set_variables_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """Set variables of the own scopes of instances, named in the same way."""
    given = body or {}
    variables, rows = declared_in(given.get("variables")), running(caller, given)
    if not variables:
        raise invalid("variables: at least one is needed")
    for row in rows:
        Place(row["root"], row["within"], kind="process instance").write(caller, variables)
    return done_batch(caller, "set-variables", len(rows))


@router.post("/process-instance/delete")
@router.post("/process-instance/delete-historic-query-based")
def delete_instances(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """End instances; their history stays. The answer is a batch that is done; one that is gone, or does not run, stays as it is."""
    given = body or {}
    if flag_of(given, "skipSubprocesses"):
        raise invalid(CALLED_GO_ALONG)
    reason, chosen = text_of(given, "deleteReason") or REASON, named_instances(caller, given)
    with executing():
        for row in [caller.case(*split_instance(each)) for each in chosen]:
            if row is not None:
                end(caller, row, reason=reason)
    caller.settle()
    return done_batch(caller, "instance-deletion", len(chosen))


@router.post("/process-instance/message-async")
def correlate_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """Hand a message to all that wait for it in instances, named in the same way; one in which nobody does stays as it is."""
    given = body or {}
    name, variables = needed_text(given, "messageName"), declared_in(given.get("variables"))
    chosen = named_instances(caller, given)
    places = [split_instance(each) for each in chosen]
    with executing():
        for row in caller.read(listing.rows, SUBSCRIPTIONS, Wanted((("kind", "message"), ("name", name), ("places", places)))):
            caller.engine.hand_over(subscription=row["id"], payload=variables, actor=caller.actor)
    caller.settle()
    return done_batch(caller, "correlate-message", len(chosen))


@router.put("/process-definition/suspended", status_code=204)
def suspend_by_name(caller: TheCaller, body: JsonBody = None) -> Response:
    """Let a definition, or all of a key, start nothing, or again."""
    given = body or {}
    refuse_tenant(given, "processDefinitionTenantId")
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
    """The instances that a body names: those of a definition, or of all of a key, else by ids and queries. Raises RestError 400 for none, and for both."""
    by = [name for name in ("processDefinitionId", "processDefinitionKey") if given.get(name)]
    if not by:
        return running(caller, given)
    if len(by) > 1 or any(given.get(name) is not None for name in (IDS, *QUERIES)):
        raise invalid(f"only one of processDefinitionId, processDefinitionKey, and {IDS} with {' and '.join(QUERIES)} says which are meant")
    return _roots(caller, list(PARAMS[by[0]](needed_text(given, by[0]), caller).items()))


def _roots(caller: Caller, asked: list[tuple[str, Any]]) -> list[RowMapping]:
    found: list[RowMapping] = caller.read(listing.rows, INSTANCES, Wanted((*asked, ("is_root", True))))
    return found
