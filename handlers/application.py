"""自愿申报: fill, check, seal, submit, return, withdraw, close. What must hold at a submission is decided here and in `selection`."""

from datetime import timedelta
from typing import Any

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    application_of,
    deadline,
    found,
    is_office,
    need,
    outcome,
    present_documents,
    refuse_after_due,
    refuse_late,
    refuse_unless_office,
    season_of,
    variable,
    working_days_on,
)
from handlers.contact import ask
from handlers.notify import drop_results, tell
from handlers.submission import SEALED, before_seal, findings_of, form_of, keep, refuse_other_code, refuse_unfit, refuse_unknown_unit
from selection import stages
from selection.errors import Conflict, Forbidden, Refused, refuse_if_problems
from selection.examination import CLOSE
from selection.findings import refuse_if_blocked
from selection.form import completeness, naming_unit
from selection.nomination import may_name_other_unit, needs_unit_confirmation
from store.selection.queries_public import season_by_id
from store.selection.subject import Fact

ENDED = ("withdrawn", "lapsed", "discarded", "terminated", "announced")
LETTERS = {
    "withdrawn": "04_withdrawn",
    "terminated": "04_closed",
    "not_nominated": "10_not_nominated",
}
NOT_LISTED = {"zh": "未列入推荐名单", "en": "not on the unit's list"}
ENDED_BEFORE = ("withdrawn", "terminated")  # by somebody's act, with a reason; a unit that had it need not work on it any more


def check(ctx: Context, data: Data) -> Variables | None:
    """N02a: keep the filled form, after the checks that need no seal. Data: the whole 申报书, outcome (next, discard)."""
    if data.get("outcome") == "discard":
        return None
    refuse_late(ctx, CLOSE)
    application = application_of(ctx)
    form = form_of(data)
    refuse_other_code(ctx, application, form)
    refuse_unknown_unit(ctx, application, form)
    missing = completeness(season=season_of(ctx), form=form, documents=present_documents(ctx, application.id))
    refuse_if_problems([one for one in missing if one.path not in SEALED], code="form.incomplete")
    refuse_if_blocked(before_seal(findings_of(ctx, application, form)), code="eligibility")
    keep(ctx, application, form, state="checked")
    return None


def submit(ctx: Context, data: Data) -> Variables | None:
    """N02b: the sealed submission. Data: the undertakings and signature, outcome (submit, back)."""
    if data.get("outcome") == "back":
        return None
    refuse_late(ctx, CLOSE)
    application = application_of(ctx)
    kept = ctx.facts.applications.form(application.id, state="checked")
    form = {**(kept.data if kept else {}), **form_of(data)}
    refuse_unfit(ctx, application, form)
    keep(ctx, application, form, state="submitted")
    return None


def resubmit(ctx: Context, data: Data) -> Variables | None:
    """N02c: the changed form replaces the earlier one, which stays valid until now (§14)."""
    if data.get("outcome") == "discard":
        raise Refused("application.submitted", zh="申报已提交，如需放弃请办理撤回", en="it is submitted already; withdraw it instead")
    refuse_late(ctx, CLOSE)
    refuse_after_due(ctx, name="修改退回材料期限")
    application = application_of(ctx)
    earlier = ctx.facts.applications.form(application.id, state="submitted")
    form = {**(earlier.data if earlier else {}), **form_of(data)}
    refuse_unfit(ctx, application, form)
    keep(ctx, application, form, state="submitted")
    return {"outcome": "submitted"}


def submitted(ctx: Context, _: Data) -> Variables:
    """Topic: number, receipt and word to the unit. → unit, unit_conflict, outcome."""
    application = application_of(ctx)
    number = ctx.facts.applications.give_number(application=application.id, season=application.season, year=season_of(ctx).year)
    ctx.facts.applications.move(application.id, state="submitted", at=ctx.now)
    others = {row.unit for row in ctx.facts.applications.others_of_enterprise(application) if row.unit} | _sealed_by(ctx, application)
    in_conflict = bool(needs_unit_confirmation(unit=application.unit or "", other_units=others))
    _hand_to_unit(ctx, application.id, str(application.unit))
    form = ctx.facts.applications.form(application.id)
    files = ctx.facts.documents.living(season=application.season, owner=application.id)
    tell(
        ctx,
        "04_submitted",
        f"applicant_editor@{application.enterprise}",
        about=application.id,
        cause=f"submitted:{form.version if form else 0}",
        receipt=f"{number}-{form.version if form else 0}",
        when=ctx.now,
        documents=[{"name": row.name, "sha256": row.sha256} for row in files],
    )
    ask(ctx, application, form)
    if in_conflict:
        _tell_of_conflict(ctx, application, others - {application.unit})
    return {"unit": application.unit, "unit_conflict": in_conflict, "outcome": "submitted"}


