"""The OpenAPI document: what the framework finds in the routes, and what it cannot see: the parameters of lists, examples, multipart bodies."""

from collections.abc import Mapping
from typing import Any, ClassVar

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from rest.examples import EXAMPLES
from rest.files import FORMS
from rest.offering import LISTS
from rest.query import HELD_SORTS, SHOWING, TYPES

_EXAMPLES: Mapping[str, Any] = {"string": "x", "integer": 1, "boolean": True, "object": {}}
_TEXT, _FILE = {"type": "string"}, {"type": "string", "format": "binary"}
_HELD: Mapping[str, Any] = {
    "type": "object",
    "properties": {"variable": {**_TEXT, "minLength": 1}, "type": {**_TEXT, "enum": sorted(TYPES)}},
    "required": ["type", "variable"],
    "additionalProperties": False,
}
FORMS["/deployment/create"] = {"deployment-name": _TEXT, "deployment-source": _TEXT, "data": _FILE}
FORMS["/task/{task}/attachment/create"] = dict.fromkeys(("attachment-name", "attachment-description", "attachment-type", "url"), _TEXT) | {"content": _FILE}


class Interface(FastAPI):
    """The interface's application; its description is made when somebody first asks for it, once for all engines of a process."""

    described: ClassVar[dict[str, Any] | None] = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is noted in its scope here stays here: whoever mounts this finds its own application there afterwards."""
        await super().__call__({**scope}, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document at `/openapi.json`."""
        if Interface.described is None:
            document = super().openapi()
            _complete(document["paths"])
            Interface.described = document
        return Interface.described


def _complete(paths: dict[str, Any]) -> None:
    for path, (params, sorts) in LISTS.items():
        narrowing = [_parameter(name, params[name].schema) for name in params if name != "orQueries"]
        paths[path]["get"].setdefault("parameters", []).extend([*narrowing, *_paging(sorts)])
        paths[f"{path}/count"]["get"].setdefault("parameters", []).extend(narrowing)
        if "post" in paths[path]:
            showing = [_parameter(name, params[name].schema) for name in sorted(SHOWING & params.keys())]
            paths[path]["post"].setdefault("parameters", []).extend([*showing, *_part()])
            for each, order in ((path, sorts), (f"{path}/count", None)):
                paths[each]["post"]["requestBody"] = {"required": True, "content": {"application/json": _query(params, order)}}
    for (verb, path), example in EXAMPLES.items():
        paths[path][verb]["requestBody"]["content"]["application/json"]["example"] = example
    for path, parts in FORMS.items():
        schema = {"type": "object", "properties": parts}
        paths[path]["post"]["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema)}


def _query(params: Mapping[str, Any], sorts: Mapping[str, str] | None) -> dict[str, Any]:
    """A query in a body, and an example that asks for everything that the list knows."""
    fields, example = {}, {}
    for name, reader in params.items():
        each = reader.each or reader.schema
        fields[name] = {"type": "array", "items": dict(each)} if reader.each else dict(each)
        value = each.get("example") or _EXAMPLES[each["type"]]
        example[name] = [value] if reader.each else value
    if sorts is not None:
        order = {"sortBy": {**_TEXT, "enum": sorted(sorts)}, "sortOrder": {**_TEXT, "enum": ["asc", "desc"]}}
        more = {"parameters": _HELD} if HELD_SORTS & sorts.keys() else {}
        fields["sorting"] = {"type": "array", "items": {"type": "object", "properties": order | more, "required": sorted(order)}}
        held = {"parameters": {"variable": "amount", "type": "Integer"}}
        example["sorting"] = [{"sortBy": by, "sortOrder": "desc", **(held if by in HELD_SORTS else {})} for by in sorted(sorts)]
    return {"schema": {"type": "object", "properties": fields, "additionalProperties": False}, "example": example}


def _paging(sorts: Mapping[str, str]) -> list[dict[str, Any]]:
    order = [_parameter("sortBy", {**_TEXT, "enum": sorted(sorts.keys() - HELD_SORTS)}), _parameter("sortOrder", {**_TEXT, "enum": ["asc", "desc"]})]
    return [*order, *_part()]


def _part() -> list[dict[str, Any]]:
    return [_parameter(name, {"type": "integer", "minimum": 0}) for name in ("firstResult", "maxResults")]

