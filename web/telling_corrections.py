"""What a 补正 asks at the applicant's task, and what was answered at the form check's. Reads only."""

from collections.abc import Sequence

from sqlalchemy import Connection

from store.selection.form_check import FormCheckFacts
from store.selection.subject import Fact
from web.i18n import moment, word
from web.looking import Look
from web.told import Told, facts_of

PARTS = {
    "form": "申报书", "commitment": "承诺书", "experience": "典型经验材料", "evidence": "证实性材料", "opinion": "推荐意见", "other": "其他",
}  # fmt: skip


def to_correct(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N04d: the listed points, and nothing else."""
    asked = FormCheckFacts(connection).corrections(seen.owner)
    if not asked:
        return ()
    return (Told(word(language, "需要补正的事项"), facts=_points(asked[-1], language), warns=True),)


def _points(asked: Fact, language: str) -> tuple[tuple[str, str], ...]:
    return facts_of(language, *((PARTS.get(str(item.get("part")), "其他"), item.get("demand")) for item in asked.items))


def corrected(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N04a to N04c: what the last 补正 asked, what the applicant answered, and what of the 申报书 reads otherwise since."""
    asked = FormCheckFacts(connection).corrections(seen.owner)
    if not asked or asked[-1].answered_at is None:
        return ()
    said = asked[-1].data or {}
    facts = facts_of(language, ("补正说明", said.get("explanation")), ("时间", moment(asked[-1].answered_at, language=language)))
    lines = tuple((row["words"], f"{row['was'] or '—'} → {row['now'] or '—'}") for row in said.get("changes") or () if "was" in row)
    return (Told(word(language, "要求补正的事项"), facts=_points(asked[-1], language)), Told(word(language, "补正情况"), facts=facts, lines=lines))
