"""Checks of what an element needs around it: transactions of cancel events, called processes of calls, nesting, ids, names of the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.bpmn.elements import BPMN, ElementInfo, ProcessInfo
from engine.bpmn.host import Limits
from engine.bpmn.reader import TASK_TYPES
from engine.bpmn.reading import local
from engine.bpmn.scopes import COUNTERS
from engine.checks_problem import Problem, Profile, Severity, did_you_mean
from engine.checks_structure import between_loops
from engine.expressions import ExpressionError
from engine.expressions.script import assignments
from engine.xml import Xml, line_of

_NAMING = {  # what is defined beside the processes -> what names it
    "message": ("messageEventDefinition", "sendTask", "receiveTask"),
    "signal": ("signalEventDefinition",),
    "error": ("errorEventDefinition",),
    "escalation": ("escalationEventDefinition",),
}


def check_context(process: ProcessInfo, processes: Mapping[str, ProcessInfo]) -> Iterator[Problem]:
    """All of these of one process."""
    starts = [info for info in process.elements.values() if info.parent is None and _plain_start(info)]
    if len(starts) > 1:
        zh, en = "流程有多个空开始事件", "the process has several start events without trigger"
        yield Problem("BPMN-START", "error", process.file, process.key, starts[1].line, zh, en, "messageEventDefinition")
    offered = {flow.target for flow in process.flows if flow.source in process.elements and _offers(process.elements[flow.source])}
    for info in process.elements.values():
        yield from _cancels(process, info)
        yield from _calls(info, processes)
        yield from _nesting(process, info)
        yield from _counters(info)
        if info.type == "boundaryEvent" and info.event is not None and info.event.attached_to in offered:
            zh, en = "事件网关之后的任务不能有边界事件", "a task behind an event-based gateway cannot have boundary events"
            yield _at(info, "BPMN-FLOW", zh, en)


def check_calls(processes: Mapping[str, ProcessInfo], profile: Profile) -> Iterator[Problem]:
    """Processes that call themselves, or each other in a ring: in a season an error; elsewhere the depth of calls is bounded at run."""
    calls = [(key, called) for key, process in processes.items() for called in sorted(process.calls & processes.keys())]
    around = between_loops([(called, key) for key, called in between_loops(calls)])
    ring = sorted({key for edge in around for key in edge})
    if not ring:
        return
    first = processes[ring[0]]
    info = next(each for each in first.elements.values() if each.called in ring)
    names = "、".join(ring)
    zh, en = f"流程互相调用，没有尽头：{names}", f"processes call themselves without end: {', '.join(ring)}"
    severity: Severity = "error" if profile == "season" else "warning"
    yield Problem("BPMN-RECURSION", severity, info.file, info.id, info.line, zh, en, "subProcess, standardLoopCharacteristics")


def _at(info: ElementInfo, code: str, zh: str, en: str, hint: str = "") -> Problem:
    return Problem(code, "error", info.file, info.id, info.line, zh, en, hint)


def _plain_start(info: ElementInfo) -> bool:
    return info.type == "startEvent" and info.event is not None and info.event.kind == "none"


def _offers(info: ElementInfo) -> bool:
    return info.type == "eventBasedGateway"


def _cancels(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    """A cancel end event lies directly in a transaction that has a cancel boundary event; that hangs on nothing else."""
    if info.event is None or info.event.kind != "cancel":
        return
    if info.type == "boundaryEvent":
        host = process.elements.get(info.event.attached_to or "")
        if host is None or host.type != "transaction":
            yield _at(info, "BPMN-EVENT", "取消边界事件只能附着在事务上", "a cancel boundary event hangs on a transaction", "transaction")
        return
    around = process.elements.get(info.parent or "")
    heard = any(
        each.type == "boundaryEvent" and each.event is not None and each.event.kind == "cancel" and each.event.attached_to == info.parent
        for each in process.elements.values()
    )
    if around is None or around.type != "transaction" or not heard:
        zh, en = (
            "取消结束事件须直接位于带取消边界事件的事务内",
            "a cancel end event needs a transaction around it with a cancel boundary event",
        )
        yield _at(info, "BPMN-EVENT", zh, en, "transaction")


def _calls(info: ElementInfo, processes: Mapping[str, ProcessInfo]) -> Iterator[Problem]:
    """A called process begins at its start event without trigger, or at its only one."""
    called = processes.get(info.called or "")
    starts = [] if called is None else [each for each in called.elements.values() if each.parent is None and each.type == "startEvent"]
    if called is not None and len(starts) > 1 and not any(_plain_start(each) for each in starts):
        zh, en = f"被调用流程 {called.key} 没有空开始事件", f"the called process {called.key} has no start event without trigger"
        yield _at(info, "BPMN-START", zh, en, "startEvent")


def _nesting(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    """Only the first element that lies too deep is named."""
    deepest, depth, around = Limits().depth, 0, process.elements.get(info.parent or "")
    while around is not None:
        depth, around = depth + 1, process.elements.get(around.parent or "")
    if depth == deepest + 1 and _plain_start(info):
        yield _at(info, "BPMN-DEPTH", f"子流程嵌套超过 {deepest} 层", f"sub-processes are nested deeper than {deepest}", "callActivity")


def _counters(info: ElementInfo) -> Iterator[Problem]:
    """Nothing writes the counters of multi-instance activities but the engine."""
    loop = info.loop
    names = [each.name for each in info.outputs] + [each.target for each in info.mappings_out] + [info.result_variable]
    for name in [*names, loop.output if loop else None, loop.element if loop else None]:
        if name in COUNTERS:
            yield _at(info, "BPMN-NAME", f"变量名 {name} 由引擎使用", f"the engine owns the name {name}")
    if info.type == "scriptTask" and not info.result_variable:
        try:
            written = [name for name, _ in assignments(info.script or "")]
        except ExpressionError:
            return
        for name in COUNTERS.intersection(written):
            yield _at(info, "BPMN-SCRIPT", f"变量名 {name} 由引擎使用", f"the engine owns the name {name}")


def check_references(root: Xml, file: str, profile: Profile) -> Iterator[Problem]:
    """What events and tasks name by its id is defined; an error that is not stands for its own code, in a season it is refused."""
    for kind, tags in _NAMING.items():
        defined = {node.get("id", "") for node in root.iter(BPMN + kind)}
        for node in root.iter(*(BPMN + tag for tag in tags)):
            ref, element = node.get(kind + "Ref"), node if local(node) in TASK_TYPES else node.getparent()
            if ref and ref not in defined and element is not None:
                severity: Severity = "error" if profile == "season" or kind != "error" else "warning"
                zh, en = f"没有定义 {ref}", f"{ref!r} is not defined"
                hint = did_you_mean(ref, defined) or f"{kind}Ref"
                yield Problem("BPMN-REFERENCE", severity, file, element.get("id", ""), line_of(node), zh, en, hint)


def check_ids(root: Xml, file: str) -> Iterator[Problem]:
    """Every id of the model stands once in its file."""
    nodes = [node for node in root.iter(etree.Element) if str(node.tag).startswith(BPMN)]
    ids = Counter(node.get("id") for node in nodes)
    for node in nodes:
        name = node.get("id")
        if name and ids[name] > 1:
            ids[name] = 0
            yield Problem(
                "BPMN-DUPLICATE", "error", file, name, line_of(node), f"编号 {name} 重复", f"the id {name} is used more than once"
            )
