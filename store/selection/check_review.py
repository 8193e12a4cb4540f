"""Invariants of desk review, defence and the committee's meetings, each a named function that gives sentences. Reads only."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from sqlalchemy import Connection, and_, exists, func, or_, select

from selection.aggregation import mean as mean_of
from selection.aggregation import median, rounded
from selection.meeting import Roll, has_quorum
from selection.rights import OF_A_SEASON
from selection.season import Season
from store.engine import queries
from store.selection import tables_application as a
from store.selection import tables_people as p
from store.selection import tables_review as v
from store.selection.application import BROKEN_OFF
from store.selection.meeting import standing_votes
from store.selection.subject import Fact

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
DECIDED = ("decided", "signed")


def no_score_of_the_conflicted(connection: Connection) -> Violations:
    """No counted score comes from an expert with a conflict on that application (办法: 回避)."""
    joined = select(v.score.c.expert, v.score.c.application, v.score.c.stage).join(
        v.conflict, and_(v.conflict.c.expert == v.score.c.expert, v.conflict.c.application == v.score.c.application)
    )
    for row in connection.execute(joined.where(v.score.c.state == "final")):
        yield f"{row.expert} has a conflict on {row.application}, yet a final {row.stage} score counts"


def scores_have_versions(connection: Connection) -> Violations:
    """The present sheet of each score is its last kept version, and none between was lost: no sheet was changed without a trace."""
    kept = v.score_version.c
    last = select(
        kept.expert, kept.application, kept.stage, func.max(kept.version).label("last"), func.count().label("number")
    ).group_by(kept.expert, kept.application, kept.stage).subquery()  # fmt: skip
    same = and_(last.c.expert == v.score.c.expert, last.c.application == v.score.c.application, last.c.stage == v.score.c.stage)
    present = and_(
        kept.expert == v.score.c.expert,
        kept.application == v.score.c.application,
        kept.stage == v.score.c.stage,
        kept.version == v.score.c.version,
        func.coalesce(kept.total, "") == func.coalesce(v.score.c.total, ""),
        kept.state == v.score.c.state,
    )
    odd = (
        select(v.score.c.expert, v.score.c.application)
        .outerjoin(last, same)
        .where(or_(last.c.last.is_(None), last.c.last != v.score.c.version, last.c.number != last.c.last, ~exists().where(present)))
    )
    yield from (f"score of {row.expert} on {row.application} is not its last kept version" for row in connection.execute(odd))


def read_after_declaration(connection: Connection) -> Violations:
    """Whoever has a final desk score had signed secrecy and conflicts for that seat before."""
    signed = exists().where(
        v.declaration.c.expert == v.score.c.expert,
        v.declaration.c.seat == v.score.c.seat,
        v.declaration.c.outcome == "sign",
        v.declaration.c.at <= v.score.c.at,
    )
    bare = select(v.score.c.expert, v.score.c.application).where(v.score.c.stage == "desk", v.score.c.state == "final", ~signed)
    yield from (f"{row.expert} scored {row.application} without a declaration" for row in connection.execute(bare))


def scored_by_their_readers(connection: Connection) -> Violations:
    """A final desk score is by the seat to which the application was assigned."""
    assigned = exists().where(v.assignment.c.seat == v.score.c.seat, v.assignment.c.application == v.score.c.application)
    bare = select(v.score.c.expert, v.score.c.application).where(v.score.c.stage == "desk", v.score.c.state == "final", ~assigned)
    yield from (f"{row.expert} scored {row.application}, which the seat was not given" for row in connection.execute(bare))


def one_group_per_application(connection: Connection) -> Violations:
    """All seats that read an application belong to one group, the one its row names."""
    joined = select(v.assignment.c.application).join(v.seat, v.seat.c.id == v.assignment.c.seat)
    named = joined.join(a.application, a.application.c.id == v.assignment.c.application)
    spread = named.where(or_(a.application.c.group.is_(None), a.application.c.group != v.seat.c.group)).distinct()
    yield from (f"{application} is read by another group than its own" for application in connection.execute(spread).scalars())


def groups_have_one_leader(connection: Connection) -> Violations:
    """Each group has exactly one 组长, who holds a seat of it (办法 §15)."""
    leads = and_(v.seat.c.group == v.review_group.c.id, v.seat.c.leads)
    counted = (
        select(v.review_group.c.id, func.count(v.seat.c.id).label("leaders"))
        .outerjoin(v.seat, leads)
        .group_by(v.review_group.c.id, v.review_group.c.leader)
        .having(or_(func.count(v.seat.c.id) != 1, func.max(v.seat.c.expert) != v.review_group.c.leader))
    )
    yield from (f"group {row.id} has {row.leaders} leaders, or another one than it names" for row in connection.execute(counted))


def closed_groups_are_complete(connection: Connection) -> Violations:
    """A group closed only after each of its seats was done, and each of its applications then has the mean of its sheets."""
    closed = v.review_group.c.state.in_(("closed", "defended"))
    given = exists().where(v.assignment.c.seat == v.seat.c.id)
    undone = (
        select(v.seat.c.id).join(v.review_group, v.review_group.c.id == v.seat.c.group).where(closed, given, v.seat.c.done_at.is_(None))
    )
    yield from (f"seat {seat} was not done when its group closed" for seat in connection.execute(undone).scalars())
    mean = exists().where(v.stage_score.c.application == a.application.c.id, v.stage_score.c.stage == "desk")
    joined = select(a.application.c.id).join(v.review_group, v.review_group.c.id == a.application.c.group)
    bare = joined.where(closed, a.application.c.state.not_in(BROKEN_OFF), ~mean)
    yield from (f"{application} has no mean although its group closed" for application in connection.execute(bare).scalars())


def means_follow_from_sheets(connection: Connection) -> Violations:
    """Each kept mean of a stage is that of the experts' final sheets that it names, and leaves none out that was handed in before (§6)."""
    one, kept = v.stage_score.c, v.score_version.c
    same = and_(kept.application == one.application, kept.stage == one.stage)
    found = select(v.stage_score, kept.expert, kept.version, kept.state, kept.total, (kept.at < one.at).label("before")).outerjoin(v.score_version, same)
    versions: dict[tuple[str, str], list[Fact]] = {}
    for row in connection.execute(found.order_by(one.application, one.stage, kept.version)):
        versions.setdefault((row.application, row.stage), []).append(row)
    for (application, stage), rows in versions.items():
        detail = rows[0].detail or {}
        named = detail.get("sheets")
        if named is None:
            continue  # kept by an older release, which named none
        counted = [Decimal(row.total) for row in rows if named.get(row.expert) == row.version and row.state == "final"]
        handed_in = {row.expert: row.state for row in rows if row.before}
        left_out = [expert for expert, state in handed_in.items() if state == "final" and expert not in named]
        fits = _is_mean_of(counted, mean=Decimal(rows[0].mean), used=detail.get("used", ()), trimmed=detail.get("trimmed", ()))
        if left_out or len(counted) != len(named) or not fits:
            yield f"the {stage} score {rows[0].mean} of {application} is not that of its sheets"


