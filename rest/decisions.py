"""Decision definitions: listed and evaluated by themselves."""

from typing import Any

from fastapi import APIRouter

from rest.bodies import JsonBody
from rest.errors import executing, missing
from rest.listing import Item, anything, equals, is_true, like, nothing, one_of, shown, the_one
from rest.offering import built, offer
from rest.parts import Caller, TheCaller
from rest.shapes import Variables
from rest.shapes_deployed import DecisionDefinitionDiagramDto, DecisionDefinitionDto
from rest.values import variables_in, variables_out
from store.engine import foreign, queries

router = APIRouter(tags=["Decision Definition"])
TESTS = {
    "decisionDefinitionId": equals("id"),
    "key": equals("key"),
    "keyLike": like("key"),
    "name": equals("name"),
    "nameLike": like("name"),
    "deploymentId": equals("deploymentId"),
    "version": equals("version"),
    "decisionDefinitionIdIn": one_of("id"),
    "resourceName": equals("resource"),
    "resourceNameLike": like("resource"),
    "tenantIdIn": nothing,
    "latestVersion": is_true("_latest"),
    "withoutTenantId": anything,
}
NONE = "No matching decision definition"
SORTS = {name: name for name in ("id", "key", "name", "version", "deploymentId")}


offer(
    router, "/decision-definition", DecisionDefinitionDto, built(lambda _, caller: _items(caller), TESTS, SORTS),
    name="decisions", told="The decisions.", counted="How many there are.", posted=False,
)


@router.get("/decision-definition/key/{key}")
def latest(key: str, caller: TheCaller) -> DecisionDefinitionDto:
    """The latest version of a decision."""
    item: DecisionDefinitionDto = shown(_latest(caller, key))
    return item


@router.get("/decision-definition/{decision}")
def one(decision: str, caller: TheCaller) -> DecisionDefinitionDto:
    """One decision."""
    item: DecisionDefinitionDto = shown(_one(caller, decision))
    return item


@router.get("/decision-definition/key/{key}/xml")
def latest_xml(key: str, caller: TheCaller) -> DecisionDefinitionDiagramDto:
    """The file that the latest version of a decision stands in."""
    return _xml(caller, _latest(caller, key))


@router.get("/decision-definition/{decision}/xml")
def xml(decision: str, caller: TheCaller) -> DecisionDefinitionDiagramDto:
    """The file that a decision stands in."""
    return _xml(caller, _one(caller, decision))


@router.post("/decision-definition/key/{key}/evaluate")
def evaluate_latest(key: str, caller: TheCaller, body: JsonBody = None) -> list[Variables]:
    """Decide by the latest version: one row per rule that counts."""
    return _evaluate(caller, _latest(caller, key), body)


@router.post("/decision-definition/{decision}/evaluate")
def evaluate(decision: str, caller: TheCaller, body: JsonBody = None) -> list[Variables]:
    """Decide: one row per rule that counts."""
    return _evaluate(caller, _one(caller, decision), body)


def decisions_of(caller: Caller, deployment: int) -> dict[str, DecisionDefinitionDto]:
    """The decisions of a deployment by their ids."""
    return {item["id"]: shown(item) for item in _items(caller) if item["_version"] == deployment}


def _xml(caller: Caller, item: Item) -> DecisionDefinitionDiagramDto:
    files: dict[str, bytes] = caller.read(queries.version_files, item["_version"])
    return {"id": item["id"], "dmnXml": files[item["resource"]].decode("utf-8", "replace")}


def _evaluate(caller: Caller, item: Item, body: dict[str, Any] | None) -> list[Variables]:
    variables = variables_in((body or {}).get("variables"))
    with executing():
        rows = caller.engine.decide(version=item["_version"], decision=item["key"], variables=variables)
    return [variables_out(row) for row in rows]


def _items(caller: Caller) -> list[Item]:
    """Each deployment's decisions, numbered by key."""
    numbers: dict[str, int] = {}
    found: list[Item] = []
    for row in caller.read(foreign.deployments):
        for decision in caller.engine.decisions(version=row["id"]).values():
            numbers[decision.id] = number = numbers.get(decision.id, 0) + 1
            item = {
                "id": f"{decision.id}:{number}:{row['id']}",
                "key": decision.id,
                "category": None,
                "name": decision.name or None,
                "version": number,
                "resource": decision.file,
                "deploymentId": str(row["id"]),
                "decisionRequirementsDefinitionId": None,
                "decisionRequirementsDefinitionKey": None,
                "tenantId": None,
                "versionTag": decision.version_tag,
                "historyTimeToLive": None,
                "_version": row["id"],
            }
            found.append(item)
    for item in found:
        item["_latest"] = item["version"] == numbers[item["key"]]
    return found


def _latest(caller: Caller, key: str) -> Item:
    for item in _items(caller):
        if item["_latest"] and item["key"] == key:
            return item
    raise missing(NONE)


def _one(caller: Caller, decision: str) -> Item:
    return the_one(_items(caller), decision, otherwise=NONE)
