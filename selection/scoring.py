"""评分表: one expert's sheet for one application, whether it is complete, and its totals (A-53, A-54)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from selection.errors import Problem, refuse_if_problems
from selection.form import number
from selection.review_parts import RubricItem
from selection.season import Season


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Scores and comments by item code, the overall 评语, the recommendation, and the wish for a site visit with its reason."""

    scores: Mapping[str, Decimal] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    overall: str = ""
    recommendation: str = ""
    needs_site_visit: bool = False
    site_visit_reason: str = ""

    @classmethod
    def from_form(cls, data: Mapping[str, object]) -> Sheet:
        """Read `{scores: {code: number}, comments: {code: text}, overall, recommendation, needs_site_visit, site_visit_reason}`."""
        scores, comments = data.get("scores"), data.get("comments")
        marks = {str(code): number(value) for code, value in scores.items()} if isinstance(scores, Mapping) else {}
        return cls(
            scores={code: mark for code, mark in marks.items() if mark is not None},
            comments={str(code): str(text or "") for code, text in comments.items()} if isinstance(comments, Mapping) else {},
            overall=str(data.get("overall") or ""),
            recommendation=str(data.get("recommendation") or ""),
            needs_site_visit=data.get("needs_site_visit") is True,
            site_visit_reason=str(data.get("site_visit_reason") or ""),
        )


def items(season: Season, *, stage: str) -> tuple[RubricItem, ...]:
    """The lines of the sheet of a stage (`desk`, `defence`); the defence adds those that do not count (A-55)."""
    return (*season.rubric.items, *season.rubric.uncounted) if stage == "defence" else season.rubric.items


def length(text: str) -> int:
    """字数: characters without white space."""
    return len("".join(text.split()))


def problems(*, season: Season, sheet: Sheet, stage: str = "desk") -> tuple[Problem, ...]:
    """What keeps a sheet from being submitted, in the sheet's order; nothing when it is complete."""
    rubric, lines = season.rubric, items(season, stage=stage)
    found = [problem for item in lines for problem in _item_problems(season, sheet, item)]
    strays = sorted((set(sheet.scores) | set(sheet.comments)) - {item.code for item in lines})
    found += [Problem(path=code, zh=f"评分表没有“{code}”项，请删除", en=f"the sheet has no item {code!r}; leave it out") for code in strays]
    if length(sheet.overall) < rubric.overall_min:
        words = f"总体评语不少于{rubric.overall_min}字，现为{length(sheet.overall)}字，请补充"
        found.append(Problem(path="overall", zh=words, en=f"write at least {rubric.overall_min} characters of overall comment"))
    if sheet.recommendation not in rubric.recommendations:
        words = "、".join(rubric.recommendations)
        found.append(Problem(path="recommendation", zh=f"请选择推荐意见：{words}", en=f"choose a recommendation: {words}"))
    if sheet.needs_site_visit and not sheet.site_visit_reason.strip():
        found.append(Problem(path="site_visit_reason", zh="请写明需要现场考察的疑问", en="write down the doubts a visit shall settle"))
    return tuple(found)


def _item_problems(season: Season, sheet: Sheet, item: RubricItem) -> list[Problem]:
    score = sheet.scores.get(item.code)
    if score is None:
        return [Problem(path=item.code, zh=f"请为“{item.zh}”打分", en=f"score {item.en}")]
    rubric = season.rubric
    if not 0 <= score <= item.max or score % rubric.step:
        zh = f"“{item.zh}”应在0至{item.max}分之间，以{rubric.step}分为一档，请改正"
        return [Problem(path=item.code, zh=zh, en=f"{item.en}: give 0 to {item.max} in steps of {rubric.step}")]
    extreme = score < rubric.comment_below * item.max or score > rubric.comment_above * item.max
    if extreme and length(sheet.comments.get(item.code, "")) < rubric.comment_min:
        zh = f"“{item.zh}”得分偏低或偏高，请写不少于{rubric.comment_min}字的评语"
        return [
            Problem(path=f"{item.code}.comment", zh=zh, en=f"{item.en}: explain an unusual score in at least {rubric.comment_min} characters")
        ]
    return []


def refuse_invalid(*, season: Season, sheet: Sheet, stage: str = "desk") -> None:
    """Raise `Refused` naming everything that keeps the sheet from being submitted."""
    refuse_if_problems(problems(season=season, sheet=sheet, stage=stage), code="score.incomplete")


def total(*, season: Season, sheet: Sheet) -> Decimal:
    """The counted points of a sheet, 0 to 100."""
    return sum((sheet.scores.get(item.code, Decimal(0)) for item in season.rubric.items), Decimal(0))


def criteria(*, season: Season, sheet: Sheet) -> dict[str, Decimal]:
    """The points per criterion C1–C6."""
    found: dict[str, Decimal] = {}
    for item in season.rubric.items:
        found[item.criterion] = found.get(item.criterion, Decimal(0)) + sheet.scores.get(item.code, Decimal(0))
    return found


def wants_site_visit(*, season: Season, sheets: Mapping[str, Sheet], leader_asks: bool, high_findings: int, open_objection: bool) -> bool:
    """Whether a site visit is due (A-65): the leader asks, enough experts flag it, a check of high severity, or an open objection."""
    flags = sum(sheet.needs_site_visit for sheet in sheets.values())
    return leader_asks or flags >= season.site_visit.expert_flags or high_findings > 0 or open_objection
