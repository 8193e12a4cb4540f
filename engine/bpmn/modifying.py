"""Changes where an instance stands: tokens are cancelled, or started before, behind or along what the diagram shows.

All changes of one command are made in their order; then scopes in which nothing is left go away, without going on. What is started before an
element enters it as if a token had come. Nothing here asks whether what is skipped mattered: the command layer wants a reason and writes it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.bpmn.activities import open_empty
from engine.bpmn.adhoc import AdHocSubProcess
from engine.bpmn.compensation import is_record
from engine.bpmn.effects import FlowTaken
from engine.bpmn.event_sub_processes import EventSubProcess
from engine.bpmn.events import BoundaryEvent
from engine.bpmn.instance import Instance
from engine.bpmn.loops import MultiInstance, StandardLoop
from engine.bpmn.spec import Flow, ProcessSpec
from engine.bpmn.timeouts import Timeout
from engine.bpmn.token import Region, Token
from engine.bpmn.walk import BODY
from engine.errors import EngineError

Kind = Literal["cancel", "before", "after", "along"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    `kind` cancel: the tokens at the element `place` (with `standing` only those that stood there before all changes), or the one `token`.
    before, after: start at the element `place`; along: on the sequence flow `place`.
    Started within the scope of `token`, if given. `place` + `#multiInstanceBody` means a multi-instance activity as a whole, without it one instance: one
    more of what runs, else one alone. `local` variables are the new token's own.
    """

    kind: Kind
    place: str = ""
    token: str = ""
    local: Mapping[str, object] = field(default_factory=dict)
    standing: bool = False


def modify(instance: Instance, changes: Sequence[Change], *, within: str = "") -> None:
    """Make the changes in the instance, or in the process that the call activity's token `within` calls; `run()` next.

    Raises EngineError `MOD-…` naming what cannot be done. Afterwards the instance is worth nothing, as after any exception. If nothing is left, the
    instance has come to its end (`Region.live == 0` before `run()`).
    """
    region: Region | None = instance if not within else instance.subprocesses.get(within)
    if region is None:
        raise _refuse("MOD-GONE", within, "该子流程已不在运行", "is not there any more")
    standing = frozenset(instance.index)
    for change in changes:
        if change.kind == "cancel":
            _cancel(region, change, standing)
        elif change.kind == "along":
            _along(region, change)
        elif change.kind == "after":
            _after(region, change)
        else:
            _before(region, change)
    _clear_empty_scopes(instance, region)


# ---- cancel


def _cancel(region: Region, change: Change, standing: frozenset[str]) -> None:
    top = region.top_workflow
    if change.token:
        token = top.index.get(change.token)
        chosen = [] if token is None or token.workflow.within != region.within else [token]
    else:
        chosen = [token for token in _inside(region) if _is_at(token, change.place) and (token.id in standing or not change.standing)]
    if not chosen:
        raise _refuse("MOD-GONE", change.place or change.token, "处没有正在进行的事项", "holds nothing that runs")
    for token in chosen:
        body = token.workflow.tasks.get(token._parent)  # noqa: SLF001 - the library's own structure
        top.cancel_token(token)
        if body is not None and isinstance(body.task_spec, MultiInstance):
            scope = top.scopes.held[body.id]
            scope["nrOfInstances"] -= 1
            scope["nrOfActiveInstances"] -= 1


def _inside(region: Region) -> Iterator[Token]:
    """The tokens of a process with those in its sub-processes, not in what it calls."""
    for token in region.all_tokens():
        yield token
        inner = region.top_workflow.subprocesses.get(token.id)
        if inner is not None and not inner.called:
            yield from _inside(inner)


def _is_at(token: Token, place: str) -> bool:
    """Whether a token stands at an element (in an instance of a loop; with the mark of a body: is the loop). What only listens stands nowhere."""
    spec = token.task_spec
    looped = isinstance(spec, MultiInstance | StandardLoop)
    if spec.info.id + (BODY if looped else "") != place or is_record(token) or token._parent is None:  # noqa: SLF001
        return False
    around = token.workflow.tasks.get(token._parent)  # noqa: SLF001
    return not isinstance(spec, BoundaryEvent | Timeout) and not getattr(around.task_spec, "offers", False)


# ---- start


def _before(region: Region, change: Change) -> None:
    place = change.place.removesuffix(BODY)
    around, spec = _find(region, place, change)
    kind = spec.info.type
    if kind == "boundaryEvent" or spec.info.for_compensation:
        raise _refuse("MOD-PLACE", place, "前不能开始，请改为在其后开始", "cannot be started before: start after it")
    top = around.top_workflow
    if isinstance(spec, EventSubProcess):
        spec.begin_in(around, change.local)
        return
    body = next((token for token in around.all_tokens() if token.task_spec is spec and isinstance(spec, MultiInstance)), None)
    if body is not None and not change.place.endswith(BODY):
        _one_more(body, change)
        return
    alone = isinstance(spec, MultiInstance) and not change.place.endswith(BODY)
    only = [change.local.get(spec.loop.element)] if alone else None
    top.arrive(around, spec, flow=_free_flow(around, spec), given=change.local, only=only)


