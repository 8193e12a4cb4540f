"""评审委员会审议 and the releases: agenda, roll, votes, minutes, 发布结果, 复核."""

from datetime import timedelta
from typing import Any

from app.simulate.answers.base import SCAN, Play, answers, words
from app.simulate.world import Task

SHORTLIST_FROM, AWARD_FROM = 71.0, 79.0


def _members(play: Play) -> list[str]:
    with play.world.facts() as facts:
        return sorted(seat.expert for seat in facts.people.committee(play.world.season))


def _presiding(play: Play) -> str:
    chair = play.world.cast.one("committee_chair", play.world.season)
    return next(expert.id for expert in play.world.cast.experts if expert.person.id == chair.id)


@answers("N07a")
def agenda(play: Play, task: Task) -> bool:
    """准备合议材料: the meeting is held on the next day in office hours, or on its planned day if that is still to come."""
    planned = play.plan.get(play.rules.meeting.planned.get(play.variable(task, "kind"), ""))
    at_the_earliest = timedelta() if planned is None else planned - timedelta(hours=15) - play.world.now
    data = {
        "held_at": play.local_time(play.in_office_hours(max(timedelta(hours=20), at_the_earliest))),
        "place": "北京会议中心",
        "mode": "meeting",
        "called": _members(play),
        "presiding": _presiding(play),
    }
    play.world.complete(task, data)
    return True


@answers("N07b")
def record(play: Play, task: Task) -> bool:
    """合议并登记表决结果: the first meeting of the season lacks its quorum once."""
    members, secretary = _members(play), play.world.cast.one("meeting_secretary")
    if play.once("no quorum"):
        few: dict[str, Any] = {"present": members[: len(members) // 3], "presiding": _presiding(play), "recusals": []}
        decided = few | {"items": _items(play, task, present=len(few["present"])), "outcome": "decided"}
        play.world.refused("meeting without quorum", play.world.complete, task, decided, actor=secretary)
        play.world.complete(task, {"present": few["present"], "presiding": _presiding(play), "outcome": "no_quorum"}, actor=secretary)
        return True
    play.world.attach(task, [("D12.votes", "表决记录.pdf", SCAN)], actor=secretary)
    data: dict[str, Any] = {"present": members, "presiding": _presiding(play), "recusals": _recusals(play, task), "outcome": "decided"}
    items = _items(play, task, present=len(members), recused=[row["item"] for row in data["recusals"]])
    play.world.complete(task, data | {"items": items}, actor=secretary)
    return True


def _recusals(play: Play, task: Task) -> list[dict[str, Any]]:
    """Members with a conflict leave the vote of the item."""
    members = set(_members(play))
    with play.world.facts() as facts:
        items = facts.meetings.items(task.business_key)
        found = [(row.application, row.expert) for row in facts.reviews.conflicts(season=play.world.season) if row.expert in members]
    return [
        {"item": item.item, "member": expert, "reason": "存在利益关系"}
        for item in items
        for application, expert in found
        if application == item.application
    ]


def _items(play: Play, task: Task, *, present: int, recused: list[str] | None = None) -> list[dict[str, Any]]:
    kind = play.variable(task, "kind")
    with play.world.facts() as facts:
        items = [row.item for row in facts.meetings.items(task.business_key)]
    lines = []
    for item in items:
        voters = present - (recused or []).count(item)
        decision = _decision(play, kind, item)
        votes = (
            {"votes_for": voters, "votes_against": 0, "abstained": 0}
            if decision == "approve"
            else {"votes_for": 0, "votes_against": voters, "abstained": 0}
        )
        lines.append({"item": item, **votes, "decision": decision, "reason": words("经合议")})
    return lines


def _decision(play: Play, kind: str, item: str) -> str:
    """What this committee thinks: by quality for the lists, by the plant for objections."""
    if kind == "objection":
        with play.world.facts() as facts:
            objection = facts.publicity.objection(item)
        fate = play.part(objection.application).fate if objection is not None else ""
        return "approve" if fate == "objection_upheld" else "refuse"
    if kind in {"shortlist", "award"}:
        part = play.part(item)
        if kind == "shortlist" and part.fate in {"tie_first", "tie_second"}:
            return "approve" if part.fate == "tie_first" else "refuse"
        if kind == "award" and part.fate in {"absent_for_good", "visit_untrue"}:
            return "refuse"
        return "approve" if part.quality >= (SHORTLIST_FROM if kind == "shortlist" else AWARD_FROM) else "refuse"
    return "refuse" if kind == "sent_back" and "fault" in play.marks and play.part(item).fate == "fault_found" else "approve"


@answers("N07c")
def sign(play: Play, task: Task) -> bool:
    """签署会议纪要."""
    secretary = play.world.cast.one("meeting_secretary")
    play.world.attach(task, [("D12.minutes", "会议纪要.pdf", SCAN)], actor=secretary)
    chair = play.world.cast.one("committee_chair", play.world.season)
    play.world.complete(task, {"text": words("会议审议并表决通过"), "signed_by": chair.name, "signed_on": play.today()}, actor=chair)
    return True


@answers("N07d")
def release(play: Play, task: Task) -> bool:
    """发布入围结果."""
    play.world.complete(task, {"checked": True})
    return True


@answers("N10b", "N13a")
def recheck(play: Play, task: Task) -> bool:
    """信用与否决项复核; before the announcement one fault is found."""
    data: dict[str, Any] = {"checked_on": play.today(), "sources": "信用中国、国家企业信用信息公示系统", "faults": [], "outcome": "clean"}
    if task.element == "N13a":
        with play.world.facts() as facts:
            listed = [row.application for row in facts.publicity.items(task.business_key, state="listed")]
        found = [application for application in listed if play.part(application).fate == "fault_found"]
        if found and play.once("fault"):
            faults = [{"application": found[0], "kind": "integrity", "detail": words("被列入失信名单")}]
            data |= {"faults": faults, "outcome": "faults"}
    play.world.complete(task, data)
    return True
