"""What was: the instances themselves, and their variables, also of ended ones."""

from typing import Any

from fastapi import APIRouter

from engine.bpmn.values import Declared
from rest import asking
from rest.asking import counted, flag, like, listed, moment, text, texts, the_row, variables
from rest.listing import Item
from rest.parts import CALLED, Caller, TheCaller, instance_id, split_instance
from rest.query import Asked, Query
from rest.values import instant_out, length_out, value_out
from store.engine import listing
from store.engine.cases import CASES
from store.engine.holding import CALLED as CALLED_SCOPE
from store.engine.holding import scope_of
from store.engine.listing import Filters, Wanted
from store.engine.variables import VARIABLES

router = APIRouter(tags=["History"])


def _place(given: str) -> tuple[str, str]:
    """Root and scope of an execution that holds variables: an instance, a called process, or a token."""
    root, _, token = given.partition(".")
    return root, token.removesuffix(CALLED) + CALLED_SCOPE if token.endswith(CALLED) else token


PARAMS: dict[str, asking.Asks] = {
    "processInstanceId": asking.one(lambda given, _: {"instance": split_instance(given)}),
    "processInstanceIdIn": asking.several(lambda given, _: {"instances": [split_instance(each) for each in given]}),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "variableName": text("name"),
    "variableNameLike": like("name_like"),
    "executionIdIn": asking.several(lambda given, _: {"places": [_place(each) for each in given]}),
    "activityInstanceIdIn": asking.several(lambda given, _: {"places": [_place(each) for each in given]}),
    "taskIdIn": texts("tasks"),
    "deserializeValues": asking.anything,  # how they are shown: see `variable_instances`
    "includeDeleted": asking.anything,  # without it those taken away are left out: see `_there`
    "withoutTenantId": asking.anything,
}
SORTS = {"instanceId": "root", "variableName": "name"}
INSTANCE_PARAMS = {
    "processInstanceId": asking.one(lambda given, _: {"id": split_instance(given)}),
    "processInstanceIds": asking.several(lambda given, _: {"ids": [split_instance(each) for each in given]}),
    "processInstanceIdNotIn": asking.several(lambda given, _: {"not_ids": [split_instance(each) for each in given]}),
    "rootProcessInstanceId": asking.whole_instance,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "processDefinitionKeyNotIn": texts("not_processes"),
    "processInstanceBusinessKey": text("business_key"),
    "processInstanceBusinessKeyIn": texts("business_keys"),
    "processInstanceBusinessKeyLike": like("business_key_like"),
    "rootProcessInstances": flag("is_root"),
    "superProcessInstanceId": asking.one(lambda given, _: {"called_by": split_instance(given)}),
    "subProcessInstanceId": asking.one(lambda given, _: {"calls": split_instance(given)}),
    "executedActivityIdIn": texts("entered"),
    "activeActivityIdIn": texts("stands"),
    "finished": flag("over"),
    "unfinished": flag("over", means=False),
    "active": flag("status", means="running"),
    "suspended": flag("status", means="suspended"),
    "completed": flag("status", means="ended"),
    "externallyTerminated": flag("status", means="cancelled"),
    "internallyTerminated": flag("status", means="interrupted"),
    "withIncidents": flag("had_trouble"),
    "startedBy": text("started_by"),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
    "variables": variables("variables"),
    **asking.SHADES,
    "processDefinitionName": asking.definition_named,
    "processDefinitionNameLike": asking.definition_named_like,
    "caseInstanceId": asking.nothing,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
INSTANCE_SORTS = {
    "instanceId": "id",
    "definitionId": "version",
    "definitionKey": "process",
    "businessKey": "business_key",
    "startTime": "started",
    "endTime": "ended",
    "duration": "lasted",
}
STATES = {"running": "ACTIVE", "suspended": "SUSPENDED", "ended": "COMPLETED", "cancelled": "EXTERNALLY_TERMINATED", "interrupted": "INTERNALLY_TERMINATED"}


@router.get("/history/variable-instance")
@router.post("/history/variable-instance")
def variable_instances(query: Asked, caller: TheCaller) -> list[Item]:
    """Each variable with its last value, in the order of instances and first settings unless sorted otherwise."""
    plain = query.flag("deserializeValues", default=True)
    return listed(query, caller, VARIABLES, PARAMS, SORTS, lambda row: _variable(caller, row, deserialize=plain), always=_there(query))


@router.get("/history/variable-instance/count")
@router.post("/history/variable-instance/count")
def count_variable_instances(query: Asked, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return counted(query, caller, VARIABLES, PARAMS, always=_there(query))


@router.get("/history/variable-instance/{variable:path}")
def variable_instance(variable: str, caller: TheCaller, deserializeValue: bool = True) -> Item:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One variable with its last value."""
    owner, _, name = variable.partition(":")
    row = the_row(caller, VARIABLES, (*_place(owner), name), otherwise=f"Historic variable instance with Id '{variable}' does not exist.")
    return _variable(caller, row, deserialize=deserializeValue)


@router.get("/history/process-instance")
@router.post("/history/process-instance")
def process_instances(query: Asked, caller: TheCaller) -> list[Item]:
    """The instances, running and ended, called ones too, in the order of their start unless sorted otherwise."""
    return listed(query, caller, CASES, INSTANCE_PARAMS, INSTANCE_SORTS, lambda row: _instance(caller, row))


@router.get("/history/process-instance/count")
@router.post("/history/process-instance/count")
def count_process_instances(query: Asked, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return counted(query, caller, CASES, INSTANCE_PARAMS)


@router.get("/history/process-instance/{instance}")
def process_instance(instance: str, caller: TheCaller) -> Item:
    """One instance, running or ended."""
    return _instance(caller, the_row(caller, CASES, split_instance(instance), otherwise=f"Historic process instance with id {instance} does not exist"))


def last_values(caller: Caller, root: str, within: str) -> Item:
    """The variables of a process instance's own scope as they stand or stood last, typed."""
    asked = Wanted((("places", [(root, scope_of(within))]), ("there", True)))
    return {row["name"]: _value(row["data"]) for row in caller.read(listing.rows, VARIABLES, asked)}


def _value(note: Any, *, deserialize: bool = True) -> Item:
    return value_out(Declared(note["new"], note["type"]) if "type" in note else note["new"], deserialize=deserialize)


def _there(query: Query) -> Filters:
    return () if query.flag("includeDeleted") else (("there", True),)


def _variable(caller: Caller, row: Any, *, deserialize: bool) -> Item:
    root, note = row["root"], row["data"]
    token, slash, _ = row["scope"].partition("/")
    instance = instance_id(root, token if slash else row["within"])
    owner = instance if slash or not token else f"{root}.{token}"
    definition = caller.definitions.get((row["process"], row["root_version"]))
    return {
        "id": f"{owner}:{row['name']}",
        "name": row["name"],
        **_value(note, deserialize=deserialize),
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance,
        "executionId": owner,
        "activityInstanceId": owner,
        "taskId": row["task"],
        "errorMessage": None,
        "tenantId": None,
        "state": "DELETED" if note.get("removed") else "CREATED",
        "createTime": instant_out(row["begun"]),
        "removalTime": None,
        "rootProcessInstanceId": root,
    }


def _instance(caller: Caller, row: Any) -> Item:
    root, within = row["root"], row["within"]
    definition = caller.definition_seen(row["process"], row["version"])
    return {
        "id": instance_id(root, within),
        "businessKey": row["business_key"] or None,
        "processDefinitionId": definition["id"] if definition else None,
        "processDefinitionKey": row["process"],
        "processDefinitionName": definition["name"] or None if definition else None,
        "processDefinitionVersion": definition["number"] if definition else None,
        "startTime": instant_out(row["started_at"]),
        "endTime": instant_out(row["ended_at"]),
        "durationInMillis": length_out(row["started_at"], row["ended_at"]),
        "startUserId": row["started_by"],
        "startActivityId": None,
        "superProcessInstanceId": instance_id(root, row["above"]) if within else None,
        "rootProcessInstanceId": root,
        "deleteReason": row["reason"],
        "tenantId": None,
        "removalTime": None,
        "state": STATES[row["status"]],
    }
