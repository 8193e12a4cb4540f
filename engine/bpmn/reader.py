"""Reads the XML of one element into `ElementInfo`: BPMN's own attributes and those of the `camunda:` namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from engine.bpmn.elements import BPMN, CAMUNDA, AdHoc, DecisionCall, ElementInfo, EventInfo, Listener, LoopInfo, Mapping_, Parameter, Value
from engine.expressions import is_expression
from engine.xml import Xml, line_of

EVENT_TYPES = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
TASK_TYPES = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity"},
)
SUB_PROCESS_TYPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAY_TYPES = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
FLOW_NODES = EVENT_TYPES | TASK_TYPES | SUB_PROCESS_TYPES | GATEWAY_TYPES
_DEFINITION = "EventDefinition"


@dataclass(frozen=True)
class References:
    """What the ids of `messageRef`, `signalRef`, `errorRef`, `escalationRef` stand for: id -> (name, code)."""

    named: Mapping[str, tuple[str, str | None]]

    def look_up(self, ref: str | None, fallback: str | None) -> tuple[str | None, str | None]:
        """(name, code) of a reference; `fallback` is the name when there is none."""
        return (fallback, None) if ref is None else self.named.get(ref, (fallback, None))


def local(node: Xml) -> str:
    """The tag without its namespace; "" for comments and for foreign elements."""
    tag = node.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def children(node: Xml, name: str) -> Iterator[Xml]:
    """The direct BPMN children of one name."""
    return node.iterchildren(BPMN + name)


def read_references(root: Xml) -> References:
    """All messages, signals, errors and escalations of one file."""
    found: dict[str, tuple[str, str | None]] = {}
    for tag in ("message", "signal", "error", "escalation"):
        for node in children(root, tag):
            ref = node.get("id") or ""
            found[ref] = (node.get("name") or ref, node.get(tag + "Code"))
    return References(found)


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
        documentation=text_of(node, "documentation") or "",
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
        **_attributes(node),
        **_extensions(node),
    )


def _attributes(node: Xml) -> dict[str, Any]:
    """The `camunda:` attributes of the element; those of a message's event definition count as well."""
    definition = next((child for child in node if local(child) == "messageEventDefinition"), None)

    def of(name: str) -> str | None:
        value = node.get(CAMUNDA + name)
        return definition.get(CAMUNDA + name) if value is None and definition is not None else value

    return {
        "assignee": of("assignee"),
        "candidate_users": of("candidateUsers"),
        "candidate_groups": of("candidateGroups"),
        "due_date": of("dueDate"),
        "follow_up_date": of("followUpDate"),
        "priority": of("priority"),
        "form_key": of("formKey"),
        "topic": of("topic"),
        "expression": of("expression"),
        "result_variable": of("resultVariable"),
    }


def _extensions(node: Xml) -> dict[str, Any]:
    """Direct extension elements only: a sub-process does not inherit those of its children."""
    holder = next(children(node, "extensionElements"), None)
    found: dict[str, Any] = {}
    if holder is None:
        return found
    for child in holder.iterchildren(etree.Element):
        reader = _EXTENSIONS.get(str(child.tag))
        if reader is not None:
            reader(child, found)
    return found


def _properties(node: Xml, found: dict[str, Any]) -> None:
    pairs = {item.get("name", ""): item.get("value", "") for item in node.iterchildren(CAMUNDA + "property")}
    found["properties"] = {**found.get("properties", {}), **pairs}


def _input_output(node: Xml, found: dict[str, Any]) -> None:
    for key, tag in (("inputs", "inputParameter"), ("outputs", "outputParameter")):
        read = tuple(_parameter(item) for item in node.iterchildren(CAMUNDA + tag))
        found[key] = (*found.get(key, ()), *read)


def _parameter(node: Xml) -> Parameter:
    return Parameter(node.get("name", ""), _content(node))


def _content(node: Xml) -> Value:
    """What a parameter or an entry holds: a text, or one list, map or script."""
    inner = next(node.iterchildren(etree.Element), None)
    return (node.text or "").strip() if inner is None else _value(inner)


def _value(node: Xml) -> Value:
    """A list, a map, a script (one expression), or the text of anything else."""
    text = (node.text or "").strip()
    if node.tag == CAMUNDA + "list":
        return tuple(_value(item) for item in node.iterchildren(etree.Element))
    if node.tag == CAMUNDA + "map":
        return {item.get("key", ""): _content(item) for item in node.iterchildren(CAMUNDA + "entry")}
    return "${" + text + "}" if node.tag == CAMUNDA + "script" and "${" not in text else text


