"""What the scores propose to the two meetings. A proposal is never a decision (A-57)."""

from decimal import Decimal

from engine.contract import Context
from handlers.common import found, season_of
from selection import aggregation, shortlist


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
    entries, scores = [], comparable(ctx, group, stage="desk")
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, group=group, state=["desk_review", "desk_done"]):
        score = found(ctx.facts.reviews.stage_score(application=row.id, stage="desk"), what="评分汇总")
        criteria = {name: Decimal(value) for name, value in score.detail["criteria"].items()}
        entries.append(aggregation.Entry(row.id, scores[row.id], criteria))
    return aggregation.rank(entries, rules=season_of(ctx).aggregation)


def comparable(ctx: Context, group: str, *, stage: str) -> dict[str, Decimal]:
    """The stage scores of everybody in a group, made comparable with other groups' where the season wants it (§6.3); the raw ones stay as facts."""
    raw = {row.application: Decimal(row.mean) for row in ctx.facts.reviews.stage_scores(group=group, stage=stage)}
    return aggregation.normalised(raw, rules=season_of(ctx).aggregation)


def _finals(ctx: Context) -> list[aggregation.Entry]:
    season, entries = season_of(ctx), []
    waiting = ctx.facts.applications.of_season(ctx.instance.tenant, state="awaiting_meeting2")
    scores = [(row, ctx.facts.reviews.stage_score(application=row.id, stage="desk")) for row in waiting]
    groups = {desk.group for _, desk in scores if desk is not None}
    desks, defences = ({group: comparable(ctx, group, stage=stage) for group in groups} for stage in ("desk", "defence"))
    for row, scored in scores:
        desk = found(scored, what="评分汇总")
        held = ctx.facts.reviews.stage_score(application=row.id, stage="defence")
        judged = defences[desk.group].get(row.id, Decimal())  # absent: counts as 0
        final = aggregation.final_score(desk=desks[desk.group][row.id], defence=judged, rules=season.aggregation)
        criteria = {name: Decimal(value) for name, value in (held or desk).detail["criteria"].items()}
        entries.append(aggregation.Entry(row.id, final, criteria))
    return entries
