"""Plans: which element of one version becomes which of another. Compares what diagrams say; what an instance holds is looked at in `moving`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.bpmn.elements import ElementInfo, EventInfo, ProcessInfo
from engine.bpmn.reader import SUB_PROCESS_TYPES

_WAITING = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent", "callActivity", *SUB_PROCESS_TYPES})
_JOINING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"})
_THROWING = frozenset({"error", "compensate", "cancel"})  # end and throw events at which a token may stand still


@dataclass(frozen=True, slots=True)
class Instruction:
    """What stands at `source` goes on at `target`; `renew`: an event is armed anew from the target's text instead of keeping what it waits for."""

    source: str
    target: str
    renew: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The instructions for one process; `target` is the key of the process in the other version."""

    process: str
    target: str
    instructions: tuple[Instruction, ...] = ()

    def image(self, element: str) -> Instruction | None:
        """The instruction for an element of the source, if there is one."""
        return next((each for each in self.instructions if each.source == element), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """From one version to another (their numbers in the store): a route for every process whose instances go along, and variables that each gets."""

    source: int
    target: int
    routes: tuple[Route, ...]
    variables: Mapping[str, object] = field(default_factory=dict)

    def route(self, process: str) -> Route | None:
        """The route of a process; None when its instances stay."""
        return next((each for each in self.routes if each.process == process), None)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a plan, or one instance under it, cannot be moved: a code, the element of the source, a text in two languages; `token` stands there."""

    code: str
    process: str
    element: str
    zh: str
    en: str
    token: str = ""


def generate(process: ProcessInfo, target: ProcessInfo, *, renew: bool = False) -> Route:
    """The plan by equal ids of compatible elements; only those where a token can stand. With `renew` every event is armed anew."""
    found: dict[str, Instruction] = {}
    for info in process.elements.values():  # a sub-process stands before what is in it
        step = Instruction(info.id, info.id, renew and kinds_of(info) != ())
        if info.id in target.elements and _may_hold(info, process) and not list(_unlike(step, process, target, found, same_scope=True)):
            found[info.id] = step
    hosts = {name: each for name, each in found.items() if _host_goes_along(each, process, found)}
    return Route(process.key, target.key, tuple(hosts.values()))


def obstacles_of(route: Route, process: ProcessInfo, target: ProcessInfo) -> tuple[tuple[Instruction, Obstacle], ...]:
    """All that is wrong with a route, whatever instance it is used for."""
    by_source: dict[str, Instruction] = {}
    found: list[tuple[Instruction, Obstacle]] = []
    for step in route.instructions:
        if step.source in by_source:
            found.append(
                (
                    step,
                    _obstacle(
                        "MIG-TWICE", process, step, "在方案中出现了两次，请只保留一条", "stands twice in the plan: keep one instruction"
                    ),
                )
            )
        by_source.setdefault(step.source, step)
    for step in route.instructions:
        if step.source not in process.elements:
            found.append((step, _obstacle("MIG-SOURCE", process, step, "在原版本中不存在", "is not in the version that is left")))
        elif step.target not in target.elements:
            text = (f"的目标 {step.target} 在新版本中不存在", f"goes to {step.target}, which is not in the new version")
            found.append((step, _obstacle("MIG-TARGET", process, step, *text)))
        else:
            found += [(step, each) for each in _unlike(step, process, target, by_source)]
    return tuple(found)


def choices(element: str, route: Route, process: ProcessInfo, target: ProcessInfo) -> tuple[ElementInfo, ...]:
    """Where what stands at an element could go: the elements of the target that are like it."""
    images = {step.source: step for step in route.instructions}
    return tuple(info for info in target.elements.values() if not list(_unlike(Instruction(element, info.id), process, target, images)))


def kinds_of(info: ElementInfo) -> tuple[str, ...]:
    """The kinds of an element's event definitions; () for what is no event."""
    if info.event is None or info.event.kind == "none":
        return ()
    return tuple(part.kind for part in info.event.parts) or (info.event.kind,)


def _may_hold(info: ElementInfo, process: ProcessInfo) -> bool:
    """Whether a token can stand at the element when an instance has come to rest (also one that only remembers what can be undone)."""
    if info.type in _WAITING | _JOINING or info.loop is not None or info.topic is not None or info.for_compensation:
        return True
    if info.type == "startEvent":  # it says what its event sub-process waits for
        return info.parent is not None and process.elements[info.parent].triggered_by_event
    undone = {_event_of(process.elements[boundary]).attached_to for boundary in process.handlers}
    return info.id in undone or bool(_THROWING & set(kinds_of(info)))


