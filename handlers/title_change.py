"""What everybody reads of a title, changed by two of the office (§14): an entry of the library, the record of a title of an earlier year.

One proposes with a reason, another agrees; what stood before, who, when and why stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.contract import Context
from handlers.common import Data, found, need, outcome, refuse_same_person, refuse_unless_office, season_of, texts, variable
from selection import library
from selection import title as rules
from selection.calendar import local_day
from selection.errors import Conflict, Refused
from store.selection.library import last_act
from store.selection.subject import Fact

Change = tuple[dict[str, Any], dict[str, Any]]  # what stood, what is to stand: field → value
LIBRARY, RECORD = "library", "record"


def propose(ctx: Context, data: Data) -> None:
    """Start check `title_change.propose`. Data: reason; of an entry summary and documents (ids), of a record its texts. One at a time."""
    refuse_unless_office(ctx)
    title, kind = _title(ctx), variable(ctx, "kind")
    if kind not in PROPOSED or any(row.state == "proposed" for row in ctx.facts.titles.changes(title.id, kind=kind)):
        raise Conflict("title.waits", zh="已有一项变更待另一人复核，请先办结", en="a change waits for its second person already")
    wrong, right = PROPOSED[kind](ctx, title, data)
    reason = str(data.get("reason") or "").strip()
    ctx.facts.titles.propose_change(title=title.id, kind=kind, wrong=wrong, right=right, reason=reason, by=ctx.actor.id, at=ctx.now)


def _entry(ctx: Context, title: Fact, data: Data) -> Change:
    """An entry of the library: only what the holder lets everybody read (办法 §9(4))."""
    said = {"summary": str(data.get("summary") or "").strip(), "documents": texts(data, "documents")}
    _refuse_unallowed(ctx, title, said, grounds=str(data.get("reason") or ""))
    return {}, said


def _refuse_unallowed(ctx: Context, title: Fact, said: Mapping[str, Any], *, grounds: str) -> None:
    papers = ctx.facts.documents
    counted = papers.counting(rules=season_of(ctx), season=title.season, owner=title.application) if title.application else []
    own, allowed = papers.living(season=title.season, owner=title.id), library.allowed(title.video)
    offered = {row.id: row.code.partition(".")[0] for row in (*counted, *own) if library.may_show(row.code, allowed)}
    codes = frozenset(offered.get(one, one) for one in said["documents"])  # what is not offered is nobody's consent
    library.refuse_entry(entry=library.Entry(summary=said["summary"], codes=codes, grounds=grounds), title_state=title.state, said=title.video)


def _record(ctx: Context, title: Fact, data: Data) -> Change:
    """The record of a title that was brought in: what was typed wrong. What this house announced is corrected with its notice."""
    need(data, "reason", zh="请填写更正的理由", en="give the reason for the correction")
    if not title.imported:
        raise Refused("title.own", zh="本系统公告的称号请在“更正公告内容”中更正", en="what was announced here is corrected with its announcement")
    wrong, right = rules.corrected(
        standing=record_of(title), wanted=_wanted(title, data), season_year=season_of(ctx).year, today=local_day(ctx.now)
    )
    if "revoked" in right and ctx.facts.titles.case(title.id) is not None:
        raise Refused(
            "title.revoked_here",
            zh="该称号由本系统经批准撤销，撤销日期以撤销公告为准，不能在此更正",
            en="this title was revoked here, by an approved decision; its day is that of the notice and is not corrected as a slip",
        )
    return wrong, right


def _wanted(title: Fact, data: Data) -> rules.OldTitle:
    said = {name: str(data.get(name) or "").strip() for name in ("holder", "experience_name", "year", "uscc", "revoked")}
    year, code = rules.written_year(said["year"]), said["uscc"].upper()
    return replace(record_of(title), holder=said["holder"], experience=said["experience_name"], year=year, uscc=code, revoked=said["revoked"])


def record_of(title: Fact) -> rules.OldTitle:
    """The record of a title that was brought in, as it stands."""
    said = rules.record_texts(title)
    return rules.OldTitle(
        number=title.id, holder=said["holder"], experience=said["experience_name"], year=title.year, uscc=said["uscc"], revoked=said["revoked"]
    )


PROPOSED: Mapping[str, Callable[[Context, Fact, Data], Change]] = {LIBRARY: _entry, RECORD: _record}


def check(ctx: Context, data: Data) -> None:
    """N22 称号信息复核 by somebody else than who proposed it. Data: comment, outcome (agree, disagree). What was proposed must still be lawful."""
    decision, asked, title = outcome(data, "agree", "disagree"), _asked(ctx), _title(ctx)
    refuse_same_person(ctx, asked.by)
    if decision == "disagree":
        comment = need(data, "comment", zh="请填写不同意的理由", en="say why you disagree")
        ctx.facts.titles.close_change(asked.id, state="refused", second=ctx.actor.id, at=ctx.now, comment=comment)
        return
    if asked.kind == LIBRARY:
        _refuse_unallowed(ctx, title, asked.right, grounds=asked.reason)
        _refuse_withdrawn(ctx, asked)
    ctx.facts.titles.close_change(asked.id, state="done", second=ctx.actor.id, at=ctx.now)


def _refuse_withdrawn(ctx: Context, asked: Fact) -> None:
    """An entry that was taken off since it was proposed is not shown by an agreement to what was written before."""
    last = last_act(ctx.facts.connection, asked.title)
    if last is not None and last["act"] == "withdrawn" and last["at"] >= asked.at:
        raise Conflict(
            "library.withdrawn",
            zh="提出之后该经验已被撤下，不能按原提议公开；请选择不同意，仍需公开的请重新提出",
            en="the entry was withdrawn after this was proposed; disagree, and propose it again if it is to be shown",
        )


def apply(ctx: Context, _: Data) -> None:
    """Topic: the entry is shown, or the record reads as corrected."""
    asked, title = _asked(ctx), _title(ctx)
    if asked.kind == LIBRARY:
        ctx.facts.library.publish(
            title=title.id, summary=asked.right["summary"], documents=asked.right["documents"], reason=asked.reason, at=asked.closed_at,
            by=asked.by, second=asked.second,
        )  # fmt: skip
        return
    said = dict(asked.right)
    values: dict[str, object] = {name: said[name] for name in ("holder", "experience_name") if name in said}
    values |= {"year": int(said["year"])} if "year" in said else {}
    values |= {"uscc": said["uscc"] or None} if "uscc" in said else {}
    values |= {"revoked_at": rules.revoked_at(said["revoked"])} if "revoked" in said else {}
    ctx.facts.titles.change(title.id, **values)


def _title(ctx: Context) -> Fact:
    return found(ctx.facts.titles.get(variable(ctx, "title")), what="称号")


def _asked(ctx: Context) -> Fact:
    """The latest change of the kind: there is one at a time."""
    return found(next(iter(ctx.facts.titles.changes(variable(ctx, "title"), kind=variable(ctx, "kind"))[-1:]), None), what="变更")


HANDLERS = {"title_change.apply": apply}
LISTENERS = {"title_change.propose": propose, "title_change.check": check}
