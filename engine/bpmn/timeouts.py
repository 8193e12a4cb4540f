"""Timeout listeners: a timer beside a user task, at which a listener is called; the task goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from engine.bpmn.elements import ElementInfo, EventInfo, Listener
from engine.bpmn.events import Catcher
from engine.bpmn.listeners import tell
from engine.bpmn.token import Token


class Timeout(Catcher, defaults.BoundaryEvent):
    """Hangs on a user task's token and is armed and disarmed with it; its element is the task's."""

    once = False
    listener: Listener

    def watches(self, token: Token) -> bool:  # noqa: ARG002 - always
        """It waits beside the task."""
        return True

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:  # noqa: ARG002 - a timer brings nothing
        """Call the listener; wait for the next rung or period, if there is one."""
        tell(token.workflow.tasks[token._parent], "timeout", [self.listener], throws=False)  # noqa: SLF001 - the library's own structure
        if not self.next_rung(token):
            token.top.discard(token)


def timeouts_of(process: Any, info: ElementInfo, task: str) -> tuple[Timeout, ...]:
    """The specs of a user task's timeout listeners; `task` is the name of its spec. They go by the listener's id from version to version."""
    found = []
    listeners = [each for each in info.listeners if each.event == "timeout"]
    for nth, each in enumerate(listeners, 1):
        event = EventInfo("timer", timer=each.timer, text=each.text, interrupting=False, attached_to=info.id)
        spec = Timeout(process, f"{task} [timeout {each.id or nth}]", event_definition=event, cancel_activity=False)
        spec.info, spec.listener = replace(info, event=event), each
        found.append(spec)
    return tuple(found)
