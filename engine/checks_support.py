"""Checks of what a diagram asks for: elements, event definitions and attributes that are not honoured are named, never misread."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.elements import BPMN, CAMUNDA, ElementInfo, LoopInfo, ProcessInfo, natural
from engine.bpmn.host import Limits
from engine.bpmn.reader import SUB_PROCESS_TYPES, TASK_TYPES
from engine.bpmn.reading import local
from engine.checks_extensions import WITHIN, check_extension, check_place
from engine.checks_problem import Problem, Profile, Severity
from engine.checks_table import ATTRIBUTES, ELEMENTS, EVENTS, EXTENSIONS, SEVERAL
from engine.expressions import ExpressionError, constant, is_expression
from engine.xml import Xml, line_of

CHANGES = frozenset({"create", "update", "delete"})  # of a variable


def check_support(process: ProcessInfo, profile: Profile) -> Iterator[Problem]:
    """Kinds of events, implementations and calls of one process."""
    for info in process.elements.values():
        for part in info.parts:
            yield from _kind(process, part)
            yield from _references(part, profile)
        yield from _several(info)
        yield from _changes(info)
        yield from _ad_hoc(process, info)
        yield from _implementation(info)
        yield from _error_rules(info, profile)
        yield from _loop(info)
        yield from _calls(info, "error" if profile == "season" else "warning")


def _at(info: ElementInfo, code: str, zh: str, en: str, *, hint: str = "", severity: Severity = "error") -> Problem:
    return Problem(code, severity, info.file, info.id, info.line, zh, en, hint)


def _kind(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    """The event definition must be one that this kind of event can have."""
    status, hint = ELEMENTS.get(info.type, ("refused", ""))
    if status == "refused":
        yield _at(info, "BPMN-UNSUPPORTED", f"不支持的元素：{info.type}", f"not supported: {info.type}", hint=hint)
    if info.event is None or info.type not in EVENTS:
        return
    where = info.type
    parent = process.elements.get(info.parent or "")
    if where == "startEvent" and parent is not None and parent.triggered_by_event:
        where = "event sub-process start"
    if info.event.kind not in EVENTS[where]:
        en = f"a {info.event.kind} event cannot be a {where} here"
        yield _at(info, "BPMN-EVENT", f"此处不支持 {info.event.kind} 事件", en, hint=", ".join(sorted(EVENTS[where])))
    if info.type == "boundaryEvent" and info.event.kind in {"error", "cancel"} and not info.event.interrupting:
        yield _at(info, "BPMN-EVENT", "错误和取消边界事件必须是中断的", "error and cancel boundary events interrupt")
    cycle = info.event.timer == "cycle"
    if cycle and info.event.interrupting and info.type != "startEvent":
        yield _at(
            info,
            "BPMN-TIMER",
            "中断型定时器只会触发一次",
            "an interrupting timer fires once: a cycle has no meaning",
            hint="timeDuration",
            severity="warning",
        )


def _several(info: ElementInfo) -> Iterator[Problem]:
    """An event with several definitions: those that make sense together; waiting for all of them only where a token waits."""
    event = info.event
    if event is None or not event.parts:
        return
    for kind in {part.kind for part in event.parts} - SEVERAL[info.type]:
        en = f"a {kind} definition cannot be one of several here"
        yield _at(info, "BPMN-EVENT", f"{kind} 定义不能与其他定义并用", en, hint=", ".join(sorted(SEVERAL[info.type])))
    if event.parallel and info.type != "intermediateCatchEvent":
        en = "only an intermediate event can wait for all of its definitions"
        yield _at(info, "BPMN-UNSUPPORTED", "只有中间捕获事件可以等待全部定义", en, hint='parallelMultiple="false"')


def _changes(info: ElementInfo) -> Iterator[Problem]:
    """A conditional event looks again when variables come, change or go; any other word would keep it from ever looking."""
    parts = () if info.event is None else (info.event, *info.event.parts)
    for word in sorted({word for part in parts for word in part.changes} - CHANGES):
        zh, en = f"variableEvents 中没有“{word}”这一项", f"variableEvents has no {word}"
        yield _at(info, "BPMN-EVENT", zh, en, hint=", ".join(sorted(CHANGES)))


def _ad_hoc(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    if info.ad_hoc is None:
        return
    within = [each for each in process.elements.values() if each.parent == info.id]
    entered = {flow.target for flow in process.flows}
    if any(each.type in {"startEvent", "endEvent"} for each in within):
        zh, en = "即席子流程内不能有开始或结束事件", "an ad-hoc sub-process has neither start nor end events"
        yield _at(info, "BPMN-START", zh, en)
    begins = [each for each in within if each.id not in entered and each.type != "boundaryEvent" and not each.triggered_by_event]
    if not any(each.type in TASK_TYPES | SUB_PROCESS_TYPES for each in within) or not begins:
        yield _at(info, "BPMN-START", "即席子流程内没有可开始的活动", "no activity of the ad-hoc sub-process can begin")


def _implementation(info: ElementInfo) -> Iterator[Problem]:
    if info.type == "businessRuleTask" and info.topic is None and info.expression is None and info.decision is None:
        zh, en = "业务规则任务既无决策也无主题", "the business rule task names neither a decision nor a topic"
        yield _at(info, "BPMN-IMPLEMENTATION", zh, en, hint="camunda:decisionRef, camunda:topic")
    if info.type == "serviceTask" and info.topic is None and info.expression is None:
        yield _at(
            info, "BPMN-IMPLEMENTATION", "服务任务没有主题", "the service task has neither topic nor expression", hint="camunda:topic"
        )
    if info.type == "scriptTask" and not info.script:
        yield _at(info, "BPMN-IMPLEMENTATION", "脚本任务没有脚本", "the script task has no script", hint="name = expression")


def _error_rules(info: ElementInfo, profile: Profile) -> Iterator[Problem]:
    """Which error an external task throws by itself is a defined one; a handler of the house throws its own."""
    if info.error_rules and (profile == "season" or info.topic is None):
        zh, en = "只有外部任务可以声明错误；处理程序自行抛出 BpmnError", "only external tasks say which error they throw: a handler raises BpmnError"
        yield _at(info, "BPMN-REFUSED", zh, en, hint="camunda:errorEventDefinition")
    if any(rule.code is None for rule in info.error_rules):
        yield _at(info, "BPMN-REFERENCE", "错误没有引用已定义的错误", "the error has no definition", hint="errorRef")


def _references(info: ElementInfo, profile: Profile) -> Iterator[Problem]:
    event = info.event
    worked = event is not None and event.kind == "message" and info.topic is not None  # a handler does the sending
    if event is not None and event.kind in {"message", "signal", "link"} and not event.name and not worked:
        sends = event.kind == "message" and info.type in {"intermediateThrowEvent", "endEvent"} and profile == "generic"
        en = "no message is named: none is sent" if sends else f"the {event.kind} has no name"
        severity: Severity = "warning" if sends else "error"
        yield _at(info, "BPMN-REFERENCE", "事件没有引用已定义的消息、信号或链接", en, hint=f"{event.kind}Ref", severity=severity)
    begins = info.type == "startEvent" and info.parent is None  # before there are variables; event sub-processes look inside theirs
    if begins and event is not None and event.kind in {"message", "signal"} and constant(event.name or "") is None:
        zh = f"启动事件的名称在有变量之前就须确定：{event.name}"
        en = f"the name of what begins an instance is known before there are variables: {event.name}"
        yield _at(info, "BPMN-REFERENCE", zh, en, hint=f"{event.kind}Ref")
    # A receive task without a message goes on when somebody says so by the REST interface: no page of the selection does.
    needed = {"sendTask", "receiveTask"} if profile == "season" else {"sendTask"}
    if info.type in needed and info.topic is None and info.expression is None and (event is None or event.kind == "none"):
        yield _at(info, "BPMN-REFERENCE", "发送或接收任务没有消息", "the task has no message", hint="messageRef")
    if info.type == "callActivity" and not info.called:
        yield _at(info, "BPMN-REFERENCE", "调用活动没有被调用流程", "the call activity calls nothing", hint="calledElement")
    if info.binding not in {None, "latest", "deployment", "version", "versionTag"}:
        hint = "latest, deployment, version, versionTag"
        yield _at(info, "BPMN-REFUSED", f"不支持的绑定方式：{info.binding}", f"not supported: binding {info.binding}", hint=hint)
    if info.binding in {"version", "versionTag"} and not info.called_version:
        hint = "camunda:calledElementVersion" + info.binding.removeprefix("version")
        yield _at(info, "BPMN-REFERENCE", "缺少被调用流程的版本", "the version to call is missing", hint=hint)


def _loop(info: ElementInfo) -> Iterator[Problem]:
    loop = info.loop
    if loop is None:
        return
    if loop.kind == "standard" and loop.condition is None and loop.maximum is None:
        yield _at(info, "BPMN-MULTI", "循环没有条件也没有次数", "the loop has neither condition nor maximum", hint="loopCondition")
    yield from _counts(info, loop)
    if loop.kind != "standard" and loop.collection is None and loop.cardinality is None:
        yield _at(
            info,
            "BPMN-MULTI",
            "多实例须有集合或次数",
            "multi-instance needs a collection or a cardinality",
            hint="camunda:collection",
        )
    if (loop.output is None) != (loop.output_element is None):
        yield _at(
            info, "BPMN-MULTI", "多实例输出须同时有集合和元素", "loopDataOutputRef and outputDataItem go together", hint="outputDataItem"
        )


def _counts(info: ElementInfo, loop: LoopInfo) -> Iterator[Problem]:
    """A literal number of instances or rounds is a natural number, and not of more instances than ever run."""
    most = Limits().cardinality
    for what_zh, what_en, text, limit in (
        ("多实例的个数", "cardinality", loop.cardinality, most),
        ("循环的次数", "loop maximum", loop.maximum, None),
    ):
        if text is None or holds_expression(text):
            continue
        number = natural(text)
        if number is None:
            zh, en = f"{what_zh}不是自然数：{text[:40]}", f"the {what_en} is no natural number: {text[:40]!r}"
            yield _at(info, "BPMN-MULTI", zh, en, hint="3 · ${len(items)}")
        elif limit is not None and number > limit:
            yield _at(info, "BPMN-MULTI", f"{what_zh}超过上限 {limit}", f"the {what_en} is more than {limit}", hint=f"1 … {limit}")


def holds_expression(text: str) -> bool:
    """Whether a text is evaluated; also one that is wrong."""
    try:
        return is_expression(text)
    except ExpressionError:  # named by the check of texts
        return True


def _calls(info: ElementInfo, strict: Severity) -> Iterator[Problem]:
    if any(mapping.all for mapping in (*info.mappings_in, *info.mappings_out)):
        severity: Severity = strict if info.loop is not None else "warning"
        zh = "传递全部变量可能覆盖他处的新值，请逐个写明"
        yield _at(
            info, "BPMN-MAPPING", zh, "passing all variables may overwrite newer ones: name them", hint="source, target", severity=severity
        )


def check_attributes(root: Xml, file: str) -> Iterator[Problem]:
    """Attributes and extension elements of the `camunda:` namespace, anywhere in a file."""
    for node in root.iter(etree.Element):
        element = _owner(node)
        name = str(node.tag)
        if name.startswith(BPMN):
            for key in node.attrib:
                if str(key).startswith(CAMUNDA):
                    yield from _status(file, element, node, str(key).removeprefix(CAMUNDA), "attribute")
                    yield from check_place(node, file, element, str(key).removeprefix(CAMUNDA))
        elif name.startswith(CAMUNDA):
            yield from _status(file, element, node, name.removeprefix(CAMUNDA), "extension")
            yield from check_extension(node, file, element)
            owner = _around(node)
            if owner is not None:
                yield from check_place(owner, file, element, name.removeprefix(CAMUNDA))


def _owner(node: Xml) -> str:
    """The id of the nearest element around a node that has one."""
    around: Xml | None = node
    while around is not None:
        if around.get("id") and local(around):
            return str(around.get("id"))
        around = around.getparent()
    return ""


def _around(node: Xml) -> Xml | None:
    """The BPMN element that an extension element belongs to; None within another extension element."""
    holder = node.getparent()
    return holder.getparent() if holder is not None and holder.tag == BPMN + "extensionElements" else None


def _status(file: str, element: str, node: Xml, name: str, what: str) -> Iterator[Problem]:
    parent = node.getparent()
    within = str(parent.tag).removeprefix(CAMUNDA) if parent is not None and str(parent.tag).startswith(CAMUNDA) else None
    table = ATTRIBUTES if what == "attribute" else EXTENSIONS
    misplaced = name in WITHIN and within not in WITHIN[name]
    if within is not None and not misplaced:
        return
    status, remark = ("refused", EXTENSIONS[name][1]) if misplaced else table.get(name, ("ignored", "unknown here"))
    if status == "refused":
        yield Problem("BPMN-REFUSED", "error", file, element, line_of(node), f"不支持 camunda:{name}", f"camunda:{name} is refused", remark)
    elif status == "ignored":
        yield Problem(
            "BPMN-IGNORED",
            "warning",
            file,
            element,
            line_of(node),
            f"camunda:{name} 不起作用",
            f"camunda:{name} has no effect here",
            remark,
        )
