"""Eligibility E01–E17 as predicates over the form and a few known facts (办法 §9–10, rule book §3).

Severities are settings. Each finding keeps its inputs, so that the verdict can be explained years later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher

from selection import industry, size, uscc
from selection.findings import Finding
from selection.form import Form, by_year, day, flat, holds_file, years
from selection.season import Season
from selection.title import is_flagged

FIELDS_OF_CONDUCT = ("integrity", "quality", "safety", "environment")


@dataclass(frozen=True, kw_only=True)
class Title:
    """A title of the enterprise: the year it was given for, its experience, and the (Chinese) year in which it was revoked, None while it stands."""

    year: int
    experience_name: str
    revoked: int | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """Facts besides the form.

    `reference_day`: that of `eligibility.reference` (A-35); `today`: of the submission, None: the reference day;
    `documents`: (code or slot, file name); `attested`, `conduct_attested`, `sealed_opinion`:
    what the unit has done, None before; `other_applications`: ids of the same enterprise this season; `titles`: of earlier seasons.
    """

    reference_day: date
    today: date | None = None
    documents: tuple[tuple[str, str], ...] = ()
    attested: bool | None = None
    sealed_opinion: bool | None = None
    conduct_attested: bool | None = None
    other_applications: tuple[str, ...] = ()
    titles: tuple[Title, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a predicate says: verdict, texts that say what to do, inputs."""

    verdict: str
    zh: str = "符合"
    en: str = "in order"
    inputs: Mapping[str, object] | None = None


Predicate = Callable[[Season, Form, Context], Answer]


def check(*, season: Season, form: Form, context: Context, stage: str = "submit") -> tuple[Finding, ...]:
    """All predicates that are not `off`, in order. `stage`: `submit` leaves out what only the unit can do (E05, E12)."""
    filled = flat(form)
    found = []
    for name, predicate in PREDICATES.items():
        severity = season.eligibility.severities.get(name, "off")
        if severity == "off" or (stage == "submit" and name in OF_THE_UNIT):
            continue
        answer = predicate(season, filled, context)
        found.append(
            Finding(id=name, severity=severity, verdict=answer.verdict, zh=answer.zh, en=answer.en, inputs=dict(answer.inputs or {}))
        )
    return tuple(found)


def _fail(zh: str, en: str, **inputs: object) -> Answer:
    return Answer("fail", zh, en, inputs)


def _e01(season: Season, form: Form, _: Context) -> Answer:
    code = uscc.normalise(str(form.get("uscc", "")))
    if not uscc.is_valid(code):
        return _fail("统一社会信用代码不正确，请按营业执照核对18位代码", "the credit code is wrong; check its 18 characters", uscc=code)
    if form.get("is_legal_person") is False:
        return _fail("申报单位须具有独立法人资格，分公司请由总公司申报", "a branch cannot apply; its legal person can", uscc=code)
    if not uscc.is_enterprise(code, prefixes=season.eligibility.enterprise_prefixes):
        return Answer(
            "refer", "代码不是常见的企业代码，请推荐单位核实法人资格", "not an enterprise's usual code; the unit checks it", {"uscc": code}
        )
    return Answer("pass", inputs={"uscc": code})


def _e02(season: Season, form: Form, _: Context) -> Answer:
    profits = dict(zip(years(season), by_year(form.get("total_profit")), strict=True))
    inputs = {str(year): None if value is None else str(value) for year, value in profits.items()}
    empty = [str(year) for year, value in profits.items() if value is None]
    passed_over = season.eligibility.missing_profit == "warn" and len(empty) < len(profits)
    if empty and not passed_over:
        return _fail(
            f"请填写{'、'.join(empty)}年利润总额（成立不足三年的不符合条件）", f"profit of {', '.join(empty)} is missing", **inputs
        )
    losses = [str(year) for year, value in profits.items() if value is not None and value <= 0]
    if losses:
        return _fail(f"须近三年连续盈利，{'、'.join(losses)}年利润总额不大于0，请核对", f"no profit in {', '.join(losses)}", **inputs)
    if empty:
        zh = f"{'、'.join(empty)}年没有利润总额，成立是否不足三年、可否申报由审核人员判断"
        return Answer("refer", zh, f"no profit is given for {', '.join(empty)}; who checks decides whether a younger enterprise may apply", inputs)
    return Answer("pass", inputs=inputs)


