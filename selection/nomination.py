"""择优推荐: a unit's ranking and list, its sealed lists of already selected experiences, and one enterprise with two units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from selection import quota, uscc
from selection.errors import Refused
from selection.season import Season

# What the 推荐汇总表 may show of an application, and how its head calls it; figures of years stand there once for each year.
SUMMARY_COLUMNS: Mapping[str, str] = {
    "seq": "序号", "recommending_unit": "推荐单位", "enterprise_name": "企业名称", "uscc": "统一社会信用代码", "owned_by": "央企或省属企业",
    "enterprise_type": "企业类型", "industry": "行业代码及名称", "organization_size": "组织规模", "experience_name": "经验名称",
    "focus_area": "申报方向", "has_regional_or_industry_benchmark": "已获地区或行业质量标杆",
    "main_revenue": "{year} 年主营业务收入（万元）", "total_profit": "{year} 年利润总额（万元）",
    "contact_name": "联系人", "contact_department": "部门", "contact_position": "职务", "contact_phone": "电话", "contact_mobile": "手机",
    "contact_email": "邮箱", "mailing_address": "通讯地址", "postcode": "邮编", "remark": "备注",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Preregistered:
    """One line of a unit's own sealed list: the unit has selected it before the application exists (AMB-07)."""

    id: str
    uscc: str
    experience_name: str


def refuse_strangers(*, candidates: Collection[str], ranking: Collection[str], called: Callable[[str], str] = str) -> None:
    """Raise `Refused` when the ranking names what the unit has not, or no longer, to decide about. `called`: what people call an application."""
    strangers = [called(one) for one in sorted(set(ranking) - set(candidates))]
    if strangers:
        raise Refused(
            "nomination.unknown",
            zh=f"{'、'.join(strangers)} 不在本单位待推荐的申报之中，请从排序中删去",
            en=f"not, or no longer, the unit's to recommend; take out of the ranking: {', '.join(strangers)}",
        )


def refuse_bad_ranking(*, candidates: Collection[str], ranking: Mapping[str, int], called: Callable[[str], str] = str) -> None:
    """Raise `Refused` unless every candidate has exactly one rank and the ranks are 1, 2, 3 … without gap or tie (办法 §18).

    `called`: what people call an application; those without a rank are named.
    """
    refuse_strangers(candidates=candidates, ranking=ranking, called=called)
    if set(ranking) != set(candidates) or sorted(ranking.values()) != list(range(1, len(candidates) + 1)):
        missing = [called(one) for one in sorted(set(candidates) - set(ranking))]
        raise Refused(
            "nomination.ranking",
            zh=f"请为全部{len(candidates)}项申报排出从1开始、不重复、不间断的名次" + (f"；还缺 {'、'.join(missing)}" if missing else ""),
            en=f"give each of the {len(candidates)} applications one rank: 1, 2, 3, without gap or tie"
            + (f"; missing: {', '.join(missing)}" if missing else ""),
        )


def refuse_bad_list(
    *,
    season: Season,
    widened: bool,
    ranking: Mapping[str, int],
    nominated: Collection[str],
    reasons: Mapping[str, str],
    owners: Mapping[str, str] | None = None,
    used: int = 0,
    called: Callable[[str], str] = str,
) -> None:
    """Raise unless the list fits the quota (`OverQuota`) and follows the ranking (`Refused`).

    `owners`: application -> enterprise; `used`: places already taken by deliveries before this one; `called`: what people call an application.
    An application passed over in favour of a lower-ranked one needs a reason.
    """
    stray = [called(one) for one in sorted(set(nominated) - set(ranking))]
    if stray:
        raise Refused("nomination.unranked", zh=f"请先为 {'、'.join(stray)} 排序", en=f"rank these first: {', '.join(stray)}")
    whose = [(owners or {}).get(item, item) for item in set(nominated)]
    quota.refuse_over(season=season, widened=widened, used=used, adding=quota.count(unit=season.quota.unit, enterprises=whose))
    lowest = max((ranking[item] for item in nominated), default=0)
    passed_over = [item for item, rank in ranking.items() if rank < lowest and item not in nominated]
    unexplained = [called(item) for item in sorted(passed_over) if not reasons.get(item, "").strip()]
    if unexplained:
        raise Refused(
            "nomination.reason",
            zh=f"{'、'.join(unexplained)} 名次在前而未推荐，请填写理由",
            en=f"ranked higher but not recommended, give a reason: {', '.join(unexplained)}",
        )


def refuse_bad_opinion(*, season: Season, text: str) -> None:
    """Raise `Refused` unless 推荐意见 has between the season's least and most characters, spaces not counted (A-44)."""
    rules, length = season.unit_rules, len("".join(text.split()))
    if not rules.opinion_min <= length <= rules.opinion_max:
        raise Refused(
            "nomination.opinion",
            zh=f"推荐意见应为{rules.opinion_min}至{rules.opinion_max}字，现为{length}字",
            en=f"the opinion needs {rules.opinion_min} to {rules.opinion_max} characters, it has {length}",
        )


def match_preregistered(*, entries: Iterable[Preregistered], code: str, experience_name: str) -> Preregistered | None:
    """The line of a unit's sealed list that an application answers: same credit code and, spaces aside, same name of the experience."""
    wanted = (uscc.normalise(code), "".join(experience_name.split()))
    lines = {(uscc.normalise(entry.uscc), "".join(entry.experience_name.split())): entry for entry in entries}
    return lines.get(wanted)


def needs_unit_confirmation(*, unit: str, other_units: Iterable[str]) -> tuple[str, ...]:
    """The other units that hold an application or a sealed line of the same experience; if any, the applicant confirms one (§14)."""
    return tuple(sorted({other for other in other_units if other != unit}))


def may_name_other_unit(*, refused: bool, now: datetime, deadline: datetime) -> bool:
    """Whether another unit may still be named: after a refusal and before 申报截止 (§14)."""
    return refused and now < deadline
