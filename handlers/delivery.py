"""Delivery of a unit's list: opinions with their seals, what becomes of each application, and the end without a list."""

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    counting_documents,
    found,
    need,
    numbered,
    outcome,
    refuse_late,
    refuse_without_file,
    rows,
    season_of,
    variable,
)
from handlers.notify import tell
from handlers.submission import findings_of_sealed
from selection import nomination, quota
from selection.errors import Refused
from selection.stages import BEFORE_UNIT
from store.selection.subject import Fact

CLOSE = "推荐截止"


def seal(ctx: Context, data: Data) -> Variables:
    """N03c 出具推荐意见并用印. Data: opinions [{application, opinion}], outcome (deliver, back); the sealed pages are D5.sealed files.

    → leader_signs: the unit wants its leader's personal sign-off before the delivery counts, and the leader has an account (§14).
    """
    if outcome(data, "deliver", "back") == "back":
        return {"leader_signs": False}
    refuse_late(ctx, CLOSE)
    hand_over(ctx, data, by_proxy=False)
    code = variable(ctx, "unit")
    return {"leader_signs": season_of(ctx).unit(code).leader_signs and bool(ctx.facts.people.members_of(f"ru_leader@{code}"))}


def sign_off(ctx: Context, data: Data) -> None:
    """N03f 负责人签发推荐意见, where the unit wants it. Data: comment, outcome (sign, return: the officer changes it)."""
    if outcome(data, "sign", "return") == "return":
        need(data, "comment", zh="请填写退回的理由", en="give the reason for sending it back")
        return
    refuse_late(ctx, CLOSE)


