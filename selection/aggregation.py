"""From experts' totals to stage scores, finals and ranks, in decimal arithmetic (A-56).

Scores inform; it is the committee that decides (办法 §20–21).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from selection.errors import Refused
from selection.review_parts import Aggregation

HALF = Decimal("0.5")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class StageScore:
    """The score of one application in one stage, and how the experts' totals spread (of all totals, before trimming)."""

    mean: Decimal
    used: tuple[Decimal, ...]
    trimmed: tuple[Decimal, ...]
    spread: Decimal
    deviation: Decimal
    alert: bool


@dataclass(frozen=True)
class Entry:
    """An application to be ranked: score (rounded) and mean points per criterion."""

    application: str
    score: Decimal
    criteria: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranking:
    """A place in the order. `tied`: the others at the same place, which only a vote can part."""

    application: str
    rank: int
    score: Decimal
    tied: tuple[str, ...]


def rounded(value: Decimal, *, places: int) -> Decimal:
    """Half up, as people round."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The plain mean of at least one value."""
    return sum(values, Decimal(0)) / len(values)


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle of at least one value, the mean of the two in the middle of an even number."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else mean(ordered[half - 1 : half + 1])


def deviation(values: Sequence[Decimal]) -> Decimal:
    """The standard deviation of all values (population)."""
    centre = mean(values)
    return mean([(value - centre) ** 2 for value in values]).sqrt()


def stage_score(totals: Iterable[Decimal], *, rules: Aggregation) -> StageScore:
    """The stage score of an application from its experts' totals, in any order.

    From `trim_min_n` totals on, `trim` highest and lowest are left out of the mean (or the median: `average`). Raises `Refused` without any total.
    """
    ordered = sorted(totals)
    if not ordered:
        raise Refused("score.none", zh="该申报尚无有效评分，请先更换或补充专家", en="there is no valid score yet; replace or add experts")
    cut = rules.trim if len(ordered) >= rules.trim_min_n and len(ordered) > 2 * rules.trim else 0
    used = ordered[cut : len(ordered) - cut]
    spread, scatter = ordered[-1] - ordered[0], deviation(ordered)
    return StageScore(
        mean=rounded(median(used) if rules.average == "median" else mean(used), places=rules.places),
        used=tuple(used),
        trimmed=(*ordered[:cut], *ordered[len(ordered) - cut :]),
        spread=spread,
        deviation=rounded(scatter, places=rules.places),
        alert=spread > rules.dispersion_range or scatter > rules.dispersion_sd,
    )


def normalised(scores: Mapping[str, Decimal], *, rules: Aggregation) -> dict[str, Decimal]:
    """A group's stage scores made comparable: `none`, `zscore` or `percentile`; small or uniform groups stay as they are."""
    values = list(scores.values())
    scatter = deviation(values) if values else Decimal(0)
    if rules.normalise == "none" or len(values) < rules.normalise_min_n or not scatter:
        return dict(scores)
    if rules.normalise == "zscore":
        centre = mean(values)
        found = {key: rules.zscore_mean + rules.zscore_spread * (value - centre) / scatter for key, value in scores.items()}
    else:
        found = {key: _percentile(value, values) for key, value in scores.items()}
    return {key: rounded(value, places=rules.places) for key, value in found.items()}


def _percentile(value: Decimal, values: Sequence[Decimal]) -> Decimal:
    below = sum(other < value for other in values)
    same = sum(other == value for other in values)
    return (below + HALF * same) / len(values) * HUNDRED


def final_score(*, desk: Decimal, defence: Decimal | None, rules: Aggregation) -> Decimal:
    """0.4 × desk + 0.6 × defence in 2023; the desk score alone where there was no defence (T-PROV)."""
    if defence is None:
        return rounded(desk, places=rules.places)
    return rounded(rules.weights["desk"] * desk + rules.weights["defence"] * defence, places=rules.places)


def rank(entries: Iterable[Entry], *, rules: Aggregation) -> tuple[Ranking, ...]:
    """Highest first; equal scores by the tie criteria (C5, then C2); equal in all of them share a place and need a vote."""
    by_key: dict[tuple[Decimal, ...], list[Entry]] = {}
    for entry in entries:
        by_key.setdefault(_key(entry, rules), []).append(entry)
    order: list[Ranking] = []
    for key in sorted(by_key, reverse=True):
        same = sorted(entry.application for entry in by_key[key])
        place = len(order) + 1
        order += [Ranking(name, place, key[0], tuple(other for other in same if other != name)) for name in same]
    return tuple(order)


def _key(entry: Entry, rules: Aggregation) -> tuple[Decimal, ...]:
    return (entry.score, *(entry.criteria.get(criterion, Decimal(0)) for criterion in rules.ties))
