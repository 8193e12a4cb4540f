"""Checks of a process's structure: ends of flows, starts, defaults, what is never reached, loops that never wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.elements import ElementInfo, FlowInfo, ProcessInfo
from engine.bpmn.reader import SUB_PROCESS_TYPES, TASK_TYPES
from engine.checks_problem import Problem, Profile, Severity

_WAITING = frozenset({"userTask", "receiveTask", "eventBasedGateway", "callActivity"})


@dataclass(frozen=True)
class Level:
    """A process or sub-process: its direct elements and the flows that begin at them."""

    process: ProcessInfo
    owner: ElementInfo | None
    elements: dict[str, ElementInfo]
    leaving: dict[str, list[FlowInfo]]

    @property
    def flows(self) -> Iterator[FlowInfo]:
        """The flows that begin at its elements."""
        return (flow for element in self.elements for flow in self.leaving.get(element, ()))

    @property
    def place(self) -> tuple[str, str, int]:
        """File, element and line of the level itself."""
        owner = self.owner
        return (self.process.file, self.process.key, 0) if owner is None else (owner.file, owner.id, owner.line)

    def outgoing(self, element: str) -> list[FlowInfo]:
        """The flows that leave an element."""
        return self.leaving.get(element, [])


def levels(process: ProcessInfo) -> Iterator[Level]:
    """The process and each of its sub-processes."""
    within: dict[str | None, dict[str, ElementInfo]] = defaultdict(dict)
    leaving: dict[str, list[FlowInfo]] = defaultdict(list)
    for info in process.elements.values():
        within[info.parent][info.id] = info
    for flow in process.flows:
        leaving[flow.source].append(flow)
    yield Level(process, None, within[None], dict(leaving))
    for info in process.elements.values():
        if info.type in SUB_PROCESS_TYPES:
            yield Level(process, info, within[info.id], dict(leaving))


def check_structure(process: ProcessInfo, profile: Profile) -> Iterator[Problem]:
    """All problems of structure of one process."""
    strict: Severity = "error" if profile == "season" else "warning"
    for flow in process.flows:
        if flow.source not in process.elements:
            yield _flow(process, flow, "BPMN-REFERENCE", "连线的起点不存在", f"the flow begins nowhere: {flow.source!r}")
    for level in levels(process):
        yield from _flow_ends(level)
        yield from _starts(level, strict)
        yield from _boundaries(level)
        yield from _gateways(level, strict)
        yield from _event_gateways(level, strict)
        yield from _unreached(level, strict)
        yield from _spinning(level, strict)


def _problem(info: ElementInfo, code: str, severity: Severity, zh: str, en: str, *, hint: str = "") -> Problem:
    return Problem(code, severity, info.file, info.id, info.line, zh, en, hint)


def _flow(process: ProcessInfo, flow: FlowInfo, code: str, zh: str, en: str, *, severity: Severity = "error") -> Problem:
    return Problem(code, severity, process.file, flow.id, flow.line, zh, en)


def _flow_ends(level: Level) -> Iterator[Problem]:
    for flow in level.flows:
        target = level.elements.get(flow.target)
        if target is None:
            yield _flow(
                level.process,
                flow,
                "BPMN-REFERENCE",
                "连线的终点不存在或不在同一流程内",
                f"the flow ends nowhere in its process: {flow.target!r}",
            )
        elif target.type in {"startEvent", "boundaryEvent"} or target.triggered_by_event:
            yield _flow(
                level.process, flow, "BPMN-FLOW", "连线不能进入开始事件、边界事件或事件子流程", f"a flow cannot lead to {target.id}"
            )
        source = level.elements[flow.source]
        if source.type == "endEvent" or source.triggered_by_event or (source.type == "intermediateThrowEvent" and source.event_kind == "link"):
            zh = "连线不能从结束事件、链接抛出事件或事件子流程出发"
            yield _flow(level.process, flow, "BPMN-FLOW", zh, f"a flow cannot leave {flow.source}")


def _starts(level: Level, strict: Severity) -> Iterator[Problem]:
    starts = [info for info in level.elements.values() if info.type == "startEvent"]
    plain = [info for info in starts if info.event is not None and info.event.kind == "none"]
    if level.owner is None:
        if not starts:
            yield _no_start(level, strict)
    elif level.owner.triggered_by_event:
        if len(starts) != 1 or plain:
            yield _problem(
                level.owner,
                "BPMN-START",
                "error",
                "事件子流程须有且只有一个带触发条件的开始事件",
                "an event sub-process needs exactly one start event with a trigger",
            )
    elif not level.elements:
        yield _problem(level.owner, "BPMN-START", strict, "子流程是空的", "the sub-process is empty: the token passes")
    elif level.owner.ad_hoc is None and not starts:
        yield _no_start(level, strict)
    elif level.owner.ad_hoc is None and (len(plain) != 1 or len(starts) != 1):
        yield _problem(
            level.owner,
            "BPMN-START",
            "error",
            "子流程须有且只有一个空开始事件",
            "a sub-process needs exactly one start event without trigger",
        )


def _no_start(level: Level, strict: Severity) -> Problem:
    file, element, line = level.place
    zh, en = "没有开始事件，将从没有入口的元素开始", "there is no start event: it begins where no flow leads to"
    return Problem("BPMN-START", strict, file, element, line, zh, en, "startEvent")


def _boundaries(level: Level) -> Iterator[Problem]:
    for info in level.elements.values():
        if info.type != "boundaryEvent" or info.event is None:
            continue
        host = level.elements.get(info.event.attached_to or "")
        if host is None or host.type not in TASK_TYPES | SUB_PROCESS_TYPES or host.triggered_by_event:
            yield _problem(info, "BPMN-REFERENCE", "error", "边界事件没有附着在任务或子流程上", "the boundary event hangs on no activity")
        if not level.outgoing(info.id) and info.event.kind != "compensate":
            yield _problem(info, "BPMN-FLOW", "warning", "边界事件没有出口", "no flow leaves the boundary event")


def _gateways(level: Level, strict: Severity) -> Iterator[Problem]:
    for info in level.elements.values():
        flows = level.outgoing(info.id)
        if info.type in {"exclusiveGateway", "inclusiveGateway"} and (len(flows) > 1 or any(flow.condition for flow in flows)):
            if not any(flow.default for flow in flows) and any(flow.condition for flow in flows):
                yield _problem(info, "BPMN-DEFAULT", strict, "网关没有默认流向", "the gateway has no default flow", hint="default=…")
            if info.type == "exclusiveGateway":
                for flow in flows:
                    if not flow.default and flow.condition is None:
                        yield _flow(
                            level.process,
                            flow,
                            "BPMN-FLOW",
                            "排他网关的非默认连线没有条件，视为总是成立",
                            "a flow of an exclusive gateway has no condition: it always holds",
                            severity=strict,
                        )
        if info.type in {"parallelGateway", "eventBasedGateway"}:
            for flow in flows:
                if flow.condition is not None:
                    yield _flow(
                        level.process, flow, "BPMN-FLOW", "该网关的连线不能带条件", f"the condition has no meaning behind a {info.type}"
                    )


def _event_gateways(level: Level, strict: Severity) -> Iterator[Problem]:
    allowed = {"message", "signal", "timer", "conditional"}
    for info in level.elements.values():
        if info.type != "eventBasedGateway":
            continue
        targets = [level.elements[flow.target] for flow in level.outgoing(info.id) if flow.target in level.elements]
        if len(targets) < 2:  # noqa: PLR2004 - a choice needs two
            yield _problem(info, "BPMN-FLOW", strict, "事件网关至少要有两个事件", "an event-based gateway needs two events")
        for target in targets:
            right = target.type in {"intermediateCatchEvent", "receiveTask"} and target.event is not None and target.event.kind in allowed
            alone = sum(flow.target == target.id for flow in level.flows) == 1
            if not right or not alone or target.loop is not None:
                yield _problem(
                    target,
                    "BPMN-FLOW",
                    "error",
                    "事件网关之后只能是只有一个入口的捕获事件或接收任务",
                    f"{target.id} cannot stand behind an event-based gateway",
                )


def _unreached(level: Level, strict: Severity) -> Iterator[Problem]:
    reached: set[str] = set()
    beside = _beside(level)
    todo = _entries(level)
    while todo:
        element = todo.pop()
        if element in reached or element not in level.elements:
            continue
        reached.add(element)
        todo += [flow.target for flow in level.outgoing(element)]
        todo += beside.get(element, [])
    for info in level.elements.values():
        if info.id not in reached:
            yield _problem(info, "BPMN-UNREACHABLE", strict, "没有任何路径到达该元素", "no path leads here")


def _entries(level: Level) -> list[str]:
    """Where tokens come from: start events, event sub-processes; without start events all that no flow leads to."""
    if not any(info.type == "startEvent" for info in level.elements.values()):
        entered = {flow.target for flow in level.flows}
        return [info.id for info in level.elements.values() if info.id not in entered and not _beside_the_flow(info)]
    return [info.id for info in level.elements.values() if info.type == "startEvent" or info.triggered_by_event]


def _beside_the_flow(info: ElementInfo) -> bool:
    return info.type == "boundaryEvent" or info.for_compensation


def _beside(level: Level) -> dict[str, list[str]]:
    """Where a token may be after an element without a flow: at its boundary events, its compensation handler, the other end of a link."""
    found: dict[str, list[str]] = defaultdict(list)
    links: dict[str | None, list[str]] = defaultdict(list)
    for info in level.elements.values():
        if info.type == "boundaryEvent" and info.event is not None:
            found[info.event.attached_to or ""].append(info.id)
            found[info.id] += [level.process.handlers[info.id]] if info.id in level.process.handlers else []
        if info.type == "intermediateCatchEvent" and info.event is not None and info.event.kind == "link":
            links[info.event.name].append(info.id)
    for info in level.elements.values():
        if info.type == "intermediateThrowEvent" and info.event is not None and info.event.kind == "link":
            found[info.id] += links[info.event.name]
    return found


def _spinning(level: Level, strict: Severity) -> Iterator[Problem]:
    """A loop of elements none of which waits: it would run until the limit of steps stops it."""
    automatic = {info.id for info in level.elements.values() if not _waits(level.process, info)}
    edges = [(flow.source, flow.target) for flow in level.flows if flow.source in automatic and flow.target in automatic]
    edges = between_loops(edges)
    around = sorted({end for edge in between_loops([(target, source) for source, target in edges]) for end in edge})
    if around:
        info = level.elements[around[0]]
        yield _problem(
            info, "BPMN-LOOP", strict, f"循环中没有等待点：{'、'.join(around)}", f"a loop without a wait state: {', '.join(around)}"
        )


def between_loops(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges that are left when everything without a way into it has been taken away, again and again."""
    ways_in: dict[str, int] = defaultdict(int)
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        ways_in[target] += 1
        following[source].append(target)
    gone: set[str] = set()
    todo = [source for source in following if not ways_in[source]]
    while todo:
        element = todo.pop()
        gone.add(element)
        for target in following[element]:
            ways_in[target] -= 1
            if not ways_in[target]:
                todo.append(target)
    return [edge for edge in edges if edge[0] not in gone]


def _waits(process: ProcessInfo, info: ElementInfo) -> bool:
    if info.type in _WAITING or info.topic is not None:
        return True
    if info.type == "intermediateCatchEvent":
        return info.event is not None and info.event.kind not in {"none", "link"}
    return info.type in SUB_PROCESS_TYPES and any(_waits(process, inner) for inner in process.elements.values() if inner.parent == info.id)


def duplicate_problems(found: Iterable[tuple[str, str, int]]) -> Iterator[Problem]:
    """One problem per id that is missing or used twice."""
    for file, element, line in found:
        if element:
            yield Problem("BPMN-DUPLICATE", "error", file, element, line, f"编号 {element} 重复", f"the id {element} is used twice")
        else:
            yield Problem("BPMN-DUPLICATE", "error", file, "", line, "元素没有编号", "an element has no id")
