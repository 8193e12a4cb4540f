"""The immutable side of a process: its specs and flows, shared by all instances of a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn.elements import Listener, ProcessInfo


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A sequence flow between two task specs."""

    id: str
    process: str
    source: Any
    target: Any
    condition: str | None
    default: bool
    listeners: tuple[Listener, ...] = ()


class ProcessSpec(BpmnProcessSpec):
    """SpiffWorkflow's process spec, with start events and event sub-processes picked out; the library's end join is not used."""

    def __init__(self, name: str, info: ProcessInfo | None = None) -> None:
        """Begin without elements."""
        super().__init__(name=name)
        del self.task_specs[self.end.name], self.task_specs["End"], self.task_specs[self.start.name]
        self.start.name = " start"  # no element can have this id
        self.task_specs[self.start.name] = self.start
        self.info = info
        self.starts: list[Any] = []
        self.event_sub_processes: list[Any] = []
        self.listeners: tuple[Listener, ...] = ()

    def way(self, name: str) -> list[Any] | None:
        """The task specs of the sub-processes around a task spec of this name, outermost first, then its own; None if there is none."""
        found = self.task_specs.get(name)
        if found is not None:
            return [found]
        for each in self.nodes():
            rest = each.inner.way(name) if hasattr(each, "inner") else None
            if rest is not None:
                return [each, *rest]
        return None

    def nodes(self) -> list[Any]:
        """All task specs that stand for an element (or for one instance of a multi-instance activity)."""
        return [spec for spec in self.task_specs.values() if spec is not self.start]
