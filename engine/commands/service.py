"""Runs a turn to its next wait states and performs the database-only handlers on the way.

Failure rule: what fails before the act has reached its first new wait state rolls the act back (the exception goes on). A handler runs at a
wait state: if it, or what follows it, fails, its savepoint is rolled back, the token waits there and an incident says why.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError

from engine.bpmn.effects import ErrorThrown
from engine.bpmn.waits import Wait
from engine.commands.projection import row_id
from engine.commands.turn import Turn
from engine.commands.versions import GENERIC, Loaded
from engine.contract import BpmnError, Entry, TaskView
from engine.inputs import build
from engine.refusals import UnknownHandler
from store.database import is_conflict
from store.engine import outbound

TRACE = 8000  # characters of a trace that an incident keeps


def advance(turn: Turn) -> None:
    """Run to the next wait states; perform every database-only service task that a token reaches.

    In the run that would go beyond the limits, what the act has set going stands still, each token with an incident: tried again, it goes on from there.
    """
    beyond = turn.tx.begin_run()
    halted = turn.execution.halt() if beyond is not None else ()
    _step(turn, seen=_users(turn.before))
    if beyond is not None:
        for wait in turn.waits():
            if wait.id in halted:
                _error_at(turn, wait, beyond)
    go_on(turn)


def go_on(turn: Turn) -> None:
    """Perform every database-only service task at which a token newly waits, and what follows from it."""
    while (wait := _next_service(turn)) is not None:
        perform(turn, wait)


def perform(turn: Turn, wait: Wait) -> bool:
    """Perform a service task at which a token waits, in a savepoint; False if it failed and an incident was opened."""
    return attempt(turn, wait, lambda: _handle(turn, wait))


def attempt(turn: Turn, wait: Wait, work: Callable[[], Mapping[str, Any] | None]) -> bool:
    """Do ``work`` for a service wait in a savepoint, complete it with the outputs and go on.

    A BpmnError goes to its boundary, any other
    failure opens an incident (and gives False).
    """
    state, mark = turn.execution.dump(), turn.mark()
    try:
        with turn.tx.connection.begin_nested():
            seen = _users(turn.waits())
            outputs = work()
            turn.execution.complete(wait.id, variables=dict(outputs or {}))
            _step(turn, seen=seen)
    except BpmnError as error:
        return _to_boundary(turn, wait, error, state=state, mark=mark)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes an incident
        _stand_still(turn, wait, error, state=state, mark=mark)
        return False
    return True


def _handle(turn: Turn, wait: Wait) -> Mapping[str, Any] | None:
    entry = turn.home.registry.handlers.get(wait.topic or "")
    if entry is None:
        raise UnknownHandler(topic=wait.topic)
    return call_handler(turn, wait, entry)


def call_handler(turn: Turn, wait: Wait, entry: Entry, *, attempt: int = 1) -> Mapping[str, Any] | None:
    """Call a handler with its inputs: the element's input parameters, else all variables that the token sees."""
    seen = turn.execution.visible(wait.id)
    info = turn.execution.element(wait.id)
    given = {each.name: seen.get(each.name) for each in info.inputs} if info.inputs else seen
    context = turn.context(wait=wait, task=service_view(turn, wait), attempt=attempt)
    source = {**seen, **given} if entry.wants is not None else given
    outputs: Mapping[str, Any] | None = entry.function(context, build(entry.wants, source))
    return outputs


def _to_boundary(turn: Turn, wait: Wait, error: BpmnError, *, state: bytes, mark: Any) -> bool:
    turn.restore(state)
    turn.rewind(mark)
    try:
        with turn.tx.connection.begin_nested():
            if turn.execution.fail(wait.id, error_code=error.code, message=error.message):
                _step(turn, seen=_users(turn.waits()))
                return True
    except Exception as failure:  # noqa: BLE001 - what follows the boundary failed
        _stand_still(turn, wait, failure, state=state, mark=mark)
        return False
    _stand_still(turn, wait, error, state=state, mark=mark)
    return False


def _stand_still(turn: Turn, wait: Wait, error: Exception, *, state: bytes, mark: Any) -> None:
    if isinstance(error, DBAPIError) and is_conflict(error):
        raise error
    turn.restore(state)
    turn.rewind(mark)
    turn.stuck.add(wait.id)
    open_incident(turn, kind="service", subject=row_id(turn.root, wait.id), process=wait.process, element=wait.element, error=error)


