"""答辩评审: schedule, attendance and absence, the experts' sheets; site visits are `handlers.visits`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    at_local,
    deadline,
    end_of,
    found,
    need,
    numbered,
    outcome,
    read_instant,
    refuse_without_file,
    rows,
    season_of,
    texts,
    variable,
    working_days_on,
)
from handlers.notify import tell
from handlers.review import keep_stage
from selection import defence as rules
from selection.calendar import local_day
from selection.errors import Refused
from selection.stages import BEFORE_MEETING2
from store.selection.application import GONE
from store.selection.subject import Fact

SLIDES = "答辩材料截止"
AWAITED = ("invited", "confirmed", "declined")
COMING = ("invited", "confirmed")
TO_COME = ("shortlisted", "defence_scheduled", "defence_absent")


def schedule(ctx: Context, data: Data) -> Variables:
    """N08a 安排答辩. Data: slots [{application, starts_at, place}], experts, note (told to those who come). → day, day_end (ISO).

    Where the season draws lots, they decide which application comes at which of the times (A-66).
    """
    group = variable(ctx, "group")
    settled = {slot.application for slot in ctx.facts.defences.of_group(group) if slot.state in ("present", "absent")}
    waiting = {row.id for row in defending(ctx, group) if row.state in TO_COME} - settled
    lines = rows(data, "slots")
    if {str(row["application"]) for row in lines} != waiting:
        raise Refused(
            "defence.slots", zh="请为本组每一项入围申报安排且只安排一个答辩时间", en="give each shortlisted application exactly one time"
        )
    times = {str(row["application"]): read_instant(row["starts_at"]) for row in lines}
    _refuse_short_notice(ctx, min(times.values()))
    rules.refuse_bad_times(season=season_of(ctx), starts=list(times.values()), slides_due=slides_due(ctx), calendar=ctx.facts.calendar.calendar())
    planned = sorted(lines, key=lambda line: (times[str(line["application"])], str(line["application"])))
    turns = _lots(ctx, group, [str(line["application"]) for line in planned])
    for order, (application, row) in enumerate(zip(turns, planned, strict=True), start=1):
        starts, place = times[str(row["application"])], str(row.get("place") or "")
        ctx.facts.defences.give_slot(application=application, group=group, starts=starts, place=place, order=order)
        ctx.facts.applications.move(application, state="defence_scheduled", at=ctx.now)
    _choose_judges(ctx, group, texts(data, "experts"), note=str(data.get("note") or ""))
    return {"day": min(times.values()).isoformat(), "day_end": end_of(local_day(max(times.values()))).isoformat()}


def slides_due(ctx: Context) -> datetime:
    """Until when who is invited now hands in the slides: 答辩材料截止, but never less than the days to answer (A-66; as N08b is due)."""
    return max(deadline(ctx, SLIDES), working_days_on(ctx, rules.days_to_answer(season_of(ctx))))


def _lots(ctx: Context, group: str, planned: list[str]) -> Sequence[str]:
    """Who comes when: as planned, or by a draw that is kept with its seed, its instant and who made it."""
    if not season_of(ctx).defence.by_lot:
        return planned
    seed = rules.seed_of(group=group, at=ctx.now, by=ctx.actor.id)
    turns = rules.drawn(planned, seed=seed)
    kept = found(ctx.facts.reviews.group(group), what="专业组").defence or {}
    draw = {"seed": seed, "at": ctx.now.isoformat(), "by": ctx.actor.id, "order": list(turns)}
    ctx.facts.reviews.change_group(group, defence={**kept, "lots": [*kept.get("lots", ()), draw]})
    return turns


def _refuse_short_notice(ctx: Context, first: datetime) -> None:
    days = season_of(ctx).defence.invite_working_days
    if first < working_days_on(ctx, days) - timedelta(days=1):
        raise Refused(
            "defence.notice", zh=f"答辩通知须提前{days}个工作日，请改期", en=f"the invitation needs {days} working days; choose a later day"
        )


def _choose_judges(ctx: Context, group: str, chosen: list[str], *, note: str) -> None:
    seats = ctx.facts.reviews.seats(group)
    limits = season_of(ctx).experts
    judges = chosen or [seat.expert for seat in seats]
    strangers = numbered(ctx, sorted(set(judges) - {seat.expert for seat in seats}))
    if strangers:
        raise Refused("defence.experts", zh=f"不是本组专家：{'、'.join(strangers)}", en=f"not of this group: {', '.join(strangers)}")
    least = min(limits.defence_min, len(seats))
    if chosen and not least <= len(chosen) <= limits.defence_max:
        raise Refused(
            "defence.judges", zh=f"答辩评委应为{least}至{limits.defence_max}人", en=f"{least} to {limits.defence_max} experts judge a defence"
        )
    kept = found(ctx.facts.reviews.group(group), what="专业组").defence or {}
    ctx.facts.reviews.change_group(group, defence={**kept, "experts": judges, "note": note})


def invite(ctx: Context, _: Data) -> None:
    """Topic: invite each application (once) and tell the experts."""
    group = found(ctx.facts.reviews.group(variable(ctx, "group")), what="专业组")
    due, times = slides_due(ctx), season_of(ctx).defence
    minutes: dict[str, Any] = {"present_minutes": times.present_minutes, "question_minutes": times.question_minutes}
    for slot in ctx.facts.defences.of_group(group.id):
        if slot.state != "invited":
            continue
        application = found(ctx.facts.applications.get(slot.application), what="申报")
        ctx.send("defence.invited", key=application.id, dedupe=f"defence.invited:{application.id}")
        people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
        cause = f"invited:{slot.round}:{slot.starts.isoformat()}"
        where: dict[str, Any] = {"when": slot.starts, "place": slot.place, "due": due, "note": (group.defence or {}).get("note", "")} | minutes
        tell(ctx, "28_defence_invitation", people, about=application.id, cause=cause, **where)
    first = ctx.facts.defences.of_group(group.id)[0]
    tell(ctx, "28_defence_experts", _judges(group), group=group.name, when=first.starts, place=first.place)
    _remind_later(ctx, group, starts={slot.starts for slot in ctx.facts.defences.of_group(group.id) if slot.state in AWAITED})


def _remind_later(ctx: Context, group: Fact, *, starts: set[datetime]) -> None:
    times, now = season_of(ctx).defence, ctx.now
    if times.remind_days:
        for day in {local_day(start) for start in starts}:
            eve = max(at_local(day - timedelta(days=times.remind_days), "09:00"), now)
            told = {"group": group.id, "day": day.isoformat()}
            ctx.later("defence.eve", payload=told, dedupe=f"defence.eve:{group.id}:{day}:{now.isoformat()}", due=eve)
    if times.remind_hours:
        for start in starts:
            soon = max(start - timedelta(hours=times.remind_hours), now)
            told = {"group": group.id, "starts": start.isoformat()}
            ctx.later("defence.soon", payload=told, dedupe=f"defence.soon:{group.id}:{start.isoformat()}:{now.isoformat()}", due=soon)


def _judges(group: Fact) -> list[str]:
    return [f"expert@{expert}" for expert in (group.defence or {}).get("experts", [])]


def remind_on_the_eve(ctx: Context, payload: Data) -> None:
    """Job: on the morning before a day of defences those who come, and their judges, are told when and where (§9.3, 28; rungs at 09:00, §14)."""
    group, day = found(ctx.facts.reviews.group(str(payload["group"])), what="专业组"), str(payload["day"])
    slots = _coming(ctx, group, day=day)
    for slot in slots:
        _tell_applicant(ctx, slot, moment="eve")
    if slots:
        _tell_judges(ctx, group, slots[0], cause=f"eve:{group.id}:{day}")


def remind_before_it_begins(ctx: Context, payload: Data) -> None:
    """Job: two hours (2023) before a defence who comes is told once more; the judges before the first of their day (§9.3, 28)."""
    group, starts = found(ctx.facts.reviews.group(str(payload["group"])), what="专业组"), datetime.fromisoformat(str(payload["starts"]))
    day = local_day(starts).isoformat()
    slots = _coming(ctx, group, day=day)
    for slot in slots:
        if slot.starts == starts:
            _tell_applicant(ctx, slot, moment="soon")
    if slots and slots[0].starts == starts:
        _tell_judges(ctx, group, slots[0], cause=f"soon:{group.id}:{day}")


def _coming(ctx: Context, group: Fact, *, day: str) -> list[Fact]:
    """The defences of a group on a day to which somebody comes, the first at the head."""
    slots = [slot for slot in ctx.facts.defences.of_group(group.id) if local_day(slot.starts).isoformat() == day and slot.state in COMING]
    return sorted(slots, key=lambda slot: slot.starts)


def _tell_applicant(ctx: Context, slot: Fact, *, moment: str) -> None:
    application = found(ctx.facts.applications.get(slot.application), what="申报")
    if application.state not in GONE:
        people, cause = f"applicant_editor@{application.enterprise}", f"{moment}:{slot.starts.isoformat()}"
        tell(ctx, "28_defence_eve", people, about=application.id, cause=cause, when=slot.starts, place=slot.place)


def _tell_judges(ctx: Context, group: Fact, first: Fact, *, cause: str) -> None:
    tell(ctx, "28_defence_eve", _judges(group), cause=cause, group=group.name, when=first.starts, place=first.place)


def reply(ctx: Context, data: Data) -> None:
    """N08b 确认参加答辩并提交答辩材料. Data: attend (yes, no), speakers, reason; the slides are a D8 file."""
    application = variable(ctx, "application")
    slot = found(ctx.facts.defences.slot(application), what="答辩安排")
    attends = data.get("attend") == "yes"
    if attends:
        refuse_without_file(ctx, owner=application, code="D8", zh="请上传答辩材料（D8）", en="upload the slides (D8)")
    else:
        need(data, "reason", zh="不参加答辩的，请说明原因", en="say why you do not attend")
    state = "confirmed" if attends else "declined"
    ctx.facts.defences.change_slot(application=application, turn=slot.round, state=state, reply=dict(data))


def attendance(ctx: Context, data: Data) -> Variables:
    """N08e 登记到场. Data: entries [{application, present, note}]. → absent (bool)."""
    group = variable(ctx, "group")
    slots = {slot.application: slot for slot in ctx.facts.defences.of_group(group) if slot.state in AWAITED}
    present = {str(row["application"]): bool(row.get("present")) for row in rows(data, "entries")}
    if set(present) != set(slots):
        raise Refused("attendance.incomplete", zh="请登记每一项申报是否到场", en="note for every application whether it was there")
    for application, came in present.items():
        ctx.facts.defences.change_slot(application=application, turn=slots[application].round, state="present" if came else "absent")
        ctx.facts.applications.move(application, state="defence_scheduled" if came else "defence_absent", at=ctx.now)
    return {"absent": not all(present.values())}


def absence(ctx: Context, data: Data) -> None:
    """N08d 处理缺席答辩: one new date or online make-up before it counts as absence (§14). Data: cases, outcome (new_date, absent).

    The season says what an absence means in the end (A-11): no points for the defence, or the end of the application.
    """
    decision = outcome(data, "new_date", "absent")
    allowed = season_of(ctx).defence.new_dates
    for slot in ctx.facts.defences.of_group(variable(ctx, "group")):
        if slot.state != "absent":
            continue
        if decision == "new_date" and slot.round > allowed:
            raise Refused(
                "defence.new_date", zh="已另行安排过答辩时间，应按缺席处理", en="a new date was given already; it counts as absence"
            )
        reasons = {str(row.get("application")): str(row.get("reason") or "") for row in rows(data, "cases")}
        state = "postponed" if decision == "new_date" else "absent"
        ctx.facts.defences.change_slot(application=slot.application, turn=slot.round, state=state, reason=reasons.get(slot.application))
        if decision == "absent" and season_of(ctx).defence.absence == "withdrawal":
            ctx.send("application.terminate", key=slot.application, payload={"reason": "缺席答辩，按本年度规定视为撤回申报"}, ttl=timedelta(days=1))


def hold(ctx: Context, _: Data) -> Variables:
    """Topic: the defence takes place. → seats (of the experts who judge)."""
    group = found(ctx.facts.reviews.group(variable(ctx, "group")), what="专业组")
    judges = set((group.defence or {}).get("experts", []))
    for slot in ctx.facts.defences.of_group(group.id):
        ctx.send("defence.held", key=slot.application, ttl=timedelta(days=1))
    return {"seats": [seat.id for seat in ctx.facts.reviews.seats(group.id) if seat.expert in judges]}


def finish(ctx: Context, _: Data) -> None:
    """Topic: every judge has handed in; who was heard has had its defence."""
    for application in ctx.facts.applications.of_season(ctx.instance.tenant, group=variable(ctx, "group"), state="defence_scheduled"):
        ctx.facts.applications.move(application.id, state="defence_done", at=ctx.now)


def close(ctx: Context, _: Data) -> None:
    """Topic: the group's defence is done, where the season holds one; scores are aggregated as facts."""
    group = found(ctx.facts.reviews.group(variable(ctx, "group")), what="专业组")
    for application in defending(ctx, group.id):
        totals = [Decimal(row.total) for row in ctx.facts.reviews.scores(application=application.id, stage="defence")]
        if totals:
            keep_stage(ctx, application=application.id, group=group.id, stage="defence", totals=totals)
        ctx.facts.applications.move(application.id, state="awaiting_meeting2", at=ctx.now)
        if season_of(ctx).defence.held:
            ctx.send("defence.done", key=application.id)
    ctx.facts.reviews.change_group(group.id, state="defended", closed_at=ctx.now)
    ctx.later("progress.defence", payload={"season": group.season}, dedupe=f"progress.defence:{group.season}")


def defending(ctx: Context, group: str) -> list[Fact]:
    """The applications of a group that are on their way to the second 合议."""
    listed: list[Fact] = ctx.facts.applications.of_season(ctx.instance.tenant, group=group, state=list(BEFORE_MEETING2))
    return listed


HANDLERS = {"defence.invite": invite, "defence.hold": hold, "defence.finish": finish, "defence.close": close}
JOBS = {"defence.eve": remind_on_the_eve, "defence.soon": remind_before_it_begins}
LISTENERS = {
    "defence.schedule": schedule,
    "defence.reply": reply,
    "defence.attendance": attendance,
    "defence.absence": absence,
}
