"""What the scores propose to the two meetings. A proposal is never a decision (A-57)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.contract import Context
from handlers.common import found, season_of
from selection import aggregation, shortlist


@dataclass(frozen=True)
class _Scored:
    """An application at one stage: its score among all groups' and its means by criterion."""

    score: Decimal
    criteria: Mapping[str, Decimal]


def proposal_of(ctx: Context, kind: str) -> tuple[shortlist.Proposal, list[str]]:
    """What the scores propose, and the ranking it comes from. A proposal is never a decision (A-57)."""
    season = season_of(ctx)
    if kind == "shortlist":
        groups = [ranked(ctx, group.id) for group in ctx.facts.reviews.groups(ctx.instance.tenant)]
        return shortlist.propose_shortlist(season=season, groups=groups), [entry.application for group in groups for entry in group]
    entries = aggregation.rank(_finals(ctx), rules=season.aggregation)
    excluded = {
        visit.application
        for visit in ctx.facts.defences.visits(season=ctx.instance.tenant)
        if visit.conclusion in season.site_visit.excluding
    }
    return shortlist.propose_awards(season=season, ranking=entries, excluded=excluded), [entry.application for entry in entries]


def ranked(ctx: Context, group: str) -> tuple[aggregation.Ranking, ...]:
    """The group's ranking by the desk scores; ties by C5, then C2, then the committee."""
    entries, scored = [], _scored(ctx, [group], stage="desk")
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, group=group, state=["desk_review", "desk_done"]):
        desk = found(scored.get(row.id), what="评分汇总")
        entries.append(aggregation.Entry(row.id, desk.score, desk.criteria))
    return aggregation.rank(entries, rules=season_of(ctx).aggregation)


def _finals(ctx: Context) -> list[aggregation.Entry]:
    season, entries = season_of(ctx), []
    groups = [group.id for group in ctx.facts.reviews.groups(ctx.instance.tenant)]
    desks, defences = (_scored(ctx, groups, stage=stage) for stage in ("desk", "defence"))
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, state="awaiting_meeting2"):
        desk, defence = found(desks.get(row.id), what="评分汇总"), defences.get(row.id)
        judged = defence.score if defence else Decimal()  # absent: counts as 0
        final = aggregation.final_score(desk=desk.score, defence=judged, rules=season.aggregation)
        entries.append(aggregation.Entry(row.id, final, (defence or desk).criteria))
    return entries


def _scored(ctx: Context, groups: Iterable[str], *, stage: str) -> dict[str, _Scored]:
    """Every application that the groups scored, made comparable with other groups' where the season wants it (§6.3); the raw means stay as facts."""
    scored: dict[str, _Scored] = {}
    for group in groups:
        rows = ctx.facts.reviews.stage_scores(group=group, stage=stage)
        scores = aggregation.normalised({row.application: Decimal(row.mean) for row in rows}, rules=season_of(ctx).aggregation)
        for row in rows:
            criteria = {name: Decimal(value) for name, value in row.detail["criteria"].items()}
            scored[row.application] = _Scored(scores[row.application], criteria)
    return scored
