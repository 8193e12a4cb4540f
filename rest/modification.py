"""Modification and restart: tokens are cancelled and started where a client says; finished instances run once more."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Response

from engine.bpmn.modifying import Change, Kind
from engine.errors import EngineError
from rest.bodies import JsonBody, flag_of, needed_text, text_of
from rest.errors import RestError, executing, invalid, missing
from rest.listing import Item
from rest.parts import Caller, TheCaller, running_instance, split_instance
from rest.together import done_batch, named_instances
from rest.values import declared_in
from store.engine import queries

router = APIRouter(tags=["Modification"])
STARTS: Mapping[str, tuple[Kind, str]] = {
    "startBeforeActivity": ("before", "activityId"),
    "startAfterActivity": ("after", "activityId"),
    "startTransition": ("along", "transitionId"),
}
_NOWHERE = frozenset({"MOD-PLACE", "MOD-GONE"})


@router.post("/process-instance/{instance}/modification", status_code=204)
def modify(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Cancel and start tokens of one instance, all of it or nothing."""
    running_instance(caller, instance)
    changes, variables = _changes(body or {})
    _modify(caller, instance, changes, variables, _reason(body))
    return Response(status_code=204)


@router.post("/modification/execute", status_code=204)
def modify_several(caller: TheCaller, body: JsonBody = None) -> Response:
    """The same with several instances of a definition, each by itself."""
    _modify_several(caller, body or {})
    return Response(status_code=204)


@router.post("/modification/executeAsync")
def modify_as_batch(caller: TheCaller, body: JsonBody = None) -> Item:
    """The same, answered as a batch that is done."""
    return done_batch("instance-modification", _modify_several(caller, body or {}))


def _modify_several(caller: Caller, given: Mapping[str, Any]) -> int:
    definition = _definition(caller, needed_text(given, "processDefinitionId"))
    changes, variables = _changes(given)
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
def restart_as_batch(definition: str, caller: TheCaller, body: JsonBody = None) -> Item:
    """The same, answered as a batch that is done."""
    return done_batch("instance-restart", _restart(caller, definition, body or {}))


def _restart(caller: Caller, definition: str, given: Mapping[str, Any]) -> int:
    known = _definition(caller, definition)
    changes, variables = _changes(given)
    if variables or any(change.kind == "cancel" for change in changes):
        raise invalid("instructions: only starts with local variables are known to a restart")
    chosen = named_instances(caller, given, finished=True)
    for root in chosen:
        card = caller.read(queries.instance_card, root)
        if card is None or (card["process"], card["version"]) != known or card["ended_at"] is None:
            raise RestError(400, f"'{root}' is no finished process instance of the definition", type="BadUserRequestException")
    key = "" if flag_of(given, "withoutBusinessKey") else None
    with _places():
        for root in chosen:
            initial = flag_of(given, "initialVariables")
            caller.engine.restart(root=root, changes=changes, initial=initial, business_key=key, reason=_reason(given), actor=caller.actor)
    caller.settle()
    return len(chosen)


def _modify(caller: Caller, instance: str, changes: list[Change], variables: dict[str, Any], reason: str) -> None:
    root, within = split_instance(instance)
    with _places():
        caller.engine.modify(root=root, within=within, changes=changes, variables=variables, reason=reason, actor=caller.actor)
    caller.settle()


@contextmanager
def _places() -> Iterator[None]:
    """A place that is not there is a bad request; whatever else the engine refuses it has failed to do."""
    with executing():
        try:
            yield
        except EngineError as error:
            if error.code in _NOWHERE:
                raise invalid(f"Cannot perform instruction: {error.en}") from error
            raise


def _reason(body: Mapping[str, Any] | None) -> str:
    return text_of(body or {}, "annotation") or "by the REST interface"


def _definition(caller: Caller, wanted: str) -> tuple[str, int]:
    for key, row in caller.definitions.items():
        if row["id"] == wanted:
            return key
    raise missing(f"No matching definition with id {wanted}")


def _changes(given: Mapping[str, Any]) -> tuple[list[Change], dict[str, Any]]:
    """The instructions of a body, and the variables that they set for the whole instance. Raises RestError 400."""
    listed = given.get("instructions")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise invalid("instructions: at least one is needed")
    if flag_of(given, "skipIoMappings"):
        raise invalid("skipIoMappings is not supported")
    changes, variables = [], {}
    for each in listed:
        own = _variables(each, local=True)
        variables.update(_variables(each, local=False))
        changes.append(_change(each, own))
    return changes, variables


def _change(given: Mapping[str, Any], local: Mapping[str, Any]) -> Change:
    kind = needed_text(given, "type")
    if kind == "cancel":
        token = text_of(given, "activityInstanceId") or text_of(given, "transitionInstanceId")
        place = "" if token else needed_text(given, "activityId")
        return Change("cancel", place, _token(token))
    if kind not in STARTS:
        raise invalid(f"type: cancel or one of {', '.join(STARTS)} is needed")
    word, field = STARTS[kind]
    return Change(word, needed_text(given, field), _token(text_of(given, "ancestorActivityInstanceId")), local)


def _token(activity_instance: str | None) -> str:
    """The token that an activity instance is; "" of a process instance as a whole."""
    _, _, token = (activity_instance or "").partition(".")
    return "" if split_instance(activity_instance or "")[1] else token


def _variables(given: Mapping[str, Any], *, local: bool) -> dict[str, Any]:
    found = given.get("variables") or {}
    if not isinstance(found, Mapping) or not all(isinstance(each, Mapping) for each in found.values()):
        raise invalid("variables: an object of typed values is needed")
    return declared_in({name: each for name, each in found.items() if (each.get("local") is True) == local})
