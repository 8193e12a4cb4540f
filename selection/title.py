"""称号: numbers, duties of the holder, and revocation with its grounds and hearing (办法 §24–25, §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from selection import uscc
from selection.calendar import at_local, day_end, local_day
from selection.errors import Problem, Refused
from selection.season import Season

LONGEST_NUMBER = 40  # characters
LONGEST_NAME = 200  # of a holder and of an experience
FIRST_YEAR = 2000  # older than any title of the kind
WRITTEN_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")  # by hand, or as a sheet keeps a day


@dataclass(frozen=True)
class Duty:
    """A duty of a holder; never a condition of the title (办法 §24)."""

    code: str
    zh: str
    en: str
    due: datetime | None


def number(*, season: Season, sequence: int) -> str:
    """编号 of the `sequence`-th title of the season, counted from 1 (A-71). Raises `ValueError` below 1."""
    if sequence < 1:
        msg = f"titles are counted from 1, not {sequence}"
        raise ValueError(msg)
    return season.title_rules.number.format(year=season.year, sequence=sequence)


def valid_until(*, season: Season, announced: date) -> date | None:
    """The last day of a title; None where it never ends (A-34)."""
    years = season.title_rules.valid_years
    return date(announced.year + years, 12, 31) if years else None


@dataclass(frozen=True, kw_only=True)
class OldTitle:
    """A title of an earlier year, as the office brings it in: number, holder, 统一社会信用代码 ("" where nobody knows it), experience, year.

    ``revoked``: the day of its revocation as it was written, "" for a title that stands (办法 §25; E17 counts from the year of that day).
    """

    number: str
    holder: str
    experience: str
    year: int
    uscc: str = ""
    revoked: str = ""

    @property
    def revoked_on(self) -> date | None:
        """The day of the revocation; None where there is none, or nobody can read it."""
        parts = WRITTEN_DAY.fullmatch(self.revoked.strip())
        try:
            return date(*(int(part) for part in parts.groups())) if parts else None
        except ValueError:
            return None

    def texts(self) -> dict[str, str]:
        """What may be corrected of it, as text: all but the number, by which it is known."""
        day = self.revoked_on
        return _texts(self.holder, self.experience, self.year, self.uscc, day)


def record_texts(title: Any) -> dict[str, str]:
    """The same of a title as it is kept (a row with holder, experience_name, year, uscc, revoked_at)."""
    return _texts(title.holder, title.experience_name, title.year, title.uscc or "", local_day(title.revoked_at) if title.revoked_at else None)


def _texts(holder: str, experience: str, year: int, code: str, revoked_on: date | None) -> dict[str, str]:
    day = revoked_on.isoformat() if revoked_on else ""
    return {"holder": holder, "experience_name": experience, "year": str(year), "uscc": code, "revoked": day}


def corrected(*, standing: OldTitle, wanted: OldTitle, season_year: int, today: date) -> tuple[dict[str, str], dict[str, str]]:
    """What a correction changes of the record of a title of an earlier year: (wrong, right), field → text. Raises `Refused`.

    A title that stands is revoked by its own procedure with a hearing (§25), and one that is revoked is not restored here: only the day of a
    revocation that was brought in is corrected.
    """
    found = old_title_problems(wanted, season_year=season_year, today=today)
    if found:
        raise Refused("title.old", zh="；".join(one.zh for one in found), en="; ".join(one.en for one in found))
    if bool(standing.revoked) != bool(wanted.revoked):
        raise Refused(
            "title.revoked",
            zh="称号是否撤销不能在此更正：撤销须经调查、陈述申辩和批准，请登记线索",
            en="whether a title is revoked is not corrected here: a revocation needs investigation, hearing and approval; register a report",
        )
    before, after = standing.texts(), wanted.texts()
    right = {name: text for name, text in after.items() if text != before[name]}
    if not right:
        raise Refused("correction.same", zh="更正后的内容与登记内容相同，请填写应更正的内容", en="nothing differs from the record; give the corrected text")
    return {name: before[name] for name in right}, right


def old_title_problems(title: OldTitle, *, season_year: int, today: date) -> tuple[Problem, ...]:
    """What is wrong with a title of an earlier year before it is brought into the season of ``season_year``; ``today``: the local day."""
    found = []
    if not 0 < len(title.number) <= LONGEST_NUMBER or not title.number.isprintable() or "/" in title.number:
        zh = f"请填写编号（不超过{LONGEST_NUMBER}字，不含“/”）"
        found.append(Problem(path="number", zh=zh, en=f"give the number (at most {LONGEST_NUMBER} characters, no /)"))
    if not all(0 < len(name) <= LONGEST_NAME for name in (title.holder, title.experience)):
        zh = f"请填写企业名称和经验名称（各不超过{LONGEST_NAME}字）"
        found.append(Problem(path="holder", zh=zh, en=f"give holder and experience, at most {LONGEST_NAME} characters each"))
    if not FIRST_YEAR <= title.year < season_year:
        found.append(
            Problem(path="year", zh=f"年度应在{FIRST_YEAR}年至{season_year - 1}年之间", en=f"the year must lie between {FIRST_YEAR} and {season_year - 1}")
        )
    if title.uscc and not uscc.is_valid(title.uscc):
        found.append(Problem(path="uscc", zh="统一社会信用代码不正确，请核对；不清楚的可以不填", en="the credit code is wrong; leave it empty if unknown"))
    if title.revoked.strip() and (title.revoked_on is None or title.revoked_on.year < title.year or title.revoked_on > today):
        zh = "撤销日期应如2021-06-30，不早于称号年度，不晚于今天；未撤销的不填"
        en = "the day of the revocation must read like 2021-06-30, after the title and not ahead"
        found.append(Problem(path="revoked", zh=zh, en=en))
    return tuple(found)


def written_year(text: str) -> int:
    """A year as somebody wrote it, four digits; 0 for anything else, which is no title's year."""
    return int(text) if re.fullmatch(r"\d{4}", text) else 0


