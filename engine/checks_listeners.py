"""Checks of listeners: events that exist where they stand, names and scripts that can be called, timeouts that have a time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from engine.bpmn.elements import ElementInfo, Listener, ProcessInfo
from engine.bpmn.scopes import COUNTERS
from engine.checks_problem import KnownNames, Problem, did_you_mean
from engine.expressions import ExpressionError, FunctionTable
from engine.expressions.script import assignments, validate_script

TASK_EVENTS = frozenset({"create", "assignment", "complete", "update", "delete", "timeout", "take_back"})
_SCRIPTED = TASK_EVENTS - {"take_back"}
_HINTS = "create, assignment, complete, update, delete, timeout, act:<name>, take_back"
_NAME = re.compile(r"[\w.:\-]+")
Place = tuple[str, str, int]  # file, element, line


def check_listeners(process: ProcessInfo, functions: FunctionTable) -> Iterator[Problem]:
    """The listeners of a process, of its elements and of its flows."""
    for place, listener, events in _all(process):
        yield from _event(place, listener, events)
        yield from _what(place, listener, functions)


def check_listener_names(process: ProcessInfo, known: KnownNames) -> Iterator[Problem]:
    """Named listeners that nobody knows."""
    for (file, element, line), listener, _ in _all(process):
        if known.listeners is not None and listener.script is None and listener.name not in known.listeners:
            zh, en = f"没有监听器“{listener.name}”", f"unknown listener {listener.name!r}"
            yield Problem("BPMN-UNKNOWN-LISTENER", "error", file, element, line, zh, en, did_you_mean(listener.name, known.listeners))


def named_listeners(process: ProcessInfo) -> Iterator[Problem]:
    """Listeners that are functions of the house: diagrams of others have none to call."""
    for (file, element, line), listener, _ in _all(process):
        if listener.script is None:
            zh, en = f"外来流程图不能调用监听器“{listener.name}”", f"diagrams of others have no listener {listener.name!r} to call"
            yield Problem("BPMN-LISTENER", "error", file, element, line, zh, en, "camunda:script: name = expression")


def _all(process: ProcessInfo) -> Iterator[tuple[Place, Listener, Collection[str]]]:
    """Each listener with its place and the events of execution listeners there."""
    for listener in process.listeners:
        yield (process.file, process.key, 0), listener, ("start", "end")
    for info in process.elements.values():
        for listener in info.listeners:
            yield _place(info), listener, ("start", "end")
    for flow in process.flows:
        for listener in flow.listeners:
            yield (process.file, flow.id, flow.line), listener, ("take",)


def _place(info: ElementInfo) -> Place:
    return info.file, info.id, info.line


def _problem(place: Place, zh: str, en: str, hint: str) -> Problem:
    file, element, line = place
    return Problem("BPMN-LISTENER", "error", file, element, line, zh, en, hint)


def _event(place: Place, listener: Listener, events: Collection[str]) -> Iterator[Problem]:
    right = listener.event in events if listener.execution else listener.event in TASK_EVENTS or listener.event.startswith("act:")
    if not right:
        hint = ", ".join(events) if listener.execution else _HINTS
        yield _problem(place, f"监听器事件不存在：{listener.event}", f"no such listener event: {listener.event!r}", hint)
    if listener.event == "timeout" and not listener.execution and not listener.text:
        yield _problem(place, "超时监听器没有时间", "the timeout listener has no time", "timerEventDefinition")


def _what(place: Place, listener: Listener, functions: FunctionTable) -> Iterator[Problem]:
    """A name, or a script; an expression that is neither could change nothing."""
    if listener.script is not None:
        if not listener.execution and listener.event not in _SCRIPTED:
            yield _problem(place, "该事件的监听器不能是脚本", f"a listener of {listener.event} cannot be a script", "delegateExpression")
        yield from _script(place, listener.script, functions)
    elif not listener.name:
        yield _problem(place, "监听器没有名称", "the listener has no name", "delegateExpression")
    elif _NAME.fullmatch(listener.name) is None:
        zh, en = f"监听器的表达式不起作用：{listener.name[:40]}", f"the expression of a listener can change nothing here: {listener.name[:40]!r}"
        yield _problem(place, zh, en, "camunda:script: name = expression · ${execution.setVariable('name', value)} · delegateExpression")


def _script(place: Place, script: str, functions: FunctionTable) -> Iterator[Problem]:
    file, element, line = place
    try:
        validate_script(script, functions)
        written = [name for name, _ in assignments(script)]
    except ExpressionError as error:
        yield Problem("BPMN-SCRIPT", "error", file, element, line, f"脚本有误：{error.zh}", f"bad script: {error.en}", "name = expression")
        return
    if not written:
        yield _problem(place, "监听器的脚本是空的", "the script of the listener is empty", "name = expression")
    for name in COUNTERS.intersection(written):
        yield Problem("BPMN-SCRIPT", "error", file, element, line, f"变量名 {name} 由引擎使用", f"the engine owns the name {name}")
