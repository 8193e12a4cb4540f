"""推荐汇总表 (D6): a unit's list with what its applicants filled in, as a sheet to stamp and send (A-48). Reads only."""

from collections.abc import Iterable
from typing import Any

from fastapi import Response
from sqlalchemy import Connection, RowMapping

from selection.form import YEAR_KEYS, flat, years
from selection.industry import name_of
from selection.quota import TAKEN
from selection.season import Season
from store.selection.queries_checks import kept_form
from store.selection.sight import application_subject
from web.i18n import word
from web.sheets import Column, sheet
from web.visitors import Visitor

OWNED = (("is_central_soe", "央企"), ("is_provincial_soe", "省属企业"))
CONTACT = (
    ("联系人", "contact_name"),
    ("职务", "contact_position"),
    ("电话", "contact_phone"),
    ("手机", "contact_mobile"),
    ("邮箱", "contact_email"),
)


def summary(connection: Connection, rows: Iterable[RowMapping], *, unit: str, season: Season, visitor: Visitor) -> Response:
    """The unit's recommended applications in its order; before it has decided, all that were submitted to it. Only what the visitor may read."""
    known = list(rows)
    listed = [row for row in known if row["nomination"] in TAKEN] or known
    shown = [row for row in listed if (subject := application_subject(connection, row["id"])) and visitor.may("see_material", subject)]
    lines = [{**flat(kept_form(connection, row["id"], state="submitted")), "seq": seq, "unit": unit} for seq, row in enumerate(shown, start=1)]
    name = word(visitor.language, "{unit}推荐汇总表", unit=unit)
    return sheet(name, _columns(season, visitor.language), lines, language=visitor.language)


def _columns(season: Season, language: str) -> tuple[Column, ...]:
    areas = {area.code: area.en if language == "en" else area.zh for area in season.focus}
    return (
        Column("序号", "seq"),
        Column("推荐单位", "unit"),
        *(Column(title, _of(key)) for title, key in (("企业名称", "enterprise_name"), ("统一社会信用代码", "uscc"))),
        Column("央企或省属企业", lambda row: next((word(language, name) for key, name in OWNED if row.get(key)), "")),
        Column("行业代码及名称", lambda row: f"{row.get('industry_code')} {name_of(str(row.get('industry_code')), industry=season.industry)}"),
        *(Column(title, _of(key)) for title, key in (("组织规模", "organization_size"), ("经验名称", "experience_name"))),
        Column("申报方向", lambda row: areas.get(row.get("focus_area"), "")),
        Column("已获地区或行业质量标杆", lambda row: bool(row.get("has_regional_or_industry_benchmark"))),
        *_by_year(season, language, "main_revenue", "{year} 年主营业务收入（万元）"),
        *_by_year(season, language, "total_profit", "{year} 年利润总额（万元）"),
        *(Column(title, _of(key)) for title, key in CONTACT),
        Column("备注", lambda _: ""),
    )


def _of(key: str) -> Any:
    return lambda row: row.get(key)


def _by_year(season: Season, language: str, key: str, title: str) -> Iterable[Column]:
    for year, column in zip(years(season), YEAR_KEYS, strict=True):
        yield Column(word(language, title, year=year), lambda row, column=column: (row.get(key) or {}).get(column))  # type: ignore[misc]
