"""What the scores propose to the two meetings. A proposal is never a decision (A-57)."""

from collections.abc import Iterable
from decimal import Decimal

from engine.contract import Context
from handlers.common import found, season_of
from selection import aggregation, shortlist
from store.selection.subject import Fact


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
    desks, scores = _scored(ctx, [group], stage="desk")
    waiting = ctx.facts.applications.of_season(ctx.instance.tenant, group=group, state=["desk_review", "desk_done"])
    entries = []
    for row in waiting:
        desk = found(desks.get(row.id), what="评分汇总")
        entries.append(aggregation.Entry(row.id, scores[row.id], _criteria(desk)))
    return aggregation.rank(entries, rules=season_of(ctx).aggregation)


def _finals(ctx: Context) -> list[aggregation.Entry]:
    season, entries = season_of(ctx), []
    groups = [group.id for group in ctx.facts.reviews.groups(ctx.instance.tenant)]
    desks, desk_scores = _scored(ctx, groups, stage="desk")
    defences, defence_scores = _scored(ctx, groups, stage="defence")
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, state="awaiting_meeting2"):
        desk = found(desks.get(row.id), what="评分汇总")
        judged = defence_scores.get(row.id, Decimal())  # absent: counts as 0
        final = aggregation.final_score(desk=desk_scores[row.id], defence=judged, rules=season.aggregation)
        entries.append(aggregation.Entry(row.id, final, _criteria(defences.get(row.id, desk))))
    return entries


def _scored(ctx: Context, groups: Iterable[str], *, stage: str) -> tuple[dict[str, Fact], dict[str, Decimal]]:
    """What the groups gave at a stage, by application: the raw facts, and scores comparable with other groups' where the season wants it (§6.3)."""
    facts: dict[str, Fact] = {}
    scores: dict[str, Decimal] = {}
    for group in groups:
        given = {row.application: row for row in ctx.facts.reviews.stage_scores(group=group, stage=stage)}
        raw = {application: Decimal(row.mean) for application, row in given.items()}
        facts |= given
        scores |= aggregation.normalised(raw, rules=season_of(ctx).aggregation)
    return facts, scores


def _criteria(scored: Fact) -> dict[str, Decimal]:
    """The mean of each criterion."""
    return {name: Decimal(value) for name, value in scored.detail["criteria"].items()}
