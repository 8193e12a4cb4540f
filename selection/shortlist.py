"""Proposals for the two meetings: who would enter the defence, who would be on the award list (A-63, A-64).

A proposal binds nobody: the committee decides, and a departure from it needs a reason in the minutes (A-57).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from selection.aggregation import Ranking
from selection.errors import Refused
from selection.season import Season


@dataclass(frozen=True)
class Proposal:
    """`chosen` within the line, `others` below it, `tied` share the place at the line: a vote decides on `seats` of them."""

    chosen: tuple[str, ...]
    others: tuple[str, ...]
    tied: tuple[str, ...]
    seats: int


def propose_shortlist(*, season: Season, groups: Iterable[Sequence[Ranking]]) -> Proposal:
    """The best `shortlist_share` of each group (rounded up) that reach `shortlist_min`. `groups`: each group's ranking."""
    parts = []
    for ranking in groups:
        line = int((season.thresholds.shortlist_share * len(ranking)).to_integral_value(rounding=ROUND_CEILING))
        parts.append(_propose(ranking, line, season.thresholds.shortlist_min))
    return Proposal(
        chosen=tuple(item for part in parts for item in part.chosen),
        others=tuple(item for part in parts for item in part.others),
        tied=tuple(item for part in parts for item in part.tied),
        seats=sum(part.seats for part in parts),
    )


def propose_awards(*, season: Season, ranking: Sequence[Ranking], excluded: Collection[str] = ()) -> Proposal:
    """The best of the overall ranking up to `award_target` that reach `award_min`; `excluded`: site visit found 不实."""
    able = [entry for entry in ranking if entry.application not in excluded]
    part = _propose(able, season.thresholds.award_target, season.thresholds.award_min)
    return Proposal(
        part.chosen, (*part.others, *(entry.application for entry in ranking if entry.application in excluded)), part.tied, part.seats
    )


def _propose(ranking: Sequence[Ranking], line: int, least: Decimal) -> Proposal:
    able = [entry for entry in ranking if entry.score >= least]
    inside, outside = able[:line], able[line:]
    cut = {inside[-1].rank} & {outside[0].rank} if inside and outside else set()
    tied = tuple(entry.application for entry in able if entry.rank in cut)
    return Proposal(
        chosen=tuple(entry.application for entry in inside if entry.application not in tied),
        others=tuple(entry.application for entry in ranking if entry not in inside and entry.application not in tied),
        tied=tied,
        seats=sum(entry.application in tied for entry in inside),
    )


def deviations(*, proposal: Proposal, decided: Collection[str]) -> tuple[str, ...]:
    """The applications on which the committee departs from the proposal; tied ones never count."""
    left_out = [item for item in proposal.chosen if item not in decided]
    taken_in = [item for item in proposal.others if item in decided]
    return (*left_out, *taken_in)


def refuse_unexplained(
    *, season: Season, proposal: Proposal, decided: Collection[str], reasons: Mapping[str, str], called: Callable[[str], str] = str
) -> tuple[str, ...]:
    """The departures from the proposal; raises `Refused` for unknown applications, and, where the season wants reasons, naming those without one.

    `called`: what people call an application.
    """
    known = {*proposal.chosen, *proposal.others, *proposal.tied}
    unknown = [called(one) for one in sorted(set(decided) - known)]
    if unknown:
        raise Refused("meeting.unknown", zh=f"{'、'.join(unknown)} 不在本次合议范围内", en=f"not before this meeting: {', '.join(unknown)}")
    found = deviations(proposal=proposal, decided=decided)
    silent = [item for item in found if not reasons.get(item, "").strip()]
    if silent and season.meeting.deviation_reason:
        names = [called(one) for one in silent]
        raise Refused(
            "meeting.reason",
            zh=f"{'、'.join(names)} 的决定与评分排序不一致，请在会议纪要中写明理由",
            en=f"the decision departs from the ranking, give a reason for: {', '.join(names)}",
            applications=tuple(silent),
        )
    return found
