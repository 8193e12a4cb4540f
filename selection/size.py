"""企业划型: the size class computed from employees and revenue, or assets (工信部联企业〔2011〕300号; the table is a setting)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from selection.form import Form, by_year, number
from selection.industry import division, in_ranges
from selection.season_parts import SizeClass

CLASSES = ("大型", "中型", "小型")
SMALLEST = "微型"


def of(form: Form, *, sizes: Iterable[SizeClass]) -> str | None:
    """大型, 中型, 小型 or 微型 by the last year of a flat form; None when figures are missing or the table does not know the industry.

    Money in 万元; both lower limits must be met.
    """
    line = _line(str(form.get("industry_code", "")), sizes)
    table = form.get("economic_benefit")
    rows = table if isinstance(table, Mapping) else {}
    employees, money = number(form.get("employees")), by_year(rows.get("total_assets") if line and line.assets else form.get("main_revenue"))[-1]
    return None if line is None or employees is None or money is None else _class(line, int(employees), money)


def _line(industry_code: str, sizes: Iterable[SizeClass]) -> SizeClass | None:
    code = division(industry_code)
    return next((line for line in sizes if in_ranges(code, line.codes)), None)


def _class(line: SizeClass, employees: int, money: Decimal) -> str:
    limits = zip(CLASSES, line.employees, line.assets or line.revenue, strict=True)
    return next((name for name, people, least in limits if employees >= people and money >= least), SMALLEST)
