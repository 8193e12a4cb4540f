"""Checks of what namespaces of other tools say: nobody here reads it, so a warning names it; what must be understood is refused."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.dialects_activiti import ACTIVITI
from engine.bpmn.dialects_camunda8 import READ_OF_ZEEBE
from engine.bpmn.elements import BPMN, CAMUNDA
from engine.bpmn.reading import children, local
from engine.checks_problem import Problem
from engine.xml import Xml, line_of

_READ = (BPMN, CAMUNDA, ACTIVITI, "{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")
_NAMED = frozenset({"message", "signal", "error", "escalation"})
_SHOWN = 8  # names; more are summed up


def check_foreign(root: Xml, file: str) -> Iterator[Problem]:
    """One warning for each namespace that says something in an executable process, or of a message, signal, error or escalation, at the first place.

    An error for an extension that must be understood.
    """
    for extension in children(root, "extension"):
        if extension.get("mustUnderstand") in {"true", "1"}:
            which = extension.get("definition", "")
            zh, en = f"须理解而此处不认识的扩展：{which}", f"an extension that must be understood is not known here: {which}"
            yield Problem("BPMN-UNSUPPORTED", "error", file, "", line_of(extension), zh, en, "mustUnderstand")
    said: dict[str, dict[str, Xml]] = {}
    running = [process for process in children(root, "process") if process.get("isExecutable") == "true"]
    named = [node for node in root.iterchildren(etree.Element) if local(node) in _NAMED] if running else []
    for node in (node for holder in (*running, *named) for node in holder.iter(etree.Element)):
        for space, name in _foreign(node):
            said.setdefault(space, {}).setdefault(name, node)
    for space, names in said.items():
        first = next(iter(names.values()))
        listed = ", ".join(sorted(names)[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        element = next((str(each.get("id")) for each in (first, *first.iterancestors()) if each.get("id") and str(each.tag).startswith(BPMN)), "")
        zh, en = f"命名空间 {space} 的内容不起作用：{listed}", f"what the namespace {space} says has no effect here: {listed}"
        yield Problem("BPMN-IGNORED", "warning", file, element, line_of(first), zh, en, "camunda:")


def _foreign(node: Xml) -> Iterator[tuple[str, str]]:
    """What an element, unless it lies within a foreign one, and its attributes say in namespaces that are not read."""
    around = node.getparent()
    if around is not None and not _is_read(str(around.tag)):
        return
    for name in (str(node.tag), *map(str, node.attrib)):
        if name.startswith("{") and not _is_read(name):
            found = etree.QName(name)
            yield found.namespace or "", found.localname


def _is_read(name: str) -> bool:
    return name.startswith(_READ) or name in READ_OF_ZEEBE
