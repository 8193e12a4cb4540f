"""A season: everything an administrator decides for one year, read from its parsed season.toml and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter

from selection import review_parts as review
from selection import season_parts as parts
from selection.calendar import ZONE, Calendar, first_working_day, working_days_after
from selection.errors import InvalidSettings, NotFound, Problem
from selection.findings import SEVERITIES
from selection.layout import unknown_words
from selection.reading import read

FULL_MARKS = 100
EDGES = ("start", "end", "time")
STEPS = ("", "defence", "site_visit")  # those that a season may leave out, with their deadlines
TEMPLATE = "T-NAT"
# Who approves a result (办法 §23; A-13), and the group of the house whose members do it.
APPROVERS: Mapping[str, str] = {"CAQ": "caq_approver@caq", "MIIT": "miit_approver@miit"}
COUNTED = ("experience", "enterprise")  # what a place of a unit is counted by (AMB-10)
FRACTION_PARTS = 2


@dataclass(frozen=True)
class Season:
    """The settings of one season; frozen. Build it with `from_settings`."""

    id: str
    template: str
    year: int
    title: str
    title_en: str
    notice: str
    issued_by: str
    legal_basis: str
    timezone: str
    fee: int
    approvers: tuple[str, ...]
    focus: tuple[parts.FocusArea, ...]
    units: tuple[parts.Unit, ...]
    quota: parts.Quota
    unit_rules: parts.UnitRules
    industry: parts.Industry
    sizes: tuple[parts.SizeClass, ...]
    eligibility: parts.Eligibility
    form: parts.FormRules
    documents: tuple[parts.DocumentRule, ...]
    archive: parts.Archive
    writing: parts.Writing
    rubric: review.Rubric
    aggregation: review.Aggregation
    thresholds: review.Thresholds
    experts: review.Experts
    groups: review.Groups
    committee: review.Committee
    meeting: review.Meeting
    corrections: review.Corrections
    defence: review.Defence
    site_visit: review.SiteVisit
    publicity: review.Publicity
    objection: review.Objection
    title_rules: review.TitleRules
    deadlines: tuple[parts.NamedDeadline, ...]
    minimum_periods: tuple[parts.MinimumPeriod, ...]
    ladders: Mapping[str, parts.LadderRule]
    contact: parts.Contact
    texts: parts.Texts
    roll_over_if_holiday: bool = False
    separation: tuple[parts.Apart, ...] = parts.SEPARATION
    withdrawal: parts.Withdrawal = field(default_factory=parts.Withdrawal)

    @classmethod
    def from_settings(cls, mapping: Mapping[str, object]) -> Season:
        """Read a parsed season.toml. Raises `InvalidSettings` naming every problem."""
        problems: list[Problem] = []
        season = read(cls, mapping, path="", problems=problems)
        if season is None:
            raise InvalidSettings(problems)
        problems += _inconsistencies(season)
        if problems:
            raise InvalidSettings(problems)
        return replace(season, minimum_periods=tuple(resolved(season, rule) for rule in season.minimum_periods))

    def unit(self, code: str) -> parts.Unit:
        """The recommending unit with that code. Raises `NotFound`."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise NotFound(
            "unit.unknown",
            zh=f"本年度推荐单位名录中没有“{code}”，请从名录中选择一个推荐单位",
            en=f"{code!r} is not on this season's list of recommending units; choose one from the list",
        )

    def focus_item(self, code: str) -> parts.FocusArea:
        """The focus area with that code. Raises `NotFound`."""
        for area in self.focus:
            if area.code == code:
                return area
        raise NotFound("focus.unknown", zh="申报方向不在本年度重点领域内，请重新选择", en="not a focus area of this season; choose again")

    def document(self, code: str) -> parts.DocumentRule:
        """The rule of a document code (`D3`, or a slot of it: `D3.finance`). Raises `NotFound`."""
        for rule in self.documents:
            if rule.code == code.partition(".")[0]:
                return rule
        raise NotFound("document.unknown", zh=f"没有材料代码“{code}”，请从材料清单中选择", en=f"there is no document code {code!r}; choose one from the list")

    def deadline(self, name: str) -> parts.NamedDeadline:
        """The named deadline of the plan. Raises `NotFound`."""
        for entry in self.deadlines:
            if entry.name == name:
                return entry
        raise NotFound(
            "deadline.unknown",
            zh=f"时间计划中没有“{name}”，请从时间计划中选择",
            en=f"the plan has no deadline named {name!r}; choose one of the plan",
        )

    def holds(self, step: str) -> bool:
        """Whether the season holds a step that it may leave out (`defence.held`, `site_visit.held`); True for any other."""
        return bool(getattr(getattr(self, step, None), "held", True))

    @property
    def left_out(self) -> frozenset[str]:
        """The named deadlines that belong to steps which the season does not hold: nobody need read them."""
        return frozenset(entry.name for entry in self.deadlines if not self.holds(entry.step))

    def day_of(self, entry: parts.NamedDeadline, *, calendar: Calendar) -> date:
        """The day that counts: where the season lets deadlines roll over (顺延, A-18) a day off gives way to the next working day.

        A beginning never moves: it takes nothing from anybody.
        """
        if entry.edge == "start" or not self.roll_over_if_holiday:
            return entry.day
        return first_working_day(entry.day, calendar=calendar)


