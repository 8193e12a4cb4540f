"""择优推荐: the unit's review, its ranking within the places; 代录 by the office. Delivery: `handlers.delivery`."""

from collections.abc import Mapping
from functools import partial

from engine.contract import Context
from handlers.common import (
    Data,
    application_of,
    deadline,
    found,
    is_office,
    need,
    outcome,
    refuse_late,
    refuse_unless_office,
    refuse_without_file,
    rows,
    season_of,
    variable,
)
from handlers.delivery import CLOSE, candidates, decide, hand_over
from handlers.notify import tell
from selection import nomination, uscc
from selection.errors import Refused


def record_review(ctx: Context, data: Data) -> None:
    """N03a 初步审核. Data: opinion, faults, outcome (accept, return, refuse)."""
    refuse_late(ctx, CLOSE)
    decision = outcome(data, "accept", "return", "refuse")
    need(data, "opinion", zh="请填写初审意见", en="write the opinion")
    application, unit = variable(ctx, "application"), variable(ctx, "unit")
    if decision == "return":
        if not season_of(ctx).unit_rules.may_return:
            zh = "本年度不退回修改，请选择同意列入候选或不予推荐"
            raise Refused("recommendation.no_return", zh=zh, en="nothing is returned for change this season: accept or refuse it")
        refuse_late(ctx, "申报截止", case=application)
    if decision == "accept":
        still_here = ctx.facts.applications.move(application, state="under_nominator_review", at=ctx.now, unit=unit)
    else:
        still_here = application_of(ctx).unit == unit
    if not still_here:
        raise Refused("unit.changed", zh="该企业已撤回申报或改选其他推荐单位，无需审核", en="the enterprise has withdrawn or named another unit")
    ctx.facts.applications.add_ru_review(application=application, unit=unit, outcome=decision, data=data, at=ctx.received, by=ctx.actor.id)


def send_back(ctx: Context, _: Data) -> None:
    """Topic `recommendation.return`: the applicant may change the form; the earlier submission stays valid (§14)."""
    application = application_of(ctx)
    ctx.facts.applications.move(application.id, state="returned", at=ctx.now)
    ctx.send("recommendation.decided", key=application.id, payload={"outcome": "returned"})
    review = ctx.facts.applications.ru_reviews(application.id)[-1]
    due = deadline(ctx, "申报截止", case=application.id)
    words = str(review.data.get("opinion") or "")
    tell(ctx, "05_returned", f"applicant_editor@{application.enterprise}", about=application.id, reason=words, due=due)


def refuse(ctx: Context, _: Data) -> None:
    """Topic: the unit does not recommend; the place is free for others."""
    application = application_of(ctx)
    review = ctx.facts.applications.ru_reviews(application.id)[-1]
    reason = str(review.data.get("opinion") or "")
    decide(ctx, application, "not_nominated", reason=reason)


def save_ranking(ctx: Context, data: Data) -> None:
    """Act `rank.save`: keep the order so far; nothing is decided."""
    ranks = {str(row["application"]): _rank(row) for row in rows(data, "ranking")}
    _refuse_strangers(ctx, ranks)
    ctx.facts.nominations.save_ranking(season=ctx.instance.tenant, unit=variable(ctx, "unit"), ranks=ranks, at=ctx.now, by=ctx.actor.id)


def preregister(ctx: Context, data: Data) -> None:
    """Act: experiences the unit has chosen before the enterprises file them (AMB-07), with its sealed list."""
    refuse_without_file(ctx, owner=variable(ctx, "unit"), code="D5.list", zh="请先上传盖章名单", en="upload the sealed list first")
    wrong = [str(entry["uscc"]).strip() for entry in rows(data, "entries") if not uscc.is_valid(uscc.normalise(str(entry["uscc"])))]
    if wrong:
        raise Refused(
            "preregister.uscc",
            zh=f"统一社会信用代码不正确：{'、'.join(wrong)}，请按营业执照核对18位代码",
            en=f"wrong credit code: {', '.join(wrong)}; check its 18 characters",
        )
    for entry in rows(data, "entries"):
        ctx.facts.people.preregister(
            season=ctx.instance.tenant,
            unit=variable(ctx, "unit"),
            uscc=uscc.normalise(str(entry["uscc"])),
            experience_name=str(entry["experience_name"]).strip(),
            enterprise_name=str(entry["enterprise"]).strip(),
            at=ctx.now,
            by=ctx.actor.id,
        )


def rank(ctx: Context, data: Data) -> None:
    """N03b 排序并确定推荐名单. Data: ranking, outcome (confirm, widen, none)."""
    refuse_late(ctx, CLOSE)
    decision = outcome(data, "confirm", "widen", "none")
    if decision == "none":
        _recommend_none(ctx, reason=need(data, "none_reason", zh="请填写不推荐的理由", en="say why none is recommended"))
        return
    save_ranking(ctx, data)
    if decision == "confirm":
        _confirm_list(ctx, data)


