"""Data as BPMN and other tools write it, in our words: what a loop is over, and what data objects hold at first.

A loop may name a data input of its activity (BPMN 2.0, 10.2.8), which an association fills from a data object or a property: then it is over the variable of
that one. Activiti and Flowable give data objects a first value: it is a variable of the process, unless whoever begins the instance says otherwise, or of the
sub-process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.bpmn.elements import BPMN, CAMUNDA
from engine.bpmn.reading import children, text_of
from engine.xml import Xml

_NAME = re.compile(r"[^\W\d]\w*\Z")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_NUMBERS = frozenset({"int", "integer", "long", "short", "double", "float", "decimal"})
_LOOPS = {"loopDataInputRef": ("dataInputAssociation", "targetRef", "sourceRef"), "loopDataOutputRef": ("dataOutputAssociation", "sourceRef", "targetRef")}


def say_data(root: Xml) -> None:
    """Rewrite the tree of a diagram."""
    held = {node.get("id", ""): node for node in root.iter(*(BPMN + name for name in ("property", "dataObject", "dataObjectReference")))}
    for loop in root.iter(BPMN + "multiInstanceLoopCharacteristics"):
        for name in _LOOPS:
            for ref in children(loop, name):
                ref.text = next(_variables(loop.getparent(), name, ref.text, held), ref.text)
    types = {node.get("id", ""): node.get("structureRef", "") for node in root.iter(BPMN + "itemDefinition")}
    for node in root.iter(BPMN + "dataObject"):
        _begin_with(node, types)


def _variables(activity: Xml | None, name: str, ref: str | None, held: dict[str, Xml]) -> Iterator[str]:
    """The variables that associations of the activity join to one of its data inputs or outputs."""
    tag, near, far = _LOOPS[name]
    for association in children(activity, tag) if activity is not None else ():
        if (text_of(association, near) or "").strip() == (ref or "").strip():
            yield _variable((text_of(association, far) or "").strip(), held)


def _variable(ref: str, held: dict[str, Xml]) -> str:
    """The variable of a property or data object: by its name, if that can be one, else by its id."""
    node = held.get(ref)
    if node is None:
        return ref
    behind = node.get("dataObjectRef", "")
    names = [held[behind].get("name", "") if behind in held else "", node.get("name", ""), behind]
    return next((name for name in names if _NAME.match(name)), ref)


def _begin_with(node: Xml, types: dict[str, str]) -> None:
    scope, name = node.getparent(), _variable(node.get("id", ""), {node.get("id", ""): node})
    holder = next(children(node, "extensionElements"), None)
    value = None if holder is None else next(holder.iterchildren(CAMUNDA + "value"), None)
    if holder is None or value is None or scope is None or not _NAME.match(name):
        return
    kind = types.get(node.get("itemSubjectRef", ""), node.get("itemSubjectRef", "")).rpartition(":")[2].lower()
    first = _literal((value.text or "").strip(), kind)
    if scope.tag == BPMN + "process":
        listener = etree.SubElement(holder_of(scope), CAMUNDA + "executionListener", event="start")
        etree.SubElement(listener, CAMUNDA + "script", scriptFormat="expression").text = f"{name} = has_variable('{name}') ? {name} : {first}"
    else:
        both = etree.SubElement(holder_of(scope), CAMUNDA + "inputOutput")
        etree.SubElement(both, CAMUNDA + "inputParameter", name=name).text = "${" + first + "}"
    holder.remove(value)


def _literal(text: str, kind: str) -> str:
    """A value as our expressions write it: a number, true or false, else a text."""
    if kind in _NUMBERS and _NUMBER.match(text):
        return text.removeprefix("+")
    return text.lower() if kind == "boolean" and text.lower() in {"true", "false"} else quoted(text)


def quoted(text: str) -> str:
    """A text as our expressions write it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ").replace("\r", " ")
    return f"'{escaped}'"


def holder_of(node: Xml) -> Xml:
    """Where the extension elements of an element stand."""
    found = next(node.iterchildren(BPMN + "extensionElements"), None)
    if found is None:
        found = etree.Element(BPMN + "extensionElements")
        node.insert(0, found)
    return found
