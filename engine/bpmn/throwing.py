"""Events that throw, and how errors, escalations, signals and cancellations find who catches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import mapped
from engine.bpmn.compensation import abandon, came_back, compensate
from engine.bpmn.effects import ErrorThrown, Thrown
from engine.bpmn.elements import EventInfo
from engine.bpmn.events import correlation
from engine.bpmn.instance import Instance
from engine.bpmn.loops import MultiInstance
from engine.bpmn.spec import Flow
from engine.bpmn.tasks import Working
from engine.bpmn.token import Region, Token
from engine.expressions.functions import as_text

_UNDOING = frozenset({"compensate", "cancel"})
_BESIDE = "undoing_beside"  # a token that stands for what a throw event has undone without waiting


class _Thrower(Working):
    """Throws when it is run; with a topic it waits for a handler that does the throwing."""

    def _run_hook(self, token: Token) -> bool | None:
        event = self.info.event
        if _BESIDE in token.internal_data:
            self._done_beside(token)
            return None
        if event is not None and event.kind in _UNDOING and not came_back(token) and self._undo(token, event):
            return None
        if self.info.topic is None and event is not None:
            throw(token, event)
        return super()._run_hook(token)

    def _undo(self, token: Token, event: EventInfo) -> bool:
        """Have what is completed undone, of a transaction that is cancelled all of it; whether the token has to wait for that."""
        top, region = token.top, token.workflow
        if event.kind == "cancel":
            top.clear(region, but=token, records=False)
        if event.waits:
            return compensate(token, event.activity)
        waiter = top.add(region, self, region.task_tree)  # keeps the process going until all is undone
        waiter.internal_data[_BESIDE] = True
        waiter._set_state(TaskState.STARTED)  # noqa: SLF001 - the library's own state
        if not compensate(waiter, event.activity):
            top.discard(waiter)
        return False

    def _done_beside(self, token: Token) -> None:
        """What nobody waited for has been undone: the token that stood for it goes without a word."""
        top, region = token.top, token.workflow
        top.discard(token)
        top.settle(region)

    def watches(self, token: Token) -> bool:
        """A token that stands for what is being undone has not entered the event."""
        return _BESIDE in token.internal_data

    def _on_cancel(self, token: Token) -> None:
        """What it was undoing goes with it."""
        if "undoing" in token.internal_data:
            abandon(token)


class ThrowEvent(_Thrower, defaults.IntermediateThrowEvent):
    """An intermediate throw event."""

    def event_name(self) -> str | None:
        """The name of its link, message or signal."""
        return self.info.event.name if self.info.event else None


class SendTask(_Thrower, defaults.SendTask):
    """Sends its message."""


class EndEvent(_Thrower, defaults.EndEvent):
    """Throws, and the token ends."""

    def choose(self, token: Token) -> list[Flow]:  # noqa: ARG002 - nothing leaves an end
        """No flow."""
        return []

    def _run_hook(self, token: Token) -> bool | None:
        """Throw; an error that nobody catches stands still at its end event until somebody passes over it."""
        event = self.info.event
        if event is None or event.kind != "error":
            return super()._run_hook(token)
        says = as_text(token.top.value(token, event.text)) if event.text else ""
        if token.internal_data.pop("passed", False) or throw_error(token, event.code or event.name or "", says):
            return True
        token.internal_data["uncaught"] = event.code or event.name or ""
        return None

    def leave(self, token: Token) -> None:
        """Errors, cancellations and terminations end more than this token."""
        kind = self.info.event.kind if self.info.event else "none"
        region, top = token.workflow, token.top
        if kind != "terminate":
            super().leave(token)
        elif self.tell(token, "end"):
            top.left(token)
            top.clear(region, but=token)
            top.discard(token)
            self._terminate(region)

    def _terminate(self, region: Region) -> None:
        """The scope that is empty now ends; with a farther reach what is around it ends, too."""
        top, reach = region.top_workflow, self.info.event.reach if self.info.event else ""
        body = region.host.parent if region.host is not None else None
        if reach == "all" and region is not top:
            top.clear(top)
            top.settle(top)
        elif reach == "loop" and body is not None and isinstance(body.task_spec, MultiInstance):
            body.task_spec.cut_short(body)
        else:
            top.settle(region)


def throw(token: Token, event: EventInfo) -> None:
    """Do what the event definition says."""
    top = token.top
    if event.kind in {"message", "signal"} and event.name:
        name = as_text(top.value(token, event.name or ""))
        payload = payload_of(token)
        key = correlation(token, token.task_spec.info) if event.kind == "message" else _key_passed(token)
        if event.reach != "instance":
            top.events.append(Thrown(event.kind, name, key, payload, token.task_spec.info.id))
        if event.kind == "signal":
            broadcast(top, name, payload)
    elif event.kind == "escalation":
        if not escalate(token, event.code or event.name or "", payload_of(token)):
            _pass_back(token.workflow, top)
    elif event.kind == "multiple":
        for part in event.parts:
            throw(token, part)
    elif event.kind == "cancel":
        catcher = _on_activity(token.workflow.host, "cancel", "")
        if catcher is not None:
            catcher.task_spec.caught(catcher, {})


def payload_of(token: Token) -> dict[str, Any]:
    """What a thrown event carries: the input parameters of its element, and what a signal's definition passes."""
    local, info = token.top.scopes.held.get(token.id, {}), token.task_spec.info
    return {item.name: local.get(item.name) for item in info.inputs} | mapped(token, info.mappings_in, token.chain())


