"""Timers on the host's clock: one instant, a cycle (`R3/PT1H`, or a cron expression) or a ladder (a list of instants).

An armed timer is plain data that lies with its token. Instants are integer microseconds since the epoch, UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from engine.bpmn.cron import is_cron, parse_cron
from engine.expressions import Context, Duration, ExpressionError, evaluate, parse_duration, parse_instant

SHORTEST = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CYCLE = re.compile(r"^R(\d{0,6})/(.+)$", re.IGNORECASE)


class Armed(TypedDict, total=False):
    """An armed timer: `due` now, `more` rungs later; `every`, `anchor`, `step`, `left` of a cycle (`until` of one that an earlier release armed), or its
    `cron`; `born` when it was armed.
    """

    due: int
    more: list[int]
    every: str
    cron: str
    anchor: int
    step: int
    left: int
    until: int
    born: int
    rung: int
    depends: list[str]


def to_micros(instant: datetime) -> int:
    """An aware instant as integer microseconds since the epoch."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Integer microseconds since the epoch as aware UTC."""
    return EPOCH + timedelta(microseconds=micros)


def arm(
    text: str,
    context_at: Callable[[datetime], Context],
    *,
    now: datetime,
    born: datetime,
    once: bool,
    repeats: bool = False,
) -> tuple[Armed | None, tuple[datetime, ...]]:
    """Evaluate a timer's text and arm it.

    In: `context_at(instant)` gives an evaluation context whose `now` is the instant, `born` when the token arrived, `once` whether
    the timer must fire at least once (a catch event), even if a ladder lies wholly in the past; `repeats` whether it is a time cycle, of which a
    single instant or length of time says nothing.
    Out: the armed timer (None: nothing left to wait for) and the rungs skipped because they lay before `now`.
    Raises ExpressionError for anything that is no instant, duration, cycle or list of those.
    """
    context = context_at(born)
    value = evaluate(text, context)
    armed: Armed = {"born": to_micros(born), "depends": sorted(context.depends)}
    skipped: tuple[datetime, ...] = ()
    if isinstance(value, list | tuple):
        rungs = sorted(due_of(item, born, context.zone) for item in value)
        skipped = tuple(rung for rung in rungs if rung < now)
        ahead = [to_micros(rung) for rung in rungs if rung >= now]
        if not ahead and not once:
            return None, skipped
        armed["rung"] = len(skipped) + 1
        armed["due"], armed["more"] = (ahead[0], ahead[1:]) if ahead else (to_micros(now), [])
    elif isinstance(value, str) and (match := _CYCLE.match(value.strip())):
        if not _arm_cycle(armed, match, born, context.zone) and not once:
            return None, ()
    elif isinstance(value, str) and is_cron(value):
        _arm_cron(armed, value, born, context.zone)
    elif repeats:
        raise ExpressionError(f"循环时间须重复：R/{value}", f"a time cycle repeats: R/{value}, not {value}", code="timer")
    else:
        armed["due"] = to_micros(due_of(value, born, context.zone))
    return armed, skipped


