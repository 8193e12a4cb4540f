"""公示: each item's own period of working days from its real publication, and objections within it (办法 §22, A-02, A-68, §14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from selection.calendar import Calendar, at_local, day_end, local_day, publicity_last_day, spoken_day
from selection.errors import Late, Refused
from selection.season import Season

# What the public list may show of a line, and how its head calls it.
COLUMNS: Mapping[str, str] = {
    "seq": "序号", "enterprise_name": "企业名称", "experience_name": "经验名称", "focus_area": "申报方向", "recommending_unit": "推荐单位",
}  # fmt: skip
RESTARTS = ("line", "list")  # whose period a correction begins again
WORDS_OF_CHANNELS: Mapping[str, str] = {"website": "网站", "wechat": "公众号"}


@dataclass(frozen=True)
class Period:
    """The publicity of one item: the instant it was published, its last day, and the exclusive end as UTC instant."""

    item: str
    published_at: datetime
    last_day: date
    ends: datetime


def period(*, season: Season, item: str, published_at: datetime, calendar: Calendar) -> Period:
    """The period that begins with the registered publication: ten working days in 2023, the day of publication not counted."""
    rules = season.publicity
    last = publicity_last_day(
        local_day(published_at),
        working_days=rules.working_days,
        calendar=calendar,
        count_publication_day=rules.count_publication_day,
    )
    return Period(item, published_at, last, day_end(last))


def begun_again(*, season: Season, item: str, public: Iterable[str], published_at: datetime, calendar: Calendar) -> dict[str, Period]:
    """The periods that begin again with the publication of an item's correction: its own, or those of all that is ``public`` still (A-68)."""
    items = {item, *public} if restarts_list(season) else {item}
    return {one: period(season=season, item=one, published_at=published_at, calendar=calendar) for one in sorted(items)}


def restarts_list(season: Season) -> bool:
    """Whether a correction begins the whole list's period again (A-68)."""
    return season.publicity.correction_restarts == "list"


def changes(*, season: Season, printed: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a correction changes of a printed line: (wrong, right), field → text. Raises `Refused` for an empty or unknown text, or no change."""
    fields = [name for name in season.publicity.columns if name in printed]
    right = {name: str(wanted.get(name) or "").strip() for name in fields if name in wanted}
    known = {"focus_area": {area.zh for area in season.focus}, "recommending_unit": {unit.name for unit in season.units}}
    for name, text in right.items():
        if not text or text not in known.get(name, {text}):
            raise Refused("correction.text", zh=f"“{text}”不能公示，请核对更正后的内容", en=f"{text!r} cannot be printed; check the text", field=name)
    right = {name: text for name, text in right.items() if text != printed[name]}
    if not right:
        raise Refused(
            "correction.same",
            zh="更正后的内容与公示内容相同，请填写应更正的内容",
            en="nothing differs from what was published; give the corrected text",
        )
    return {name: printed[name] for name in right}, right


def refuse_early_publication(*, published_at: datetime, decided_at: datetime) -> None:
    """Raise `Refused` when a list is said to have been published before it was decided: the public would lose days of its period (A-68)."""
    if _written_before(published_at, decided_at):
        raise Refused(
            "publicity.early",
            zh="发布时间不能早于名单确定的时间，请按实际发布时间登记",
            en="a list is published after it was decided; register the real time",
        )


def refuse_early_correction(*, published_at: datetime, proposed_at: datetime) -> None:
    """Raise `Refused` when a correction is said to have been published before anybody had proposed it."""
    if _written_before(published_at, proposed_at):
        raise Refused(
            "correction.early",
            zh="更正的发布时间不能早于提出更正的时间，请核对",
            en="a correction is published after it was proposed; check the time",
        )


def _written_before(written: datetime, happened: datetime) -> bool:
    """Whether a time that somebody wrote lies before what happened. People write minutes."""
    return written < happened.replace(second=0, microsecond=0)


def last_morning(*, season: Season, ends: datetime) -> datetime:
    """When the office is told that publicity ends today (§9.3, 32): on the last day, at the hour of its reminders. UTC."""
    return at_local(local_day(ends - timedelta(microseconds=1)), season.ladders["office"].at)


def ended(*, period: Period, now: datetime) -> bool:
    """Whether the period is over."""
    return now >= period.ends


def refuse_objection_outside(*, period: Period, received: datetime) -> None:
    """Raise unless an objection came within the item's period: `Refused` before, `Late` after."""
    if received < period.published_at:
        raise Refused("objection.early", zh="公示尚未开始，请在公示期内提出异议", en="publicity has not begun; object within the period")
    if ended(period=period, now=received):
        raise Late(
            "objection.late",
            zh=f"公示期已于{spoken_day(period.last_day)}结束。发现申报材料弄虚作假等情形，仍可向办公室反映",
            en=f"the period ended on {period.last_day}; falsified materials can still be reported to the office",
        )


def channel_named(*, season: Season, choice: str) -> str:
    """The season's channel that a registration means by its choice (`website`, or the channel's own name); the choice itself when there is none."""
    word = WORDS_OF_CHANNELS.get(choice, choice)
    return next((channel for channel in season.publicity.channels if word in channel), word)


def refuse_bad_registration(*, registered: Mapping[str, str], season: Season, published_at: datetime, now: datetime) -> None:
    """Raise `Refused` unless the publication is on record for every channel (channel → address) and does not lie ahead (§14)."""
    missing = [channel for channel in season.publicity.channels if not registered.get(channel, "").strip()]
    if missing:
        raise Refused("publicity.channel", zh=f"请登记发布地址：{'、'.join(missing)}", en=f"give the address of: {', '.join(missing)}")
    if published_at > now:
        raise Refused(
            "publicity.future", zh="发布时间不能晚于现在，请在实际发布后登记", en="register the publication after it has happened"
        )
