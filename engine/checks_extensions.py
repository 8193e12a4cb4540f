"""Checks of what stands within extension elements, and of `camunda:` attributes on elements that cannot use them: named, never dropped."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import CAMUNDA, LIFETIME
from engine.bpmn.reader import FLOW_NODES
from engine.bpmn.reading import local
from engine.checks_problem import Problem, Severity
from engine.xml import Xml, line_of

KNOWN: dict[str, frozenset[str]] = {
    "in": frozenset({"source", "sourceExpression", "target", "variables", "businessKey", "local"}),
    "out": frozenset({"source", "sourceExpression", "target", "variables", "local"}),
    "taskListener": frozenset({"event", "delegateExpression", "expression", "class", "name", "id"}),
    "executionListener": frozenset({"event", "delegateExpression", "expression", "class", "name", "id"}),
    "property": frozenset({"name", "value", "id"}),
    "inputParameter": frozenset({"name"}),
    "outputParameter": frozenset({"name"}),
    "entry": frozenset({"key"}),
    "errorEventDefinition": frozenset({"id", "errorRef", "expression"}),
}
ONLY_ON: dict[str, frozenset[str]] = {
    **dict.fromkeys(("assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority"), frozenset({"userTask"})),
    **dict.fromkeys(("collection", "elementVariable", "elementIndexVariable"), frozenset({"multiInstanceLoopCharacteristics"})),
    **dict.fromkeys(("terminateAll", "terminateMultiInstance"), frozenset({"terminateEventDefinition"})),
    "scope": frozenset({"signal"}),
    **dict.fromkeys(("errorCodeVariable", "errorMessageVariable"), frozenset({"errorEventDefinition"})),
    "escalationCodeVariable": frozenset({"escalationEventDefinition"}),
    **dict.fromkeys(("decisionRef", "decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag", "mapDecisionResult"), frozenset({"businessRuleTask"})),
    "formKey": frozenset({"userTask", "startEvent"}),
    "resultVariable": frozenset({"serviceTask", "scriptTask", "sendTask", "businessRuleTask", "messageEventDefinition"}),
    "in": frozenset({"callActivity", "signalEventDefinition"}),
    **dict.fromkeys(("variableName", "variableEvents"), frozenset({"conditionalEventDefinition"})),
    "errorMessage": frozenset({"error"}),
    "taskPriority": frozenset({"serviceTask", "sendTask", "businessRuleTask", "messageEventDefinition", "process"}),
    "errorEventDefinition": frozenset({"serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent"}),
    "out": frozenset({"callActivity"}),
    "taskListener": frozenset({"userTask"}),
    "executionListener": FLOW_NODES | {"process", "sequenceFlow"},
}
# Within which extension elements one may stand that is refused elsewhere.
WITHIN: dict[str, frozenset[str]] = {
    "script": frozenset({"taskListener", "executionListener", "inputParameter", "outputParameter", "entry", "list"}),
    "field": frozenset(),
}


def check_extension(node: Xml, file: str, element: str) -> Iterator[Problem]:
    """One element of the `camunda:` namespace: its attributes, and that a mapping says from where to where."""
    name = str(node.tag).removeprefix(CAMUNDA)
    for key in map(str, node.attrib):
        if key not in KNOWN.get(name, frozenset({key})):
            zh, en = f"camunda:{name} 的属性 {key} 不起作用", f"the attribute {key} of camunda:{name} has no effect here"
            yield Problem("BPMN-IGNORED", "warning", file, element, line_of(node), zh, en, ", ".join(sorted(KNOWN[name])))
    if name == "script" and (node.get("resource") or not (node.text or "").strip()):
        zh, en = "脚本须写在流程图内", "a script stands in the diagram itself"
        yield Problem("BPMN-SCRIPT", "error", file, element, line_of(node), zh, en, "name = expression")
    if name in {"in", "out"}:
        yield from _mapping(node, file, element)
    if name == "property" and node.get("name") == LIFETIME:
        yield from _lifetime(node, file, element)


def _lifetime(node: Xml, file: str, element: str) -> Iterator[Problem]:
    """What a boundary event begins may end with its activity, if the event does not end the activity itself."""
    event = next((each for each in node.iterancestors() if each.get("id")), node)
    if local(event) == "boundaryEvent" and event.get("cancelActivity") == "false" and node.get("value") == "activity":
        return
    zh, en = "属性 lifetime 只能写在非中断边界事件上，值为 activity", "the property lifetime belongs to a non-interrupting boundary event"
    yield Problem("BPMN-LIFETIME", "error", file, element, line_of(node), zh, en, "activity")


def _mapping(node: Xml, file: str, element: str) -> Iterator[Problem]:
    def problem(code: str, severity: Severity, zh: str, en: str, hint: str) -> Problem:
        return Problem(code, severity, file, element, line_of(node), zh, en, hint)

    key = node.get("businessKey")
    given = [node.get(each) for each in ("source", "sourceExpression", "variables") if node.get(each)]
    if key is None and (len(given) != 1 or (not node.get("variables") and not node.get("target"))):
        zh, en = "映射须写明来源和目标", "a mapping needs one source and a target"
        yield problem("BPMN-MAPPING", "error", zh, en, "source, target")


def check_place(node: Xml, file: str, element: str, name: str) -> Iterator[Problem]:
    """An attribute, or an extension element, that stands where it means nothing."""
    allowed = ONLY_ON.get(name)
    if allowed is not None and local(node) not in allowed:
        zh, en = f"camunda:{name} 在 {local(node)} 上不起作用", f"camunda:{name} has no effect on a {local(node)}"
        yield Problem("BPMN-IGNORED", "warning", file, element, line_of(node), zh, en, ", ".join(sorted(allowed)))
