"""What happened to instances: incidents, what became of timers, and what people did."""

from collections.abc import Mapping
from typing import Any, cast

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import RowMapping

from rest import asking
from rest.asking import flag, moment, one, text, texts
from rest.errors import missing
from rest.incidents import facts_of, job_definitions, kinds_of
from rest.jobs_asked import PRIORITY_FROM, PRIORITY_TO, definition_and_element
from rest.offering import offer, stored
from rest.parts import Caller, TheCaller
from rest.query import ALIKE, NO_TENANT
from rest.shapes import NOTHING, TEXT
from rest.shapes_past import HistoricIncidentDto, HistoricJobLogDto, OfInstance, UserOperationLogEntryDto
from rest.values import instant_in, instant_out
from store.engine import listing
from store.engine.listing import Wanted
from store.engine.past import INCIDENTS, JOB_LOG, OPERATIONS

router = APIRouter(tags=["History"])
TIMER = "timer"
SOLVED, GONE = ("retried", "skipped"), ("gone", "cancelled")
INCIDENT_PARAMS = {
    "incidentId": text("id"),
    "incidentType": one(lambda given, _: {"kinds": kinds_of(given)}),
    "incidentMessage": text("message"),
    "incidentMessageLike": asking.like("message_like"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processDefinitionKeyIn": texts("processes"),
    "processInstanceId": asking.whole_instance,
    "executionId": text("subject"),
    "activityId": text("element"),
    "failedActivityId": text("element"),
    "causeIncidentId": text("id"),
    "rootCauseIncidentId": text("id"),
    "configuration": text("subject"),
    "createTimeBefore": moment("created_before"),
    "createTimeAfter": moment("created_after"),
    "endTimeBefore": moment("ended_before"),
    "endTimeAfter": moment("ended_after"),
    "open": flag("over", means=False),
    "resolved": flag("outcomes", means=SOLVED),
    "deleted": flag("outcomes", means=GONE),
    "jobDefinitionIdIn": asking.several(job_definitions),
    "historyConfiguration": asking.nothing,  # an entry of a job log: an incident here has none
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
INCIDENT_SORTS = {
    "incidentId": "id",
    "incidentMessage": "message",
    "createTime": "created",
    "endTime": "ended",
    "incidentType": "kind",
    "executionId": "subject",
    "activityId": "element",
    "processInstanceId": "root",
    "processDefinitionId": "process",
    "processDefinitionKey": "process",
    "causeIncidentId": "id",
    "rootCauseIncidentId": "id",
    "configuration": "subject",
    "incidentState": "outcome",
    "historyConfiguration": ALIKE,
    **NO_TENANT,
}
JOB_PARAMS = {
    "logId": asking.note,
    "jobId": one(lambda given, _: {"timer": given}),
    "activityIdIn": texts("elements"),
    "failedActivityIdIn": asking.several(lambda given, _: {"elements": given, "kinds": ["incident"]}),
    "executionIdIn": asking.several(lambda given, _: {"timers": given}),
    "processInstanceId": asking.whole_instance,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "deploymentId": asking.deployment,
    "failureLog": flag("kinds", means=["incident"]),
    "successLog": flag("kinds", means=["timer"]),
    "creationLog": flag("kinds", means=["timer_set"]),
    "deletionLog": flag("kinds", means=["timer_gone"]),
    "jobExceptionMessage": text("message"),
    "jobDefinitionId": one(lambda given, caller: dict(definition_and_element(given, caller))),
    "jobPriorityHigherThanOrEquals": PRIORITY_FROM,
    "jobPriorityLowerThanOrEquals": PRIORITY_TO,
    "hostname": asking.nothing,  # it is told of no server
    "jobDefinitionType": one(lambda given, _: {} if given == TIMER else {"nothing": True}),
    "jobDefinitionConfiguration": asking.nothing,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
JOB_SORTS = {"timestamp": "at", "occurrence": "seq", "processInstanceId": "root", "activityId": "element"}
JOB_SORTS |= {"processDefinitionKey": "process", "processDefinitionId": "version", "deploymentId": "version"}
JOB_SORTS |= {"jobId": "timer", "executionId": "timer", "jobDueDate": "due", "jobRetries": "retries"}
JOB_SORTS |= dict.fromkeys(("jobDefinitionId", "jobPriority", "hostname", "tenantId"), ALIKE)
# The engine's word for an act in the history -> Camunda's words: what was done, to what kind of thing.
ACTS: Mapping[str, tuple[str, str]] = {
    "start": ("Create", "ProcessInstance"),
    "suspend": ("Suspend", "ProcessInstance"),
    "resume": ("Activate", "ProcessInstance"),
    "cancel": ("Delete", "ProcessInstance"),
    "modify": ("ModifyProcessInstance", "ProcessInstance"),
    "migrate": ("Migrate", "ProcessInstance"),
    "restart": ("RestartProcessInstance", "ProcessInstance"),
    "claim": ("Claim", "Task"),
    "unclaim": ("Claim", "Task"),
    "assign": ("Assign", "Task"),
    "delegate": ("Delegate", "Task"),
    "resolve": ("Resolve", "Task"),
    "complete": ("Complete", "Task"),
    "set_variables": ("ModifyVariable", "Variable"),
    "incident_retry": ("SetJobRetries", "Job"),
    "incident_skip": ("Resolve", "ProcessInstance"),
    "incident_cancel": ("Delete", "ProcessInstance"),
    "incident_reported": ("CreateIncident", "ProcessInstance"),
    "incident_annotation": ("SetAnnotation", "Incident"),
    "edit": ("Update", "Task"),
    "timer_moved": ("SetDueDate", "Job"),
    "timer_held": ("SuspendJob", "Job"),
    "timer_freed": ("ActivateJob", "Job"),
    "timer_dropped": ("Delete", "Job"),
    "external_retries": ("SetExternalTaskRetries", "ExternalTask"),
}
PERSONAL = (("kinds", ACTS),)
HOLDING = ("claim", "unclaim", "assign", "delegate", "resolve")  # acts of which it is told who had the task before and after


def _categories(given: list[str]) -> Mapping[str, Any]:
    return {"kinds": [kind for kind, (_act, what) in ACTS.items() if category_of(what) in given]}


def category_of(what: str) -> str:
    """Camunda's category of acts on a kind of thing."""
    return "TaskWorker" if what == "Task" else "Operator"


OPERATION_PARAMS = {
    "operationId": asking.note,
    "operationType": one(lambda given, _: {"kinds": [kind for kind, (act, _what) in ACTS.items() if act == given]}),
    "entityType": one(lambda given, _: {"kinds": [kind for kind, (_act, what) in ACTS.items() if what == given]}),
    "entityTypeIn": asking.several(lambda given, _: {"kinds": [kind for kind, (_act, what) in ACTS.items() if what in given]}),
    "userId": text("actor"),
    "processInstanceId": asking.whole_instance,
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "deploymentId": asking.deployment,
    "taskId": one(lambda given, _: {"tells": ("task", given)}),
    "jobId": one(lambda given, _: {"tells": ("timer", given)}),
    "externalTaskId": one(lambda given, _: {"tells": ("task", given)}),
    "beforeTimestamp": moment("at_before"),
    "afterTimestamp": moment("at_after"),
    "category": one(lambda given, _: _categories([given])),
    "categoryIn": asking.several(lambda given, _: _categories(given)),
    "property": one(lambda given, _: {"kinds": HOLDING if given == "assignee" else ()}),
    **dict.fromkeys(("batchId", "executionId", "jobDefinitionId", "caseDefinitionId", "caseInstanceId", "caseExecutionId"), asking.nothing),
    "withoutTenantId": asking.anything,
}
OPERATION_SORTS = {"timestamp": "at"}


offer(
    router, "/history/incident", HistoricIncidentDto, stored(INCIDENTS, INCIDENT_PARAMS, INCIDENT_SORTS, lambda caller, row, _: _incident(caller, row)),
    name="incidents", told="What stood or stands still, the oldest first unless sorted otherwise.", counted="How many there are.",
)


offer(
    router, "/history/job-log", HistoricJobLogDto, stored(JOB_LOG, JOB_PARAMS, JOB_SORTS, lambda caller, row, _: _job_log(caller, row)),
    name="job_logs", told="Timers that were set, that fired, that failed, and that were taken away before they fired.", counted="How many there are.",
)


@router.get("/history/job-log/{entry}")
def job_log(entry: str, caller: TheCaller) -> HistoricJobLogDto:
    """One of them."""
    return _job_log(caller, _entry(caller, entry))


@router.get("/history/job-log/{entry}/stacktrace", response_class=Response, responses=TEXT | NOTHING)
def job_log_stacktrace(entry: str, caller: TheCaller) -> Response:
    """What was written down of a failure; nothing (204) of what was none."""
    trace = _entry(caller, entry)["trace"]
    return Response(status_code=204) if trace is None else PlainTextResponse(trace)


offer(
    router, "/history/user-operation", UserOperationLogEntryDto,
    stored(OPERATIONS, OPERATION_PARAMS, OPERATION_SORTS, lambda caller, row, _: _operation(caller, row), always=lambda _: PERSONAL),
    name="operations", told="What people did, in the order of instances and acts unless sorted otherwise.", counted="How many there are.",
)


def _entry(caller: Caller, entry: str) -> RowMapping:
    found = caller.read(listing.rows, JOB_LOG, Wanted(tuple(asking.note(entry, caller).items())))
    if not found:
        raise missing(f"Historic job log with id {entry} does not exist")
    return cast("RowMapping", found[0])


def _of(caller: Caller, row: Any) -> OfInstance:
    """Whose it is."""
    definition = caller.definition_seen(row["process"], row["root_version"])
    return {
        "processDefinitionId": definition["id"] if definition else None,
        "processDefinitionKey": row["process"],
        "processInstanceId": row["root"],
        "rootProcessInstanceId": row["root"],
        "tenantId": None,
        "removalTime": None,
    }


def _incident(caller: Caller, row: Any) -> HistoricIncidentDto:
    over, gone = row["resolved_at"] is not None, row["resolution"] in GONE
    return {
        **_of(caller, row),
        **facts_of(row),
        "createTime": instant_out(row["created_at"]),
        "endTime": instant_out(row["resolved_at"]),
        "historyConfiguration": None,
        "open": not over,
        "deleted": over and gone,
        "resolved": over and not gone,
    }


def _job_log(caller: Caller, row: Any) -> HistoricJobLogDto:
    told, failed = row["data"] or {}, row["kind"] == "incident"
    return {
        **_of(caller, row),
        "id": f"{row['root']}.{row['seq']}",
        "timestamp": instant_out(row["at"]),
        "jobId": row["subject"] if failed else told.get("timer"),
        "jobDueDate": None if failed else _iso(told.get("due")),
        "jobRetries": 0 if failed else 3,
        "jobPriority": 0,
        "jobExceptionMessage": told.get("message") if failed else None,
        "failedActivityId": row["element"] if failed else None,
        "jobDefinitionId": None,
        "jobDefinitionType": TIMER,
        "jobDefinitionConfiguration": None,
        "activityId": row["element"],
        "executionId": row["subject"] if failed else told.get("timer"),
        "deploymentId": str(row["root_version"]),
        "hostname": None,
        "batchId": None,
        "creationLog": row["kind"] == "timer_set",
        "failureLog": failed,
        "successLog": row["kind"] == "timer",
        "deletionLog": row["kind"] == "timer_gone",
    }


def _iso(text: str | None) -> str | None:
    return None if text is None else instant_out(instant_in(text))


def _operation(caller: Caller, row: Any) -> UserOperationLogEntryDto:
    told, (act, what) = row["data"] or {}, ACTS[row["kind"]]
    name = f"{row['root']}.{row['seq']}"
    return {
        **_of(caller, row),
        "id": name,
        "operationId": name,
        "deploymentId": str(row["root_version"]),
        "executionId": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "batchId": None,
        "taskId": told.get("task") if what == "Task" else None,
        "jobId": told.get("timer"),
        "jobDefinitionId": None,
        "externalTaskId": told.get("task") if what == "ExternalTask" else None,
        "userId": row["actor"],
        "timestamp": instant_out(row["at"]),
        "operationType": act,
        "entityType": what,
        "category": category_of(what),
        "property": "assignee" if "new" in told and what == "Task" else None,
        "orgValue": told.get("old"),
        "newValue": told.get("new"),
        "annotation": told.get("reason") or told.get("annotation"),
    }
