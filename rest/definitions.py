"""Process definitions: listed, shown, started, suspended."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import RowMapping

from rest import incidents
from rest.asking import anything, filters
from rest.bodies import JsonBody, flag_of, text_of
from rest.changes import changes_in, places
from rest.deployments import definition_item
from rest.errors import failed, missing
from rest.listing import Item, after, at, elsewhere, equals, is_false, is_true, like, nobody, nothing
from rest.listing import one_of as among
from rest.offering import built, offer
from rest.parts import Caller, TheCaller
from rest.query import Query
from rest.shapes import ProcessInstanceWithVariablesDto, Variables
from rest.shapes_deployed import ProcessDefinitionDiagramDto, ProcessDefinitionDto
from rest.values import declared_in
from rest.variable_instances import last_values
from store.engine import listing, queries
from store.engine.listing import Wanted
from store.engine.past import OPEN_INCIDENTS

router = APIRouter(tags=["Process Definition"])
INCIDENTS = {name: incidents.PARAMS[name] for name in ("incidentId", "incidentType", "incidentMessage", "incidentMessageLike")}
PARAMS = {
    "processDefinitionId": equals("id"),
    "processDefinitionIdIn": among("id"),
    "key": equals("key"),
    "keysIn": among("key"),
    "keyLike": like("key"),
    "name": equals("name"),
    "nameLike": like("name"),
    "deploymentId": equals("deploymentId"),
    "version": equals("version"),
    "versionTag": equals("versionTag"),
    "versionTagLike": like("versionTag"),
    "withoutVersionTag": is_false("versionTag"),
    "resourceName": equals("resource"),
    "latestVersion": is_true("_latest"),
    "suspended": is_true("suspended"),
    "active": is_false("suspended"),
    "resourceNameLike": like("resource"),
    "deployedAt": at("_at"),
    "deployedAfter": after("_at"),
    **dict.fromkeys(INCIDENTS, elsewhere),  # see `_troubled`
    "startableBy": nothing,  # who may do what is told of nobody
    "startablePermissionCheck": anything,
    "category": nothing,
    "categoryLike": nothing,
    "startableInTasklist": anything,
    "notStartableInTasklist": is_true("_never"),
    "tenantIdIn": nobody,
    "includeProcessDefinitionsWithoutTenantId": anything,
    "withoutTenantId": anything,
}
SORTS = {name: name for name in ("id", "key", "name", "version", "versionTag", "deploymentId", "category", "tenantId")} | {"deployTime": "_deployed"}


offer(
    router, "/process-definition", ProcessDefinitionDto, built(lambda query, caller: _items(query, caller), PARAMS, SORTS),  # noqa: PLW0108 - it stands below
    name="definitions", told="The definitions.", counted="How many there are.", posted=False,
)


def _by_id(definition: str, caller: TheCaller) -> RowMapping:
    return one_of(caller, definition)


def _by_key(key: str, caller: TheCaller) -> RowMapping:
    return latest_of(caller, key)


# How a path names a definition: where it stands, what finds it, and how the routes there are called. The latest of a key comes first: `key` is no id.
WAYS = (("/process-definition/key/{key}", _by_key, "latest_"), ("/process-definition/{definition}", _by_id, ""))


def _offer(path: str, found: Callable[..., RowMapping], before: str) -> None:
    """The routes that show a definition; ``before``: how their names begin."""

    @router.get(path, name=f"{before}definition")
    def one(row: Annotated[RowMapping, Depends(found)]) -> ProcessDefinitionDto:
        """The definition."""
        return definition_item(row)

    @router.get(f"{path}/xml", name=f"{before}xml")
    def xml(caller: TheCaller, row: Annotated[RowMapping, Depends(found)]) -> ProcessDefinitionDiagramDto:
        """Its diagram."""
        return _xml(caller, row)

    @router.get(f"{path}/form-variables", name=f"{before}start_form_variables", dependencies=[Depends(found)])
    def form_variables(
        variableNames: str | None = None,  # noqa: ARG001, N803 - a query parameter
        deserializeValues: bool = True,  # noqa: ARG001, FBT001, FBT002, N803 - a query parameter
    ) -> Variables:
        """The variables that a form in the diagram asks for: none."""
        return {}


for _way in WAYS:
    _offer(*_way)


@router.post("/process-definition/{definition}/start")
@router.post("/process-definition/{definition}/submit-form")
def start(definition: str, caller: TheCaller, body: JsonBody = None) -> ProcessInstanceWithVariablesDto:
    """Start an instance."""
    row = next((row for row in caller.definitions.values() if row["id"] == definition), None)
    declared_in((body or {}).get("variables"))
    if row is None:
        raise failed(f"no deployed process definition found with id '{definition}'")
    return _start(caller, row, body or {})


@router.post("/process-definition/key/{key}/start")
@router.post("/process-definition/key/{key}/submit-form")
def start_latest(key: str, caller: TheCaller, body: JsonBody = None) -> ProcessInstanceWithVariablesDto:
    """Start an instance of the latest definition of a key."""
    return _start(caller, latest_of(caller, key), body or {})


def started(caller: Caller, root: str, *, definition: RowMapping, business_key: str) -> ProcessInstanceWithVariablesDto:
    """An instance as the answer to its start shows it."""
    return {
        "id": root,
        "definitionId": definition["id"],
        "definitionKey": definition["key"],
        "businessKey": business_key or None,
        "caseInstanceId": None,
        "ended": caller.look(root) is None,
        "suspended": False,
        "tenantId": None,
        "links": [],
    }


def _start(caller: Caller, row: RowMapping, body: dict[str, Any]) -> ProcessInstanceWithVariablesDto:
    variables, business_key = declared_in(body.get("variables")), text_of(body, "businessKey") or ""
    changes, set_there = changes_in({"instructions": body["startInstructions"]}) if body.get("startInstructions") else ([], {})
    with places():
        where = {"process": row["key"], "tenant": "", "version": row["edition"], "business_key": business_key}
        root = caller.engine.start(**where, variables=variables | set_there, changes=changes, actor=caller.actor)
    caller.settle()
    shown = started(caller, root, definition=row, business_key=business_key)
    if flag_of(body, "withVariablesInReturn"):
        shown["variables"] = last_values(caller, root, "")
    return shown


def _items(query: Query, caller: Caller) -> list[Item]:
    newest = {row["id"] for row in caller.newest.values()}
    troubled = _troubled(query, caller)
    return [
        {**definition_item(row), "_latest": row["id"] in newest, "_deployed": row["version"], "_at": row["deployed_at"]}
        for place, row in caller.definitions.items()
        if troubled is None or place in troubled
    ]


def _troubled(query: Query, caller: Caller) -> set[tuple[str, int]] | None:
    """The definitions of which something stands still as it is asked for; None if that is not."""
    asked = replace(query, filters={name: value for name, value in query.filters.items() if name in INCIDENTS})
    if not asked.filters:
        return None
    found = caller.read(listing.rows, OPEN_INCIDENTS, Wanted(filters(asked, caller, INCIDENTS)))
    return {(row["process"], row["root_version"]) for row in found}


def one_of(caller: Caller, definition: str) -> RowMapping:
    """The definition with an id. Raises RestError 404."""
    for row in caller.definitions.values():
        if row["id"] == definition:
            return row
    raise missing(f"No matching definition with id {definition}")


def latest_of(caller: Caller, key: str) -> RowMapping:
    """The latest definition of a key. Raises RestError 404."""
    if key not in caller.newest:
        raise missing(f"No matching process definition with key: {key} and no tenant-id")
    return caller.newest[key]


def _xml(caller: Caller, row: Any) -> ProcessDefinitionDiagramDto:
    files: dict[str, bytes] = caller.read(queries.version_files, row["version"])
    return {"id": row["id"], "bpmn20Xml": files[row["resource"]].decode("utf-8", "replace")}
