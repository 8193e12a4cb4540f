"""What somebody must read before a task: why an application came back, what is to be corrected. Reads only."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from store.selection.application import ApplicationFacts
from store.selection.form_check import FormCheckFacts
from web.looking import Look

Told = tuple[str, tuple[str, ...]]
PARTS = {
    "form": "申报书", "commitment": "承诺书", "experience": "典型经验材料", "evidence": "证实性材料", "opinion": "推荐意见", "other": "其他",
}  # fmt: skip


def told_for(connection: Connection, seen: Look) -> tuple[Told, ...]:
    """Headings with their lines, for the top of an open task's page."""
    teller = TELLERS.get(seen.row["element"])
    return teller(connection, seen) if teller is not None and seen.row["state"] == "open" else ()


def _returned(connection: Connection, seen: Look) -> tuple[Told, ...]:
    """N02c: the unit's opinion and the parts it found wrong."""
    reviews = [row for row in ApplicationFacts(connection).ru_reviews(seen.owner) if row.outcome == "return"]
    if not reviews:
        return ()
    return (("退回意见", (str(reviews[-1].data.get("opinion") or ""),)),)


def _to_correct(connection: Connection, seen: Look) -> tuple[Told, ...]:
    """N04d: the listed points, and nothing else."""
    asked = FormCheckFacts(connection).corrections(seen.owner)
    if not asked:
        return ()
    lines = tuple(f"{PARTS.get(str(item.get('part')), '其他')}：{item.get('demand', '')}" for item in asked[-1].items)
    return (("需要补正的事项", lines),)


TELLERS: Mapping[str, Callable[[Connection, Look], tuple[Told, ...]]] = {"N02c": _returned, "N04d": _to_correct}
