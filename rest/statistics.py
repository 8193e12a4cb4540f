"""How many instances run of each definition, and at which elements their tokens stand."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import RowMapping

from rest.definitions import WAYS
from rest.deployments import definition_item
from rest.errors import invalid
from rest.incidents import TYPES, type_of
from rest.parts import Caller, TheCaller
from rest.shapes_deployed import ActivityStatisticsResultDto, IncidentStatisticsResultDto, ProcessDefinitionStatisticsResultDto
from store.engine import foreign

router = APIRouter(tags=["Process Definition"])
_CLASSES = "org.camunda.bpm.engine.rest.dto.repository"


@dataclass(frozen=True)
class Told:
    """What is told beside the numbers: failed jobs; incidents of every type, of one, or none."""

    failed: bool
    incidents: bool
    type: str | None = None

    def facts(self, kinds: dict[str, int]) -> tuple[int, list[IncidentStatisticsResultDto]]:
        """The failed jobs, and the incidents by their types, of what is open of each kind."""
        counted: Counter[str] = Counter()
        for kind, number in kinds.items():
            counted[type_of(kind)] += number
        wanted = counted if self.incidents else {self.type: counted[self.type]} if self.type and counted[self.type] else {}
        failed = sum(number for kind, number in kinds.items() if TYPES.get(kind) == "failedJob") if self.failed else 0
        return failed, [{"incidentType": kind, "incidentCount": number} for kind, number in sorted(wanted.items())]


def told(failedJobs: bool = False, incidents: bool = False, incidentsForType: str | None = None) -> Told:  # noqa: FBT001, FBT002, N803 - query parameters
    """What a request asks for. Raises RestError 400 for incidents of all types and of one."""
    if incidents and incidentsForType:
        raise invalid("Only one of the query parameter incidents or incidentsForType can be set.")
    return Told(failedJobs, incidents, incidentsForType)


Asked = Annotated[Told, Depends(told)]


@router.get("/process-definition/statistics")
def statistics(caller: TheCaller, asked: Asked, rootIncidents: bool = False) -> list[ProcessDefinitionStatisticsResultDto]:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Each definition with its running instances; failed jobs and incidents (each of which is a root) are counted if they are asked for."""
    if rootIncidents and (asked.incidents or asked.type):
        raise invalid("Only one of the query parameter incidents, incidentsForType or rootIncidents can be set.")
    asked = replace(asked, incidents=asked.incidents or rootIncidents)
    running = {(row["process"], row["standing"]): row["number"] for row in caller.read(foreign.running_counts)}
    troubles = _troubles(caller) if asked != Told(failed=False, incidents=False) else {}
    found: list[ProcessDefinitionStatisticsResultDto] = []
    for where, row in caller.definitions.items():
        failed, incidents = asked.facts(troubles.get(where, {}))
        found.append(
            {
                "@class": f"{_CLASSES}.ProcessDefinitionStatisticsResultDto",
                "id": row["id"],
                "instances": running.get(where, 0),
                "failedJobs": failed,
                "incidents": incidents,
                "definition": definition_item(row),
            }
        )
    return found


def _offer(path: str, found: Callable[..., RowMapping], before: str) -> None:
    @router.get(f"{path}/statistics", name=f"{before}activity_statistics")
    def activity_statistics(caller: TheCaller, row: Annotated[RowMapping, Depends(found)], asked: Asked) -> list[ActivityStatisticsResultDto]:
        """Each element of the definition at which a token waits, and how many do."""
        return _activities(caller, row, asked)


for _way in WAYS:
    _offer(*_way)


def _activities(caller: Caller, row: Any, asked: Told) -> list[ActivityStatisticsResultDto]:
    where = (row["key"], row["version"])
    tokens: dict[str, int] = caller.read(foreign.position_counts, where)
    troubles: dict[str, dict[str, int]] = {}
    for trouble in caller.read(foreign.trouble_counts):
        if (trouble["process"], trouble["standing"]) == where:
            troubles.setdefault(trouble["element"], {})[trouble["kind"]] = trouble["number"]
    found: list[ActivityStatisticsResultDto] = []
    for element in sorted(tokens):
        failed, incidents = asked.facts(troubles.get(element, {}))
        found.append(
            {
                "@class": f"{_CLASSES}.ActivityStatisticsResultDto",
                "id": element,
                "instances": tokens[element],
                "failedJobs": failed,
                "incidents": incidents,
            }
        )
    return found


def _troubles(caller: Caller) -> dict[tuple[str, int], dict[str, int]]:
    found: dict[tuple[str, int], dict[str, int]] = {}
    rows = sorted(caller.read(foreign.trouble_counts), key=lambda row: (row["process"], row["standing"]))
    for where, group in groupby(rows, key=lambda row: (row["process"], row["standing"])):
        kinds: Counter[str] = Counter()
        for row in group:
            kinds[row["kind"]] += row["number"]
        found[where] = dict(kinds)
    return found
