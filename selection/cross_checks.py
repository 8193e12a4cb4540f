"""Cross checks X01–X19 between tables, documents and acting unit (rule book §4). Severities are settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from selection import documents as papers
from selection import size, uscc
from selection.findings import Finding
from selection.form import YEAR_KEYS, Form, by_year, day, flat, holds_file, is_empty, number
from selection.season import Season

HUNDRED = Decimal(100)
COMPARISON = ("industry_avg", "industry_best", "own_rank")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a cross check needs besides the form.

    `documents`: (code or slot, file name) of current versions; `document_title`: the title read from the experience document, empty when
    not read; `archive_stem`: the package's name without ending; `acting_unit`: the unit that handles the application, empty before;
    `reference_day`: the day at which certificates must be valid (A-35).
    """

    documents: tuple[tuple[str, str], ...] = ()
    document_title: str = ""
    archive_stem: str = ""
    acting_unit: str = ""
    reference_day: date | None = None


Check = Callable[[Season, Form, Surroundings], tuple[str, ...]]


def check(*, season: Season, form: Form, around: Surroundings) -> tuple[Finding, ...]:
    """X01–X19 in order, those that are `off` left out. Each failed finding says what to correct; `inputs["where"]` names the fields."""
    filled = flat(form)
    asked = ((name, season.form.severities.get(name, "off")) for name in CHECKS)
    return tuple(_finding(name, severity, CHECKS[name](season, filled, around)) for name, severity in asked if severity != "off")


def _finding(name: str, severity: str, wrong: tuple[str, ...]) -> Finding:
    zh, en = TEXTS[name] if wrong else ("符合", "in order")
    return Finding(id=name, severity=severity, verdict="fail" if wrong else "pass", zh=zh, en=en, inputs={"where": wrong})


def _rows(form: Form) -> Mapping[str, Mapping[str, object]]:
    table = form.get("economic_benefit")
    if not isinstance(table, Mapping):
        return {}
    return {str(key): row for key, row in table.items() if isinstance(row, Mapping)}