def _is_mean_of(totals: list[Decimal], *, mean: Decimal, used: Iterable[str], trimmed: Iterable[str]) -> bool:
    """Whether a mean (or median) is of all totals but as many of the highest as of the lowest: those that are told to be trimmed."""
    middle, outside = sorted(map(Decimal, used)), sorted(map(Decimal, trimmed))
    cut = len(outside) // 2
    ordered = [*outside[:cut], *middle, *outside[cut:]]
    places = -int(mean.as_tuple().exponent)
    return bool(middle) and ordered == sorted(totals) and mean in {rounded(of(middle), places=places) for of in (mean_of, median)}


def committees_of_their_season(connection: Connection) -> Violations:
    """Who holds a committee's role in a season sits in that season's confirmed committee with that office (办法 §13–14)."""
    held, known, sits = p.role_grant, p.role_grant.alias("known"), p.committee_seat
    seated = exists().where(
        known.c.person == held.c.person,
        known.c.role == "expert",
        sits.c.expert == known.c.organisation,
        sits.c.season == held.c.organisation,
        sits.c.confirmed_at.is_not(None),
        held.c.role == "committee_" + sits.c.office,
    )
    stray = select(held.c.person, held.c.role, held.c.organisation).where(held.c.role.in_(sorted(OF_A_SEASON)), ~seated)
    yield from (f"{row.person} is {row.role} of {row.organisation} without the seat" for row in connection.execute(stray))


