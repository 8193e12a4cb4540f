"""Checks of a step that lies on several people's desks: who holds it is one of its candidates, and the acts that all may do exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.elements import HOLDERS, SHARED_ACTS, ElementInfo, ProcessInfo, listed
from engine.checks_problem import Problem, Profile, did_you_mean


def check_desks(process: ProcessInfo, profile: Profile) -> Iterator[Problem]:
    """The properties `holders` and `shared_acts` of user tasks: a misspelt role would shut everybody out, a misspelt act nobody could do."""
    for info in process.elements.values():
        for problem in (*_strangers(info), *_nothings(info)):
            yield problem if profile == "season" else replace(problem, severity="warning")


def _strangers(info: ElementInfo) -> Iterator[Problem]:
    roles = {group.strip().partition("@")[0] for group in (info.candidate_groups or "").split(",")}
    for role in sorted(listed(info.properties, HOLDERS) - roles):
        zh, en = f"办结人“{role}”不在候选组中", f"{role!r} holds the task but is not among its candidate groups"
        yield _problem(info, zh, en, did_you_mean(role, roles))


def _nothings(info: ElementInfo) -> Iterator[Problem]:
    acts = {listener.event.removeprefix("act:") for listener in info.listeners if listener.event.startswith("act:")}
    for act in sorted(listed(info.properties, SHARED_ACTS) - acts):
        zh, en = f"任务没有动作“{act}”", f"the task has no act {act!r}"
        yield _problem(info, zh, en, did_you_mean(act, acts))


def _problem(info: ElementInfo, zh: str, en: str, hint: str) -> Problem:
    return Problem("BPMN-HOLDERS", "error", info.file, info.id, info.line, zh, en, hint)
