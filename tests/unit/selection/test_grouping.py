"""Groups and assignments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from selection.grouping import Candidate, Seat, advice, assign, problems, propose_groups
from selection.season import Season

FOCUS = ("qms_upgrade", "key_process_control", "supply_chain_resilience", "quality_digitalization")


@st.composite
def candidates(draw: st.DrawFn, most: int = 90) -> list[Candidate]:
    count = draw(st.integers(0, most))
    pick = st.tuples(st.sampled_from(FOCUS), st.sampled_from(["06", "34", "36", "39", "65"]))
    return [Candidate(f"A{number:03d}", *draw(pick)) for number in range(count)]


@given(applications=candidates())
def test_groups_hold_everyone_once_by_focus_and_evenly(season: Season, applications: list[Candidate]) -> None:
    groups = propose_groups(season=season, applications=applications)
    by_id = {entry.id: entry for entry in applications}
    assert sorted(item for group in groups for item in group.applications) == sorted(by_id)
    for group in groups:
        assert 1 <= len(group.applications) <= season.groups.max_size
        assert {by_id[item].focus_area for item in group.applications} == {group.focus_area}
    for focus in FOCUS:
        sizes = [len(group.applications) for group in groups if group.focus_area == focus]
        assert not sizes or max(sizes) - min(sizes) <= 1
    assert len({group.name for group in groups}) == len(groups)


def seats(count: int, conflicts: dict[int, set[str]] | None = None) -> list[Seat]:
    return [
        Seat(
            expert=f"X{number:02d}",
            industries=frozenset({"34"} if number % 2 else {"65"}),
            quality_method=number % 3 == 0,
            conflicts=frozenset((conflicts or {}).get(number, set())),
        )
        for number in range(count)
    ]


def test_in_a_group_of_up_to_twenty_every_member_scores_all(season: Season) -> None:
    applications = [Candidate(f"A{number:02d}", FOCUS[0], "34") for number in range(20)]
    found = assign(season=season, applications=applications, seats=seats(6, {2: {"A00"}}))
    assert found["A01"] == ("X00", "X01", "X02", "X03", "X04", "X05")
    assert found["A00"] == ("X00", "X01", "X03", "X04", "X05")
    assert problems(season=season, applications=applications, seats=seats(6, {2: {"A00"}}), assignment=found) == ()


@given(count=st.integers(21, 50), spare=st.integers(2, 5), data=st.data())
def test_a_larger_group_is_assigned_without_conflict_and_overload(season: Season, count: int, spare: int, data: st.DataObject) -> None:
    experts = -(-count * season.experts.desk // season.experts.max_load) + spare
    applications = [Candidate(f"A{number:02d}", FOCUS[0], "34" if number % 2 else "65") for number in range(count)]
    one = data.draw(st.integers(0, experts - 1))
    places = seats(experts, {one: {entry.id for entry in data.draw(st.lists(st.sampled_from(applications), max_size=3))}})
    found = assign(season=season, applications=applications, seats=places)
    assert problems(season=season, applications=applications, seats=places, assignment=found) == ()
    assert {len(set(chosen)) for chosen in found.values()} == {season.experts.desk}
    assert list(found) == [entry.id for entry in applications]
    assert advice(applications=applications, seats=places, assignment=found) == ()


def test_what_stops_an_assignment_is_named(season: Season) -> None:
    applications = [Candidate(f"A{number:02d}", FOCUS[0], "34") for number in range(21)]
    everything = {entry.id: ("X00", "X01", "X02") for entry in applications}
    found = problems(season=season, applications=applications, seats=seats(3), assignment=everything)
    assert [problem.path for problem in found] == ["X00", "X01", "X02"]
    few = problems(season=season, applications=applications[:1], seats=seats(3, {1: {"A00"}}), assignment={"A00": ("X00", "X01", "X99")})
    assert len(few) == 2
    assert problems(season=season, applications=applications[:1], seats=seats(3), assignment={})[0].path == "A00"


def test_missing_knowledge_is_advice_only(season: Season) -> None:
    applications = [Candidate("A00", FOCUS[0], "06")]
    places = [Seat(expert=name) for name in ("X1", "X2", "X3")]
    assignment = assign(season=season, applications=applications, seats=places)
    assert problems(season=season, applications=applications, seats=places, assignment=assignment) == ()
    assert len(advice(applications=applications, seats=places, assignment=assignment)) == 2


def test_nobody_is_overloaded_even_where_experts_are_too_few(season: Season) -> None:
    applications = [Candidate(f"A{number:02d}", FOCUS[0], "34") for number in range(25)]
    found = assign(season=season, applications=applications, seats=seats(5))
    work = [sum(seat.expert in chosen for chosen in found.values()) for seat in seats(5)]
    assert work == [season.experts.max_load] * 5
    assert [problem.path for problem in problems(season=season, applications=applications, seats=seats(5), assignment=found)] == [
        entry for entry, chosen in found.items() if len(chosen) < season.experts.desk_min
    ]
