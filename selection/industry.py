"""GB/T 4754 two-digit codes: who may apply (办法 §10; mapping of the named services A-38)."""

from __future__ import annotations

from collections.abc import Iterable

from selection.season_parts import Industry


def in_ranges(code: str, ranges: Iterable[str]) -> bool:
    """Whether a two-digit code lies in one of the ranges `"06-46"` or `"59"`, both ends included."""
    for entry in ranges:
        first, _, last = entry.partition("-")
        if first <= code <= (last or first):
            return True
    return False


def division(code: str) -> str:
    """The two-digit 大类 of a two- to four-digit code; empty when it is no code."""
    return code[:2] if code[:2].isdecimal() and code.isdecimal() and 2 <= len(code) <= 4 else ""  # noqa: PLR2004 - GB/T 4754 has 2 to 4 digits


def classify(code: str, *, industry: Industry) -> str:
    """`pass_industry`, `pass_service`, `refer` (a person decides, because of “等”) or `block`."""
    two = division(code)
    if two and in_ranges(two, industry.ranges):
        return "pass_industry"
    if service_of(two, industry=industry):
        return "pass_service"
    if two in industry.refer:
        return {"refer": "refer", "pass": "pass_service"}.get(industry.open_ended, "block")
    return "block"


def service_of(code: str, *, industry: Industry) -> str:
    """The producer service of the notice a code belongs to; empty when none."""
    return next((service for service, codes in industry.services.items() if division(code) in codes), "")


def name_of(code: str, *, industry: Industry) -> str:
    """The Chinese name of a code's 大类; empty when unknown."""
    return industry.names.get(division(code), "")


def table_rows_fixed(code: str, *, industry: Industry) -> bool:
    """Whether the rows of the economic table are fixed (manufacturing; 经济效益统计表 注)."""
    return in_ranges(division(code), (industry.table_rows_fixed_for,))