def _tell_of_conflict(ctx: Context, application: Fact, others: set[str]) -> None:
    """Each unit that the enterprise is named at reads the others, and the enterprise that it is to confirm one (§9.3, 16)."""
    named = {code: season_of(ctx).unit(code).name for code in sorted({str(application.unit), *others})}
    for code in named:
        rest = "、".join(name for other, name in named.items() if other != code)
        tell(ctx, "16_other_unit", f"ru_officer@{code}", about=application.id, unit=rest)
    reason = {"zh": f"申报同时涉及{'、'.join(named.values())}", "en": "more than one recommending unit is named for the enterprise"}
    due = working_days_on(ctx, season_of(ctx).unit_rules.confirm_working_days)
    tell(ctx, "10_choose_unit", f"applicant_editor@{application.enterprise}", about=application.id, reason=reason, due=due)


def _sealed_by(ctx: Context, application: Fact) -> set[str]:
    """The units that have this experience on a sealed list of their own (AMB-07)."""
    enterprise = found(ctx.facts.people.enterprise(application.enterprise), what="申报单位")
    lines = ctx.facts.people.sealed_lines(season=application.season, uscc=enterprise.uscc)
    same = "".join(str(application.experience_name or "").split())
    return {row.unit for row in lines if "".join(row.experience_name.split()) == same}


def _hand_to_unit(ctx: Context, application: str, unit: str) -> None:
    ctx.send("application.submitted", key=unit, payload={"application": application})
    tell(ctx, "04_submitted_unit", f"ru_officer@{unit}", about=application, when=ctx.now)


def confirm_unit(ctx: Context, data: Data) -> Variables:
    """N02d after two units were named for one enterprise: the applicant confirms one. → unit."""
    application = application_of(ctx)
    unit = need(data, "unit", zh="请选择一个推荐单位", en="choose one recommending unit")
    if unit != application.unit:
        refuse_late(ctx, CLOSE)
        _move_to_unit(ctx, application, unit)
        _hand_to_unit(ctx, application.id, unit)
    return {"unit": unit}


def choose_unit(ctx: Context, data: Data) -> Variables | None:
    """N02d after a refusal: another unit before 申报截止, or the end (§14). → unit."""
    if outcome(data, "other", "end") == "end":
        return None
    application = application_of(ctx)
    if not may_name_other_unit(refused=True, now=ctx.received, deadline=deadline(ctx, CLOSE)):
        refuse_late(ctx, CLOSE)
    unit = need(data, "unit", zh="请选择另一个推荐单位", en="choose another recommending unit")
    if unit == application.unit:
        raise Refused("unit.same", zh="该单位已决定不予推荐，请选择另一个推荐单位", en="that unit has declined; choose another one")
    _move_to_unit(ctx, application, unit)
    return {"unit": unit}


def _move_to_unit(ctx: Context, application: Fact, unit: str) -> None:
    refuse_unknown_unit(ctx, application, {"recommending_unit_id": unit})
    _leave_unit(ctx, application)
    submitted = ctx.facts.applications.form(application.id, state="submitted")
    if submitted is None:
        ctx.facts.applications.change(application.id, unit=unit)
    else:  # the 申报书 names the unit that has it (X04)
        keep(ctx, application, naming_unit(submitted.data, unit), state="submitted")


def _leave_unit(ctx: Context, application: Fact) -> None:
    """The place is free for others, and the unit need not review it any more. Word to a review that has yet to begin waits a day."""
    ctx.facts.nominations.release_place(application.id)
    if application.unit:
        ctx.send("application.left", key=f"{application.unit}/{application.id}", ttl=timedelta(days=1))


def may_rechoose(ctx: Context, _: Data) -> Variables:
    """Topic: whether another unit may still be named. → open."""
    application = application_of(ctx)
    is_open = may_name_other_unit(refused=True, now=ctx.now, deadline=deadline(ctx, CLOSE))
    if is_open:
        nomination = ctx.facts.nominations.get(application.id)
        reason = (nomination.reason if nomination else None) or {"zh": "推荐单位决定不予推荐", "en": "the unit does not recommend it"}
        due = deadline(ctx, CLOSE)
        tell(ctx, "10_choose_unit", f"applicant_editor@{application.enterprise}", about=application.id, reason=reason, due=due)
    return {"open": is_open}


def may_begin(ctx: Context, _: Data) -> None:
    """Start check: one begins an application for one's own enterprise while applications are open; the office for anybody at any time.

    The draft is kept here, with the case: there is neither without the other.
    """
    application, enterprise = variable(ctx, "application"), variable(ctx, "enterprise")
    known, free = ctx.facts.applications.get(application), is_office(ctx)
    own = f"applicant_editor@{enterprise}" in ctx.actor.groups
    if not (own or free) or (known is not None and known.enterprise != enterprise):
        raise Forbidden("application.foreign", zh="只能为本单位开始申报", en="you can begin an application for your own enterprise only")
    if not free:
        _refuse_closed(ctx)
    if known is None:
        if not ctx.facts.applications.is_reserved(application):
            found(None, what="申报")
        ctx.facts.applications.draft(application, season=ctx.instance.tenant, enterprise=enterprise, at=ctx.now)


