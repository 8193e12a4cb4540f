"""推荐名额: how many experiences a unit may recommend (通知 一(三)1(4): 3, widened to 5 where an activity already runs)."""

from __future__ import annotations

from collections.abc import Iterable

from selection.errors import OverQuota, Refused
from selection.season import Season

TAKEN = ("chosen", "nominated")  # states of a nomination that take one of its unit's places
BY_ENTERPRISE = "enterprise"
PROOFS = ("document", "declaration")  # of an activity that already runs
MEASURES = {"experience": "项", BY_ENTERPRISE: "户企业"}  # AMB-10


def places(*, season: Season, widened: bool) -> int:
    """The unit's places: base, or after the office has confirmed the widening (AMB-11)."""
    return season.quota.widened if widened else season.quota.base


def count(*, unit: str, enterprises: Iterable[str]) -> int:
    """How many places experiences of these enterprises (one entry each) take (AMB-10).

    ``unit``: the season's `quota.unit`: `experience` (项经验) takes one each, `enterprise` (户企业) one for all of an enterprise.
    """
    owners = list(enterprises)
    return len(set(owners)) if unit == BY_ENTERPRISE else len(owners)


def used(*, unit: str, nominations: Iterable[tuple[str | None, str]]) -> int:
    """How many places a unit's nominations take. ``nominations``: (state, enterprise) of each; ``unit`` as for `count`."""
    return count(unit=unit, enterprises=[enterprise for state, enterprise in nominations if state in TAKEN])


def left(*, places: int, used: int) -> int:
    """How many places are left; never below zero."""
    return max(0, places - used)


def refuse_over(*, season: Season, widened: bool, used: int, adding: int = 1) -> None:
    """Raise `OverQuota` when `used + adding` experiences do not fit the unit's places."""
    have = places(season=season, widened=widened)
    if used + adding <= have:
        return
    each = MEASURES[season.quota.unit]
    way_out = "请减少推荐项目" if widened else f"请减少推荐项目；已开展质量标杆活动的，可先申请放宽至{season.quota.widened}{each}"
    raise OverQuota(
        "quota.exceeded",
        zh=f"推荐名额为{have}{each}，本次将达到{used + adding}{each}。{way_out}",
        en=f"the unit has {have} places and this would make {used + adding}; recommend fewer"
        + ("" if widened else f", or ask the office to widen to {season.quota.widened} if a local activity already runs"),
        places=have,
        used=used,
        adding=adding,
    )


def judge_widening(*, season: Season, already: bool, activity: str, proved: bool) -> None:
    """Raise `Refused` unless a request to widen is admissible: not yet widened, the running activity named, and proved as the season wants (A-73)."""
    if already:
        raise Refused(
            "quota.widened",
            zh=f"名额已放宽至{season.quota.widened}{MEASURES[season.quota.unit]}，不能再放宽，请在名额内择优推荐",
            en=f"the quota is already widened to {season.quota.widened}; recommend within it",
        )
    by_document = season.quota.widening_proof == "document"
    if not activity.strip() or (by_document and not proved):
        raise Refused(
            "quota.ground",
            zh="只有本地区（行业）已开展质量标杆活动的推荐单位可以申请放宽，请说明活动名称" + ("并附依据" if by_document else ""),
            en="only a unit whose region or industry already runs a benchmark activity may ask; name the activity"
            + (" and attach evidence" if by_document else ""),
        )
