"""What a submission needs: the bound credit code, a unit that still takes applications, completeness, papers, predicates. Keeps the form."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from engine.contract import Context
from handlers.common import Data, deadline, present_documents, season_of
from selection import documents, examination
from selection.calendar import local_day
from selection.deadlines import unit_acceptance
from selection.errors import NotFound, Refused, refuse_if_problems
from selection.findings import Finding, refuse_if_blocked
from selection.form import completeness, flat
from selection.nomination import Preregistered, match_preregistered
from store.selection.queries_checks import known_of
from store.selection.subject import Fact

# What only the sealed submission (N02b) brings: fields, documents, checks.
SEALED = ("commitment_accepted", "signatory_name", "signatory_role", "signed_on", "no_state_secret", "shares_experience", "D1", "D11", "D4")
SEALED_CHECKS = ("E06", "E10", "E11", "X02", "X03", "X08")


def form_of(data: Data) -> dict[str, Any]:
    """The form itself, without the outcome of the task."""
    return {name: value for name, value in data.items() if name != "outcome"}


def refuse_other_code(ctx: Context, application: Fact, form: Data) -> None:
    """An account is bound to one USCC (A-03)."""
    enterprise = ctx.facts.people.enterprise(application.enterprise)
    if enterprise is None or str(flat(form).get("uscc") or "").strip().upper() != enterprise.uscc:
        raise Refused(
            "uscc.bound",
            zh="申报书的统一社会信用代码与账号绑定的不一致，请更正，或向办公室申请变更",
            en="the credit code differs from the one your account is bound to; correct it or ask the office",
        )


def refuse_unknown_unit(ctx: Context, application: Fact, form: Data) -> None:
    """One unit of the season's list (E09) that has not delivered and whose own 单位受理截止 has not passed, unless it holds the application already."""
    code = str(flat(form).get("recommending_unit_id") or "")
    try:
        season_of(ctx).unit(code)
    except NotFound as missing:  # what a form names is to be corrected, not hidden
        raise Refused(missing.code, zh=missing.zh, en=missing.en, ids=("E09",)) from missing
    unit = ctx.facts.people.unit(season=ctx.instance.tenant, code=code)
    if unit is None:
        return
    if unit.delivered_at is not None:
        raise Refused(
            "unit.delivered", zh="该推荐单位已报送推荐名单，请选择其他推荐单位", en="that unit has delivered its list; choose another"
        )
    is_held = application.submitted_at is not None and application.unit == code  # returned for change, or as it stands
    until = _accepts_until(ctx, unit)
    if until is not None and ctx.received >= until and not is_held:
        raise Refused(
            "unit.intake", zh="该推荐单位的受理时间已过，请与其联系或选择其他推荐单位", en="that unit no longer takes applications"
        )


def _accepts_until(ctx: Context, unit: Fact) -> datetime | None:
    """单位受理截止 as far as it refuses anybody: the unit's own; the default only where the season says that it binds (§14, G01)."""
    rules = season_of(ctx).unit_rules
    own: datetime | None = unit.intake_until
    if own is not None or not rules.acceptance_binds:
        return own
    return unit_acceptance(recommendation=deadline(ctx, "推荐截止"), days=rules.acceptance_days)


def refuse_unfit(ctx: Context, application: Fact, form: Data) -> None:
    """Everything that must hold at the sealed submission; the findings are kept with what they were decided from."""
    season, present = season_of(ctx), present_documents(ctx, application.id)
    refuse_other_code(ctx, application, form)
    refuse_unknown_unit(ctx, application, form)
    refuse_if_problems(completeness(season=season, form=form, documents=present), code="form.incomplete")
    refuse_if_problems(documents.missing(season=season, stage="apply", present=present), code="document.missing")
    ctx.facts.people.lock_enterprise(application.enterprise)
    findings = findings_of(ctx, application, form)
    refuse_if_blocked(findings, code="eligibility")
    ctx.facts.applications.note_findings(application=application.id, moment="submit", findings=findings, at=ctx.received)


def before_seal(findings: list[Finding]) -> list[Finding]:
    """At N02a the undertakings, the seal and the files may still be missing: those checks wait for N02b."""
    return [finding for finding in findings if finding.id not in SEALED_CHECKS]


