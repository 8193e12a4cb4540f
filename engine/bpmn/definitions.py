"""The definitions of one version: what its diagrams say, shared by all its instances and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.bpmn.activities import begin, listen
from engine.bpmn.codec import load_instance
from engine.bpmn.dialects import translate
from engine.bpmn.elements import BPMN, CAMUNDA, ElementInfo, FlowInfo, ProcessInfo, StartTrigger
from engine.bpmn.execution import Execution
from engine.bpmn.host import Host
from engine.bpmn.instance import Instance
from engine.bpmn.listeners import tell_process
from engine.bpmn.parser import DiagramParser, flow_id, flow_nodes
from engine.bpmn.reader import SUB_PROCESS_TYPES, References, read_element, read_references
from engine.bpmn.reader_extensions import listeners_of
from engine.bpmn.reading import children, local, text_of
from engine.bpmn.spec import ProcessSpec
from engine.checks_problem import Problem, Profile
from engine.dmn import Decisions, read_decisions
from engine.errors import EngineError
from engine.expressions import FunctionTable, constant
from engine.xml import Xml, line_of, parse_xml

_DIAGRAMS = (".bpmn", ".bpmn20.xml")


class DiagramErrors(EngineError):
    """A deployment that cannot be used; `problems` names each fault with file, element and hint."""

    def __init__(self, problems: Iterable[Any]) -> None:
        """Join the problems into one readable text."""
        self.problems = tuple(problems)
        super().__init__(
            "diagrams",
            "流程图有误：" + "；".join(f"{problem.file} {problem.element}：{problem.zh}" for problem in self.problems[:20]),
            "The diagrams are wrong: " + "; ".join(f"{problem.file} {problem.element}: {problem.en}" for problem in self.problems[:20]),
            422,
        )


@dataclass(frozen=True)
class Diagrams:
    """The diagrams of a deployment as they were read, before anything is built from them."""

    roots: Mapping[str, Xml]
    processes: Mapping[str, ProcessInfo]
    duplicates: tuple[tuple[str, str, int], ...] = ()
    decisions: Decisions = field(default_factory=dict)
    faults: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Definitions:
    """All that instances of a version share. `files` are those that are no diagrams (forms, mails), by path."""

    processes: Mapping[str, ProcessInfo]
    specs: Mapping[str, ProcessSpec] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    decisions: Decisions = field(repr=False, default_factory=dict)

    def element(self, process_key: str, element_id: str) -> ElementInfo:
        """What the diagram says of an element. Raises EngineError `no_element`."""
        info = self.processes[process_key].elements.get(element_id) if process_key in self.processes else None
        if info is None:
            raise EngineError("no_element", f"没有元素 {element_id}", f"there is no element {element_id} in {process_key}", 404)
        return info

    def listens(self, process_key: str, element_id: str, event: str) -> bool:
        """Whether an element has listeners of an event; False where there is no such element in this version."""
        process = self.processes.get(process_key)
        info = None if process is None else process.elements.get(element_id)
        return info is not None and any(each.event == event for each in info.listeners)

    def new(self, process_key: str, *, variables: Mapping[str, object], host: Host, start: str | None = None) -> Execution:
        """A new instance, its tokens on their way: call `run()` next.

        In: `start` the id of a start event, else the plain one (or the only one). Raises EngineError `no_process`, `no_start`.
        """
        instance = self._instance(process_key, variables, host)
        spec: ProcessSpec = instance.spec
        chosen = None if start is None else spec.task_specs.get(start)
        if (start is None and not spec.starts) or (start is not None and (chosen is None or chosen.info.type != "startEvent")):
            raise EngineError("no_start", f"流程 {process_key} 不能这样启动", f"{process_key} has no such start event", 422)
        begin(instance, start=chosen)
        return Execution(instance)

    def empty(self, process_key: str, *, variables: Mapping[str, object], host: Host) -> Execution:
        """A new instance in which nothing stands yet but its event sub-processes listen: `modifying.modify` puts tokens where they are to begin.

        Raises EngineError `no_process`.
        """
        execution = Execution(self._instance(process_key, variables, host))
        tell_process(execution.instance, "start")
        listen(execution.instance)
        return execution

    def _instance(self, process_key: str, variables: Mapping[str, object], host: Host) -> Instance:
        spec = self.specs.get(process_key)
        if spec is None:
            raise EngineError("no_process", f"没有流程 {process_key}", f"there is no process {process_key}", 404)
        instance = Instance(spec, self.specs)
        instance.surroundings = host
        for name, value in variables.items():
            instance.put("", name, value)
        return instance

    def load(self, blob: bytes, *, host: Host) -> Execution:
        """An instance from what `Execution.dump` gave. Raises EngineError `state` when it does not fit these definitions."""
        return Execution(load_instance(blob, self.specs, host))


def is_diagram(path: str) -> bool:
    """Whether a file of a deployment is a diagram."""
    return path.lower().endswith(_DIAGRAMS)


def read_definitions(files: Mapping[str, bytes], *, functions: FunctionTable | None = None, profile: Profile = "generic") -> Definitions:
    """The definitions of a deployment.

    In: path -> bytes; `functions` those that expressions may call beside the built-in ones; `profile` how strict (`engine.checks`).
    Raises DiagramErrors when something would be misread or cannot run; EngineError `xml` for what is no XML.
    """
    from engine.checks import check_diagrams  # noqa: PLC0415 - checks read diagrams by this module

    diagrams = read_diagrams(files, functions=functions)
    faults = [problem for problem in check_diagrams(diagrams, profile=profile, functions=functions or {}) if problem.severity == "error"]
    if faults:
        raise DiagramErrors(faults)
    return build(diagrams, files)


def stored_definitions(files: Mapping[str, bytes], *, functions: FunctionTable | None = None) -> Definitions:
    """The definitions of a stored deployment: it was found right when it was made, and what is refused since binds later ones only."""
    return build(read_diagrams(files, functions=functions), files)


def read_diagrams(files: Mapping[str, bytes], *, functions: FunctionTable | None = None) -> Diagrams:
    """Parse the diagrams among the files and read their elements. Raises EngineError `xml`."""
    roots = {path: parse_xml(content, file=path) for path, content in sorted(files.items()) if is_diagram(path)}
    processes: dict[str, ProcessInfo] = {}
    duplicates: list[tuple[str, str, int]] = []
    for path, root in roots.items():
        translate(root)
        references = read_references(root)
        for node in children(root, "process"):
            info = _read_process(node, path, references, duplicates)
            if info.key in processes:
                duplicates.append((path, info.key, line_of(node)))
            processes[info.key] = info
    return Diagrams(roots, processes, tuple(duplicates), *read_decisions(files, functions))


def build(diagrams: Diagrams, files: Mapping[str, bytes]) -> Definitions:
    """Make task specs of diagrams that have been found right. ``files``: all of the deployment."""
    executable = {key: info for key, info in diagrams.processes.items() if info.executable}
    parser = DiagramParser(executable, diagrams.decisions)
    for path, root in diagrams.roots.items():
        parser.add_bpmn_xml(root, filename=path)
    specs = {key: parser.get_spec(key) for key in executable}
    others = {path: content for path, content in files.items() if not is_diagram(path)}
    return Definitions(MappingProxyType(executable), MappingProxyType(specs), MappingProxyType(others), diagrams.decisions)


class _ProcessReader:
    """Reads a process with all that is nested in it."""

    def __init__(self, key: str, path: str, references: References) -> None:
        self.key = key
        self.path = path
        self.references = references
        self.elements: dict[str, ElementInfo] = {}
        self.flows: list[FlowInfo] = []
        self.duplicates: list[tuple[str, str, int]] = []

    def read(self, node: Xml, parent: str | None) -> None:
        """The elements and flows of a process or sub-process, and of those within it."""
        defaults = set()
        for child in flow_nodes(node):
            info = read_element(child, process=self.key, file=self.path, parent=parent, references=self.references)
            if info.id in self.elements or not info.id:
                self.duplicates.append((self.path, info.id, info.line))
            self.elements[info.id] = info
            defaults.add(child.get("default"))
            if local(child) in SUB_PROCESS_TYPES:
                self.read(child, info.id)
        for child in children(node, "sequenceFlow"):
            name = flow_id(child)
            condition = text_of(child, "conditionExpression")
            ends = (child.get("sourceRef", ""), child.get("targetRef", ""))
            self.flows.append(FlowInfo(name, *ends, condition, name in defaults, line_of(child), listeners_of(child)))


def _read_process(node: Xml, path: str, references: References, duplicates: list[tuple[str, str, int]]) -> ProcessInfo:
    key = node.get("id", "")
    reader = _ProcessReader(key, path, references)
    reader.read(node, None)
    duplicates += reader.duplicates
    elements = reader.elements
    triggers = tuple(
        StartTrigger(
            info.id, info.event.kind, _always(info.event.name or ""), info.properties.get("correlation"), info.event.text or "", info.event.timer
        )
        for element in elements.values()
        for info in element.parts
        if info.type == "startEvent" and info.parent is None and info.event is not None and info.event.kind != "none"
    )
    calls = frozenset(info.called for info in elements.values() if info.called)
    executable = node.get("isExecutable") == "true"
    if executable and not key:
        duplicates.append((path, key, line_of(node)))
    return ProcessInfo(
        key,
        node.get("name", key),
        path,
        elements,
        tuple(reader.flows),
        triggers,
        calls,
        executable,
        _handlers(node, elements),
        listeners_of(node),
        node.get(CAMUNDA + "versionTag"),
    )


def _always(name: str) -> str:
    """The name of what begins an instance, before there are variables; one that needs them is refused by the checks."""
    return constant(name) or name


def _handlers(node: Xml, elements: Mapping[str, ElementInfo]) -> Mapping[str, str]:
    """Compensation boundary event -> the activity that an association leads to, whichever way it was drawn."""
    ends = [(each.get("sourceRef", ""), each.get("targetRef", "")) for each in node.iter(BPMN + "association")]
    both = [*ends, *(pair[::-1] for pair in ends)]
    return {
        event: handler for event, handler in both if handler in elements and event in elements and elements[event].type == "boundaryEvent"
    }
