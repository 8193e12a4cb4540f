"""Puts the interface together. Documented in OpenAPI at `/engine-rest/openapi.json`."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from starlette.routing import BaseRoute

from rest import (
    beside,
    clock,
    conditions,
    decisions,
    definitions,
    deployments,
    errors,
    events,
    executions,
    history,
    history_deletion,
    history_log,
    history_tasks,
    incidents,
    instances,
    job_definitions,
    jobs,
    migration,
    modification,
    never,
    reports,
    statistics,
    task_links,
    task_remarks,
    task_variables,
    tasks,
    together,
    variable_instances,
    workers,
)
from rest.document import Interface
from rest.manners import Manners
from rest.parts import Parts, TheCaller, caller
from rest.shapes import ProcessEngineDto, VersionDto

VERSION = "7.24.0"  # the release of Camunda whose shapes are kept
ROUTERS = (
    deployments.router,
    statistics.router,
    together.router,
    definitions.router,
    beside.router,
    instances.router,
    executions.router,
    tasks.router,
    task_variables.router,
    task_remarks.router,
    task_links.router,
    events.router,
    conditions.router,
    variable_instances.router,
    workers.router,
    jobs.router,
    job_definitions.router,
    incidents.router,
    decisions.router,
    migration.router,
    modification.router,
    never.router,
    reports.router,
    history.router,
    history_tasks.router,
    history_log.router,
    history_deletion.router,
    clock.router,
)


class Fault(BaseModel):
    """What every answer that says no holds."""

    type: str
    message: str
    code: int


FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": Fault, "description": "The request is wrong or nothing matches"},
    401: {"model": Fault, "description": "Nobody has signed in"},
    403: {"model": Fault, "description": "Not allowed"},
    404: {"model": Fault, "description": "There is no such thing, or it is not to be seen"},
    409: {"model": Fault, "description": "Its state does not allow it"},
    413: {"model": Fault, "description": "The body is too large"},
    415: {"model": Fault, "description": "The body is neither JSON nor, where files are sent, multipart/form-data"},
    422: {"model": Fault, "description": "The engine cannot take it"},
    500: {"model": Fault, "description": "The engine failed while it executed the process"},
}


def create(parts: Parts) -> FastAPI:
    """The ASGI application, to be mounted at `/engine-rest`."""
    app = Interface(title="Engine REST", version=VERSION, docs_url=None, redoc_url=None)
    app.state.parts = parts
    errors.install(app)
    app.add_middleware(Manners)
    app.router.routes += routes()
    return app


@cache
def routes() -> list[BaseRoute]:
    """The interface's routes: read from their functions once in a process, which takes as long as a hundred requests, however many engines it serves."""
    together = APIRouter(dependencies=[Depends(caller)], responses=FAULTS)
    for router in ROUTERS:
        together.include_router(router)
    together.add_api_route("/version", version, tags=["Version"])
    together.add_api_route("/engine", engines, tags=["Engine"])
    return together.routes


def version(caller: TheCaller) -> VersionDto:  # noqa: ARG001 - nobody is told before signing in
    """Whose shapes these are."""
    return {"version": VERSION}


def engines(caller: TheCaller) -> list[ProcessEngineDto]:  # noqa: ARG001 - nobody is told before signing in
    """There is one engine."""
    return [{"name": "default"}]