def one_chair(connection: Connection) -> Violations:
    """A confirmed committee has exactly one 主任委员 and one or two 副主任委员 (办法 §14)."""
    seat = p.committee_seat.c
    counted = select(seat.season, seat.office, func.count().label("number")).where(seat.confirmed_at.is_not(None))
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(counted.group_by(seat.season, seat.office)):
        found.setdefault(row.season, {})[row.office] = row.number
    for season, offices in found.items():
        if offices.get("chair", 0) != 1 or offices.get("vice_chair", 0) not in {1, 2}:
            yield f"the committee of {season} has {offices.get('chair', 0)} chairs and {offices.get('vice_chair', 0)} vice chairs"


def votes_by_members_present(connection: Connection) -> Violations:
    """In a decided meeting only members present voted."""
    here = exists().where(v.attendance.c.meeting == v.vote.c.meeting, v.attendance.c.member == v.vote.c.member, v.attendance.c.present)
    joined = standing_votes().join(v.meeting, v.meeting.c.id == v.vote.c.meeting)
    for row in connection.execute(joined.where(v.meeting.c.state.in_(DECIDED), ~here)):
        yield f"{row.member} must not vote on {row.item} in {row.meeting}"


def one_vote_per_member(connection: Connection) -> Violations:
    """Of a member's ballots on an item one counts (A-62): they follow each other without a gap, so that one is the last."""
    key = (v.vote.c.meeting, v.vote.c.item, v.vote.c.member)
    gap = or_(func.count() != func.max(v.vote.c.round), func.min(v.vote.c.round) != 1)
    for row in connection.execute(select(*key).group_by(*key).having(gap)):
        yield f"the ballots of {row.member} on {row.item} in {row.meeting} do not follow each other"


def counts_fit_the_room(connection: Connection) -> Violations:
    """What was counted on an item is no more than the members present who had not left it (§7)."""
    sat = select(v.attendance.c.meeting, v.attendance.c.member).where(v.attendance.c.present)
    room = Counter(row.meeting for row in connection.execute(sat))
    away = select(v.recusal).join(v.attendance, and_(v.attendance.c.meeting == v.recusal.c.meeting, v.attendance.c.member == v.recusal.c.member))
    left = Counter((row.meeting, row.item) for row in connection.execute(away.where(v.attendance.c.present)))
    for row in connection.execute(select(v.meeting_item).where(v.meeting_item.c.votes_for.is_not(None))):
        counted = row.votes_for + row.votes_against + row.abstained
        if counted > room[row.meeting] - left[row.meeting, row.item]:
            yield f"meeting {row.meeting} counted {counted} on {row.item}, more than could vote"


def counts_hold_every_ballot(connection: Connection) -> Violations:
    """Who voted electronically was counted as it voted: what was recorded of an item may be more, for votes on paper, and is never less (§14, A-62)."""
    cast = standing_votes().subquery()
    left = exists().where(v.recusal.c.meeting == cast.c.meeting, v.recusal.c.item == cast.c.item, v.recusal.c.member == cast.c.member)
    barred = exists().where(v.conflict.c.application == v.meeting_item.c.application, v.conflict.c.expert == cast.c.member)
    same = and_(v.meeting_item.c.meeting == cast.c.meeting, v.meeting_item.c.item == cast.c.item)
    found = select(v.meeting_item, cast.c.choice, func.count().label("number")).join(cast, same).join(v.meeting, v.meeting.c.id == cast.c.meeting)
    counted = found.where(v.meeting.c.state.in_(DECIDED), v.meeting_item.c.votes_for.is_not(None), ~left, ~barred)
    for row in connection.execute(counted.group_by(*v.meeting_item.c, cast.c.choice)):
        recorded = {"yes": row.votes_for, "no": row.votes_against, "abstain": row.abstained}.get(row.choice, 0)
        if recorded < row.number:
            yield f"meeting {row.meeting} recorded {recorded} {row.choice} on {row.item}, members cast {row.number}"


