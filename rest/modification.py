"""Modification and restart: tokens are cancelled and started where a client says; finished instances run once more."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.bpmn.modifying import Change
from rest.bodies import JsonBody, flag_of, needed_text, text_of
from rest.changes import changes_in, places
from rest.errors import RestError, invalid, missing
from rest.parts import Caller, TheCaller, running_instance, split_instance
from rest.several import PAST, done_batch, named_instances
from rest.shapes import BatchDto
from store.engine import queries

router = APIRouter(tags=["Modification"])


@router.post("/process-instance/{instance}/modification", status_code=204)
def modify(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Cancel and start tokens of one instance, all of it or nothing."""
    running_instance(caller, instance)
    changes, variables = changes_in(body or {})
    _modify(caller, instance, changes, variables, _reason(body))
    return Response(status_code=204)


@router.post("/process-instance/{instance}/modification-async")
def modify_one_as_batch(instance: str, caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same, answered as a batch that is done."""
    modify(instance, caller, body)
    return done_batch(caller, "instance-modification", 1)


@router.post("/modification/execute", status_code=204)
def modify_several(caller: TheCaller, body: JsonBody = None) -> Response:
    """The same with several instances of a definition, each by itself."""
    _modify_several(caller, body or {})
    return Response(status_code=204)


@router.post("/modification/executeAsync")
def modify_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same, answered as a batch that is done."""
    return done_batch(caller, "instance-modification", _modify_several(caller, body or {}))


def _modify_several(caller: Caller, given: Mapping[str, Any]) -> int:
    definition = _definition(caller, needed_text(given, "processDefinitionId"))
    changes, variables = changes_in(given)
    chosen = named_instances(caller, given)
    for instance in chosen:
        root, within, look = running_instance(caller, instance)
        card = caller.read(queries.instance_card, root)
        process, version = card["process"], card["version"]
        if within:
            process, version = look.called[within].process, look.called[within].version or version
        if (process, version) != definition:
            raise RestError(400, f"Process instance '{instance}' is not of the definition that is named", type="BadUserRequestException")
    for instance in chosen:
        _modify(caller, instance, changes, variables, _reason(given))
    return len(chosen)


@router.post("/process-definition/{definition}/restart", status_code=204)
def restart(definition: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let finished instances of the definition run once more, each as a new one that begins where the instructions say."""
    _restart(caller, definition, body or {})
    return Response(status_code=204)


@router.post("/process-definition/{definition}/restart-async")
def restart_as_batch(definition: str, caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same, answered as a batch that is done."""
    return done_batch(caller, "instance-restart", _restart(caller, definition, body or {}))


def _restart(caller: Caller, definition: str, given: Mapping[str, Any]) -> int:
    known = _definition(caller, definition)
    changes, variables = changes_in(given)
    if variables or any(change.kind == "cancel" for change in changes):
        raise invalid("instructions: only starts with local variables are known to a restart")
    chosen = named_instances(caller, given, queries=(PAST,), always=(("is_root", True),))
    for root in chosen:
        card = caller.read(queries.instance_card, root)
        if card is None or (card["process"], card["version"]) != known or card["ended_at"] is None:
            raise RestError(400, f"'{root}' is no finished process instance of the definition", type="BadUserRequestException")
    key = "" if flag_of(given, "withoutBusinessKey") else None
    with places():
        for root in chosen:
            initial = flag_of(given, "initialVariables")
            caller.engine.restart(root=root, changes=changes, initial=initial, business_key=key, reason=_reason(given), actor=caller.actor)
    caller.settle()
    return len(chosen)


def _modify(caller: Caller, instance: str, changes: list[Change], variables: dict[str, Any], reason: str) -> None:
    root, within = split_instance(instance)
    with places():
        caller.engine.modify(root=root, within=within, changes=changes, variables=variables, reason=reason, actor=caller.actor)
    caller.settle()


def _reason(body: Mapping[str, Any] | None) -> str:
    return text_of(body or {}, "annotation") or "by the REST interface"


def _definition(caller: Caller, wanted: str) -> tuple[str, int]:
    for key, row in caller.definitions.items():
        if row["id"] == wanted:
            return key
    raise missing(f"No matching definition with id {wanted}")
