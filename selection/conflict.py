"""回避: conflicts of interest found from facts, and those an expert declares (A-60)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from selection.errors import Refused
from selection.season import Season


@dataclass(frozen=True, kw_only=True)
class ExpertFacts:
    """What is known of an expert: employer (credit code, name, group of companies) and units whose officer the person is."""

    id: str
    employer_uscc: str = ""
    employer_name: str = ""
    employer_group: str = ""
    officer_of: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ApplicationFacts:
    """What is known of an application: enterprise, its group of companies, its unit, the competitors named in 4.7."""

    id: str
    uscc: str
    group: str = ""
    unit: str = ""
    competitors: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class ConflictFound:
    """One conflict: its kind and what it means."""

    kind: str
    zh: str
    en: str


def automatic(*, expert: ExpertFacts, application: ApplicationFacts) -> tuple[ConflictFound, ...]:
    """The conflicts that follow from facts; empty when there is none. `competitors` are names or credit codes."""
    found = []
    if expert.employer_uscc and expert.employer_uscc == application.uscc:
        found.append(ConflictFound("employer", "专家任职于申报单位", "the expert works for the applicant"))
    if expert.employer_group and expert.employer_group == application.group:
        found.append(ConflictFound("employer_group", "专家任职单位与申报单位同属一个集团", "employer and applicant belong to one group"))
    if application.unit and application.unit in expert.officer_of:
        found.append(ConflictFound("unit_officer", "专家是推荐单位工作人员", "the expert is an officer of the recommending unit"))
    if ({expert.employer_uscc, expert.employer_name} - {""}) & application.competitors:
        found.append(ConflictFound("competitor", "专家任职于申报书所列竞争对手", "the expert works for a named competitor"))
    return tuple(found)


def declared(*, season: Season, kind: str, detail: str) -> ConflictFound:
    """A conflict an expert declares: one of the season's kinds, with a detail. Raises `Refused` otherwise."""
    for rule in season.experts.conflicts:
        if rule.key == kind and detail.strip():
            return ConflictFound(kind, f"{rule.zh}：{detail.strip()}", f"{rule.en}: {detail.strip()}")
    raise Refused("conflict.declaration", zh="请选择回避情形并简要说明", en="choose the kind of conflict and describe it briefly")


def free_experts(*, experts: Iterable[ExpertFacts], application: ApplicationFacts) -> tuple[str, ...]:
    """The ids of the experts without an automatic conflict with the application, in the given order."""
    return tuple(expert.id for expert in experts if not automatic(expert=expert, application=application))


def refuse_conflicted(*, expert: ExpertFacts, application: ApplicationFacts) -> None:
    """Raise `Refused` when the expert may not judge the application."""
    found = automatic(expert=expert, application=application)
    if found:
        raise Refused(
            "conflict.automatic",
            zh="须回避：" + "；".join(entry.zh for entry in found) + "。请另选专家",
            en="conflict of interest: " + "; ".join(entry.en for entry in found) + "; choose another expert",
            kinds=tuple(entry.kind for entry in found),
        )


def scores_fate(*, conflict: bool, submitted: bool) -> str:
    """What becomes of a replaced expert's sheet (§14): `void` where a conflict is found, `aside` where unfinished, else `kept`."""
    if conflict:
        return "void"
    return "kept" if submitted else "aside"
