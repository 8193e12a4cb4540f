"""What was: the instances themselves, running and ended."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter

from rest import asking
from rest.asking import flag, like, moment, text, texts, the_row, variables
from rest.errors import invalid
from rest.incidents import kinds_of
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.query import NO_TENANT
from rest.shapes_past import HistoricProcessInstanceDto
from rest.values import instant_out, length_out
from store.engine.cases import CASES

router = APIRouter(tags=["History"])


def _status(given: str) -> Mapping[str, Any]:
    if given not in {"open", "resolved"}:
        raise invalid("incidentStatus: open or resolved")
    return {"trouble_open": given == "open"}


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
    "activityIdIn": texts("stands"),
    "executedActivityAfter": moment("entered_after"),
    "executedActivityBefore": moment("entered_before"),
    "executedJobAfter": moment("fired_after"),
    "executedJobBefore": moment("fired_before"),
    "withJobsRetrying": flag("nothing"),  # what failed waits for a person
    "finished": flag("over"),
    "unfinished": flag("over", means=False),
    "active": flag("status", means="running"),
    "suspended": flag("status", means="suspended"),
    "completed": flag("status", means="ended"),
    "externallyTerminated": flag("status", means="cancelled"),
    "internallyTerminated": flag("status", means="interrupted"),
    "withIncidents": flag("had_trouble"),
    "withRootIncidents": flag("had_trouble"),  # an incident here has no other that caused it
    "incidentType": asking.one(lambda given, _: {"trouble_kinds": kinds_of(given)}),
    "incidentStatus": asking.Reader(lambda given, _: _status(given), {"type": "string", "enum": ["open", "resolved"], "example": "open"}),
    "incidentMessage": text("trouble_message"),
    "incidentMessageLike": like("trouble_like"),
    "incidentIdIn": texts("troubles"),
    "startedBy": text("started_by"),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
    "variables": variables("variables"),
    **asking.SHADES,
    "processDefinitionName": asking.definition_named,
    "processDefinitionNameLike": asking.definition_named_like,
    **dict.fromkeys(("caseInstanceId", "superCaseInstanceId", "subCaseInstanceId"), asking.nothing),
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
INSTANCE_SORTS = {
    "instanceId": "id",
    "definitionId": "version",
    "definitionKey": "process",
    "definitionName": "name",
    "definitionVersion": "version",
    "businessKey": "business_key",
    "startTime": "started",
    "endTime": "ended",
    "duration": "lasted",
    **NO_TENANT,
}
STATES: Mapping[str, Literal["ACTIVE", "SUSPENDED", "COMPLETED", "EXTERNALLY_TERMINATED", "INTERNALLY_TERMINATED"]] = {
    "running": "ACTIVE", "suspended": "SUSPENDED", "ended": "COMPLETED", "cancelled": "EXTERNALLY_TERMINATED", "interrupted": "INTERNALLY_TERMINATED"}


offer(
    router, "/history/process-instance", HistoricProcessInstanceDto,
    stored(CASES, INSTANCE_PARAMS, INSTANCE_SORTS, lambda caller, row, _: _instance(caller, row)),
    name="process_instances", told="The instances, running and ended, called ones too, in the order of their start unless sorted otherwise.",
    counted="How many there are.",
)


@router.get("/history/process-instance/{instance}")
def process_instance(instance: str, caller: TheCaller) -> HistoricProcessInstanceDto:
    """One instance, running or ended."""
    return _instance(caller, the_row(caller, CASES, split_instance(instance), otherwise=f"Historic process instance with id {instance} does not exist"))


def _instance(caller: Caller, row: Any) -> HistoricProcessInstanceDto:
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
        "startActivityId": row["began_at"],
        "superProcessInstanceId": instance_id(root, row["above"]) if within else None,
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "rootProcessInstanceId": root,
        "restartedProcessInstanceId": row["restart_of"],
        "deleteReason": row["reason"],
        "tenantId": None,
        "removalTime": None,
        "state": STATES[row["status"]],
    }
