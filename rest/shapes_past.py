"""What answers of the history hold, of running and of ended instances. See `rest.shapes`."""

from typing import Any, Literal

from rest.shapes import Shape, VariableValueDto
from rest.shapes_work import IncidentFacts, TaskFacts


class OfInstance(Shape):
    """Whose it is."""

    processDefinitionKey: str
    processDefinitionId: str | None
    processInstanceId: str
    rootProcessInstanceId: str
    tenantId: str | None
    removalTime: str | None


class HistoricVariableInstanceDto(OfInstance, VariableValueDto):
    """A variable with its last value."""

    id: str
    name: str
    executionId: str
    activityInstanceId: str
    caseDefinitionKey: str | None
    caseDefinitionId: str | None
    caseInstanceId: str | None
    caseExecutionId: str | None
    taskId: str | None
    errorMessage: str | None
    state: Literal["CREATED", "DELETED"]
    createTime: str | None


class HistoricProcessInstanceDto(Shape):
    """A process, running or over."""

    id: str
    rootProcessInstanceId: str
    restartedProcessInstanceId: str | None
    superProcessInstanceId: str | None
    superCaseInstanceId: str | None
    caseInstanceId: str | None
    processDefinitionName: str | None
    processDefinitionKey: str
    processDefinitionVersion: int | None
    processDefinitionId: str | None
    businessKey: str | None
    startTime: str | None
    endTime: str | None
    removalTime: str | None
    durationInMillis: int | None
    startUserId: str | None
    startActivityId: str | None
    deleteReason: str | None
    tenantId: str | None
    state: Literal["ACTIVE", "SUSPENDED", "COMPLETED", "EXTERNALLY_TERMINATED", "INTERNALLY_TERMINATED"]


class HistoricActivityInstanceDto(OfInstance):
    """An arrival of a token at an element."""

    id: str
    parentActivityInstanceId: str
    activityId: str
    activityName: str | None
    activityType: str
    executionId: str
    taskId: str | None
    assignee: str | None
    calledProcessInstanceId: str | None
    calledCaseInstanceId: str | None
    startTime: str | None
    endTime: str | None
    durationInMillis: int | None
    canceled: bool
    completeScope: bool


class HistoricTaskInstanceDto(OfInstance, TaskFacts):
    """A user task, open or closed."""

    caseDefinitionKey: str | None
    activityInstanceId: str
    deleteReason: str | None
    startTime: str | None
    endTime: str | None
    duration: int | None
    taskState: Literal["Created", "Updated", "Completed", "Deleted"]


class HistoricIncidentDto(OfInstance, IncidentFacts):
    """What stood or stands still."""

    createTime: str | None
    endTime: str | None
    historyConfiguration: str | None
    open: bool
    deleted: bool
    resolved: bool


class HistoricJobLogDto(OfInstance):
    """What became of a timer."""

    id: str
    timestamp: str | None
    jobId: str | None
    jobDueDate: str | None
    jobRetries: int
    jobPriority: int
    jobExceptionMessage: str | None
    failedActivityId: str | None
    jobDefinitionId: str | None
    jobDefinitionType: str
    jobDefinitionConfiguration: str | None
    activityId: str
    executionId: str | None
    deploymentId: str
    hostname: str | None
    batchId: str | None
    creationLog: bool
    failureLog: bool
    successLog: bool
    deletionLog: bool


class UserOperationLogEntryDto(OfInstance):
    """What somebody did."""

    id: str
    operationId: str
    deploymentId: str
    executionId: str | None
    caseDefinitionId: str | None
    caseInstanceId: str | None
    caseExecutionId: str | None
    taskId: str | None
    jobId: str | None
    jobDefinitionId: str | None
    batchId: str | None
    externalTaskId: str | None
    userId: str
    timestamp: str | None
    operationType: str
    entityType: str
    category: str
    property: str | None
    orgValue: Any
    newValue: Any
    annotation: str | None


class HistoryCleanupConfigurationDto(Shape):
    """When the history is cleaned up."""

    batchWindowStartTime: str | None
    batchWindowEndTime: str | None
    enabled: bool


class DurationReportResultDto(Shape):
    """How long what began in a period of a year took, in milliseconds."""

    period: int
    periodUnit: Literal["MONTH", "QUARTER"]
    minimum: int
    maximum: int
    average: int


class TaskCountReportResultDto(Shape):
    """How many tasks of a definition, or of a name, are over."""

    taskName: str | None
    count: int
    processDefinitionKey: str
    processDefinitionId: str | None
    processDefinitionName: str | None
    tenantId: str | None


class HistoricActivityStatisticsDto(Shape):
    """What happened at an element; a number that was not asked for is 0."""

    id: str
    instances: int
    canceled: int
    finished: int
    completeScope: int
    openIncidents: int
    resolvedIncidents: int
    deletedIncidents: int
