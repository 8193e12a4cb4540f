"""Deployments: several files at once, each deployment an immutable version of its own."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import RowMapping

from engine.bpmn.definitions import DiagramErrors
from engine.errors import EngineError
from engine.refusals import NotFound
from rest.asking import Params, anything
from rest.bodies import JsonBody, text_of, texts_of
from rest.decisions import decisions_of
from rest.errors import RestError, invalid, missing
from rest.files import BYTES, Content, form_of
from rest.listing import Item, after, before, equals, is_false, like, nobody, shown, the_one
from rest.offering import built, offer
from rest.parts import Caller, TheCaller
from rest.shapes_deployed import (
    DecisionDefinitionDto,
    DeploymentDto,
    DeploymentResourceDto,
    DeploymentWithDefinitionsDto,
    ProcessDefinitionDto,
)
from rest.values import instant_out
from store.engine import foreign, queries

router = APIRouter(tags=["Deployment"])
MOST_FILES = 1000  # of one deployment
PARAMS: Params = {
    "id": equals("id"),
    "name": equals("name"),
    "nameLike": like("name"),
    "source": equals("source"),
    "withoutSource": is_false("source"),
    "before": before("_at"),
    "after": after("_at"),
    "tenantIdIn": nobody,
    "includeDeploymentsWithoutTenantId": anything,
    "withoutTenantId": anything,
}
SORTS = {"id": "_number", "name": "name", "deploymentTime": "_number", "tenantId": "tenantId"}


@dataclass(frozen=True)
class Upload:
    """What a client sent: name, source and files."""

    name: str
    source: str
    files: dict[str, bytes]
    unless_known: bool = False  # of the same name with the same content nothing new is made


async def uploaded(request: Request) -> Upload:
    """The parts of a multipart body. Raises RestError 400, 415."""
    form = await form_of(request, most=MOST_FILES)
    texts, files = form.texts, {name: content for name, content in form.files if name}
    if not files:
        raise invalid("No deployment resources contained in the form upload.")
    if wanted := [name for name in ("tenant-id", "deployment-activation-time") if texts.get(name)]:
        raise invalid(f"{wanted[0]}: a deployment is of no tenant, and its definitions are there at once")
    unless_known = "true" in {texts.get(name, "").lower() for name in ("enable-duplicate-filtering", "deploy-changed-only")}
    return Upload(texts.get("deployment-name", ""), texts.get("deployment-source", ""), files, unless_known)


@router.post("/deployment/create")
def create(caller: TheCaller, upload: Annotated[Upload, Depends(uploaded)]) -> DeploymentWithDefinitionsDto:
    """Deploy files: all of them or, if one cannot be used, none. With `enable-duplicate-filtering` what is there already is not deployed again."""
    if upload.unless_known and (known := _same(caller, upload)) is not None:
        return _deployed(known, {}, {})
    return _publish(caller, upload)


@router.post("/deployment/{deployment}/redeploy")
def redeploy(deployment: str, caller: TheCaller, body: JsonBody = None) -> DeploymentWithDefinitionsDto:
    """Deploy the files of a deployment once more under its name: all of them, or those that are named."""
    given, item = body or {}, _one(caller, deployment)
    files: dict[str, bytes] = caller.read(queries.version_files, item["_number"])
    named = [*texts_of(given, "resourceIds"), *texts_of(given, "resourceNames")]
    for name in named:
        if name not in files:
            raise _no_resource(deployment, name)
    chosen = {name: files[name] for name in named} or files
    return _publish(caller, Upload(item["name"] or "", text_of(given, "source") or "", chosen))


def _publish(caller: Caller, upload: Upload) -> DeploymentWithDefinitionsDto:
    """Deploy. Raises RestError 400 if a file cannot be used."""
    try:
        ref = caller.engine.publish(title=upload.name, source=upload.source, files=upload.files, actor=caller.actor)
    except EngineError as error:
        if error.status == 403:  # noqa: PLR2004 - HTTP's word
            raise
        more = {"details": _details(error)} if isinstance(error, DiagramErrors) else None
        raise RestError(400, f"ENGINE-09005 Could not parse: {error.en}", type="ParseException", more=more) from error
    deployed = {row["id"]: definition_item(row) for row in caller.definitions.values() if row["version"] == ref.id}
    return _deployed(next(each for each in _items(caller) if each["id"] == str(ref.id)), deployed, decisions_of(caller, ref.id))


def _details(refused: DiagramErrors) -> dict[str, Any]:
    """What is wrong with each file: the element, its line, what to do."""
    told: dict[str, Any] = {problem.file: {"errors": [], "warnings": []} for problem in refused.problems}
    for problem in refused.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        one = {"message": f"{problem.code}: {problem.en}{hint}", "line": problem.line, "column": 0}
        told[problem.file]["errors"].append({**one, "mainElementId": problem.element or None, "elementIds": [problem.element] if problem.element else []})
    return told


def _same(caller: Caller, upload: Upload) -> Item | None:
    """The last deployment of the name, if it holds the same files."""
    last = next((each for each in reversed(_items(caller)) if each["name"] == (upload.name or None)), None)
    return last if last is not None and caller.read(queries.version_files, last["_number"]) == upload.files else None


def _deployed(item: Item, definitions: dict[str, ProcessDefinitionDto], decisions: dict[str, DecisionDefinitionDto]) -> DeploymentWithDefinitionsDto:
    """A deployment as the answer to an upload shows it."""
    deployment: DeploymentDto = shown(item)
    return {
        **deployment,
        "deployedProcessDefinitions": definitions or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": decisions or None,
        "deployedDecisionRequirementsDefinitions": None,
    }


offer(
    router, "/deployment", DeploymentDto, built(lambda _, caller: _items(caller), PARAMS, SORTS),
    name="deployments", told="The deployments.", counted="How many there are.", posted=False,
)


@router.get("/deployment/registered")
def registered(caller: TheCaller) -> list[str]:
    """The deployments whose jobs are done here: all."""
    return [each["id"] for each in _items(caller)]


@router.get("/deployment/{deployment}")
def deployment(deployment: str, caller: TheCaller) -> DeploymentDto:
    """One deployment."""
    item: DeploymentDto = shown(_one(caller, deployment))
    return item


@router.delete("/deployment/{deployment}", status_code=204)
def delete(deployment: str, caller: TheCaller, cascade: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """Delete a deployment; with `cascade` its instances and their history too."""
    _one(caller, deployment)
    try:
        caller.engine.withdraw(deployment=int(deployment), cascade=cascade, actor=caller.actor)
    except NotFound:
        raise missing(f"Deployment with id '{deployment}' do not exist") from None
    return Response(status_code=204)


@router.get("/deployment/{deployment}/resources")
def resources(deployment: str, caller: TheCaller) -> list[DeploymentResourceDto]:
    """Its files."""
    _one(caller, deployment)
    return [_resource(deployment, path) for path in caller.read(foreign.paths, int(deployment))]


@router.get("/deployment/{deployment}/resources/{resource:path}/data", response_class=Response, responses=BYTES)
def resource_data(deployment: str, resource: str, caller: TheCaller) -> Response:
    """The bytes of one file."""
    _one(caller, deployment)
    files: dict[str, bytes] = caller.read(queries.version_files, int(deployment))
    if resource not in files:
        raise _no_resource(deployment, resource)
    return Content(files[resource], name=resource.rpartition("/")[2])


@router.get("/deployment/{deployment}/resources/{resource:path}")
def one_resource(deployment: str, resource: str, caller: TheCaller) -> DeploymentResourceDto:
    """One of its files, by its name."""
    _one(caller, deployment)
    if resource not in caller.read(foreign.paths, int(deployment)):
        raise _no_resource(deployment, resource)
    return _resource(deployment, resource)


def definition_item(row: RowMapping) -> ProcessDefinitionDto:
    """A definition as it is shown."""
    return {
        "id": row["id"],
        "key": row["key"],
        "category": None,
        "description": None,
        "name": row["name"],
        "version": row["number"],
        "resource": row["resource"],
        "deploymentId": str(row["version"]),
        "diagram": None,
        "suspended": row["suspended"],
        "tenantId": None,
        "versionTag": row["version_tag"],
        "historyTimeToLive": None,
        "startableInTasklist": True,
    }


def _items(caller: Caller) -> list[Item]:
    return [
        {
            "id": str(row["id"]),
            "name": row["title"] or None,
            "source": row["source"] or None,
            "deploymentTime": instant_out(row["deployed_at"]),
            "tenantId": None,
            "links": [],
            "_number": row["id"],
            "_at": row["deployed_at"],
        }
        for row in caller.read(foreign.deployments)
    ]


def _one(caller: Caller, deployment: str) -> Item:
    return the_one(_items(caller), deployment, otherwise=f"Deployment with id '{deployment}' does not exist")


def _no_resource(deployment: str, resource: str) -> RestError:
    return missing(f"Deployment resource '{resource}' for deployment id '{deployment}' does not exist.")


def _resource(deployment: str, path: str) -> DeploymentResourceDto:
    return {"id": path, "name": path, "deploymentId": deployment}
