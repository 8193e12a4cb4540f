"""Decision definitions: listed and evaluated by themselves."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from sqlalchemy import RowMapping

from rest.asking import anything
from rest.bodies import JsonBody
from rest.errors import executing, missing
from rest.listing import Item, after, at, equals, is_true, like, nobody, nothing, one_of, shown
from rest.offering import built, offer
from rest.parts import Caller, TheCaller
from rest.shapes import Variables
from rest.shapes_deployed import DecisionDefinitionDiagramDto, DecisionDefinitionDto
from rest.values import variables_in, variables_out
from store.engine import foreign, queries

router = APIRouter(tags=["Decision Definition"])
PARAMS = {
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
    "versionTag": equals("versionTag"),
    "versionTagLike": like("versionTag"),
    "deployedAt": at("_at"),
    "deployedAfter": after("_at"),
    "latestVersion": is_true("_latest"),
    **dict.fromkeys(("category", "categoryLike", "decisionRequirementsDefinitionId", "decisionRequirementsDefinitionKey"), nothing),
    "tenantIdIn": nobody,
    **dict.fromkeys(("withoutDecisionRequirementsDefinition", "includeDecisionDefinitionsWithoutTenantId", "withoutTenantId"), anything),
}
NONE = "No matching decision definition"
SORTS = {name: name for name in ("id", "key", "name", "version", "versionTag", "category", "tenantId", "decisionRequirementsDefinitionKey")}
SORTS |= {"deploymentId": "_version", "deployTime": "_at"}


offer(
    router, "/decision-definition", DecisionDefinitionDto, built(lambda _, caller: _items(caller), PARAMS, SORTS),
    name="decisions", told="The decisions.", counted="How many there are.", posted=False,
)


@router.get("/decision-definition/key/{key}")
def latest(key: str, caller: TheCaller) -> DecisionDefinitionDto:
    """The latest version of a decision."""
    item: DecisionDefinitionDto = shown(_item(latest_row_of(caller, key)))
    return item


@router.get("/decision-definition/{decision}")
def one(decision: str, caller: TheCaller) -> DecisionDefinitionDto:
    """One decision."""
    item: DecisionDefinitionDto = shown(_item(row_of(caller, decision)))
    return item


@router.get("/decision-definition/key/{key}/xml")
def latest_xml(key: str, caller: TheCaller) -> DecisionDefinitionDiagramDto:
    """The file that the latest version of a decision stands in."""
    return _xml(caller, _item(latest_row_of(caller, key)))


@router.get("/decision-definition/{decision}/xml")
def xml(decision: str, caller: TheCaller) -> DecisionDefinitionDiagramDto:
    """The file that a decision stands in."""
    return _xml(caller, _item(row_of(caller, decision)))


@router.post("/decision-definition/key/{key}/evaluate")
def evaluate_latest(key: str, caller: TheCaller, body: JsonBody = None) -> list[Variables]:
    """Decide by the latest version: one row per rule that counts."""
    return _evaluate(caller, _item(latest_row_of(caller, key)), body)


@router.post("/decision-definition/{decision}/evaluate")
def evaluate(decision: str, caller: TheCaller, body: JsonBody = None) -> list[Variables]:
    """Decide: one row per rule that counts."""
    return _evaluate(caller, _item(row_of(caller, decision)), body)


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
    return [_item(row) for row in caller.read(foreign.decisions)]


def _item(row: RowMapping) -> Item:
    return {
        "id": row["id"],
        "key": row["key"],
        "category": None,
        "name": row["name"] or None,
        "version": row["number"],
        "resource": row["resource"],
        "deploymentId": str(row["version"]),
        "decisionRequirementsDefinitionId": None,
        "decisionRequirementsDefinitionKey": None,
        "tenantId": None,
        "versionTag": row["version_tag"],
        "historyTimeToLive": None,
        "_version": row["version"],
        "_latest": row["latest"],
        "_at": row["deployed_at"],
    }


def row_of(caller: Caller, decision: str) -> RowMapping:
    """A decision's row. Raises RestError 404."""
    return _first(caller, lambda row: bool(row["id"] == decision))


def latest_row_of(caller: Caller, key: str) -> RowMapping:
    """That of the latest version of a decision. Raises RestError 404."""
    return _first(caller, lambda row: bool(row["latest"]) and bool(row["key"] == key))


def _first(caller: Caller, test: Callable[[RowMapping], bool]) -> RowMapping:
    for row in caller.read(foreign.decisions):
        if test(row):
            found: RowMapping = row
            return found
    raise missing(NONE)
