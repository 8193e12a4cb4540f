"""Whether an instance can go along with a plan: every token must have where to stand, and no join may wait for what cannot come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.adhoc import AdHocSubProcess
from engine.bpmn.compensation import is_record
from engine.bpmn.event_sub_processes import EventSubProcess
from engine.bpmn.events import BoundaryEvent
from engine.bpmn.gateways import ParallelGateway, behind
from engine.bpmn.moving_scopes import ends_here, image_of, placed
from engine.bpmn.plans import Obstacle, Route
from engine.bpmn.spec import Flow, ProcessSpec
from engine.bpmn.timeouts import Timeout
from engine.bpmn.token import Region, Token


def flow_image(flow: str, spec: Any, goal: Any, route: Route) -> str | None:
    """The flow into `goal` that stands for the one on which a token came to the join `spec`: of the same id, else from the same element."""
    if any(each.id == flow for each in goal.incoming):
        return flow
    source = next(each.source for each in spec.incoming if each.id == flow)
    step = route.image(source.info.id)
    found = [each.id for each in goal.incoming if step is not None and each.source.info.id == step.target]
    return found[0] if len(found) == 1 else None


def obstacles_in(region: Region, target: ProcessSpec, route: Route) -> Iterator[Obstacle]:
    """Why the tokens of a region, and of the sub-processes in it, cannot go along."""
    top = region.top_workflow
    found = list(placed(region, route, target))
    for lost in _lost(region, [token for token, _, goal in found if goal is None and not _merely_listens(token)]):
        zh, en = "现有事项停在此处，方案没有说明迁移到哪里", "something stands here and the plan does not say where it goes"
        yield _obstacle("MIG-UNMAPPED", lost, zh, en)
    for token, path, goal in found:
        if goal is None:
            continue
        yield from _misfits(token, goal, route, path[-1].inner if path else target)
        if path or token.workflow is not region:
            yield from _bound(token)
        inner = top.subprocesses.get(token.id)
        if inner is not None and not inner.called:
            yield from obstacles_in(inner, goal.inner, route)
    if any(path or token.workflow is not region for token, path, _ in found):
        yield from _starved_scopes(region, target, found)
    else:
        yield from _starved_joins(region, target, route)


def _lost(region: Region, tokens: list[Token]) -> Iterator[Token]:
    """Tokens that nobody says where to go, and the sub-processes of the region that hold them: whoever edits the plan may mean either."""
    named: set[str] = set()
    for token in tokens:
        yield token
        around = token.workflow
        while around is not region:
            if around.host.id not in named:
                named.add(around.host.id)
                yield around.host
            around = around.host.workflow


def _bound(token: Token) -> Iterator[Obstacle]:
    """What cannot leave its sub-process, or enter another one."""
    if is_record(token) or "undoing" in token.internal_data:
        yield _obstacle("MIG-UNDO", token, "与可撤销的事项同在一个子流程，不能移出", "belongs to what can be undone in its sub-process")
    if "flow" in token.internal_data or "fired" in token.internal_data:
        yield _obstacle("MIG-JOIN", token, "正在等待汇合，不能进出子流程", "waits to be joined: it cannot go into or out of a sub-process")


def _starved_scopes(region: Region, target: ProcessSpec, found: list[tuple[Token, list[Any], Any | None]]) -> Iterator[Obstacle]:
    """Parallel joins that would wait in vain once sub-processes have begun or ended; what waits at a join does not go along then."""
    stands: dict[ProcessSpec, set[Any]] = {}
    for token, path, goal in found:
        around = token.workflow.tasks.get(token._parent)  # noqa: SLF001 - the library's own structure
        if goal is None or around is not token.workflow.task_tree:
            continue
        homes = [target, *(sub.inner for sub in path)]
        for home, spec in zip(homes, [*path, goal], strict=True):
            stands.setdefault(home, set()).add(spec)
    for home, specs in stands.items():
        for flow in _starving(home, specs, {}):
            yield _vain(region, flow)


def _merely_listens(token: Token) -> bool:
    """A boundary event, a watcher of an event sub-process, or an event behind an event-based gateway: it goes with what it belongs to."""
    spec, facts = token.task_spec, token.internal_data
    if isinstance(spec, EventSubProcess) and token._parent is None:  # noqa: SLF001 - the library's own structure
        return not (is_record(token) and token.workflow.completed)
    return isinstance(spec, BoundaryEvent | Timeout) or (_offering(token) is not None and "caught" not in facts)


def _offering(token: Token) -> Token | None:
    """The event-based gateway behind which the token waits."""
    around: Token | None = token.workflow.tasks.get(token._parent)  # noqa: SLF001
    return around if around is not None and getattr(around.task_spec, "offers", False) else None


def _misfits(token: Token, goal: Any, route: Route, target: ProcessSpec) -> Iterator[Obstacle]:
    """What keeps one token from standing at its image."""
    spec, facts = token.task_spec, token.internal_data
    around = token.workflow.tasks.get(token._parent)  # noqa: SLF001
    hold = None if around is None or around is token.workflow.task_tree else image_of(around.task_spec, route, target)
    if around is not None and ends_here(around, route):
        yield _obstacle("MIG-HOST", token, "所附着的子流程在新版本中结束", "is attached to a sub-process that ends with the old version")
    if is_record(token) and spec.handler is not None and goal.handler is None:
        yield _obstacle(
            "MIG-UNDO",
            token,
            "已办结并可撤销，新版本没有撤销它的活动",
            "is done and can be undone; the new version has nothing that undoes it",
        )
    if hold is not None and is_record(around) and around.task_spec.handler is spec and hold.handler is not goal:
        yield _obstacle(
            "MIG-UNDO", token, "正在撤销，新版本由其他活动撤销", "is undoing something that another activity undoes in the new version"
        )
    if hold is not None and _offering(token) is not None and goal not in [flow.target for flow in hold.outgoing]:
        yield _obstacle(
            "MIG-GATEWAY", token, "在新版本中不在同一事件网关之后", "does not follow the same event-based gateway in the new version"
        )
    if hold is not None and isinstance(spec, BoundaryEvent) and goal not in hold.boundary:
        yield _obstacle("MIG-HOST", token, "在新版本中附着于另一个活动", "is attached to another activity in the new version")
    if "topic" in facts and goal.info.topic is None:
        yield _obstacle("MIG-TOPIC", token, "等待处理程序，新版本没有规定由谁处理", "waits for a handler; the new version names none")
    came = [facts["flow"]] if "flow" in facts else facts.get("fired", [])
    if any(flow_image(flow, spec, goal, route) is None for flow in came):
        yield _obstacle(
            "MIG-FLOW",
            token,
            "已有一路到达并等待汇合，新版本没有这条流向",
            "a token waits at this join that came along a flow the new version does not have",
        )
    if isinstance(spec, AdHocSubProcess) and "begun" in facts and not _same_beginning(spec, goal, facts["begun"], route):
        yield _obstacle(
            "MIG-AD-HOC",
            token,
            "已开始的活动在新版本中顺序不同",
            "the activities that have begun stand in another order in the new version",
        )


def _same_beginning(spec: Any, goal: Any, begun: int, route: Route) -> bool:
    return [place_of(each, route) for each in spec.inner.starts[:begun]] == [each.info.id for each in goal.inner.starts[:begun]]


def place_of(spec: Any, route: Route) -> str:
    """The element that a spec becomes; where no token can stand there is no instruction, and the id says it."""
    step = route.image(spec.info.id)
    return spec.info.id if step is None else step.target


def _starved_joins(region: Region, target: ProcessSpec, route: Route) -> Iterator[Obstacle]:
    """Parallel joins of the new version that would wait for a branch nobody is on; what waited in vain before is no reason."""
    root = region.task_tree.id
    live = [token for token in region.all_tokens() if token._parent == root]  # noqa: SLF001
    before = _starving(region.spec, {token.task_spec for token in live}, _waiting(live))
    kept = {flow_image(flow.id, flow.target, goal, route) for flow in before if (goal := image_of(flow.target, route, target)) is not None}
    stands = {goal for token in live if (goal := image_of(token.task_spec, route, target)) is not None}
    waiting: dict[Any, set[str]] = {}
    for join, flows in _waiting(live).items():
        goal = image_of(join, route, target)
        if goal is None:
            continue
        images = [image for flow in flows if (image := flow_image(flow, join, goal, route)) is not None]
        if len(set(images)) < len(images):
            yield _at_join(
                "MIG-FLOW",
                region,
                goal,
                "两路令牌在新版本中成为同一路，汇合将出错",
                "two tokens that wait to be joined would come along one flow",
            )
        waiting[goal] = set(images)
    for flow in _starving(target, stands, waiting):
        if flow.id not in kept:
            yield _vain(region, flow)


def _waiting(tokens: list[Token]) -> dict[Any, set[str]]:
    """The joins at which tokens wait: by which flows they came."""
    found: dict[Any, set[str]] = {}
    for token in tokens:
        if token._state == TaskState.WAITING and "flow" in token.internal_data:  # noqa: SLF001
            found.setdefault(token.task_spec, set()).add(token.internal_data["flow"])
    return found


def _starving(spec: ProcessSpec, stands: set[Any], waiting: Mapping[Any, set[str]]) -> list[Flow]:
    """The flows into parallel joins on which nothing waits and nothing can come, while something waits or comes on another."""
    found = []
    for join in spec.nodes():
        if not isinstance(join, ParallelGateway) or len(join.incoming) < 2:  # noqa: PLR2004 - a join joins two
            continue
        fed = {flow.id for flow in join.incoming if flow.id in waiting.get(join, ()) or stands & behind([flow.source], but=join)}
        found += [flow for flow in join.incoming if fed and flow.id not in fed]
    return found


def _vain(region: Region, flow: Flow) -> Obstacle:
    source = flow.source.info.name or flow.source.info.id
    text = (
        f"在新版本中等待来自“{source}”的一路，而现有事项不会再到达那里",
        f"would wait for {flow.source.info.id}, where nothing that runs can come any more",
    )
    return _at_join("MIG-JOIN", region, flow.target, *text)


def _at_join(code: str, region: Region, join: Any, zh: str, en: str) -> Obstacle:
    info = join.info
    host = "" if region.host is None else region.host.id
    return Obstacle(code, info.process, info.id, f"“{info.name or info.id}”{zh}", f"{info.id} {en}", host)


def _obstacle(code: str, token: Token, zh: str, en: str) -> Obstacle:
    info = token.task_spec.info
    return Obstacle(code, info.process, info.id, f"“{info.name or info.id}”{zh}", f"{info.id}: {en}", token.id)
