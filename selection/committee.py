"""评审委员会: how it must be made up (办法 §14–15) before desk review may begin. Its members are the experts of the groups (§14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selection.errors import Problem, refuse_if_problems
from selection.season import Season


@dataclass(frozen=True)
class GroupSeats:
    """The people of one 专业组, by expert id."""

    leaders: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class Constitution:
    """The committee of a season, by expert id."""

    chairs: tuple[str, ...]
    vice_chairs: tuple[str, ...]
    groups: Mapping[str, GroupSeats]


def problems(*, season: Season, constitution: Constitution) -> tuple[Problem, ...]:
    """Everything wrong with the make-up: numbers of chairs, vice chairs, leaders, members, and people in two places."""
    rules = season.committee
    found = []
    if len(constitution.chairs) != rules.chair:
        found.append(Problem(path="chair", zh=f"主任委员应为{rules.chair}人，请调整", en=f"name {rules.chair} chair"))
    if not rules.vice_chair_min <= len(constitution.vice_chairs) <= rules.vice_chair_max:
        numbers = f"{rules.vice_chair_min}～{rules.vice_chair_max}"
        found.append(Problem(path="vice_chair", zh=f"副主任委员应为{numbers}人，请调整", en=f"name {numbers} vice chairs"))
    if set(constitution.chairs) & set(constitution.vice_chairs):
        found.append(Problem(path="vice_chair", zh="主任委员不能兼任副主任委员，请另选一人", en="the chair cannot be a vice chair; choose somebody else"))
    if not constitution.groups:
        found.append(Problem(path="groups", zh="请先划分专业组", en="form the groups first"))
    return (*found, *_group_problems(season, constitution.groups))


def refuse_invalid(*, season: Season, constitution: Constitution) -> None:
    """Raise `Refused` naming every problem of the make-up."""
    refuse_if_problems(problems(season=season, constitution=constitution), code="committee.constitution")


def refuse_bad_groups(*, season: Season, groups: Mapping[str, GroupSeats]) -> None:
    """Raise `Refused` naming every problem of groups that read at the same time (增补入组: chair and vice chairs are confirmed already)."""
    refuse_if_problems(_group_problems(season, groups), code="committee.constitution")


def _group_problems(season: Season, groups: Mapping[str, GroupSeats]) -> tuple[Problem, ...]:
    alone = [problem for name, seats in groups.items() for problem in _group(season, name, seats)]
    return (*alone, *_in_two_groups(groups))


def _group(season: Season, name: str, seats: GroupSeats) -> list[Problem]:
    found = []
    if len(seats.leaders) != season.groups.leaders:
        found.append(Problem(
            path=name,
            zh=f"专业组 {name} 应有组长{season.groups.leaders}人，请指定",
            en=f"name {season.groups.leaders} leader of group {name}",
        ))
    others = set(seats.members) - set(seats.leaders)
    if len(others) < season.groups.members_min:
        found.append(
            Problem(
                path=name,
                zh=f"专业组 {name} 除组长外至少应有成员{season.groups.members_min}人，请增补",
                en=f"group {name} needs {season.groups.members_min} members besides its leader; add some",
            )
        )
    everybody = len(others | set(seats.leaders))
    if everybody < season.experts.desk_min:
        least = season.experts.desk_min
        found.append(Problem(path=name, zh=f"专业组 {name} 至少应有{least}名专家，请增补", en=f"group {name} needs at least {least} experts; add some"))
    return found


def _in_two_groups(groups: Mapping[str, GroupSeats]) -> list[Problem]:
    home: dict[str, str] = {}
    found = []
    for name, seats in groups.items():
        for person in sorted(set(seats.leaders) | set(seats.members)):
            if home.setdefault(person, name) != name:
                text = f"专家 {person} 同时在 {home[person]} 和 {name} 两个专业组，请保留一个"
                found.append(Problem(path=name, zh=text, en=f"expert {person} sits in {home[person]} and {name}; keep one"))
    return found
