"""Reads the XML of one element into `ElementInfo`: BPMN's own attributes and those of the `camunda:` namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.elements import BPMN, CAMUNDA, AdHoc, DecisionCall, ElementInfo, ErrorRule, EventInfo, LoopInfo
from engine.bpmn.reader_extensions import read_extensions
from engine.bpmn.reading import children, documentation_of, local, text_of, timer_of
from engine.expressions import is_expression
from engine.xml import Xml, line_of

EVENT_TYPES = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
TASK_TYPES = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity"},
)
SUB_PROCESS_TYPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAY_TYPES = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
_WORKING = frozenset({"serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent"})  # what may be an external task
FLOW_NODES = EVENT_TYPES | TASK_TYPES | SUB_PROCESS_TYPES | GATEWAY_TYPES
_DEFINITION = "EventDefinition"
_COMMA = re.compile(r",(?![^{]*\})")
_OWNER = re.compile(r"(user|group)\s*\((.*)\)$", re.DOTALL)


@dataclass(frozen=True)
class References:
    """What the ids of `messageRef`, `signalRef`, `errorRef`, `escalationRef` stand for: id -> (name, code); what errors say by themselves."""

    named: Mapping[str, tuple[str, str | None]]
    messages: Mapping[str, str] = field(default_factory=dict)
    local: frozenset[str] = frozenset()  # signals that stay within their instance

    def look_up(self, ref: str | None, fallback: str | None) -> tuple[str | None, str | None]:
        """(name, code) of a reference; `fallback` is the name when there is none."""
        return (fallback, None) if ref is None else self.named.get(ref, (fallback, None))


def read_references(root: Xml) -> References:
    """All messages, signals, errors and escalations of one file."""
    found: dict[str, tuple[str, str | None]] = {}
    for tag in ("message", "signal", "error", "escalation"):
        for node in children(root, tag):
            ref = node.get("id") or ""
            found[ref] = (node.get("name") or ref, node.get(tag + "Code"))
    messages = {node.get("id") or "": node.get(CAMUNDA + "errorMessage", "") for node in children(root, "error")}
    local = frozenset(node.get("id") or "" for node in children(root, "signal") if node.get(CAMUNDA + "scope") == "processInstance")
    return References(found, messages, local)


def read_element(node: Xml, *, process: str, file: str, parent: str | None, references: References) -> ElementInfo:
    """What the diagram says of the element at `node`."""
    kind, binding = local(node), node.get(CAMUNDA + "calledElementBinding")
    event = read_event(node, references) if kind in EVENT_TYPES or kind in {"sendTask", "receiveTask"} else None
    return ElementInfo(
        id=node.get("id", ""),
        name=node.get("name", ""),
        type=kind,
        process=process,
        file=file,
        line=line_of(node),
        parent=parent,
        documentation=documentation_of(node),
        event=event,
        loop=read_loop(node),
        called=node.get("calledElement"),
        decision=read_decision_call(node),
        binding=binding,
        called_version=node.get(CAMUNDA + ("calledElementVersionTag" if binding == "versionTag" else "calledElementVersion")),
        initiator=node.get(CAMUNDA + "initiator"),
        script=text_of(node, "script"),
        triggered_by_event=node.get("triggeredByEvent") == "true",
        ad_hoc=_ad_hoc(node) if kind == "adHocSubProcess" else None,
        activation=text_of(node, "activationCondition"),
        for_compensation=node.get("isForCompensation") == "true",
        error_rules=_error_rules(node, references),
        **_attributes(node),
        **read_extensions(node),
    )


def _error_rules(node: Xml, references: References) -> tuple[ErrorRule, ...]:
    """`camunda:errorEventDefinition` of an external task: which error it throws by itself, and when."""
    found = [each for holder in children(node, "extensionElements") for each in holder.iterchildren(CAMUNDA + "errorEventDefinition")]
    named = [(each, references.look_up(each.get("errorRef"), None)) for each in found]
    return tuple(
        ErrorRule(code or name, references.messages.get(each.get("errorRef", ""), ""), each.get("expression", "")) for each, (name, code) in named
    )


def _attributes(node: Xml) -> dict[str, Any]:
    """The `camunda:` attributes of the element; those of a message's event definition count as well."""
    definition = next((child for child in node if local(child) == "messageEventDefinition"), None)

    def of(name: str) -> str | None:
        value = node.get(CAMUNDA + name)
        return definition.get(CAMUNDA + name) if value is None and definition is not None else value

    users, groups = _potential_owners(node)
    return {
        "assignee": of("assignee") or next(_resources(node, "humanPerformer"), None),
        "candidate_users": _joined(of("candidateUsers"), users),
        "candidate_groups": _joined(of("candidateGroups"), groups),
        "due_date": of("dueDate"),
        "follow_up_date": of("followUpDate"),
        "priority": of("priority") if local(node) == "userTask" else of("taskPriority") or _process_priority(node),
        "form_key": of("formKey"),
        "topic": of("topic"),
        "expression": of("expression"),
        "result_variable": of("resultVariable"),
    }


def _resources(node: Xml, role: str) -> Iterator[str]:
    """What BPMN's own elements say of who does a task: the expressions of one role."""
    for holder in children(node, role):
        for assigned in children(holder, "resourceAssignmentExpression"):
            text = text_of(assigned, "formalExpression")
            if text is not None:
                yield text


