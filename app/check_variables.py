"""Checks the variables that diagrams name: each is made by a form, a step or the house, or it is a slip of the pen that would stop a case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from app.check_season import readable_forms
from app.diagram_elements import elements, place_of
from app.faults import Fault
from engine.expressions.errors import ExpressionError
from engine.expressions.template import names_in

ENGINE = frozenset({"due", "timerDue", "timerRung", "loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})
ASSIGNED = re.compile(r"^\s*(\w+)\s*=[^=]", re.MULTILINE)  # a line of a script task


def variable_faults(files: Mapping[str, bytes], *, given: Collection[str]) -> Iterator[Fault]:
    """Variables that an expression asks for although nothing in the folder makes them. In: `given`, those that the house makes."""
    found = list(elements(files))
    known = {*given, *ENGINE, *_of_forms(files), *(name for _, element in found for name in _made(element))}
    for file, element in found:
        asked = {name for text in (element.text or "", *element.values()) for name in _asked(str(text))}
        for name in sorted(asked - known):
            near = get_close_matches(name, known, n=1)
            zh, en = (f"，是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
            yield Fault(
                code="unknown.variable", file=file, place=place_of(element),
                zh=f"没有环节或表单产生变量“{name}”{zh}若确由本环节产生，请写为输出参数", en=f"no step or form makes the variable {name!r}{en}",
            )  # fmt: skip


def _asked(text: str) -> frozenset[str]:
    if "${" not in text:
        return frozenset()
    try:
        return names_in(text)
    except ExpressionError:
        return frozenset()  # said by the diagrams' own check


def _of_forms(files: Mapping[str, bytes]) -> Iterator[str]:
    """What forms make variables of: a name, or the last step of a path."""
    for _, form in readable_forms(files):
        if isinstance(form, Mapping):
            yield from (str(path).rpartition(".")[2] for path in form.get("x-variables", ()))


def _made(element: Any) -> Iterator[str]:
    """The names that an element of a diagram gives to what it makes."""
    tag = str(element.tag).rpartition("}")[2]
    if tag in {"inputParameter", "outputParameter", "inputDataItem", "outputDataItem"}:
        yield str(element.get("name"))
    elif tag in {"in", "out"}:
        yield str(element.get("target"))
    elif tag == "script":
        yield from ASSIGNED.findall(element.text or "")
    yield from (str(value) for name, value in element.attrib.items() if name.endswith(("elementVariable", "resultVariable")))
