"""代录评分表: one expert scores one application on paper; a clerk records the sheet, another compares it with the scan."""

from collections.abc import Sequence

from app.simulate.answers.base import SCAN, Play, answers, words
from app.simulate.scores import sheet
from app.simulate.world import Task

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
    clerks = play.world.cast.groups["office_clerk@caq"]
    play.world.complete(task, {"outcome": "agree"}, actor=play.world.actor(task, but_not=clerks[:1]))
    return True