def _error_at(turn: Turn, wait: Wait, error: Exception) -> None:
    open_incident(turn, kind="error", subject=row_id(turn.root, wait.id), process=wait.process, element=wait.element, error=error)


def open_incident(turn: Turn, *, kind: str, subject: str, process: str, element: str, error: Exception) -> str:
    """Open an incident in the turn's instance and note it in the history; its id."""
    incident = turn.home.ids()
    row = incident_row(error, id=incident, root=turn.root, kind=kind, subject=subject, process=process, element=element)
    outbound.add_incident(turn.tx.connection, {**row, "tenant": turn.row["tenant"], "created_at": turn.now})
    turn.row["troubles"] += 1
    turn.note("incident", process=process, element=element, data={"incident": incident, "code": row["code"], "message": row["message"]})
    return incident


def incident_row(error: Exception, **where: Any) -> dict[str, Any]:
    """The columns of an incident that tell what went wrong."""
    code = getattr(error, "code", None) or type(error).__name__
    trace = "".join(traceback.format_exception(error))[-TRACE:]
    empty = {"resolved_at": None, "resolved_by": None, "resolution": None, "reason": None}
    return {"code": str(code), "message": getattr(error, "zh", None) or str(error), "trace": trace, **empty, **where}


def _next_service(turn: Turn) -> Wait | None:
    known = {wait.id for wait in turn.before} | turn.stuck
    for wait in turn.waits():
        if wait.kind == "service" and wait.id not in known and not (turn.is_left_to_workers(wait) or turn.is_outside(wait)):
            return wait
    return None


def _users(waits: tuple[Wait, ...]) -> set[str]:
    return {wait.id for wait in waits if wait.kind == "user"}


def _step(turn: Turn, *, seen: set[str]) -> None:
    """Run to the next wait states, then call the create (and assignment) listeners of the user tasks that were born."""
    run_on(turn)
    for wait in turn.waits():
        if wait.kind == "user" and wait.id not in seen:
            variables = listen(turn, wait, "create", {})
            if wait.assignee is not None:
                variables.update(listen(turn, wait, "assignment", {}))
            if variables:
                turn.execution.set_variables(variables)
                run_on(turn)


def run_on(turn: Turn) -> None:
    """Run to the next wait states; an error end event whose error nobody caught stands still there, with an incident."""
    for event in turn.step().events:
        if isinstance(event, ErrorThrown) and event.caught_by is None:
            wait = turn.wait(event.token)
            if wait is not None:
                _error_at(turn, wait, BpmnError(event.code, event.message or f"nobody catches the error {event.code}"))


def listen(turn: Turn, wait: Wait, event: str, data: Mapping[str, Any], *, task: TaskView | None = None) -> dict[str, Any]:
    """Call a task's listeners of an event, in the diagram's order; what they give back, merged. Their refusals go on to the caller."""
    info = turn.execution.element(wait.id)
    found: dict[str, Any] = {}
    for name in info.listeners_of(event):
        found.update(call_listener(turn, name, wait, data, task=task) or {})
    return found


def call_listener(turn: Turn, name: str, wait: Wait | None, data: Mapping[str, Any], *, task: TaskView | None = None) -> Any:
    """Call one listener. Raises UnknownHandler, and whatever the listener refuses with."""
    # The house's listeners are for its own diagrams: those of others call nothing here.
    entry = None if turn.loaded.profile == GENERIC else turn.home.registry.listeners.get(name)
    if entry is None:
        raise UnknownHandler(listener=name)
    view = task if task is not None or wait is None else service_view(turn, wait)
    return entry.function(turn.context(wait=wait, task=view), build(entry.wants, data))


def loaded_of(turn: Turn, wait: Wait) -> Loaded:
    """The version that a wait's element and form stand in: the instance's own, or the one a call activity chose."""
    origin = turn.execution.version_of(wait.id)
    return turn.loaded if origin is None else turn.home.versions.load(turn.tx.connection, origin)


def service_view(turn: Turn, wait: Wait) -> TaskView:
    """A wait as a handler sees it as its task."""
    info = turn.execution.element(wait.id)
    return TaskView(
        id=row_id(turn.root, wait.id),
        root=turn.root,
        tenant=turn.row["tenant"],
        process=wait.process,
        element=wait.element,
        name=wait.name,
        business_key=turn.row["business_key"],
        form_key=wait.form_key,
        assignee=wait.assignee,
        candidate_users=wait.candidate_users,
        candidate_groups=wait.candidate_groups,
        priority=wait.priority,
        created_at=turn.now,
        due=wait.due,
        properties=info.properties,
    )