def due_of(value: Any, start: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a value names: an instant, a day, or a length of time after `start`. Raises ExpressionError."""
    if isinstance(value, Duration):
        return value.after(start, zone)
    try:
        if isinstance(value, timedelta):
            return start + value
    except OverflowError as error:
        raise ExpressionError("时间超出范围", "the instant lies outside of the calendar") from error
    if isinstance(value, str) and value.strip()[:1] in {"P", "p"}:
        return parse_duration(value).after(start, zone)
    if isinstance(value, str | date):
        return parse_instant(value, zone)
    raise ExpressionError("定时器的值既不是时刻也不是时长", f"neither an instant nor a duration: {value!r}", code="timer")


def _arm_cycle(armed: Armed, match: re.Match[str], born: datetime, zone: ZoneInfo) -> bool:
    """Whether one of a cycle's instants lies ahead; if none does, the last one is due.

    A cycle of n is n periods in a row and fires at their ends, and at the start if that is given (ISO 8601 leaves it open, Camunda 7 counts so): `Rn/period`
    begins when the token arrives, `Rn/start/period` and `Rn/start/end` at the start, `Rn/period/end` lies before the end. Periods are counted from
    the anchor, so that months do not drift; what has passed when the token arrives is left out.
    """
    times = int(match[1]) if match[1] else None
    anchor, every, lowest, highest = _periods(match[2].split("/"), times, born, zone)
    duration = parse_duration(every)
    if duration.after(born, zone) < born + SHORTEST or times == 0:
        raise ExpressionError(
            f"循环时间为空或短于一秒：{match[0]}", f"a recurring interval without or below one second: {match[0]!r}", code="timer"
        )
    if lowest is None:
        lowest = -1
        while duration.after(anchor, zone, lowest) > born:
            lowest *= 2
    ahead = _first_step_after(duration, anchor, born, zone, lowest)
    step = ahead if highest is None else min(ahead, highest)
    armed["left"] = -1 if highest is None else highest - step + 1
    armed["every"], armed["anchor"], armed["step"] = every, to_micros(anchor), step
    armed["due"] = to_micros(duration.after(anchor, zone, step))
    return step == ahead


def _periods(parts: list[str], times: int | None, born: datetime, zone: ZoneInfo) -> tuple[datetime, str, int | None, int | None]:
    """Of a cycle: where it is anchored, its period, the first and the last multiple of it that counts (None: there is none)."""
    lengths = [part[:1] in {"P", "p"} for part in parts]
    if lengths == [True]:
        return born, parts[0], 1, times
    if lengths == [False, True]:
        return parse_instant(parts[0], zone), parts[1], 0, times
    if lengths == [True, False]:
        return parse_instant(parts[1], zone), parts[0], None if times is None else -times, 0
    if lengths == [False, False]:
        start, end = (parse_instant(part, zone) for part in parts)
        return start, f"PT{(end - start) // timedelta(seconds=1)}S", 0, times
    text = "/".join(parts)
    raise ExpressionError(f"不是循环时间：{text}", f"not a recurring interval: {text!r}", code="timer")


def _arm_cron(armed: Armed, text: str, born: datetime, zone: ZoneInfo) -> None:
    """Its first instant after the token arrived."""
    first = parse_cron(text).after(born, zone)
    if first is None:
        raise ExpressionError(f"cron 表达式没有将来的时刻：{text}", f"a cron expression without an instant to come: {text!r}", code="timer")
    armed["cron"], armed["due"] = text, to_micros(first)


def advance(armed: Armed, *, now: datetime, zone: ZoneInfo) -> Armed | None:
    """What is left to wait for once the timer has fired: the next rung or period, or None.

    Rungs fire one by one, each once. Periods missed during an outage are counted off and fire together, once.
    """
    if armed.get("more"):
        return {**armed, "due": armed["more"][0], "more": armed["more"][1:], "rung": armed.get("rung", 1) + 1}
    if "cron" in armed:
        next_one = parse_cron(armed["cron"]).after(max(now, from_micros(armed["due"])), zone)
        return None if next_one is None else {**armed, "due": to_micros(next_one), "rung": armed.get("rung", 1) + 1}
    if "every" not in armed:
        return None
    duration, anchor = parse_duration(armed["every"]), from_micros(armed["anchor"])
    left, step = armed["left"], armed["step"]
    first = _first_step_after(duration, anchor, now, zone, step + 1)
    passed = first - step
    left = left - passed if left > 0 else left
    due = to_micros(duration.after(anchor, zone, first))
    if left == 0 or (armed["left"] > 0 and left < 0) or due > armed.get("until", due):
        return None
    return {**armed, "left": left, "step": first, "due": due, "rung": armed.get("rung", 1) + passed}


def _first_step_after(duration: Duration, anchor: datetime, now: datetime, zone: ZoneInfo, at_least: int) -> int:
    """The first period from `at_least` on that ends after `now`; bisection, because an outage may have lasted for years."""
    if duration.after(anchor, zone, at_least) > now:
        return at_least
    low, stride = at_least, 1
    while duration.after(anchor, zone, low + stride) <= now:
        low, stride = low + stride, stride * 2
    high = low + stride
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if duration.after(anchor, zone, middle) <= now else (low, middle)
    return high
