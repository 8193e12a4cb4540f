"""Checks of BPMN's own attributes and elements that are not honoured: what would change the meaning is refused by name, the rest has a warning.

The table stands in `engine.checks_table`. What is "refused in seasons" is a warning elsewhere: models that tools exchange carry it by rote, and Camunda 7
passes over it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.elements import BPMN, CAMUNDA
from engine.bpmn.reader import EVENT_TYPES, FLOW_NODES, SUB_PROCESS_TYPES
from engine.bpmn.reading import BOOLEANS, children, local, text_of
from engine.checks_problem import Problem, Profile, Severity
from engine.checks_table import STANDARD
from engine.xml import Xml, line_of

# What the values of an attribute may be that means the same here; any other one is looked up in the table.
_SAME = {
    "startQuantity": {"1"},
    "completionQuantity": {"1"},
    "instantiate": {"false"},
    "eventGatewayType": {"Exclusive"},
    "behavior": {"All"},
    "isImmediate": {"true"},
    "ordering": {"Parallel", "Sequential"},
    "method": {"##Compensate"},
    "operationRef": {""},
}
_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_ATTRIBUTES = frozenset({"messageRef", "signalRef", "errorRef", "escalationRef", "activityRef"})
_NEAR = {"dataInputAssociation": "targetRef", "dataOutputAssociation": "sourceRef"}  # the end of an association at its activity
_ASSIGNED = frozenset({"humanPerformer", "potentialOwner"})
_ROLES = _ASSIGNED | {"performer", "resourceRole"}
_CONTAINERS = SUB_PROCESS_TYPES | {"process"}
_WITHIN = FLOW_NODES | _ROLES | set(_LOOPS)
_WITHIN |= {"documentation", "extensionElements", "incoming", "outgoing", "sequenceFlow", "laneSet", "association", "textAnnotation", "group"}
_WITHIN |= {"dataObject", "dataObjectReference", "dataStoreReference", "property", "ioSpecification", "dataInputAssociation", "dataOutputAssociation"}
_WITHIN |= {"auditing", "monitoring", "supports", "ioBinding", "completionCondition", "correlationSubscription"}


def check_standard(root: Xml, file: str, profile: Profile) -> Iterator[Problem]:
    """What executable processes of a file say in BPMN's own words that is not honoured."""
    look = _Look(file, profile)
    shared = {node.get("id") for node in root.iterchildren(etree.Element) if local(node).startswith("global")}
    for node in root.iter(BPMN + "correlationKey"):
        if any(True for _ in children(node, "correlationPropertyRef")):  # one of no property is written by rote and tells nothing apart
            yield look.lost(node, "correlationKey")
    for process in children(root, "process"):
        if process.get("isExecutable") == "true":
            leaving = {(flow.get("sourceRef"), flow.get("id")) for flow in process.iter(BPMN + "sequenceFlow")}
            for node in process.iter(etree.Element):
                yield from look.attributes(node)
                yield from look.element(node)
                if node.get("calledElement") in shared:
                    yield look.lost(node, "call of a global task", str(node.get("calledElement")))
                if node.get("default") is not None and (node.get("id"), node.get("default")) not in leaving and local(node) in FLOW_NODES:
                    zh, en = f"默认流向 {node.get('default')} 不从此处出发", f"the default flow {node.get('default')} does not leave from here"
                    yield look.problem(node, "BPMN-REFERENCE", "error", zh, en, "default")