def _potential_owners(node: Xml) -> tuple[list[str], list[str]]:
    """Users and groups who may take a task: `user(ann), group(board), board`; what says neither is a group, as in Camunda."""
    users: list[str] = []
    groups: list[str] = []
    for part in (part.strip() for text in _resources(node, "potentialOwner") for part in _COMMA.split(text)):
        found = _OWNER.match(part)
        (users if found is not None and found[1] == "user" else groups).append(part if found is None else found[2].strip())
    return users, groups


def _joined(attribute: str | None, more: list[str]) -> str | None:
    return ",".join([attribute, *more] if attribute else more) or None


def _process_priority(node: Xml) -> str | None:
    """What a process says of the priority of all its external tasks."""
    if local(node) not in _WORKING:
        return None
    return next((each.get(CAMUNDA + "taskPriority") for each in node.iterancestors(BPMN + "process")), None)


def read_event(node: Xml, references: References) -> EventInfo:
    """The event definition of an event, a send or a receive task."""
    interrupting = node.get("cancelActivity", node.get("isInterrupting", "true")) != "false"
    attached = node.get("attachedToRef")
    if node.get("messageRef"):
        name, _ = references.look_up(node.get("messageRef"), node.get("messageRef"))  # `check_references` refuses what is not defined
        return EventInfo("message", name)
    definitions = [child for child in node if local(child).endswith(_DEFINITION)]
    parts = tuple(_read_definition(child, references, interrupting=interrupting, attached=attached) for child in definitions)
    if len(parts) > 1:
        parallel = node.get("parallelMultiple") == "true"
        return EventInfo("multiple", interrupting=interrupting, attached_to=attached, parts=parts, parallel=parallel)
    return parts[0] if parts else EventInfo("none", interrupting=interrupting, attached_to=attached)


def _read_definition(definition: Xml, references: References, *, interrupting: bool, attached: str | None) -> EventInfo:
    kind = local(definition).removesuffix(_DEFINITION)
    ref = definition.get(kind + "Ref")
    name, code = references.look_up(ref, {"link": definition.get("name"), "message": ref, "signal": ref}.get(kind))
    timer, text = timer_of(definition) if kind == "timer" else (None, text_of(definition, "condition"))
    if kind == "error" and name is None:
        code = definition.get("errorRef")  # an error that is defined nowhere is its own code, as in Camunda
    if kind == "error":
        text = references.messages.get(definition.get("errorRef", "")) or None
    changes = definition.get(CAMUNDA + "variableEvents", "")
    return EventInfo(
        kind,
        name,
        code,
        timer,
        text,
        interrupting,
        attached,
        definition.get(CAMUNDA + kind + "CodeVariable"),
        definition.get(CAMUNDA + "errorMessageVariable"),
        definition.get("activityRef"),
        definition.get("waitForCompletion") != "false",
        definition.get(CAMUNDA + "variableName"),
        frozenset(filter(None, (each.strip() for each in changes.split(",")))),
        reach=_reach(definition, kind, references),
    )


def _reach(definition: Xml, kind: str, references: References) -> str:
    """How far an event goes, by the extensions of Activiti and Flowable."""
    if kind == "signal":
        return "instance" if definition.get("signalRef") in references.local else ""
    words = {"terminateAll": "all", "terminateMultiInstance": "loop"}
    return next((reach for name, reach in words.items() if kind == "terminate" and definition.get(CAMUNDA + name) == "true"), "")


def _ad_hoc(node: Xml) -> AdHoc:
    return AdHoc(
        sequential=node.get("ordering") == "Sequential",
        condition=text_of(node, "completionCondition"),
        cancel_remaining=node.get("cancelRemainingInstances") != "false",
    )


def read_decision_call(node: Xml) -> DecisionCall | None:
    """The decision that a business rule task names, or None."""
    key = node.get(CAMUNDA + "decisionRef")
    if key is None:
        return None
    binding = node.get(CAMUNDA + "decisionRefBinding", "latest")
    version = node.get(CAMUNDA + ("decisionRefVersionTag" if binding == "versionTag" else "decisionRefVersion"), "")
    return DecisionCall(key, binding, node.get(CAMUNDA + "mapDecisionResult", "resultList"), version.strip())


def read_loop(node: Xml) -> LoopInfo | None:
    """The loop characteristics of an activity, or None."""
    standard = next(children(node, "standardLoopCharacteristics"), None)
    if standard is not None:
        return LoopInfo(
            "standard",
            condition=text_of(standard, "loopCondition"),
            maximum=standard.get("loopMaximum"),
            test_before=standard.get("testBefore") == "true",
        )
    multi = next(children(node, "multiInstanceLoopCharacteristics"), None)
    if multi is None:
        return None
    items, outputs = (next(children(multi, tag), None) for tag in ("inputDataItem", "outputDataItem"))
    collection = multi.get(CAMUNDA + "collection") or text_of(multi, "loopDataInputRef")
    return LoopInfo(
        "sequential" if multi.get("isSequential") == "true" else "parallel",
        cardinality=text_of(multi, "loopCardinality"),
        collection=_as_expression(collection),
        element=multi.get(CAMUNDA + "elementVariable") or _name_of(items),
        index=multi.get(CAMUNDA + "elementIndexVariable"),
        condition=text_of(multi, "completionCondition"),
        output=text_of(multi, "loopDataOutputRef"),
        output_element=_name_of(outputs),
    )


def _name_of(item: Xml | None) -> str | None:
    """The variable of a data item: by its name, if that can be one, else by its id."""
    if item is None:
        return None
    name = item.get("name", "")
    return name if name.isidentifier() else item.get("id") or name or None


def _as_expression(text: str | None) -> str | None:
    """A bare variable name (`experts`) means the variable."""
    return text if text is None or is_expression(text) else "${" + text.strip() + "}"
