"""形式审查: first check, second check, the director's confirmation, 补正."""

from app.simulate import papers
from app.simulate.answers.base import Play, answers, words
from app.simulate.world import Task

CORRECTED = frozenset({"correction_granted", "correction_late", "correction_refused", "correction_joins"})


@answers("N04a")
def first_check(play: Play, task: Task) -> bool:
    """形式审查（初核）; those planted get a 补正 in the first round."""
    part = play.part(task.business_key)
    fine = dict.fromkeys(("complete", "eligible", "sealed", "unit_fits", "unique"), "ok")
    if part.fate in CORRECTED and part.once("corrected"):
        demand = {"part": "evidence", "demand": words("D3 补充第三方检测报告")}
        play.world.complete(
            task, fine | {"complete": "fault", "proposal": "correct", "corrections": [demand], "reason": words("证实性材料不齐")}
        )
    elif part.fate in {"correction_refused", "correction_late"}:
        play.world.complete(task, fine | {"complete": "fault", "proposal": "reject", "reason": words("补正后仍不齐全")})
    else:
        play.world.complete(task, fine | {"proposal": "pass"})
    return True


@answers("N04b")
def second_check(play: Play, task: Task) -> bool:
    """形式审查复核 by another clerk; once the first clerk tries it and is refused."""
    clerks = play.world.cast.groups["office_clerk@caq"]
    if play.once("second person"):
        first = play.world.cast.persons[clerks[0]]
        play.world.refused("second check by the same person", play.world.complete, task, {"outcome": "agree"}, actor=first)
    play.world.complete(task, {"outcome": "agree"}, actor=play.world.actor(task, but_not=clerks[:1]))
    return True


@answers("N04c")
def confirm(play: Play, task: Task) -> bool:
    """确认形式审查结果."""
    play.world.complete(task, {"outcome": "confirm"})
    return True


@answers("N04d")
def correct(play: Play, task: Task) -> bool:
    """补正材料; one enterprise lets the time pass."""
    part = play.part(task.business_key)
    if part.fate == "correction_late":
        return False
    if part.fate == "correction_joins" and not _grouped(play):
        return False  # the answer comes within its days, but after the groups were formed
    play.world.attach(task, [("D3.correction", "补正材料.pdf", papers.pdf("correction"))])
    play.world.complete(task, {"explanation": words("已补充检测报告")})
    return True


def _grouped(play: Play) -> bool:
    with play.world.facts() as facts:
        return facts.calendar.has_reached(season=play.world.season, name="grouped")


@answers("N05f")
def late_group(play: Play, task: Task) -> bool:
    """增补入组: into the last group that still reads; when none does, a group of its own from the experts of a finished one."""
    with play.world.facts() as facts:
        groups = facts.reviews.groups(play.world.season)
        reading = [row.id for row in groups if row.state in ("formed", "reading")]
        experts = [seat.expert for seat in facts.reviews.seats(groups[-1].id)]
    alone = {"leader": experts[0], "members": experts[1:]}
    play.world.complete(task, ({"group": reading[-1]} if reading else alone) | {"reason": words("补正通过")})
    return True