def _recommend_none(ctx: Context, *, reason: str) -> None:
    """本单位不推荐: the list is closed, and each enterprise will read why."""
    code = variable(ctx, "unit")
    ctx.facts.people.change_unit(season=ctx.instance.tenant, code=code, delivered_at=ctx.now)
    for application in candidates(ctx, code):
        ctx.facts.nominations.decide(
            application=application,
            season=ctx.instance.tenant,
            unit=code,
            state="left_out",
            reason=reason,
            by_proxy=False,
            at=ctx.now,
            by=ctx.actor.id,
        )


def _number(ctx: Context, application: str) -> str:
    return found(ctx.facts.applications.get(application), what="申报").number or application


def _confirm_list(ctx: Context, data: Data, *, by_proxy: bool = False) -> None:
    season, code = season_of(ctx), variable(ctx, "unit")
    unit = found(ctx.facts.people.lock_unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    lines = rows(data, "ranking")
    ranking = {str(row["application"]): _rank(row) or 0 for row in lines}
    nominated = [str(row["application"]) for row in lines if row.get("nominated")]
    reasons = {str(row["application"]): str(row.get("reason") or "") for row in lines}
    if not nominated:
        raise Refused(
            "nomination.empty", zh="请至少推荐一项；不推荐的请选择“本单位不推荐”", en="nominate at least one, or choose to nominate none"
        )
    owners = candidates(ctx, code)
    name = partial(_number_here, ctx, unit=code)
    nomination.refuse_bad_ranking(candidates=owners, ranking=ranking, called=name)
    nomination.refuse_bad_list(season=season, widened=unit.is_widened, ranking=ranking, nominated=nominated, reasons=reasons, owners=owners, called=name)
    for application in ranking:
        _refuse_unreviewed(ctx, application, nominated=application in nominated, by_proxy=by_proxy)
        ctx.facts.nominations.decide(
            application=application,
            season=ctx.instance.tenant,
            unit=code,
            state="chosen" if application in nominated else "left_out",
            reason=reasons.get(application) or None,
            by_proxy=by_proxy,
            at=ctx.now,
            by=ctx.actor.id,
        )


def _refuse_unreviewed(ctx: Context, application: str, *, nominated: bool, by_proxy: bool) -> None:
    """择优 needs 初步审核 first (办法 §18); the office, recording for a unit, has the sealed page instead."""
    reviews = ctx.facts.applications.ru_reviews(application)
    if nominated and not by_proxy and not any(row.outcome in ("accept", "return") for row in reviews):
        number = _number(ctx, application)
        raise Refused("nomination.unreviewed", zh=f"{number} 尚未初步审核，请先审核", en=f"review {number} first")


def tell_over_quota(ctx: Context, details: Data) -> None:
    """After a refused list: the unit's officers read what was too many and how more places are asked for (§9.3, 7)."""
    if is_office(ctx):
        return  # the office's own slip while it records for the unit is not the unit's attempt
    code = variable(ctx, "unit")
    unit = found(ctx.facts.people.unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    places, count = int(details["places"]), int(details["used"]) + int(details["adding"])
    cause = f"quota:{ctx.instance.root}:{places}:{count}"
    tell(ctx, "07_quota_exceeded", f"ru_officer@{code}", cause=cause, unit=unit.name, quota=places, count=count)


def record_for_unit(ctx: Context, data: Data) -> None:
    """N03x 代录推荐结果 by the office: with the unit's scan and a reason; a second person checks (§14)."""
    refuse_unless_office(ctx)
    refuse_late(ctx, CLOSE)
    need(data, "reason", zh="请填写代录的理由", en="give the reason for recording on the unit's behalf")
    data = {**data, "opinions": rows(data, "ranking")}
    ranks = {str(row["application"]): _rank(row) for row in rows(data, "ranking")}
    ctx.facts.nominations.save_ranking(season=ctx.instance.tenant, unit=variable(ctx, "unit"), ranks=ranks, at=ctx.now, by=ctx.actor.id)
    _confirm_list(ctx, data, by_proxy=True)
    hand_over(ctx, data, by_proxy=True)


def may_record(ctx: Context, data: Data) -> None:
    """Message check for 代录: the office, before 推荐截止, with a reason."""
    refuse_unless_office(ctx)
    refuse_late(ctx, CLOSE)
    need(data, "reason", zh="请填写代录的理由", en="give the reason")


def _refuse_strangers(ctx: Context, ranks: Mapping[str, int | None]) -> None:
    if not is_office(ctx):
        unit = variable(ctx, "unit")
        nomination.refuse_strangers(candidates=candidates(ctx, unit), ranking=ranks, called=partial(_number_here, ctx, unit=unit))


def _number_here(ctx: Context, application: str, unit: str) -> str:
    """The number of an application that names the unit; whatever else was sent stays as it was sent."""
    row = ctx.facts.applications.get(application)
    return str(row.number or application) if row is not None and row.unit == unit else application


def _rank(row: Data) -> int | None:
    return int(row["rank"]) if row.get("rank") else None


HANDLERS = {"recommendation.return": send_back, "recommendation.refuse": refuse}
LISTENERS = {
    "ru_review.record": record_review,
    "rank.save": save_ranking,
    "preregister.add": preregister,
    "nomination.rank": rank,
    "nomination.proxy": record_for_unit,
    "recommendation.may_record": may_record,
}
REFUSALS = {"quota.exceeded": tell_over_quota}
