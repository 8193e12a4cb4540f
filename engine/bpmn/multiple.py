"""An intermediate event with several definitions: caught by any of them, or (`parallelMultiple`) when all have been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import Catcher, CatchEvent
from engine.bpmn.token import Token


class CatchPart(Catcher, defaults.IntermediateCatchEvent):
    """One of the definitions; its token hangs on that of the event."""

    def watches(self, token: Token) -> bool:  # noqa: ARG002 - always
        """It waits for the event, which has been entered already."""
        return True

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Tell the event."""
        whole = token.workflow.tasks[token._parent]  # noqa: SLF001 - the library's own structure
        whole.task_spec.part_caught(whole, token, payload)


class MultipleCatch(CatchEvent):
    """The event itself: waits beside its parts."""

    parts: tuple[CatchPart, ...] = ()

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.WAITING)  # noqa: SLF001
        for part in self.parts:
            part.arm(token.top.add(token.workflow, part, token))
        return False

    def part_caught(self, token: Token, part: Token, payload: Mapping[str, Any]) -> None:
        """Write the payload; go on unless other parts are still to be caught."""
        top = token.top
        self.receive(token, payload, token.outer())
        if "timer" in part.internal_data:
            token.internal_data["timer"] = part.internal_data["timer"]  # its instant is handed on
        top.discard(part)
        if self.event().parallel and token._children:  # noqa: SLF001
            return
        for other in token._children[:]:  # noqa: SLF001
            top.discard(top.index[other])
        top.ready(token)
