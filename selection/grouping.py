"""划分专业组 and 分配申报材料: a proposal a person confirms (A-58, A-59, §14). Deterministic: the same input gives the same proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from selection.errors import Problem
from selection.season import Season


@dataclass(frozen=True)
class Candidate:
    """An application to be grouped."""

    id: str
    focus_area: str
    industry: str


@dataclass(frozen=True)
class Group:
    """A proposed group: name, focus area and its applications."""

    name: str
    focus_area: str
    applications: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Seat:
    """An expert of a group: industries (two digits), whether a quality-method expert, and applications in conflict."""

    expert: str
    industries: frozenset[str] = frozenset()
    quality_method: bool = False
    conflicts: frozenset[str] = frozenset()


METHOD = "质量方法"  # the field of an expert that makes a quality-method expert
Assignment = Mapping[str, tuple[str, ...]]


def propose_groups(*, season: Season, applications: Iterable[Candidate]) -> tuple[Group, ...]:
    """Groups by focus area, neighbours in industry together, at most `groups.max_size` each and equal in size to within one."""
    by_focus: dict[str, list[Candidate]] = {area.code: [] for area in season.focus}
    for candidate in applications:
        by_focus.setdefault(candidate.focus_area, []).append(candidate)
    groups: list[Group] = []
    for focus_area, candidates in by_focus.items():
        ordered = sorted(candidates, key=lambda entry: (entry.industry, entry.id))
        for part in _even_parts(ordered, season.groups.max_size):
            groups.append(Group(f"G{len(groups) + 1}", focus_area, tuple(entry.id for entry in part)))
    return tuple(groups)


def _even_parts(items: Sequence[Candidate], most: int) -> list[Sequence[Candidate]]:
    count = -(-len(items) // most)
    edges = [len(items) * step // count for step in range(count + 1)] if count else [0]
    return [items[first:last] for first, last in pairwise(edges)]


def assign(*, season: Season, applications: Sequence[Candidate], seats: Sequence[Seat]) -> dict[str, tuple[str, ...]]:
    """Which experts judge which application of a group.

    Up to `groups.max_size` applications every member without conflict scores all; in a larger group `experts.desk` experts each, nobody
    above `experts.max_load`, an industry expert and a quality-method expert first, loads balanced.
    """
    if len(applications) <= season.groups.max_size:
        return {entry.id: tuple(seat.expert for seat in seats if entry.id not in seat.conflicts) for entry in applications}
    load = dict.fromkeys((seat.expert for seat in seats), 0)
    scarce_first = sorted(applications, key=lambda entry: (sum(entry.id not in seat.conflicts for seat in seats), entry.id))
    chosen = {entry.id: _choose(season, entry, seats, load) for entry in scarce_first}
    return {entry.id: chosen[entry.id] for entry in applications}


def _choose(season: Season, application: Candidate, seats: Sequence[Seat], load: dict[str, int]) -> tuple[str, ...]:
    free = [seat for seat in seats if application.id not in seat.conflicts and load[seat.expert] < season.experts.max_load]
    free.sort(key=lambda seat: (load[seat.expert], seat.expert))
    picked: list[str] = []
    for wanted in (_knows_industry(application, free), _knows_method(free), free):
        room = 1 if wanted is not free else season.experts.desk
        for seat in wanted:
            if room and seat.expert not in picked and len(picked) < season.experts.desk:
                picked.append(seat.expert)
                room -= 1
    for expert in picked:
        load[expert] += 1
    return tuple(sorted(picked))


def _knows_industry(application: Candidate, seats: Iterable[Seat]) -> list[Seat]:
    return [seat for seat in seats if application.industry[:2] in seat.industries]


def _knows_method(seats: Iterable[Seat]) -> list[Seat]:
    return [seat for seat in seats if seat.quality_method]


def problems(*, season: Season, applications: Sequence[Candidate], seats: Sequence[Seat], assignment: Assignment) -> tuple[Problem, ...]:
    """What stops an assignment: unknown experts, conflicts, too few experts, too much work."""
    known = {seat.expert: seat for seat in seats}
    found = []
    for entry in applications:
        experts = assignment.get(entry.id, ())
        if len(set(experts)) < season.experts.desk_min:
            least = season.experts.desk_min
            found.append(
                Problem(path=entry.id, zh=f"{entry.id} 至少需要{least}名专家，请增补", en=f"{entry.id} needs {least} experts; add some")
            )
        unfit = [expert for expert in experts if expert not in known or entry.id in known[expert].conflicts]
        found += [
            Problem(path=entry.id, zh=f"专家 {name} 不能评审 {entry.id}，请更换", en=f"{name} cannot judge {entry.id}; choose somebody else") for name in unfit
        ]
    for expert in known:
        work = sum(expert in experts for experts in assignment.values())
        if work > season.experts.max_load:
            most = season.experts.max_load
            found.append(
                Problem(path=expert, zh=f"专家 {expert} 分配了{work}项，不得超过{most}项，请调整", en=f"{expert} has {work} of at most {most}; take some away")
            )
    return tuple(found)


def advice(*, applications: Sequence[Candidate], seats: Sequence[Seat], assignment: Assignment) -> tuple[Problem, ...]:
    """What should be looked at but does not stop: no industry expert or no quality-method expert on an application (A-59)."""
    found = []
    for entry in applications:
        judges = [seat for seat in seats if seat.expert in assignment.get(entry.id, ())]
        if not _knows_industry(entry, judges):
            found.append(Problem(path=entry.id, zh=f"{entry.id} 没有同行业专家，请考虑增补", en=f"{entry.id} has no expert of its industry; consider one"))
        if not _knows_method(judges):
            found.append(Problem(path=entry.id, zh=f"{entry.id} 没有质量方法专家，请考虑增补", en=f"{entry.id} has no expert in quality methods; consider one"))
    return tuple(found)
