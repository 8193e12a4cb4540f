"""Compensation: what a completed activity leaves behind so that it can be undone, and the undoing.

A **record** is the token of a completed activity that stays beside the others (`on: "compensate"`, no parent): it keeps nothing alive and
holds the activity's own variables as they were. A completed sub-process keeps its region with the records in it: undoing it means undoing those, unless it
has a handler. The watcher of a compensation event sub-process becomes the record of its whole region once that has come to its end.

Who throws begins all handlers, newest activity first (BPMN 2.0, 10.7), and waits for their count (`undoing`) to come down. A record that is being
undone knows by whom (`by`); each is undone once. A handler that its own boundary event interrupts has done what it could: the record counts as undone; what
the event leads to goes on beside, in a completed sub-process until it has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.scopes import CALLED

if TYPE_CHECKING:
    from engine.bpmn.token import Region, Token

RECORD = "compensate"


def is_record(token: Token) -> bool:
    """Whether the token only remembers what can be undone."""
    return token.internal_data.get("on") == RECORD


def retire(token: Token) -> None:
    """The activity is completed and can be undone: its token becomes a record. Of an instance of a loop it counts once the loop is done."""
    top, region = token.top, token.workflow
    for child in token._children[:]:  # noqa: SLF001 - the library's own structure
        top.discard(top.index[child])
    top.end_beside(token)
    around = region.tasks[token._parent]  # noqa: SLF001
    around._children.remove(token.id)  # noqa: SLF001
    top.counter += 1
    facts = {"on": RECORD, "done": top.counter}
    if around is region.task_tree:
        region.live -= 1
    else:
        facts["body"] = around.id
    token._parent = None  # noqa: SLF001
    token.internal_data = facts
    token._set_state(TaskState.COMPLETED)  # noqa: SLF001
    top.scopes.held.pop(token.id + CALLED, None)
    top.removed.append(token.id)


def forget_loop(body: Token) -> None:
    """A loop was interrupted: what its instances did cannot be undone any more."""
    for token in body.workflow.all_tokens():
        if is_record(token) and token.internal_data.get("body") == body.id:
            body.top.discard(token)


def compensate(thrower: Token, activity: str | None = None) -> bool:
    """Undo the completed activities (or one) of the scope that the thrower is in; whether it has to wait for that."""
    regions = _scopes(thrower.workflow)
    found = [record for region in regions for record in _records(region) if activity in {None, record.task_spec.info.id}]
    return _undo(found, thrower)


def came_back(thrower: Token) -> bool:
    """Whether what the thrower waited for has been undone."""
    return thrower.internal_data.pop("undoing", None) is not None


def abandon(thrower: Token) -> None:
    """The thrower is taken away: so is what it was undoing."""
    for token in list(thrower.top.index.values()):
        if token.internal_data.get("by") == thrower.id:
            thrower.top.cancel_token(token)


def handled(record: Token) -> None:
    """A record has been undone; who waited for the last one goes on."""
    top = record.top
    waiter = top.index[record.internal_data["by"]]
    top.discard(record)
    if _one_less(waiter) == 0:
        if not is_record(waiter):
            top.ready(waiter)
        elif _at_rest(waiter):
            handled(waiter)


def came_to_rest(host: Token) -> None:
    """What a boundary event of a handler began in a completed sub-process has ended: nothing may be left to wait for."""
    if host.internal_data.get("undoing") == 0 and _at_rest(host):
        handled(host)


def _at_rest(record: Token) -> bool:
    """Whether nothing runs within a completed sub-process: boundary events of handlers may have begun something."""
    inner = record.top.subprocesses.get(record.id)
    return inner is None or inner.live == 0


def _scopes(region: Region) -> list[Region]:
    """Where a throw event looks: its own region; from an event sub-process also the one that this watches over."""
    found = [region]
    while region.host is not None and region.host.task_spec.info.triggered_by_event:
        region = region.host.workflow
        found.append(region)
    return found


def _records(region: Region) -> list[Token]:
    """The completed activities of a region that nobody is undoing yet."""
    index = region.top_workflow.index
    free = [token for token in region.all_tokens() if is_record(token) and "by" not in token.internal_data]
    return [token for token in free if "done" in token.internal_data and token.internal_data.get("body") not in index]


def _watchers(region: Region) -> list[Token]:
    return [token for token in region.all_tokens() if is_record(token) and "done" not in token.internal_data]


def _undo(found: list[Token], waiter: Token) -> bool:
    """Begin the handlers, newest first; whether some are still at work afterwards. The one too many keeps the count up until all have begun."""
    if not found:
        return False
    waiter.internal_data["undoing"] = len(found) + 1
    found.sort(key=lambda record: -record.internal_data.get("done", 0))
    for record in found:
        record.internal_data["by"] = waiter.id
    for record in found:
        _begin(record)
    return _one_less(waiter) > 0


def _one_less(waiter: Token) -> int:
    waiter.internal_data["undoing"] -= 1
    left: int = waiter.internal_data["undoing"]
    return left


def _begin(record: Token) -> None:
    """An event sub-process runs, a handler runs, or what is within is undone."""
    top, region, spec = record.top, record.workflow, record.task_spec
    if "done" not in record.internal_data:
        spec.run(top.add(region, spec, record))
    elif spec.handler is not None:
        spec.handler._update(top.add(region, spec.handler, record))  # noqa: SLF001 - the library's hook
    else:
        inner = top.subprocesses[record.id]
        if not _undo(_watchers(inner) or _records(inner), record):
            handled(record)
