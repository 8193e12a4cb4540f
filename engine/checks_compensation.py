"""Checks of compensation: handlers that are joined to their event and stand outside of the flow, activities that a throw event can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.elements import ElementInfo, ProcessInfo
from engine.bpmn.reader import SUB_PROCESS_TYPES, TASK_TYPES
from engine.checks_problem import Problem, did_you_mean


def check_compensation(process: ProcessInfo) -> Iterator[Problem]:
    """All of these of one process."""
    hosts = Counter(info.event.attached_to for info in _events(process, "boundaryEvent") if info.event is not None)
    for info in process.elements.values():
        if info.for_compensation and not info.triggered_by_event:
            yield from _handler(process, info)
        host = None if info.event is None else process.elements.get(info.event.attached_to or "")
        if host is not None and host.for_compensation and info.event is not None and info.event.kind == "compensate":
            yield _at(info, "补偿活动本身不能再被补偿", "a compensation handler cannot be undone itself")
    for info in _events(process, "boundaryEvent"):
        yield from _boundary(process, info, alone=info.event is not None and hosts[info.event.attached_to] == 1)
    for info in [*_events(process, "intermediateThrowEvent"), *_events(process, "endEvent")]:
        yield from _throw(process, info)
    begun = Counter(process.elements[info.parent].parent for info in _events(process, "startEvent") if info.parent is not None)
    for info in _events(process, "startEvent"):
        around = process.elements.get(info.parent or "")
        if around is not None and (begun[around.parent] > 1 or around.parent in hosts):
            zh, en = "一个子流程只能有一个补偿：边界事件或事件子流程", "a sub-process is undone by one thing: a boundary event or one event sub-process"
            yield _at(info, zh, en)
        if around is not None and around.parent is None:
            zh, en = (
                "流程级的补偿事件子流程不会被触发",
                "a compensation event sub-process lies within a sub-process: nothing compensates a whole process",
            )
            yield _at(info, zh, en, hint="subProcess")


def _events(process: ProcessInfo, type_: str) -> list[ElementInfo]:
    return [info for info in process.elements.values() if info.type == type_ and info.event is not None and info.event.kind == "compensate"]


def _at(info: ElementInfo, zh: str, en: str, *, code: str = "BPMN-COMPENSATION", hint: str = "") -> Problem:
    return Problem(code, "error", info.file, info.id, info.line, zh, en, hint)


def _handler(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    if any(info.id in {flow.source, flow.target} for flow in process.flows):
        yield _at(info, "补偿活动不能有连线", "a compensation handler stands outside of the flow")
    if info.id not in process.handlers.values():
        yield _at(info, "补偿活动没有关联到补偿边界事件", "no compensation boundary event leads to this handler", hint="association")


def _boundary(process: ProcessInfo, info: ElementInfo, *, alone: bool) -> Iterator[Problem]:
    handler = process.elements.get(process.handlers.get(info.id, ""))
    if (
        handler is None
        or handler.parent != info.parent
        or handler.type not in TASK_TYPES | SUB_PROCESS_TYPES
        or not handler.for_compensation
    ):
        zh, en = (
            "补偿边界事件须以关联指向同层的补偿活动",
            "an association leads from the event to an activity beside it that is for compensation",
        )
        yield _at(info, zh, en, hint='association, isForCompensation="true"')
    if any(flow.source == info.id for flow in process.flows):
        yield _at(info, "补偿边界事件不能有连线", "no flow leaves a compensation boundary event", hint="association")
    if not alone:
        yield _at(info, "一个活动只能有一个补偿边界事件", "an activity has one compensation boundary event")


def _throw(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    """The activity lies in the same scope, or around the event sub-process that throws."""
    activity = None if info.event is None else info.event.activity
    if activity is None:
        return
    scope = info.parent
    reached = {scope}
    while scope is not None and process.elements[scope].triggered_by_event:
        scope = process.elements[scope].parent
        reached.add(scope)
    near = [each.id for each in process.elements.values() if each.parent in reached and each.type in TASK_TYPES | SUB_PROCESS_TYPES]
    if activity not in near:
        zh, en = f"同一范围内没有活动 {activity}", f"there is no activity {activity} in this scope"
        yield _at(info, zh, en, code="BPMN-REFERENCE", hint=did_you_mean(activity, near))
