"""合议: attendance, quorum, recusals, votes and majorities (A-62, §14). One vote per member and item; no electronic vote is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from selection.calendar import local_day, spoken_day
from selection.deadlines import last_day
from selection.errors import Conflict, Forbidden, Refused
from selection.season import Season

CHOICES = ("yes", "no", "abstain")
WITHDRAWN = "withdrawn"  # a ballot that takes back its member's earlier one


@dataclass(frozen=True, kw_only=True)
class Roll:
    """Who is called (出席范围), who came, who presides, and per item who has left it for a conflict (回避)."""

    called: frozenset[str]
    present: frozenset[str]
    presiding: str
    may_preside: frozenset[str]
    recused: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def voters(self, item: str) -> frozenset[str]:
        """Those who may vote on an item: called, present and not recused."""
        return (self.called & self.present) - self.recused.get(item, frozenset())


@dataclass(frozen=True)
class Ballot:
    """One member's vote on one item: `yes`, `no`, `abstain`, or `withdrawn` for none after all."""

    member: str
    item: str
    choice: str


@dataclass(frozen=True)
class Count:
    """Votes given on one item."""

    yes: int = 0
    no: int = 0
    abstain: int = 0


@dataclass(frozen=True)
class Tally:
    """The count on one item. Members entitled who did not vote count as abstaining."""

    item: str
    entitled: int
    yes: int
    no: int
    abstain: int
    carried: bool


def refuse_before_plan(*, held_at: datetime, planned: datetime | None) -> None:
    """Raise `Refused` when a meeting is called for a day before the planned one (its live deadline, exclusive end; None: no planned day)."""
    if planned is None or local_day(held_at) >= last_day(planned):
        return
    raise Refused(
        "meeting.early",
        zh=f"计划合议日为{spoken_day(last_day(planned))}，合议不能早于这一天召开；确需提前的，请先调整时间计划",
        en=f"the meeting is planned for {last_day(planned)} and cannot be held before; move the deadline first if it must be earlier",
    )


def has_quorum(*, season: Season, roll: Roll) -> bool:
    """Whether at least two thirds (2023) of those called are present."""
    part, whole = season.meeting.quorum
    return bool(roll.called) and len(roll.called & roll.present) * whole >= len(roll.called) * part


def refuse_without_quorum(*, season: Season, roll: Roll) -> None:
    """Raise `Refused` when the meeting cannot decide: too few present, or neither chair nor vice chair presides."""
    if not has_quorum(season=season, roll=roll):
        part, whole = season.meeting.quorum
        came, called = len(roll.called & roll.present), len(roll.called)
        raise Refused(
            "meeting.quorum",
            zh=f"应到{called}人，实到{came}人，不足{whole}分之{part}，不能表决，请再次召集",
            en=f"{came} of {called} are present, {part}/{whole} are needed; convene again",
        )
    if roll.presiding not in roll.may_preside & roll.present:
        raise Refused(
            "meeting.chair",
            zh="须由到会的主任委员或副主任委员主持，请另选主持人",
            en="a chair or vice chair who is present must preside; choose one",
        )


def refuse_ballot(*, roll: Roll, ballot: Ballot, cast: Iterable[Ballot]) -> None:
    """Raise when a vote cannot be taken.

    `Forbidden` for somebody not called, not present or recused; `Refused` for a wrong choice; `Conflict` for withdrawing what was not cast.
    A later ballot takes the place of an earlier one until the vote is closed.
    """
    if ballot.member not in roll.called & roll.present:
        raise Forbidden(
            "vote.absent",
            zh="未列入出席范围或未登记到会，不能投票；已到会的，请会议秘书先登记到会",
            en="only members called and present can vote; ask the secretary to register you",
        )
    if ballot.member in roll.recused.get(ballot.item, frozenset()):
        raise Forbidden("vote.recused", zh="您已回避此项，不参加本项表决", en="a recused member takes no part in the vote of this item")
    if ballot.choice not in (*CHOICES, WITHDRAWN):
        raise Refused("vote.choice", zh="请选择同意、不同意、弃权或撤回投票", en="choose yes, no, abstain, or withdraw your vote")
    mine = [other for other in standing(cast) if (other.member, other.item) == (ballot.member, ballot.item)]
    if ballot.choice == WITHDRAWN and not mine:
        raise Conflict("vote.none", zh="您对此项没有可撤回的投票", en="you have no vote on this item to withdraw")


