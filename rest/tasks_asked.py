"""What lists of user tasks are narrowed and sorted by."""

from collections.abc import Mapping
from typing import Any

from rest import asking
from rest.asking import (
    Reader,
    definition_named,
    definition_named_like,
    flag,
    like,
    moment,
    text,
    texts,
    variables,
    whole,
)
from rest.errors import invalid
from rest.query import ALIKE
from rest.variables_asked import EACH, held_in

_OF_CASES = "InstanceId InstanceBusinessKey InstanceBusinessKeyLike DefinitionId DefinitionKey DefinitionName DefinitionNameLike ExecutionId"
_CASES = {f"case{name}": asking.nothing for name in _OF_CASES.split()}  # there are no cases here
PARAMS: dict[str, asking.Asks] = {
    "taskId": text("id"),
    "taskIdIn": texts("ids"),
    "processInstanceId": asking.instance,
    "processInstanceIdIn": asking.instances,
    "processInstanceBusinessKey": text("business_key"),
    "processInstanceBusinessKeyIn": texts("business_keys"),
    "processInstanceBusinessKeyLike": like("business_key_like"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "executionId": text("id"),
    "activityInstanceIdIn": texts("ids"),
    "deploymentId": asking.deployment,
    "taskDefinitionKey": text("element"),
    "taskDefinitionKeyIn": texts("elements"),
    "taskDefinitionKeyNotIn": texts("not_elements"),
    "taskDefinitionKeyLike": like("element_like"),
    "name": text("name"),
    "nameNotEqual": text("not_name"),
    "nameLike": like("name_like"),
    "nameNotLike": like("name_not_like"),
    "description": text("description"),
    "descriptionLike": like("description_like"),
    "assignee": text("assignee"),
    "assigneeLike": like("assignee_like"),
    "assigneeIn": texts("assignees"),
    "assigneeNotIn": texts("not_assignees"),
    "owner": text("owner"),
    "priority": whole("priority"),
    "minPriority": whole("priority_from"),
    "maxPriority": whole("priority_to"),
    "involvedUser": text("involved"),
    "delegationState": Reader(lambda given, _: _delegation(given), {"type": "string", "enum": ["PENDING", "RESOLVED"], "example": "PENDING"}),
    "candidateUser": asking.one(lambda given, _: {"offered": [f"u:{given}"]}),
    "candidateGroup": asking.one(lambda given, _: {"offered": [f"g:{given}"]}),
    "candidateGroupLike": asking.one(lambda given, _: {"group_like": given}),
    "candidateGroups": asking.several(lambda given, _: {"offered": [f"g:{each}" for each in given]}),
    "withCandidateUsers": flag("has_users"),
    "withoutCandidateUsers": flag("has_users", means=False),
    "withCandidateGroups": flag("has_groups"),
    "withoutCandidateGroups": flag("has_groups", means=False),
    "unassigned": flag("assigned", means=False),
    "assigned": flag("assigned"),
    "dueDate": moment("due"),
    "dueBefore": moment("due_before"),
    "dueAfter": moment("due_after"),
    "withoutDueDate": flag("has_due", means=False),
    "followUpDate": moment("follow_up"),
    "createdOn": moment("created"),
    "followUpBefore": moment("follow_before"),
    "followUpAfter": moment("follow_after"),
    "followUpBeforeOrNotExistent": moment("follow_before_or_none"),
    "createdBefore": moment("created_before"),
    "createdAfter": moment("created_after"),
    "updatedAfter": moment("changed_after"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "taskVariables": variables("task_variables"),
    "processVariables": variables("process_variables"),
    **asking.SHADES,
    "includeAssignedTasks": asking.anything,
    "processDefinitionName": definition_named,
    "processDefinitionNameLike": definition_named_like,
    "parentTaskId": asking.nothing,
    # these tell more of each: see `rest.tasks`
    **dict.fromkeys(("withCommentAttachmentInfo", "withTaskVariablesInReturn", "withTaskLocalVariablesInReturn"), asking.anything),
    **_CASES,
    "caseInstanceVariables": Reader(lambda given, _: {"nothing": bool(held_in(given))}, {**asking.TEXT, "example": "amount_eq_7"}, EACH),
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
    "orQueries": asking.OR_QUERIES,
}
SORTS = {
    "created": "number",
    "lastUpdated": "changed",
    "id": "id",
    "name": "name",
    "description": "description",
    **dict.fromkeys(("caseExecutionId", "caseInstanceId", "tenantId"), ALIKE),
    "nameCaseInsensitive": "name_any_case",
    "assignee": "assignee",
    "priority": "priority",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "instanceId": "root",
    "executionId": "id",
    "processVariable": "process_variable",
    "executionVariable": "task_variable",  # a task is an execution of its own
    "taskVariable": "task_variable",
}


def _delegation(given: str) -> Mapping[str, Any]:
    if given.upper() not in {"PENDING", "RESOLVED"}:
        raise invalid("delegationState: PENDING or RESOLVED")
    return {"pending": given.upper() == "PENDING"}


