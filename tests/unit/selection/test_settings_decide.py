"""Each ASSUMPTION of the rule book (A-nn) is a default: another value in season.toml, and the rule decides otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from selection import (
    aggregation,
    committee,
    documents,
    eligibility,
    grouping,
    measuring,
    meeting,
    nomination,
    objection,
    publicity,
    scoring,
    shortlist,
    title,
    writing,
)
from selection.calendar import Calendar
from selection.deadlines import plan
from selection.errors import HouseError
from selection.ladder import rungs
from selection.season import Season
from tests.unit.selection.conftest import CALENDARS, SETTINGS

CALENDAR = Calendar.from_settings(CALENDARS)
PUBLISHED = plan(Season.from_settings(SETTINGS))["公示开始"] + timedelta(hours=10)
TOTALS = ((60, 80, 81, 86, 99), (75, 80, 86), (70, 80, 80, 80, 90))
SCORES = {"C1": 10, "C2": 15, "C3a": 6.5, "C3b": 11, "C4": 10, "C5a": 9.5, "C5b": 8, "C6": 10}
GROUP = {name: Decimal(score) for name, score in {"a": 60, "b": 70, "c": 80, "d": 85, "e": 95}.items()}
RANKED = aggregation.rank(
    [aggregation.Entry(f"A{score}", Decimal(score), {}) for score in range(55, 100, 5)], rules=Season.from_settings(SETTINGS).aggregation
)
MANY = [grouping.Candidate(f"A{number:02d}", "qms_upgrade", "34") for number in range(18)]
SEATS = [grouping.Seat(expert=f"X{number}") for number in range(7)]
WEIGHTED = [item | {"max": {"C1": 9, "C2": 21}.get(item["code"], item["max"])} for item in SETTINGS["rubric"]["items"]]
ROLL = meeting.Roll(called=frozenset("abcdef"), present=frozenset("abcd"), presiding="a", may_preside=frozenset("a"))


def told(call: Callable[[], object]) -> object:
    """What comes out, or the code of the refusal."""
    try:
        return call()
    except HouseError as refusal:
        return refusal.code


def sheet(**more: Any) -> scoring.Sheet:
    return scoring.Sheet.from_form({"scores": SCORES, "comments": {}, "overall": "评" * 100, "recommendation": "推荐"} | more)


def stage(season: Season) -> object:
    return [aggregation.stage_score([Decimal(one) for one in totals], rules=season.aggregation) for totals in TOTALS]


def normalised(season: Season) -> object:
    return aggregation.normalised(GROUP, rules=season.aggregation)


def tied(season: Season) -> object:
    entries = [aggregation.Entry(name, Decimal(80), {"C5": Decimal(five), "C2": Decimal(two)}) for name, five, two in (("a", 9, 5), ("b", 5, 9))]
    return [entry.application for entry in aggregation.rank(entries, rules=season.aggregation)]


def final(season: Season) -> object:
    return aggregation.final_score(desk=Decimal(80), defence=Decimal(90), rules=season.aggregation)


def proposed(season: Season) -> object:
    return shortlist.propose_shortlist(season=season, groups=[RANKED]), shortlist.propose_awards(season=season, ranking=RANKED)


def sheets(season: Season) -> object:
    told_of = [sheet(), sheet(scores=SCORES | {"C1": 5.5}, comments={"C1": "评" * 15}), sheet(overall="评" * 90), sheet(scores=SCORES | {"C1": 12})]
    return [scoring.problems(season=season, sheet=one) for one in told_of], len(scoring.items(season, stage="defence"))


def visited(season: Season) -> object:
    flags = {"X1": sheet(needs_site_visit=True, site_visit_reason="疑"), "X2": sheet(needs_site_visit=True, site_visit_reason="疑")}
    return scoring.wants_site_visit(season=season, sheets=flags, leader_asks=False, high_findings=0, open_objection=False)


def assigned(season: Season) -> object:
    given = grouping.assign(season=season, applications=MANY, seats=SEATS)
    some = {one.id: tuple(seat.expert for seat in SEATS[:3]) for one in MANY}
    return given, grouping.problems(season=season, applications=MANY, seats=SEATS, assignment=some), grouping.propose_groups(season=season, applications=MANY)


def made_up(season: Season) -> object:
    seats = committee.GroupSeats(leaders=("L",), members=("M",))
    return committee.problems(season=season, constitution=committee.Constitution(chairs=("C",), vice_chairs=("V",), groups={"G": seats}))


def voted(season: Season) -> object:
    counts = [meeting.tally(season=season, item="A", entitled=9, yes=yes, no=0, act=act).carried for yes in range(10) for act in ("list", "override_rank")]
    return meeting.has_quorum(season=season, roll=ROLL), counts


def objected(season: Season) -> object:
    anonymous = told(lambda: objection.refuse_unfounded(season=season, name="", contact="", facts="事" * 25, evidence=1))
    short = told(lambda: objection.refuse_unfounded(season=season, name="某", contact="a", facts="事" * 19, evidence=0))
    longer = told(lambda: objection.refuse_extension(season=season, extensions=0))
    return anonymous, short, longer, objection.due_dates(season=season, received=PUBLISHED, calendar=CALENDAR)


def titled(season: Season) -> object:
    lasting = title.valid_until(season=season, announced=date(2023, 11, 24))
    videos = [title.video_problems(season=season, minutes=[Decimal(one) for one in parts]) for parts in ((2, 28), (2, 27), (4, 28))]
    flagged, duties = title.is_flagged(season=season, revoked=2021), title.duties(season=season, announced_at=PUBLISHED)
    return title.number(season=season, sequence=7), lasting, duties, videos, flagged


def opinions(season: Season) -> object:
    return [told(lambda length=length: nomination.refuse_bad_opinion(season=season, text="荐" * length)) for length in (40, 60, 990, 1010)]


def reminded(season: Season) -> object:
    due = plan(season)["申报截止"]
    return rungs(due=due, born=due - timedelta(days=40), rule=season.ladders["standard"], calendar=CALENDAR)


def measured(season: Season) -> object:
    text = measuring.Block(kind=measuring.TEXT, text="采用 SPC 和 FMEA 方法")
    heading = measuring.Block(kind=measuring.TEXT, text="摘要")
    name = {"experience_name": "SPC " * 30}
    kept = measuring.measure(season=season, blocks=[measuring.Block(kind=measuring.TEXT, text="题目"), heading, text])["lengths"]
    return kept, writing.examine(season=season, form=name, measures={})


def public(season: Season) -> object:
    return publicity.period(season=season, item="A1", published_at=PUBLISHED, calendar=CALENDAR)


DECIDED = [
    ("A-02", "publicity.count_publication_day", True, public), ("A-22", "publicity.working_days", 8, public),
    ("A-32", "title_rules.video_days", 60, titled), ("A-32", "title_rules.video_tolerance", 2, titled), ("A-23", "title_rules.video_parts", [1, 28, 1], titled),
    ("A-33", "title_rules.revoked_flag_seasons", 1, titled), ("A-34", "title_rules.valid_years", 3, titled),
    ("A-71", "title_rules.number", "Q{sequence}", titled),
    ("A-44", "unit_rules.opinion_min", 30, opinions), ("A-44", "unit_rules.opinion_max", 2000, opinions),
    ("A-51", "writing.count", "characters", measured),
    ("A-53", "rubric.step", 1, sheets), ("A-53", "rubric.recommendations", ["同意"], sheets), ("A-53", "rubric.items", WEIGHTED, sheets),
    ("A-54", "rubric.comment_min", 10, sheets), ("A-54", "rubric.comment_below", 0.4, sheets), ("A-54", "rubric.comment_above", 1, sheets),
    ("A-54", "rubric.overall_min", 80, sheets), ("A-55", "rubric.uncounted", [], sheets),
    ("A-56", "aggregation.average", "median", stage), ("A-56", "aggregation.trim", 0, stage), ("A-56", "aggregation.trim_min_n", 6, stage),
    ("A-56", "aggregation.dispersion_range", 10, stage), ("A-56", "aggregation.dispersion_sd", 4, stage), ("A-56", "aggregation.places", 1, stage),
    ("A-56", "aggregation.normalise", "zscore", normalised), ("A-56", "aggregation.normalise", "percentile", normalised),
    ("A-56", "aggregation.weights", {"desk": 0.5, "defence": 0.5}, final), ("A-56", "aggregation.ties", ["C2", "C5"], tied),
    ("A-58", "groups.max_size", 10, assigned), ("A-59", "experts.desk_min", 4, assigned), ("A-59", "experts.max_load", 15, assigned),
    ("办法 §14", "committee.chair", 2, made_up), ("办法 §14", "committee.vice_chair_min", 2, made_up), ("办法 §15", "groups.leaders", 2, made_up),
    ("办法 §15", "groups.members_min", 2, made_up),
    ("A-62", "meeting.quorum", [3, 4], voted), ("A-62", "meeting.simple", [2, 3], voted), ("A-62", "meeting.qualified", [5, 6], voted),
    ("A-62", "meeting.qualified_for", [], voted),
    ("A-63", "thresholds.shortlist_share", 0.3, proposed), ("A-63", "thresholds.shortlist_min", 90, proposed),
    ("A-64", "thresholds.award_min", 90, proposed), ("A-64", "thresholds.award_target", 2, proposed),
    ("A-65", "site_visit.expert_flags", 3, visited),
    ("A-69", "objection.anonymous_with_evidence", False, objected), ("A-69", "objection.facts_min", 10, objected),
    ("§8", "objection.extensions", 0, objected), ("§8", "objection.answer", 7, objected), ("§8", "objection.investigate", 20, objected),
    ("A-72", "ladders.standard.days_before", [5], reminded), ("§14", "ladders.standard.on_the_day", False, reminded),
    ("§14", "ladders.standard.overdue_working_days", 0, reminded),
]  # fmt: skip


def changed(path: str, value: object, **before: object) -> Season:
    settings = copy.deepcopy(SETTINGS)
    for where, what in ((path, value), *before.items()):
        *parents, last = where.replace("__", ".").split(".")
        holder = reduce(lambda held, name: held[int(name)] if name.isdecimal() else held[name], parents, settings)
        holder[last] = what
    return Season.from_settings(settings)


@pytest.mark.parametrize(("rule", "path", "value", "asks"), DECIDED, ids=[f"{rule} {path}" for rule, path, *_ in DECIDED])
def test_another_value_decides_otherwise(rule: str, path: str, value: object, asks: Callable[[Season], object]) -> None:
    assert asks(changed(path, value)) != asks(Season.from_settings(SETTINGS)), f"{path} ({rule}) changes nothing"


@pytest.mark.parametrize(("path", "value"), [("aggregation.zscore_mean", 70), ("aggregation.zscore_spread", 10), ("aggregation.normalise_min_n", 6)])
def test_scores_are_made_comparable_as_the_season_says(path: str, value: object) -> None:
    """A-56."""
    assert normalised(changed(path, value, aggregation__normalise="zscore")) != normalised(changed("aggregation.normalise", "zscore"))


def test_a_larger_group_is_shared_out_among_as_many_experts_as_the_season_says() -> None:
    """A-59."""
    assert assigned(changed("experts.desk", 4, groups__max_size=10)) != assigned(changed("groups.max_size", 10))


@pytest.mark.parametrize(
    ("path", "value", "more", "rule"),
    [
        ("eligibility.similarity", 0.99, {}, "E16"), ("eligibility.enterprise_prefixes", ["11"], {}, "E01"),
        ("industry.open_ended", "pass", {"industry_code": "71"}, "E07"), ("industry.ranges", ["06-33"], {}, "E07"),
    ],
)  # fmt: skip
def test_a_condition_is_judged_by_the_seasons_inputs(
    form: dict[str, Any], context: eligibility.Context, path: str, value: object, more: dict[str, Any], rule: str
) -> None:
    """A-37, A-38, GB 32100."""
    held = replace(context, titles=(eligibility.Title(year=2020, experience_name="某某公司实施六西格玛设计经验"),))

    def verdicts(season: Season) -> list[str]:
        return [one.verdict for one in eligibility.check(season=season, form=form | more, context=held) if one.id == rule]

    assert verdicts(changed(path, value)) != verdicts(Season.from_settings(SETTINGS))


@pytest.mark.parametrize(("path", "value"), [("documents.7.max_mb", 50), ("documents.7.formats", ["pdf"])])
def test_a_file_fits_its_code_as_the_season_says(path: str, value: object) -> None:
    """A-46, A-47: the slides of the defence, 80 MB."""

    def refusal(season: Season) -> object:
        return told(lambda: documents.refuse_unfit(season=season, code="D8", filename="答辩.pptx", size=80_000_000))

    assert refusal(changed(path, value)) != refusal(Season.from_settings(SETTINGS))
