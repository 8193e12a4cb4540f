"""组建评审委员会: experts picked, invited and counted; groups, assignment, chair and vice chairs; the director's confirmation."""

from collections.abc import Iterable, Mapping

from engine.contract import Context
from handlers.common import Data, Variables, numbered, outcome, rows, season_of, texts, variable, working_days_on
from handlers.notify import tell
from selection import committee, conflict, grouping
from selection.errors import Conflict, Refused, refuse_if_problems
from selection.rights import are_apart
from store.selection.subject import Fact


def pick(ctx: Context, data: Data) -> None:
    """N05a 遴选评审专家. Data: experts (ids). Unit officers cannot be experts in the same season, where its duties are so parted (A-03)."""
    chosen = texts(data, "experts")
    if not chosen:
        raise Refused("experts.none", zh="请至少选择一名专家", en="pick at least one expert")
    known = {row.id: row for row in ctx.facts.people.experts(chosen)}
    missing = [expert for expert in chosen if expert not in known or not known[expert].available]
    if missing:
        missing = numbered(ctx, missing)
        raise Refused(
            "experts.unknown", zh=f"专家不存在或不可用：{'、'.join(missing)}", en=f"unknown or not available: {', '.join(missing)}"
        )
    officers = [
        row.name for row in known.values() if row.officer_of and ctx.facts.people.unit(season=ctx.instance.tenant, code=row.officer_of)
    ]
    if officers and are_apart("ru_officer", "expert", apart=season_of(ctx).separation):
        raise Refused(
            "experts.officer", zh=f"推荐单位工作人员不能担任本年度专家：{'、'.join(officers)}", en="officers of units cannot be experts"
        )
    asked = {row.expert: row for row in ctx.facts.people.invitations(ctx.instance.tenant)}
    turn = 1 + max((row.round for row in asked.values()), default=0)
    for expert in chosen:
        if expert not in asked or asked[expert].state in ("declined", "lapsed"):
            ctx.facts.people.set_invitation(season=ctx.instance.tenant, expert=expert, state="picked", at=ctx.now, turn=turn)


def invite(ctx: Context, _: Data) -> Variables:
    """Topic: invite those picked. → invited (list of expert ids)."""
    season = ctx.instance.tenant
    invited = [row.expert for row in ctx.facts.people.invitations(season, state="picked")]
    due = working_days_on(ctx, season_of(ctx).experts.reply_working_days)
    for expert in invited:
        ctx.facts.people.set_invitation(season=season, expert=expert, state="invited", at=ctx.now)
        tell(ctx, "19_expert_invited", f"expert@{expert}", cause=f"invited:{expert}:{ctx.now.isoformat()}", answer_due=due)
    return {"invited": invited}


def reply(ctx: Context, data: Data) -> None:
    """N05b 确认参评. Data: reason, outcome (accept, decline)."""
    accepted, expert = outcome(data, "accept", "decline") == "accept", variable(ctx, "expert")
    if not is_asked(ctx, expert):
        raise Conflict(
            "reply.recorded",
            zh="办公室已根据您的纸质回执代为录入，无需再次回执",
            en="the office has recorded your paper reply; there is nothing left to answer",
        )
    ctx.facts.people.set_invitation(
        season=ctx.instance.tenant,
        expert=expert,
        state="accepted" if accepted else "declined",
        at=ctx.now,
        reason=str(data.get("reason") or "") or None,
    )


def is_asked(ctx: Context, expert: str) -> bool:
    """Whether an invited expert has not answered yet, not on paper either."""
    invitation = ctx.facts.people.invitation(season=ctx.instance.tenant, expert=expert)
    return invitation is not None and invitation.state == "invited"


def lapse(ctx: Context, _: Data) -> None:
    """Topic: no reply in time; somebody else is invited. A reply that the office recorded at the last moment stands."""
    expert = variable(ctx, "expert")
    if is_asked(ctx, expert):
        ctx.facts.people.set_invitation(season=ctx.instance.tenant, expert=expert, state="lapsed", at=ctx.now)


def count(ctx: Context, _: Data) -> Variables:
    """Topic: whether enough experts have accepted for one full group and the chair. → enough."""
    accepted = len(ctx.facts.people.invitations(ctx.instance.tenant, state="accepted"))
    return {"enough": accepted >= season_of(ctx).experts.desk_min}