def _event_of(info: ElementInfo) -> EventInfo:
    if info.event is None:
        raise AssertionError
    return info.event


def _host_goes_along(step: Instruction, process: ProcessInfo, found: Mapping[str, Instruction]) -> bool:
    info = process.elements[step.source]
    return info.event is None or info.event.attached_to is None or info.event.attached_to in found


def _unlike(
    step: Instruction, process: ProcessInfo, target: ProcessInfo, images: Mapping[str, Instruction], *, same_scope: bool = False
) -> Iterator[Obstacle]:
    """In what two elements differ so that nothing can go from the one to the other. With `same_scope` no sub-process is put around it or taken away."""
    old, new = process.elements[step.source], target.elements[step.target]
    if (old.type, old.triggered_by_event, old.for_compensation) != (new.type, new.triggered_by_event, new.for_compensation):
        text = (f"的类型由 {old.type} 变为 {new.type}，不能迁移", f"is {old.type} here and {new.type} there")
        yield _obstacle("MIG-TYPE", process, step, *text)
    elif kinds_of(old) != kinds_of(new):
        before, after = ("+".join(kinds_of(each)) or "none" for each in (old, new))
        yield _obstacle(
            "MIG-EVENT", process, step, f"的事件由 {before} 变为 {after}，不能迁移", f"is a {before} event here and a {after} event there"
        )
    if (old.loop and old.loop.kind) != (new.loop and new.loop.kind):
        yield _obstacle("MIG-LOOP", process, step, "的循环方式不同，不能迁移", "loops in another way there")
    if (old.ad_hoc is None or old.ad_hoc.sequential) != (new.ad_hoc is None or new.ad_hoc.sequential):
        yield _obstacle("MIG-AD-HOC", process, step, "的特设顺序不同，不能迁移", "orders its activities in another way there")
    if _image_of(old.parent, images) != new.parent and (same_scope or not _scopes_fit(old, new, process, target, images)):
        yield _obstacle("MIG-SCOPE", process, step, "在新版本中位于另一个子流程", "lies in another sub-process there")
    host = old.event.attached_to if old.event else None
    if host is not None and host in images and new.event is not None and images[host].target != new.event.attached_to:
        yield _obstacle("MIG-HOST", process, step, "在新版本中附着于另一个活动", "is attached to another activity there")


def _image_of(parent: str | None, images: Mapping[str, Instruction]) -> str | None:
    """The sub-process that something must lie in; of one that does not go along: none that there is."""
    if parent is None:
        return None
    return images[parent].target if parent in images else "-"


def _scopes_fit(old: ElementInfo, new: ElementInfo, process: ProcessInfo, target: ProcessInfo, images: Mapping[str, Instruction]) -> bool:
    """Whether only plain sub-processes lie between: those that end without an instruction, and those that begin newly around it."""
    if not {old.type, new.type}.isdisjoint({"startEvent"}) or old.triggered_by_event or old.for_compensation:
        return False
    around = old.parent
    while around is not None and around not in images:
        if not _plain(process.elements[around]):
            return False
        around = process.elements[around].parent
    anchor, taken = None if around is None else images[around].target, {step.target for step in images.values()}
    around = new.parent
    while around != anchor:
        if around is None or around in taken or not _plain(target.elements[around]):
            return False
        around = target.elements[around].parent
    return True


def _plain(info: ElementInfo) -> bool:
    """A sub-process that holds a token of its own and begins and ends with what is in it."""
    return info.type in {"subProcess", "transaction"} and info.loop is None and not info.triggered_by_event and not info.for_compensation


def _obstacle(code: str, process: ProcessInfo, step: Instruction, zh: str, en: str) -> Obstacle:
    info = process.elements.get(step.source)
    name = info.name if info is not None and info.name else step.source
    return Obstacle(code, process.key, step.source, f"“{name}”{zh}", f"{step.source} {en}")


def edited(route: Route, changes: Mapping[str, str | None]) -> Route:
    """The route with some elements sent elsewhere; None: an element does not go along."""
    kept = [each for each in route.instructions if each.source not in changes]
    more = [Instruction(source, target) for source, target in changes.items() if target is not None]
    return replace(route, instructions=(*kept, *more))