class _Look:
    """A look into one file for one profile."""

    def __init__(self, file: str, profile: Profile) -> None:
        self.file = file
        self.profile = profile

    def problem(self, node: Xml, code: str, severity: Severity, zh: str, en: str, hint: str) -> Problem:
        """A problem of the nearest element that is drawn around a node, at the line of the node."""
        drawn = (each.get("id", "") for each in (node, *node.iterancestors()) if each.get("id") and _drawn(each))
        return Problem(code, severity, self.file, next(drawn, node.get("id", "")), line_of(node), zh, en, hint)

    def lost(self, node: Xml, row: str, what: str = "", *, harmless: bool = False) -> Problem:
        """What a row of the table says of a node; `what` stands there, if not the row's name; `harmless` makes it a warning."""
        status, remark = STANDARD[row]
        what = what or row
        if harmless or status == "ignored":
            return self.problem(node, "BPMN-IGNORED", "warning", f"{what} 不起作用", f"{what} has no effect here", remark)
        severity: Severity = "error" if status == "refused" or self.profile == "season" else "warning"
        return self.problem(node, "BPMN-UNSUPPORTED", severity, f"不支持：{what}", f"not supported: {what}", remark)

    def attributes(self, node: Xml) -> Iterator[Problem]:
        """The attributes of one element."""
        kind = local(node)
        for name, value in ((str(name), str(value).strip()) for name, value in node.attrib.items()) if kind else ():
            if name in BOOLEANS and value not in {"true", "false"}:
                yield self.problem(node, "BPMN-VALUE", "error", f"{name} 须为 true 或 false：{value}", f"{name} is true or false, not {value!r}", "true, false")
            elif name in _SAME and value not in _SAME[name] and (name != "method" or kind == "transaction"):
                yield self.lost(node, name, f'{name}="{value}"')
        if kind == "startEvent" and node.get("isInterrupting") == "false" and not _of_an_event(node):
            yield self.lost(node, "isInterrupting", 'isInterrupting="false"')

    def element(self, node: Xml) -> Iterator[Problem]:
        """One element, by its kind and where it stands."""
        kind, around = local(node), node.getparent()
        holder = "" if around is None else local(around)
        if holder in _CONTAINERS and kind and kind not in _WITHIN:
            yield self.problem(node, "BPMN-UNSUPPORTED", "error", f"不支持的元素：{kind}", f"not supported: {kind}", "")
        elif kind in {"eventDefinitionRef", "correlationSubscription", "operationRef"}:
            yield self.lost(node, kind)
        elif kind in _ATTRIBUTES and holder.endswith("EventDefinition"):
            yield self.lost(node, "messageRef, signalRef, errorRef, escalationRef, activityRef", f"<{kind}>")
        elif kind in _NEAR and around is not None and _of_a_property(node, around):
            yield self.lost(node, "association with a property", kind)
        elif kind in {"transformation", "assignment"} and holder in _NEAR:
            yield self.lost(node, kind, harmless=_mapped(node))
        elif kind == "ioSpecification" or (kind in {"dataInput", "dataOutput"} and holder in EVENT_TYPES):
            yield self.lost(node, kind)
        elif kind in _LOOPS and around is not None and around.get("triggeredByEvent") == "true":
            yield self.lost(node, "loop of an event sub-process")
        elif kind == "timerEventDefinition" and sum(text_of(node, tag) is not None for tag in ("timeDate", "timeDuration", "timeCycle")) > 1:
            yield self.problem(node, "BPMN-TIMER", "error", "定时器只能写一个时间", "a timer has one time", "timeDate · timeDuration · timeCycle")
        elif kind in _ROLES and around is not None:
            yield from self.role(node, around)

    def role(self, node: Xml, around: Xml) -> Iterator[Problem]:
        """Who does something: of user tasks one performer and the owners whom an expression names."""
        kind = local(node)
        said = any(text_of(each, "formalExpression") for each in children(node, "resourceAssignmentExpression"))
        if local(around) != "userTask" or kind not in _ASSIGNED:
            yield self.lost(node, "performer, resourceRole", kind)
        elif not said:
            yield self.lost(node, "resourceRef, resourceParameterBinding", f"{kind} / resourceRef")
        elif kind == "humanPerformer" and (around.get(CAMUNDA + "assignee") or next(children(around, kind)) is not node):
            zh, en = "任务只有一名办理人，却写了两名", "a task has one assignee, two are named"
            yield self.problem(node, "BPMN-REFUSED", "error", zh, en, "humanPerformer · camunda:assignee")


def _drawn(node: Xml) -> bool:
    """Whether an element is one of those that a diagram shows, also one that is not known here."""
    around = node.getparent()
    unknown = around is not None and local(around) in _CONTAINERS and local(node) not in _WITHIN
    return unknown or local(node) in FLOW_NODES | {"sequenceFlow", "process"}


def _of_a_property(association: Xml, activity: Xml) -> bool:
    """Whether an association hands a value to or from a property of the activity itself; drawing tools add one that stands for nothing."""
    ref = text_of(association, _NEAR[local(association)])
    return any(each.get("id") == ref and each.get("name") != "__targetRef_placeholder" for each in children(activity, "property"))


def _of_an_event(start: Xml) -> bool:
    around = start.getparent()
    return around is not None and around.get("triggeredByEvent") == "true"


def _mapped(node: Xml) -> bool:
    """Whether the activity around an association says by mappings of its own what goes in and out."""
    activity = next(each for each in node.iterancestors() if local(each) in FLOW_NODES | {"process"})
    return any(True for holder in children(activity, "extensionElements") for _ in holder.iterchildren(CAMUNDA + "inputOutput"))
