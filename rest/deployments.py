"""Deployments: several files at once, each deployment an immutable version of its own."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from engine.errors import EngineError
from engine.refusals import NotFound
from rest.errors import RestError, invalid, missing, unreadable
from rest.listing import Item, Test, anything, count, equals, is_false, like, nothing, page, shown, the_one
from rest.parts import Caller, TheCaller
from rest.query import Asked
from rest.values import instant_in, instant_out
from store.engine import foreign, queries

router = APIRouter(tags=["Deployment"])
TESTS: dict[str, Test] = {"id": equals("id"), "name": equals("name"), "nameLike": like("name"), "source": equals("source")}
TESTS |= {
    "withoutSource": is_false("source"),
    "before": lambda item, asked: item["_at"] < instant_in(asked),
    "after": lambda item, asked: item["_at"] > instant_in(asked),
    "tenantIdIn": nothing,
    "includeDeploymentsWithoutTenantId": anything,
    "withoutTenantId": anything,
}
SORTS = {"id": "_number", "name": "name", "deploymentTime": "_number"}


@dataclass(frozen=True)
class Upload:
    """What a client sent: name, source and files."""

    name: str
    source: str
    files: dict[str, bytes]
    unless_known: bool = False  # of the same name with the same content nothing new is made


async def uploaded(request: Request) -> Upload:
    """The parts of a multipart body. Raises RestError 400."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise unreadable("multipart/form-data")
    form = await request.form(max_files=1000)
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    files = {part.filename: await part.read() for _, part in form.multi_items() if isinstance(part, UploadFile) and part.filename}
    await form.close()
    if not files:
        raise invalid("No deployment resources contained in the form upload.")
    unless_known = "true" in {texts.get(name, "").lower() for name in ("enable-duplicate-filtering", "deploy-changed-only")}
    return Upload(texts.get("deployment-name", ""), texts.get("deployment-source", ""), files, unless_known)


@router.post("/deployment/create")
def create(caller: TheCaller, upload: Annotated[Upload, Depends(uploaded)]) -> dict[str, Any]:
    """Deploy files: all of them or, if one cannot be used, none. With `enable-duplicate-filtering` what is there already is not deployed again."""
    if upload.unless_known and (known := _same(caller, upload)) is not None:
        return _deployed(known, {})
    try:
        ref = caller.engine.publish(title=upload.name, source=upload.source, files=upload.files, actor=caller.actor)
    except EngineError as error:
        if error.status == 403:  # noqa: PLR2004 - HTTP's word
            raise
        raise RestError(400, f"ENGINE-09005 Could not parse: {error.en}", type="ParseException") from error
    deployed = {row["id"]: definition_item(row) for row in caller.definitions.values() if row["version"] == ref.id}
    return _deployed(next(each for each in _items(caller) if each["id"] == str(ref.id)), deployed)


def _same(caller: Caller, upload: Upload) -> Item | None:
    """The last deployment of the name, if it holds the same files."""
    last = next((each for each in reversed(_items(caller)) if each["name"] == (upload.name or None)), None)
    return last if last is not None and caller.read(queries.version_files, last["_number"]) == upload.files else None


def _deployed(item: Item, definitions: dict[str, Item]) -> dict[str, Any]:
    """A deployment as the answer to an upload shows it."""
    kinds = ("Case", "Decision", "DecisionRequirements")  # clients read these fields, whatever they hold
    none = {f"deployed{kind}Definitions": None for kind in kinds}
    return {**shown(item), "links": [], **none, "deployedProcessDefinitions": definitions or None}


@router.get("/deployment")
def deployments(query: Asked, caller: TheCaller) -> list[Item]:
    """The deployments."""
    return page(_items(caller), query, TESTS, SORTS)


@router.get("/deployment/count")
def count_deployments(query: Asked, caller: TheCaller) -> dict[str, int]:
    """How many there are."""
    return count(_items(caller), query, TESTS)


@router.get("/deployment/{deployment}")
def deployment(deployment: str, caller: TheCaller) -> Item:
    """One deployment."""
    return shown(_one(caller, deployment))


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
def resources(deployment: str, caller: TheCaller) -> list[Item]:
    """Its files."""
    _one(caller, deployment)
    return [_resource(deployment, path) for path in caller.read(foreign.paths, int(deployment))]


@router.get("/deployment/{deployment}/resources/{resource:path}/data")
def resource_data(deployment: str, resource: str, caller: TheCaller) -> Response:
    """The bytes of one file."""
    _one(caller, deployment)
    files: dict[str, bytes] = caller.read(queries.version_files, int(deployment))
    if resource not in files:
        raise missing(f"Deployment resource '{resource}' for deployment id '{deployment}' does not exist.")
    return Response(files[resource], media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})


def definition_item(row: Any) -> Item:
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
            "_number": row["id"],
            "_at": row["deployed_at"],
        }
        for row in caller.read(foreign.deployments)
    ]


def _one(caller: Caller, deployment: str) -> Item:
    return the_one(_items(caller), deployment, otherwise=f"Deployment with id '{deployment}' does not exist")


def _resource(deployment: str, path: str) -> Item:
    return {"id": path, "name": path, "deploymentId": deployment}