def standing(ballots: Iterable[Ballot]) -> list[Ballot]:
    """What counts of ballots given in the order they were cast: each member's last on an item, unless it withdraws."""
    last = {(ballot.member, ballot.item): ballot for ballot in ballots}
    return [ballot for ballot in last.values() if ballot.choice != WITHDRAWN]


def counting(*, roll: Roll, item: str, ballots: Iterable[Ballot]) -> list[Ballot]:
    """The standing ballots on an item, without those of members who have left it (回避)."""
    left = roll.recused.get(item, frozenset())
    return [ballot for ballot in standing(ballots) if ballot.item == item and ballot.member not in left]


def majority_for(*, season: Season, act: str) -> str:
    """`qualified` for overriding the ranking and removing a published item, else `simple`."""
    return "qualified" if act in season.meeting.qualified_for else "simple"


def decide(*, season: Season, roll: Roll, item: str, count: Count, ballots: Iterable[Ballot] = (), act: str = "list") -> Tally:
    """What the secretary records of an item (登记表决结果): every vote given, on paper and electronic. Simple: more than half of those entitled;
    qualified: at least two thirds (2023).

    ``ballots`` are those that members cast themselves; the last of each counts, none of who has left the item (回避). Raises as `refuse_ballot`
    does, and `Refused` when more votes are recorded than members are entitled, or a member's own ballot is not among them (§14, A-62).
    """
    entitled = len(roll.voters(item))
    if count.yes + count.no + count.abstain > entitled:
        _refuse_count(count, entitled)
    _refuse_lost(item, count, cast=_cast(roll, item, ballots), entitled=entitled)
    return tally(season=season, item=item, entitled=entitled, yes=count.yes, no=count.no, act=act)


def _cast(roll: Roll, item: str, ballots: Iterable[Ballot]) -> Count:
    counted = counting(roll=roll, item=item, ballots=ballots)
    for ballot in counted:
        refuse_ballot(roll=roll, ballot=ballot, cast=counted)
    return Count(*(sum(ballot.choice == choice for ballot in counted) for choice in CHOICES))


def _refuse_lost(item: str, count: Count, *, cast: Count, entitled: int) -> None:
    """Who voted electronically is counted as it voted: what is recorded may be more, for those who voted on paper, and never less."""
    if count.yes >= cast.yes and count.no >= cast.no and entitled - count.yes - count.no >= cast.abstain:
        return
    raise Refused(
        "vote.ballots",
        zh=f"{item}：委员已电子投票同意{cast.yes}票、不同意{cast.no}票、弃权{cast.abstain}票，登记的票数应包括电子投票和纸质表决，请核对后填写合计",
        en=f"{item}: members cast {cast.yes} yes, {cast.no} no and {cast.abstain} abstentions electronically; record the sum of these and of the paper votes",
    )


def _refuse_count(count: Count, entitled: int) -> None:
    raise Refused(
        "vote.count",
        zh=f"同意{count.yes}票、不同意{count.no}票、弃权{count.abstain}票，超过有表决权的{entitled}人，请核对",
        en=f"{count.yes} yes, {count.no} no and {count.abstain} abstentions exceed the {entitled} entitled to vote; check the count",
    )


def tally(*, season: Season, item: str, entitled: int, yes: int, no: int, act: str = "list") -> Tally:
    """Whether so many votes carry. Raises `Refused` when they exceed those entitled; who is entitled and gave no vote counts as abstaining."""
    if min(yes, no) < 0 or yes + no > entitled:
        _refuse_count(Count(yes, no), entitled)
    if majority_for(season=season, act=act) == "qualified":
        part, whole = season.meeting.qualified
        carried = yes > 0 and yes * whole >= entitled * part
    else:
        part, whole = season.meeting.simple
        carried = yes * whole > entitled * part
    return Tally(item, entitled, yes, no, entitled - yes - no, carried)
