"""Event definitions that a file writes once, beside its processes, for several events: each event that names one gets a copy of its own (BPMN 2.0, 10.5.1)."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine.bpmn.elements import BPMN
from engine.bpmn.reading import local
from engine.xml import Xml


def say_events(root: Xml) -> None:
    """Rewrite the tree of a diagram; a reference to what is not in the file stays, for the checks to refuse."""
    shared = {node.get("id"): node for node in root.iterchildren(etree.Element) if local(node).endswith("EventDefinition")}
    for ref in list(root.iter(BPMN + "eventDefinitionRef")):
        named, event = shared.get((ref.text or "").strip().rpartition(":")[2]), ref.getparent()
        if named is not None and event is not None:
            own = deepcopy(named)
            own.attrib.pop("id")
            own.tail = ref.tail
            event.replace(ref, own)