def findings_of(ctx: Context, application: Fact, form: Data) -> list[Finding]:
    """What a submission now is found to be: `selection.examination` on the form and on what the facts know."""
    papers = ctx.facts.documents.living(season=application.season, owner=application.id)
    return _examined(ctx, application, form, _known(ctx, application, papers))


def findings_of_sealed(
    ctx: Context, application: Fact, papers: Sequence[Fact], *, attested: examination.Attested | None = None
) -> list[Finding]:
    """The same of the submission that counts, as whoever checks it finds it: its form, its papers, the unit that holds it and what that attests.

    Empty: nothing was submitted.
    """
    form = ctx.facts.applications.form(application.id, state="submitted")
    if form is None:
        return []
    known = _known(ctx, application, papers)
    return _examined(ctx, application, form.data, replace(known, acting_unit=str(application.unit or ""), attested=attested))


def _examined(ctx: Context, application: Fact, form: Data, known: examination.Known) -> list[Finding]:
    until = deadline(ctx, season_of(ctx).eligibility.reference, case=application.id)
    return examination.findings(season=season_of(ctx), form=form, known=known, until=until, today=local_day(ctx.received))


def _known(ctx: Context, application: Fact, papers: Sequence[Fact]) -> examination.Known:
    return known_of(ctx.facts.connection, application, papers, season=season_of(ctx))


def under_seal(ctx: Context, application: Fact) -> dict[str, list[list[str]]]:
    """The papers that are handed in now: code -> name and SHA-256 of each."""
    files: dict[str, list[list[str]]] = {}
    for row in ctx.facts.documents.living(season=application.season, owner=application.id):
        files.setdefault(row.code, []).append([row.name, row.sha256])
    return files


def keep_corrected(ctx: Context, application: Fact, form: dict[str, Any]) -> None:
    """Keep the form as a 补正 has it: checked anew (E01–E17, X01–X19, 编写说明), it counts from now on; the day of the submission stays."""
    papers = ctx.facts.documents.living(season=application.season, owner=application.id)
    findings = _examined(ctx, application, form, replace(_known(ctx, application, papers), acting_unit=str(application.unit or "")))
    refuse_if_blocked(findings, code="eligibility")
    ctx.facts.applications.note_findings(application=application.id, moment="submit", findings=findings, at=ctx.received)
    keep(ctx, application, form, state="submitted", is_new=False)


def keep(ctx: Context, application: Fact, form: dict[str, Any], *, state: str, is_new: bool = True) -> None:
    """Keep the form as a version (``checked`` or ``submitted``) with the hashes of its papers; its main fields go to the application.

    ``is_new``: a submission of its own; else it corrects the one that counts.
    """
    files = under_seal(ctx, application)
    digest = hashlib.sha256(orjson.dumps([form, files], option=orjson.OPT_SORT_KEYS)).hexdigest()
    version = ctx.facts.applications.save_form(
        application=application.id, data=form, digest=digest, state=state, documents=files, at=ctx.received, by=ctx.actor.id
    )
    filled = flat(form)
    plain = {
        "unit": filled.get("recommending_unit_id"),
        "experience_name": filled.get("experience_name"),
        "focus_area": filled.get("focus_area"),
        "industry_code": filled.get("industry_code"),
    }
    counts = {"version": version} if state == "submitted" else {}
    sealed = {"submitted_at": ctx.received, **_flags(ctx, application, filled)} if counts and is_new else {}
    ctx.facts.applications.change(application.id, **plain, **counts, **sealed)


def _flags(ctx: Context, application: Fact, form: Data) -> dict[str, Any]:
    """Whether the unit had this experience on its own sealed list before it was filed (AMB-07)."""
    unit = str(form.get("recommending_unit_id") or "")
    listed = [
        Preregistered(id=f"{row.unit}/{row.uscc}", uscc=row.uscc, experience_name=row.experience_name)
        for row in ctx.facts.people.preregistered(season=application.season, unit=unit)
    ]
    name = str(form.get("experience_name") or "")
    known = match_preregistered(entries=listed, code=str(form.get("uscc") or ""), experience_name=name)
    return {"flags": {**(application.flags or {}), "preregistered": known is not None}} if listed else {}
