"""What people call the case of a task, in the visitor's language: two lines, and the season where there are several."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from store.selection import queries_public as public_queries
from store.selection.queries_names import CaseName, case_names, inner_names, organisation_names, reviewed
from web.house import House
from web.i18n import word
from web.meetings import KINDS
from web.roles import ORGANISATIONS, ROLES

# Tasks that stand inside another case (a unit's work) and are about one application: it is the variable `application` of their token.
INNER = frozenset({"N03a", "N03a_chase"})
BATCHES = {"publicity": "公示批次", "announcement": "公告批次"}


def organisations(connection: Connection, groups: Iterable[str], *, language: str) -> dict[str, str]:
    """The organisations in groups ``role@organisation`` -> what people call them."""
    return {code: word(language, name) for code, name in (ORGANISATIONS | organisation_names(connection, groups)).items()}


def named(connection: Connection, rows: Sequence[RowMapping], *, language: str, house: House) -> list[dict[str, Any]]:
    """The rows of tasks, each with `heading` and `detail` of its case and `season_title` (empty where the house knows one season only)."""
    found = case_names(connection, [row["business_key"] for row in rows if not (row["enterprise_name"] or row["about"])])
    seasons = {row["id"]: row["title"] for row in public_queries.seasons(connection)}
    several, inner = len(seasons) > 1, _inner(house, connection, rows)
    return [
        dict(row)
        | _lines(row, found, language)
        | inner.get(row["id"], {})
        | {"season_title": seasons.get(row["tenant"], "") if several and row["business_key"] != row["tenant"] else ""}
        for row in rows
    ]


def called(connection: Connection, keys: Collection[str], *, language: str) -> dict[str, str]:
    """Business keys -> what people call their cases in one line: an enterprise, a unit, a group, a list, a meeting."""
    places = {key: key.partition("/")[2].partition("/")[0] for key in keys if "/" in key}
    names = organisations(connection, [f"@{place}" for place in places.values()], language=language)
    return (
        {key: names.get(place, key) for key, place in places.items()}
        | {key: spoken(name, key, language=language)[0] for key, name in case_names(connection, keys).items()}
        | {key: lines["heading"] for key, lines in inner_names(connection, keys).items()}
    )


def roles_told(groups: Iterable[str], names: Mapping[str, str], *, language: str) -> tuple[str, ...]:
    """Roles in words, each with its organisation: `推荐单位经办人 · 辽宁省工业和信息化厅`. What is called the same is said once."""
    parts = [group.partition("@") for group in sorted(groups)]
    return tuple(
        dict.fromkeys(f"{word(language, ROLES.get(role, role))} · {names.get(organisation, organisation)}" for role, _, organisation in parts)
    )


def _inner(house: House, connection: Connection, rows: Sequence[RowMapping]) -> dict[str, dict[str, str]]:
    """The two lines of the tasks that are about one application inside another case: enterprise, experience with its number."""
    inner = [row for row in rows if row["element"] in INNER]
    if not inner:
        return {}
    seen = house.engine.variables_of(tasks=[row["id"] for row in inner if row["state"] == "open"])
    about = {task: str(values.get("application") or "") for task, values in seen.items()}
    about |= reviewed(connection, [row for row in inner if row["state"] == "completed"])
    names = inner_names(connection, about.values())
    return {task: names[application] for task, application in about.items() if application in names}


def _lines(row: RowMapping, found: Mapping[str, CaseName], language: str) -> dict[str, str]:
    if row["enterprise_name"]:
        return {"heading": row["enterprise_name"], "detail": row["experience_name"] or ""}
    name = found.get(row["business_key"])
    heading, detail = spoken(name, row["business_key"], language=language) if name else (word(language, row["about"] or row["business_key"]), "")
    return {"heading": heading, "detail": detail}


def spoken(name: CaseName, key: str, *, language: str) -> tuple[str, str]:
    """The two lines of a case's name; ``key`` is its id."""
    kind, _, of = name.kind.partition(".")
    if kind == "batch":
        return word(language, "{kind}第{place}批（{items}项）", kind=word(language, BATCHES[of]), place=name.place, items=name.items), ""
    if kind == "meeting":
        return word(language, "会议：{kind}（{items}项）", kind=word(language, KINDS[of]), items=name.items), ""
    if kind == "objection":
        return name.heading, word(language, "异议 {number} · {about}", number=name.number, about=name.detail)
    if kind == "title":
        return name.heading, word(language, "称号 {number} · {about}", number=key, about=name.detail)
    return name.heading, ""
