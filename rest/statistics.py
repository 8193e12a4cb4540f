"""How many instances run of each definition, and at which elements their tokens stand."""

from collections import Counter
from itertools import groupby
from typing import Any

from fastapi import APIRouter

from rest.definitions import latest_of, one_of
from rest.deployments import definition_item
from rest.incidents import TYPES, type_of
from rest.parts import Caller, TheCaller
from rest.shapes_deployed import ActivityStatisticsResultDto, IncidentStatisticsResultDto, ProcessDefinitionStatisticsResultDto
from store.engine import foreign

router = APIRouter(tags=["Process Definition"])
_CLASSES = "org.camunda.bpm.engine.rest.dto.repository"


@router.get("/process-definition/statistics")
def statistics(caller: TheCaller, failedJobs: bool = False, incidents: bool = False) -> list[ProcessDefinitionStatisticsResultDto]:  # noqa: FBT001, FBT002, N803 - query parameters
    """Each definition with its running instances; failed jobs and incidents are counted if they are asked for."""
    running = {(row["process"], row["standing"]): row["number"] for row in caller.read(foreign.running_counts)}
    troubles = _troubles(caller) if failedJobs or incidents else {}
    return [
        {
            "@class": f"{_CLASSES}.ProcessDefinitionStatisticsResultDto",
            "id": row["id"],
            "instances": running.get(where, 0),
            "failedJobs": _failed(troubles.get(where, {})) if failedJobs else 0,
            "incidents": _shown(troubles.get(where, {})) if incidents else [],
            "definition": definition_item(row),
        }
        for where, row in caller.definitions.items()
    ]


@router.get("/process-definition/key/{key}/statistics")
def latest_activity_statistics(key: str, caller: TheCaller, failedJobs: bool = False, incidents: bool = False) -> list[ActivityStatisticsResultDto]:  # noqa: FBT001, FBT002, N803 - query parameters
    """The tokens of the latest definition of a key."""
    return _activities(caller, latest_of(caller, key), failed=failedJobs, incidents=incidents)


@router.get("/process-definition/{definition}/statistics")
def activity_statistics(definition: str, caller: TheCaller, failedJobs: bool = False, incidents: bool = False) -> list[ActivityStatisticsResultDto]:  # noqa: FBT001, FBT002, N803 - query parameters
    """Each element of a definition at which a token waits, and how many do."""
    return _activities(caller, one_of(caller, definition), failed=failedJobs, incidents=incidents)


def _activities(caller: Caller, row: Any, *, failed: bool, incidents: bool) -> list[ActivityStatisticsResultDto]:
    where = (row["key"], row["version"])
    tokens: dict[str, int] = caller.read(foreign.position_counts, where)
    troubles: dict[str, dict[str, int]] = {}
    for trouble in caller.read(foreign.trouble_counts):
        if (trouble["process"], trouble["standing"]) == where:
            troubles.setdefault(trouble["element"], {})[trouble["kind"]] = trouble["number"]
    return [
        {
            "@class": f"{_CLASSES}.ActivityStatisticsResultDto",
            "id": element,
            "instances": tokens[element],
            "failedJobs": _failed(troubles.get(element, {})) if failed else 0,
            "incidents": _shown(troubles.get(element, {})) if incidents else [],
        }
        for element in sorted(tokens)
    ]


def _troubles(caller: Caller) -> dict[tuple[str, int], dict[str, int]]:
    found: dict[tuple[str, int], dict[str, int]] = {}
    rows = sorted(caller.read(foreign.trouble_counts), key=lambda row: (row["process"], row["standing"]))
    for where, group in groupby(rows, key=lambda row: (row["process"], row["standing"])):
        kinds: Counter[str] = Counter()
        for row in group:
            kinds[row["kind"]] += row["number"]
        found[where] = dict(kinds)
    return found


def _failed(kinds: dict[str, int]) -> int:
    return sum(number for kind, number in kinds.items() if TYPES.get(kind) == "failedJob")


def _shown(kinds: dict[str, int]) -> list[IncidentStatisticsResultDto]:
    counted: Counter[str] = Counter()
    for kind, number in kinds.items():
        counted[type_of(kind)] += number
    return [{"incidentType": kind, "incidentCount": number} for kind, number in sorted(counted.items())]
