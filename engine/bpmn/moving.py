"""Moves a running instance to another version by a plan: every token goes to the image of its element, with all it holds.

What stays: token ids, variables, due instants of timers and tasks, assignments, progress of loops, what can still be undone. What a diagram says of
an element (name, form, listeners, flows behind it, conditions) is the new version's from then on. Boundary events, event sub-processes and events
behind an event-based gateway that are new are armed; those without an instruction go. Sub-processes may begin around a token, or end
(`moving_scopes`). One that had its image before and does not wait any more
has happened: it is not armed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.bpmn.adhoc import AdHocSubProcess
from engine.bpmn.compensation import is_record
from engine.bpmn.event_sub_processes import EventSubProcess
from engine.bpmn.events import Catcher
from engine.bpmn.gateways import InclusiveGateway, ParallelGateway
from engine.bpmn.instance import Instance
from engine.bpmn.loops import MultiInstance
from engine.bpmn.moving_check import flow_image, obstacles_in, place_of
from engine.bpmn.moving_scopes import dissolve, enter, measure, place_in
from engine.bpmn.plans import Obstacle, Plan, Route
from engine.bpmn.scopes import scope_of
from engine.bpmn.spec import ProcessSpec
from engine.bpmn.tasks import UserTask
from engine.bpmn.token import Region, Scope, Token
from engine.errors import EngineError
from engine.expressions.functions import as_text


class CannotMigrate(EngineError):
    """An instance that cannot go along; `obstacles` says why."""

    def __init__(self, obstacles: Collection[Obstacle]) -> None:
        """Join the reasons into one readable text."""
        self.obstacles = tuple(obstacles)
        super().__init__(
            "migration",
            "不能迁移到新版本：" + "；".join(each.zh for each in self.obstacles[:20]),
            "It cannot be moved to the other version: " + "; ".join(each.en for each in self.obstacles[:20]),
            409,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """A token that went along: where it stood and where it stands now, and the call activity in whose process ("" the instance itself)."""

    token: str
    within: str
    element: str
    target: str


class _Step(NamedTuple):
    """One token's move."""

    token: Token
    old: Any
    route: Route


def obstacles(
    instance: Instance, plan: Plan, *, version: int, processes: Mapping[str, ProcessSpec], only: Collection[str] | None = None
) -> tuple[Obstacle, ...]:
    """Why the instance cannot go along; empty if it can. Parameters as of `migrate`."""
    found = []
    for region in _going(instance, plan, version, only):
        route = _route_of(plan, region)
        found += list(obstacles_in(region, processes[route.target], route))
    return tuple(found)


def migrate(
    instance: Instance, plan: Plan, *, version: int, processes: Mapping[str, ProcessSpec], only: Collection[str] | None = None
) -> tuple[Moved, ...]:
    """Move the instance and the processes it calls; `run()` next.

    In: `version` that of the instance so far, `processes` those of `plan.target`; `only` the call activities' tokens whose processes go ("" the
    instance itself), None: all that run in `plan.source` and have a route. Out: what was moved, nothing when nothing of it runs there.
    Raises CannotMigrate; ExpressionError of a new event that cannot be armed. After an exception the instance is worth nothing.
    """
    found = obstacles(instance, plan, version=version, processes=processes, only=only)
    if found:
        raise CannotMigrate(found)
    going = _going(instance, plan, version, only)
    steps: list[_Step] = []
    regions: list[tuple[Region, ProcessSpec, Route]] = []
    for region in going:
        route = _route_of(plan, region)
        for name, value in plan.variables.items():
            instance.put(scope_of("" if region.host is None else region.host.id), name, value)
        if region.host is not None:
            region.host.internal_data["called"] = route.target
        _rehang(region, processes[route.target], route, steps, regions)
    _renumber(instance, plan, {region.host.id if region.host else "" for region in going}, version, processes)
    for each in instance.subprocesses.values():
        measure(each)
    for step in steps:
        _fit(step)
    for step in steps:
        _install_beside(step)
    for region, before, route in regions:
        _install_watchers(region, before, route)
    _settle_joins(instance, [region for region, _, _ in regions])
    return tuple(Moved(each.token.id, each.token.workflow.within, each.old.info.id, each.token.task_spec.info.id) for each in steps)


def _going(instance: Instance, plan: Plan, version: int, only: Collection[str] | None) -> list[Region]:
    regions: list[Region] = [instance, *(each for each in _outermost_first(instance) if each.called)]
    return [
        region
        for region in regions
        if plan.source == (version if region.origin is None else region.origin)
        and plan.route(region.spec.name) is not None
        and (only is None or (region.host.id if region.host else "") in only)
    ]


def _route_of(plan: Plan, region: Region) -> Route:
    route = plan.route(region.spec.name)
    assert route is not None  # noqa: S101 - only regions with a route go
    return route


def _outermost_first(instance: Instance) -> list[Scope]:
    return sorted(instance.subprocesses.values(), key=lambda region: (region.depth, int(region.host.id)))


def _rehang(
    region: Region, target: ProcessSpec, route: Route, steps: list[_Step], regions: list[tuple[Region, ProcessSpec, Route]]
) -> None:
    """Every token to the image of its element; what only listens and has none goes away."""
    top, opened = region.top_workflow, dict[Any, Scope]()
    dissolve(region, route)
    for token, path, goal in [(token, *place_in(token, route, target)) for token in region.all_tokens()]:
        if goal is None or not token.alive:
            top.discard(token)
            continue
        old, token.task_spec = token.task_spec, goal
        if path and token._parent == region.task_tree.id:  # noqa: SLF001 - the library's own structure
            enter(token, path, opened)
        steps.append(_Step(token, old, route))
        inner = top.subprocesses.get(token.id)
        if inner is not None and not inner.called:
            _rehang(inner, goal.inner, route, steps, regions)
    regions.append((region, region.spec, route))
    region.spec = target
    region.task_tree.task_spec = target.start


