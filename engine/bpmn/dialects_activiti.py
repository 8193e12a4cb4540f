"""Activiti's and Flowable's extensions are Camunda's under another namespace: they are taken over under Camunda's, so that the checks see them, too.

What only those two have (`terminateAll`, the `scope` of a signal, …) stands in the closed table beside Camunda's.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.dialects_data import holder_of
from engine.bpmn.elements import BPMN, CAMUNDA
from engine.xml import Xml

ACTIVITI = "{http://activiti.org/bpmn}"
FLOWABLE = "{http://flowable.org/bpmn}"
_EARLIER = "{http://camunda.org/bpmn}"  # what Camunda's first modelers wrote
_OTHER_NAMES = {"resultVariableName": "resultVariable"}
_WORKER = {"external-worker": "external"}
_BEAN = "delegateExpression"  # of a task: a worker's topic, see `dialects`


def adopt(root: Xml) -> None:
    """Rename elements and attributes; one of Camunda's own that stands beside goes before."""
    for node in root.iter(etree.Element):
        space, name = _cut(str(node.tag))
        if space is not None and not (name == "field" and _is_for_a_bean(node)):
            node.tag = CAMUNDA + name
        for key, value in [(str(key), str(value)) for key, value in node.attrib.items()]:
            space, name = _cut(key)
            if space is not None:
                del node.attrib[key]
                _put(node, _OTHER_NAMES.get(name, name), value)


def _is_for_a_bean(field: Xml) -> bool:
    """Whether a field is handed to the bean that does a task's work: here that is a worker, who reads variables. It stays and has no effect."""
    return any(task.get(ACTIVITI + _BEAN) is not None for task in field.iterancestors())


def _cut(name: str) -> tuple[str | None, str]:
    space = next((space for space in (ACTIVITI, FLOWABLE, _EARLIER) if name.startswith(space)), None)
    return space, name.removeprefix(space or "")


def _put(node: Xml, name: str, value: str) -> None:
    if name == _BEAN and str(node.tag).endswith("Task"):
        node.set(ACTIVITI + name, value)
    elif name == "sameDeployment":
        if value == "true":
            node.set(CAMUNDA + "calledElementBinding", "deployment")
    elif name == "inheritVariables":
        if value == "true":
            _hand_in(node, "variables", "all")
    elif name == "businessKey" and node.tag == BPMN + "callActivity":
        _hand_in(node, name, value)
    elif node.get(CAMUNDA + name) is None:
        node.set(CAMUNDA + name, _WORKER.get(value, value) if name == "type" else value)


def _hand_in(call: Xml, what: str, value: str) -> None:
    """What a call says by an attribute Camunda says by an element."""
    etree.SubElement(holder_of(call), CAMUNDA + "in", {what: value})
