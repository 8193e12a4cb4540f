"""资料评审: grouping, declarations, sheets, conflicts, replacement, reconciliation, summary."""

from datetime import timedelta
from math import ceil
from typing import Any

from app.simulate.answers import paper
from app.simulate.answers.base import DAY_BEFORE, Play, answers, words
from app.simulate.scores import sheet
from app.simulate.world import Task

GROUP_SIZE = 18
READERS = 5
TIED = frozenset({"tie_first", "tie_second"})


@answers("N05d")
def group(play: Play, task: Task) -> bool:
    """划分专业组、分配申报材料: by focus area, at most the size where every member scores all."""
    with play.world.facts() as facts:
        season = play.world.season
        passed = sorted(row.id for row in facts.applications.of_season(season, state="form_passed"))
        experts = [row.expert for row in facts.people.invitations(season, state="accepted")]
    passed.sort(key=lambda application: play.part(application).form["application_table"]["focus_area"])
    tied = _tie_at_the_cut(play, passed)
    passed = [application for application in passed if application not in tied]
    count = max(1, -(-len(passed) // GROUP_SIZE))
    groups = []
    for number in range(count):
        seats = experts[2 + number * READERS : 2 + (number + 1) * READERS]
        mine = passed[number::count] + (tied if number == 0 else [])
        groups.append({"name": f"第{number + 1}专业组", "leader": seats[0], "members": seats[1:], "applications": mine})
    chairs = {"chair": experts[0], "vice_chairs": [experts[1]], "members": []}
    play.world.complete(task, {"groups": groups} | chairs)
    return True


def _tie_at_the_cut(play: Play, passed: list[str]) -> list[str]:
    """The two that shall be equal, given the quality that puts them on both sides of the first group's line."""
    pair = [part for part in play.parts if part.fate in {"tie_first", "tie_second"} and part.application in passed]
    others = [application for application in passed if application not in {part.application for part in pair}]
    mine = others[:: max(1, -(-len(others) // GROUP_SIZE))]
    qualities = sorted((play.part(application).quality for application in mine), reverse=True)
    line = ceil((len(mine) + len(pair)) * play.rules.thresholds.shortlist_share)
    if len(pair) == len(TIED) and 1 < line < len(qualities):
        for part in pair:
            part.quality = (qualities[line - 2] + qualities[line - 1]) / 2
    return [str(part.application) for part in pair]


@answers("N05e")
def confirm_committee(play: Play, task: Task) -> bool:
    """确认评审委员会组成."""
    play.world.complete(task, {"outcome": "confirm"})
    _learn_offices(play)
    return True


def _learn_offices(play: Play) -> None:
    """The confirmed committee got its groups as grants; the cast learns them."""
    with play.world.facts() as facts:
        for actor in tuple(play.world.cast.persons.values()):
            for held in facts.people.groups_of(actor.id) - actor.groups:
                play.world.cast.give(actor.id, held)


@answers("N05c")
def declare(play: Play, task: Task) -> bool:
    """签署保密承诺和回避声明; the first seat of the first group finds a conflict before any score, the second signs on paper."""
    if play.waits(task, "declaration", until=DAY_BEFORE):
        return False
    conflicts: list[dict[str, Any]] = []
    if play.once("conflict before scoring"):
        seat = play.variable(task, "seat")
        with play.world.facts() as facts:
            mine = [row.application for row in facts.reviews.assigned(seat)]
        mine = [application for application in mine if play.part(application).fate not in TIED]
        conflicts = [{"application": mine[0], "kind": play.rules.experts.conflicts[0].key, "detail": words("近三年曾为该企业提供咨询")}]
    elif (on_paper := paper.answer_on_paper(play, task, kind="declaration")) is not None:
        return on_paper
    play.world.complete(task, {"secrecy": True, "integrity": True, "conflicts": conflicts, "outcome": "sign"})
    return True


@answers("N06a")
def read(play: Play, task: Task) -> bool:
    """资料评审: a sheet for each assigned application. One expert never begins and is replaced; one finds a conflict after scoring."""
    seat, expert = play.variable(task, "seat"), play.variable(task, "expert")
    if _sleeps(play, seat, expert) or play.world.now < play.plan["补正截止"]:
        return False
    with play.world.facts() as facts:
        mine = [row.application for row in facts.reviews.assigned(seat)]
        done = {row.application for row in facts.reviews.scores_of(expert=expert, stage="desk") if row.state == "final"}
    missing = [application for application in mine if application not in done]
    paper.hand_in(play, seat=seat, expert=expert, applications=missing)
    on_paper = [application for application in missing if paper.is_on_paper(play, expert=expert, application=application)]
    for application in missing:
        if application not in on_paper:
            play.world.act(task, "score.submit", _sheet(play, application, expert=expert, stage="desk"))
    others = [application for application in mine if play.part(application).fate not in TIED]
    if len(others) > 1 and play.once("conflict after scoring"):
        data = {"application": others[-1], "kind": play.rules.experts.conflicts[0].key, "detail": words("评分后发现与该企业存在合作")}
        play.world.act(task, "conflict.declare", data)
    if on_paper:
        return len(missing) > len(on_paper)  # the task ends when the office has recorded it
    play.world.complete(task, {})
    return True


def _sleeps(play: Play, seat: str, expert: str) -> bool:
    """The last seat's first expert lets the time pass, so that the seat gets another one."""
    with play.world.facts() as facts:
        seats = [row.id for known in facts.reviews.groups(play.world.season) for row in facts.reviews.seats(known.id)]
    if seat != seats[-1]:
        return False
    if play.once(f"sleeper {seat}"):
        play.marks.add(f"asleep {expert}")
    return f"asleep {expert}" in play.marks


def _sheet(play: Play, application: str, *, expert: str, stage: str) -> dict[str, Any]:
    """A sheet near the application's quality; one application is scored far apart once."""
    part = play.part(application)
    shift = sum(expert.encode()) % 5 - 2
    total = part.quality + shift * 0.8
    if stage == "desk" and part.fate == "returned" and play.once("dispersion"):
        total = 62.0
        play.marks.add(f"apart {application} {expert}")
    visit = stage == "defence" and part.fate == "visit_untrue"
    return sheet(season=play.rules, application=application, total=total, stage=stage, site_visit=visit)


@answers("N06b")
def propose_expert(play: Play, task: Task) -> bool:
    """更换专家: somebody who accepted and has no seat."""
    with play.world.facts() as facts:
        season = play.world.season
        seated = {row.expert for known in facts.reviews.groups(season) for row in facts.reviews.seats(known.id)}
        free = [row.expert for row in facts.people.invitations(season, state="accepted") if row.expert not in seated]
    data = {"cause": "late", "replacement": free[-1], "reason": words("到期未完成评审")}
    play.world.complete(task, data)
    return True


@answers("N06e")
def confirm_expert(play: Play, task: Task) -> bool:
    """确认更换专家."""
    play.world.complete(task, {"outcome": "agree"})
    _learn_offices(play)
    return True


@answers("N06c")
def reconcile(play: Play, task: Task) -> bool:
    """分歧复议: whoever stood apart revises with a reason; the leader closes."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        seats = facts.reviews.seats(group)
        apart = [(row.application, seat.expert) for seat in seats for row in facts.reviews.assigned(seat.id)]
        scored = {application: facts.reviews.stage_score(application=application, stage="desk") for application, _ in apart}
    for application, expert in apart:
        if f"apart {application} {expert}" in play.marks and play.once(f"revised {application}"):
            actor = play.world.cast.one("expert", expert)
            data = sheet(season=play.rules, application=application, total=play.part(application).quality, stage="desk")
            kept = {key: data[key] for key in ("application", "scores", "comments", "overall")}
            play.world.act(task, "score.revise", kept | {"reason": words("复议后调整")}, actor=actor)
    alerts = [application for application, row in scored.items() if row is not None and row.alert]
    lines = [{"application": application, "summary": words("已复议，意见一致")} for application in alerts or [apart[0][0]]]
    play.world.complete(task, {"resolutions": lines}, actor=play.world.cast.one("group_leader", group))
    return True


@answers("N06d")
def summarise(play: Play, task: Task) -> bool:
    """汇总专业组意见."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        mine = sorted({row.application for seat in facts.reviews.seats(group) for row in facts.reviews.assigned(seat.id)})
    play.world.complete(task, {"summaries": [{"application": application, "comment": words("专业组意见")} for application in mine]})
    return True


@answers("N08c")
def judge_defence(play: Play, task: Task) -> bool:
    """答辩评审: on the day, a sheet for each application that defended."""
    expert = task.groups[0].partition("@")[2]
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        present = [row.application for row in facts.defences.of_group(group) if row.state == "present"]
        done = {row.application for row in facts.reviews.scores_of(expert=expert, stage="defence") if row.state == "final"}
        barred = {row.application for row in facts.reviews.conflicts(season=play.world.season, expert=expert)}
    for application in dict.fromkeys(present):
        if application not in done | barred:
            play.world.act(task, "score.submit", _sheet(play, application, expert=expert, stage="defence"))
    play.world.complete(task, {})
    return True


def next_weekday_morning(play: Play, *, days: int) -> str:
    """Nine o'clock, some days ahead."""
    return play.local_time(timedelta(days=days))[:10] + "T09:00"
