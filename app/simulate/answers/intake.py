"""Notice, experts, filing and recommendation: the answers up to the recommended list."""

from datetime import timedelta
from typing import Any

from app.simulate import papers
from app.simulate.answers import paper
from app.simulate.answers.base import SCAN, Play, answers, words
from app.simulate.script import QUOTA, Part
from app.simulate.world import Task
from selection.calendar import local

NOTICE = """各推荐单位、各有关企业：
为总结推广先进质量管理经验，按照《全国质量标杆遴选及交流实施办法》，现组织开展{title}遴选活动。现将有关事项通知如下：
请各推荐单位做好组织推荐工作；请申报单位按照本通知的时间和要求，通过本系统提交申报材料。"""


@answers("N01a")
def draft_notice(play: Play, task: Task) -> bool:
    """拟订活动通知."""
    rules = play.rules
    play.world.complete(
        task, {"title": f"关于开展{rules.title}遴选活动的通知", "number": rules.notice, "text": NOTICE.format(title=rules.title)}
    )
    return True


@answers("N01b")
def issue_notice(play: Play, task: Task) -> bool:
    """签发活动通知."""
    play.world.complete(task, {"outcome": "issue"})
    return True


@answers("N05a")
def pick_experts(play: Play, task: Task) -> bool:
    """遴选评审专家: the whole pool is invited."""
    play.world.complete(task, {"experts": [expert.id for expert in play.world.cast.experts]})
    return True


@answers("N05b")
def reply_invitation(play: Play, task: Task) -> bool:
    """确认参评: the last expert of the pool lets the invitation lapse, the one before declines."""
    expert = play.variable(task, "expert")
    last, declining = play.world.cast.experts[-1].id, play.world.cast.experts[-2].id
    if expert == last:
        return False
    on_paper = paper.answer_on_paper(play, task, kind="reply")
    if on_paper is not None:
        return on_paper
    data = {"outcome": "decline", "reason": "时间冲突，本年度无法参加。"} if expert == declining else {"outcome": "accept"}
    play.world.complete(task, data)
    return True


@answers("N02a")
def fill(play: Play, task: Task) -> bool:
    """填报申报材料."""
    part = play.part(task.business_key)
    if part.fate == "ineligible":
        return _try_every_predicate(play, task, part)
    if part.once("files"):
        files = papers.filing()
        play.world.attach(task, [file for file in files if file[0] != "D11"])
    play.world.complete(task, part.form)
    return True


def _try_every_predicate(play: Play, task: Task, part: Part) -> bool:
    if not part.once("unfit"):
        return False
    play.world.attach(task, [file for file in papers.filing() if file[0] != "D11"])
    for predicate in (one for one in papers.UNFIT if play.rules.eligibility.severities.get(one) == "block"):
        play.world.refused(f"ineligible {predicate}", play.world.complete, task, papers.unfit(part.form, predicate))
    return True


@answers("N02b")
def seal(play: Play, task: Task) -> bool:
    """签署承诺并提交."""
    part, world = play.part(task.business_key), play.world
    signed = papers.commitment(
        signatory=part.enterprise.person.name, signed_on=local(world.now).date(), undertakings=play.rules.form.undertakings
    )
    if part.fate == "late":
        return _try_late(play, task, part, signed)
    if part.once("sealed"):
        world.attach(task, [file for file in papers.filing() if file[0] == "D11"])
    if part.fate == "returned" and part.once("unsigned"):
        unsigned = signed | {"signed_on": (local(play.plan["申报截止"]).date() + timedelta(days=1)).isoformat()}
        world.refused("ineligible E10", world.complete, task, unsigned)
    world.complete(task, signed)
    return True


def _try_late(play: Play, task: Task, part: Part, signed: dict[str, Any]) -> bool:
    """Everything is ready, and the request has been received one millisecond after the deadline."""
    close = play.plan["申报截止"]
    if play.world.now < close - timedelta(hours=16) or not part.once("late"):
        return False
    play.world.attach(task, [file for file in papers.filing() if file[0] == "D11"])
    play.world.refused("late by 1 ms", play.world.complete, task, signed, received=close + timedelta(milliseconds=1))
    return True


@answers("N02c")
def change(play: Play, task: Task) -> bool:
    """修改退回材料."""
    part = play.part(task.business_key)
    play.world.complete(task, part.form)
    return True


@answers("N02d")
def confirm_unit(play: Play, task: Task) -> bool:
    """确认推荐单位, after two units or after a refusal."""
    part = play.part(task.business_key)
    if task.process == "apply":
        play.world.complete(task, {"unit": part.unit})
    else:
        play.world.complete(task, {"outcome": "end"})
    return True


