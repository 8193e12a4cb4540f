"""Messages, signals, receive tasks, and who listens to what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import RowMapping

from engine.bpmn.elements import StartTrigger
from rest import asking
from rest.asking import anything, text, texts
from rest.bodies import JsonBody, flag_of, refuse_tenant, text_of
from rest.definitions import started
from rest.errors import RestError, executing, failed, invalid, missing
from rest.listing import Item, equals, nobody, one_of, shown
from rest.offering import built, offer
from rest.parts import Caller, TheCaller, instance_id, running_instance, split_instance
from rest.query import NO_TENANT, Query
from rest.shapes import NOTHING, EventSubscriptionDto, ExecutionDto, MessageCorrelationResultWithVariableDto
from rest.values import declared_in, instant_out, variables_in
from rest.variable_instances import last_values
from store.engine import foreign, listing
from store.engine.listing import Wanted
from store.engine.present import SUBSCRIPTIONS

router = APIRouter(tags=["Event Subscription", "Message", "Signal", "Execution"])
PARAMS = {
    "eventSubscriptionId": text("id"),
    "eventType": text("kind"),
    "eventName": text("name"),
    "executionId": text("id"),
    "processInstanceId": asking.instance,
    "activityId": text("element"),
    "activityIdIn": texts("elements"),
    "tenantIdIn": asking.nobody,
    "includeEventSubscriptionsWithoutTenantId": asking.anything,
    "withoutTenantId": asking.anything,
}
TESTS = {
    "eventSubscriptionId": equals("id"),
    "eventType": equals("eventType"),
    "eventName": equals("eventName"),
    "executionId": equals("executionId"),
    "processInstanceId": equals("processInstanceId"),
    "activityId": equals("activityId"),
    "activityIdIn": one_of("activityId"),
    "tenantIdIn": nobody,
    "includeEventSubscriptionsWithoutTenantId": anything,
    "withoutTenantId": anything,
}
SORTS = {"created": "created", **NO_TENANT}
LISTED = ("message", "signal", "conditional")
KNOWN = frozenset(
    {
        "messageName",
        "businessKey",
        "processInstanceId",
        "correlationKeys",
        "localCorrelationKeys",
        "processVariables",
        "processVariablesLocal",
        "all",
        "resultEnabled",
        "variablesInResultEnabled",
        "withoutTenantId",
    }
)


@dataclass(frozen=True)
class Sent:
    """What comes with a message: variables of the instance, those of the event alone, the business key of what it begins."""

    payload: Mapping[str, Any]
    local: Mapping[str, Any]
    business_key: str


offer(
    router, "/event-subscription", EventSubscriptionDto,
    replace(built(lambda query, caller: _items(caller, _asked(query, caller)), TESTS, {"created": "_created", **NO_TENANT}), params=PARAMS),
    name="subscriptions", told="One per open subscription: exactly those that would take the event now.", counted="How many listen.", posted=False,
)


@router.post("/message", response_model=list[MessageCorrelationResultWithVariableDto], responses=NOTHING)
def message(caller: TheCaller, body: JsonBody = None) -> Response:
    """Hand a message to the one subscription that matches (or to all), else begin with the start event that it names."""
    given = body or {}
    name = text_of(given, "messageName")
    unknown = sorted(given.keys() - KNOWN)
    if not name or unknown:
        raise invalid(f"unknown: {', '.join(unknown)}" if unknown else "No message name supplied")
    telling, showing = flag_of(given, "resultEnabled"), flag_of(given, "variablesInResultEnabled")
    if showing and not telling:
        raise invalid("variablesInResultEnabled: only with resultEnabled")
    sent = Sent(declared_in(given.get("processVariables")), declared_in(given.get("processVariablesLocal")), text_of(given, "businessKey") or "")
    listening = _items(caller, Wanted((("kind", "message"), ("name", name))), message=name)
    heard = [item for item in listening if (item["eventType"], item["eventName"]) == ("message", name) and _meant(caller, item, given)]
    waiting = [item for item in heard if item["processInstanceId"] is not None]
    starts = [item for item in heard if item["processInstanceId"] is None]
    everybody = flag_of(given, "all")
    taken = waiting + starts if everybody else (waiting or starts)
    if not everybody and len(taken) != 1:
        many = "No process definition or execution matches" if not taken else f"{len(taken)} executions or definitions match"
        kind = "org.camunda.bpm.engine.MismatchingMessageCorrelationException"
        raise RestError(400, f"{kind}: Cannot correlate message '{name}': {many} the parameters")
    with executing():
        results = [_hand_over(caller, item, sent) for item in taken]
    caller.settle()
    if not telling:
        return Response(status_code=204)
    return JSONResponse([_with_variables(caller, each) for each in results] if showing else results)


@router.post("/signal", status_code=204)
def signal(caller: TheCaller, body: JsonBody = None) -> Response:
    """Tell everybody who listens, waiting instances and start events; or the one execution that is named."""
    given = body or {}
    name, variables = text_of(given, "name"), declared_in(given.get("variables"))
    if not name:
        raise invalid("No signal name given")
    refuse_tenant(given)
    execution = text_of(given, "executionId")
    with executing():
        if execution is None:
            caller.engine.broadcast(signal=name, payload=variables, tenant="", actor=caller.actor)
        else:
            _trigger(caller, execution, kind="signal", name=name, variables=variables)
    caller.settle()
    return Response(status_code=204)


@router.get("/execution/{execution}/messageSubscriptions/{name:path}")
def message_subscription(execution: str, name: str, caller: TheCaller) -> EventSubscriptionDto:
    """That an execution waits for a message of a name."""
    found = _subscriptions(caller, execution, kind="message", name=name)
    if len(found) != 1:
        raise missing(f"Message event subscription for execution {execution} named {name} does not exist")
    item: EventSubscriptionDto = shown(_listening(found[0]))
    return item


@router.post("/execution/{execution}/messageSubscriptions/{name:path}/trigger", status_code=204)
def trigger(execution: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Deliver a message to this one subscription."""
    variables = declared_in((body or {}).get("variables"))
    with executing():
        _trigger(caller, execution, kind="message", name=name, variables=variables)
    caller.settle()
    return Response(status_code=204)


