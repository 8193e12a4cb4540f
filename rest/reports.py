"""What is told of the history in figures: lengths by months or quarters, numbers of tasks that are over, what happened at the elements of a definition."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends

from engine.bpmn.host import DEFAULT_ZONE
from rest import asking
from rest.asking import moment, several, texts
from rest.errors import invalid
from rest.history_log import GONE
from rest.parts import Caller, TheCaller, split_instance
from rest.shapes_past import DurationReportResultDto, HistoricActivityStatisticsDto, TaskCountReportResultDto
from store.engine import reports
from store.engine.cases import CASES
from store.engine.listing import Filters, Listing, Wanted
from store.engine.past import TASKS

router = APIRouter(tags=["History"])
Unit = Literal["month", "quarter", "MONTH", "QUARTER"]
INSTANCES: asking.Params = {
    "processDefinitionIdIn": several(lambda given, caller: {"definitions": [place for place, row in caller.definitions.items() if row["id"] in given]}),
    "processDefinitionKeyIn": texts("processes"),
    "processInstanceIdIn": several(lambda given, _: _named([split_instance(each) for each in given])),
    "startedBefore": moment("started_before"),
    "startedAfter": moment("started_after"),
    "finishedBefore": moment("ended_before"),
    "finishedAfter": moment("ended_after"),
}
DONE: asking.Params = {"completedBefore": moment("ended_before"), "completedAfter": moment("ended_after")}


def _named(places: list[tuple[str, str]]) -> Mapping[str, Any]:
    """Instances by root and call; the roots by themselves, too, so that the database looks at their history only."""
    return {"ids": places, "roots": [root for root, _ in places]}


@router.get("/history/process-instance/report")
def durations(
    caller: TheCaller,
    reportType: Literal["duration"],  # noqa: N803 - a query parameter
    periodUnit: Unit,  # noqa: N803 - a query parameter
    processDefinitionIdIn: str | None = None,  # noqa: N803 - a query parameter
    processDefinitionKeyIn: str | None = None,  # noqa: N803 - a query parameter
    startedBefore: str | None = None,  # noqa: N803 - a query parameter
    startedAfter: str | None = None,  # noqa: N803 - a query parameter
) -> list[DurationReportResultDto]:
    """How long instances that are over took (`reportType=duration`), by the month or quarter of a year, whichever year, in which they began."""
    del reportType  # the only one there is
    given = {"processDefinitionIdIn": processDefinitionIdIn, "processDefinitionKeyIn": processDefinitionKeyIn}
    asked = _filters(caller, INSTANCES, given | {"startedBefore": startedBefore, "startedAfter": startedAfter})
    return _lengths(caller, CASES, asked, ends=("started_at", "ended_at"), unit=periodUnit)


@router.get("/history/task/report")
def tasks(
    caller: TheCaller,
    reportType: Literal["duration", "count"],  # noqa: N803 - a query parameter
    periodUnit: Unit | None = None,  # noqa: N803 - a query parameter
    groupBy: Literal["taskName", "processDefinition"] | None = None,  # noqa: N803 - a query parameter
    completedBefore: str | None = None,  # noqa: N803 - a query parameter
    completedAfter: str | None = None,  # noqa: N803 - a query parameter
) -> list[DurationReportResultDto | TaskCountReportResultDto]:
    """Of tasks that are over: how long they took (`duration`, by `periodUnit`), or how many there are (`count`, by `groupBy`)."""
    asked = _filters(caller, DONE, {"completedBefore": completedBefore, "completedAfter": completedAfter})
    if reportType == "duration":
        if periodUnit is None or groupBy is not None:
            raise invalid("periodUnit: month or quarter is needed for a report of durations, and no groupBy")
        return [*_lengths(caller, TASKS, asked, ends=("created_at", "closed_at"), unit=periodUnit)]
    if groupBy is None or periodUnit is not None:
        raise invalid("groupBy: taskName or processDefinition is needed for a report of numbers, and no periodUnit")
    by_name = groupBy == "taskName"
    return [_counted(caller, row, by_name=by_name) for row in caller.read(reports.done_tasks, Wanted(asked), by_name=by_name)]


@dataclass(frozen=True)
class Told:
    """What is counted beside the tokens that stand at an element still."""

    canceled: bool
    finished: bool
    complete: bool
    incidents: bool


def told(canceled: bool = False, finished: bool = False, completeScope: bool = False, incidents: bool = False) -> Told:  # noqa: FBT001, FBT002, N803 - query parameters
    """What a request asks for."""
    return Told(canceled, finished, completeScope, incidents)


@router.get("/history/process-definition/{definition}/statistics")
def activities(
    definition: str,
    caller: TheCaller,
    asked: Annotated[Told, Depends(told)],
    startedBefore: str | None = None,  # noqa: N803 - a query parameter
    startedAfter: str | None = None,  # noqa: N803 - a query parameter
    finishedBefore: str | None = None,  # noqa: N803 - a query parameter
    finishedAfter: str | None = None,  # noqa: N803 - a query parameter
    processInstanceIdIn: str | None = None,  # noqa: N803 - a query parameter
    sortBy: Literal["activityId"] | None = None,  # noqa: N803 - a query parameter
    sortOrder: Literal["asc", "desc"] | None = None,  # noqa: N803 - a query parameter
) -> list[HistoricActivityStatisticsDto]:
    """What happened at the elements of a definition: the tokens that stand there; those that were taken away, ended, ended their scope; incidents."""
    if (sortBy is None) != (sortOrder is None):
        raise invalid("Only a single sorting parameter specified. sortBy and sortOrder required")
    given = {"startedBefore": startedBefore, "startedAfter": startedAfter, "finishedBefore": finishedBefore, "finishedAfter": finishedAfter}
    narrowed = _filters(caller, INSTANCES, given | {"processInstanceIdIn": processInstanceIdIn})
    cases = Wanted((*asking.definition(definition, caller).items(), *narrowed))
    troubles = _troubles(caller, cases) if asked.incidents else {}
    rows = {row["activity"]: row for row in caller.read(reports.activities, cases)}
    found = [_happened(element, rows.get(element, {}), asked, troubles.get(element, {})) for element in sorted(rows.keys() | troubles)]
    shown = [each for each in found if any(value for name, value in each.items() if name != "id")]
    return shown[::-1] if sortOrder == "desc" else shown


def _filters(caller: Caller, params: asking.Params, given: Mapping[str, str | None]) -> Filters:
    return tuple(pair for name, value in given.items() if value is not None for pair in params[name](value, caller).items())


def _lengths(caller: Caller, listing: Listing, asked: Filters, *, ends: tuple[str, str], unit: str) -> list[DurationReportResultDto]:
    wanted = {"ends": ends, "unit": unit.lower(), "zone": DEFAULT_ZONE}
    return [
        {
            "period": row["period"],
            "periodUnit": "MONTH" if unit.upper() == "MONTH" else "QUARTER",
            "minimum": row["minimum"],
            "maximum": row["maximum"],
            "average": int(row["average"]),
        }
        for row in caller.read(reports.lengths, listing, Wanted(asked), **wanted)
    ]


def _counted(caller: Caller, row: Any, *, by_name: bool) -> TaskCountReportResultDto:
    definition = caller.definition_seen(row["process"], row["standing"])
    return {
        "taskName": row["name"] or None if by_name else None,
        "count": row["number"],
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processDefinitionName": definition["name"] or None if definition else None,
        "tenantId": None,
    }


def _troubles(caller: Caller, cases: Wanted) -> dict[str, dict[str, int]]:
    """The incidents of each element by what became of them."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in caller.read(reports.troubles, cases):
        outcome = "open" if row["resolution"] is None else "deleted" if row["resolution"] in GONE else "resolved"
        found[row["element"]][outcome] += row["number"]
    return found


def _happened(element: str, row: Mapping[str, int], asked: Told, troubles: Mapping[str, int]) -> HistoricActivityStatisticsDto:
    return {
        "id": element,
        "instances": row.get("running", 0),
        "canceled": row.get("canceled", 0) if asked.canceled else 0,
        "finished": row.get("finished", 0) if asked.finished else 0,
        "completeScope": row.get("complete", 0) if asked.complete else 0,
        "openIncidents": troubles.get("open", 0),
        "resolvedIncidents": troubles.get("resolved", 0),
        "deletedIncidents": troubles.get("deleted", 0),
    }
