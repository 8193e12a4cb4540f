"""SpiffWorkflow, subclassed: diagrams in, executions out. Pure: no store, no I/O, no clock."""

from engine.bpmn.definitions import Definitions, DiagramErrors, read_definitions
from engine.bpmn.effects import (
    Called,
    Cancelled,
    Effects,
    Ended,
    Entered,
    ErrorThrown,
    Event,
    FlowTaken,
    Left,
    Thrown,
    TimerSkipped,
    VariableRemoved,
    VariableSet,
)
from engine.bpmn.elements import ElementInfo, ProcessInfo
from engine.bpmn.execution import Execution
from engine.bpmn.host import Host, Limits
from engine.bpmn.waits import Wait

__all__ = [
    "Called",
    "Cancelled",
    "Definitions",
    "DiagramErrors",
    "Effects",
    "ElementInfo",
    "Ended",
    "Entered",
    "ErrorThrown",
    "Event",
    "Execution",
    "FlowTaken",
    "Host",
    "Left",
    "Limits",
    "ProcessInfo",
    "Thrown",
    "TimerSkipped",
    "VariableRemoved",
    "VariableSet",
    "Wait",
    "read_definitions",
]