@answers("N03a")
def review(play: Play, task: Task) -> bool:
    """初步审核."""
    part = play.part(play.variable(task, "application"))
    if part.fate == "returned" and part.once("returned"):
        play.world.complete(task, {"opinion": words("请补充近三年对比数据"), "faults": ["tables"], "outcome": "return"})
    else:
        play.world.complete(task, {"opinion": words("材料齐全，同意推荐"), "outcome": "accept"})
    return True


@answers("N03b")
def rank(play: Play, task: Task) -> bool:
    """排序并确定推荐名单: two days before the close, in the order of quality."""
    unit = play.variable(task, "unit")
    if unit not in play.world.cast.units:
        return False  # a unit without anybody here: its time runs out
    if play.world.now < play.plan["推荐截止"] - timedelta(hours=40):
        return _preregister(play, task, unit)
    mine = _submitted(play, unit)
    if not mine:
        play.world.complete(task, {"ranking": [], "none_reason": words("本年度无申报"), "outcome": "none"})
        return True
    places = _places(play, unit)
    if mine[0].fate == QUOTA and len(mine) > places:
        return _exceed(play, task, mine, places)
    if play.unlimited and len(mine) > places and places <= play.rules.quota.base:
        play.world.complete(task, {"ranking": [], "outcome": "widen"})
        return True
    play.world.complete(task, _list(mine, places))
    return True


def _preregister(play: Play, task: Task, unit: str) -> bool:
    """A unit whose own selection came first files its sealed list; the enterprise files afterwards."""
    chosen = [part for part in play.preregistering if part.unit == unit and part.application is None]
    if not chosen or not chosen[0].once("preregistered"):
        return False
    part = chosen[0]
    entry = {
        "enterprise": part.enterprise.name,
        "uscc": part.enterprise.uscc,
        "experience_name": part.form["application_table"]["experience_name"],
    }
    play.world.attach(task, [("D5.list", "推荐名单.pdf", SCAN)])
    play.world.act(task, "preregister.add", {"entries": [entry]})
    return True


def _submitted(play: Play, unit: str) -> list[Part]:
    with play.world.facts() as facts:
        rows = facts.applications.of_season(play.world.season, unit=unit)
    inside = {row.id for row in rows if row.state in {"submitted", "under_nominator_review", "returned"}}
    return sorted((part for part in play.parts if part.application in inside), key=lambda part: -part.quality)


def _places(play: Play, unit: str) -> int:
    with play.world.facts() as facts:
        row = facts.people.unit(season=play.world.season, code=unit)
    return int(row.widened if row.is_widened else row.base) if row is not None else 0


def _exceed(play: Play, task: Task, mine: list[Part], places: int) -> bool:
    """One more than allowed is refused; then the unit asks for widening once, and keeps to five at last."""
    play.world.refused(f"quota attempt above {places}", play.world.complete, task, _list(mine, places + 1))
    if places == play.rules.quota.base:
        play.world.complete(task, {"ranking": [], "outcome": "widen"})
    else:
        play.world.complete(task, _list(mine, places))
    return True


def _list(mine: list[Part], places: int) -> dict[str, Any]:
    lines = [
        {
            "application": part.application,
            "rank": place,
            "nominated": place <= places,
            "reason": "" if place <= places else words("名额所限"),
        }
        for place, part in enumerate(mine, start=1)
    ]
    return {"ranking": lines, "outcome": "confirm"}


@answers("N03d")
def ask_widening(play: Play, task: Task) -> bool:
    """申请放宽名额."""
    play.world.attach(task, [("D5.widening", "活动证明.pdf", SCAN)])
    play.world.complete(task, {"activity": words("本地区已连续五年开展质量标杆活动"), "since": "2018-05-01"})
    return True


@answers("N03e")
def decide_widening(play: Play, task: Task) -> bool:
    """核定推荐名额."""
    play.world.complete(task, {"reason": words("已开展地区质量标杆活动"), "outcome": "grant"})
    return True


@answers("N03c")
def opinion(play: Play, task: Task) -> bool:
    """出具推荐意见并用印."""
    unit = play.variable(task, "unit")
    with play.world.facts() as facts:
        chosen = [row.application for row in facts.nominations.of_unit(season=play.world.season, unit=unit, state="chosen")]
    play.world.attach(task, [("D5.letter", "推荐文件.pdf", SCAN)])
    lines = [
        {
            "application": application,
            "opinion": words("同意推荐"),
            "no_violation": True,
            "mature": True,
            "mature_reason": words("应用三年以上"),
        }
        for application in chosen
    ]
    answer = {"opinions": lines, "outcome": "deliver"}
    if chosen and play.once("unsealed"):
        play.world.refused("ineligible E12", play.world.complete, task, answer)
    play.world.attach(task, [("D5.sealed", f"推荐意见-{application}.pdf", SCAN) for application in chosen])
    play.world.complete(task, answer)
    return True