def resolved(season: Season, rule: parts.MinimumPeriod) -> parts.MinimumPeriod:
    """A minimum period with the working days of the setting that it names (`defence.material_working_days`)."""
    return replace(rule, working_days=attrgetter(rule.setting)(season)) if rule.setting else rule


def settings_problems(mapping: Mapping[str, object]) -> tuple[Problem, ...]:
    """Every problem of a parsed season.toml, none when it can be used (for `check`)."""
    try:
        Season.from_settings(mapping)
    except InvalidSettings as refusal:
        return refusal.problems
    return ()


def check_plan(season: Season, *, calendar: Calendar) -> tuple[Problem, ...]:
    """Problems of the plan of deadlines: each pair that leaves fewer working days than its rule."""
    days = _days(season, calendar)
    found = (too_short(rule, days, calendar) for rule in season.minimum_periods if not _skipped(season, rule))
    return tuple(problem for problem in found if problem)


def uncertain_years(season: Season, *, calendar: Calendar) -> tuple[int, ...]:
    """The years of the plan whose working days the State Council has not announced yet, as far as the calendar knows."""
    return tuple(sorted({day.year for day in _days(season, calendar).values() if not calendar.is_official(day.year)}))


def _days(season: Season, calendar: Calendar) -> dict[str, date]:
    return {entry.name: season.day_of(entry, calendar=calendar) for entry in season.deadlines}


def _skipped(season: Season, rule: parts.MinimumPeriod) -> bool:
    """Whether a period belongs to a step that the season does not hold: a defence, site visits."""
    return not season.holds(rule.setting.partition(".")[0]) or not season.left_out.isdisjoint((rule.after, rule.before))


def too_short(rule: parts.MinimumPeriod, days: Mapping[str, date], calendar: Calendar) -> Problem | None:
    """What is wrong with the days (by name of the deadline) of one minimum period; None when it is kept."""
    earliest = working_days_after(days[rule.after], rule.working_days, calendar=calendar)
    if days[rule.before] >= earliest:
        return None
    if not rule.working_days:
        return Problem(
            path=f"deadlines.{rule.before}",
            zh=f"“{rule.before}”（{days[rule.before]}）早于“{rule.after}”（{days[rule.after]}）：{rule.why}，请改正日期",
            en=f"{rule.before} ({days[rule.before]}) is before {rule.after} ({days[rule.after]}); correct the date",
        )
    return Problem(
        path=f"deadlines.{rule.before}",
        zh=f"“{rule.before}”（{days[rule.before]}）距“{rule.after}”（{days[rule.after]}）不足{rule.working_days}个工作日（{rule.why}），"
        f"最早应为{earliest}",
        en=f"{rule.before} ({days[rule.before]}) is less than {rule.working_days} working days after {rule.after}; earliest {earliest}",
    )


def _inconsistencies(season: Season) -> list[Problem]:
    names = [entry.name for entry in season.deadlines]
    return [
        *_doubles("deadlines", names),
        *_doubles("units", [unit.code for unit in season.units]),
        *_doubles("focus", [area.code for area in season.focus]),
        *_doubles("documents", [rule.code for rule in season.documents]),
        *_doubles("rubric.items", [item.code for item in season.rubric.items]),
        *_unknown_names(season, set(names)),
        *_bad_words(season),
        *_bad_choices(season),
        *_bad_numbers(season),
    ]


def _doubles(path: str, values: list[str]) -> list[Problem]:
    twice = sorted({value for value in values if values.count(value) > 1})
    return [Problem(path=path, zh=f"“{value}”重复，请只保留一项", en=f"{value!r} stands twice; keep one") for value in twice]


