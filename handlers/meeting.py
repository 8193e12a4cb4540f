"""评审委员会审议 (合议): convene, agenda, attendance, votes, record, minutes. Scores inform; it is the committee that decides."""

from collections.abc import Mapping

from engine.contract import Context
from handlers.common import (
    Data,
    Variables,
    deadline,
    end_of,
    found,
    is_midnight,
    numbered,
    outcome,
    read_instant,
    refuse_without_file,
    rows,
    season_of,
    texts,
    variable,
)
from handlers.experts import about, note_automatic
from handlers.notify import tell
from handlers.proposals import proposal_of
from handlers.sitting import PRESIDE, RANKED, Sitting, act_of, ballots, empty_the_box, keep_ballot, roll_of
from selection import meeting as rules
from selection import shortlist
from selection.calendar import local_day
from selection.errors import Forbidden, Refused
from store.selection.meeting import LEFT
from store.selection.subject import Fact

VERDICTS = {"approve": "upheld", "refuse": "dismissed", "further": "further"}


def convene(ctx: Context, inputs: Data) -> Variables:
    """Topic: call a meeting of a kind for what the process is about. → meeting."""
    season, kind = ctx.instance.tenant, str(inputs["kind"])
    subject = ctx.instance.business_key
    meeting = ctx.facts.meetings.convene(season=season, kind=kind, subject=subject, parent=ctx.instance.process, at=ctx.now)
    _put_items(ctx, meeting, kind)
    _find_conflicts(ctx, meeting)
    ctx.start(
        "deliberation", business_key=meeting, variables={"season": season, "meeting": meeting, "kind": kind}, dedupe=f"meeting:{meeting}"
    )
    return {"meeting": meeting}


def _put_items(ctx: Context, meeting: str, kind: str) -> None:
    if kind in RANKED:
        proposal, ranking = proposal_of(ctx, kind)
        for place, name in enumerate(ranking, start=1):
            ctx.facts.meetings.put_item(
                meeting=meeting,
                item=name,
                application=name,
                proposed=name in proposal.chosen,
                rank=place,
                qualified=False,
                reason=_absent(ctx, name) if kind == "award" else None,
            )
        return
    if kind == "objection":
        application = found(ctx.facts.publicity.objection(ctx.instance.business_key), what="异议").application
        ctx.facts.meetings.put_item(
            meeting=meeting, item=ctx.instance.business_key, application=application, proposed=None, rank=1, qualified=True
        )
        return
    for item in ctx.facts.publicity.items(ctx.instance.business_key, state="listed"):
        ctx.facts.meetings.put_item(
            meeting=meeting, item=item.application, application=item.application, proposed=True, rank=item.seq, qualified=False
        )


def _find_conflicts(ctx: Context, meeting: str) -> None:
    """The committee votes across the groups: who is in conflict with an item of another group leaves it, too (§7, A-60)."""
    known = {(row.expert, row.application) for row in ctx.facts.reviews.conflicts(season=ctx.instance.tenant)}
    members = ctx.facts.people.experts(list(_offices(ctx)))
    for item in ctx.facts.meetings.items(meeting):
        application = about(ctx, found(ctx.facts.applications.get(item.application), what="申报"))
        for member in (one for one in members if (one.id, item.application) not in known):
            note_automatic(ctx, member, application)


def _absent(ctx: Context, application: str) -> str | None:
    """A-11: absence counts as 0 in the defence; the second 合议 reads this beside the item and decides."""
    slot = ctx.facts.defences.slot(application)
    return "缺席答辩，答辩成绩按零分计" if slot is not None and slot.state == "absent" else None


