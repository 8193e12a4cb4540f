"""The state of an instance as bytes: tokens and scopes, without the spec. Versioned; every later release reads it.

`[version, process, counter, ended, regions, scopes]`, then the declared types of variables if there are any;
a region is `[host token or null, called process or null, rows]`, outermost first;
a row is `[id, spec, state, parent or 0 for the root or null, facts]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from engine.bpmn.activities import called_spec
from engine.bpmn.compensation import is_record
from engine.bpmn.gateways import InclusiveGateway
from engine.bpmn.host import Host
from engine.bpmn.instance import Instance
from engine.bpmn.scopes import INSTANCE
from engine.bpmn.spec import ProcessSpec
from engine.bpmn.token import Region, Scope, Token
from engine.errors import EngineError

VERSION = 2
READABLE = frozenset({1, VERSION})  # 2: calls of other versions, compensation


def dump_instance(instance: Instance) -> bytes:
    """The state; the instance must have come to rest."""
    regions = [_region(instance, None, None)]
    regions += [_region(region, region.host.id, region.host.internal_data.get("called")) for region in _outermost_first(instance)]
    scopes = {scope: held for scope, held in instance.scopes.held.items() if held or scope == INSTANCE}
    whole = [VERSION, instance.spec.name, instance.counter, instance.completed, regions, scopes]
    return orjson.dumps([*whole, instance.scopes.declared()] if instance.scopes.types else whole)


def _outermost_first(instance: Instance) -> list[Any]:
    return sorted(instance.subprocesses.values(), key=lambda region: (region.depth, int(region.host.id)))


def _region(region: Region, host: str | None, called: str | None) -> list[Any]:
    root = region.task_tree.id
    rows = [
        [
            token.id,
            token.task_spec.name,
            token._state,  # noqa: SLF001 - the library's own structure
            0 if token._parent == root else token._parent,  # noqa: SLF001
            token.internal_data or 0,
        ]
        for token in region.all_tokens()
    ]
    return [host, called, rows]


def load_instance(blob: bytes, specs: Mapping[str, ProcessSpec], surroundings: Host) -> Instance:
    """The instance of a state. Raises EngineError `state` when it is damaged or does not fit the specs."""
    try:
        version, process, counter, ended, regions, scopes, *types = orjson.loads(blob)
        if version not in READABLE:
            raise EngineError("state", f"状态版本 {version} 无法读取", f"a state of version {version} cannot be read", 500)
        instance = Instance(specs[process], specs)
        instance.surroundings = surroundings
        instance.counter, instance.completed = counter, ended
        instance.scopes.held.update(scopes)
        instance.scopes.types.update(*types)
        for host, called, rows in regions:
            _load_region(instance, host, called, rows)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise EngineError("state", "流程状态与流程图版本不符", f"the state does not fit these definitions: {error!r}", 500) from error
    return instance


def _load_region(instance: Instance, host: str | None, called: str | None, rows: list[Any]) -> None:
    region: Region = instance
    if host is not None:
        token = instance.index[host]
        spec, origin, processes = called_spec(token, called) if called is not None else (token.task_spec.inner, None, {})
        region = instance.subprocesses[host] = Scope(spec, token, called=called is not None)
        if origin is not None:
            region.of_version(origin, processes)
    names = region.spec.task_specs
    for token_id, name, state, parent, facts in rows:
        around = region.task_tree if parent == 0 else (None if parent is None else region.tasks[parent])
        token = Token(region, names[name], around, token_id)
        token._set_state(state)  # noqa: SLF001 - the library's own structure
        token.internal_data = facts or {}
        region.live += parent == 0
        if "beside" in token.internal_data:
            instance.beside.setdefault(token.internal_data["beside"], []).append(token_id)
        if token.internal_data.get("on") == "conditional":
            instance.conditionals.add(token_id)
        elif isinstance(token.task_spec, InclusiveGateway) and token.task_spec.at_rest(token):
            instance.joins.add(token_id)
    if region.host is not None:
        region.completed = is_record(region.host)
