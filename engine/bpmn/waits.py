"""What an instance waits for from outside, told token by token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.bpmn.compensation import is_record
from engine.bpmn.tasks import UserTask
from engine.bpmn.timers import Armed, from_micros
from engine.bpmn.token import Token

if TYPE_CHECKING:
    from engine.bpmn.elements import ElementInfo
    from engine.bpmn.events import Catcher
    from engine.bpmn.instance import Instance

_HEARD = frozenset({"message", "signal", "receive", "conditional"})


class Wait(NamedTuple):
    """One thing an instance waits for. `id` is stable over dump and load and unique in the instance.

    A tuple, for every command makes and compares all waits of its instance.
    """

    id: str
    kind: str
    element: str
    process: str
    name: str
    type: str
    attached_to: str | None = None
    due: datetime | None = None
    depends: frozenset[str] = frozenset()
    remaining: tuple[datetime, ...] = ()
    message: str | None = None
    correlation: str | None = None
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    form_key: str | None = None
    priority: int = 50
    follow_up: datetime | None = None
    description: str | None = None
    topic: str | None = None
    check: str | None = None
    within: str = ""
    origin: int | None = None  # the version it stands in, if a call activity chose another one than the instance's


def waits_of(instance: Instance) -> tuple[Wait, ...]:
    """Everything an instance waits for, oldest first."""
    found = [wait for token in instance.index.values() if (wait := _known(token)) is not None]
    return tuple(sorted(found, key=lambda wait: int(wait.id)))


def _known(token: Token) -> Wait | None:
    """The wait of a token, told anew only when something about the token has changed: of many that wait, one command moves a few."""
    region = token.workflow
    about = (token.task_spec, region, region.origin, token.internal_data)
    wait: Wait | None
    if token.waited is not None and token.waited[0] == about:
        wait = token.waited[1]
        return wait
    wait = _wait(token)
    token.waited = ((*about[:3], dict(token.internal_data)), wait)
    return wait


def _wait(token: Token) -> Wait | None:
    """The wait of a token, if it waits for something outside of the instance."""
    spec, facts = token.task_spec, token.internal_data
    if is_record(token):
        return None
    if "uncaught" in facts:
        return _base(token, "error", spec.info)
    if isinstance(spec, UserTask):
        return _user_wait(token, facts)
    if "topic" in facts:
        return _base(token, "service", spec.info, topic=facts["topic"], priority=facts.get("priority", 0))
    if facts.get("on") == "timer" or (facts.get("on") in _HEARD and "name" in facts):  # conditional ones of older states have none
        return None if facts.get("caught") else _event_wait(token, spec, facts)
    return None


def _base(token: Token, kind: str, info: ElementInfo, *, name: str | None = None, **more: Any) -> Wait:
    around = token.workflow.tasks.get(token._parent)  # noqa: SLF001 - the library's own structure
    attached = around.id if around is not None and around is not token.workflow.task_tree else None
    called = info.name if name is None else name
    region = token.workflow
    return Wait(
        token.id,
        kind,
        info.id,
        info.process,
        called,
        info.type,
        attached,
        check=info.check,
        within=region.within,
        origin=region.origin,
        **more,
    )


def _user_wait(token: Token, facts: Mapping[str, Any]) -> Wait:
    return _base(
        token,
        "user",
        token.task_spec.info,
        name=facts.get("name"),
        due=_instant(facts.get("due")),
        follow_up=_instant(facts.get("follow")),
        depends=frozenset(facts.get("depends", ())),
        assignee=facts.get("assignee"),
        candidate_users=tuple(facts.get("users", ())),
        candidate_groups=tuple(facts.get("groups", ())),
        form_key=facts.get("form"),
        priority=facts.get("priority", 50),
        description=facts.get("description", token.task_spec.info.documentation) or None,
    )


def _event_wait(token: Token, spec: Catcher, facts: Mapping[str, Any]) -> Wait:
    info, kind = spec.event_info(), facts["on"]
    if kind != "timer":
        return _base(token, kind, info, message=facts["name"], correlation=facts.get("key"))
    timer: Armed = facts["timer"]
    remaining = tuple(from_micros(rung) for rung in timer.get("more", ()))
    return _base(token, kind, info, due=from_micros(timer["due"]), depends=frozenset(timer["depends"]), remaining=remaining)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