def _renumber(instance: Instance, plan: Plan, going: Collection[str], version: int, processes: Mapping[str, ProcessSpec]) -> None:
    """Every region finds the processes of its version. A called process that stays keeps its version's number with its call activity."""
    now = {"": plan.target if "" in going else version}
    if "" in going:
        instance.processes = processes
    for region in _outermost_first(instance):
        host, around = region.host, region.host.workflow  # type: ignore[union-attr]
        if not region.called:
            region.origin, region.processes = around.origin, around.processes
            continue
        before = version if region.origin is None else region.origin
        now[host.id] = plan.target if host.id in going else before  # type: ignore[union-attr]
        if now[host.id] == now[around.within]:  # type: ignore[union-attr]
            host.internal_data.pop("origin", None)  # type: ignore[union-attr]
            region.origin, region.processes = around.origin, around.processes
        else:
            host.internal_data["origin"] = now[host.id]  # type: ignore[union-attr]
            region.of_version(now[host.id], processes if host.id in going else region.processes)  # type: ignore[union-attr]


def _fit(step: _Step) -> None:
    """What a token keeps is put into the words of its new element."""
    token, old, goal = step.token, step.old, step.token.task_spec
    facts = token.internal_data
    if "flow" in facts:
        facts["flow"] = flow_image(facts["flow"], old, goal, step.route)
    if "fired" in facts:
        facts["fired"] = [flow_image(each, old, goal, step.route) for each in facts["fired"]]
    if "topic" in facts and goal.info.topic != old.info.topic:
        facts["topic"] = as_text(token.top.value(token, goal.info.topic))
    if isinstance(goal, UserTask) and not is_record(token):
        goal.relabel(token, old.info)
    elif isinstance(goal, MultiInstance) and not is_record(token):
        _fit_loop(token, old, goal)
    elif isinstance(goal, Catcher) and "on" in facts and not is_record(token) and not facts.get("caught"):
        _fit_catcher(token, old, goal, step.route)


def _fit_loop(token: Token, old: MultiInstance, goal: MultiInstance) -> None:
    """Collected output and elements under their new names."""
    held, before, after = token.top.scopes.held, old.loop, goal.loop
    if before.output != after.output:
        collected = held[token.id].pop(before.output, []) if before.output else []
        if after.output:
            held[token.id][after.output] = collected
            token.internal_data.setdefault("out", {})
    if before.element and after.element and before.element != after.element:
        for child in token._children:  # noqa: SLF001 - the library's own structure
            if before.element in held.get(child, {}):
                item = token.top.scopes.typed([child])[before.element]
                token.top.remove(child, before.element)
                token.top.put(child, after.element, item)


def _fit_catcher(token: Token, old: Catcher, goal: Catcher, route: Route) -> None:
    """An event keeps what it waits for unless the plan says that it is armed anew; a condition is always the diagram's."""
    steps = [route.image(old.info.id), route.image(old.event_info().id)]
    if any(step is not None and step.renew for step in steps):
        beside = {name: value for name, value in token.internal_data.items() if name == "beside"}
        token.internal_data.clear()
        token.internal_data.update(beside)
        goal.arm(token)
    elif old.event().kind == "conditional" and old.event().text != goal.event().text:
        token.top.scopes.dirty = True


def _install_beside(step: _Step) -> None:
    """Arm what the new version listens for beside a token and the old one did not."""
    token, old, route = step
    if not token.alive or is_record(token):
        return
    spec, top, region = token.task_spec, token.top, token.workflow
    for event in _new(spec.boundary, old.boundary, route):
        event.arm(top.add(region, event, token))
    if spec.offers:
        for event in _new([flow.target for flow in spec.outgoing], [flow.target for flow in old.outgoing], route):
            event.arm(top.add(region, event, token))
    if isinstance(spec, AdHocSubProcess) and not token.internal_data.get("enough") and "begun" not in token.internal_data:
        begun = {place_of(each, route) for each in old.inner.starts}
        for each in [each for each in spec.inner.starts if each.info.id not in begun]:
            top.arrive(top.subprocesses[token.id], each)


def _install_watchers(region: Region, before: ProcessSpec, route: Route) -> None:
    """Arm the event sub-processes that the old version did not have."""
    if not region.completed and not _interrupted(region):
        for watcher in _new(region.spec.event_sub_processes, before.event_sub_processes, route):
            watcher.arm(region.top_workflow.add(region, watcher, None))


def _new(now: Collection[Any], before: Collection[Any], route: Route) -> list[Any]:
    """Those that are the image of none before."""
    images = {step.target + each.name.removeprefix(each.info.id) for each in before if (step := route.image(each.info.id)) is not None}
    return [each for each in now if each.name not in images]


def _interrupted(region: Region) -> bool:
    """Whether an interrupting event sub-process has taken the region over: then nothing else listens in it."""
    runners = [token for token in region.all_tokens() if isinstance(token.task_spec, EventSubProcess) and token._parent is not None]  # noqa: SLF001
    return any(runner.task_spec.event().interrupting for runner in runners)


def _settle_joins(instance: Instance, regions: Collection[Region]) -> None:
    """A join that has all its tokens goes on; inclusive ones are looked at when the instance rests."""
    for region in regions:
        for token in region.all_tokens():
            spec = token.task_spec
            if isinstance(spec, InclusiveGateway):
                (instance.joins.add if spec.at_rest(token) else instance.joins.discard)(token.id)
            elif isinstance(spec, ParallelGateway) and token.alive and "flow" in token.internal_data:
                spec.arrived(token)
