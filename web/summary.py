"""推荐汇总表 (D6): a unit's list with what its applicants filled in, as a sheet to stamp and send (A-48). Reads only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from fastapi import Response
from sqlalchemy import Connection, RowMapping

from selection.form import YEAR_KEYS, flat, years
from selection.industry import name_of
from selection.nomination import SUMMARY_COLUMNS
from selection.quota import TAKEN
from selection.season import Season
from store.selection.queries_checks import kept_form
from store.selection.sight import application_subject
from web.i18n import word
from web.sheets import Column, sheet
from web.visitors import Visitor

Take: TypeAlias = Callable[[Any], object]
OWNED = (("is_central_soe", "央企"), ("is_provincial_soe", "省属企业"))
YEARLY = ("main_revenue", "total_profit")


def summary(connection: Connection, rows: Iterable[RowMapping], *, unit: str, season: Season, visitor: Visitor) -> Response:
    """The unit's recommended applications in its order; before it has decided, all that were submitted to it. Only what the visitor may read."""
    known = list(rows)
    listed = [row for row in known if row["nomination"] in TAKEN] or known
    shown = [row for row in listed if (subject := application_subject(connection, row["id"])) and visitor.may("see_material", subject)]
    lines = [{**flat(kept_form(connection, row["id"], state="submitted")), "seq": seq, "recommending_unit": unit} for seq, row in enumerate(shown, start=1)]
    name = word(visitor.language, "{unit}推荐汇总表", unit=unit)
    return sheet(name, tuple(_columns(season, visitor.language)), lines, language=visitor.language)


def _columns(season: Season, language: str) -> Iterable[Column]:
    """The columns that the season names, in its order; figures of years once for each year."""
    areas = {area.code: area.en if language == "en" else area.zh for area in season.focus}
    ways: Mapping[str, Take] = {
        "owned_by": lambda row: next((word(language, name) for key, name in OWNED if row.get(key)), ""),
        "industry": lambda row: f"{row.get('industry_code')} {name_of(str(row.get('industry_code')), industry=season.industry)}",
        "focus_area": lambda row: areas.get(row.get("focus_area"), ""),
        "has_regional_or_industry_benchmark": lambda row: bool(row.get("has_regional_or_industry_benchmark")),
        "remark": lambda _: "",
    }
    for key in season.unit_rules.summary_columns:
        if key in YEARLY:
            yield from _by_year(season, language, key)
        else:
            yield Column(SUMMARY_COLUMNS[key], ways.get(key) or _of(key))


def _of(key: str) -> Take:
    return lambda row: row.get(key)


def _by_year(season: Season, language: str, key: str) -> Iterable[Column]:
    for year, column in zip(years(season), YEAR_KEYS, strict=True):
        title = word(language, SUMMARY_COLUMNS[key], year=year)
        yield Column(title, lambda row, column=column: (row.get(key) or {}).get(column))  # type: ignore[misc]
