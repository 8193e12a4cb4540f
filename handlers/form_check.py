"""形式审查: first check, second check, the director's confirmation; 补正 and its end."""

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    application_of,
    counting_documents,
    found,
    need,
    outcome,
    present_documents,
    refuse_after_due,
    refuse_same_person,
    rows,
    season_of,
    working_days_on,
)
from handlers.contact import ask
from handlers.form_correction import correct, demands, refuse_unknown_parts
from handlers.notify import tell
from handlers.submission import findings_of_sealed, under_seal
from selection import documents
from selection.calendar import day_end, local_day
from selection.eligibility import PREDICATES
from selection.errors import Refused, refuse_if_problems
from selection.examination import Attested
from selection.findings import refuse_if_blocked
from store.selection.subject import Fact

PARTS = {"form": "申报书", "commitment": "承诺书", "experience": "典型经验材料", "evidence": "证明材料", "opinion": "推荐意见", "other": "其他"}


def first(ctx: Context, data: Data) -> Variables:
    """N04a 初核. Data: five verdicts, proposal (pass, correct, reject), corrections [{part, demand}], reason. → proposal."""
    proposal = outcome({"outcome": data.get("proposal")}, "pass", "correct", "reject")
    application = application_of(ctx)
    rules = season_of(ctx).corrections
    asked = ctx.facts.form_checks.corrections(application.id)
    if proposal == "correct" and len(asked) >= rules.rounds:
        raise Refused(
            "correction.rounds",
            zh=f"补正以{rules.rounds}次为限，请作出通过或不通过的结论",
            en=f"only {rules.rounds} round(s) of correction; decide to pass or reject",
        )
    if proposal == "correct" and not rows(data, "corrections"):
        raise Refused("correction.items", zh="请列明需补正的材料", en="list what has to be corrected")
    refuse_unknown_parts(ctx, rows(data, "corrections"))
    if proposal == "reject":
        need(data, "reason", zh="请写明不通过的理由", en="give the reason for rejecting")
    if proposal == "pass":
        _refuse_lapsed(asked)
        _refuse_faults(data)
        _refuse_ineligible(ctx, application)
    ctx.facts.form_checks.begin(
        application=application.id,
        proposal=proposal,
        items=rows(data, "corrections"),
        reason=str(data.get("reason") or "") or None,
        at=ctx.now,
        by=ctx.actor.id,
    )
    ctx.facts.applications.move(application.id, state="form_check", at=ctx.now)
    return {"proposal": proposal}


def _refuse_lapsed(asked: list[Fact]) -> None:
    """逾期终止: who did not answer a 补正 in time does not pass."""
    if asked and asked[-1].answered_at is None:
        raise Refused("correction.lapsed", zh="申报单位逾期未补正，不能通过形式审查", en="no correction came in time; it cannot pass")


def _refuse_faults(data: Data) -> None:
    faults = [name for name in ("complete", "eligible", "sealed", "unit_fits", "unique") if data.get(name) == "fault"]
    if faults:
        raise Refused(
            "form_check.faults",
            zh="有不符合项时不能建议通过，请改为补正或不通过",
            en=f"faults were found ({', '.join(faults)}); do not pass",
        )


def _refuse_ineligible(ctx: Context, application: Fact) -> None:
    """Pass only what meets every blocking predicate, the unit's attestations included (§3, E03, E05, E12)."""
    nomination = ctx.facts.nominations.get(application.id)
    attested = (nomination.attested or {}) if nomination else {}
    word = Attested(
        mature=bool(attested.get("mature")),
        conduct=bool(attested.get("no_violation")),
        sealed_opinion=bool(nomination and nomination.state == "nominated" and nomination.opinion),
    )
    papers = counting_documents(ctx, application.id)
    checks = findings_of_sealed(ctx, application, papers, attested=word) or found(None, what="申报书")
    ctx.facts.applications.note_findings(application=application.id, moment="form_check", findings=checks, at=ctx.now)
    refuse_if_blocked([one for one in checks if one.id in PREDICATES], code="eligibility")
    present = [(row.code, row.name) for row in papers]
    refuse_if_problems(documents.missing(season=season_of(ctx), stage="apply", present=present), code="document.missing")


def second(ctx: Context, data: Data) -> None:
    """N04b 复核 by another clerk. Data: comment, outcome (agree, disagree)."""
    decision = outcome(data, "agree", "disagree")
    application = application_of(ctx)
    row = found(ctx.facts.form_checks.last(application.id), what="初核意见")
    refuse_same_person(ctx, row.first_by)
    ctx.facts.form_checks.change(application=application.id, turn=row.round, second_by=ctx.actor.id, second_outcome=decision)


