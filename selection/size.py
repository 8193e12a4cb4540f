"""企业划型: the size class computed from employees and revenue (工信部联企业〔2011〕300号; the table is a setting)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from selection.industry import division, in_ranges
from selection.season_parts import SizeClass

CLASSES = ("大型", "中型", "小型")
SMALLEST = "微型"


def classify(*, industry_code: str, employees: int, revenue: Decimal, sizes: Iterable[SizeClass]) -> str | None:
    """大型, 中型, 小型 or 微型; None when the table does not know the industry. `revenue` in 万元; both lower limits must be met."""
    code = division(industry_code)
    table = next((entry for entry in sizes if in_ranges(code, entry.codes)), None)
    if table is None:
        return None
    limits = zip(CLASSES, table.employees, table.revenue, strict=True)
    return next((name for name, people, money in limits if employees >= people and revenue >= money), SMALLEST)
