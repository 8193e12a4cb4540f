"""The elements of a folder's diagrams, read as XML for the checks of names. What cannot be read is said by the engine's own check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import EngineError
from engine.xml import parse_xml

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def elements(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Pairs (file, element) of every diagram."""
    for file, content in files.items():
        if not file.endswith(".bpmn"):
            continue
        try:
            root = parse_xml(content, file=file)
        except EngineError:
            continue
        for element in root.iter():
            yield file, element


def place_of(element: Any) -> str:
    """The id of an element, or of the nearest one around it that has one."""
    if element.get("id"):
        return str(element.get("id"))
    return next((ancestor.get("id") for ancestor in element.iterancestors() if ancestor.tag.startswith(BPMN) and ancestor.get("id")), "")
