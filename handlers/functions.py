"""The functions of time in the diagrams' expressions. Each gets the command's scope, then the expression's context.

Deadlines are live facts: an expression that names one is evaluated again when it is moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from selection.calendar import Calendar, day_end, local_day, working_days_after, working_days_before
from selection.ladder import rungs
from selection.season_parts import LadderRule

if TYPE_CHECKING:
    from engine.expressions.context import Context

OFFSET = re.compile(r"([+-]?)(\d+)(wd|d|h)")
LAST_MOMENT = timedelta(microseconds=1)
NO_DAYS_OFF = Calendar(frozenset(), frozenset(), frozenset())


def deadline(scope: Any, context: Context, name: str, offset: str = "") -> datetime:
    """`deadline('申报截止')`, `deadline('推荐截止', '-2d')`: the live instant (exclusive end), moved by d, wd (working days) or h."""
    at: datetime = scope.deadline(context, name)
    return _moved(scope, at, offset) if offset else at


def extended(scope: Any, context: Context, name: str) -> datetime:
    """`extended('补正截止')`: the live instant of a deadline that was put off beyond its plan, for all or for the case alone (A-14); else now.

    For `max`: what is due so many days after it was asked lasts longer where the office gives longer, and no longer where it does not.
    """
    at: datetime = scope.deadline(context, name)
    planned = next((row["day"] for row in scope.settings.get("deadlines", ()) if row["name"] == name), None)
    return context.now if planned is None or at <= day_end(planned) else at


def _moved(scope: Any, at: datetime, offset: str) -> datetime:
    match = OFFSET.fullmatch(offset.strip())
    if match is None:
        message = f"offset {offset!r}: write -2d, +1d, -5wd or +4h"
        raise ValueError(message)
    sign, number, unit = match.groups()
    count = int(number)
    if unit != "wd":
        step = timedelta(days=count) if unit == "d" else timedelta(hours=count)
        return at - step if sign == "-" else at + step
    day = local_day(at - LAST_MOMENT)
    move = working_days_before if sign == "-" else working_days_after
    return day_end(move(day, count, calendar=_calendar(scope)))


def after_working_days(scope: Any, context: Context, count: int, start: datetime | None = None) -> datetime:
    """`working_days_after(3)`: the exclusive end of the third working day after today (or after the day before the given exclusive end)."""
    day = local_day(context.now if start is None else start - LAST_MOMENT)
    return day_end(working_days_after(day, int(count), calendar=_calendar(scope)))


def after_days(_: Any, context: Context, count: int) -> datetime:
    """`days_after(30)`: the exclusive end of the thirtieth day after today."""
    return day_end(local_day(context.now) + timedelta(days=int(count)))


def ladder(scope: Any, context: Context, name: str, due: datetime) -> list[datetime]:
    """`ladder('standard', due)`: the instants of reminders still to come for a task born now and due then."""
    rule = _rule(scope.settings.get("ladders", {}).get(name) or {})
    return list(rungs(due=due, born=context.now, rule=rule, calendar=_calendar(scope)).instants)


def _rule(settings: Any) -> LadderRule:
    if not settings:
        message = "no such ladder in season.toml [ladders]"
        raise ValueError(message)
    return LadderRule(
        days_before=tuple(settings["days_before"]),
        on_the_day=settings["on_the_day"],
        at=settings["at"],
        overdue_working_days=settings["overdue_working_days"],
    )


def setting(scope: Any, _: Context, path: str) -> Any:
    """`setting('objection.reply')`: a value of the season's own season.toml. Raises ValueError for one that it does not have."""
    found = scope.settings
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            message = f"no setting {path!r} in season.toml"
            raise ValueError(message)
        found = found[name]
    return found


def instant(_: Any, __: Context, text: str | datetime) -> datetime:
    """`instant(day)`: an instant kept as ISO text in a variable."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def _calendar(scope: Any) -> Calendar:
    """The imported calendar; Monday to Friday while a diagram is only checked."""
    return NO_DAYS_OFF if scope.facts is None else scope.facts.calendar.calendar()


FUNCTIONS: dict[str, Callable[..., object]] = {
    "deadline": deadline,
    "extended": extended,
    "working_days_after": after_working_days,
    "days_after": after_days,
    "ladder": ladder,
    "setting": setting,
    "instant": instant,
}
