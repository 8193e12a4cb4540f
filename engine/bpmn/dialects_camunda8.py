"""What diagrams of Camunda 8 say, in our words: its extension elements, and FEEL after an equals sign wherever a text may be an expression.

Some of it has no like here and stays, for the checks to name: headers, listeners.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.bpmn.dialects_data import holder_of, quoted
from engine.bpmn.elements import BPMN, CAMUNDA
from engine.bpmn.reading import children, text_of
from engine.dmn.feel import compile_expression
from engine.expressions import ExpressionError
from engine.xml import Xml

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
_WORD = r"(?!(?:if|then|else|some|every|in|satisfies|and|or|not|between|for|return|null|true|false|instance|of)\b)[^\W\d]\w*"
_SPACED = re.compile(rf"\b{_WORD}(?: {_WORD})+")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMED = (BPMN + "message", BPMN + "signal")
_TEXTS = tuple(BPMN + name for name in ("timeDate", "timeDuration", "timeCycle", "completionCondition", "condition", "loopCardinality"))


def say_texts(root: Xml) -> None:
    """Timers, conditions, numbers of instances and the names of messages and signals in FEEL."""
    for node in root.iter(*_NAMED):
        if (node.get("name") or "").startswith("="):
            node.set("name", said(node.get("name", "")))
    for node in root.iter(*_TEXTS):
        if (node.text or "").strip().startswith("="):
            node.text = said((node.text or "").strip())


def say_extensions(node: Xml) -> None:
    """The extension elements of one element."""
    for holder in children(node, "extensionElements"):
        for extension in list(holder.iterchildren(etree.Element)):
            reader = _READERS.get(str(extension.tag))
            if reader is not None:
                reader(node, extension)


def said(text: str) -> str:
    """A Camunda 8 text: FEEL after an equals sign, else itself. What is neither FEEL nor an expression of ours is refused by the checks."""
    if not text.startswith("="):
        return text
    source = text[1:].strip()
    return feel(source) or "${" + source + "}"


def feel(source: str) -> str | None:
    """The FEEL expression as one of ours; names that hold blanks are handed in. None if it does not compile."""
    names = sorted({found[0] for found in _SPACED.finditer(QUOTED.sub("", source))}, key=len, reverse=True)
    for tried in ((), tuple(names)):
        joined = source
        for name in tried:
            joined = joined.replace(name, name.replace(" ", "_"))
        try:
            compile_expression(joined)
        except ExpressionError:
            continue
        return "${feel(" + ", ".join(quoted(each) for each in (joined, *tried)) + ")}"
    return None


def correlation_keys(root: Xml) -> Iterator[tuple[str, str]]:
    """The messages of a file, by their ids, and the key by which each finds who waits for it."""
    for message in root.iter(BPMN + "message"):
        for subscription in message.iter(ZEEBE + "subscription"):
            yield message.get("id", ""), said(subscription.get("correlationKey", ""))


def set_ours(node: Xml, name: str, value: str | None) -> None:
    """An attribute of ours, unless the diagram has it already."""
    if value and node.get(CAMUNDA + name) is None:
        node.set(CAMUNDA + name, said(value))


def _work(node: Xml, definition: Xml) -> None:
    set_ours(node, "type", "external")
    set_ours(node, "topic", definition.get("type"))


def _people(node: Xml, definition: Xml) -> None:
    for name in ("assignee", "candidateGroups", "candidateUsers"):
        set_ours(node, name, definition.get(name))


def _dates(node: Xml, definition: Xml) -> None:
    for name in ("dueDate", "followUpDate"):
        set_ours(node, name, definition.get(name))


def _priority(node: Xml, definition: Xml) -> None:
    set_ours(node, "priority", definition.get("priority"))


def _form(node: Xml, definition: Xml) -> None:
    set_ours(node, "formKey", definition.get("formKey"))


def _script(node: Xml, definition: Xml) -> None:
    """A script task whose script is one FEEL expression."""
    name, value = definition.get("resultVariable", ""), said(definition.get("expression", ""))
    if name.isidentifier() and text_of(node, "script") is None:
        node.set("scriptFormat", "expression")
        etree.SubElement(node, BPMN + "script").text = f"{name} = {value.removeprefix('${').removesuffix('}')}"


def _loop(node: Xml, definition: Xml) -> None:
    set_ours(node, "collection", definition.get("inputCollection"))
    set_ours(node, "elementVariable", definition.get("inputElement"))
    collected, each = definition.get("outputCollection"), definition.get("outputElement")
    if collected and each and text_of(node, "loopDataOutputRef") is None:
        etree.SubElement(node, BPMN + "loopDataOutputRef").text = collected
        etree.SubElement(node, BPMN + "outputDataItem", name=said(each))


def _decision(node: Xml, definition: Xml) -> None:
    set_ours(node, "decisionRef", definition.get("decisionId"))
    set_ours(node, "resultVariable", definition.get("resultVariable"))
    set_ours(node, "mapDecisionResult", "value")


def _call(node: Xml, definition: Xml) -> None:
    """Camunda 8 passes all variables in and out unless it is told otherwise; then what comes out is for the output parameters only."""
    node.set("calledElement", said(definition.get("processId", "")))
    if definition.get("propagateAllParentVariables", "true") == "true":
        etree.SubElement(holder_of(node), CAMUNDA + "in", variables="all")
    local = "false" if definition.get("propagateAllChildVariables", "true") == "true" else "true"
    etree.SubElement(holder_of(node), CAMUNDA + "out", variables="all", local=local)


def _mapping(node: Xml, definition: Xml) -> None:
    both = etree.SubElement(holder_of(node), CAMUNDA + "inputOutput")
    for each in definition.iterchildren(etree.Element):
        kind = str(each.tag).removeprefix(ZEEBE)
        if kind in {"input", "output"}:
            parameter = etree.SubElement(both, f"{CAMUNDA}{kind}Parameter", name=each.get("target", ""))
            parameter.text = said(each.get("source", ""))


_READERS: dict[str, Callable[[Xml, Xml], None]] = {
    ZEEBE + "taskDefinition": _work,
    ZEEBE + "assignmentDefinition": _people,
    ZEEBE + "taskSchedule": _dates,
    ZEEBE + "priorityDefinition": _priority,
    ZEEBE + "formDefinition": _form,
    ZEEBE + "script": _script,
    ZEEBE + "loopCharacteristics": _loop,
    ZEEBE + "calledDecision": _decision,
    ZEEBE + "calledElement": _call,
    ZEEBE + "ioMapping": _mapping,
}
READ_OF_ZEEBE = frozenset(_READERS) | {ZEEBE + "input", ZEEBE + "output", ZEEBE + "subscription", ZEEBE + "userTask"}
"""Extension elements of Camunda 8 that are taken over."""
