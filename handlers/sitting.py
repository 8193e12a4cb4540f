"""What a sitting of the committee votes with: the roll, the ballots that it keeps, and which majority a decision needs. Decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.contract import Context
from selection import meeting as rules
from selection import shortlist
from store.selection.subject import Fact

PRESIDE = ("chair", "vice_chair")
RANKED = ("shortlist", "award")  # meetings on what the scores propose


@dataclass(frozen=True)
class Sitting:
    """What every item of a meeting is decided with; worked out once, however many there are."""

    meeting: Fact
    roll: rules.Roll
    proposal: shortlist.Proposal | None


def ballots(ctx: Context, meeting: str, item: str | None = None) -> list[rules.Ballot]:
    """Every ballot of a meeting or on one of its items, a member's in the order they were cast."""
    return [rules.Ballot(row.member, row.item, row.choice) for row in ctx.facts.meetings.votes(meeting, item=item)]


def keep_ballot(ctx: Context, meeting: str, ballot: rules.Ballot, cast: Iterable[rules.Ballot]) -> None:
    """Add a ballot to those that were cast; the member's earlier ones on the item stay on record."""
    turn = 1 + sum((other.member, other.item) == (ballot.member, ballot.item) for other in cast)
    ctx.facts.meetings.vote(
        meeting=meeting, item=ballot.item, turn=turn, member=ballot.member, choice=ballot.choice, at=ctx.received, by=ctx.actor.id
    )


def empty_the_box(ctx: Context, meeting: str) -> None:
    """What was voted without a quorum counts for nothing when the committee meets again; the ballots stay on record."""
    cast = ballots(ctx, meeting)
    for ballot in rules.standing(cast):
        keep_ballot(ctx, meeting, replace(ballot, choice=rules.WITHDRAWN), cast)


def roll_of(ctx: Context, meeting: str, *, presiding: str, items: Sequence[Fact], conflicts: Sequence[Fact]) -> rules.Roll:
    """The roll for the vote on some items, with those conflicts that count for it."""
    listed = ctx.facts.meetings.attendance(meeting)
    against = _members(conflicts, by="application", who="expert")
    left = _members(ctx.facts.meetings.recusals(meeting), by="item", who="member")
    recused = {item.item: frozenset(left[item.item] | against[item.application]) for item in items}
    return rules.Roll(
        called=frozenset(row.member for row in listed),
        present=frozenset(row.member for row in listed if row.present),
        presiding=presiding,
        may_preside=frozenset(row.member for row in listed if row.office in PRESIDE),
        recused=recused,
    )


def _members(facts: Sequence[Fact], *, by: str, who: str) -> Mapping[str, set[str]]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for row in facts:
        grouped[getattr(row, by)].add(getattr(row, who))
    return grouped


def act_of(sitting: Sitting, item: str, decision: str) -> str:
    """What is decided by a decision on an item: the season says which acts need the qualified majority (A-62)."""
    if sitting.meeting.kind == "objection":
        return "remove_published"
    if sitting.proposal is None:
        return "list"
    one = shortlist.Proposal(
        chosen=(item,) if item in sitting.proposal.chosen else (),
        others=(item,) if item in sitting.proposal.others else (),
        tied=(),
        seats=0,
    )
    return "override_rank" if shortlist.deviations(proposal=one, decided=[item] if decision == "approve" else []) else "list"