def agenda(ctx: Context, data: Data) -> Variables:
    """N07a 准备合议材料. Data: held_at, place, mode, called (expert ids), presiding. → meeting_at, meeting_day_end (ISO)."""
    meeting = variable(ctx, "meeting")
    offices = _offices(ctx)
    called = texts(data, "called") or list(offices)
    strangers = len(set(called) - set(offices))  # not named: the secretary knows the committee, not the whole pool (§7)
    if strangers:
        zh = f"所选人员中有{strangers}人不是（或已不是）本年度评审委员会委员，请重新选择出席范围"
        en = f"{strangers} of those called are not, or no longer, of this season's committee; choose again who is called"
        raise Refused("meeting.called", zh=zh, en=en)
    if not any(offices[member] in PRESIDE for member in called):
        raise Refused("meeting.chair", zh="出席范围须包括主任委员或副主任委员", en="a chair or vice chair must be called")
    held_at = read_instant(data.get("held_at"))
    planned = season_of(ctx).meeting.planned.get(found(ctx.facts.meetings.get(meeting), what="会议").kind)
    rules.refuse_before_plan(held_at=held_at, planned=deadline(ctx, planned) if planned else None)
    ctx.facts.meetings.begin_again(meeting)
    ctx.facts.meetings.change(meeting, agenda=dict(data), place=str(data.get("place") or ""), held_at=held_at, state="prepared")
    for member in called:
        ctx.facts.meetings.attend(meeting=meeting, member=member, office=offices[member], present=False, at=ctx.now)
    ends = held_at if is_midnight(held_at) else end_of(local_day(held_at))
    return {"meeting_at": held_at.isoformat(), "meeting_day_end": ends.isoformat()}


def _offices(ctx: Context) -> dict[str, str]:
    return {row.expert: row.office for row in ctx.facts.people.committee(ctx.instance.tenant)}


def invite(ctx: Context, _: Data) -> None:
    """Topic: invite those who are called."""
    meeting = found(ctx.facts.meetings.get(variable(ctx, "meeting")), what="会议")
    name = season_of(ctx).meeting.kinds.get(meeting.kind, "评审委员会审议")
    people = [f"expert@{row.member}" for row in ctx.facts.meetings.attendance(meeting.id)]
    cause = f"meeting:{meeting.id}:{ctx.now.isoformat()}"
    tell(ctx, "26_meeting_invitation", people, cause=cause, meeting=name, when=meeting.held_at, place=meeting.place)


def save_attendance(ctx: Context, data: Data) -> None:
    """Act `attendance.save`: who is there, who presides. Only the secretary keeps the roll."""
    if "meeting_secretary@caq" not in ctx.actor.groups:
        raise Forbidden("meeting.secretary", zh="出席情况由会议秘书登记", en="the secretary keeps the roll")
    meeting = variable(ctx, "meeting")
    present = set(texts(data, "present"))
    for row in ctx.facts.meetings.attendance(meeting):
        ctx.facts.meetings.attend(meeting=meeting, member=row.member, office=row.office, present=row.member in present, at=ctx.now)
    ctx.facts.meetings.change(meeting, chair=str(data.get("presiding") or "") or None)


def cast_vote(ctx: Context, data: Data) -> None:
    """Act `vote.cast`: a member's own vote on one item. Data: item, choice (yes, no, abstain; withdrawn). The last of a member counts."""
    meeting = variable(ctx, "meeting")
    item = found(ctx.facts.meetings.item(meeting, str(data.get("item") or "")), what="议题")
    called = {row.member for row in ctx.facts.meetings.attendance(meeting)}
    if item.decision == LEFT:
        raise Refused("meeting.left", zh="该申报已撤回或终止，无须表决", en="that application was withdrawn or ended; it needs no vote")
    mine = [group.partition("@")[2] for group in sorted(ctx.actor.groups) if group.startswith("expert@")]
    member = next((expert for expert in mine if expert in called), "")
    conflicts = ctx.facts.reviews.conflicts(season=ctx.instance.tenant, expert=member)
    ballot = rules.Ballot(member, item.item, str(data.get("choice") or ""))
    roll = roll_of(ctx, meeting, presiding="", items=[item], conflicts=conflicts)
    cast = ballots(ctx, meeting, item.item)
    rules.refuse_ballot(roll=roll, ballot=ballot, cast=cast)
    if ballot not in rules.standing(cast):  # a second click on the same choice changes nothing
        keep_ballot(ctx, meeting, ballot, cast)


