"""The parts of a season's settings that concern review, committee, publicity and titles. Meanings: docs/reference/season.md.

No values here: everything that belongs to a year stands in its season.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from selection.season_parts import FieldRule


@dataclass(frozen=True)
class RubricItem:
    """One line of the score sheet."""

    code: str
    criterion: str
    zh: str
    en: str
    guide: str
    max: Decimal


@dataclass(frozen=True)
class Rubric:
    """评分表."""

    step: Decimal
    comment_min: int
    comment_below: Decimal
    comment_above: Decimal
    overall_min: int
    recommendations: tuple[str, ...]
    items: tuple[RubricItem, ...]
    uncounted: tuple[RubricItem, ...]


@dataclass(frozen=True)
class Aggregation:
    """How scores become stage scores, finals and ranks."""

    trim: int
    trim_min_n: int
    normalise: str
    normalise_min_n: int
    zscore_mean: Decimal
    zscore_spread: Decimal
    dispersion_range: Decimal
    dispersion_sd: Decimal
    weights: Mapping[str, Decimal]
    ties: tuple[str, ...]
    places: int
    average: str = "mean"


@dataclass(frozen=True)
class Thresholds:
    """Proposal lines of the two meetings."""

    shortlist_share: Decimal
    shortlist_min: Decimal
    award_min: Decimal
    award_target: int


@dataclass(frozen=True)
class Experts:
    """How many experts, how much work, what is a declared conflict."""

    desk: int
    desk_min: int
    defence_min: int
    defence_max: int
    max_load: int
    reply_working_days: int
    read_working_days: int
    conflicts: tuple[FieldRule, ...]


@dataclass(frozen=True)
class Groups:
    """专业组. ``comment_released``: whether applicants read its 综合评语 once the results are announced (A-61)."""

    max_size: int
    target_min: int
    leaders: int
    members_min: int
    comment_released: bool = True


@dataclass(frozen=True)
class Committee:
    """评审委员会."""

    chair: int
    vice_chair_min: int
    vice_chair_max: int


@dataclass(frozen=True)
class Meeting:
    """合议: quorum, majorities. Fractions as [numerator, denominator]. ``deviation_reason``: leaving the order of scores needs a reason (A-57)."""

    quorum: tuple[int, ...]
    simple: tuple[int, ...]
    qualified: tuple[int, ...]
    qualified_for: tuple[str, ...]
    kinds: Mapping[str, str]
    planned: Mapping[str, str]
    minutes_working_days: int
    deviation_reason: bool = True


@dataclass(frozen=True)
class Publicity:
    """公示.

    ``correction_restarts``: whose period begins again with a correction, the `line`'s alone or the whole `list`'s (A-68).
    ``partial_approval``: lines without an objection go on to approval while others are held (A-70); else the list is approved as one.
    """

    working_days: int
    count_publication_day: bool
    channels: tuple[str, ...]
    columns: tuple[str, ...]
    correction_restarts: str = "line"
    partial_approval: bool = True


@dataclass(frozen=True)
class Objection:
    """异议: working days of each step."""

    acknowledge: int
    answer: int
    investigate: int
    extensions: int
    committee: int
    reply: int
    anonymous_with_evidence: bool
    facts_min: int


@dataclass(frozen=True)
class Corrections:
    """补正 and 退回修改."""

    working_days: int
    rounds: int
    return_working_days: int


@dataclass(frozen=True)
class SiteVisit:
    """现场考察."""

    team_min: int
    notice_working_days: int
    expert_flags: int
    conclusions: tuple[str, ...]
    excluding: tuple[str, ...]
    held: bool = True
    checks: tuple[str, ...] = ("X05", "X06", "X07")
    clerk: bool = False


@dataclass(frozen=True)
class Defence:
    """答辩. ``absence``: what it means in the end (A-11): `zero` points for the defence, or `withdrawal`: the application goes no further."""

    present_minutes: int
    question_minutes: int
    invite_working_days: int
    material_working_days: int
    new_dates: int
    held: bool = True
    by_lot: bool = False
    remind_days: int = 1
    remind_hours: int = 2
    absence: str = "zero"


@dataclass(frozen=True)
class Ground:
    """A ground of revocation."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class TitleRules:
    """称号: number, duties, revocation."""

    number: str
    valid_years: int
    exchange_events: int
    video_days: int
    video_parts: tuple[int, ...]
    video_tolerance: int
    investigate_working_days: int
    hearing_working_days: int
    proposal_working_days: int
    notice_working_days: int
    revoked_flag_seasons: int
    grounds: tuple[Ground, ...]
    certificate: bool = False
