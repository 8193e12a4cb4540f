"""The parts of a season's settings that concern applying, units and the plan. Meanings: docs/reference/season.md.

No values here: everything that belongs to a year stands in its season.toml. Only what came later than a season that runs already has a
default: a season deployed before stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True)
class FocusArea:
    """One 申报方向."""

    code: str
    zh: str
    en: str
    text: str


@dataclass(frozen=True)
class Unit:
    """One 推荐单位 under its name of the season.

    `regions`: the beginnings of GB/T 2260 codes of the region it stands for; none for associations, which recommend from anywhere (A-05).
    `leader_signs`: its leader signs what it delivers off in person, beside the signed and sealed page (§14).
    """

    code: str
    name: str
    kind: str
    regions: tuple[str, ...] = ()
    leader_signs: bool = False


@dataclass(frozen=True)
class Apart:
    """Duties that one person may not join in a season (A-03): any of `roles` with any of `apart_from`, and what is said of it."""

    roles: tuple[str, ...]
    apart_from: tuple[str, ...]
    zh: str
    en: str


_JUDGES = ("expert", "group_leader", "group_member", "committee_chair", "committee_vice_chair", "committee_member")
_OFFICE = ("office_clerk", "office_director")
_UNIT = ("ru_officer", "ru_leader")
SEPARATION = (
    Apart(_UNIT, _JUDGES, "推荐单位人员不能同时担任评审专家或委员", "a unit's officer cannot be an expert"),
    Apart(
        ("applicant_editor", "applicant_signatory"),
        (*_JUDGES, *_UNIT, *_OFFICE, "caq_approver", "meeting_secretary"),
        "申报单位人员不能同时在推荐、评审、办公室或批准环节任职",
        "an applicant's person cannot recommend, judge, run or approve",
    ),
    Apart(
        ("caq_approver", "miit_approver"),
        (*_OFFICE, *_JUDGES),
        "批准人不能同时是办公室人员或评审专家",
        "an approver cannot belong to the office or judge",
    ),
    Apart(
        ("season_admin",),
        (*_JUDGES, *_OFFICE, "caq_approver", "meeting_secretary", "auditor"),
        "活动管理员不能接触评分，不能兼任办公室、评审、批准或监督职务",
        "the platform's administrator sees no scores and holds no office of the selection",
    ),
    Apart(
        ("auditor",),
        (*_JUDGES, *_OFFICE, "caq_approver", "meeting_secretary", *_UNIT),
        "监督人员不能兼任被监督的职务",
        "an auditor cannot hold what is audited",
    ),
)  # of a season deployed before it said so itself


@dataclass(frozen=True)
class Quota:
    """推荐名额: places per unit, and after 放宽. ``widening_proof``: what shows that an activity runs (A-73), a `document` or the unit's own `declaration`."""

    base: int
    widened: int
    unit: str
    widening_proof: str = "document"


@dataclass(frozen=True)
class Withdrawal:
    """撤回. ``applicant_until``: the deciding step (`selection.stages.DECIDING`) after which only the office withdraws an application (A-08)."""

    applicant_until: str = "N13"