def take_back(ctx: Context, _: Data) -> None:
    """N04a, N04b taken back by their maker: what the second person said of the round is gone; a first check made anew is a round of its own (§14)."""
    application = application_of(ctx)
    row = found(ctx.facts.form_checks.last(application.id), what="初核意见")
    ctx.facts.form_checks.change(application=application.id, turn=row.round, second_by=None, second_outcome=None)


def confirm(ctx: Context, data: Data) -> None:
    """N04c: the director confirms; only then is anybody told (§14)."""
    decision = outcome(data, "confirm", "return")
    application = application_of(ctx)
    row = found(ctx.facts.form_checks.last(application.id), what="初核意见")
    ctx.facts.form_checks.change(
        application=application.id, turn=row.round, director=ctx.actor.id, director_outcome=decision, closed_at=ctx.now
    )


def request_correction(ctx: Context, _: Data) -> Variables:
    """Topic: ask the applicant for 补正 within the season's working days (2023: 3). → asked (ISO: the end of the day from which they count)."""
    application = application_of(ctx)
    row = found(ctx.facts.form_checks.last(application.id), what="初核意见")
    due = working_days_on(ctx, season_of(ctx).corrections.working_days)
    ctx.facts.form_checks.ask_correction(application=application.id, items=row.items, at=ctx.now, due=due)
    ctx.facts.applications.move(application.id, state="correction_requested", at=ctx.now)
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    tell(ctx, "17_correction", people, about=application.id, items=demands(ctx, row.items, PARTS), due=due)
    # The groups do not wait for a 补正: this may have been the last application they waited for.
    ctx.later("progress.form_check", payload={"season": application.season}, dedupe=f"progress.form_check:{application.season}")
    return {"asked": day_end(local_day(ctx.now)).isoformat()}


def submit_correction(ctx: Context, data: Data) -> None:
    """N04d 补正. Data: explanation, changes of the form [{field, value}]; the listed files were attached before."""
    refuse_after_due(ctx, name="补正期限")
    application = application_of(ctx)
    refuse_if_problems(
        documents.missing(season=season_of(ctx), stage="apply", present=present_documents(ctx, application.id)), code="document.missing"
    )
    row = ctx.facts.form_checks.corrections(application.id)[-1]
    changes = correct(ctx, application, items=row.items, data=data)
    due = row.due if ctx.task is None or ctx.task.due is None else ctx.task.due  # as the office has extended it
    ctx.facts.form_checks.answer_correction(
        application=application.id,
        turn=row.round,
        data={**data, "changes": changes},
        documents=under_seal(ctx, application),
        due=due,
        at=ctx.received,
        by=ctx.actor.id,
    )
    ctx.facts.applications.move(application.id, state="form_check", at=ctx.now)
    if changes:
        ask(ctx, application, ctx.facts.applications.form(application.id, state="submitted"))


def lapse_correction(ctx: Context, _: Data) -> None:
    """Topic: no correction came in time (逾期终止)."""
    application = application_of(ctx)
    ctx.facts.applications.move(application.id, state="form_check", at=ctx.now, reason="逾期未补正")


def conclude(ctx: Context, inputs: Data) -> Variables:
    """Topic: the confirmed result. Input: result (passed, rejected). → outcome, late (groups were formed already)."""
    application = application_of(ctx)
    passed = inputs.get("result") == "passed"
    late = passed and ctx.facts.calendar.has_reached(season=application.season, name="grouped")
    ctx.facts.applications.change(application.id, late=late)
    row = ctx.facts.form_checks.last(application.id)
    reason = (row.reason if row else None) or application.reason
    ctx.facts.applications.move(
        application.id, state="form_passed" if passed else "form_rejected", at=ctx.now, reason=None if passed else reason
    )
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    if passed:
        tell(ctx, "17_form_passed", people, about=application.id)
    else:
        tell(ctx, "17_form_rejected", people, about=application.id, reason=reason or {"zh": "逾期未补正", "en": "not corrected in time"})
    for job in ("progress.form_check", "progress.review"):
        ctx.later(job, payload={"season": application.season}, dedupe=f"{job}:{application.season}")
    return {"outcome": "passed" if passed else "rejected", "late": late}


HANDLERS = {"correction.request": request_correction, "correction.lapse": lapse_correction, "form_check.conclude": conclude}
LISTENERS = {
    "form_check.first": first,
    "form_check.second": second,
    "form_check.take_back": take_back,
    "form_check.confirm": confirm,
    "correction.submit": submit_correction,
}
