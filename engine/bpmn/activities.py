"""Activities that hold a process of their own: embedded sub-processes, called processes, event sub-processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.effects import Called
from engine.bpmn.elements import Mapping_
from engine.bpmn.host import Call
from engine.bpmn.listeners import tell_process
from engine.bpmn.nodes import Node
from engine.bpmn.scopes import CALLED, COUNTERS
from engine.bpmn.spec import ProcessSpec
from engine.bpmn.token import Region, Scope, Token
from engine.errors import EngineError, limit_reached
from engine.expressions.functions import as_text


def begin(region: Region, *, start: Any = None) -> None:
    """Arm the event sub-processes of a region, then put a token on its start event (or on the one given)."""
    top = region.top_workflow
    tell_process(region, "start")
    listen(region)
    starts = [start] if start is not None else region.spec.starts
    for number, spec in enumerate(starts):
        top.arrive(region, spec, later=number > 0)
    top.settle(region)


def listen(region: Region) -> None:
    """Arm the event sub-processes of a region."""
    for spec in region.spec.event_sub_processes:
        spec.arm(region.top_workflow.add(region, spec, None))


def open_empty(around: Region, sub: Any) -> Scope:
    """A sub-process in which nothing stands yet but its watchers: somebody puts tokens into it."""
    top = around.top_workflow
    token = top.add(around, sub, around.task_tree)
    top.entered(token)
    sub.take_inputs(token)
    sub.tell(token, "start", throws=False)
    sub.watch(token)
    token._set_state(TaskState.STARTED)  # noqa: SLF001 - the library's own state
    region = top.subprocesses[token.id] = Scope(sub.inner, token, called=False)
    listen(region)
    return region


class SubProcess(Node, defaults.SubWorkflowTask):
    """An embedded sub-process (or a transaction)."""

    inner: ProcessSpec

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        self.open(token, self.inner, called=False)
        return False

    def open(self, token: Token, spec: ProcessSpec, *, called: bool, start: Any = None) -> None:
        """Begin the inner process. Raises EngineError `limit` when the nesting is too deep."""
        self.open_region(Scope(spec, token, called=called), start=start)

    def open_region(self, region: Scope, *, start: Any = None) -> None:
        """The same, of a region that has been made."""
        token: Token = region.host  # type: ignore[assignment]
        top = token.top
        if region.depth > top.surroundings.limits.depth:
            refusal = limit_reached("子流程嵌套层数", "nested sub-processes and calls", top.surroundings.limits.depth)
            refusal.stopped_at(token.task_spec.info.id)
            raise refusal
        top.subprocesses[token.id] = region
        begin(region, start=start)

    def inner_left(self, token: Token, region: Region) -> None:
        """An element of the inner process has been left and its tokens are on their way; ad-hoc sub-processes look whether that is enough."""

    def inner_done(self, token: Token, region: Region) -> None:
        """The inner process came to its end; it is kept if something in it can be undone."""
        if not region.all_tokens():
            del token.top.subprocesses[token.id]
        self.leave_if_alive(token)


class CallActivity(SubProcess, defaults.CallActivity):
    """Calls a process by its key, of this version or another; passes what its mappings say and nothing else."""

    def _update_hook(self, token: Token) -> bool:
        top, facts = token.top, token.internal_data
        facts["called"] = key = as_text(top.value(token, self.info.called or ""))
        origin = self._version_of(token, key)
        if origin is not None:
            facts["origin"] = origin
        spec, origin, processes = called_spec(token, key)
        for mapping in self.info.mappings_in:
            if mapping.business_key is not None:
                facts["business_key"] = as_text(top.value(token, mapping.business_key))
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        scope = token.id + CALLED
        top.scopes.held[scope] = {}
        for name, value in mapped(token, self.info.mappings_in, token.chain()).items():
            top.put(scope, name, value)
        region = Scope(spec, token, called=True)
        if origin is not None:
            region.of_version(origin, processes)
        given = facts.get("business_key")
        top.events.append(Called(token.id, self.info.process, self.info.id, key, region.origin, token.workflow.within, given))
        self.open_region(region)
        return False

    def _version_of(self, token: Token, key: str) -> int | None:
        """The version whose process is called; None: the same."""
        library, number = token.top.surroundings.library, self.info.called_version
        if library is None:
            return None
        number = None if number is None else as_text(token.top.value(token, number))
        return library.pick(Call(key, self.info.binding, number, token.workflow.origin))

    def inner_done(self, token: Token, region: Region) -> None:
        """Pass back what the mappings say, then go on."""
        self.pass_back(token)
        super().inner_done(token, region)

    def pass_back(self, token: Token) -> None:
        """Write outside what the mappings say of the called process; also when an error or escalation leaves it (as Camunda does)."""
        top, inside = token.top, [token.id + CALLED]
        top.write(token.chain(), mapped(token, [each for each in self.info.mappings_out if not each.local], inside))
        for name, value in mapped(token, [each for each in self.info.mappings_out if each.local], inside).items():
            top.put(token.id, name, value)


def called_spec(token: Token, key: str) -> tuple[ProcessSpec, int | None, Mapping[str, ProcessSpec]]:
    """The process that a call activity's token calls, with the version (None: that of the caller) and its processes. Raises EngineError."""
    origin: int | None = token.internal_data.get("origin")
    library = token.top.surroundings.library
    processes = token.workflow.processes if origin is None or library is None else library.specs(origin)
    spec = processes.get(key)
    if spec is None:
        raise EngineError("no_process", f"没有流程 {key}", f"{token.task_spec.info.id} calls a process that is not there: {key}", 422)
    return spec, origin, processes


def mapped(token: Token, mappings: Iterable[Mapping_], chain: list[str]) -> dict[str, Any]:
    """The variables that `camunda:in` or `camunda:out` pass; a source that is not there gives null.

    A local `in` passes only what the call activity itself holds.
    """
    top = token.top
    found: dict[str, Any] = {}
    for mapping in mappings:
        seen = chain[:1] if mapping.local else chain
        if mapping.all:
            found.update((name, value) for name, value in top.scopes.typed(seen).items() if name not in COUNTERS)
        elif mapping.expression is not None:
            found[mapping.target] = top.value(token, mapping.expression, seen)
        elif mapping.source is not None:
            found[mapping.target] = top.scopes.typed(seen).get(mapping.source)
    return found
