"""What was at elements: user tasks and activity instances, of running and of ended instances."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter

from rest import asking
from rest.asking import flag, like, moment, one, several, text, texts, the_row, variables, whole
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.query import ALIKE, NO_TENANT
from rest.shapes_past import HistoricActivityInstanceDto, HistoricTaskInstanceDto
from rest.tasks import facts_of, state_of
from rest.values import instant_out, length_out
from store.engine.arrivals import ARRIVALS
from store.engine.listing import ANY_OF
from store.engine.past import TASKS

router = APIRouter(tags=["History"])


def _seen(given: str, caller: Caller) -> Mapping[str, Any]:
    """A definition; what its instance's version does not have counts as of the newest of its key, as it is shown."""
    found = next((row for row in caller.definitions.values() if row["id"] == given), None)
    return {"definition_seen": ("", 0, False) if found is None else (found["key"], found["version"], caller.newest[found["key"]] is found)}


TASK_PARAMS = {
    "taskId": text("id"),
    "processInstanceId": asking.instance,
    "rootProcessInstanceId": asking.whole_instance,
    "processInstanceBusinessKey": text("business_key"),
    "processInstanceBusinessKeyIn": texts("business_keys"),
    "processInstanceBusinessKeyLike": like("business_key_like"),
    "executionId": text("id"),
    "activityInstanceIdIn": texts("ids"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionName": asking.definition_named,
    "taskDescription": text("description"),
    "taskDescriptionLike": like("description_like"),
    "taskName": text("name"),
    "taskNameLike": like("name_like"),
    "taskDefinitionKey": text("element"),
    "taskDefinitionKeyIn": texts("elements"),
    "taskDeleteReason": text("reason"),
    "taskDeleteReasonLike": like("reason_like"),
    "taskAssignee": text("assignee"),
    "taskAssigneeLike": like("assignee_like"),
    "taskOwner": text("owner"),
    "taskOwnerLike": like("owner_like"),
    "taskHadCandidateUser": text("had_user"),
    "taskHadCandidateGroup": text("had_group"),
    "taskInvolvedUser": text("involved"),
    "taskInvolvedGroup": text("had_group"),
    "withCandidateGroups": flag("has_groups"),
    "withoutCandidateGroups": flag("has_groups", means=False),
    "taskPriority": whole("priority"),
    "assigned": flag("assigned"),
    "unassigned": flag("assigned", means=False),
    "finished": flag("finished"),
    "unfinished": flag("finished", means=False),
    "processFinished": flag("root_running", means=False),
    "processUnfinished": flag("root_running"),
    "taskDueDate": moment("due"),
    "taskDueDateBefore": moment("due_before"),
    "taskDueDateAfter": moment("due_after"),
    "withoutTaskDueDate": flag("has_due", means=False),
    "taskFollowUpDate": moment("follow_up"),
    "taskFollowUpDateBefore": moment("follow_up_before"),
    "taskFollowUpDateAfter": moment("follow_up_after"),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
    "taskVariables": variables("task_variables"),
    "processVariables": variables("process_variables"),
    **asking.SHADES,
    **{f"case{name}": asking.nothing for name in ("DefinitionId", "DefinitionKey", "DefinitionName", "InstanceId", "ExecutionId")},
    "taskParentTaskId": asking.nothing,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
TASK_SORTS = {
    "taskId": "id",
    "activityInstanceId": "id",
    "executionId": "id",
    "processInstanceId": "root",
    "processDefinitionId": "process",
    "duration": "lasted",
    "startTime": "started",
    "endTime": "ended",
    "taskName": "name",
    "assignee": "assignee",
    "owner": "owner",
    "dueDate": "due",
    "deleteReason": "reason",
    "taskDefinitionKey": "element",
    "priority": "priority",
    "taskDescription": "description",
    "followUpDate": "follow_up",
    **dict.fromkeys(("caseDefinitionId", "caseExecutionId", "caseInstanceId", "tenantId"), ALIKE),
}
TOKEN_PARAMS = {
    "processInstanceId": one(lambda given, _: {"instance": split_instance(given)}),
    "processInstanceIds": several(lambda given, _: {ANY_OF: tuple(("instance", split_instance(each)) for each in given)}),
    "processDefinitionId": one(_seen),
    "processDefinitionKey": text("process"),
    "activityId": text("activity"),
    "activityIdIn": texts("activities"),
    "activityInstanceId": text("id"),
    "activityInstanceIdIn": texts("ids"),
    "executionId": text("id"),
    "activityName": text("name"),
    "activityNameLike": like("name_like"),
    "activityType": text("type"),
    "taskAssignee": text("assignee"),
    "finished": flag("over"),
    "unfinished": flag("over", means=False),
    "canceled": flag("cancelled"),
    "completeScope": flag("completes"),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
TOKEN_SORTS = {
    "activityInstanceId": "id",
    "instanceId": "root",
    "executionId": "id",
    "activityId": "activity",
    "activityName": "name",
    "activityType": "type",
    "startTime": "started",
    "endTime": "ended",
    "duration": "lasted",
    "definitionId": "process",
    "occurrence": "seq",
    **NO_TENANT,
}
REASONS = {"open": None, "completed": "completed", "cancelled": "deleted"}
TASK_STATES: Mapping[str, Literal["Completed", "Deleted"]] = {"completed": "Completed", "cancelled": "Deleted"}


offer(
    router, "/history/task", HistoricTaskInstanceDto, stored(TASKS, TASK_PARAMS, TASK_SORTS, lambda caller, row, _: _task(caller, row)),
    name="tasks", told="The user tasks, open and closed, in the order of their creation unless sorted otherwise.", counted="How many there are.",
)


offer(
    router, "/history/activity-instance", HistoricActivityInstanceDto,
    stored(ARRIVALS, TOKEN_PARAMS, TOKEN_SORTS, lambda caller, row, _: _arrival(caller, row)),
    name="activity_instances", told="Each arrival of a token at an element, with its end if it has one, in the order of arrival unless sorted otherwise.",
    counted="How many there are.",
)


@router.get("/history/activity-instance/{activity}")
def activity_instance(activity: str, caller: TheCaller) -> HistoricActivityInstanceDto:
    """One of them."""
    gone = f"Historic activity instance with id '{activity}' does not exist"
    return _arrival(caller, the_row(caller, ARRIVALS, activity, otherwise=gone))


def _arrival(caller: Caller, row: Any) -> HistoricActivityInstanceDto:
    root, name, kind, ended = row["root"], row["id"], row["type"], row["ended"]
    instance = instance_id(root, row["within"])
    definition = caller.definition_seen(row["process"], row["root_version"])
    return {
        "id": name,
        "parentActivityInstanceId": f"{root}.{row['parent']}" if row["parent"] else instance,
        "activityId": row["activity"],
        "activityName": row["name"] or None,
        "activityType": row["activity_type"],
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance,
        "rootProcessInstanceId": root,
        "executionId": name,
        "taskId": name if kind == "userTask" else None,
        "assignee": row["assignee"],
        "calledProcessInstanceId": instance_id(root, row["token"]) if kind == "callActivity" else None,
        "calledCaseInstanceId": None,
        "startTime": instant_out(row["at"]),
        "endTime": instant_out(ended),
        "durationInMillis": length_out(row["at"], ended),
        "canceled": ended is not None and row["next"] == "cancelled",
        "completeScope": ended is not None and row["next"] == "left" and kind.lower().endswith("endevent"),
        "tenantId": None,
        "removalTime": None,
    }


def _task(caller: Caller, row: Any) -> HistoricTaskInstanceDto:
    definition = caller.definition_seen(row["process"], row["defined_in"] or row["root_version"])
    return {
        **facts_of(row),
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "rootProcessInstanceId": row["root"],
        "activityInstanceId": row["id"],
        "deleteReason": REASONS[row["state"]],
        "startTime": instant_out(row["created_at"]),
        "endTime": instant_out(row["closed_at"]),
        "duration": length_out(row["created_at"], row["closed_at"]),
        "caseDefinitionKey": None,
        "removalTime": None,
        "taskState": state_of(row) if row["state"] == "open" else TASK_STATES[row["state"]],
    }
