"""Activities that hold a process of their own: embedded sub-processes, called processes, event sub-processes."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import Mapping_
from engine.bpmn.nodes import Node
from engine.bpmn.scopes import CALLED, COUNTERS
from engine.bpmn.spec import ProcessSpec
from engine.bpmn.token import Region, Scope, Token
from engine.errors import EngineError, limit_reached
from engine.expressions.functions import as_text


def begin(region: Region, *, start: Any = None) -> None:
    """Arm the event sub-processes of a region, then put a token on its start event (or on the one given)."""
    top = region.top_workflow
    for spec in region.spec.event_sub_processes:
        spec.arm(top.add(region, spec, None))
    starts = [start] if start is not None else region.spec.starts
    for spec in starts:
        top.arrive(region, spec)
    top.settle(region)


class SubProcess(Node, defaults.SubWorkflowTask):
    """An embedded sub-process (or a transaction)."""

    inner: ProcessSpec

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        self.open(token, self.inner, called=False)
        return False

    def open(self, token: Token, spec: ProcessSpec, *, called: bool, start: Any = None) -> None:
        """Begin the inner process. Raises EngineError `limit` when the nesting is too deep."""
        top = token.top
        region = Scope(spec, token, called=called)
        if region.depth > top.surroundings.limits.depth:
            raise limit_reached("子流程嵌套层数", "nested sub-processes and calls", top.surroundings.limits.depth)
        top.subprocesses[token.id] = region
        begin(region, start=start)

    def inner_done(self, token: Token, region: Region) -> None:  # noqa: ARG002 - called processes read it
        """The inner process came to its end."""
        del token.top.subprocesses[token.id]
        self.leave(token)


class CallActivity(SubProcess, defaults.CallActivity):
    """Calls a process of the same version by its key; passes what its mappings say and nothing else."""

    def _update_hook(self, token: Token) -> bool:
        top = token.top
        key = as_text(top.value(token, self.info.called or ""))
        spec = top.processes.get(key)
        if spec is None:
            raise EngineError("no_process", f"没有流程 {key}", f"{self.info.id} calls a process that is not there: {key}", 422)
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        token.internal_data["called"] = key
        chain = token.chain()
        scope = token.id + CALLED
        top.scopes.held[scope] = {}
        for name, value in mapped(token, self.info.mappings_in, chain).items():
            top.put(scope, name, value)
        self.open(token, spec, called=True)
        return False

    def inner_done(self, token: Token, region: Region) -> None:
        """Pass back what the mappings say, then go on."""
        values = mapped(token, self.info.mappings_out, [token.id + CALLED])
        token.top.write(token.chain(), values)
        super().inner_done(token, region)


def mapped(token: Token, mappings: tuple[Mapping_, ...], chain: list[str]) -> dict[str, Any]:
    """The variables that `camunda:in` or `camunda:out` pass; a source that is not there gives null."""
    top = token.top
    found: dict[str, Any] = {}
    for mapping in mappings:
        if mapping.all:
            found.update((name, value) for name, value in top.scopes.flat(chain).items() if name not in COUNTERS)
        elif mapping.expression is not None:
            found[mapping.target] = top.value(token, mapping.expression, chain)
        elif mapping.source is not None:
            found[mapping.target] = top.scopes.flat(chain).get(mapping.source)
    return found