def _one_more(body: Token, change: Change) -> None:
    """One more instance of a parallel multi-instance activity that runs."""
    top, spec = body.top, body.task_spec
    if spec.loop.sequential:
        raise _refuse("MOD-LOOP", change.place, "是顺序多实例，不能增加一份", "runs one instance after the other: none can be added")
    scope = top.scopes.held[body.id]
    index = max([top.index[child].internal_data.get("index", -1) for child in body._children] + [scope["nrOfInstances"] - 1]) + 1  # noqa: SLF001
    scope["nrOfInstances"] += 1
    scope["nrOfActiveInstances"] += 1
    spec.spawn(body, index, change.local.get(spec.loop.element))


def _after(region: Region, change: Change) -> None:
    around, spec = _find(region, change.place.removesuffix(BODY), change)
    if len(spec.outgoing) != 1:
        raise _refuse("MOD-FLOWS", change.place, "之后没有唯一的流向，请指定流向", "has not exactly one flow behind it: name the flow")
    _take(around, spec.outgoing[0], change)


def _along(region: Region, change: Change) -> None:
    found = [flow for spec in _specs(region.spec) for flow in spec.outgoing if flow.id == change.place]
    if not found:
        raise _refuse("MOD-PLACE", change.place, "不是流程中的流向", "is no sequence flow of the process")
    around, _ = _find(region, found[0].source.info.id, change)
    _take(around, found[0], change)


def _take(around: Region, flow: Flow, change: Change) -> None:
    top = around.top_workflow
    top.events.append(FlowTaken(flow.process, flow.id))
    top.arrive(around, flow.target, flow=flow, given=change.local)


def _free_flow(around: Region, spec: Any) -> Flow | None:
    """A join takes the token as one of the first flow on which none waits."""
    if not spec.joins or not spec.incoming:
        return None
    waiting = spec.waiting(around) if len(spec.incoming) > 1 else {}
    first: Flow = next((flow for flow in spec.incoming if flow.id not in waiting), spec.incoming[0])
    return first


# ---- where


def _specs(spec: ProcessSpec) -> Iterator[Any]:
    """All task specs of a process and of its sub-processes."""
    for each in spec.nodes():
        yield each
        if hasattr(each, "inner"):
            yield from _specs(each.inner)


def _find(region: Region, place: str, change: Change) -> tuple[Region, Any]:
    """The region in which an element lies, opened where it does not run, and its task spec."""
    way = region.spec.way(place)
    if way is None:
        raise _refuse("MOD-PLACE", place, "不是流程中的元素", "is no element of the process")
    around = region
    if len(way) > 1 and isinstance(way[-2], EventSubProcess) and way[-1] is way[-2].start:
        way.pop()  # to start before its start event is to start it
    for sub in way[:-1]:
        around = _enter(around, sub, change)
    return around, way[-1]


def _enter(around: Region, sub: Any, change: Change) -> Region:
    """The sub-process that runs, the one that the change names if there are several; a new one if none does."""
    top = around.top_workflow
    hosts = [token for token in around.all_tokens() if token.task_spec is sub and token.id in top.subprocesses and not is_record(token)]
    if change.token:
        named = top.index.get(change.token)
        hosts = [host for host in hosts if named is not None and (host.id in named.chain() or named.id in host.chain())]
    if len(hosts) > 1:
        raise _refuse("MOD-SCOPE", sub.info.id, "有多个正在进行，请指明其中之一", "runs several times: name one")
    if hosts:
        return top.subprocesses[hosts[0].id]  # type: ignore[no-any-return]
    if sub.info.loop is not None or isinstance(sub, AdHocSubProcess):
        raise _refuse("MOD-SCOPE", sub.info.id, "没有在进行，请从其自身开始", "does not run: start it itself")
    return open_empty(around, sub)


# ---- afterwards


def _clear_empty_scopes(instance: Instance, process: Region) -> None:
    """Sub-processes and loops in which nothing is left go, innermost first; the process itself ends if nothing is left of it."""
    while (empty := next(_empty(process), None)) is not None:
        instance.cancel_token(empty)
    if process.live == 0 and process.host is not None:
        raise _refuse(
            "MOD-NOTHING",
            process.spec.name,
            "是被调用的流程，至少须保留一个事项",
            "is called by another process: something must be left in it",
        )


def _empty(process: Region) -> Iterator[Token]:
    top = process.top_workflow
    for token in _inside(process):
        inner = top.subprocesses.get(token.id)
        if inner is not None and not inner.called and not is_record(token) and inner.live == 0:
            yield token
        elif isinstance(token.task_spec, MultiInstance | StandardLoop) and token not in top.queue and not is_record(token):
            children = [top.index[child].task_spec for child in token._children]  # noqa: SLF001
            if token.task_spec.child not in children:
                yield token


def _refuse(code: str, place: str, zh: str, en: str) -> EngineError:
    return EngineError(code, f"“{place}”{zh}", f"{place} {en}", 422, element=place)
