"""What sets off the start events of a process: timers armed and conditions looked at before there is an instance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.bpmn.elements import StartTrigger
from engine.bpmn.host import Host
from engine.bpmn.timers import Armed, advance, arm
from engine.errors import EngineError
from engine.expressions import Context, ExpressionError, as_condition, evaluate


def arm_start(trigger: StartTrigger, host: Host) -> Armed:
    """The timer of a start event, armed at `host.now`. Raises ExpressionError; EngineError `timer` when nothing is left to wait for."""
    repeats = trigger.timer == "cycle"
    armed, _ = arm(trigger.text, lambda instant: _context(host, {}, instant), now=host.now, born=host.now, once=True, repeats=repeats)
    if armed is None:
        raise EngineError("timer", "定时启动事件没有时间", f"the timer of {trigger.element} names no instant", 422, element=trigger.element)
    return armed


def next_start(armed: Armed, host: Host) -> Armed | None:
    """After it began an instance: when it begins the next one, or None."""
    return advance(armed, now=host.now, zone=host.zone)


def holds(trigger: StartTrigger, variables: Mapping[str, object], host: Host) -> bool:
    """Whether the condition of a start event holds for these variables; one that reads others does not.

    Raises ExpressionError, `condition.not_boolean` unless the condition says true or false itself.
    """
    try:
        return as_condition(evaluate(trigger.text, _context(host, variables, host.now)), text=trigger.text, element=trigger.element)
    except ExpressionError as error:
        if error.code == "unknown_variable":
            return False
        error.details.update(element=trigger.element, expression=trigger.text)
        raise


def _context(host: Host, variables: Mapping[str, object], now: datetime) -> Context:
    return Context(variables, now=now, zone=host.zone, functions=host.functions, business_key=host.business_key)
