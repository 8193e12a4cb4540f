"""Checks of events that wait for the same at the same place: where only one of them could ever be caught, nobody could say which."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeAlias

from engine.bpmn.elements import ElementInfo, ProcessInfo
from engine.checks_problem import Problem, Profile, Severity

Place: TypeAlias = "tuple[str, str | None]"
_FOR_ONE = frozenset({"message", "error", "escalation", "cancel"})  # goes to one catcher; a signal and a condition are for all who wait
_CHOSEN = frozenset({"message", "signal"})  # what an event-based gateway cannot offer twice


def check_rivals(process: ProcessInfo, profile: Profile) -> Iterator[Problem]:
    """Boundary events of one activity, event sub-processes of one scope, events behind one gateway.

    Camunda refuses the same but for errors, of which it takes one: there, in diagrams of others, it is a warning, and the first is taken.
    """
    groups: dict[tuple[Place, Hashable], list[ElementInfo]] = {}
    for info in process.elements.values():
        for place in _places(process, info):
            for part in info.parts:
                groups.setdefault((place, _awaited(part)), []).append(part)
    for ((where, _), _), found in groups.items():
        kind = found[0].event.kind if found[0].event is not None else ""
        if len(found) > 1 and _rivals(where, kind, found):
            yield from (_problem(info, kind, profile) for info in found[1:])


def check_message_starts(processes: Iterable[ProcessInfo]) -> Iterator[Problem]:
    """A message begins an instance of one process, at one of its start events."""
    known: set[str] = set()
    for process in processes:
        for trigger in process.triggers_of("message"):
            if trigger.name in known:
                yield _problem(process.elements[trigger.element], "message", "season")
            known.add(trigger.name)


def _places(process: ProcessInfo, info: ElementInfo) -> Iterator[Place]:
    """Where an event waits beside others."""
    around = process.elements.get(info.parent or "")
    if info.event is None:
        return
    if info.type == "boundaryEvent":
        yield "boundary", info.event.attached_to
    elif info.type == "startEvent" and around is not None and around.triggered_by_event:
        yield "scope", around.parent
    elif info.type in {"intermediateCatchEvent", "receiveTask"}:
        sources = (process.elements.get(flow.source) for flow in process.flows if flow.target == info.id)
        yield from (("gateway", source.id) for source in sources if source is not None and source.type == "eventBasedGateway")


def _awaited(info: ElementInfo) -> Hashable:
    """What an event waits for, as far as it can be told before anything runs."""
    event = info.event
    if event is None:
        return None
    if event.kind in {"message", "signal"}:
        return event.kind, event.name, info.properties.get("correlation") if event.kind == "message" else None
    if event.kind in {"error", "escalation"}:
        return event.kind, event.code
    return event.kind, event.text, event.variable, event.changes


def _rivals(where: str, kind: str, found: list[ElementInfo]) -> bool:
    if where == "gateway":
        return kind in _CHOSEN
    interrupts = any(info.event is not None and info.event.interrupting for info in found)
    return kind in _FOR_ONE or (interrupts and (kind == "signal" or (kind == "conditional" and where == "scope")))


def _problem(info: ElementInfo, kind: str, profile: Profile) -> Problem:
    zh, en = f"同一处已有另一个相同的 {kind} 事件，只有一个会被触发", f"another event waits for the same {kind} here: only one of them could be caught"
    severity: Severity = "warning" if kind == "error" and profile == "generic" else "error"
    return Problem("BPMN-RIVAL", severity, info.file, info.id, info.line, zh, en, f"{kind}Ref, correlation" if kind == "message" else "")
