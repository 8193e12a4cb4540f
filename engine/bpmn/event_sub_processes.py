"""Event sub-processes: a watcher beside the tokens of its region, and the sub-process that it begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import SubProcess
from engine.bpmn.elements import ElementInfo, EventInfo
from engine.bpmn.events import Catcher
from engine.bpmn.token import Region, Token


class EventSubProcess(SubProcess, Catcher, defaults.EventSubprocess):
    """An event sub-process: a watcher beside the tokens of its region; when caught, a sub-process.

    Of several that may run beside each other each has the payload in its own scope; that of one that interrupts goes where that of any event goes.
    """

    start: Any = None
    joins = False

    @property
    def once(self) -> bool:  # type: ignore[override]
        """As for boundary events."""
        return self.event().interrupting

    def event(self) -> EventInfo:
        """The definition of its start event."""
        info: ElementInfo = self.start.info
        if info.event is None:
            raise AssertionError
        return info.event

    def event_info(self) -> ElementInfo:
        """Its start event."""
        info: ElementInfo = self.start.info
        return info

    def watches(self, token: Token) -> bool:
        """The watcher has not entered the sub-process."""
        return token._parent is None  # noqa: SLF001

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Start, once or each time."""
        top, region = token.top, token.workflow
        given = self.tick(token)
        if self.event().interrupting and not self.event_info().outputs:
            top.write(token.outer(), payload)
        else:
            given = {**payload, **given}
        if not self.once and self.event().kind == "timer" and not self.next_rung(token):
            top.discard(token)
        self.begin_in(region, given)

    def begin_in(self, region: Region, given: Mapping[str, Any]) -> None:
        """From its start event, with variables of its own; an interrupting one ends everything else in its region first."""
        top = region.top_workflow
        runner = top.add(region, self, region.task_tree)
        if self.once:
            top.clear(region, but=runner, records=False)
        self.run(runner, given)

    def run(self, runner: Token, given: Mapping[str, Any] | None = None) -> None:
        """The sub-process itself, from its start event."""
        top = runner.top
        top.entered(runner)
        for name, value in (given or {}).items():
            top.put(runner.id, name, value)
        self.take_inputs(runner)
        if not self.tell(runner, "start"):
            return
        runner._set_state(TaskState.STARTED)  # noqa: SLF001
        self.open(runner, self.inner, called=False, start=self.start)