def _e03(_: Season, form: Form, context: Context) -> Answer:
    declared = form.get("no_violation")
    answers = declared if isinstance(declared, Mapping) else {}
    missing = [name for name in FIELDS_OF_CONDUCT if answers.get(name) is not True]
    if missing:
        return _fail(
            "须在诚信、质量、安全、环保四方面均无违法行为和不良记录，请逐项确认", "declare no violation in all four fields", missing=missing
        )
    if context.conduct_attested is False:
        return _fail("推荐单位核实发现违法行为或不良记录", "the unit found a violation")
    return Answer("pass")


def _e04(season: Season, form: Form, context: Context) -> Answer:
    first, last = day(form.get("iso9001_valid_from")), day(form.get("iso9001_valid_to"))
    inputs = {"from": str(first), "to": str(last), "reference": str(context.reference_day)}
    if form.get("iso9001_certified") is not True:
        return _fail("须通过 ISO 9001 质量管理体系认证且证书在有效期内", "a valid ISO 9001 certificate is needed", **inputs, where=("iso9001_certified",))
    if last is None or last < context.reference_day or (first is not None and first > context.reference_day):
        return _fail(
            f"ISO 9001 证书须在{context.reference_day}有效，请核对有效期",
            f"the certificate must be valid on {context.reference_day}",
            **inputs,
            where=("iso9001_valid_to",),
        )
    field = "iso9001_certificate"
    if not holds_file(form, context.documents, field=field, slot=season.form.slots[field]):
        return _fail("请在证实性材料中上传 ISO 9001 证书", "upload the ISO 9001 certificate among the evidence", **inputs, where=(field,))
    return Answer("pass", inputs=inputs)


def _e05(_: Season, __: Form, context: Context) -> Answer:
    if context.attested is None:
        return Answer("attest", "请推荐单位确认经验已成熟应用并说明理由", "the unit confirms mature use, with a reason")
    return Answer("pass") if context.attested else _fail("推荐单位未确认经验已成熟应用", "the unit does not confirm mature use")


def _e06(_: Season, form: Form, __: Context) -> Answer:
    if form.get("shares_experience") is True:
        return Answer("pass")
    return _fail("请确认愿意在不涉及商业机密的情况下参与分享交流活动", "tick that the enterprise will share its experience")


def _e07(season: Season, form: Form, _: Context) -> Answer:
    code = str(form.get("industry_code", ""))
    kind = industry.classify(code, industry=season.industry)
    inputs = {"code": code, "name": industry.name_of(code, industry=season.industry), "kind": kind}
    if kind == "block":
        ranges, services = "、".join(season.industry.ranges), "、".join(season.industry.services)
        zh = f"行业代码前两位须为{ranges}，或属于{services}等生产性服务业；请核对行业分类"
        return _fail(zh, f"the industry is outside the season's scope ({ranges}, producer services); check the code", **inputs)
    if kind == "refer":
        return Answer("refer", "该行业是否属于“等生产性服务业”由推荐单位和办公室确认", "unit and office decide on this service", inputs)
    return Answer("pass", inputs=inputs)


def _e08(season: Season, form: Form, _: Context) -> Answer:
    chosen = form.get("focus_area")
    if isinstance(chosen, str) and chosen in {area.code for area in season.focus}:
        return Answer("pass", inputs={"focus_area": chosen})
    names = "、".join(area.zh for area in season.focus)
    return _fail(f"申报方向须单选其一：{names}", "choose exactly one focus area of the season", focus_area=chosen)


def _e09(season: Season, form: Form, _: Context) -> Answer:
    unit = form.get("recommending_unit_id")
    if isinstance(unit, str) and unit in {entry.code for entry in season.units}:
        return Answer("pass", inputs={"unit": unit})
    return _fail("请从本年度推荐单位名录中选择一个推荐单位", "choose one recommending unit from the season's list", unit=unit)


