"""Reads the extension elements of the `camunda:` namespace: properties, parameters, listeners, mappings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from engine.bpmn.elements import CAMUNDA, Listener, Mapping_, Parameter, Value
from engine.bpmn.reading import children, local, timer_of
from engine.xml import Xml


def read_extensions(node: Xml) -> dict[str, Any]:
    """Direct extension elements only: a sub-process does not inherit those of its children; but those of a signal's definition say what it carries."""
    found: dict[str, Any] = {}
    for owner in (node, *children(node, "signalEventDefinition")):
        for holder in children(owner, "extensionElements"):
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
    timer, instant = (None, None) if definition is None else timer_of(definition)
    listener = Listener(node.get("event", ""), bare, text, node.get("id", ""), timer, instant, execution)
    found["listeners"] = (*found.get("listeners", ()), listener)


def listeners_of(node: Xml) -> tuple[Listener, ...]:
    """The listeners of a process or of a flow; a flow has one event only, which needs not be written."""
    found = read_extensions(node).get("listeners", ())
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
