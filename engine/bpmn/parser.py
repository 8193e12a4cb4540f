"""SpiffWorkflow's core parser with our own parser classes: XML to task specs and flows.

Departures: elements are read one by one instead of along the flows (so unreachable and multiply entered ones are seen as they are),
boundary events hang on their activity's spec instead of a split and a join, nothing is turned into Python expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.bpmn.activities import CallActivity, SubProcess
from engine.bpmn.adhoc import AdHocSubProcess
from engine.bpmn.elements import ElementInfo, FlowInfo, ProcessInfo
from engine.bpmn.event_sub_processes import EventSubProcess
from engine.bpmn.events import BoundaryEvent, CatchEvent, ReceiveTask, StartEvent
from engine.bpmn.gateways import ComplexGateway, EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.bpmn.loops import MultiInstance, StandardLoop
from engine.bpmn.multiple import CatchPart, MultipleCatch
from engine.bpmn.reader import FLOW_NODES, SUB_PROCESS_TYPES
from engine.bpmn.reading import children, local
from engine.bpmn.rules import BusinessRuleTask
from engine.bpmn.spec import Flow, ProcessSpec
from engine.bpmn.tasks import PassTask, ScriptTask, ServiceTask, UserTask
from engine.bpmn.throwing import EndEvent, SendTask, ThrowEvent
from engine.bpmn.timeouts import timeouts_of
from engine.dmn import Decisions
from engine.xml import Xml

_CHILD = " [child]"


class ElementParser(TaskParser):
    """Makes the task spec of one element from what the reader found out about it."""

    def _get_lane(self) -> str | None:
        return None

    def parse_node(self) -> Any:
        """The task spec; a looped activity becomes a body spec with the activity as its child."""
        info: ElementInfo = self.process_parser.parser.processes[self.process_parser.process_key].elements[self.bpmn_id]
        if info.loop is None:
            return self._make(info, info.id)
        child = self._make(info, info.id + _CHILD)
        body: Any
        if info.loop.kind == "standard":
            body = StandardLoop(self.spec, info.id, child.name, info.loop.most, info.loop.condition, info.loop.test_before)
        else:
            body = MultiInstance(self.spec, info.id, task_spec=child.name)
        body.info, body.loop, body.child = info, info.loop, child
        return body

    def _make(self, info: ElementInfo, name: str) -> Any:
        spec = self._construct(info, name)
        spec.info = info
        if info.decision is not None:
            spec.decisions = self.process_parser.parser.decisions
        if info.type == "userTask":
            spec.boundary = timeouts_of(self.spec, info, name)
        if info.type in SUB_PROCESS_TYPES:
            spec.inner = self.process_parser.embedded(self.node)
            if info.triggered_by_event:
                spec.start = spec.inner.starts[0]
        return spec

    def _construct(self, info: ElementInfo, name: str) -> Any:
        """Call the library's constructor with what it asks for; events get our own description as their definition."""
        if info.type == "boundaryEvent":
            return self.spec_class(self.spec, name, event_definition=info.event, cancel_activity=info.event and info.event.interrupting)
        if issubclass(self.spec_class, StartEvent | EndEvent | CatchEvent | ThrowEvent | SendTask | EventBasedGateway):
            several = self.spec_class is CatchEvent and info.event is not None and info.event.parts
            return (MultipleCatch if several else self.spec_class)(self.spec, name, event_definition=info.event)
        if info.type in SUB_PROCESS_TYPES:
            spec_class = EventSubProcess if info.triggered_by_event else self.spec_class
            return spec_class(self.spec, name, info.id)
        if info.type == "callActivity":
            return self.spec_class(self.spec, name, info.called)
        if info.type == "scriptTask":
            return self.spec_class(self.spec, name, info.script)
        return self.spec_class(self.spec, name)