@dataclass(frozen=True)
class Industry:
    """GB/T 4754 scope of the season."""

    ranges: tuple[str, ...]
    services: Mapping[str, tuple[str, ...]]
    refer: tuple[str, ...]
    open_ended: str
    table_rows_fixed_for: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class SizeClass:
    """Lower limits of 大型/中型/小型 for some industries: employees, and revenue in 万元, or total assets where the standard goes by these."""

    codes: tuple[str, ...]
    employees: tuple[int, ...]
    revenue: tuple[int, ...] = ()
    assets: tuple[int, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """Severities of E01–E17 and the inputs that are settings.

    ``missing_profit``: what a year without a profit means (E02, A-75): fail or warn. ``reference``: the deadline of the plan on whose day
    certificates must be valid (A-35).
    """

    severities: Mapping[str, str]
    enterprise_prefixes: tuple[str, ...]
    similarity: Decimal
    labels: Mapping[str, str]
    missing_profit: str = "fail"
    reference: str = "申报截止"


@dataclass(frozen=True)
class FieldRule:
    """A field that must be filled, or a document slot that must hold a file, with its label."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class FormRules:
    """Rules over the 申报书 that JSON Schema cannot say."""

    years_back: int
    undertakings: int
    change_percent: Decimal
    severities: Mapping[str, str]
    higher_is_better: tuple[str, ...]
    lower_is_better: tuple[str, ...]
    required: tuple[FieldRule, ...]
    slots: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    evidence: tuple[FieldRule, ...] = ()


@dataclass(frozen=True)
class DocumentRule:
    """One document code: formats, size, number, when and by whom."""

    code: str
    zh: str
    en: str
    formats: tuple[str, ...]
    max_mb: int
    stage: str
    uploader: str
    required: bool
    required_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Archive:
    """The package of an application."""

    name: str
    generate: str
    mail: str
    subject: str


@dataclass(frozen=True)
class Writing:
    """编写说明: word limits and layout. ``count``: what a limit counts, `words` (字数) or `characters` (字符数), A-51."""

    limits: Mapping[str, int]
    tolerance_percent: int
    page: str
    fonts: Mapping[str, str]
    video_note: str
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body_share: int = 95
    guide: tuple[str, ...] = ()
    count: str = "words"


@dataclass(frozen=True)
class UnitRules:
    """Work of the recommending units.

    ``acceptance_binds``: whom a unit that set no 单位受理截止 of its own refuses: nobody, or who comes after the default.
    ``may_return``: whether one may return an application to be changed before 申报截止 (A-09).
    ``summary_columns``: the columns of its 推荐汇总表, in order (A-48).
    """

    acceptance_days: int
    opinion_min: int
    opinion_max: int
    confirm_working_days: int
    widening_working_days: int
    acceptance_binds: bool = False
    may_return: bool = True
    summary_columns: tuple[str, ...] = (
        "seq", "recommending_unit", "enterprise_name", "uscc", "owned_by", "industry", "organization_size", "experience_name", "focus_area",
        "has_regional_or_industry_benchmark", "main_revenue", "total_profit",
        "contact_name", "contact_position", "contact_phone", "contact_mobile", "contact_email", "remark",
    )  # fmt: skip


@dataclass(frozen=True)
class NamedDeadline:
    """One named deadline of the plan: a day, and whether it means the day's end (exclusive), its start or a time.

    `step`: the step it belongs to (`defence`, `site_visit`), which a season may not hold; "" for all others.
    """

    name: str
    en: str
    day: date
    edge: str
    at: time | None = None
    step: str = ""


@dataclass(frozen=True)
class MinimumPeriod:
    """A period the plan must leave between two named deadlines: so many working days, or as many as another setting says."""

    after: str
    before: str
    why: str
    working_days: int = 0
    setting: str = ""


@dataclass(frozen=True)
class LadderRule:
    """One ladder of reminders: days before the due day, whether on the day itself, the hour, and working days until overdue."""

    days_before: tuple[int, ...]
    on_the_day: bool
    at: time
    overdue_working_days: int


@dataclass(frozen=True)
class Contact:
    """Whom to ask."""

    office: str
    desk: str
    mail: str
    phone: str
    site: str
    address: str = ""  # where letters go; the documents do not say it

    @property
    def reached(self) -> tuple[str, ...]:
        """By telephone, by mail and, where the season says to which address, by letter: the ways to reach the office (§8)."""
        return tuple(way for way in (self.phone, self.mail, self.address) if way)


@dataclass(frozen=True)
class Texts:
    """Public texts, verbatim from the documents."""

    about: str
    scope: str
    conditions: tuple[str, ...]
    criteria: tuple[str, ...]
    how_to_object: str
    fee: str
    rules: tuple[str, ...] = ()
