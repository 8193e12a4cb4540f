"""Events that catch: intermediate and boundary events, receive tasks, start events, and the watchers of event sub-processes.

An armed catcher is a waiting token whose `internal_data` says what it waits for: `on` (message, signal, timer, …) and
`name`, `key` or `timer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.compensation import handled, is_record
from engine.bpmn.effects import FlowTaken, TimerSkipped
from engine.bpmn.elements import LIFETIME, ElementInfo, EventInfo
from engine.bpmn.listeners import call_listeners, throw_later
from engine.bpmn.nodes import Node, parameter_value
from engine.bpmn.timers import Armed, advance, arm, from_micros
from engine.bpmn.token import Token
from engine.contract import BpmnError
from engine.errors import EngineError
from engine.expressions import Context, ExpressionError
from engine.expressions.functions import as_text


class Catcher(Node):
    """What all catching events share: to be armed, to look again, to be caught."""

    once = True

    def event(self) -> EventInfo:
        """What it waits for."""
        if self.info.event is None:
            raise AssertionError
        return self.info.event

    def event_info(self) -> ElementInfo:
        """The element that carries the event definition: itself, or the start event of an event sub-process."""
        return self.info

    def arm(self, token: Token) -> None:
        """Begin to wait."""
        event, info = self.event(), self.event_info()
        token._set_state(TaskState.WAITING)  # noqa: SLF001 - the library's own state
        token.internal_data["on"] = event.kind
        if event.kind == "message":
            token.internal_data["key"] = correlation(token, info)
        if event.kind in {"message", "signal"}:
            token.internal_data["name"] = as_text(token.top.value(token, event.name or ""))
        elif event.kind == "timer":
            self.arm_timer(token, token.top.surroundings.now)
        elif event.kind == "conditional":
            token.internal_data["name"] = ""
            token.top.conditionals.add(token.id)
            token.top.scopes.dirty = True

    def arm_timer(self, token: Token, born: datetime) -> datetime | None:
        """Evaluate the timer's text (again) and keep its instants; the due instant, None when nothing is left to wait for."""
        top = token.top
        host_depends = self._depends_of_host(token)

        def context_at(instant: datetime) -> Context:
            context = top.context(token, now=instant)
            context.depends.update(host_depends)
            return context

        try:
            event = self.event()
            armed, skipped = arm(
                event.text or "", context_at, now=top.surroundings.now, born=born, once=self.once, repeats=event.timer == "cycle"
            )
        except EngineError as error:
            error.details.setdefault("element", self.event_info().id)
            raise
        if skipped:
            top.events.append(TimerSkipped(token.id, self.event_info().id, skipped))
        if armed is None:
            top.discard(token)
            return None
        token.internal_data["timer"] = armed
        return from_micros(armed["due"])

    def _depends_of_host(self, token: Token) -> list[str]:
        """A boundary timer may be computed from the due date of its task: then it depends on what that depends on."""
        around = token.workflow.tasks.get(token._parent)  # noqa: SLF001
        return [] if around is None else around.internal_data.get("depends", [])

    def own_names(self, token: Token) -> Mapping[str, Any] | None:
        """Those of the activity around it (`due`)."""
        around = token.workflow.tasks.get(token._parent)  # noqa: SLF001
        if around is None or around is token.workflow.task_tree:
            return None
        names: Mapping[str, Any] | None = around.task_spec.own_names(around)
        return names

    def next_rung(self, token: Token) -> bool:
        """After a timer fired and the catcher stays: wait for the next rung or period; whether there is one."""
        armed: Armed = token.internal_data["timer"]
        host = token.top.surroundings
        following = advance(armed, now=host.now, zone=host.zone)
        if following is None:
            return False
        token.internal_data["timer"] = following
        return True

    def look_again(self, token: Token, changes: set[tuple[str, str, str]]) -> None:
        """Variables changed: a conditional event is caught when its condition has become true.

        One that names its changes (`camunda:variableName`, `variableEvents`) is caught at each of them that it can see, if the condition holds then.
        """
        event, facts = self.event(), token.internal_data
        first, named = "held" not in facts, bool(event.variable or event.changes)
        seen = token.chain() if named else ()
        concerned = sum(scope in seen and name == (event.variable or name) and how in (event.changes or {how}) for scope, name, how in changes)
        if named and not concerned and not first:
            return
        holds, before = self._holds(token), facts.get("held", False)
        facts["held"] = holds
        times = concerned if named and not first else int(not before)
        for _ in range(times if holds else 0):
            if token.id in token.top.conditionals:
                self.caught(token, {})

    def _holds(self, token: Token) -> bool:
        """Whether the condition holds; one that reads a variable that is not there yet does not hold."""
        try:
            return token.top.holds(token, self.event().text or "")
        except ExpressionError as error:
            if error.code == "unknown_variable":
                return False
            raise

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:
        """What it waited for has happened."""
        raise NotImplementedError

    def tick(self, token: Token) -> dict[str, Any]:
        """What a timer that fires hands to the next element: its due instant and the number of the rung."""
        armed = token.internal_data.get("timer")
        if armed is None:
            return {}
        return {"timerDue": from_micros(armed["due"]), "timerRung": armed.get("rung", 1)}

    def receive(self, token: Token, payload: Mapping[str, Any], chain: list[str]) -> None:
        """Write a payload: with output parameters it is local to the event and they say where it goes, else the nearest scope."""
        if self.info.outputs:
            for name, value in payload.items():
                token.top.put(token.id, name, value)
        else:
            token.top.write(chain, payload)