def _refuse_closed(ctx: Context) -> None:
    """Applications begin between 申报开始 and 申报截止 (exclusive end), after the notice. Raises Refused."""
    row = season_by_id(ctx.facts.connection, ctx.instance.tenant)
    state = row["state"] if row is not None else found(None, what="遴选活动")
    if state in ("suspended", "cancelled"):
        raise Refused(
            "application.suspended", zh="本年度活动已暂停或取消，目前不能开始申报。", en="The season is suspended or cancelled; no application begins now."
        )
    if state == "planned" or ctx.now < deadline(ctx, "申报开始"):
        raise Refused(
            "application.early", zh="申报尚未开始，请留意活动通知。", en="Applications are not open yet; please watch for the notice."
        )
    if ctx.now >= deadline(ctx, CLOSE):
        raise Refused("application.closed", zh="本年度申报已经截止，不能再开始申报。", en="Applications of this season are closed.")


def may_withdraw(ctx: Context, data: Data) -> None:
    """Message check: the applicant withdraws until the season's step has decided, afterwards the office only (§14, A-08). Data: reason."""
    application = application_of(ctx)
    if application.state in ENDED:
        raise Conflict("application.ended", zh="该申报已办结，不能撤回", en="the application has ended; it cannot be withdrawn")
    owners = {f"{role}@{application.enterprise}" for role in ("applicant_editor", "applicant_signatory")}
    if not (ctx.actor.groups & owners or is_office(ctx)):
        raise Forbidden("application.foreign", zh="只能撤回本单位的申报", en="only your own application can be withdrawn")
    until = season_of(ctx).withdrawal.applicant_until
    if not is_office(ctx) and not stages.may_withdraw(current=application.state, until=until):
        zh = "申报单位自行撤回的时间已过，如需撤回，请与办公室联系"
        raise Forbidden("application.withdrawal_over", zh=zh, en="the time to withdraw it yourself is over; ask the office to withdraw it")
    need(data, "reason", zh="请填写撤回的原因", en="say why you withdraw")


def may_terminate(ctx: Context, data: Data) -> None:
    """Message check: only the office ends an application, with a reason."""
    refuse_unless_office(ctx)
    need(data, "reason", zh="请填写终止的理由", en="give the reason")


def close(ctx: Context, inputs: Data) -> None:
    """Topic: the end of an application that goes no further. Input: state."""
    application = application_of(ctx)
    state = str(inputs.get("state") or ctx.instance.variables.get("outcome"))
    reason = str(ctx.instance.variables.get("reason") or "") or None
    if state in (*ENDED_BEFORE, "not_nominated"):
        _leave_unit(ctx, application)  # first: a unit that delivers at this moment takes nomination and application in the same order
        _leave_batch(ctx, application.id)
        ctx.facts.meetings.leave(application.id)
        drop_results(ctx, about=application.id, reason="申报已撤回或终止，结果不再告知")
    ctx.facts.applications.move(application.id, state=state, at=ctx.now, reason=reason)
    _close_letter(ctx, application, state)
    for job in ("progress.form_check", "progress.review", "progress.defence", "progress.settled"):
        ctx.later(job, payload={"season": application.season}, dedupe=f"{job}:{application.season}")


def _leave_batch(ctx: Context, application: str) -> None:
    for batch in ctx.facts.publicity.batches(ctx.instance.tenant):
        item = ctx.facts.publicity.item(batch=batch.id, application=application)
        if item is not None and item.state not in ("announced", "removed"):
            ctx.facts.publicity.change_item(batch=batch.id, application=application, state="removed")


def _close_letter(ctx: Context, application: Fact, state: str) -> None:
    """The applicant reads what became of it; its unit, what it need not work on any more."""
    if state not in LETTERS:
        return
    nomination = ctx.facts.nominations.get(application.id)
    by_act = str(ctx.instance.variables.get("reason") or "") if state in ENDED_BEFORE else ""
    facts: dict[str, Any] = {"when": ctx.now, "outcome": state, "reason": by_act or (nomination.reason if nomination else None) or NOT_LISTED}
    tell(ctx, LETTERS[state], f"applicant_editor@{application.enterprise}", about=application.id, cause=f"close:{state}", **facts)
    if state in ENDED_BEFORE and application.submitted_at is not None and application.unit:
        tell(ctx, "04_closed", f"ru_officer@{application.unit}", about=application.id, cause=f"close:{state}:unit", **facts)


HANDLERS = {"application.submitted": submitted, "application.may_rechoose": may_rechoose, "application.close": close}
LISTENERS = {
    "application.check": check,
    "application.submit": submit,
    "application.resubmit": resubmit,
    "application.confirm_unit": confirm_unit,
    "application.choose_unit": choose_unit,
    "application.may_begin": may_begin,
    "application.may_withdraw": may_withdraw,
    "application.may_terminate": may_terminate,
}
