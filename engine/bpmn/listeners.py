"""Listeners: what a diagram wants done when a token comes, goes or is taken away, and when a process begins or ends.

A script listener assigns variables; a named one is a function of the host's (`Host.listener`), called at once, in the order of the diagram: it
sees the variables as they are then, what it gives back is written as the token would. A business error is thrown by the token, as if its element
had thrown it (of a boundary event: what is around its activity catches it); where nothing can catch it (a process's own listeners, what is
taken away) it refuses the whole act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.contract import BpmnError
from engine.errors import EngineError
from engine.expressions import compile_script, own_names

if TYPE_CHECKING:
    from engine.bpmn.elements import ElementInfo, Listener
    from engine.bpmn.instance import Instance
    from engine.bpmn.token import Region, Token

THROWN = "thrown"
FAILED = "failed"  # the event at which a listener threw: it is not told once more


class Occasion(NamedTuple):
    """What a named listener is called for. `element` is None for the process itself; `variables` are those that the token sees."""

    name: str
    event: str
    token: str
    process: str
    element: ElementInfo | None
    variables: Mapping[str, Any]
    facts: Mapping[str, Any]


def tell(token: Token, event: str, listeners: Iterable[Listener], *, throws: bool = True) -> bool:
    """Call an element's or a flow's listeners of one event; False if one threw: then the token is on its way to throw it.

    Without `throws` a business error refuses the act (EngineError `uncaught`).
    """
    try:
        call_listeners(token, event, listeners)
    except BpmnError as error:
        if not throws:
            raise _nobody_catches(error, token.task_spec.info.id) from error
        throw_later(token, event, error)
        return False
    return True


def call_listeners(token: Token, event: str, listeners: Iterable[Listener]) -> None:
    """Call those of one event, but not those that threw before. Raises BpmnError."""
    chosen = [each for each in listeners if each.event == event and event != token.internal_data.get(FAILED)]
    for each in chosen:
        _call(token.top, each, token, token.chain())


def throw_later(token: Token, event: str, error: BpmnError) -> None:
    """The token throws, when it is run, what a listener of an event has thrown."""
    facts = token.internal_data
    facts[THROWN], facts[FAILED] = [event, error.code, error.message], event
    token.top.ready(token)


def tell_process(region: Region, event: str) -> None:
    """Call a process's own listeners: it begins or ends."""
    if not region.spec.listeners or (region.host is not None and not region.called):
        return
    try:
        for each in region.spec.listeners:
            if each.event == event:
                _call(region.top_workflow, each, region.task_tree, region.task_tree.chain()[1:])
    except BpmnError as error:
        raise _nobody_catches(error, region.spec.name) from error


def run_scripts(token: Token, event: str) -> None:
    """Run the script listeners of a user task; the named ones are called by whoever does the act."""
    for each in token.task_spec.info.listeners:
        if each.event == event and each.script is not None:
            assign(token.top, each.script, token, token.chain())


def rethrow(token: Token) -> None:
    """A listener's business error looks for who catches it. Raises EngineError `uncaught` where nobody does."""
    from engine.bpmn.throwing import throw_error  # noqa: PLC0415 - events are nodes, and nodes call listeners

    event, code, message = token.internal_data.pop(THROWN)
    if event == "take":  # it has not come to its element yet
        token.top.discard(token)
    elif event == "start":
        token.task_spec.watch(token, only="error")
    if not throw_error(token, code, message, own=event != "take"):
        raise _nobody_catches(BpmnError(code, message), token.task_spec.info.id)


def _call(top: Instance, listener: Listener, token: Token, chain: list[str]) -> None:
    if listener.script is not None:
        assign(top, listener.script, token, chain)
        return
    call, info = top.surroundings.listener, getattr(token.task_spec, "info", None)
    if call is None:
        raise EngineError("no_listener", f"没有监听器 {listener.name}", f"there is nobody to call the listener {listener.name}", 422)
    process = token.workflow.spec.name if info is None else info.process
    seen = top.scopes.flat(chain)
    given = call(Occasion(listener.name, listener.event, token.id, process, info, seen, token.internal_data))
    top.write(chain, given or {})


def assign(top: Instance, script: str, token: Token, chain: list[str]) -> None:
    """Run a script: each line's value goes to the nearest scope of the chain that has its name; names of the script's own go nowhere."""
    own = own_names(script)
    known: dict[str, Any] = {}
    for name, compiled in compile_script(script):
        value = compiled(top.context(token, chain, given=known))
        if name in own:
            known[name] = value
        else:
            top.write(chain, {name: value})


def _nobody_catches(error: BpmnError, place: str) -> EngineError:
    zh = f"“{place}”的监听器抛出业务错误 {error.code}，没有人处理：{error.message}"
    return EngineError("uncaught", zh, f"a listener of {place} throws {error.code}, which nobody catches: {error.message}", 422, element=place)