@router.post("/execution/{execution}/signal", status_code=204)
def go_on(execution: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """A receive task without a message goes on."""
    variables = declared_in((body or {}).get("variables"))
    with executing():
        _trigger(caller, execution, kind="receive", name="", variables=variables)
    caller.settle()
    return Response(status_code=204)


def _trigger(caller: Caller, execution: str, *, kind: str, name: str, variables: Mapping[str, Any]) -> None:
    """Hand over to the one subscription of an execution."""
    found = _subscriptions(caller, execution, kind=kind, name=name)
    if len(found) != 1:
        raise failed(f"Execution with id '{execution}' does not have a subscription to a {kind} event with name '{name}'")
    caller.engine.hand_over(subscription=found[0]["id"], payload=variables, actor=caller.actor)


def _subscriptions(caller: Caller, execution: str, *, kind: str, name: str) -> list[RowMapping]:
    """What an execution waits for; a process instance is one, too, and means all that it has."""
    root, within = split_instance(execution)
    event = (("kind", kind), ("name", name))
    own: list[RowMapping] = caller.read(listing.rows, SUBSCRIPTIONS, Wanted((("id", execution), *event)))
    return own or caller.read(listing.rows, SUBSCRIPTIONS, Wanted((("root", root), ("within", within), *event)))


def _with_variables(caller: Caller, result: MessageCorrelationResultWithVariableDto) -> MessageCorrelationResultWithVariableDto:
    execution, instance = result["execution"], result["processInstance"]
    where = execution["processInstanceId"] if execution else instance["id"] if instance else ""
    return {**result, "variables": last_values(caller, *split_instance(where))}


def _hand_over(caller: Caller, item: Item, sent: Sent) -> MessageCorrelationResultWithVariableDto:
    if item["processInstanceId"] is not None:
        caller.engine.hand_over(subscription=item["executionId"], payload=sent.payload, local=sent.local, actor=caller.actor)
        execution: ExecutionDto = {"id": item["executionId"], "processInstanceId": item["processInstanceId"], "ended": False, "tenantId": None}
        return {"resultType": "Execution", "execution": execution, "processInstance": None, "variables": None}
    row = item["_definition"]
    where = {"process": row["key"], "tenant": "", "version": row["edition"], "business_key": sent.business_key, "element": item["activityId"]}
    root = caller.engine.start(**where, variables={**sent.payload, **sent.local}, actor=caller.actor)
    instance = started(caller, root, definition=row, business_key=sent.business_key)
    return {"resultType": "ProcessDefinition", "execution": None, "processInstance": instance, "variables": None}


def _meant(caller: Caller, item: Item, given: Mapping[str, Any]) -> bool:
    """Whether a message's conditions hold for a subscription. A start event listens only to what names no instance."""
    instance, key = text_of(given, "processInstanceId"), text_of(given, "businessKey")
    keys = variables_in(given.get("correlationKeys")) | variables_in(given.get("localCorrelationKeys"))
    if item["processInstanceId"] is None:
        return instance is None and not keys
    if instance not in {None, item["processInstanceId"]} or key not in {None, item["_businessKey"]}:
        return False
    if not keys:
        return True
    _, within, look = running_instance(caller, item["processInstanceId"])
    held = look.variables(within)
    return all(name in held and held[name] == value for name, value in keys.items())


def _asked(query: Query, caller: Caller) -> Wanted:
    """What a request asks of the subscriptions of instances; those of start events are looked at one by one."""
    filters = asking.wanted(query, caller, PARAMS, SORTS, paged=False).filters
    return Wanted((*filters, ("kinds", LISTED)))


def _items(caller: Caller, wanted: Wanted, *, message: str = "") -> Iterator[Item]:
    """Who listens: instances, then start events (with ``message`` only of definitions that know one of that name)."""
    yield from map(_listening, caller.stream(listing.stream, SUBSCRIPTIONS, wanted))
    begun = caller.read(foreign.begun_by, message) if message else None
    listening = [row for row in caller.newest.values() if not row["suspended"] and (begun is None or row["version"] in begun)]
    found = caller.engine.start_events(places=[(row["key"], row["version"]) for row in listening])
    for row, triggers in zip(listening, found, strict=True):
        yield from _starts(row, triggers)


def _listening(row: RowMapping) -> Item:
    """What an instance waits for."""
    return {
        "id": row["id"],
        "eventType": row["kind"],
        "eventName": row["name"] or None,
        "executionId": row["id"],
        "processInstanceId": instance_id(row["root"], row["within"]),
        "activityId": row["element"],
        "createdDate": instant_out(row["created_at"]),
        "tenantId": None,
        "_businessKey": row["root_key"],
        "_created": row["created_at"],
        "_definition": None,
    }


def _starts(row: Any, triggers: Iterable[StartTrigger]) -> list[Item]:
    """The start events of a definition that wait for something other than a time."""
    return [
        {
            "id": f"{row['id']}:{trigger.element}",
            "eventType": trigger.kind,
            "eventName": trigger.name or None,
            "executionId": None,
            "processInstanceId": None,
            "activityId": trigger.element,
            "createdDate": None,
            "tenantId": None,
            "_businessKey": None,
            "_created": row["deployed_at"],
            "_definition": row,
        }
        for trigger in triggers
        if trigger.kind in LISTED
    ]
