"""Named deadlines of a season: from the plan's days to instants, and whether something came late.

The live instants (after extensions) are facts of the store; this module only knows the plan and the comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from selection.calendar import Calendar, at_local, day_end, day_start, first_working_day, local, local_day
from selection.errors import Late, Problem, Refused
from selection.season import Season, too_short
from selection.season_parts import MinimumPeriod, NamedDeadline


def instant_of(entry: NamedDeadline) -> datetime:
    """The UTC instant of one entry: the exclusive end of the day, its start, or the given local time (§14)."""
    if entry.edge == "time" and entry.at is not None:
        return at_local(entry.day, entry.at)
    return day_end(entry.day) if entry.edge == "end" else day_start(entry.day)


def plan(season: Season, *, calendar: Calendar | None = None) -> dict[str, datetime]:
    """Every named deadline of the plan as an aware UTC instant, in the plan's order.

    With a calendar a day off rolls over where the season says so (顺延, A-18); without one every day stands as it is written.
    """
    return {
        entry.name: instant_of(entry if calendar is None else replace(entry, day=season.day_of(entry, calendar=calendar)))
        for entry in season.deadlines
    }


def rolled_over(at: datetime, *, edge: str, season: Season, calendar: Calendar) -> datetime:
    """An instant somebody moves a deadline to: on a day off it goes on to the next working day where the season says so, at the same time of day."""
    day = last_day(at)
    if edge == "start" or not season.roll_over_if_holiday:
        return at
    return at + (first_working_day(day, calendar=calendar) - day)


def is_late(received: datetime, *, deadline: datetime) -> bool:
    """Whether a request fully received at `received` is too late: `received < deadline` is in time. Both aware."""
    return received >= deadline


def last_day(deadline: datetime) -> date:
    """The last day (Asia/Shanghai) that lies before a deadline: the reference day of an extended 申报截止 moves with it (A-35)."""
    return local_day(deadline - timedelta(microseconds=1))


def refuse_if_late(*, received: datetime, deadline: datetime, name: str) -> None:
    """Raise `Late` when the request was fully received at or after the deadline (A-01, §14)."""
    if is_late(received, deadline=deadline):
        raise Late(
            "deadline.passed",
            zh=f"{name}为{shown(deadline)}，已经截止。如确有特殊情况，请与全国质量标杆工作办公室联系申请延期",
            en=f"the deadline {name} was {shown(deadline)}; ask the office if there are special circumstances",
            deadline=deadline,
            received=received,
            name=name,
        )


def unit_acceptance(*, recommendation: datetime, days: int) -> datetime:
    """A unit's own 单位受理截止 unless it sets another: `days` days before 推荐截止 (AMB-08)."""
    return recommendation - timedelta(days=days)


def refuse_bad_intake(*, until: datetime, now: datetime, recommendation: datetime) -> None:
    """Raise `Refused` unless a unit's own 单位受理截止 lies ahead and not after 推荐截止. All aware; ends are exclusive."""
    if until <= now:
        raise Refused("intake.past", zh="受理的最后一天不能早于今天，请重新选择", en="the last day must not be over; choose a later one")
    if until > recommendation:
        raise Refused(
            "intake.late",
            zh=f"受理的最后一天不能晚于推荐截止（{shown(recommendation)}），请重新选择",
            en=f"the last day may not be after the list is due ({shown(recommendation)}); choose an earlier one",
        )


def shown(deadline: datetime) -> str:
    """The last minute that counts, for people: `2023-09-15 24:00` for the exclusive end of a day, else the local time."""
    clock = local(deadline)
    if clock.time() == time.min:
        return f"{(clock - timedelta(days=1)).date()} 24:00"
    return clock.strftime("%Y-%m-%d %H:%M")


def refuse_bad_change(*, season: Season, name: str, new: datetime, now: datetime, reason: str, plan: Mapping[str, datetime]) -> None:
    """Raise `Refused` unless a named deadline of the live plan is moved to an instant still ahead, with a reason (A-14).

    The order of the plan's own minimum periods stays: 推荐截止 is never before 申报截止; a period that only grows shorter is the office's choice.
    """
    if name not in plan:
        raise Refused(
            "deadline.unknown",
            zh=f"时间计划中没有“{name}”，请从时间计划中选择",
            en=f"the plan has no deadline named {name!r}; choose one of the plan",
        )
    if not reason.strip():
        raise Refused("deadline.reason", zh="请填写调整的原因", en="give a reason for moving the deadline")
    refuse_bad_instant(season=season, name=name, new=new, now=now, plan=plan)


def refuse_no_longer(*, name: str, new: datetime, plan: Mapping[str, datetime]) -> None:
    """Raise `Refused` unless what one application is given (A-14) is later than what everybody has by the live plan."""
    if new <= plan[name]:
        raise Refused(
            "deadline.own",
            zh=f"单项延期应晚于全体申报的“{name}”（{shown(plan[name])}），请重新选择",
            en=f"an extension for one application must be later than everybody's {name} ({shown(plan[name])}); choose a later day",
        )


def refuse_bad_instant(*, season: Season, name: str, new: datetime, now: datetime, plan: Mapping[str, datetime]) -> None:
    """The same without the reason: what may be looked at before it is given."""
    if new <= now:
        raise Refused("deadline.past", zh="新的截止时间应晚于现在，请重新选择", en="the new instant must lie ahead; choose a later one")
    if new == plan[name]:
        raise Refused("deadline.same", zh="新的截止时间与原来相同，无需调整", en="the new instant equals the old one; nothing to change")
    moved = {**plan, name: new}
    for rule in _rules_of(season, name):
        if moved[rule.before] < moved[rule.after]:
            other = rule.after if name == rule.before else rule.before
            raise Refused(
                "deadline.order",
                zh=f"“{rule.before}”不能早于“{rule.after}”（{rule.why}），请先调整“{other}”（现为{shown(plan[other])}）",
                en=f"{rule.before} may not be before {rule.after}; move {other} first (now {shown(plan[other])})",
            )


def shortened(*, season: Season, name: str, new: datetime, plan: Mapping[str, datetime], calendar: Calendar) -> tuple[Problem, ...]:
    """The minimum periods that a moved deadline would no longer leave: shown to the office before it decides."""
    edges = {entry.name: entry.edge for entry in season.deadlines}
    moved = {**plan, name: new}
    days = {each: local_day(at) if edges.get(each) == "start" else last_day(at) for each, at in moved.items()}
    found = (too_short(rule, days, calendar) for rule in _rules_of(season, name))
    return tuple(problem for problem in found if problem)


def _rules_of(season: Season, name: str) -> list[MinimumPeriod]:
    return [rule for rule in season.minimum_periods if name in (rule.after, rule.before)]
