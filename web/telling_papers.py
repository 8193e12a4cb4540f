"""The papers at the top of a task's page, and the list with its sealed pages that a unit's leader signs off. Reads only."""

from collections.abc import Sequence

from sqlalchemy import Connection

from store.selection import queries_cases as cases_queries
from web.i18n import word
from web.looking import Look
from web.told import Told


def papers_of(connection: Connection, owner: str, *, code: str) -> tuple[tuple[str, str], ...]:
    """The living files of an owner whose codes begin so, as (address, name)."""
    rows = cases_queries.documents_of(connection, owner=owner)
    living = [row for row in rows if row["code"].startswith(code) and row["replaced_at"] is None and row["removed_at"] is None]
    return tuple((f"/files/{row['id']}", row["name"]) for row in living)


def nominated(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N03f, the unit's leader: what is recommended in which words, and the signed and sealed pages."""
    code, season = str(seen.variables.get("unit")), seen.row["tenant"]
    rows = [row for row in cases_queries.unit_cases(connection, season_id=season, code=code) if row["nomination"] == "chosen"]
    lines = tuple((row["enterprise_name"], row["experience_name"] or "", row["opinion"] or "") for row in rows)
    return (Told(word(language, "名单（{n} 项）", n=len(lines)), lines=lines, files=unit_papers(connection, seen, code="D5")),)


def unit_papers(connection: Connection, seen: Look, *, code: str) -> tuple[tuple[str, str], ...]:
    """The living files of the task's unit in its season whose codes begin so, as (address, name)."""
    unit = str(seen.variables.get("unit"))
    papers = [row for row in cases_queries.documents_of(connection, owner=unit) if row["season"] == seen.row["tenant"]]
    ours = {f"/files/{row['id']}" for row in papers}  # a unit's papers of other seasons lie under the same code
    return tuple(one for one in papers_of(connection, unit, code=code) if one[0] in ours)