def record(ctx: Context, data: Data) -> None:
    """N07b 合议并登记表决结果. Data: present, presiding, recusals, items [{item, votes_for, votes_against, abstained, decision, reason}], outcome.

    Votes are counted together, on paper and electronic; a count that leaves a member's own ballot out is refused.
    """
    meeting = found(ctx.facts.meetings.get(variable(ctx, "meeting")), what="会议")
    save_attendance(ctx, data)
    presiding = str(data.get("presiding") or "")
    for row in rows(data, "recusals"):
        ctx.facts.meetings.recuse(meeting=meeting.id, item=str(row["item"]), member=str(row["member"]), reason=str(row.get("reason") or ""))
    listed = ctx.facts.meetings.items(meeting.id)
    items = [row for row in listed if row.decision != LEFT]
    conflicts = ctx.facts.reviews.conflicts(season=ctx.instance.tenant)
    roll = roll_of(ctx, meeting.id, presiding=presiding, items=items, conflicts=conflicts)
    if outcome(data, "decided", "no_quorum") == "no_quorum":
        ctx.facts.meetings.change(meeting.id, state="no_quorum")
        empty_the_box(ctx, meeting.id)
        return
    rules.refuse_without_quorum(season=season_of(ctx), roll=roll)
    gone = {row.item for row in listed if row.decision == LEFT}  # a page opened earlier may still hold their lines
    decided = {name: row for row in rows(data, "items") if (name := str(row["item"])) not in gone}
    missing = numbered(ctx, sorted({row.item for row in items} - set(decided)))
    if missing or len(decided) != len(items):
        raise Refused(
            "meeting.items", zh=f"请逐项登记表决结果：{'、'.join(missing)}", en=f"record the vote on every item: {', '.join(missing)}"
        )
    proposal = proposal_of(ctx, meeting.kind)[0] if meeting.kind in RANKED else None
    if proposal is not None:
        _refuse_unexplained(ctx, meeting, decided, proposal)
    sitting = Sitting(meeting, roll, proposal)
    for item in items:
        _decide(ctx, sitting, item, decided[item.item])
    ctx.facts.meetings.change(meeting.id, state="decided", held_at=meeting.held_at or ctx.now)


def _refuse_unexplained(ctx: Context, meeting: Fact, decided: Mapping[str, Data], proposal: shortlist.Proposal) -> None:
    chosen = [name for name, row in decided.items() if row.get("decision") == "approve"]
    reasons = {name: str(row.get("reason") or "") for name, row in decided.items()}
    shortlist.refuse_unexplained(season=season_of(ctx), proposal=proposal, decided=chosen, reasons=reasons, called=lambda one: numbered(ctx, [one])[0])
    excluded = {
        visit.application
        for visit in ctx.facts.defences.visits(season=meeting.season)
        if visit.conclusion in season_of(ctx).site_visit.excluding
    }
    if meeting.kind == "award" and excluded & set(chosen):
        names = "、".join(numbered(ctx, sorted(excluded & set(chosen))))
        raise Refused(
            "award.excluded", zh=f"{names} 现场考察结论为不实，不能列入推荐名单", en=f"found untrue on site, cannot be on the list: {names}"
        )


def _decide(ctx: Context, sitting: Sitting, item: Fact, row: Data) -> None:
    """One item: the count must carry what is recorded; a departure from the ranking needs the qualified majority (A-62)."""
    meeting, roll = sitting.meeting, sitting.roll
    decision = str(row.get("decision") or "")
    if decision not in VERDICTS or (decision == "further" and meeting.kind != "objection"):
        raise Refused("meeting.decision", zh="请登记每项的审议结论", en="record a conclusion for each item")
    act = act_of(sitting, item.item, decision)
    season, cast = season_of(ctx), ballots(ctx, meeting.id, item.item)
    count = rules.Count(*(int(row.get(name) or 0) for name in ("votes_for", "votes_against", "abstained")))
    tally = rules.decide(season=season, roll=roll, item=item.item, count=count, ballots=cast, act=act)
    departs = act == "override_rank" and decision == "refuse"
    if departs:
        carried = rules.tally(season=season, item=item.item, entitled=tally.entitled, yes=tally.no, no=tally.yes, act=act).carried
    else:
        carried = tally.carried if decision == "approve" else True
    if not carried or (decision == "refuse" and tally.carried and act == "list"):
        raise Refused(
            "vote.majority",
            zh=f"{item.item}：同意{tally.yes}票、不同意{tally.no}票（有表决权{tally.entitled}人），与登记的结论不符",
            en=f"{item.item}: {tally.yes} yes, {tally.no} no of {tally.entitled} do not carry what is recorded",
        )
    ctx.facts.meetings.put_item(
        meeting=meeting.id,
        item=item.item,
        decision=decision,
        reason=str(row.get("reason") or "") or None,
        qualified=act != "list",
        votes_for=tally.yes,
        votes_against=tally.no,
        abstained=tally.abstain,
    )


