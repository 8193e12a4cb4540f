"""Where a token goes whose sub-process ends with the old version or begins with the new one.

A sub-process without an instruction **ends**: what is in it goes on around it and still sees its variables. One that lies around the image of an element
and is the image of nothing **begins** around what goes there: one for all that goes into it from the same scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.activities import SubProcess, open_empty
from engine.bpmn.compensation import is_record
from engine.bpmn.effects import Cancelled, VariableSet
from engine.bpmn.plans import Route
from engine.bpmn.spec import ProcessSpec
from engine.bpmn.token import Region, Scope, Token


def ends_here(token: Token, route: Route) -> bool:
    """Whether a token holds a sub-process that ends with the old version."""
    inner = token.top.subprocesses.get(token.id)
    held = inner is not None and not inner.called and not is_record(token) and type(token.task_spec) is SubProcess
    return held and token._parent == token.workflow.task_tree.id and route.image(token.task_spec.info.id) is None  # noqa: SLF001


def place_in(token: Token, route: Route, target: ProcessSpec) -> tuple[list[Any], Any | None]:
    """The sub-processes that begin around a token, outermost first, and the task spec it goes to; None without an instruction or out of reach."""
    outermost, region = token, token.workflow
    while (around := region.tasks.get(outermost._parent)) is not None and around is not region.task_tree:  # noqa: SLF001
        outermost = around
    way = _way(outermost.task_spec, route, target)
    path = way[:-1] if way is not None and outermost._parent == region.task_tree.id else []  # noqa: SLF001
    return path, image_of(token.task_spec, route, path[-1].inner if path else target)


def image_of(spec: Any, route: Route, target: ProcessSpec) -> Any | None:
    """The task spec directly in the target region that a token of `spec` goes to; None without an instruction, or when it lies elsewhere."""
    name = _name(spec, route)
    return None if name is None else target.task_specs.get(name)


def _way(spec: Any, route: Route, target: ProcessSpec) -> list[Any] | None:
    name = _name(spec, route)
    return None if name is None else target.way(name)


def _name(spec: Any, route: Route) -> str | None:
    step = route.image(spec.info.id)
    return None if step is None else step.target + str(spec.name.removeprefix(spec.info.id))


def placed(region: Region, route: Route, target: ProcessSpec) -> Iterator[tuple[Token, list[Any], Any | None]]:
    """Each token that will stand in a region or in what begins in it: also those of sub-processes that end in it."""
    for token in region.all_tokens():
        if ends_here(token, route):
            yield from placed(region.top_workflow.subprocesses[token.id], route, target)
        else:
            yield token, *place_in(token, route, target)


def dissolve(region: Region, route: Route) -> None:
    """Sub-processes that end: what is in them stands in the region itself from now on."""
    while (host := next((token for token in region.all_tokens() if ends_here(token, route)), None)) is not None:
        top = region.top_workflow
        inner = top.subprocesses[host.id]
        for token in inner.all_tokens():
            if token._parent == inner.task_tree.id:  # noqa: SLF001 - the library's own structure
                put_into(token, region)
                _still_sees(token, host)
        info = host.task_spec.info
        top.events.append(Cancelled(host.id, info.process, info.id, info.type))
        top.discard(host)


def _still_sees(token: Token, host: Token) -> None:
    """What the sub-process held is the token's own; that is told, but it is no change that a conditional event waits for."""
    top, scopes = token.top, token.top.scopes
    own, types = scopes.held.setdefault(token.id, {}), scopes.types.get(host.id, {})
    for name, value in scopes.held.get(host.id, {}).items():
        if name not in own:
            own[name] = value
            if name in types:
                scopes.types.setdefault(token.id, {})[name] = types[name]
            top.events.append(VariableSet(token.id, name, None, value, types.get(name), token.workflow.within))


def enter(token: Token, path: list[Any], opened: dict[Any, Scope]) -> None:
    """Put a token into the sub-processes that begin around it; `opened` are those that have begun already."""
    around: Region = token.workflow
    for sub in path:
        if sub not in opened:
            opened[sub] = open_empty(around, sub)
        around = opened[sub]
    put_into(token, around)


def put_into(token: Token, region: Region) -> None:
    """A token, with all that hangs on it, stands in another region from now on."""
    before = token.workflow
    before.tasks[token._parent]._children.remove(token.id)  # noqa: SLF001 - the library's own structure
    before.live -= 1
    token._parent = region.task_tree.id  # noqa: SLF001
    region.task_tree._children.append(token.id)  # noqa: SLF001
    region.live += 1
    _take_over(token, region)


def _take_over(token: Token, region: Region) -> None:
    del token.workflow.tasks[token.id]
    token.workflow = region
    region.tasks[token.id] = token
    for child in token._children:  # noqa: SLF001
        _take_over(token.top.index[child], region)


def measure(region: Region) -> int:
    """How deep a region lies."""
    depth = 0 if region.host is None else measure(region.host.workflow) + 1
    if region.host is not None:
        region.depth = depth  # type: ignore[attr-defined]
    return depth
