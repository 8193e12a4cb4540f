"""What answers hold of what is deployed, and of plans by which instances go from one deployment to another. See `rest.shapes`."""

from typing import Any

from typing_extensions import TypedDict

from rest.shapes import AtomLink, Shape, Variables


class ProcessDefinitionDto(Shape):
    """A process in one version."""

    id: str
    key: str
    category: str | None
    description: str | None
    name: str | None
    version: int
    resource: str
    deploymentId: str
    diagram: str | None
    suspended: bool
    tenantId: str | None
    versionTag: str | None
    historyTimeToLive: int | None
    startableInTasklist: bool


class CalledProcessDefinitionDto(ProcessDefinitionDto):
    """A process that another one calls, and where."""

    calledFromActivityIds: list[str]
    callingProcessDefinitionId: str


class ProcessDefinitionDiagramDto(Shape):
    """Its diagram."""

    id: str
    bpmn20Xml: str


class DecisionDefinitionDto(Shape):
    """A decision in one version."""

    id: str
    key: str
    category: str | None
    name: str | None
    version: int
    resource: str
    deploymentId: str
    decisionRequirementsDefinitionId: str | None
    decisionRequirementsDefinitionKey: str | None
    tenantId: str | None
    versionTag: str | None
    historyTimeToLive: int | None


class DecisionDefinitionDiagramDto(Shape):
    """The file that it stands in."""

    id: str
    dmnXml: str


class DeploymentDto(Shape):
    """Files that came together."""

    id: str
    name: str | None
    source: str | None
    deploymentTime: str | None
    tenantId: str | None
    links: list[AtomLink]


class DeploymentWithDefinitionsDto(DeploymentDto):
    """The same with what is defined in them, by ids; null: nothing new."""

    deployedProcessDefinitions: dict[str, ProcessDefinitionDto] | None
    deployedCaseDefinitions: dict[str, Any] | None
    deployedDecisionDefinitions: dict[str, DecisionDefinitionDto] | None
    deployedDecisionRequirementsDefinitions: dict[str, Any] | None


class DeploymentResourceDto(Shape):
    """One of them."""

    id: str
    name: str
    deploymentId: str


class IncidentStatisticsResultDto(Shape):
    """How many incidents of a type."""

    incidentType: str
    incidentCount: int


Classed = TypedDict("Classed", {"@class": str})
"""Of which class of Camunda's a thing is: clients in Java tell by it what they have got."""


class ActivityStatisticsResultDto(Shape, Classed):
    """What stands at an element (or is of a definition)."""

    id: str
    instances: int
    failedJobs: int
    incidents: list[IncidentStatisticsResultDto]


class ProcessDefinitionStatisticsResultDto(ActivityStatisticsResultDto):
    """What runs of a definition."""

    definition: ProcessDefinitionDto


class MigrationInstructionDto(Shape):
    """From which element to which."""

    sourceActivityIds: list[str]
    targetActivityIds: list[str]
    updateEventTrigger: bool


class MigrationPlanDto(Shape):
    """How instances go from one definition to another."""

    sourceProcessDefinitionId: str
    targetProcessDefinitionId: str
    instructions: list[MigrationInstructionDto]
    variables: Variables | None


class MigrationInstructionValidationReportDto(Shape):
    """What is wrong with an instruction."""

    instruction: MigrationInstructionDto
    failures: list[str]


class MigrationPlanReportDto(Shape):
    """What is wrong with a plan."""

    instructionReports: list[MigrationInstructionValidationReportDto]
    variableReports: dict[str, Any]