def hand_over(ctx: Context, data: Data, *, by_proxy: bool) -> None:
    """What the unit sends: every chosen application with its opinion, within the places, under seal. Nothing of it holds unless all does."""
    season, code = season_of(ctx), variable(ctx, "unit")
    unit = found(ctx.facts.people.lock_unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    chosen = ctx.facts.nominations.lock_chosen(season=ctx.instance.tenant, unit=code)
    if not chosen:
        raise Refused(
            "nomination.withdrawn",
            zh="名单中的申报均已撤回，没有可报送的推荐。请选择“返回调整名单”，重新确定名单，或选择“本单位不推荐”",
            en="everything on the list was withdrawn; go back to the ranking and choose again, or nominate none there",
        )
    owners = candidates(ctx, code)
    adding = quota.count(unit=season.quota.unit, enterprises=[owners.get(row.application, row.application) for row in chosen])
    quota.refuse_over(season=season, widened=unit.is_widened, used=0, adding=adding)
    refuse_without_file(
        ctx, owner=code, code="D5.letter", zh="请上传盖章的推荐文件（D5）", en="upload the sealed letter of recommendation (D5)"
    )
    if not by_proxy:
        _refuse_unsealed(ctx, unit=code, opinions=len(chosen))
    opinions = {str(row["application"]): row for row in rows(data, "opinions")}
    for row in chosen:
        opinion = opinions.get(row.application, {})
        nomination.refuse_bad_opinion(season=season, text=str(opinion.get("opinion") or ""))
        _refuse_unattested(numbered(ctx, [row.application])[0], opinion, by_proxy=by_proxy)
    for row in chosen:
        opinion = opinions[row.application]
        ctx.facts.nominations.decide(
            application=row.application,
            season=ctx.instance.tenant,
            unit=code,
            state="chosen",
            opinion=str(opinion["opinion"]),
            attested={name: bool(opinion.get(name)) or by_proxy for name in ("no_violation", "mature")} | _signed(data, opinion),
            reason=row.reason,
            by_proxy=by_proxy,
            at=ctx.now,
            by=ctx.actor.id,
        )


def _signed(data: Data, opinion: Data) -> dict[str, str]:
    """Why the unit calls the experience mature (E05), and who signed the opinion when (§4.8), as far as it says so."""
    said = {"mature_reason": opinion.get("mature_reason"), **{name: data.get(name) for name in ("handler", "leader", "signed_on")}}
    return {name: str(text) for name, text in said.items() if text}


def _refuse_unsealed(ctx: Context, *, unit: str, opinions: int) -> None:
    """Each 推荐意见 comes with its sealed page (E12; 填报说明2)."""
    pages = [row for row in ctx.facts.documents.living(season=ctx.instance.tenant, owner=unit) if row.code == "D5.sealed"]
    if len(pages) < opinions:
        raise Refused(
            "opinion.seal",
            zh=f"推荐 {opinions} 项，已上传盖章的推荐意见页 {len(pages)} 份，请为每项推荐上传一份",
            en=f"{opinions} recommended, {len(pages)} sealed pages uploaded; upload one for each",
        )


def _refuse_unattested(number: str, row: Data, *, by_proxy: bool) -> None:
    """The unit answers for conduct (E03) and maturity (E05); recorded by the office, the sealed scan does."""
    if not by_proxy and not (row.get("no_violation") and row.get("mature")):
        raise Refused(
            "opinion.attestation",
            zh=f"请确认 {number} 无违法行为和不良记录（E03）、经验成熟且成效突出（E05）",
            en=f"attest for {number}: no offences (E03) and a mature, effective experience (E05)",
        )


def deliver(ctx: Context, _: Data) -> None:
    """Topic: tell every application of the unit what became of it."""
    code = variable(ctx, "unit")
    ctx.facts.people.change_unit(season=ctx.instance.tenant, code=code, delivered_at=ctx.now)
    chosen = {row.application for row in ctx.facts.nominations.of_unit(season=ctx.instance.tenant, unit=code, state="chosen")}
    for application in waiting(ctx, code):
        nominated = application.id in chosen
        kept = ctx.facts.nominations.get(application.id)
        decide(ctx, application, "nominated" if nominated else "not_nominated", reason=kept.reason if kept else None)


def lapse(ctx: Context, _: Data) -> None:
    """Topic: 推荐截止 passed without a list; nobody is recommended by this unit."""
    code = variable(ctx, "unit")
    for application in waiting(ctx, code):
        decide(ctx, application, "not_nominated", reason="推荐单位逾期未报送推荐名单")


def decide(ctx: Context, application: Fact, state: str, *, reason: str | None) -> None:
    """An application is `nominated` or `not_nominated`: kept, sent on, told."""
    if not ctx.facts.applications.move(application.id, state=state, at=ctx.now, reason=reason):
        return  # withdrawn while the unit delivered
    kept = ctx.facts.nominations.get(application.id)
    ctx.facts.nominations.decide(
        application=application.id,
        season=application.season,
        unit=str(application.unit),
        state=state,
        opinion=kept.opinion if kept else None,
        reason=reason,
        by_proxy=bool(kept and kept.by_proxy),
        at=ctx.now,
        by=ctx.actor.id,
    )
    if state == "not_nominated":
        ctx.facts.nominations.release_place(application.id)
    ctx.send("recommendation.decided", key=application.id, payload={"outcome": state})
    if state == "nominated":
        _keep_findings(ctx, application)
        tell(ctx, "09_nominated", [f"applicant_editor@{application.enterprise}", "office_clerk@caq"], about=application.id)


def _keep_findings(ctx: Context, application: Fact) -> None:
    """What the sealed submission is found to be when its unit recommends it: whoever checks it next sees what changed (§3)."""
    found_now = findings_of_sealed(ctx, application, counting_documents(ctx, application.id))
    ctx.facts.applications.note_findings(application=application.id, moment="nomination", findings=found_now, at=ctx.now)


def waiting(ctx: Context, code: str) -> list[Fact]:
    """The applications that wait for the unit's decision."""
    rows_: list[Fact] = ctx.facts.applications.of_season(ctx.instance.tenant, unit=code, state=list(BEFORE_UNIT))
    return rows_


def candidates(ctx: Context, code: str) -> dict[str, str]:
    """The same, application -> enterprise."""
    return {row.id: row.enterprise for row in waiting(ctx, code)}


HANDLERS = {"recommendation.deliver": deliver, "recommendation.lapse": lapse}
LISTENERS = {"nomination.deliver": seal, "nomination.sign_off": sign_off}
