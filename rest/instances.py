"""Process instances: listed, shown as trees, their variables read and set, ended, suspended."""

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from engine.bpmn.modifying import Change
from engine.bpmn.walk import Place as Node
from rest import asking
from rest.asking import flag, like, text, texts
from rest.bodies import JsonBody, truth
from rest.errors import RestError, failed, invalid
from rest.incidents import kinds_of
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id, running_instance, split_instance
from rest.query import NO_TENANT
from rest.scopes import Place
from rest.shapes import ActivityInstanceDto, ProcessInstanceDto
from rest.variable_routes import offer_variables
from store.engine.activity_types import activity_type
from store.engine.present import INSTANCES

REASON = "deleted by the REST interface"
CALLED_GO_ALONG = "skipSubprocesses: what an instance calls is part of it and goes with it"
router = APIRouter(tags=["Process Instance"])
PARAMS = {
    "deploymentId": asking.deployment,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "processDefinitionKeyNotIn": texts("not_processes"),
    "processInstanceIds": asking.instances,
    "businessKey": text("business_key"),
    "businessKeyLike": like("business_key_like"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "superProcessInstance": asking.one(lambda given, _: {"called_by": split_instance(given)}),
    "rootProcessInstanceId": asking.whole_instance,
    "rootProcessInstances": flag("is_root"),
    "withIncident": flag("has_trouble"),
    "activityIdIn": texts("stands_at"),
    "subProcessInstance": asking.one(lambda given, _: {"calls": split_instance(given)}),
    "leafProcessInstances": flag("is_leaf"),
    "incidentType": asking.one(lambda given, _: {"trouble_kinds": kinds_of(given)}),
    "incidentId": text("trouble"),
    "incidentMessage": text("trouble_message"),
    "incidentMessageLike": like("trouble_like"),
    "variables": asking.variables("variables"),
    **asking.SHADES,
    **dict.fromkeys(("caseInstanceId", "superCaseInstance", "subCaseInstance"), asking.nothing),
    "tenantIdIn": asking.nobody,
    "processDefinitionWithoutTenantId": asking.anything,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
SORTS = {"instanceId": "id", "definitionId": "version", "definitionKey": "process", "businessKey": "business_key", **NO_TENANT}


offer(
    router, "/process-instance", ProcessInstanceDto, stored(INSTANCES, PARAMS, SORTS, lambda caller, row, _: _item(caller, row)),
    name="instances", told="The running instances, called ones too.", counted="How many run.",
)


@router.get("/process-instance/{instance}")
def one(instance: str, caller: TheCaller) -> ProcessInstanceDto:
    """One running instance."""
    root, within, _ = running_instance(caller, instance)
    return _item(caller, _row(caller, root, within))


@router.delete("/process-instance/{instance}", status_code=204)
def delete(instance: str, caller: TheCaller, failIfNotExists: bool = True, skipSubprocesses: bool = False) -> Response:  # noqa: FBT001, FBT002, N803 - query parameters
    """End an instance with all that it calls; its history stays. Of a called one the call activity ends with it, as Camunda does."""
    if skipSubprocesses:
        raise invalid(CALLED_GO_ALONG)
    if not failIfNotExists and caller.case(*split_instance(instance)) is None:
        return Response(status_code=204)
    root, within, _ = running_instance(caller, instance)
    end(caller, _row(caller, root, within), reason=REASON)
    caller.settle()
    return Response(status_code=204)


@router.put("/process-instance/{instance}/suspended", status_code=204)
def suspend(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let an instance stand still, or go on."""
    suspended = truth(body or {}, "suspended")
    root, _, _ = running_instance(caller, instance)
    switch(caller, _row(caller, root, ""), suspended=suspended)
    caller.settle()
    return Response(status_code=204)


@router.get("/process-instance/{instance}/activity-instances")
def tree(instance: str, caller: TheCaller) -> ActivityInstanceDto:
    """Where its tokens stand: scopes are inner nodes, every waiting token is a leaf."""
    root, within, look = running_instance(caller, instance)
    definition = caller.definition_id(_row(caller, root, within))
    return {
        "id": instance,
        "parentActivityInstanceId": None,
        "activityId": definition,
        "activityName": None,
        "name": None,
        "activityType": "processDefinition",
        "processInstanceId": instance,
        "processDefinitionId": definition,
        "childActivityInstances": [_node(each, root=root, parent=instance, instance=instance, definition=definition) for each in look.places(within)],
        "childTransitionInstances": [],
        "executionIds": [instance],
        "incidentIds": [],
        "incidents": [],
    }


def _place(instance: str, caller: TheCaller) -> Place:
    try:
        root, within, _ = running_instance(caller, instance)
    except RestError as error:
        raise failed(f"Cannot find execution with id '{instance}'") from error
    return Place(root, within, kind="process instance")


offer_variables(router, "/process-instance/{instance}/variables", _place, told="The variables of its own scope.")


def end(caller: Caller, row: RowMapping, *, reason: str) -> None:
    """Cancel an instance; a called one with the token of its call activity (a caller in which nothing is left ends, too). One that is gone stays gone."""
    root, within = row["root"], row["within"]
    if caller.case(root, within) is None:
        return
    if within:
        change = Change("cancel", token=within)
        caller.engine.modify(root=root, within=row["above"], changes=[change], reason=reason, actor=caller.actor)
    else:
        caller.engine.cancel(root=root, reason=reason, actor=caller.actor)


def switch(caller: Caller, row: RowMapping, *, suspended: bool) -> None:
    """Suspend or resume a root instance, unless it is so already."""
    if (row["root_status"] == "suspended") != suspended:
        verb = caller.engine.suspend if suspended else caller.engine.resume
        verb(root=row["root"], reason="by the REST interface", actor=caller.actor)


def _row(caller: Caller, root: str, within: str) -> RowMapping:
    found = caller.case(root, within)
    if found is None:
        raise failed(f"{instance_id(root, within)} has ended meanwhile")
    return found


def _item(caller: Caller, row: RowMapping) -> ProcessInstanceDto:
    return {
        "id": instance_id(row["root"], row["within"]),
        "definitionId": caller.definition_id(row),
        "definitionKey": row["process"],
        "businessKey": row["root_key"] or None,
        "caseInstanceId": None,
        "ended": False,
        "suspended": row["root_status"] == "suspended",
        "tenantId": None,
        "links": [],
    }


def _node(place: Node, *, root: str, parent: str, instance: str, definition: str) -> ActivityInstanceDto:
    name = f"{root}.{place.id}"
    return {
        "id": name,
        "parentActivityInstanceId": parent,
        "activityId": place.element,
        "activityName": place.name or None,
        "name": place.name or None,
        "activityType": activity_type(place.type, place.event),
        "processInstanceId": instance,
        "processDefinitionId": definition,
        "childActivityInstances": [_node(each, root=root, parent=name, instance=instance, definition=definition) for each in place.children],
        "childTransitionInstances": [],
        "executionIds": [name],
        "incidentIds": [],
        "incidents": [],
    }