def _listener(node: Xml, found: dict[str, Any]) -> None:
    name = next((node.get(key) for key in ("delegateExpression", "expression", "class", "name") if node.get(key)), None) or ""
    bare = name.strip().removeprefix("${").removeprefix("#{").removesuffix("}").strip()
    execution = node.tag == CAMUNDA + "executionListener"
    script = next(node.iterchildren(CAMUNDA + "script"), None)
    text = None if script is None else script.text or ""
    definition = next(children(node, "timerEventDefinition"), None)
    timer, instant = (None, None) if definition is None else _timer(definition)
    listener = Listener(node.get("event", ""), bare, text, node.get("id", ""), timer, instant, execution)
    found["listeners"] = (*found.get("listeners", ()), listener)


def listeners_of(node: Xml) -> tuple[Listener, ...]:
    """The listeners of a process or of a flow; a flow has one event only, which needs not be written."""
    found = _extensions(node).get("listeners", ())
    return tuple(replace(each, event=each.event or "take") for each in found) if local(node) == "sequenceFlow" else found


def _mapping_into(key: str) -> Callable[[Xml, dict[str, Any]], None]:
    def read(node: Xml, found: dict[str, Any]) -> None:
        mapping = Mapping_(
            target=node.get("target", ""),
            source=node.get("source"),
            expression=node.get("sourceExpression"),
            all=node.get("variables") == "all",
            business_key=node.get("businessKey"),
            local=node.get("local") == "true",
        )
        found[key] = (*found.get(key, ()), mapping)

    return read


_EXTENSIONS: dict[str, Callable[[Xml, dict[str, Any]], None]] = {
    CAMUNDA + "properties": _properties,
    CAMUNDA + "inputOutput": _input_output,
    CAMUNDA + "taskListener": _listener,
    CAMUNDA + "executionListener": _listener,
    CAMUNDA + "in": _mapping_into("mappings_in"),
    CAMUNDA + "out": _mapping_into("mappings_out"),
}


def read_event(node: Xml, references: References) -> EventInfo:
    """The event definition of an event, a send or a receive task."""
    interrupting = node.get("cancelActivity", node.get("isInterrupting", "true")) != "false"
    attached = node.get("attachedToRef")
    if node.get("messageRef"):
        name, _ = references.look_up(node.get("messageRef"), None)
        return EventInfo("message", name)
    definitions = [child for child in node if local(child).endswith(_DEFINITION)]
    parts = tuple(_read_definition(child, references, interrupting=interrupting, attached=attached) for child in definitions)
    if len(parts) > 1:
        parallel = node.get("parallelMultiple") == "true"
        return EventInfo("multiple", interrupting=interrupting, attached_to=attached, parts=parts, parallel=parallel)
    return parts[0] if parts else EventInfo("none", interrupting=interrupting, attached_to=attached)


def _read_definition(definition: Xml, references: References, *, interrupting: bool, attached: str | None) -> EventInfo:
    kind = local(definition).removesuffix(_DEFINITION)
    name, code = references.look_up(definition.get(kind + "Ref"), definition.get("name") if kind == "link" else None)
    timer, text = _timer(definition) if kind == "timer" else (None, text_of(definition, "condition"))
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
    )


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
    return DecisionCall(key, node.get(CAMUNDA + "decisionRefBinding", "latest"), node.get(CAMUNDA + "mapDecisionResult", "resultList"))


def _timer(definition: Xml) -> tuple[str | None, str | None]:
    for tag, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
        text = text_of(definition, tag)
        if text is not None:
            return kind, text.strip()
    return None, None


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
        condition=text_of(multi, "completionCondition"),
        output=text_of(multi, "loopDataOutputRef"),
        output_element=_name_of(outputs),
    )


def _name_of(node: Xml | None) -> str | None:
    return None if node is None else node.get("name") or node.get("id")


def _as_expression(text: str | None) -> str | None:
    """A bare variable name (`experts`) means the variable."""
    return text if text is None or is_expression(text) else "${" + text.strip() + "}"


def text_of(node: Xml, tag: str) -> str | None:
    """The text of the first direct BPMN child of that name, or None when there is none or it is empty."""
    child = next(children(node, tag), None)
    if child is None:
        return None
    text = "".join(str(part) for part in child.itertext()).strip()
    return text or None
