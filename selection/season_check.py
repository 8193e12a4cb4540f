"""What an administrator may have mistyped in a season's settings: words nobody knows, codes that do not exist, limits that contradict each other.

Asked when a folder is checked, never when a season is read: what runs already stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import TypeAlias

from selection import title
from selection.cross_checks import CHECKS
from selection.defence import ABSENCES
from selection.documents import KINDS
from selection.eligibility import PREDICATES
from selection.errors import Problem
from selection.examination import CLOSE
from selection.form import YEAR_KEYS
from selection.measuring import COUNTS
from selection.nomination import SUMMARY_COLUMNS
from selection.publicity import COLUMNS, RESTARTS
from selection.quota import PROOFS
from selection.rights import ROLES
from selection.season import Season
from selection.stages import DECIDING
from selection.writing import NAMES

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
# Texts that a season need not have: an address for letters, the number of a notice that is not issued yet, parts of an entry that say "none".
MAY_BE_BLANK = ("address", "notice", "step", "setting", "text")
RANGE = re.compile(r"\d\d(-\d\d)?")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SLOTS = ("experience_document", "finance_certificate", "iso9001_certificate", "sealed_commitment")
DOCUMENT_STAGES = ("apply", "recommend", "defence", "site_visit", "title", "office", "any")
UPLOADERS = ("applicant", "unit", "office", "expert", "anyone")
FORMATS = (*KINDS, "pdf", "png", "zip", "rar", "7z")
UNIT_KINDS = ("province", "separately_listed_city", "xpcc", "association")
MEETINGS = ("shortlist", "award", "objection", "sent_back")
QUALIFIED_ACTS = ("override_rank", "remove_published")
# Deadlines and ladders that are asked for besides those of the diagrams.
NEEDED_DEADLINES = ("申报开始", CLOSE, "推荐截止", "专家遴选截止", "评分截止", "专业组汇总截止", "答辩材料截止")
NEEDED_LADDERS = ("office",)
PACKED = "zip"  # the only format that can be made with free tools

Found: TypeAlias = Iterator[Problem]


def faults(season: Season) -> tuple[Problem, ...]:
    """Every problem of readable settings, in the order of the rules below; none when the season can be run as it stands."""
    return tuple(problem for rule in RULES for problem in rule(season))


def _must(path: str, zh: str, en: str) -> Problem:
    return Problem(path=path, zh=f"应为{zh}", en=f"must be {en}")


def _known(path: str, names: Iterable[str], known: Iterable[str]) -> Found:
    """Each name is one of those known."""
    words = list(known)
    for name in names:
        if name not in words:
            listed = "、".join(words)
            yield Problem(path=path, zh=f"没有“{name}”，可用的有：{listed}", en=f"{name!r} is unknown; known are: {', '.join(words)}")


def _whole(path: str, names: Iterable[str], wanted: Iterable[str]) -> Found:
    """None of the wanted names is left out."""
    there = set(names)
    for name in wanted:
        if name not in there:
            yield Problem(path=path, zh=f"缺少“{name}”，请补上", en=f"{name!r} is missing; add it")


def _both(path: str, names: Iterable[str], wanted: Iterable[str]) -> Found:
    there, words = list(names), list(wanted)
    yield from _known(path, there, words)
    yield from _whole(path, there, words)


def _once(path: str, names: Iterable[str]) -> Found:
    there = list(names)
    for name in sorted({one for one in there if there.count(one) > 1}):
        yield Problem(path=path, zh=f"“{name}”重复，请只保留一项", en=f"{name!r} stands twice; keep one")


def _identity(season: Season) -> Found:
    if not ID.fullmatch(season.id):
        yield _must("id", "小写字母、数字和连字符，如 cn-2024", "small letters, digits and hyphens, such as cn-2024")
    for path, address in (("contact.mail", season.contact.mail), ("archive.mail", season.archive.mail)):
        if not MAIL.fullmatch(address):
            yield _must(path, "电子邮箱地址", "an e-mail address")
    for index, rule in enumerate(season.separation):
        yield from _known(f"separation[{index}]", (*rule.roles, *rule.apart_from), ROLES)
    closes = next((entry.day for entry in season.deadlines if entry.name == CLOSE), None)
    if closes and closes.year != season.year:  # 填报说明4: the form's years are those before the year of application
        zh = f"{CLOSE}（{closes}）所在的年度，申报书的年度列为其前{season.form.years_back}年"
        yield _must("year", zh, f"the year of {CLOSE} ({closes}): the form's years are those before it")


def _checks(season: Season) -> Found:
    yield from _both("eligibility.severities", season.eligibility.severities, PREDICATES)
    yield from _both("eligibility.labels", season.eligibility.labels, PREDICATES)
    yield from _both("form.severities", season.form.severities, CHECKS)
    yield from _known("eligibility.missing_profit", (season.eligibility.missing_profit,), ("fail", "warn"))
    lasting = [entry.name for entry in season.deadlines if entry.edge != "start"]
    yield from _known("eligibility.reference", (season.eligibility.reference,), lasting)
    yield from _known("site_visit.checks", season.site_visit.checks, CHECKS)


def _form(season: Season) -> Found:
    if season.form.years_back != len(YEAR_KEYS):
        yield _must("form.years_back", f"{len(YEAR_KEYS)}（各表均为三个年度列）", f"{len(YEAR_KEYS)}: the tables have that many year columns")
    yield from _both("form.slots", season.form.slots, SLOTS)
    codes = [rule.code for rule in season.documents]
    yield from _known("form.slots", (slot.partition(".")[0] for slot in season.form.slots.values()), codes)
    yield from _known("form.evidence", (rule.key.partition(".")[0] for rule in season.form.evidence), codes)
    yield from _once("form.evidence", (rule.key for rule in season.form.evidence))
    yield from _once("form.required", (rule.key for rule in season.form.required))


def _writing(season: Season) -> Found:
    yield from _known("writing.count", (season.writing.count,), COUNTS)
    yield from _both("writing.limits", season.writing.limits, NAMES)
    yield from _known("writing.headings", season.writing.headings, NAMES)
    yield from _both("writing.fonts", season.writing.fonts, ("title", "body", "caption"))


def _documents(season: Season) -> Found:
    for rule in season.documents:
        path = f"documents.{rule.code}"
        yield from _known(f"{path}.stage", (rule.stage,), DOCUMENT_STAGES)
        yield from _known(f"{path}.uploader", (rule.uploader,), UPLOADERS)
        yield from _known(f"{path}.formats", rule.formats, FORMATS)
        yield from _known(f"{path}.required_formats", rule.required_formats, rule.formats)
        if rule.max_mb < 1 or not rule.formats:
            yield _must(path, "至少一种格式，max_mb 至少为1", "at least one format, and max_mb at least 1")
    if season.archive.generate != PACKED:
        yield _must("archive.generate", f"{PACKED}（系统只能生成这一种压缩包）", f"{PACKED}: nothing else can be packed")
    for name, pattern in (("name", season.archive.name), ("subject", season.archive.subject)):
        if _filled(pattern, enterprise="某企业") in ("", pattern):
            yield _must(f"archive.{name}", "含有 {enterprise} 的文字", "a text with {enterprise} in it")


def _filled(pattern: str, **values: object) -> str:
    """The pattern with its values; "" where it names others or cannot be read."""
    try:
        return pattern.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):
        return ""


def _units(season: Season) -> Found:
    held = [step for step in DECIDING if season.defence.held or step != "N07"]  # without a defence there is no first 合议
    yield from _known("withdrawal.applicant_until", (season.withdrawal.applicant_until,), held)
    yield from _known("quota.widening_proof", (season.quota.widening_proof,), PROOFS)
    yield from _known("unit_rules.summary_columns", season.unit_rules.summary_columns, SUMMARY_COLUMNS)
    yield from _once("unit_rules.summary_columns", season.unit_rules.summary_columns)
    yield from _whole("unit_rules.summary_columns", season.unit_rules.summary_columns, ("enterprise_name",))
    for unit in season.units:
        yield from _known(f"units.{unit.code}.kind", (unit.kind,), UNIT_KINDS)
        if not all(region.isdecimal() for region in unit.regions):
            yield _must(f"units.{unit.code}.regions", "行政区划代码的前几位数字", "the first digits of codes of regions")


def _industries(season: Season) -> Found:
    rules = season.industry
    for path, ranges in (
        ("industry.ranges", rules.ranges),
        ("industry.table_rows_fixed_for", (rules.table_rows_fixed_for,)),
        *((f"sizes[{index}].codes", line.codes) for index, line in enumerate(season.sizes)),
    ):
        for entry in ranges:
            first, _, last = entry.partition("-")
            if not RANGE.fullmatch(entry) or (last or first) < first:
                yield _must(path, f"两位行业代码或其区间，如 06-46，不能是“{entry}”", f"codes of two digits or ranges such as 06-46, not {entry!r}")
    yield from _known("industry.refer", rules.refer, rules.names)
    for service, codes in rules.services.items():
        yield from _known(f"industry.services.{service}", codes, rules.names)
    for index, line in enumerate(season.sizes):
        money = line.assets or line.revenue
        if not len(line.employees) == len(money) == len(("大型", "中型", "小型")):
            yield _must(f"sizes[{index}]", "大型、中型、小型三个下限", "three lower limits: large, medium, small")


def _review(season: Season) -> Found:
    yield from _both("aggregation.weights", season.aggregation.weights, ("desk", "defence"))
    yield from _known("aggregation.ties", season.aggregation.ties, sorted({item.criterion for item in season.rubric.items}))
    if season.aggregation.trim * 2 >= season.aggregation.trim_min_n:
        yield _must("aggregation.trim", "trim_min_n 的一半以下（否则不留分数）", "less than half of trim_min_n: a score must be left")
    yield from _once("experts.conflicts", (one.key for one in season.experts.conflicts))
    yield from _known("site_visit.excluding", season.site_visit.excluding, season.site_visit.conclusions)


def _meetings(season: Season) -> Found:
    yield from _whole("meeting.kinds", season.meeting.kinds, MEETINGS)
    yield from _known("meeting.planned", season.meeting.planned, season.meeting.kinds)
    yield from _known("meeting.qualified_for", season.meeting.qualified_for, QUALIFIED_ACTS)


def _results(season: Season) -> Found:
    yield from _known("publicity.correction_restarts", (season.publicity.correction_restarts,), RESTARTS)
    yield from _known("defence.absence", (season.defence.absence,), ABSENCES)
    yield from _known("publicity.columns", season.publicity.columns, COLUMNS)
    yield from _whole("publicity.columns", season.publicity.columns, ("enterprise_name",))
    if not season.publicity.channels:
        yield _must("publicity.channels", "至少一个发布渠道", "at least one channel")
    first, second = (_filled(season.title_rules.number, year=season.year, sequence=count) for count in (1, 2))
    if not first or first == second or "/" in first or len(first) > title.LONGEST_NUMBER:
        most = title.LONGEST_NUMBER
        yield _must("title_rules.number", f"含有 {{sequence}} 的编号（不超过{most}字，不含“/”）", f"a number with {{sequence}}, at most {most} characters")
    yield from _once("title_rules.grounds", (ground.code for ground in season.title_rules.grounds))


def _names(season: Season) -> Found:
    yield from _whole("deadlines", (entry.name for entry in season.deadlines), NEEDED_DEADLINES)
    yield from _whole("ladders", season.ladders, NEEDED_LADDERS)


def _limits(season: Season) -> Found:
    yield from (_must(path, "0或以上的数", "a number not below 0") for path in _below_zero(season))
    pairs = (
        ("unit_rules", "opinion_min", "opinion_max"), ("experts", "defence_min", "defence_max"), ("committee", "vice_chair_min", "vice_chair_max"),
        ("groups", "target_min", "max_size"),
    )  # fmt: skip
    for part, low, high in pairs:
        if getattr(getattr(season, part), low) > getattr(getattr(season, part), high):
            yield _must(part, f"{low} 不大于 {high}", f"{low} <= {high}")
    shares = (("thresholds.shortlist_share", season.thresholds.shortlist_share), ("eligibility.similarity", season.eligibility.similarity))
    for path, share in shares:
        if not 0 < share <= 1:
            yield _must(path, "0与1之间的数（0.6 即 60%）", "a number between 0 and 1 (0.6 is 60 %)")
    if season.experts.max_load < 1 or season.groups.max_size < 1:
        yield _must("experts.max_load", "1或以上（groups.max_size 同）", "1 or more, as groups.max_size")


def _texts(season: Season) -> Found:
    for path in _blank(season):
        if path.rpartition(".")[2] not in MAY_BE_BLANK:
            yield _must(path, "文字，不能为空", "a text, not an empty one")
    for path, listed in (("units", season.units), ("focus", season.focus), ("documents", season.documents), ("rubric.items", season.rubric.items)):
        if not listed:
            yield _must(path, "至少一项", "one entry at least")
    yield from _once("units", (unit.name for unit in season.units))
    for unit in season.units:
        if not CODE.fullmatch(unit.code):
            yield _must(f"units.{unit.code}.code", "字母、数字和连字符，如 RU-BJ（不含空格、斜线、@）", "letters, digits and hyphens, such as RU-BJ")


def _blank(part: object, path: str = "") -> Iterator[str]:
    """The paths of the texts that are empty, however deep."""
    if isinstance(part, str) and not part.strip():
        yield path
    for name, value in _parts(part):
        yield from _blank(value, f"{path}{name}".lstrip("."))


def _parts(part: object) -> Iterator[tuple[str, object]]:
    """What a part of the settings consists of, each with the step of its path."""
    if is_dataclass(part):
        yield from ((f".{entry.name}", getattr(part, entry.name)) for entry in fields(part))
    elif isinstance(part, Mapping):
        yield from ((f".{name}", value) for name, value in part.items())
    elif isinstance(part, tuple):
        yield from ((_entry(index, value), value) for index, value in enumerate(part))


def _entry(index: int, value: object) -> str:
    """The step of an entry: what it is called, else its place."""
    called = next((name for name in (getattr(value, key, "") for key in ("code", "name", "key")) if isinstance(name, str) and name), "")
    return f".{called}" if called else f"[{index}]"


def _below_zero(part: object, path: str = "") -> Iterator[str]:
    """The paths of the numbers below zero, however deep: no setting may be."""
    if isinstance(part, int | Decimal) and part < 0:
        yield path
    for name, value in _parts(part):
        yield from _below_zero(value, f"{path}{name}".lstrip("."))


RULES: tuple[Callable[[Season], Found], ...] = (
    _identity, _texts, _names, _units, _industries, _checks, _form, _writing, _documents, _review, _meetings, _results, _limits,
)  # fmt: skip
