"""What a 补正 asks at the applicant's task, what was answered at the form check's, and what is to change of a title. Reads only."""

from collections.abc import Sequence

from sqlalchemy import Connection

from store.selection import queries_about as queries
from store.selection.documents import DocumentFacts
from store.selection.form_check import FormCheckFacts
from store.selection.subject import Fact
from store.selection.title import TitleFacts
from web.i18n import moment, word
from web.looking import Look
from web.told import Told, facts_of

WORDS = {
    "holder": "企业名称", "experience_name": "经验名称", "year": "年度", "uscc": "统一社会信用代码", "revoked": "撤销日期",
}  # fmt: skip
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


def title_change(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N22: what is to be read of a title from now on, why, and who proposes it."""
    title, kind = TitleFacts(connection).get(str(seen.variables.get("title"))), str(seen.variables.get("kind"))
    asked = next(iter(queries.changes_of(connection, title.id, kind=kind)), None) if title is not None else None
    if title is None or asked is None:
        return ()
    about = ("称号", f"{title.id} {title.holder} {title.experience_name}")
    if kind == "library":
        papers = [row for row in map(DocumentFacts(connection).get, asked["right"]["documents"]) if row is not None]
        files = tuple((f"/files/{row.id}", row.name) for row in papers)
        facts = facts_of(language, about, ("经验摘要", asked["right"]["summary"]), ("企业书面同意的依据", asked["reason"]), ("提出人", asked["by_name"]))
        return (Told(word(language, "拟公开的内容"), facts=facts, files=files, warns=True),)
    texts = [(WORDS[name], f"{text or '—'} → {asked['right'][name] or '—'}") for name, text in asked["wrong"].items()]
    facts = facts_of(language, about, *texts, ("更正理由", asked["reason"]), ("提出人", asked["by_name"]))
    return (Told(word(language, "拟更正的内容"), facts=facts, warns=True),)