def revoked_at(day: str) -> datetime | None:
    """The instant that is kept for the day of a revocation (ISO): its beginning; None for "". UTC."""
    return at_local(date.fromisoformat(day), time()) if day else None


def duties(*, season: Season, announced_at: datetime) -> tuple[Duty, ...]:
    """The holder's duties after the announcement: the video with its due instant (exclusive), and the exchange activities."""
    rules = season.title_rules
    due = day_end(local_day(announced_at) + timedelta(days=rules.video_days))
    return (
        Duty("video", "提交典型经验宣传视频", "hand in the video", due),
        Duty("exchange", f"参加经验交流活动（全年{rules.exchange_events}期）", "take part in the exchange activities", None),
    )


def video_problems(*, season: Season, minutes: Sequence[Decimal]) -> tuple[Problem, ...]:
    """What is wrong with a video whose parts last so many `minutes` (2 + 28 in 2023, each ± the tolerance); one number = the whole."""
    rules = season.title_rules
    wanted = rules.video_parts if len(minutes) > 1 else (sum(rules.video_parts),)
    fits = len(minutes) == len(wanted) and all(
        abs(length - part) <= rules.video_tolerance for length, part in zip(minutes, wanted, strict=False)
    )
    if fits:
        return ()
    shape = "+".join(str(part) for part in rules.video_parts)
    return (Problem(path="D10", zh=f"视频应为{shape}分钟，请按编写说明重新制作", en=f"the video must have {shape} minutes; make it anew"),)


def refuse_report(*, facts: str, title_state: str) -> None:
    """Raise `Refused` unless a report about a title says something and the title still stands."""
    if title_state != "active":
        raise Refused("title.state", zh="该称号已撤销，无需再次处理", en="the title is already revoked; nothing is left to do")
    if not facts.strip():
        raise Refused("title.facts", zh="请写明线索内容", en="write down what is reported")


def refuse_proposal(*, season: Season, ground: str, hearing_due: datetime | None, hearing_given: bool, now: datetime) -> None:
    """Raise `Refused` unless a revocation may be proposed.

    It needs a ground of 办法 §25 and a hearing: 陈述申辩 given, or asked for and its time over (§14).
    """
    if ground not in {entry.code for entry in season.title_rules.grounds}:
        names = "；".join(entry.zh for entry in season.title_rules.grounds)
        raise Refused("title.ground", zh=f"撤销称号须有下列情形之一，请选择：{names}", en="choose one of the grounds of article 25")
    if hearing_due is None or (not hearing_given and now < hearing_due):
        raise Refused(
            "title.hearing",
            zh="须先听取标杆企业陈述申辩，或待其陈述申辩期满",
            en="hear the holder first, or wait until the time for the statement is over",
        )


def ground_text(*, season: Season, ground: str) -> str:
    """The Chinese wording of a ground."""
    texts: Mapping[str, str] = {entry.code: entry.zh for entry in season.title_rules.grounds}
    return texts.get(ground, "")


def is_flagged(*, season: Season, revoked: int) -> bool:
    """Whether a revocation in that year, whatever the title's own, is still shown this season; no ban follows from it (A-33)."""
    return revoked >= season.year - season.title_rules.revoked_flag_seasons