def take_back(ctx: Context, _: Data) -> None:
    """N07b taken back before the minutes are signed: the items are undecided again, recusals are recorded anew; ballots stay (§14)."""
    meeting = variable(ctx, "meeting")
    ctx.facts.meetings.reopen(meeting)
    ctx.facts.meetings.change(meeting, state="prepared")


def sign(ctx: Context, data: Data) -> None:
    """N07c 签署会议纪要. Data: text, signed_by, signed_on; entered by the secretary it needs the signed scan (D12)."""
    meeting = variable(ctx, "meeting")
    chairs = {f"committee_{office}@{ctx.instance.tenant}" for office in PRESIDE}
    by_proxy = not ctx.actor.groups & chairs
    if by_proxy:
        refuse_without_file(
            ctx, owner=meeting, code="D12.minutes", zh="请上传主任委员签署的会议纪要扫描件（D12）", en="upload the signed minutes (D12)"
        )
    signed_by = str(data.get("signed_by") or ctx.actor.id)
    ctx.facts.meetings.sign_minutes(meeting=meeting, data=data, signed_by=signed_by, by_proxy=by_proxy, document=None, at=ctx.now)


def conclude(ctx: Context, _: Data) -> None:
    """Topic: tell the process that waits; what was decided stays a fact until its release."""
    meeting = found(ctx.facts.meetings.get(variable(ctx, "meeting")), what="会议")
    ctx.facts.meetings.change(meeting.id, state="signed")
    if meeting.kind == "shortlist":
        _hold_letters(ctx, meeting)
        ctx.facts.calendar.set_season_state(season=meeting.season, state="shortlist_decided", at=ctx.now)
    name = season_of(ctx).meeting.kinds.get(meeting.kind, "评审委员会审议")
    readers = [f"expert@{row.member}" for row in ctx.facts.meetings.attendance(meeting.id)]
    tell(ctx, "30_minutes_signed", ["office_clerk@caq", "office_director@caq", *readers], cause=f"minutes:{meeting.id}", meeting=name, when=meeting.held_at)
    if meeting.parent == "season":
        ctx.send("season.meeting_decided", key=meeting.id)
        return
    verdict = (
        next((VERDICTS[row.decision] for row in ctx.facts.meetings.items(meeting.id)), "dismissed")
        if meeting.kind == "objection"
        else "decided"
    )
    ctx.send("meeting.decided", key=meeting.id, payload={"verdict": verdict})


def _hold_letters(ctx: Context, meeting: Fact) -> None:
    for row in ctx.facts.meetings.items(meeting.id):
        application = found(ctx.facts.applications.get(row.item), what="申报")
        if application.state != "desk_done":
            continue
        template = "27_shortlisted" if row.decision == "approve" else "27_not_shortlisted"
        people = [f"applicant_editor@{application.enterprise}", f"ru_officer@{application.unit}"]
        tell(ctx, template, people, about=application.id, hold=f"shortlist:{meeting.season}", cause=f"shortlist:{meeting.id}")


HANDLERS = {"meeting.convene": convene, "meeting.invite": invite, "meeting.conclude": conclude}
LISTENERS = {
    "meeting.agenda": agenda,
    "attendance.save": save_attendance,
    "vote.cast": cast_vote,
    "meeting.record": record,
    "meeting.take_back": take_back,
    "minutes.sign": sign,
}