def _x01(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    rows = _rows(form)
    return tuple(
        f"{key}.{year}"
        for key in ("main_revenue", "total_profit")
        for year, here, there in zip(YEAR_KEYS, by_year(form.get(key)), by_year(rows.get(key)), strict=True)
        if here is not None and there is not None and here != there
    )


def _x02(_: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    name = "".join(str(form.get("experience_name", "")).split())
    title = "".join(around.document_title.split())
    return ("experience_name",) if title and title != name else ()


def _x03(season: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    name = papers.archive_stem(season=season, enterprise=str(form.get("enterprise_name", "")))
    return ("enterprise_name",) if around.archive_stem and around.archive_stem != name else ()


def _x04(_: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    named = form.get("recommending_unit_id")
    return ("recommending_unit_id",) if around.acting_unit and around.acting_unit != named else ()


def _x05(season: Season, form: Form, _: Surroundings) -> tuple[str, ...]:
    found = []
    for key, row in _rows(form).items():
        own, best, rank = number(row.get("y1")), number(row.get("industry_best")), number(row.get("own_rank"))
        # Where the trade's own indicator stands in a row (填报说明4), nobody knows which direction is better.
        if own is None or best is None or row.get("override_label"):
            continue
        better = own > best if key in season.form.higher_is_better else own < best
        directed = key in season.form.higher_is_better or key in season.form.lower_is_better
        if directed and (better or (rank == 1 and own != best)):
            found.append(key)
    return tuple(found)


def _x06(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    pairs = zip(YEAR_KEYS, by_year(form.get("total_profit")), by_year(form.get("main_revenue")), strict=True)
    return tuple(year for year, profit, revenue in pairs if profit is not None and revenue is not None and profit > revenue)


def _x07(season: Season, form: Form, _: Surroundings) -> tuple[str, ...]:
    return tuple(
        key
        for key, row in _rows(form).items()
        for before, after in pairwise(by_year(row))
        if before and after is not None and abs(after - before) / abs(before) * HUNDRED > season.form.change_percent
    )


def _x08(season: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    field = "finance_certificate"
    return () if holds_file(form, around.documents, field=field, slot=season.form.slots[field]) else (field,)


def _x09(_: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    if form.get("iso9001_certified") is not True or around.reference_day is None:
        return ()
    last = day(form.get("iso9001_valid_to"))
    return () if last is not None and last >= around.reference_day else ("iso9001_valid_to",)


def _x10(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    return ("iso9001_certified",) if form.get("iso9001_certified") is False else ()


def _x11(season: Season, form: Form, _: Surroundings) -> tuple[str, ...]:
    computed = size.of(form, sizes=season.sizes)
    return ("organization_size",) if computed is not None and computed != form.get("organization_size") else ()


def _x12(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    rows = _rows(form).values()
    compared = any(number(row.get(column)) is not None for row in rows for column in COMPARISON)
    return ("economic_benefit",) if rows and not compared else ()


def _x13(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    return ("brand_innovation",) if is_empty(form.get("brand_innovation")) else ()


def _x14(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    own, theirs = set(_names(form.get("products"), "name")), set(_names(form.get("competitors"), "product_name"))
    return ("competitors",) if own and theirs - own else ()


def _x15(_: Season, form: Form, around: Surroundings) -> tuple[str, ...]:
    applied = day(form.get("application_date"))
    return ("application_date",) if applied and around.reference_day and applied > around.reference_day else ()


def _x16(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    names = _names(form.get("products"), "name")
    return ("products",) if len(set(names)) < len(names) else ()


def _x17(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    row = _rows(form).get("labor_productivity", {})
    is_below = any(value is not None and value < 0 for value in by_year(row))
    return ("labor_productivity",) if is_below and not row.get("override_label") else ()


def _x18(_: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    code, kind = str(form.get("industry_code") or ""), str(form.get("industry_class") or "")
    return ("industry_class",) if code and kind and not kind.startswith(code) else ()


def _x19(season: Season, form: Form, __: Surroundings) -> tuple[str, ...]:
    """An enterprise registered in the region of another unit than the one it names, where that stands for a region of its own (A-05, A-06)."""
    registered = uscc.normalise(str(form.get("uscc") or ""))[uscc.REGION]
    fitting = [(len(start), unit.code) for unit in season.units for start in unit.regions if registered.startswith(start)]
    named = next((unit for unit in season.units if unit.code == form.get("recommending_unit_id")), None)
    is_elsewhere = bool(fitting) and named is not None and bool(named.regions) and named.code != max(fitting)[1]
    return ("recommending_unit_id",) if is_elsewhere else ()


def _names(table: object, column: str) -> list[str]:
    rows = table if isinstance(table, list | tuple) else ()
    names = ["".join(str(row.get(column) or "").split()) for row in rows if isinstance(row, Mapping)]
    return [name for name in names if name]


CHECKS: Mapping[str, Check] = {
    "X01": _x01, "X02": _x02, "X03": _x03, "X04": _x04, "X05": _x05, "X06": _x06, "X07": _x07, "X08": _x08, "X09": _x09, "X10": _x10,
    "X11": _x11, "X12": _x12, "X13": _x13, "X14": _x14, "X15": _x15, "X16": _x16, "X17": _x17, "X18": _x18, "X19": _x19,
}  # fmt: skip
TEXTS: Mapping[str, tuple[str, str]] = {
    "X01": (
        "申报表与经济效益统计表的主营业务收入、利润总额不一致，请核对后改为相同数值",
        "revenue or profit differ between the two tables; make them equal",
    ),
    "X02": ("经验名称与典型经验材料的标题不一致，请统一", "the experience's name differs from the document's title; make them equal"),
    "X03": ("压缩包名称与申报企业全称不一致，请以企业全称命名", "the package is not named after the enterprise; rename it"),
    "X04": ("申报书中的推荐单位与实际推荐单位不一致，请更正", "the unit on the form is not the unit that acts; correct it"),
    "X05": (
        "行业最佳水平劣于本企业水平，或名次为1但本企业未达到最佳，请核对",
        "the industry's best is worse than the own value, or rank 1 is not the best; check it",
    ),
    "X06": ("利润总额大于主营业务收入，请核对", "profit exceeds revenue; check it"),
    "X07": ("相邻年度数值变化过大，请核对或说明原因", "a value changes unusually from one year to the next; check or explain it"),
    "X08": ("请上传财务部门出具并加盖财务公章的经济效益证明", "upload the certificate with the finance department's seal"),
    "X09": ("ISO 9001 证书在申报截止日不在有效期内，请更新证书信息", "the ISO 9001 certificate is not valid on the closing day; renew it"),
    "X10": ("申报条件要求通过 ISO 9001 认证，本项填“否”不能申报", "ISO 9001 certification is a condition; with “no” one cannot apply"),
    "X11": (
        "组织规模与按从业人数和营业收入（商务服务业为资产总额）划型的结果不一致，请核对",
        "the size differs from what employees and revenue (business services: assets) make; check it",
    ),
    "X12": (
        "经济效益统计表的行业平均、行业最佳和本企业名次均未填写，请补充对比数据（显效性）",
        "no comparison with the industry is given; fill in average, best or rank",
    ),
    "X13": ("品牌影响与创新成果统计表未填写，请核对", "the table on brand and innovation is empty; check it"),
    "X14": ("竞争对手名录中的产品（服务）不在主导产品（服务）之列，请核对", "a competitor's product is not among the leading products; check it"),
    "X15": ("封面的申报日期晚于申报截止日，请更正", "the date on the cover is after the deadline; correct it"),
    "X16": ("主导产品（服务）名称重复，请合并或写明区别", "two leading products have the same name; put them together or tell them apart"),
    "X17": ("全员劳动生产率为负数，请核对", "labour productivity is negative; check it"),
    "X18": ("行业小类代码与行业分类不一致，请核对", "the class is not one of the industry's division; check it"),
    "X19": (
        "统一社会信用代码的登记地不属于所选推荐单位所在地区，请核对推荐单位（计划单列市企业由本市推荐）",
        "by its credit code the enterprise is registered outside the unit's region; check the unit (cities listed separately recommend their own)",
    ),
}