def _unknown_names(season: Season, names: set[str]) -> Iterable[Problem]:
    used = {(f"meeting.planned.{kind}", name) for kind, name in season.meeting.planned.items()}
    for rule in season.minimum_periods:
        used |= {("minimum_periods", rule.after), ("minimum_periods", rule.before)}
    for path, name in sorted(used):
        if name not in names:
            yield Problem(path=path, zh=f"时间计划中没有“{name}”，请从时间计划中选择", en=f"the plan has no deadline named {name!r}; choose one of the plan")
    for setting in sorted({rule.setting for rule in season.minimum_periods if rule.setting}):
        if not isinstance(_at(season, setting), int):
            yield Problem(path="minimum_periods", zh=f"没有天数设置“{setting}”", en=f"no setting {setting!r} holds a number of days")


def _at(season: Season, path: str) -> object:
    try:
        return attrgetter(path)(season)
    except AttributeError:
        return None


def _bad_words(season: Season) -> Iterable[Problem]:
    if season.template != TEMPLATE:
        yield _must("template", f"{TEMPLATE}（全国遴选）", f"{TEMPLATE}: only the national selection has diagrams")
    if not season.approvers or set(season.approvers) - set(APPROVERS):
        known = "、".join(APPROVERS)
        yield _must("approvers", f"{known} 中的一个或几个，按批准顺序（CAQ 中国质量协会，MIIT 工业和信息化部）", f"some of {known}, in order")
    if season.quota.unit not in COUNTED:
        yield _must("quota.unit", "experience 或 enterprise", "experience or enterprise")
    if season.timezone != ZONE.key:
        yield _must("timezone", f"{ZONE.key}（全部期限按北京时间计算）", f"{ZONE.key}: every deadline is counted there")
    words = unknown_words(season.writing.fonts.values(), season.writing.page)
    if words:
        yield _must("writing", f"可识别的字体、字号和页面：{'、'.join(words)}", f"known fonts, sizes and paper, not {', '.join(words)}")
    if season.industry.open_ended not in ("refer", "block", "pass"):
        yield _must("industry.open_ended", "refer、block 或 pass", "refer, block or pass")
    if season.aggregation.average not in ("mean", "median"):
        yield _must("aggregation.average", "mean 或 median", "mean or median")
    if season.aggregation.normalise not in ("none", "zscore", "percentile"):
        yield _must("aggregation.normalise", "none、zscore 或 percentile", "none, zscore or percentile")


def _bad_choices(season: Season) -> Iterable[Problem]:
    for group, severities in (("eligibility", season.eligibility.severities), ("form", season.form.severities)):
        for check, severity in severities.items():
            if severity not in SEVERITIES:
                yield _must(f"{group}.severities.{check}", "、".join(SEVERITIES), f"one of {', '.join(SEVERITIES)}")
    for entry in season.deadlines:
        if "@" in entry.name:
            yield _must(f"deadlines.{entry.name}.name", "不含“@”的名称（“@”用于单项延期）", "without @, which marks the extension for one application")
        if entry.step not in STEPS:
            yield _must(f"deadlines.{entry.name}.step", "defence 或 site_visit", "defence or site_visit")
        if entry.edge not in EDGES or (entry.edge == "time") != (entry.at is not None):
            yield _must(f"deadlines.{entry.name}.edge", "start、end，或 time 并给出 at", "start, end, or time together with `at`")


def _bad_numbers(season: Season) -> Iterable[Problem]:
    if season.fee:
        yield _must("fee", "0（办法第四条：不收取任何费用）", "0 (办法 §4: no fee of any kind)")
    if not 0 < season.quota.base <= season.quota.widened:
        yield _must("quota", "base 大于 0 且不大于 widened", "0 < base <= widened")
    if sum(item.max for item in season.rubric.items) != FULL_MARKS:
        yield _must("rubric.items", "各项分值合计100", "items that add up to 100")
    if sum(season.aggregation.weights.values()) != 1:
        yield _must("aggregation.weights", "权重合计1", "weights that add up to 1")
    if not season.defence.held and season.aggregation.weights.get("defence"):
        yield _must("aggregation.weights", "desk = 1、defence = 0（本年度不组织答辩）", "desk = 1, defence = 0: the season holds no defence")
    if not 1 <= season.experts.desk_min <= season.experts.desk:
        yield _must("experts", "desk_min 不小于1且不大于 desk", "1 <= desk_min <= desk")
    if season.publicity.working_days < 1:
        yield _must("publicity.working_days", "至少1个工作日", "at least one working day")
    for name in ("quorum", "simple", "qualified"):
        fraction = getattr(season.meeting, name)
        if len(fraction) != FRACTION_PARTS or not 0 < fraction[0] <= fraction[1]:
            yield _must(f"meeting.{name}", "[分子, 分母]，且在0与1之间", "[numerator, denominator] between 0 and 1")


def _must(path: str, zh: str, en: str) -> Problem:
    return Problem(path=path, zh=f"应为{zh}", en=f"must be {en}")
