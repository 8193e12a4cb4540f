"""异议处理: lodge, intake, summary without the objector's name, statement, investigation, reply. Who objects stays with the office."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.contract import Context
from handlers.common import Data, Variables, found, need, outcome, rows, season_of, variable, working_days_on
from handlers.notify import tell, tell_stranger
from selection import objection as rules
from selection.errors import Refused
from selection.publicity import period, refuse_objection_outside
from store.selection.subject import Fact

EVIDENCE = "D13.objection"
MERGED = "merged"
DISPUTING = ("accepted", "upheld")
WORDS = {
    "upheld": {"zh": "异议成立", "en": "upheld"},
    "dismissed": {"zh": "异议不成立", "en": "not upheld"},
    "rejected": {"zh": "不予受理", "en": "not taken up"},
}
LANGUAGES = ("zh", "en")
MOST_RECEIPTS = 10  # to one address, of objections that are open: nobody fills another's mailbox (the page shows each receipt anyway)


def lodge(ctx: Context, data: Data) -> None:
    """Start check `objection.lodge`. Data: objection, item (application), name, contact, facts, evidence (stored files), channel, language (zh, en).

    Within the item's own period (§22); anonymous only with evidence that can be checked (A-69); not the same words a second time. Words and
    evidence are kept together or not at all.
    """
    objection = str(data.get("objection") or ctx.instance.business_key)
    application = str(data.get("item") or data.get("application"))
    batch, item = _public_item(ctx, application)
    published = found(item.starts and item, what="公示项目")
    refuse_objection_outside(
        period=period(season=season_of(ctx), item=application, published_at=published.starts, calendar=ctx.facts.calendar.calendar()),
        received=ctx.received,
    )
    name, contact, text = (str(data.get(field) or "").strip() for field in ("name", "contact", "facts"))
    evidence = rows(data, "evidence")
    rules.refuse_unfounded(season=season_of(ctx), name=name, contact=contact, facts=text, evidence=len(evidence))
    waiting = [one for one in ctx.facts.publicity.objections(season=ctx.instance.tenant) if one.closed_at is None and one.objector["contact"] == contact]
    rules.refuse_twice((name, text), known=[(one.objector["name"], one.facts) for one in waiting if one.application == application])
    receipt, language = _receipt(ctx), str(data.get("language"))
    language = language if language in LANGUAGES else "zh"
    ctx.facts.publicity.lodge(
        objection=objection,
        season=ctx.instance.tenant,
        batch=batch,
        application=application,
        receipt=receipt,
        channel=str(data.get("channel") or "page"),
        objector={"name": name, "contact": contact, "language": language},
        anonymous=not name,
        facts=text,
        received_at=ctx.received,
    )
    _show_in_season(ctx)
    for file in evidence:
        ctx.facts.documents.attach(season=ctx.instance.tenant, owner=objection, code=EVIDENCE, at=ctx.received, by=ctx.actor.id, **file)
    cause, number, code = f"receipt:{objection}", rules.number(receipt), receipt.rpartition("-")[2]
    tell(ctx, "33_objection_office", "office_clerk@caq", about=application, objection=number, due=_due(ctx, "acknowledge"))
    if len(waiting) < MOST_RECEIPTS:
        told = {"receipt": number, "code": code, "when": ctx.received}
        tell_stranger(ctx, "33_objection_receipt", name=name, contact=contact, cause=cause, language=language, **told)


def _show_in_season(ctx: Context) -> None:
    """While its list is public the season says whether an objection is open (§9.2)."""
    season = ctx.facts.calendar.season(ctx.instance.tenant)
    waiting = any(one.closed_at is None for one in ctx.facts.publicity.objections(season=ctx.instance.tenant))
    state = "objections_open" if waiting else "publicity"
    if season is not None and season.state in ("publicity", "objections_open") and season.state != state:
        ctx.facts.calendar.set_season_state(season=season.id, state=state, at=ctx.now)


def _receipt(ctx: Context) -> str:
    """A number to quote, with a part that nobody can guess: whoever has it may ask how far the objection is."""
    return f"{season_of(ctx).year}-YY-{ctx.facts.publicity.next_number('receipt'):04d}-{secrets.token_hex(6).upper()}"


def _public_item(ctx: Context, application: str) -> tuple[str, Fact]:
    for batch in reversed(ctx.facts.publicity.batches(ctx.instance.tenant, kind="publicity")):
        item = ctx.facts.publicity.item(batch=batch.id, application=application)
        if item is not None and item.starts is not None and item.state != "removed":
            return batch.id, item
    return "", found(None, what="公示项目")


def _due(ctx: Context, step: str) -> object:
    dates = rules.due_dates(season=season_of(ctx), received=ctx.received, calendar=ctx.facts.calendar.calendar())
    return getattr(dates, step)


def _case(ctx: Context) -> Fact:
    return found(ctx.facts.publicity.objection(variable(ctx, "objection")), what="异议")


def intake(ctx: Context, data: Data) -> None:
    """N12a 登记并受理异议. Data: channel, comment, duplicate_of, outcome (accept, reject, merge)."""
    decision, case = outcome(data, "accept", "reject", "merge"), _case(ctx)
    if decision == "merge":
        _merge(ctx, case, data)
        return
    accepted = decision == "accept"
    if not accepted:
        need(data, "comment", zh="请填写不予受理的理由", en="give the reason for not accepting it")
    state = "accepted" if accepted else "rejected"
    ctx.facts.publicity.change_objection(case.id, state=state, intake=dict(data))
    show_in_case(ctx, case)


def show_in_case(ctx: Context, case: Fact) -> None:
    """A public line with an objection that is looked into, or was upheld, is 异议处理中 (§9.1); with none it is public until its period is over."""
    disputed = any(one.state in DISPUTING for one in ctx.facts.publicity.objections(application=case.application))
    application = found(ctx.facts.applications.get(case.application), what="申报")
    item = found(ctx.facts.publicity.item(batch=case.batch, application=case.application), what="公示项目")
    if disputed and application.state == "publicity":
        ctx.facts.applications.move(application.id, state="objected", at=ctx.now)
    if not disputed and application.state == "objected" and item.ends > ctx.now:
        ctx.facts.applications.move(application.id, state="publicity", at=ctx.now)


def _merge(ctx: Context, case: Fact, data: Data) -> None:
    """A duplicate is looked into and decided with the first objection to the same item (§8); its objector is answered all the same."""
    first = ctx.facts.publicity.objection(str(data.get("duplicate_of") or ""))
    if first is None or first.id == case.id or first.application != case.application or first.closed_at is not None or first.state == MERGED:
        raise Refused(
            "objection.duplicate",
            zh="请选择对同一项目提出、尚未办结的异议；已合并的异议请选择合并后的主异议",
            en="choose an open objection to the same item that is not merged itself",
        )
    ctx.facts.publicity.change_objection(case.id, state=MERGED, intake=dict(data))


def summarise(ctx: Context, data: Data) -> None:
    """N12b 编写异议摘要: what the applicant reads; it must not give the objector away (§14)."""
    case = _case(ctx)
    summary = need(data, "summary", zh="请填写异议摘要", en="write the summary")
    rules.refuse_leak(summary=summary, secrets=[str((case.objector or {}).get(key) or "") for key in ("name", "contact")])
    ctx.facts.publicity.change_objection(case.id, summary={"text": summary, "by": ctx.actor.id})
    due = working_days_on(ctx, season_of(ctx).objection.answer)
    application = found(ctx.facts.applications.get(case.application), what="申报")
    people = f"applicant_editor@{application.enterprise}"
    tell(ctx, "33_objection_statement", people, about=application.id, objection=rules.number(case.receipt), due=due)


def state_answer(ctx: Context, data: Data) -> None:
    """N12c 书面说明 of the applicant. Data: statement; papers are D13 files."""
    need(data, "statement", zh="请填写书面说明", en="write the statement")
    ctx.facts.publicity.change_objection(variable(ctx, "objection"), statement={**data, "at": ctx.received.isoformat(), "by": ctx.actor.id})


def investigate(ctx: Context, data: Data) -> None:
    """N12f / N12g 调查核实. Data: findings, unit_opinion, proposal, reason, outcome (report, extend once)."""
    case = _case(ctx)
    if outcome(data, "report", "extend") == "extend":
        rules.refuse_extension(season=season_of(ctx), extensions=case.extensions)
        need(data, "reason", zh="请填写延长的理由", en="give the reason for the extension")
        ctx.facts.publicity.change_objection(case.id, extensions=case.extensions + 1)
        return
    need(data, "findings", zh="请填写调查核实情况", en="write what was found")
    ctx.facts.publicity.change_objection(case.id, investigation={**data, "by": ctx.actor.id})


def answer(ctx: Context, data: Data) -> None:
    """N12e 答复异议人和申报单位. Data: to_objector, to_enterprise."""
    need(data, "to_objector", zh="请填写对异议人的答复", en="write the answer to the objector")
    ctx.facts.publicity.change_objection(variable(ctx, "objection"), reply={**data, "by": ctx.actor.id})


def conclude(ctx: Context, _: Data) -> Variables:
    """Topic: the case is closed; when none is open any more the batch goes on. → verdict."""
    case = _case(ctx)
    if case.state in ("rejected", MERGED):
        verdict = "dismissed"
    else:
        verdict = str(ctx.instance.variables.get("verdict") or "dismissed")
        if verdict not in ("upheld", "dismissed"):
            raise Refused("objection.verdict", zh="审议结论不明，请核对会议纪要", en="the verdict is not clear; look at the minutes")
    state = case.state if case.state in ("rejected", MERGED) else verdict
    ctx.facts.publicity.change_objection(case.id, verdict=verdict, state=state, closed_at=ctx.now)
    _show_in_season(ctx)
    if case.state == MERGED:
        _hand_evidence_on(ctx, case)  # who objects hears of the decision, once: with the objection that this one was merged into
    else:
        _tell_verdict(ctx, case, verdict)
        _conclude_merged(ctx, case, verdict)
    show_in_case(ctx, case)
    still_open = ctx.facts.publicity.open_objections(batch=case.batch)
    if not still_open:
        ctx.send("batch.objections_settled", key=case.batch)
    if all(row.application != case.application for row in still_open):  # a corrected line waits for its own
        ctx.send("item.objections_settled", key=f"{case.batch}/{case.application}", ttl=timedelta(days=1))
    return {"verdict": verdict}


def _hand_evidence_on(ctx: Context, case: Fact) -> None:
    """What a merged objection brought is looked into with the first: its files lie with that one too, each named by the receipt it came with."""
    first = str((case.intake or {})["duplicate_of"])
    for file in ctx.facts.documents.living(season=case.season, owner=case.id, code=EVIDENCE):
        name = f"{rules.number(case.receipt)} {file.name}"
        kept = {"size": file.size, "type": file.type, "sha256": file.sha256, "at": file.at, "by": file.by}
        ctx.facts.documents.attach(season=case.season, owner=first, code=EVIDENCE, name=name, **kept)


def _conclude_merged(ctx: Context, case: Fact, verdict: str) -> None:
    """What was merged into this objection has its verdict and answer, and each objector hears of it."""
    for one in ctx.facts.publicity.objections(application=case.application):
        if one.state == MERGED and (one.intake or {}).get("duplicate_of") == case.id:
            said = [str((row.reply or {}).get("to_objector") or "") for row in (one, case)]
            reply = {**(one.reply or {}), "to_objector": "\n\n".join(text for text in said if text)}
            ctx.facts.publicity.change_objection(one.id, verdict=verdict, state=verdict, reply=reply)
            _tell_objector(ctx, one, WORDS[verdict], reply, cause=f"merged:{one.id}")


def _tell_verdict(ctx: Context, case: Fact, verdict: str) -> None:
    _tell_objector(ctx, case, WORDS.get(case.state, WORDS[verdict]), case.reply, cause=f"decided:{case.id}")
    application = found(ctx.facts.applications.get(case.application), what="申报")
    details = str((case.reply or {}).get("to_enterprise") or "")
    people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
    about: dict[str, Any] = {"objection": rules.number(case.receipt), "outcome": WORDS[verdict], "details": details}
    tell(ctx, "35_objection_decided_enterprise", people, about=application.id, **about)


def _tell_objector(ctx: Context, case: Fact, words: Mapping[str, str], reply: Mapping[str, Any] | None, *, cause: str) -> None:
    objector = case.objector or {}
    tell_stranger(
        ctx,
        "35_objection_decided",
        name=str(objector.get("name") or ""),
        contact=str(objector.get("contact") or ""),
        cause=cause,
        language=str(objector.get("language") or "zh"),
        receipt=rules.number(case.receipt),
        outcome=words,
        details=str((reply or {}).get("to_objector") or ""),
    )


HANDLERS = {"objection.conclude": conclude}
LISTENERS = {
    "objection.lodge": lodge,
    "objection.intake": intake,
    "objection.summarise": summarise,
    "objection.statement": state_answer,
    "objection.investigate": investigate,
    "objection.reply": answer,
}
