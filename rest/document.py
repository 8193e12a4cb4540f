"""The OpenAPI document: what the framework finds in the routes, and what it cannot see: the parameters of lists, examples, multipart bodies."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from rest import (
    decisions,
    definitions,
    deployments,
    events,
    executions,
    history,
    history_log,
    history_tasks,
    incidents,
    instances,
    jobs,
    tasks,
    workers,
)
from rest.examples import EXAMPLES

LISTS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]] = {
    "/deployment": (deployments.TESTS, deployments.SORTS),
    "/process-definition": (definitions.TESTS, definitions.SORTS),
    "/process-instance": (instances.PARAMS, instances.SORTS),
    "/execution": (executions.PARAMS, executions.SORTS),
    "/task": (tasks.PARAMS, tasks.SORTS),
    "/event-subscription": (events.PARAMS, events.SORTS),
    "/external-task": (workers.PARAMS, workers.SORTS),
    "/job": (jobs.PARAMS, jobs.SORTS),
    "/incident": (incidents.PARAMS, incidents.SORTS),
    "/decision-definition": (decisions.TESTS, decisions.SORTS),
    "/history/process-instance": (history.INSTANCE_PARAMS, history.INSTANCE_SORTS),
    "/history/variable-instance": (history.PARAMS, history.SORTS),
    "/history/activity-instance": (history_tasks.TOKEN_TESTS, history_tasks.TOKEN_SORTS),
    "/history/task": (history_tasks.TASK_PARAMS, history_tasks.TASK_SORTS),
    "/history/incident": (history_log.INCIDENT_PARAMS, history_log.INCIDENT_SORTS),
    "/history/job-log": (history_log.JOB_PARAMS, history_log.JOB_SORTS),
    "/history/user-operation": (history_log.OPERATION_PARAMS, history_log.OPERATION_SORTS),
}
_TEXT, _FILE = {"type": "string"}, {"type": "string", "format": "binary"}
FORMS: Mapping[str, Mapping[str, Any]] = {
    "/deployment/create": {"deployment-name": _TEXT, "deployment-source": _TEXT, "data": _FILE},
    "/task/{task}/attachment/create": dict.fromkeys(("attachment-name", "attachment-description", "attachment-type", "url"), _TEXT) | {"content": _FILE},
}


class Interface(FastAPI):
    """The interface's application; its description is made when somebody first asks for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is noted in its scope here stays here: whoever mounts this finds its own application there afterwards."""
        await super().__call__({**scope}, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document at `/openapi.json`."""
        if self.openapi_schema is None:
            _complete(super().openapi()["paths"])
        return super().openapi()


def _complete(paths: dict[str, Any]) -> None:
    for path, (params, sorts) in LISTS.items():
        narrowing = [_parameter(name, getattr(params[name], "schema", _TEXT)) for name in params]
        paths[path]["get"].setdefault("parameters", []).extend([*narrowing, *_paging(sorts)])
        paths[f"{path}/count"]["get"].setdefault("parameters", []).extend(narrowing)
    for (verb, path), example in EXAMPLES.items():
        paths[path][verb]["requestBody"]["content"]["application/json"]["example"] = example
    for path, parts in FORMS.items():
        schema = {"type": "object", "properties": parts}
        paths[path]["post"]["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema)}


def _paging(sorts: Mapping[str, str]) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 0}
    order = [_parameter("sortBy", {**_TEXT, "enum": sorted(sorts)}), _parameter("sortOrder", {**_TEXT, "enum": ["asc", "desc"]})]
    return [*order, _parameter("firstResult", number), _parameter("maxResults", number)]

