"""Make-up of the committee (办法 §14-15)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection.committee import Constitution, GroupSeats, problems, refuse_invalid
from selection.errors import Refused
from selection.season import Season

GROUP = GroupSeats(leaders=("X3",), members=("X4", "X5"))
GOOD = Constitution(chairs=("X1",), vice_chairs=("X2",), groups={"G1": GROUP})


def test_g18_one_chair_and_one_or_two_vice_chairs(season: Season) -> None:
    refuse_invalid(season=season, constitution=GOOD)
    refuse_invalid(season=season, constitution=replace(GOOD, vice_chairs=("X2", "X9")))
    for chairs, vices in (((), ("X2",)), (("X1", "X8"), ("X2",)), (("X1",), ()), (("X1",), ("X2", "X8", "X9")), (("X1",), ("X1",))):
        with pytest.raises(Refused):
            refuse_invalid(season=season, constitution=replace(GOOD, chairs=chairs, vice_chairs=vices))


@pytest.mark.parametrize(
    "group",
    [
        GroupSeats(leaders=(), members=("X4", "X5", "X6")),
        GroupSeats(leaders=("X3", "X4"), members=("X5",)),
        GroupSeats(leaders=("X3",), members=("X4",)),
        GroupSeats(leaders=("X3",), members=("X3", "X4")),
    ],
)
def test_a_group_has_one_leader_and_enough_members(season: Season, group: GroupSeats) -> None:
    found = problems(season=season, constitution=replace(GOOD, groups={"G1": group}))
    assert [problem.path for problem in found] == ["G1"]


def test_there_must_be_groups(season: Season) -> None:
    assert [problem.path for problem in problems(season=season, constitution=replace(GOOD, groups={}))] == ["groups"]


def test_nobody_sits_in_two_groups(season: Season) -> None:
    other = GroupSeats(leaders=("X6",), members=("X4", "X7"))
    found = problems(season=season, constitution=replace(GOOD, groups={"G1": GROUP, "G2": other}))
    assert len(found) == 1
    assert "X4" in found[0].zh
