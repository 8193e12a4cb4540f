"""What answers hold: each kind of thing has one shape, by the name that Camunda's own description gives it (`TaskDto`), so that clients fit both.

The type checker holds the code to them, the framework each answer, and the OpenAPI document publishes them; of what is deployed, of work
that waits and of what is over in `rest.shapes_deployed`, `rest.shapes_work` and `rest.shapes_past`.
Instants are texts (`2024-01-31T09:00:00.000+0000`). Fields of things that are not here (cases, tenants) are there and null.
"""

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict


@with_config(ConfigDict(extra="forbid"))
class Shape(TypedDict):
    """An answer with exactly the fields that are named."""


class VariableValueDto(Shape):
    """A typed value."""

    value: Any
    type: str
    valueInfo: dict[str, Any]


Variables = dict[str, VariableValueDto]
NOTHING: dict[int | str, dict[str, Any]] = {204: {"description": "Done; no body was asked for"}}  # what some answers may be, too


def plain(kind: str, *, binary: bool = False) -> dict[int | str, dict[str, Any]]:
    """What a route declares that answers no JSON: a text, or bytes, of a media type (what says no is JSON still)."""
    schema = {"type": "string", "format": "binary"} if binary else {"type": "string"}
    return {200: {"description": "As it was written", "content": {kind: {"schema": schema}}}}


TEXT = plain("text/plain")


class CountResultDto(Shape):
    """How many a list has."""

    count: int


class AtomLink(Shape):
    """Where more is to be found."""

    method: str
    href: str
    rel: str


class VersionDto(Shape):
    """Whose shapes these are."""

    version: str


class ProcessEngineDto(Shape):
    """An engine by its name."""

    name: str


class ClockDto(Shape):
    """What a clock stepped by hand shows."""

    now: str | None


class BatchDto(Shape):
    """What was done with several things."""

    id: str
    type: str
    totalJobs: int
    jobsCreated: int
    batchJobsPerSeed: int
    invocationsPerBatchJob: int
    seedJobDefinitionId: str | None
    monitorJobDefinitionId: str | None
    batchJobDefinitionId: str | None
    suspended: bool
    tenantId: str | None
    createUserId: str | None
    startTime: str | None
    executionStartTime: str | None


class BatchStatisticsDto(BatchDto):
    """The same with what is left of it."""

    remainingJobs: int
    completedJobs: int
    failedJobs: int


class FilterDto(Shape):
    """A saved filter."""

    id: str
    resourceType: str
    name: str
    owner: str | None
    query: dict[str, Any]
    properties: dict[str, Any]
    itemCount: NotRequired[int]


class ProcessInstanceDto(Shape):
    """A running process; a called one, too."""

    id: str
    definitionId: str
    definitionKey: str
    businessKey: str | None
    caseInstanceId: str | None
    ended: bool
    suspended: bool
    tenantId: str | None
    links: list[AtomLink]


class ProcessInstanceWithVariablesDto(ProcessInstanceDto):
    """The same with its variables, if they were asked for."""

    variables: NotRequired[Variables]


class ActivityInstanceIncidentDto(Shape):
    """An incident of an activity instance."""

    id: str
    activityId: str


class TransitionInstanceDto(Shape):
    """A token on its way; there is none here: a request answers when all has come to rest."""

    id: str
    parentActivityInstanceId: str
    activityId: str
    activityName: str | None
    activityType: str
    processInstanceId: str
    processDefinitionId: str
    executionId: str
    incidentIds: list[str]
    incidents: list[ActivityInstanceIncidentDto]


class ActivityInstanceDto(Shape):
    """A token at an element, or a scope with those in it."""

    id: str
    parentActivityInstanceId: str | None
    activityId: str
    activityName: str | None
    name: str | None
    activityType: str
    processInstanceId: str
    processDefinitionId: str
    childActivityInstances: list["ActivityInstanceDto"]
    childTransitionInstances: list[TransitionInstanceDto]
    executionIds: list[str]
    incidentIds: list[str]
    incidents: list[ActivityInstanceIncidentDto]


class ExecutionDto(Shape):
    """An instance, or a token in it."""

    id: str
    processInstanceId: str
    ended: bool
    tenantId: str | None


class VariableInstanceDto(VariableValueDto):
    """A variable where it is held."""

    id: str
    name: str
    processDefinitionId: str | None
    processInstanceId: str
    executionId: str
    caseInstanceId: str | None
    caseExecutionId: str | None
    taskId: str | None
    batchId: str | None
    activityInstanceId: str
    errorMessage: str | None
    tenantId: str | None


class EventSubscriptionDto(Shape):
    """What listens, and where; a start event is of no instance."""

    id: str
    eventType: str
    eventName: str | None
    executionId: str | None
    processInstanceId: str | None
    activityId: str
    createdDate: str | None
    tenantId: str | None


class MessageCorrelationResultWithVariableDto(Shape):
    """Where a message has arrived; ``variables`` of the instance as they stand then, if they were asked for."""

    resultType: Literal["Execution", "ProcessDefinition"]
    execution: ExecutionDto | None
    processInstance: ProcessInstanceDto | None
    variables: Variables | None
