"""What answers hold of work that waits: of people, of workers, of timers, and what stands still. See `rest.shapes`."""

from typing import Literal, NotRequired

from rest.shapes import AtomLink, Shape, Variables


class TaskFacts(Shape):
    """What is told of a user task, open or closed."""

    id: str
    name: str | None
    assignee: str | None
    owner: str | None
    description: str | None
    executionId: str
    parentTaskId: str | None
    priority: int
    processInstanceId: str
    taskDefinitionKey: str
    due: str | None
    followUp: str | None
    caseDefinitionId: str | None
    caseExecutionId: str | None
    caseInstanceId: str | None
    tenantId: str | None


class IncidentFacts(Shape):
    """What is told of what stands or stood still."""

    id: str
    executionId: str
    incidentType: str
    activityId: str
    failedActivityId: str
    causeIncidentId: str
    rootCauseIncidentId: str
    configuration: str
    incidentMessage: str
    jobDefinitionId: str | None
    annotation: str | None
    tenantId: str | None


class TaskDto(TaskFacts):
    """An open user task."""

    created: str | None
    lastUpdated: str | None
    taskState: Literal["Created", "Updated"]
    delegationState: Literal["PENDING", "RESOLVED"] | None
    processDefinitionId: str
    suspended: bool
    formKey: str | None
    camundaFormRef: None


class TaskWithAttachmentAndCommentDto(TaskDto):
    """The same in a list that was asked whether there are comments and attachments, or which variables."""

    comment: NotRequired[bool]
    attachment: NotRequired[bool]
    variables: NotRequired[Variables]


class FormDto(Shape):
    """What a task is to be shown with."""

    key: str | None
    camundaFormRef: None
    contextPath: str | None


class IdentityLinkDto(Shape):
    """Who a task is linked to: a user or a group."""

    userId: str | None
    groupId: str | None
    type: Literal["candidate", "assignee", "owner"]


class TaskCountByCandidateGroupResultDto(Shape):
    """How many open tasks are offered to a group; ``groupName`` null: to none."""

    groupName: str | None
    taskCount: int


class CommentDto(Shape):
    """What was said of a task."""

    id: str
    userId: str
    taskId: str
    time: str | None
    message: str
    processInstanceId: str | None
    rootProcessInstanceId: str
    removalTime: str | None
    links: list[AtomLink]


class AttachmentDto(Shape):
    """What lies beside a task."""

    id: str
    name: str | None
    description: str | None
    taskId: str
    type: str | None
    url: str | None
    processInstanceId: str
    createTime: str | None
    removalTime: str | None
    rootProcessInstanceId: str
    links: list[AtomLink]


class ExternalTaskDto(Shape):
    """A service task that waits for a worker."""

    id: str
    topicName: str
    workerId: str | None
    lockExpirationTime: str | None
    processInstanceId: str
    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionVersionTag: str | None
    executionId: str
    activityId: str
    activityInstanceId: str
    errorMessage: str | None
    retries: int | None
    priority: int
    businessKey: str | None
    suspended: bool
    tenantId: str | None
    createTime: str | None
    extensionProperties: dict[str, str]


class LockedExternalTaskDto(ExternalTaskDto):
    """The same as its worker gets it; ``errorDetails`` of its last failure."""

    errorDetails: str | None
    variables: Variables


class JobDto(Shape):
    """A timer that waits."""

    id: str
    jobDefinitionId: str | None
    dueDate: str | None
    processInstanceId: str | None
    processDefinitionId: str
    processDefinitionKey: str
    executionId: str | None
    retries: int
    exceptionMessage: str | None
    failedActivityId: str | None
    suspended: bool
    priority: int
    tenantId: str | None
    createTime: str | None
    batchId: str | None


class JobDefinitionDto(Shape):
    """A timer event of a definition; ``jobConfiguration`` as its diagram says when it is due."""

    id: str
    processDefinitionId: str
    processDefinitionKey: str
    jobType: Literal["timer-transition", "timer-intermediate-transition", "timer-start-event", "timer-start-event-subprocess"]
    jobConfiguration: str
    activityId: str
    suspended: bool
    overridingJobPriority: int | None
    tenantId: str | None
    deploymentId: str


class IncidentDto(IncidentFacts):
    """What stands still."""

    processDefinitionId: str | None
    processInstanceId: str | None
    incidentTimestamp: str | None
