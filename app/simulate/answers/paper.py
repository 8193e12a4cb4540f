"""代录: one expert replies, one signs, one scores an application on paper; a clerk records it, another compares it with the scan."""

from collections.abc import Sequence
from typing import Any

from app.simulate.answers.base import SCAN, Play, answers, words
from app.simulate.scores import sheet
from app.simulate.world import Task
from selection.errors import Conflict

PLANT = "paper sheet"
MARK = f"{PLANT} of "  # with the expert and the application


def hand_in(play: Play, *, seat: str, expert: str, applications: Sequence[str]) -> None:
    """The first of these that nothing else happens to is scored on paper, and the office begins its record; once in a season."""
    plain = [application for application in applications if play.part(application).fate == "plain"]
    if not plain or not play.once(PLANT):
        return
    play.marks.add(f"{MARK}{expert} {plain[0]}")
    variables = {
        "season": play.world.season, "group": seat.partition("/")[0], "seat": seat, "stage": "desk", "application": plain[0],
        "record": f"{seat}/{plain[0]}/desk", "reason": words("专家以纸质评分表评分"),
    }  # fmt: skip
    play.world.begin("score_record", key=f"{plain[0]}/desk", variables=variables, actor=play.world.cast.one("office_clerk"))


def is_on_paper(play: Play, *, expert: str, application: str) -> bool:
    """Whether an expert scores an application on paper."""
    return f"{MARK}{expert} {application}" in play.marks


@answers("N20a")
def record(play: Play, task: Task) -> bool:
    """代录评分表: as it stands on the paper."""
    application = play.variable(task, "application")
    play.world.attach(task, [("D12.scores", "纸质评分表.pdf", SCAN)])
    drawn = sheet(season=play.rules, application=application, total=play.part(application).quality, stage="desk")
    play.world.complete(task, {name: value for name, value in drawn.items() if name != "application"} | {"outcome": "record"})
    return True


@answers("N20b")
def compare(play: Play, task: Task) -> bool:
    """代录评分复核 by a second clerk."""
    return _seconded(play, task, {"outcome": "agree"})


def _seconded(play: Play, task: Task, said: dict[str, Any]) -> bool:
    """What somebody else than the first clerk, who records, says of a record."""
    clerks = play.world.cast.groups["office_clerk@caq"]
    play.world.complete(task, said, actor=play.world.actor(task, but_not=clerks[:1]))
    return True


def answer_on_paper(play: Play, task: Task, *, kind: str) -> bool | None:
    """The first expert asked answers on paper, once in a season for each ``kind`` (`reply`, `declaration`): the office begins its record.

    Out: whether something was done for this one, whose own step is left alone; None for everybody who answers there.
    """
    expert, season = play.variable(task, "expert"), play.world.season
    mark = f"paper {kind} of {expert}"
    if mark in play.marks:
        return False
    if not play.once(f"paper {kind}"):
        return None
    play.marks.add(mark)
    seat = play.variable(task, "seat") if kind == "declaration" else ""
    variables = {
        "season": season, "kind": kind, "expert": expert, "seat": seat,
        "record": f"{seat or season}/{expert}/{kind}", "reason": words("专家以纸质方式办理"),
    }  # fmt: skip
    key = f"{task.business_key}/{kind}"
    play.world.begin("expert_record", key=key, variables=variables, actor=play.world.cast.one("office_clerk"))
    return True


@answers("N21a")
def record_answer(play: Play, task: Task) -> bool:
    """代录专家回执或声明: as it stands on the paper; the record is dropped when the expert has answered meanwhile."""
    play.world.attach(task, [("D12.answer", "纸质原件.pdf", SCAN)])
    signed = {"secrecy": True, "integrity": True, "conflicts": [], "outcome": "sign"}
    try:
        play.world.complete(task, {"outcome": "accept"} if play.variable(task, "kind") == "reply" else signed)
    except Conflict:
        play.world.complete(task, {"outcome": "drop"})
    return True


@answers("N21b")
def compare_answer(play: Play, task: Task) -> bool:
    """代录专家答复复核 by a second clerk; back to the first when the expert has answered meanwhile."""
    try:
        return _seconded(play, task, {"outcome": "agree"})
    except Conflict:
        return _seconded(play, task, {"outcome": "disagree", "comment": words("专家已自行办理")})
