"""答辩 and 现场考察: schedule, reply, attendance, absence, visits."""

from datetime import timedelta

from app.simulate import papers
from app.simulate.answers.base import DAY_BEFORE, Play, answers, words
from app.simulate.world import Task


def _day(play: Play) -> str:
    first = max(play.plan["答辩开始"], play.world.now + timedelta(days=8))
    ahead = first - play.world.now
    return play.local_time(ahead)[:10]


@answers("N08a")
def schedule(play: Play, task: Task) -> bool:
    """安排答辩: one after the other, by lot (here: in the order of the list)."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        waiting = _to_schedule(play, facts, group)
    day = _day(play)
    slots = [
        {"application": application, "starts_at": f"{day}T{9 + place // 2:02d}:{(place % 2) * 30:02d}", "place": "北京会议中心"}
        for place, application in enumerate(waiting)
    ]
    play.world.complete(task, {"slots": slots})
    return True


def _to_schedule(play: Play, facts: object, group: str) -> list[str]:
    rows = facts.applications.of_season(play.world.season)  # type: ignore[attr-defined]
    assigned = {row.application for seat in facts.reviews.seats(group) for row in facts.reviews.assigned(seat.id)}  # type: ignore[attr-defined]
    return sorted(row.id for row in rows if row.id in assigned and row.state in {"shortlisted", "defence_absent"})


@answers("N08b")
def reply(play: Play, task: Task) -> bool:
    """确认参加答辩并提交答辩材料; one waits until it is reminded."""
    if play.waits(task, "slides", until=DAY_BEFORE):
        return False
    play.world.attach(task, [("D8.slides", "答辩材料.pdf", papers.pdf("defence slides"))])
    play.world.complete(task, {"attend": "yes", "speakers": [{"name": "模拟代表", "position": "总经理"}]})
    return True


@answers("N08e")
def attendance(play: Play, task: Task) -> bool:
    """登记到场: one comes on the new date, one never."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        called = [row.application for row in facts.defences.of_group(group) if row.state not in {"present", "absent"}]
    entries = []
    for application in dict.fromkeys(called):
        part = play.part(application)
        missing = part.fate == "absent_for_good" or (part.fate == "absent_new_date" and part.once("missed"))
        entries.append({"application": application, "present": not missing})
    play.world.complete(task, {"entries": entries})
    return True


@answers("N08d")
def absence(play: Play, task: Task) -> bool:
    """处理缺席答辩: one new date first, then it counts as absence."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        missing = sorted({row.application for row in facts.defences.of_group(group) if row.state in {"missed", "absent"}})
    again = not play.once(f"absence {group}")
    data = {
        "cases": [{"application": application, "reason": words("临时缺席")} for application in missing],
        "outcome": "absent" if again else "new_date",
    }
    play.world.complete(task, data)
    return True


@answers("N09a")
def decide_visits(play: Play, task: Task) -> bool:
    """确定现场考察."""
    group = play.variable(task, "group")
    with play.world.facts() as facts:
        defended = {row.application for row in facts.defences.of_group(group) if row.state == "present"}
        seats = [row.expert for row in facts.reviews.seats(group)]
    doubted = sorted(application for application in defended if play.part(application).fate == "visit_untrue")
    on = play.local_time(timedelta(days=6))[:10]
    clerk = play.world.cast.one("office_clerk").id
    visits = [
        {"application": application, "doubts": words("数据与行业水平差异较大"), "leader": seats[0], "members": seats[:2], "clerk": clerk, "on": on}
        for application in doubted
    ]
    play.world.complete(task, {"visits": visits})
    return True


@answers("N09b")
def report_visit(play: Play, task: Task) -> bool:
    """提交现场考察报告: 不实, after a reminder."""
    if play.waits(task, "report", until=DAY_BEFORE):
        return False
    play.world.attach(task, [("D9.report", "现场考察报告.pdf", papers.pdf("site visit"))])
    play.world.complete(task, {"visited_on": play.today(), "findings": words("现场数据与申报不一致"), "conclusion": "不实"})
    return True