def save_groups(ctx: Context, data: Data) -> None:
    """N05d 划分专业组、分配申报材料. Data: groups [{name, leader, members, applications}], chair, vice_chairs."""
    season = ctx.instance.tenant
    groups = rows(data, "groups")
    waiting = {row.id: row for row in ctx.facts.applications.of_season(season, state=["form_passed", "desk_review"])}
    _refuse_bad_division(ctx, groups, waiting)
    experts = accepted_experts(ctx, groups)
    ctx.facts.reviews.forget_groups(season)
    for group in groups:
        form_group(ctx, group, waiting, experts)
    offices = dict.fromkeys(experts, "member")
    offices |= dict.fromkeys(texts(data, "vice_chairs"), "vice_chair") | {str(data.get("chair") or ""): "chair"}
    offices.pop("", None)
    ctx.facts.people.seat_committee(season=season, offices=offices)
    _refuse_bad_committee(ctx)


def form_group(ctx: Context, group: Data, waiting: Mapping[str, Fact], experts: Mapping[str, Fact]) -> str:
    """One group with its seats, out: its id; conflicts found by the facts keep an expert from an application."""
    members = list(dict.fromkeys([str(group["leader"]), *texts(group, "members")]))
    applications = [waiting[name] for name in texts(group, "applications")]
    candidates = [grouping.Candidate(row.id, row.focus_area or "", row.industry_code or "") for row in applications]
    seats = [_seat(ctx, experts[name], applications) for name in members]
    assignment = grouping.assign(season=season_of(ctx), applications=candidates, seats=seats)
    refuse_if_problems(
        grouping.problems(season=season_of(ctx), applications=candidates, seats=seats, assignment=assignment), code="grouping.assignment"
    )
    kept: str = ctx.facts.reviews.form_group(season=ctx.instance.tenant, name=str(group.get("name") or "专业组"), leader=members[0])
    for name in members:
        seat = ctx.facts.reviews.add_seat(group=kept, expert=name, leads=name == members[0])
        ctx.facts.reviews.assign(seat=seat, applications=[row.id for row in applications if name in assignment.get(row.id, ())])
    for row in applications:
        ctx.facts.applications.change(row.id, group=kept)
    return kept


def _seat(ctx: Context, expert: Fact, applications: Iterable[Fact]) -> grouping.Seat:
    conflicts = {row.id for row in applications if note_automatic(ctx, expert, about(ctx, row))}
    declared = {row.application for row in ctx.facts.reviews.conflicts(season=ctx.instance.tenant, expert=expert.id)}
    return grouping.Seat(
        expert=expert.id,
        industries=frozenset(expert.industries or ()),
        quality_method=grouping.METHOD in (expert.fields or ()),
        conflicts=frozenset(conflicts | declared),
    )


def note_automatic(ctx: Context, expert: Fact, application: conflict.ApplicationFacts) -> bool:
    """Keep what the facts say against an expert's judging an application. Out: whether they say anything."""
    against = _against(expert, application)
    for found in against:
        ctx.facts.reviews.note_conflict(
            season=ctx.instance.tenant,
            expert=expert.id,
            application=application.id,
            kind=found.kind,
            source="automatic",
            detail={"zh": found.zh, "en": found.en},
            at=ctx.now,
            by=ctx.actor.id,
        )
    return bool(against)


def conflicts_of(ctx: Context, expert: Fact, application: Fact) -> tuple[conflict.ConflictFound, ...]:
    """The conflicts of interest that follow from the facts (A-60)."""
    return _against(expert, about(ctx, application))


def _against(expert: Fact, application: conflict.ApplicationFacts) -> tuple[conflict.ConflictFound, ...]:
    return conflict.automatic(
        expert=conflict.ExpertFacts(
            id=expert.id,
            employer_uscc=expert.employer_uscc or "",
            employer_name=expert.employer,
            employer_group=expert.employer_group or "",
            officer_of=frozenset({expert.officer_of} if expert.officer_of else ()),
        ),
        application=application,
    )


def about(ctx: Context, application: Fact) -> conflict.ApplicationFacts:
    """What a conflict with an application is told by: its enterprise, its unit, the competitors that it names."""
    enterprise = ctx.facts.people.enterprise(application.enterprise)
    form = ctx.facts.applications.form(application.id, state="submitted")
    competitors = form.data.get("competitors") or [] if form else []
    names = {str(row.get(field)) for row in competitors for field in ("competitor_name", "competitor_uscc") if row.get(field)}
    return conflict.ApplicationFacts(
        id=application.id,
        uscc=enterprise.uscc if enterprise else "",
        group=(enterprise.group_name or "") if enterprise else "",
        unit=application.unit or "",
        competitors=frozenset(names),
    )


