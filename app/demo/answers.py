"""What the demonstration's people do otherwise than the simulation's: which tasks they leave to the visitor, and answers of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.demo.stages import DAY, PRESENT, Rest, Stage
from app.simulate.answers.base import ANSWERS, Play, words
from app.simulate.answers.review import READERS
from app.simulate.scores import sheet
from app.simulate.world import Task
from selection.calendar import local

GOOD = 90.0
APART = 62.0
READING = "cn-2023"  # its first group is left in the middle of reading
READ = 2  # seats of that group that are done; the next ones have begun, the last has not signed


@dataclass
class Rehearsal:
    """One season of the demonstration as it is played."""

    stage: Stage
    play: Play
    begins: datetime
    tried: dict[str, datetime] = field(default_factory=dict)

    def look(self) -> bool:
        """Everybody looks once at their open tasks, those left aside. True when somebody acted."""
        acted = False
        for task in self.play.world.open_tasks():
            if not self._leaves(task):
                acted = self._answer(task) or acted
        return acted

    def _leaves(self, task: Task) -> bool:
        """Whether nobody does the task now: nobody is there, it was tried at this instant, or the stage says so."""
        now = self.play.world.now
        if self.tried.get(task.id) == now or self.play.world.cast.holder(task.groups) is None:
            return True
        rests = [rest for rest in self.stage.rests if rest.element == task.element]
        if not rests:
            return False
        fates = self._fates(task)
        return any(_holds(rest, now=now) and (not rest.fates or fates & set(rest.fates)) for rest in rests)

    def _answer(self, task: Task) -> bool:
        element = "N15c" if task.element.endswith("_chase") else task.element
        own = OWN.get(element)
        done = own(self, task) if own else None
        if done is None:
            done = ANSWERS[element](self.play, task)
        if not done:
            self.tried[task.id] = self.play.world.now
        return done

    def _fates(self, task: Task) -> set[str]:
        """The fates of the applications that a task is about; of a title older than the house: `imported`."""
        if task.process == "title":
            return {self._holder(task.business_key)}
        found = [task.business_key]
        if task.business_key not in self.play.by_application:
            found = self._about(task)
        return {self.play.by_application[each].fate for each in found if each in self.play.by_application}

    def _holder(self, title: str) -> str:
        with self.play.world.facts() as facts:
            row = facts.titles.get(title)
        return "imported" if row is None or row.imported else self.play.by_application[row.application].fate

    def _about(self, task: Task) -> list[str]:
        variables = self.play.world.variables(task)
        with self.play.world.facts() as facts:
            if task.process == "defence":
                return [row.id for row in facts.applications.of_season(self.stage.id, group=str(variables["group"]))]
            if task.process == "deliberation":
                objections = [facts.publicity.objection(row.item) for row in facts.meetings.items(task.business_key)]
                return [row.application for row in objections if row is not None]
            if task.process == "announcement":
                return [row.application for row in facts.publicity.items(task.business_key)]
        return [str(variables.get("application"))]


def _holds(rest: Rest, *, now: datetime) -> bool:
    return rest.until is None or now < PRESENT - rest.until


OwnAnswer = Callable[[Rehearsal, Task], bool | None]


def group(rehearsal: Rehearsal, task: Task) -> bool:
    """N05d 划分专业组: as many groups as the stage has, filled in the order of the fates; the first seat leads."""
    play, count = rehearsal.play, rehearsal.stage.groups
    with play.world.facts() as facts:
        passed = {row.id for row in facts.applications.of_season(play.world.season, state="form_passed")}
        experts = [row.expert for row in facts.people.invitations(play.world.season, state="accepted")]
    ordered = [part.application for part in play.parts if part.application in passed]
    size = -(-len(ordered) // count)
    groups = []
    for number in range(count):
        seats = experts[2 + number * READERS : 2 + (number + 1) * READERS]
        mine = ordered[number * size : (number + 1) * size]
        groups.append({"name": f"第{number + 1}专业组", "leader": seats[0], "members": seats[1:], "applications": mine})
    play.world.complete(task, {"groups": groups, "chair": experts[0], "vice_chairs": [experts[1]], "members": []})
    return True


def sign(rehearsal: Rehearsal, task: Task) -> bool | None:
    """N05c: one expert of the group that reads has not signed yet."""
    return False if _place(rehearsal, task) == READERS - 1 else None


def read(rehearsal: Rehearsal, task: Task) -> bool:
    """N06a: a sheet for each application. In the group that still reads some are done, the others have begun; in the other, one stands apart."""
    play = rehearsal.play
    expert = play.variable(task, "expert")
    with play.world.facts() as facts:
        mine = [row.application for row in facts.reviews.assigned(play.variable(task, "seat"))]
    if _place(rehearsal, task) >= READ:
        if play.once(f"begun {expert}"):
            for act, application in (("score.submit", mine[0]), ("score.save", mine[-1])):
                play.world.act(task, act, _sheet(rehearsal, application, expert))
        return False
    for application in mine:
        play.world.act(task, "score.submit", _sheet(rehearsal, application, expert))
    play.world.complete(task, {})
    return True


def _sheet(rehearsal: Rehearsal, application: str, expert: str) -> dict[str, Any]:
    part = rehearsal.play.part(application)
    total = part.quality + sum(expert.encode()) % 5 - 2
    if part.fate == "apart" and rehearsal.play.once(f"apart {application}"):
        total = APART
    return sheet(season=rehearsal.play.rules, application=application, total=total, stage="desk")


def _place(rehearsal: Rehearsal, task: Task) -> int:
    """The expert's place in the group that is left in the middle of its reading; 0 in all others."""
    if rehearsal.stage.id != READING:
        return 0
    expert = rehearsal.play.variable(task, "expert")
    with rehearsal.play.world.facts() as facts:
        first = facts.reviews.groups(READING)[0].id
        seats = [seat.expert for seat in facts.reviews.seats(first)]
    return seats.index(expert) if expert in seats else 0


