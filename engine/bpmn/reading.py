"""Reading the XML of a diagram: names without their namespace, children, texts, times."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import BPMN
from engine.xml import Xml

_TRUTHS = {"1": "true", "0": "false"}
BOOLEANS = frozenset({"isExecutable", "isInterrupting", "cancelActivity", "parallelMultiple", "triggeredByEvent", "isForCompensation", "isSequential"})
BOOLEANS |= {"testBefore", "instantiate", "cancelRemainingInstances", "waitForCompletion", "isImmediate"}


def say_booleans(root: Xml) -> None:
    """Rewrite the booleans of a tree: XML knows four ways to write them, here each is `true` or `false`."""
    for node in root.iter():
        for name in BOOLEANS.intersection(node.keys()):
            said = node.get(name, "").strip()
            node.set(name, _TRUTHS.get(said, said))


def local(node: Xml) -> str:
    """The tag without its namespace; "" for comments and for foreign elements."""
    tag = node.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def children(node: Xml, name: str) -> Iterator[Xml]:
    """The direct BPMN children of one name."""
    return node.iterchildren(BPMN + name)


def text_of(node: Xml, tag: str) -> str | None:
    """The text of the first direct BPMN child of that name, or None when there is none or it is empty."""
    child = next(children(node, tag), None)
    if child is None:
        return None
    text = "".join(str(part) for part in child.itertext()).strip()
    return text or None


def documentation_of(node: Xml) -> str:
    """What an element's `documentation` says; several are paragraphs, as in Camunda."""
    paragraphs = ("".join(str(part) for part in each.itertext()).strip() for each in children(node, "documentation"))
    return "\n\n".join(filter(None, paragraphs))


def timer_of(definition: Xml) -> tuple[str | None, str | None]:
    """Kind (date, duration, cycle) and text of a timer's definition; (None, None) without a time."""
    for tag, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
        text = text_of(definition, tag)
        if text is not None:
            return kind, text.strip()
    return None, None