def _refuse_bad_division(ctx: Context, groups: list[Data], waiting: Mapping[str, Fact]) -> None:
    placed = [name for group in groups for name in texts(group, "applications")]
    wrong = sorted({name for name in placed if name not in waiting or placed.count(name) > 1} | (set(waiting) - set(placed)))
    if wrong or not groups:
        wrong = numbered(ctx, wrong)
        raise Refused(
            "grouping.division",
            zh=f"每项通过形式审查的申报须且只能属于一个专业组，请核对：{'、'.join(wrong)}",
            en=f"each application that passed belongs to exactly one group; check: {', '.join(wrong)}",
        )


def accepted_experts(ctx: Context, groups: list[Data]) -> dict[str, Fact]:
    """The experts that groups name, by id. Raises Refused when one has not accepted the invitation."""
    wanted = {name for group in groups for name in [str(group.get("leader") or ""), *texts(group, "members")]} - {""}
    accepted = {row.expert for row in ctx.facts.people.invitations(ctx.instance.tenant, state="accepted")}
    strangers = numbered(ctx, sorted(wanted - accepted))
    if strangers:
        raise Refused("grouping.expert", zh=f"专家未确认参评：{'、'.join(strangers)}", en=f"have not accepted: {', '.join(strangers)}")
    return {row.id: row for row in ctx.facts.people.experts(wanted)}


def _refuse_bad_committee(ctx: Context) -> None:
    season = ctx.instance.tenant
    seated = ctx.facts.people.committee(season)
    groups = {group.name: group_seats(ctx, group.id) for group in ctx.facts.reviews.groups(season)}
    chairs = tuple(row.expert for row in seated if row.office == "chair")
    vice = tuple(row.expert for row in seated if row.office == "vice_chair")
    committee.refuse_invalid(season=season_of(ctx), constitution=committee.Constitution(chairs, vice, groups))


def group_seats(ctx: Context, group: str) -> committee.GroupSeats:
    """Who leads and who sits in a group."""
    seats = ctx.facts.reviews.seats(group)
    leaders = tuple(seat.expert for seat in seats if seat.leads)
    return committee.GroupSeats(leaders, tuple(seat.expert for seat in seats if not seat.leads))


def _refuse_unplaced(ctx: Context) -> None:
    """Who passed the form check while the groups were being formed belongs into one as well."""
    passed = ctx.facts.applications.of_season(ctx.instance.tenant, state="form_passed")
    names = "、".join(row.number or row.id for row in passed if not row.group)
    if names:
        raise Refused(
            "grouping.unplaced",
            zh=f"{names} 刚通过形式审查，尚未入组，请退回重新划分",
            en=f"{names} passed just now and are in no group; send the grouping back",
        )


def confirm(ctx: Context, data: Data) -> None:
    """N05e 确认评审委员会组成 (办法 §13–15). Data: comment, outcome (confirm, return)."""
    if outcome(data, "confirm", "return") == "return":
        return
    _refuse_bad_committee(ctx)
    _refuse_unplaced(ctx)
    season = ctx.instance.tenant
    ctx.facts.people.confirm_committee(season=season, at=ctx.now, by=ctx.actor.id)
    for row in ctx.facts.people.committee(season):
        give_roles(ctx, row.expert, committee=row.office)
    for group in ctx.facts.reviews.groups(season):
        for seat in ctx.facts.reviews.seats(group.id):
            give_roles(ctx, seat.expert, group=group.id, leads=seat.leads)
    ctx.facts.calendar.set_season_state(season=season, state="committee_ready", at=ctx.now)
    ctx.facts.calendar.reach(season=season, name="grouped", at=ctx.now)


def give_roles(ctx: Context, expert: str, *, committee: str = "", group: str = "", leads: bool = False) -> None:
    """The accounts of an expert get the roles of the confirmed seat."""
    wanted = [(f"committee_{committee}", ctx.instance.tenant)] if committee else []
    wanted += [("group_member", group)] if group else []
    wanted += [("group_leader", group)] if group and leads else []
    for person in ctx.facts.people.members_of(f"expert@{expert}"):
        for role, organisation in wanted:
            ctx.facts.people.give(person=person.id, role=role, organisation=organisation, at=ctx.now, by=ctx.actor.id)


def take_roles(ctx: Context, expert: str, *, group: str) -> None:
    """A replaced expert leaves the group."""
    for person in ctx.facts.people.members_of(f"expert@{expert}"):
        for role in ("group_member", "group_leader"):
            ctx.facts.people.take(person=person.id, role=role, organisation=group)


HANDLERS = {"experts.invite": invite, "experts.lapse": lapse, "experts.count": count}
LISTENERS = {"experts.pick": pick, "experts.reply": reply, "grouping.save": save_groups, "committee.confirm": confirm}
