"""Checks of literal dates and priorities: a text that is none would stop each token that comes to the task."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import ElementInfo, ProcessInfo
from engine.bpmn.host import DEFAULT_ZONE
from engine.bpmn.timers import due_of
from engine.checks_problem import Problem
from engine.checks_support import holds_expression
from engine.checks_texts import EPOCH
from engine.expressions import ExpressionError


def check_dates(process: ProcessInfo) -> Iterator[Problem]:
    """Due and follow-up dates and priorities of one process that are neither what they should be nor an expression."""
    for info in process.elements.values():
        for attribute, text in (("dueDate", info.due_date), ("followUpDate", info.follow_up_date)):
            if text and not holds_expression(text) and not _is_date(text):
                zh, en = f"{attribute} 既不是时刻、日期、时长，也不是 ${{…}}：{text[:40]}", f"{attribute} is no instant, day or length of time: {text[:40]!r}"
                yield _at(info, zh, en, "2023-07-01 · 2023-07-01T09:00:00 · P10D · ${…}")
        if info.priority and not holds_expression(info.priority) and not _is_whole(info.priority):
            zh, en = f"优先级不是整数：{info.priority[:40]}", f"the priority is no whole number: {info.priority[:40]!r}"
            yield _at(info, zh, en, "50 · ${…}")


def _is_date(text: str) -> bool:
    try:
        due_of(text, EPOCH, DEFAULT_ZONE)
    except ExpressionError:
        return False
    return True


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _at(info: ElementInfo, zh: str, en: str, hint: str) -> Problem:
    return Problem("BPMN-VALUE", "error", info.file, info.id, info.line, zh, en, hint)