def correlation(token: Token, info: ElementInfo) -> str:
    """The key of a message event: its property `correlation`, by default the business key."""
    text = info.properties.get("correlation")
    return token.workflow.business_key if text is None else as_text(token.top.value(token, text))


class CatchEvent(Catcher, defaults.IntermediateCatchEvent):
    """An intermediate catch event, or (behind an event-based gateway) one of several."""

    def _update_hook(self, token: Token) -> bool:
        if self.event().kind in {"none", "link"}:
            return True
        self.arm(token)
        return False

    def watches(self, token: Token) -> bool:
        """Behind an event-based gateway it has not been entered before it is caught."""
        return self._gateway(token) is not None

    def _gateway(self, token: Token) -> Token | None:
        """The event-based gateway that offers it."""
        around = token.workflow.tasks.get(token._parent)  # noqa: SLF001
        return around if around is not None and around is not token.workflow.task_tree and around.task_spec.offers else None

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Write the payload and go on; the other events behind the gateway go."""
        top, region = token.top, token.workflow
        gateway = self._gateway(token)
        if gateway is not None:
            top.events += [FlowTaken(flow.process, flow.id) for flow in gateway.task_spec.outgoing if flow.target is self]
            gateway._children.remove(token.id)  # noqa: SLF001
            token.parent = region.task_tree
            region.task_tree._children.append(token.id)  # noqa: SLF001
            region.live += 1
            top.left(gateway)
            top.discard(gateway)
            top.entered(token)
        top.conditionals.discard(token.id)
        self.receive(token, payload, token.outer())
        token.internal_data["caught"] = True
        if gateway is None or self.tell(token, "start"):
            top.ready(token)

    def given(self, token: Token) -> Mapping[str, Any] | None:
        """A timer hands on its instant."""
        return self.tick(token) or None


class ReceiveTask(CatchEvent):
    """Waits for a message; like an intermediate message event, but an activity. Without a message it waits until it is told to go on."""

    def _update_hook(self, token: Token) -> bool:
        self.arm(token)
        return False

    def arm(self, token: Token) -> None:
        """Begin to wait."""
        if self.event().kind == "none":
            token._set_state(TaskState.WAITING)  # noqa: SLF001 - the library's own state
            token.internal_data.update(on="receive", name="")
        else:
            super().arm(token)


class BoundaryEvent(Catcher, defaults.BoundaryEvent):
    """Hangs on an activity's token and is armed and disarmed with it."""

    attached: Any = None

    @property
    def once(self) -> bool:  # type: ignore[override]
        """A ladder that lies in the past fires only if it would interrupt."""
        return self.event().interrupting

    def watches(self, token: Token) -> bool:  # noqa: ARG002 - always
        """It waits beside the activity."""
        return True

    def caught(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Interrupt the activity, or start beside it; then on along the event's flows."""
        top, region = token.top, token.workflow
        host = region.tasks[token._parent]  # noqa: SLF001
        self.receive(token, payload, host.outer())
        self.take_inputs(token)
        self._outputs_beyond(token, host)
        given = self.tick(token)
        top.entered(token)
        thrown = self._told(token)
        flows = [] if thrown else self.choose(token)
        record = self._undone_by(host)
        if self.event().interrupting:
            top.cancel_token(host)
        elif not self._stays(token):
            top.discard(token)
        top.left(token)
        if thrown:
            throw_later(top.add(region, self, region.task_tree), "end", thrown)
            return
        lives_beside = not self.event().interrupting and self.info.properties.get(LIFETIME) == "activity"
        top.take(region, flows, given, beside=host.id if lives_beside else None)
        if record is not None:
            handled(record)

    def _told(self, token: Token) -> BpmnError | None:
        """Call the event's listeners; the business error that one threw: not the activity's events catch it, but what is around."""
        try:
            for event in ("start", "end"):
                call_listeners(token, event, self.info.listeners)
        except BpmnError as error:
            return error
        return None

    def _undone_by(self, host: Token) -> Token | None:
        """What a compensation handler undoes, if the event hangs on one and takes it away."""
        around = host.workflow.tasks.get(host._parent)  # noqa: SLF001
        return around if around is not None and is_record(around) and self.event().interrupting else None

    def _outputs_beyond(self, token: Token, host: Token) -> None:
        """Output parameters see payload and input parameters, and are written outside of the activity; what was local to the event goes."""
        top = token.top
        top.write(host.outer(), {item.name: parameter_value(top, token, item, None) for item in self.info.outputs})
        top.scopes.drop(token.id)

    def _stays(self, token: Token) -> bool:
        """Whether a non-interrupting event waits on."""
        return self.event().kind != "timer" or self.next_rung(token)


class StartEvent(Node, defaults.StartEvent):
    """Where a process begins; what triggered it has already happened."""