def schedule(rehearsal: Rehearsal, task: Task) -> bool:
    """N08a 安排答辩: on the first day of the plan, or two weeks after the present instant where the defence is still to come."""
    play = rehearsal.play
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        called = [row.id for row in facts.applications.of_season(rehearsal.stage.id, group=group, state="shortlisted")]
    waits = any(play.part(each).fate == "defence_waits" for each in called)
    day = local(PRESENT + 15 * DAY if waits else play.plan["答辩开始"]).date().isoformat()
    slots = [{"application": each, "starts_at": f"{day}T{9 + place:02d}:00", "place": "北京会议中心"} for place, each in enumerate(called)]
    play.world.complete(task, {"slots": slots})
    return True


def save_ranking(rehearsal: Rehearsal, task: Task) -> bool:
    """N03b in the season that files: the officer has saved a first order of what came in."""
    play = rehearsal.play
    unit = str(play.variable(task, "unit"))
    with play.world.facts() as facts:
        mine = [row.id for row in facts.applications.of_season(play.world.season, unit=unit) if row.state == "under_nominator_review"]
    lines = [{"application": application, "rank": place, "nominated": place == 1} for place, application in enumerate(mine, start=1)]
    if lines:
        play.world.act(task, "rank.save", {"ranking": lines})
    return False


def save_drafts(rehearsal: Rehearsal) -> None:
    """Forms begun and left, rankings saved: what the visitor finds half done."""
    for task in rehearsal.play.world.open_tasks("N02a", "N03b"):
        actor = rehearsal.play.world.cast.holder(task.groups)
        if task.element == "N02a" and actor is not None:
            form: dict[str, Any] = dict(rehearsal.play.part(task.business_key).form)
            begun = {name: form[name] for name in ("cover", "application_table")}
            rehearsal.play.world.house.engine.save_draft(task=task.id, data=begun, actor=actor)
        elif actor is not None:
            save_ranking(rehearsal, task)


def ask_back(rehearsal: Rehearsal, task: Task) -> bool | None:
    """N03a: the application that waits at its enterprise was sent back."""
    play = rehearsal.play
    if play.part(str(play.variable(task, "application"))).fate != "return_waits":
        return None
    play.world.complete(task, {"opinion": words("请补充近三年对比数据，并核对经济效益统计表"), "faults": ["tables"], "outcome": "return"})
    return True


def ask_correction(rehearsal: Rehearsal, task: Task) -> bool | None:
    """N04a: two enterprises are asked for a 补正, one has answered."""
    play = rehearsal.play
    part = play.part(task.business_key)
    if part.fate not in {"correction_waits", "correction_answered"}:
        return None
    if not part.once("asked"):
        return False  # answered: to be checked anew by the visitor
    fine = dict.fromkeys(("complete", "eligible", "sealed", "unit_fits", "unique"), "ok")
    demand = {"part": "evidence", "demand": words("D3 请补充第三方检测报告")}
    play.world.complete(
        task, fine | {"complete": "fault", "proposal": "correct", "corrections": [demand], "reason": words("证实性材料不齐")}
    )
    return True


def investigate(rehearsal: Rehearsal, task: Task) -> bool | None:
    """N12f: one investigation is extended and reported when the others have been announced."""
    play = rehearsal.play
    part = play.part(str(play.variable(task, "application")))
    if part.fate != "objection_held_over":
        return None
    if part.once("extended"):
        play.world.complete(task, {"reason": words("需向推荐单位进一步核实"), "outcome": "extend"})
        return True
    if play.world.now < PRESENT - 6 * DAY:
        return False
    play.world.complete(task, {"findings": words("已向申报单位、推荐单位核实"), "proposal": "dismissed", "outcome": "report"})
    return True


OWN: dict[str, OwnAnswer] = {
    "N03a": ask_back,
    "N04a": ask_correction,
    "N05c": sign,
    "N05d": group,
    "N06a": read,
    "N08a": schedule,
    "N12f": investigate,
}
