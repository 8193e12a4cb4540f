"""Tells a task's listeners that something about the task has changed: who holds it, when it is due."""

from engine.bpmn.waits import Wait
from engine.commands.service import listen
from engine.commands.turn import Turn
from engine.contract import TaskView


def tell_change(turn: Turn, wait: Wait, view: TaskView, event: str) -> bool:
    """Call the listeners of ``update`` or ``assignment`` with the task as it has become; whether they changed variables (then ``advance`` next)."""
    variables = listen(turn, wait, event, {}, task=view)
    turn.execution.set_variables(variables)
    turn.execution.run_scripts(wait.id, event)
    return bool(variables) or any(each.script is not None and each.event == event for each in turn.execution.element(wait.id).listeners)