def _e10(season: Season, form: Form, context: Context) -> Answer:
    accepted = form.get("commitment_accepted")
    ticks = accepted if isinstance(accepted, list | tuple) else ()
    if len(ticks) != season.form.undertakings or not all(tick is True for tick in ticks):
        return _fail("请逐条确认承诺书", "accept each undertaking of the commitment", where=("commitment_accepted",))
    if not str(form.get("signatory_name", "")).strip() or not form.get("signatory_role"):
        return _fail("请填写承诺书签署人及其身份（法人代表或相关领导）", "name the signatory and the role", where=("signatory_name", "signatory_role"))
    signed, latest = day(form.get("signed_on")), min(context.reference_day, context.today or context.reference_day)
    if signed is None or signed > latest:
        return _fail(
            "请填写承诺书签署日期，且不晚于提交当日和申报截止日",
            "give the day of signing, not after today or the deadline",
            signed_on=str(signed),
            where=("signed_on",),
        )
    if not holds_file(form, context.documents, field="enterprise_name_sealed", slot=season.form.slots["sealed_commitment"]):
        return _fail("请上传签字盖章的承诺书扫描件", "upload the signed and sealed commitment", where=("enterprise_name_sealed",))
    return Answer("pass", inputs={"signed_on": str(signed)})


def _e11(_: Season, form: Form, __: Context) -> Answer:
    if form.get("no_state_secret") is True:
        return Answer("pass")
    return _fail("请确认材料内容不涉及国家秘密；涉密内容须先删除", "confirm that nothing is a state secret; remove what is")


def _e12(_: Season, __: Form, context: Context) -> Answer:
    if context.sealed_opinion is True:
        return Answer("pass")
    return _fail("缺少推荐单位盖章的推荐意见，请推荐单位补上", "the unit's sealed opinion is missing")


def _e13(_: Season, __: Form, context: Context) -> Answer:
    if not context.other_applications:
        return Answer("pass")
    others = list(context.other_applications)
    return _fail(
        "该企业本年度已有其他申报，请确认是不同的经验",
        "the enterprise has another application; make sure it is another experience",
        others=others,
    )


def _e14(_: Season, form: Form, __: Context) -> Answer:
    if form.get("prior_provincial_benchmark") is True:
        return Answer("pass")
    return _fail("须为历年省级质量标杆", "a provincial benchmark is needed first")


def _e15(season: Season, form: Form, _: Context) -> Answer:
    found = size.of(form, sizes=season.sizes)
    if found is None:
        return Answer("refer", "缺少从业人数、营业收入或该行业的划型标准，无法划型", "employees or figures are missing, or the industry is not in the table")
    inputs = {"size": found}
    return _fail("不属于中小企业", "not a small or medium enterprise", **inputs) if found == "大型" else Answer("pass", inputs=inputs)


def _e16(season: Season, form: Form, context: Context) -> Answer:
    name = _plain(form.get("experience_name"))
    like = [title.year for title in context.titles if _alike(name, _plain(title.experience_name)) >= season.eligibility.similarity]
    if not like:
        return Answer("pass")
    return _fail("与该企业往年获得称号的经验名称相近，请确认不是同一经验", "resembles an experience that already holds a title", years=like)


def _e17(season: Season, _: Form, context: Context) -> Answer:
    revoked = [title.revoked for title in context.titles if title.revoked is not None and is_flagged(season=season, revoked=title.revoked)]
    if not revoked:
        return Answer("pass")
    years = "、".join(f"{year}年" for year in revoked)
    zh = f"该企业曾于{years}被撤销称号，请在形式审查时重点核实"
    return _fail(zh, f"a title of this enterprise was revoked ({', '.join(map(str, revoked))}); look closely", years=revoked)


def _plain(text: object) -> str:
    return "".join(char for char in str(text or "") if char.isalnum()).casefold()


def _alike(one: str, other: str) -> Decimal:
    return Decimal(str(SequenceMatcher(None, one, other, autojunk=False).ratio())) if one and other else Decimal(0)


OF_THE_UNIT = frozenset({"E05", "E12"})
PREDICATES: Mapping[str, Predicate] = {
    "E01": _e01, "E02": _e02, "E03": _e03, "E04": _e04, "E05": _e05, "E06": _e06, "E07": _e07, "E08": _e08, "E09": _e09,
    "E10": _e10, "E11": _e11, "E12": _e12, "E13": _e13, "E14": _e14, "E15": _e15, "E16": _e16, "E17": _e17,
}  # fmt: skip
