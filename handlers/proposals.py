"""What the scores propose to the two meetings. A proposal is never a decision (A-57)."""

from decimal import Decimal

from engine.contract import Context
from handlers.common import found, season_of
from handlers.review import ranked
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


def _finals(ctx: Context) -> list[aggregation.Entry]:
    season, entries = season_of(ctx), []
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, state="awaiting_meeting2"):
        desk = found(ctx.facts.reviews.stage_score(application=row.id, stage="desk"), what="评分汇总")
        held = ctx.facts.reviews.stage_score(application=row.id, stage="defence")
        final = aggregation.final_score(
            desk=Decimal(desk.mean), defence=Decimal(held.mean) if held else Decimal(), rules=season.aggregation
        )
        criteria = {name: Decimal(value) for name, value in (held or desk).detail["criteria"].items()}
        entries.append(aggregation.Entry(row.id, final, criteria))
    return entries
