"""Where the tokens of an instance stand, as a tree: a walk over what is there. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.compensation import is_record
from engine.bpmn.elements import ElementInfo
from engine.bpmn.instance import Instance
from engine.bpmn.loops import MultiInstance, StandardLoop
from engine.bpmn.token import Region, Token

BODY = "#multiInstanceBody"


@dataclass(frozen=True, slots=True)
class Place:
    """A token at an element. `children` are the tokens inside it; `id` is the token's; `event` what kind of event it is ("" none at all)."""

    id: str
    element: str
    name: str
    type: str
    children: tuple[Place, ...] = ()
    event: str = ""


@dataclass(frozen=True, slots=True)
class CalledProcess:
    """A called process that runs: the token of its call activity, its key, its version (None: that of its caller), where it is called from.

    `business_key` is the one that the call gave it (None: it gave none).
    """

    token: str
    process: str
    version: int | None
    within: str
    business_key: str | None


def places(instance: Instance, within: str = "") -> tuple[Place, ...]:
    """The tokens of the instance, or of the process that the token `within` calls. What merely listens is not among them."""
    region: Region = instance if not within else instance.subprocesses[within]
    return tuple(_inside(instance, region))


def called_processes(instance: Instance) -> tuple[CalledProcess, ...]:
    """All called processes that run, however deep."""
    hosts = ((region, region.host) for region in instance.subprocesses.values() if region.called)
    return tuple(
        CalledProcess(host.id, region.spec.name, region.origin, host.workflow.within, host.internal_data.get("business_key"))
        for region, host in hosts
    )


def standing(instance: Instance) -> Iterator[tuple[Place, str]]:
    """Every token in which no other stands, in the instance and in what it calls, each with the call activity that calls its process ("" none)."""
    for within in ("", *(each.token for each in called_processes(instance))):
        yield from ((place, within) for place in _innermost(places(instance, within)))


def _innermost(found: tuple[Place, ...]) -> Iterator[Place]:
    for place in found:
        yield from _innermost(place.children) if place.children else (place,)


def _inside(instance: Instance, region: Region) -> Iterator[Place]:
    loops: dict[str, list[Token]] = {}
    for token in region.all_tokens():
        facts = token.internal_data
        if token._parent == region.task_tree.id:  # noqa: SLF001 - the library's own structure
            yield _place(instance, token)
        elif is_record(token) and "by" in facts and "body" in facts:
            loops.setdefault(facts["body"], []).append(token)
        elif is_record(token) and "by" in facts:
            yield from _undoing(instance, token)
    for body, records in loops.items():
        undoing = tuple(place for record in records for place in _undoing(instance, record))
        yield _body(body, records[0].task_spec.info, undoing)


def _undoing(instance: Instance, record: Token) -> Iterator[Place]:
    """What is at work to undo a completed activity: its handler, or a completed sub-process with the handlers in it."""
    handlers = [instance.index[child] for child in record._children]  # noqa: SLF001 - the library's own structure
    yield from (_place(instance, handler) for handler in handlers)
    region = instance.subprocesses.get(record.id)
    if region is not None and not handlers:
        info = record.task_spec.info
        yield Place(record.id, info.id, info.name, info.type, tuple(_inside(instance, region)))


def _place(instance: Instance, token: Token) -> Place:
    spec, info = token.task_spec, token.task_spec.info
    if isinstance(spec, MultiInstance | StandardLoop):
        children = [instance.index[child] for child in token._children]  # noqa: SLF001
        inner = tuple(_place(instance, child) for child in children if child.task_spec is spec.child)
        return _body(token.id, info, inner)
    region = instance.subprocesses.get(token.id)
    inner = () if region is None or region.called else tuple(_inside(instance, region))
    return Place(token.id, info.id, info.name, info.type, inner, info.event_kind)


def _body(id_: str, info: ElementInfo, inner: tuple[Place, ...]) -> Place:
    """A loop as a whole, also a completed one whose instances are being undone."""
    return Place(id_, info.id + BODY, info.name, "multiInstanceBody", inner)