class OurProcessParser(ProcessParser):
    """Reads a process (or embedded sub-process) element by element, then its flows."""

    process_key = ""

    def create_spec(self) -> ProcessSpec:
        """An empty spec of ours."""
        self.process_key = self.process_key or self.bpmn_id
        return ProcessSpec(self.bpmn_id)

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def add_tasks(self) -> None:
        """All elements, boundary events on their activities, event sub-processes, flows."""
        starts = []
        if self.process_key == self.bpmn_id:
            self.spec.listeners = self.parser.processes[self.process_key].listeners
        for node in flow_nodes(self.node):
            spec = self.parse_node(node)
            if isinstance(spec, StartEvent):
                starts.append(spec)
            if isinstance(spec, EventSubProcess):
                self.spec.event_sub_processes.append(spec)
        specs: Mapping[str, Any] = self.spec.task_specs
        for spec in list(specs.values()):
            if isinstance(spec, BoundaryEvent):
                self._attach(specs, spec)
        for node in children(self.node, "sequenceFlow"):
            self._connect(specs, node)
        self._link(specs)
        for spec in list(specs.values()):
            self._multiply(spec)
        self.spec.starts = self._begins(starts)

    def _attach(self, specs: Mapping[str, Any], spec: BoundaryEvent) -> None:
        """An event waits beside its activity; a compensation event only says what undoes it (each instance of it, if it is looped)."""
        host = spec.attached = specs[spec.event().attached_to or ""]
        if spec.event().kind == "compensate":
            undone = host.child if host.info.loop is not None else host
            undone.handler = specs[self.parser.processes[self.process_key].handlers[spec.info.id]]
        else:
            host.boundary = (*host.boundary, spec)

    def _multiply(self, spec: Any) -> None:
        """An event with several definitions has a spec for each: whichever is caught does what the event does."""
        if isinstance(spec, MultipleCatch):
            several = enumerate(spec.info.parts, 1)
            spec.parts = tuple(CatchPart(self.spec, f"{spec.name} [{nth}]", event_definition=part.event) for nth, part in several)
            for one, part in zip(spec.parts, spec.info.parts, strict=True):
                one.info = part
        elif isinstance(spec, BoundaryEvent) and spec.event().parts:
            twins = [spec, *(_twin(self.spec, spec, nth) for nth in range(2, len(spec.event().parts) + 1))]
            for twin, part in zip(twins, spec.info.parts, strict=True):
                twin.info = part
            spec.attached.boundary = (*spec.attached.boundary, *twins[1:])
        elif isinstance(spec, EventSubProcess) and spec.event().parts:
            parts = spec.event_info().parts
            for nth, part in enumerate(parts[1:], 2):
                twin = _twin(self.spec, spec, nth)
                twin.start = _twin(spec.inner, spec.start, nth)
                twin.start.info = part
                self.spec.event_sub_processes.append(twin)
            spec.start.info = parts[0]

    def _begins(self, starts: list[Any]) -> list[Any]:
        """Where it begins unless a start event is named: at the one without trigger, else at the only one.

        Without any start event it begins at everything that no flow leads to (BPMN 2.0, 10.5.2).
        """
        if len(starts) == 1:
            return starts
        if starts:
            return [spec for spec in starts if spec.info.event.kind == "none"]
        return [spec for spec in self.spec.nodes() if not spec.incoming and spec.name == spec.info.id and _begins_by_itself(spec.info)]

    def _connect(self, specs: Mapping[str, Any], node: Xml) -> None:
        info = self.parser.flows[self.process_key][flow_id(node)]
        source, target = specs[info.source], specs[info.target]
        self.connect(Flow(info.id, self.process_key, source, target, info.condition, info.default, info.listeners))

    def connect(self, flow: Flow) -> None:
        """Enter a flow at both of its ends."""
        flow.source.outgoing = (*flow.source.outgoing, flow)
        flow.target.incoming = (*flow.target.incoming, flow)

    def _link(self, specs: Mapping[str, Any]) -> None:
        """A link throw event leads to the catch event of the same name."""
        links = [spec for spec in specs.values() if spec is not self.spec.start and spec.info.event and spec.info.event.kind == "link"]
        for source in (spec for spec in links if isinstance(spec, ThrowEvent)):
            for target in (spec for spec in links if isinstance(spec, CatchEvent)):
                if target.event().name == source.event_name():
                    self.connect(Flow(f"{source.info.id}->{target.info.id}", self.process_key, source, target, None, default=False))

    def embedded(self, node: Xml) -> ProcessSpec:
        """The spec of an embedded sub-process of this process."""
        inner = type(self)(self.parser, node, self.nsmap, {}, filename=self.filename)
        inner.process_key = self.process_key
        spec: ProcessSpec = inner.get_spec()
        return spec


def _twin(process: ProcessSpec, spec: Any, nth: int) -> Any:
    """The spec once more, under a name of its own."""
    twin = copy(spec)
    twin.name = f"{spec.name} [{nth}]"
    process.task_specs[twin.name] = twin
    return twin


def _begins_by_itself(info: ElementInfo) -> bool:
    """Whether an element that no flow leads to gets a token when its process begins."""
    if info.type == "boundaryEvent" or info.triggered_by_event or info.for_compensation:
        return False
    return info.event is None or info.event.kind != "link"


def flow_nodes(node: Xml) -> Iterator[Xml]:
    """The flow nodes that lie directly in a process or sub-process."""
    return (child for child in node if local(child) in FLOW_NODES)


def flow_id(node: Xml) -> str:
    """The id of a sequence flow; one without gets a name from its ends."""
    return str(node.get("id") or f"{node.get('sourceRef')}->{node.get('targetRef')}")


class DiagramParser(BpmnParser):
    """SpiffWorkflow's parser over processes whose elements have been read already."""

    PROCESS_PARSER_CLASS = OurProcessParser
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's extension point
        full_tag(tag): (ElementParser, spec)
        for tag, spec in {
            "task": PassTask,
            "manualTask": PassTask,
            "userTask": UserTask,
            "serviceTask": ServiceTask,
            "businessRuleTask": BusinessRuleTask,
            "scriptTask": ScriptTask,
            "sendTask": SendTask,
            "receiveTask": ReceiveTask,
            "callActivity": CallActivity,
            "subProcess": SubProcess,
            "adHocSubProcess": AdHocSubProcess,
            "transaction": SubProcess,
            "exclusiveGateway": ExclusiveGateway,
            "parallelGateway": ParallelGateway,
            "inclusiveGateway": InclusiveGateway,
            "complexGateway": ComplexGateway,
            "eventBasedGateway": EventBasedGateway,
            "startEvent": StartEvent,
            "endEvent": EndEvent,
            "intermediateCatchEvent": CatchEvent,
            "intermediateThrowEvent": ThrowEvent,
            "boundaryEvent": BoundaryEvent,
        }.items()
    }

    def __init__(
        self,
        processes: Mapping[str, ProcessInfo],
        decisions: Decisions | None = None,
    ) -> None:
        """Nothing read by the library yet; `decisions` are those of the same version."""
        super().__init__()
        self.decisions: Decisions = decisions or {}
        self.processes = processes
        self.flows: Mapping[str, Mapping[str, FlowInfo]] = {key: {flow.id: flow for flow in info.flows} for key, info in processes.items()}

    def add_bpmn_xml(self, bpmn: Any, filename: str | None = None) -> None:
        """Only the processes that can run: what stands beside them (messages, correlations, where things are drawn) the reader knows, or means nothing."""
        for process in children(bpmn, "process"):
            if process.get("id") in self.processes:
                self.create_parser(process, filename)
