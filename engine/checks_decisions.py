"""Checks of business rule tasks: the decision they name, how its result is handed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.bpmn.elements import DecisionCall, ElementInfo, ProcessInfo, natural
from engine.checks_problem import Problem, Profile, Severity, did_you_mean
from engine.checks_support import holds_expression
from engine.dmn import MAPPINGS, Decisions
from engine.dmn.model import Decision, Table

BINDINGS: Mapping[Profile, tuple[str, ...]] = {"season": ("latest", "deployment"), "generic": ("latest", "deployment", "version", "versionTag")}


def check_decisions(process: ProcessInfo, decisions: Decisions, profile: Profile) -> Iterator[Problem]:
    """The business rule tasks of one process; one that names no decision of the deployment fails when it is reached."""
    strict: Severity = "error" if profile == "season" else "warning"
    for info in process.elements.values():
        if info.decision is not None:
            for problem in (*_binding(info, info.decision, profile), *_call(info, info.decision, decisions, strict)):
                missing = problem.code == "DMN-REFERENCE" and profile == "generic"
                yield replace(problem, severity="warning") if missing else problem


def _binding(info: ElementInfo, call: DecisionCall, profile: Profile) -> Iterator[Problem]:
    """A season decides by its own tables; other diagrams may name a version, by its number or tag."""
    if call.binding not in BINDINGS[profile]:
        zh, en = f"不支持的绑定方式：{call.binding}", f"the binding {call.binding} is not supported"
        yield _at(info, "BPMN-BINDING", zh, en, hint=", ".join(BINDINGS[profile]))
    elif call.binding == "version" and natural(call.version) is None and not holds_expression(call.version):
        yield _at(info, "BPMN-BINDING", "决策版本须为数字", "the version of the decision is no number", hint="camunda:decisionRefVersion")
    elif call.binding == "versionTag" and not call.version:
        zh, en = "没有写决策的版本标签", "the version tag of the decision is missing"
        yield _at(info, "BPMN-BINDING", zh, en, hint="camunda:decisionRefVersionTag")


def _call(info: ElementInfo, call: DecisionCall, decisions: Decisions, strict: Severity) -> Iterator[Problem]:
    if call.mapping not in MAPPINGS:
        zh, en = f"没有结果映射 {call.mapping}", f"there is no mapping {call.mapping}"
        yield _at(info, "BPMN-MAPPING", zh, en, hint=", ".join(MAPPINGS))
    if holds_expression(call.key):
        return
    if call.key in decisions:
        yield from _fits(info, call, decisions[call.key], strict)
        return
    zh, en = f"没有决策 {call.key}", f"there is no decision {call.key} in this deployment"
    yield _at(info, "DMN-REFERENCE", zh, en, hint=did_you_mean(call.key, decisions))


def _fits(info: ElementInfo, call: DecisionCall, decision: Decision, strict: Severity) -> Iterator[Problem]:
    """A single entry needs a single output; a single result must not come from a table that gives many."""
    if not isinstance(decision.logic, Table):
        return
    if call.mapping in {"singleEntry", "collectEntries"} and len(decision.logic.outputs) > 1:
        zh, en = f"{call.mapping} 只适用于一个输出列", f"{call.mapping} needs a table with one output"
        yield _at(info, "BPMN-MAPPING", zh, en, hint="singleResult, resultList", severity=strict)  # a rule may leave all but one empty
    many = decision.logic.hit_policy in {"RULE ORDER", "OUTPUT ORDER"} or (
        decision.logic.hit_policy == "COLLECT" and not decision.logic.aggregation
    )
    if call.mapping in {"singleEntry", "singleResult"} and many:
        zh, en = f"{call.mapping} 不适用于可命中多条规则的决策表", f"{call.mapping}: the table may give several results"
        yield _at(info, "BPMN-MAPPING", zh, en, hint="collectEntries, resultList", severity="warning")


def _at(info: ElementInfo, code: str, zh: str, en: str, *, hint: str, severity: Severity = "error") -> Problem:
    return Problem(code, severity, info.file, info.id, info.line, zh, en, hint)
