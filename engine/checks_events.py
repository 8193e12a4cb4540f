"""Checks of what events say of themselves: links that lead to one place, errors that have a code, what cannot but interrupt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine.bpmn.elements import ElementInfo, ProcessInfo
from engine.checks_problem import Problem, Profile, Severity, did_you_mean

Links = dict[tuple[str | None, str], list[ElementInfo]]


def check_events(process: ProcessInfo, profile: Profile) -> Iterator[Problem]:
    """All of these of one process."""
    targets = _links(process, "intermediateCatchEvent")
    for where, sources in _links(process, "intermediateThrowEvent").items():
        yield from (_leads_nowhere(source, targets) for source in sources if where not in targets)
    for same in targets.values():
        yield from (_several_targets(target, same[0]) for target in same[1:])
    for info in process.elements.values():
        yield from _interrupts(process, info)
        yield from _codes(info, "error" if profile == "season" else "warning")


def _links(process: ProcessInfo, type_: str) -> Links:
    """The link events of a type by their level and name; one without a name is told of elsewhere."""
    found: Links = defaultdict(list)
    for info in process.elements.values():
        if info.type == type_ and info.event is not None and info.event.kind == "link" and info.event.name:
            found[info.parent, info.event.name].append(info)
    return dict(found)


def _leads_nowhere(source: ElementInfo, targets: Links) -> Problem:
    name = (source.event and source.event.name) or ""
    near = did_you_mean(name, [name for parent, name in targets if parent == source.parent])
    zh, en = f"同一层内没有名为 {name} 的链接捕获事件，令牌将就此消失", f"no link event of its level catches {name!r}: the token would be lost"
    return _at(source, "BPMN-REFERENCE", zh, en, near or "intermediateCatchEvent")


def _several_targets(target: ElementInfo, first: ElementInfo) -> Problem:
    zh, en = f"链接 {target.event and target.event.name} 已由 {first.id} 捕获", f"the link is caught by {first.id} already: a link leads to one place"
    return _at(target, "BPMN-DUPLICATE", zh, en, "linkEventDefinition name")


def _interrupts(process: ProcessInfo, info: ElementInfo) -> Iterator[Problem]:
    """After an error nothing goes on as before: BPMN knows no event sub-process that catches one beside the flow."""
    around = process.elements.get(info.parent or "")
    caught = info.type == "startEvent" and around is not None and around.triggered_by_event
    if caught and any(part.event is not None and part.event.kind == "error" and not part.event.interrupting for part in info.parts):
        zh, en = "错误事件子流程必须是中断的", "an event sub-process that catches an error interrupts"
        yield _at(info, "BPMN-EVENT", zh, en, 'isInterrupting="true"')


def _codes(info: ElementInfo, strict: Severity) -> Iterator[Problem]:
    """An error without a code is caught by whoever catches all."""
    if info.type == "endEvent" and any(part.event is not None and part.event.kind == "error" and not part.event.code for part in info.parts):
        zh, en = "错误结束事件没有错误代码，只有捕获一切错误的事件会捕获它", "the error has no code: only what catches every error catches it"
        yield _at(info, "BPMN-REFERENCE", zh, en, "errorRef", strict)


def _at(info: ElementInfo, code: str, zh: str, en: str, hint: str, severity: Severity = "error") -> Problem:
    return Problem(code, severity, info.file, info.id, info.line, zh, en, hint)
