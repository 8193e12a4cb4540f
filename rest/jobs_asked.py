"""What lists of timers are narrowed and sorted by, and what their events are called."""

from collections.abc import Callable, Mapping
from typing import Any

from rest import asking
from rest.asking import Reader, condition, flag, moment, text, texts
from rest.asking import whole as whole_number
from rest.errors import invalid
from rest.parts import Caller
from rest.query import NO_TENANT
from rest.values import instant_in

DUE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"operator": {"type": "string", "enum": ["gt", "lt"]}, "value": {"type": "string"}},
    "required": ["operator", "value"],
    "example": {"operator": "lt", "value": "2024-02-01T09:00:00.000+0000"},
}


def _due(given: list[Any]) -> Mapping[str, Any]:
    """Before (`lt`) or after (`gt`) instants: `operator_instant` in an address, objects in a body. Raises RestError 400."""
    found = {}
    for each in given:
        operator, value = (each.get("operator"), each.get("value")) if isinstance(each, Mapping) else each.split("_", 1) if "_" in each else (each, "")
        if operator not in {"gt", "lt"}:
            raise invalid("dueDates: gt or lt, and a date")
        found["due_after" if operator == "gt" else "due_before"] = instant_in(value)
    return found


def job_definition_id(definition: str, element: str) -> str:
    """What a timer event of a definition is called outside."""
    return f"{definition}:{element}"


def definition_and_element(given: str, caller: Caller) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """The filters of what such an id names; of one that is not there they let nothing through."""
    definition, _, element = given.rpartition(":")
    return ("definition", asking.definition(definition, caller)["definition"]), ("element", element)


def _priority(holds: Callable[[int], bool]) -> Reader:
    """Every timer has the priority 0."""
    number = whole_number("")
    return Reader(lambda given, caller: {} if holds(number.read(given, caller)[""]) else {"nothing": True}, number.schema)


PRIORITY_FROM, PRIORITY_TO = _priority(lambda least: least <= 0), _priority(lambda most: most >= 0)
PARAMS = {
    "jobId": text("id"),
    "jobIds": texts("ids"),
    "processInstanceId": asking.instance,
    "processInstanceIds": asking.instances,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "executionId": text("id"),
    "activityId": text("element"),
    "failedActivityId": text("failed_at"),
    "timers": asking.anything,
    "messages": flag("nothing"),
    "executable": condition(lambda caller: {"executable": caller.parts.clock.now()}),
    "withRetriesLeft": flag("failed", means=False),
    "noRetriesLeft": flag("failed"),
    "withException": flag("failed"),
    "active": flag("held", means=False),
    "suspended": flag("held"),
    "dueDates": Reader(lambda given, _: _due(given), {**asking.TEXT, "example": "lt_2024-02-01T09:00:00.000+0000"}, DUE),
    "dueDatesBefore": moment("due_before"),
    "dueDatesAfter": moment("due_after"),
    "exceptionMessage": text("trouble"),
    "jobDefinitionId": asking.one(lambda given, caller: dict(definition_and_element(given, caller))),
    "priorityHigherThanOrEquals": PRIORITY_FROM,
    "priorityLowerThanOrEquals": PRIORITY_TO,
    "createTimes": Reader(lambda _, __: {"nothing": True}, asking.TEXT, DUE),  # a timer does not tell when it was set
    "acquired": flag("nothing"),  # a timer that is due is not kept for anybody
    "tenantIdIn": asking.nobody,
    "includeJobsWithoutTenantId": asking.anything,
    "withoutTenantId": asking.anything,
}
SORTS = {
    "jobId": "id",
    "executionId": "id",
    "jobDueDate": "due",
    "processInstanceId": "root",
    "processDefinitionKey": "process",
    "processDefinitionId": "process",
    "jobRetries": "retries",
    "jobPriority": "number",
    **NO_TENANT,
}