def decisions_follow_the_count(connection: Connection) -> Violations:
    """What was approved had a majority of those entitled at least; what was refused in the order of the ranking had none (§14)."""
    joined = select(v.meeting_item, v.meeting.c.season).join(v.meeting, v.meeting.c.id == v.meeting_item.c.meeting)
    counted = joined.where(v.meeting.c.state.in_(DECIDED), v.meeting_item.c.votes_for.is_not(None))
    rows = connection.execute(counted).all()
    rules = {season: _rules(connection, season) for season in {row.season for row in rows}}
    for row in rows:
        season = rules[row.season]
        part, whole = season.meeting.simple if season else (1, 2)
        carried = row.votes_for * whole > (row.votes_for + row.votes_against + row.abstained) * part
        if (row.decision == "approve" and not carried) or (row.decision == "refuse" and carried and not row.qualified):
            yield f"meeting {row.meeting} decided {row.decision} on {row.item} with {row.votes_for} yes and {row.votes_against} no"


def meetings_had_quorum(connection: Connection) -> Violations:
    """What a meeting decided, it decided with the season's quorum of those called (§14: two thirds in 2023)."""
    for meeting in connection.execute(select(v.meeting.c.id, v.meeting.c.season).where(v.meeting.c.state.in_(DECIDED))):
        rows = connection.execute(select(v.attendance).where(v.attendance.c.meeting == meeting.id)).all()
        called, present = frozenset(row.member for row in rows), frozenset(row.member for row in rows if row.present)
        roll = Roll(called=called, present=present, presiding="", may_preside=frozenset())
        rules = _rules(connection, meeting.season)
        if rules is not None and not has_quorum(season=rules, roll=roll):
            yield f"meeting {meeting.id} decided with {len(present)} of {len(called)}"


def _rules(connection: Connection, season: str) -> Season | None:
    for version in queries.versions(connection, name=season):
        files = queries.version_files(connection, version["id"])
        if "season.toml" in files:
            return Season.from_settings(tomllib.loads(files["season.toml"].decode()))
    return None


def decided_meetings_are_whole(connection: Connection) -> Violations:
    """A decided meeting has a decision on each item, a concluded one its signed minutes."""
    joined = select(v.meeting_item.c.meeting, v.meeting_item.c.item).join(v.meeting, v.meeting.c.id == v.meeting_item.c.meeting)
    for row in connection.execute(joined.where(v.meeting.c.state.in_(DECIDED), v.meeting_item.c.decision.is_(None))):
        yield f"meeting {row.meeting} left {row.item} undecided"
    signed = exists().where(v.minutes.c.meeting == v.meeting.c.id)
    bare = select(v.meeting.c.id).where(v.meeting.c.state == "signed", ~signed)
    yield from (f"meeting {meeting} is concluded without minutes" for meeting in connection.execute(bare).scalars())


CHECKS: tuple[Check, ...] = (
    no_score_of_the_conflicted,
    scores_have_versions,
    read_after_declaration,
    scored_by_their_readers,
    one_group_per_application,
    groups_have_one_leader,
    closed_groups_are_complete,
    means_follow_from_sheets,
    committees_of_their_season,
    one_chair,
    votes_by_members_present,
    one_vote_per_member,
    counts_fit_the_room,
    counts_hold_every_ballot,
    decisions_follow_the_count,
    meetings_had_quorum,
    decided_meetings_are_whole,
)
