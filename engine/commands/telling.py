"""Calls the named listeners that a diagram wants called while a token moves; task listeners of people's acts are called by the acts themselves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn.listeners import Occasion
from engine.bpmn.timers import from_micros
from engine.commands.projection import row_id
from engine.commands.rights import task_view
from engine.commands.versions import GENERIC
from engine.contract import BpmnError, Context, InstanceView, TaskView
from engine.inputs import build
from engine.refusals import UnknownHandler
from store.engine import hot

if TYPE_CHECKING:
    from engine.commands.turn import Turn


def hear(turn: "Turn", occasion: Occasion) -> Mapping[str, Any] | None:
    """Call one listener in a savepoint: of one that throws a business error nothing stays. Raises UnknownHandler and whatever it refuses with.

    It gets the element's input parameters, else all variables that the token sees.
    """
    entry = None if turn.loaded.profile == GENERIC else turn.home.registry.listeners.get(occasion.name)
    if entry is None:
        raise UnknownHandler(listener=occasion.name)
    names = () if occasion.element is None else tuple(each.name for each in occasion.element.inputs)
    given = {name: occasion.variables.get(name) for name in names} if names and entry.wants is None else occasion.variables
    mark = turn.outbox.mark()
    try:
        with turn.tx.connection.begin_nested():
            outputs: Mapping[str, Any] | None = entry.function(_context(turn, occasion), build(entry.wants, given))
    except BpmnError:
        turn.outbox.rewind(mark)
        raise
    return outputs


def _context(turn: "Turn", occasion: Occasion) -> Context:
    row = turn.row
    return Context(
        now=turn.now,
        actor=turn.actor,
        received=turn.received,
        instance=InstanceView(turn.root, row["process"], row["business_key"], row["tenant"], turn.loaded.number, occasion.variables),
        task=_view(turn, occasion),
        facts=turn.facts,
        settings=turn.loaded.settings,
        outgoing=turn.outbox,
    )


def _view(turn: "Turn", occasion: Occasion) -> TaskView | None:
    """The element that the token is at, as a task; None where the process itself begins or ends."""
    info, facts = occasion.element, occasion.facts
    if info is None:
        return None
    if occasion.event in {"timeout", "delete"}:
        row = hot.read_task.one(turn.tx.connection, {"task": row_id(turn.root, occasion.token)})
        if row is not None:  # who holds it now
            return task_view(row, properties=info.properties)
    due = facts.get("due")
    return TaskView(
        id=row_id(turn.root, occasion.token),
        root=turn.root,
        tenant=turn.row["tenant"],
        process=occasion.process,
        element=info.id,
        name=facts.get("name", info.name),
        business_key=turn.row["business_key"],
        form_key=facts.get("form"),
        assignee=facts.get("assignee"),
        candidate_users=tuple(facts.get("users", ())),
        candidate_groups=tuple(facts.get("groups", ())),
        priority=facts.get("priority", 50),
        created_at=turn.now,
        due=None if due is None else from_micros(due),
        properties=info.properties,
    )
