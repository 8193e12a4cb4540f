"""申请放宽名额 and 核定推荐名额: three places become five where a local or industry activity already runs."""

from engine.contract import Context
from handlers.common import Data, found, need, outcome, present_documents, refuse_late, season_of, variable
from handlers.notify import tell
from selection import quota

CLOSE = "推荐截止"


def ask_widening(ctx: Context, data: Data) -> None:
    """N03d 申请放宽名额. Data: activity, since; the evidence, where the season wants a document, is a D5.widening file."""
    refuse_late(ctx, CLOSE)
    code = variable(ctx, "unit")
    unit = found(ctx.facts.people.unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    activity = str(data.get("activity") or "")
    proved = any(slot.startswith("D5.widening") for slot, _ in present_documents(ctx, code))
    quota.judge_widening(season=season_of(ctx), already=unit.is_widened, activity=activity, proved=proved)
    ctx.facts.nominations.ask_widening(season=ctx.instance.tenant, unit=code, evidence=dict(data), at=ctx.now, by=ctx.actor.id)
    tell(ctx, "08_widening_requested", "office_director@caq", unit=unit.name, reason=activity)


def decide_widening(ctx: Context, data: Data) -> None:
    """N03e 核定推荐名额. Data: reason, outcome (grant, refuse)."""
    season, code = season_of(ctx), variable(ctx, "unit")
    asked = ctx.facts.nominations.widenings(season=ctx.instance.tenant, unit=code)[-1]
    granted = outcome(data, "grant", "refuse") == "grant"
    reason = str(data.get("reason") or "")
    if not granted:
        need(data, "reason", zh="不同意放宽的，请填写理由", en="give the reason for refusing")
    ctx.facts.nominations.decide_widening(
        widening=asked.id, decision="granted" if granted else "refused", reason=reason, at=ctx.now, by=ctx.actor.id
    )
    if granted:
        ctx.facts.people.change_unit(season=ctx.instance.tenant, code=code, is_widened=True)
    unit = found(ctx.facts.people.unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    tell(
        ctx,
        "08_widening_decided",
        f"ru_officer@{code}",
        unit=unit.name,
        outcome={"zh": "同意", "en": "granted"} if granted else {"zh": "不同意", "en": "refused"},
        quota=quota.places(season=season, widened=granted),
        reason=reason,
    )


LISTENERS = {"quota.request": ask_widening, "quota.decide": decide_widening}