def _key_passed(token: Token) -> str:
    """The business key that a signal's definition hands to what its start events begin."""
    keys = [mapping.business_key for mapping in token.task_spec.info.mappings_in if mapping.business_key]
    return as_text(token.top.value(token, keys[-1])) if keys else ""


def broadcast(top: Instance, name: str, payload: Mapping[str, Any]) -> None:
    """Let every catcher of a signal in this instance have it."""
    for token in list(top.index.values()):
        waits = token.internal_data.get("on") == "signal" and token.internal_data.get("name") == name
        if waits and token.alive and not token.internal_data.get("caught"):
            token.task_spec.caught(token, payload)


def throw_error(token: Token, code: str, message: str, *, own: bool = False) -> bool:
    """Find who catches a business error and let it; whether somebody did. With `own`, events on the token's activity come first."""
    top = token.top
    catcher = _on_activity(token, "error", code) if own else None
    catcher = catcher or find_catcher(token.workflow, "error", code)
    element = token.task_spec.info.id
    caught_by = None if catcher is None else catcher.task_spec.event_info().id
    top.events.append(ErrorThrown(token.id, element, code, message, caught_by))
    if catcher is None:
        return False
    _pass_back(token.workflow, catcher.workflow)
    catcher.task_spec.caught(catcher, _error_variables(catcher.task_spec.event_info().event, code, message))
    return True


def escalate(token: Token, code: str, payload: Mapping[str, Any], *, own: bool = False) -> bool:
    """Find who catches an escalation and let it; whether somebody did. With `own`, events on the token's activity come first."""
    catcher = (_on_activity(token, "escalation", code) if own else None) or find_catcher(token.workflow, "escalation", code)
    if catcher is None:
        return False
    _pass_back(token.workflow, catcher.workflow)
    catcher.task_spec.caught(catcher, {**payload, **_error_variables(catcher.task_spec.event(), code, "")})
    return True


def _pass_back(region: Region, outermost: Region) -> None:
    """What is thrown leaves called processes on its way to where it is caught (or out of the instance): each passes back what its mappings say."""
    while region is not outermost and region.host is not None:
        if region.called:
            region.host.task_spec.pass_back(region.host)
        region = region.host.workflow


def _error_variables(event: EventInfo, code: str, message: str) -> dict[str, Any]:
    names = ((event.code_variable, code), (event.message_variable, message or None))
    return {name: value for name, value in names if name}


def find_catcher(region: Region, kind: str, code: str) -> Token | None:
    """Outwards from a region: its event sub-processes, then the boundary events of the activity it runs in, and so on.

    What an event sub-process throws on it does not catch itself, however often it may be started.
    """
    inner: Region | None = region
    within: Any = None
    while inner is not None:
        watchers = [token for token in inner.tasks.values() if token._parent is None and token is not inner.task_tree]  # noqa: SLF001
        found = _matching([token for token in watchers if token.task_spec is not within], kind, code)
        if found is not None or inner.host is None:
            return found
        found = _on_activity(inner.host, kind, code)
        if found is not None:
            return found
        within, inner = inner.host.task_spec, inner.host.workflow
    return None


def _on_activity(host: Token | None, kind: str, code: str) -> Token | None:
    """The boundary event of an activity (or of the multi-instance body it is an instance of) that catches it."""
    for token in _with_body(host):
        found = _matching([token.top.index[child] for child in token._children], kind, code)  # noqa: SLF001
        if found is not None:
            return found
    return None


def _with_body(host: Token | None) -> Iterator[Token]:
    if host is not None:
        yield host
        body = host.parent
        if body is not None and body is not host.workflow.task_tree:
            yield body


def _matching(tokens: list[Token], kind: str, code: str) -> Token | None:
    """The one for exactly this code, else the one for any: a definition without a code, as in Camunda."""
    catchers = [token for token in tokens if token.internal_data.get("on") == kind]
    events = [(token, token.task_spec.event()) for token in catchers]
    exact = [token for token, event in events if (event.code or event.name) == code]
    catch_all = [token for token, event in events if not event.code]
    return next(iter(exact + catch_all), None)
