"""Attendance, quorum, recusal, votes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.errors import Conflict, Forbidden, HouseError, Refused
from selection.meeting import Ballot, Count, Roll, decide, has_quorum, majority_for, refuse_ballot, refuse_without_quorum, standing, tally
from selection.season import Season

MEMBERS = tuple(f"X{number}" for number in range(9))


def roll(present: int, called: int = 9) -> Roll:
    return Roll(
        called=frozenset(MEMBERS[:called]), present=frozenset(MEMBERS[:present]), presiding="X0", may_preside=frozenset({"X0", "X1"})
    )


@pytest.mark.parametrize(
    ("present", "called", "enough"), [(6, 9, True), (5, 9, False), (2, 3, True), (1, 3, False), (4, 5, True), (3, 5, False)]
)
def test_two_thirds_of_those_called_make_a_quorum(season: Season, present: int, called: int, *, enough: bool) -> None:
    assert has_quorum(season=season, roll=roll(present, called)) is enough
    if enough:
        refuse_without_quorum(season=season, roll=roll(present, called))
    else:
        with pytest.raises(Refused) as refusal:
            refuse_without_quorum(season=season, roll=roll(present, called))
        assert refusal.value.code == "meeting.quorum"


def test_guests_do_not_make_a_quorum(season: Season) -> None:
    guests = replace(roll(5), present=frozenset({*MEMBERS[:5], "Y1", "Y2"}))
    assert not has_quorum(season=season, roll=guests)


def test_nobody_called_is_no_quorum(season: Season) -> None:
    assert not has_quorum(season=season, roll=roll(0, 0))


@pytest.mark.parametrize("presiding", ["X3", "X8", ""])
def test_a_chair_who_is_present_presides(season: Season, presiding: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_without_quorum(season=season, roll=replace(roll(6), presiding=presiding))
    assert refusal.value.code == "meeting.chair"


@pytest.mark.parametrize(
    ("ballot", "refusal"),
    [
        (Ballot("X8", "A1", "yes"), Forbidden),
        (Ballot("Y1", "A1", "yes"), Forbidden),
        (Ballot("X2", "A1", "yes"), Forbidden),
        (Ballot("X3", "A1", "perhaps"), Refused),
        (Ballot("X0", "A1", "withdrawn"), Conflict),
    ],
)
def test_votes_that_cannot_be_taken(ballot: Ballot, refusal: type[HouseError]) -> None:
    with_recusal = replace(roll(6), recused={"A1": frozenset({"X2"})})
    with pytest.raises(refusal):
        refuse_ballot(roll=with_recusal, ballot=ballot, cast=[Ballot("X1", "A1", "yes")])


def test_a_recused_member_votes_on_other_items() -> None:
    with_recusal = replace(roll(6), recused={"A1": frozenset({"X2"})})
    refuse_ballot(roll=with_recusal, ballot=Ballot("X2", "A2", "yes"), cast=[Ballot("X2", "A3", "yes")])


def ballots(yes: int, no: int) -> list[Ballot]:
    return [Ballot(MEMBERS[number], "A1", "yes" if number < yes else "no") for number in range(yes + no)]


@pytest.mark.parametrize(
    ("yes", "no", "act", "carried"),
    [(4, 2, "list", True), (3, 3, "list", False), (3, 0, "list", False), (4, 0, "override_rank", True), (3, 2, "remove_published", False)],
)
def test_majorities_of_six_entitled(season: Season, yes: int, no: int, act: str, *, carried: bool) -> None:
    found = decide(season=season, roll=roll(6), item="A1", count=Count(yes, no), ballots=ballots(yes, no), act=act)
    assert (found.entitled, found.yes, found.no, found.abstain, found.carried) == (6, yes, no, 6 - yes - no, carried)


def test_a_recusal_leaves_the_count(season: Season) -> None:
    with_recusal = replace(roll(6), recused={"A1": frozenset({"X5"})})
    assert decide(season=season, roll=with_recusal, item="A1", count=Count(3, 2), ballots=ballots(3, 2)).carried


def test_of_a_members_ballots_the_last_one_counts(season: Season) -> None:
    cast = [*ballots(4, 2), Ballot("X0", "A1", "no"), Ballot("X1", "A2", "no"), Ballot("X5", "A1", "withdrawn")]
    found = decide(season=season, roll=roll(6), item="A1", count=Count(3, 2), ballots=cast)
    assert (found.yes, found.no, found.abstain) == (3, 2, 1)
    with pytest.raises(Refused):
        decide(season=season, roll=roll(6), item="A1", count=Count(4, 1), ballots=cast)


def test_who_withdrew_may_vote_again() -> None:
    assert standing([Ballot("X0", "A1", "yes"), Ballot("X0", "A1", "withdrawn")]) == []
    assert standing([Ballot("X0", "A1", "yes"), Ballot("X0", "A1", "withdrawn"), Ballot("X0", "A1", "no")]) == [Ballot("X0", "A1", "no")]


def test_the_ballot_of_who_left_the_item_is_not_counted(season: Season) -> None:
    recused = replace(roll(6), recused={"A1": frozenset({"X0"})})
    found = decide(season=season, roll=recused, item="A1", count=Count(3, 2), ballots=ballots(4, 2))
    assert (found.entitled, found.yes, found.no) == (5, 3, 2)


@pytest.mark.parametrize(
    ("count", "refused_as"),
    [
        (Count(3, 1, 1), None), (Count(4, 1, 1), None), (Count(3, 2, 1), None), (Count(3, 1, 2), None), (Count(3, 1), None),
        (Count(2, 1, 1), "vote.ballots"), (Count(5, 0, 1), "vote.ballots"), (Count(4, 2), "vote.ballots"), (Count(3, 1, 3), "vote.count"),
    ],
)  # fmt: skip
def test_paper_is_counted_with_the_ballots_that_members_cast_themselves(season: Season, count: Count, refused_as: str | None) -> None:
    """Of six entitled five voted electronically, 3 : 1 and one abstention: the sixth may have voted on paper, whatever else is lost or doubled."""
    cast = [*ballots(3, 1), Ballot("X4", "A1", "abstain")]
    if refused_as is None:
        found = decide(season=season, roll=roll(6), item="A1", count=count, ballots=cast)
        assert (found.yes, found.no, found.abstain) == (count.yes, count.no, 6 - count.yes - count.no)
        return
    with pytest.raises(Refused) as refusal:
        decide(season=season, roll=roll(6), item="A1", count=count, ballots=cast)
    assert refusal.value.code == refused_as


@pytest.mark.parametrize(("yes", "no"), [(7, 0), (4, 3), (-1, 2)])
def test_counts_on_paper_must_fit(season: Season, yes: int, no: int) -> None:
    with pytest.raises(Refused):
        tally(season=season, item="A1", entitled=6, yes=yes, no=no)


@given(entitled=st.integers(0, 30), yes=st.integers(0, 30), no=st.integers(0, 30))
def test_a_qualified_majority_is_always_a_simple_one(season: Season, entitled: int, yes: int, no: int) -> None:
    if yes + no > entitled:
        return
    qualified = tally(season=season, item="A", entitled=entitled, yes=yes, no=no, act="override_rank")
    simple = tally(season=season, item="A", entitled=entitled, yes=yes, no=no)
    assert simple.carried or not qualified.carried
    assert simple.carried == (2 * yes > entitled)


def test_which_acts_need_two_thirds(season: Season) -> None:
    assert majority_for(season=season, act="remove_published") == "qualified"
    assert majority_for(season=season, act="list") == "simple"
