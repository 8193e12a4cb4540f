"""Checks of the texts of a diagram: expressions, conditions, timers, scripts, and the names that must be known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from engine.bpmn.elements import ElementInfo, EventInfo, ProcessInfo
from engine.bpmn.host import DEFAULT_ZONE
from engine.bpmn.timers import arm
from engine.checks_problem import KnownNames, Problem, Profile, did_you_mean
from engine.expressions import Context, ExpressionError, FunctionTable, is_expression, names_in, validate
from engine.expressions.script import validate_script

_OF_EXECUTION = "getVariable('x') · hasVariable('x') · processInstanceId · processBusinessKey · currentActivityId · currentActivityName"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def check_texts(process: ProcessInfo, functions: FunctionTable) -> Iterator[Problem]:
    """Every expression compiles and calls only known functions; conditions are expressions; literal timers are ISO 8601."""
    for info in process.elements.values():
        for text in texts_of(info):
            yield from _compiles(info.file, info.id, info.line, text, functions)
        yield from _script(info, functions)
        for part in info.parts:
            yield from _timer(part)
        for listener in info.listeners:
            if listener.timer is not None:
                yield from _timer(replace(info, event=EventInfo("timer", timer=listener.timer, text=listener.text)))
        for what, condition in _conditions(info):
            yield from _is_condition(info.file, info.id, info.line, what, condition)
    for flow in process.flows:
        if flow.condition is not None:
            yield from _compiles(process.file, flow.id, flow.line, flow.condition, functions)
            yield from _is_condition(process.file, flow.id, flow.line, "conditionExpression", flow.condition)


def texts_of(info: ElementInfo) -> Iterator[str]:
    """All texts of an element that may hold `${…}`."""
    plain = (info.name, info.assignee, info.candidate_users, info.candidate_groups, info.due_date, info.follow_up_date)
    if info.type == "userTask" and info.documentation:
        yield info.documentation
    yield from (text for text in (*plain, info.priority, info.form_key, info.topic, info.expression, info.called, info.called_version) if text)
    if info.decision is not None:
        yield from (text for text in (info.decision.key, info.decision.version) if text)
    if info.properties.get("correlation"):
        yield info.properties["correlation"]
    for parameter in (*info.inputs, *info.outputs):
        yield from parameter.texts
    yield from (mapping.expression for mapping in (*info.mappings_in, *info.mappings_out) if mapping.expression)
    yield from (mapping.business_key for mapping in info.mappings_in if mapping.business_key)
    for part in info.parts:
        if part.event is not None:
            yield from (text for text in (part.event.name, part.event.text) if text)
    yield from (listener.text for listener in info.listeners if listener.text)
    yield from (rule.condition for rule in info.error_rules if rule.condition)
    if info.ad_hoc is not None and info.ad_hoc.condition:
        yield info.ad_hoc.condition
    if info.activation:
        yield info.activation
    if info.loop is not None:
        yield from (text for text in (info.loop.cardinality, info.loop.collection, info.loop.condition, info.loop.output_element) if text)


def _compiles(file: str, element: str, line: int, text: str, functions: FunctionTable) -> Iterator[Problem]:
    try:
        validate(text, functions)
        if "execution" in names_in(text):
            zh, en = "不支持对 execution 的这一读取", "this is not known of `execution`"
            yield Problem("BPMN-EXPRESSION", "error", file, element, line, zh, en, _OF_EXECUTION)
    except ExpressionError as error:
        hint = did_you_mean(str(error.details.get("name", "")), [*functions]) if error.code == "unknown_function" else text
        yield Problem(
            "BPMN-EXPRESSION", "error", file, element, line, f"表达式有误：{error.zh}", f"bad expression: {error.en}", hint or text
        )


def _conditions(info: ElementInfo) -> Iterator[tuple[str, str]]:
    for part in info.parts:
        if part.event is not None and part.event.kind == "conditional":
            yield "condition", part.event.text or ""
    if info.ad_hoc is not None and info.ad_hoc.condition is not None:
        yield "completion condition", info.ad_hoc.condition
    if info.activation is not None:
        yield "activation condition", info.activation
    if info.loop is not None and info.loop.condition is not None:
        yield "loop condition", info.loop.condition
    for rule in info.error_rules:
        yield "expression of an error", rule.condition


def _is_condition(file: str, element: str, line: int, what: str, text: str) -> Iterator[Problem]:
    try:
        literal = not is_expression(text)
    except ExpressionError:
        return
    if literal:
        zh = "条件必须写成 ${…}，否则只是文字（XPath 只认名称与值的比较）"
        en = f"the {what} is a literal text, not an expression (of XPath only comparisons are read)"
        yield Problem("BPMN-CONDITION", "error", file, element, line, zh, en, "${a == b}")


def _script(info: ElementInfo, functions: FunctionTable) -> Iterator[Problem]:
    if info.type != "scriptTask":
        return
    try:
        if info.result_variable:
            script = info.script or ""
            validate(script if is_expression(script) else "${" + script + "}", functions)
        else:
            validate_script(info.script or "", functions)
    except ExpressionError as error:
        yield Problem(
            "BPMN-SCRIPT", "error", info.file, info.id, info.line, f"脚本有误：{error.zh}", f"bad script: {error.en}", "name = expression"
        )


def _timer(info: ElementInfo) -> Iterator[Problem]:
    event = info.event
    if event is None or event.kind != "timer":
        return
    try:
        if not event.text or is_expression(event.text):
            problem = None if event.text else "there is no time"
        else:
            context = Context({}, now=EPOCH, zone=DEFAULT_ZONE, functions={})
            arm(event.text, lambda _instant: context, now=EPOCH, born=EPOCH, once=True, repeats=event.timer == "cycle")
            problem = None
    except ExpressionError as error:
        problem = error.en
    if problem:
        zh = "定时器的时间既不是 ISO 8601，也不是 ${…}"
        yield Problem(
            "BPMN-TIMER",
            "error",
            info.file,
            info.id,
            info.line,
            zh,
            f"bad timer: {problem}",
            "P10D · 2023-07-01 · R3/PT1H · 0 0 9 ? * MON-FRI · ${…}",
        )


def check_names(process: ProcessInfo, known: KnownNames, processes: Collection[str], profile: Profile) -> Iterator[Problem]:
    """Topics, listeners, forms and templates that nobody knows; called processes that this deployment does not hold."""
    for info in process.elements.values():
        yield from _unknown(info, ("TOPIC", "主题", "topic"), info.topic, known.topics)
        yield from _unknown(info, ("FORM", "表单", "form"), info.form_key, known.forms)
        for problem in _unknown(info, ("PROCESS", "被调用流程", "called process"), info.called, processes):
            yield problem if profile == "season" else replace(problem, severity="warning")
        yield from _unknown(info, ("LISTENER", "监听器", "listener"), info.check, known.listeners)
        for parameter in info.inputs:
            if parameter.name == "template" and isinstance(parameter.value, str):
                yield from _unknown(info, ("TEMPLATE", "通知模板", "template"), parameter.value, known.templates)


def _unknown(info: ElementInfo, what: tuple[str, str, str], name: str | None, known: Collection[str] | None) -> Iterator[Problem]:
    """A literal name that is not among the known ones."""
    if name is None or known is None or "${" in name or "#{" in name or name in known:
        return
    code, zh, en = what
    hint = did_you_mean(name, known)
    yield Problem(f"BPMN-UNKNOWN-{code}", "error", info.file, info.id, info.line, f"没有{zh}“{name}”", f"unknown {en} {name!r}", hint)
