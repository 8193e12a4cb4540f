"""资料评审: seats, replacement of experts, aggregation, reconciliation, the group's summary.

Scores and comments are facts; nothing of them ever leaves as a variable.
"""

from decimal import Decimal

from engine.contract import BpmnError, Context
from handlers.common import (
    Data,
    Variables,
    deadline,
    found,
    need,
    numbered,
    outcome,
    reading_due,
    refuse_same_person,
    rows,
    season_of,
    seat_of,
    variable,
)
from handlers.experts import conflicts_of, give_roles, take_roles
from handlers.notify import tell
from handlers.proposals import ranked
from selection import aggregation, scoring
from selection.errors import Refused
from store.selection.subject import Fact


def start_groups(ctx: Context, _: Data) -> None:
    """Topic: one `material_review` per group; word to each application."""
    season = ctx.instance.tenant
    ctx.facts.calendar.set_season_state(season=season, state="desk_review", at=ctx.now)
    for group in ctx.facts.reviews.groups(season):
        ctx.start(
            "material_review",
            business_key=f"{season}/{group.id}",
            variables={"season": season, "group": group.id},
            dedupe=f"material_review:{season}:{group.id}",
        )
        for application in ctx.facts.applications.of_season(season, group=group.id, state="form_passed"):
            ctx.facts.applications.move(application.id, state="desk_review", at=ctx.now)
            ctx.send("review.started", key=application.id)
    ctx.later("progress.review", payload={"season": season}, dedupe=f"progress.review:{season}")


def open_group(ctx: Context, _: Data) -> Variables:
    """Topic: open the group's seats. → seats (list of seat ids), leader."""
    group = found(ctx.facts.reviews.group(variable(ctx, "group")), what="专业组")
    ctx.facts.reviews.change_group(group.id, state="reading")
    seats = ctx.facts.reviews.seats(group.id)
    for seat in seats:
        _tell_assignment(ctx, group, seat)
    return {"seats": [seat.id for seat in seats], "leader": group.leader}


def _tell_assignment(ctx: Context, group: Fact, seat: Fact) -> None:
    listed = []
    for row in ctx.facts.reviews.assigned(seat.id):
        application = found(ctx.facts.applications.get(row.application), what="申报")
        listed.append({"application": application.number or application.id, "experience": application.experience_name})
    due = reading_due(ctx)
    cause = f"assigned:{seat.id}:{seat.expert}"
    tell(ctx, "21_assignment", f"expert@{seat.expert}", cause=cause, group=group.name, applications=listed, due=due)


def load_seat(ctx: Context, _: Data) -> Variables:
    """Topic: who sits here now. → expert."""
    return {"expert": seat_of(ctx).expert}


def propose_expert(ctx: Context, data: Data) -> None:
    """N06b 更换专家. Data: cause, replacement, reason."""
    need(data, "reason", zh="请填写更换的理由", en="give the reason for the replacement")
    seat = seat_of(ctx)
    expert = found(ctx.facts.people.expert(str(data.get("replacement"))), what="专家")
    seats = _seats(ctx, seat)
    proposed = {row.proposed for row in seats if row.id != seat.id}
    if expert.id in {row.expert for row in seats} | proposed | set(seat.former or ()) or not expert.available:
        raise _taken()
    for application in _to_read(ctx, seat):
        against = conflicts_of(ctx, expert, application)
        if against:
            raise Refused(
                "conflict.automatic",
                zh=f"该专家须回避 {application.number}：" + "；".join(entry.zh for entry in against),
                en=f"conflict of interest with {application.number}",
            )
    ctx.facts.reviews.change_seat(seat.id, proposed=expert.id, proposed_by=ctx.actor.id)


def _seats(ctx: Context, seat: Fact) -> list[Fact]:
    """The seats of the group; who fills one of them does so alone."""
    ctx.facts.reviews.lock_group(seat.group)
    return list(ctx.facts.reviews.seats(seat.group))


def _taken() -> Refused:
    return Refused(
        "seat.taken",
        zh="该专家已在本组、已被提名到其他席位、已被更换或不可用，请另选",
        en="that expert is in the group, proposed for another seat, was replaced or is away; choose another",
    )


def _to_read(ctx: Context, seat: Fact) -> list[Fact]:
    """What the seat's next expert has to read: what is assigned, and what its former expert left for a conflict of his own."""
    group = ctx.facts.applications.of_season(ctx.instance.tenant, group=seat.group)
    read = {row.application for row in ctx.facts.reviews.assigned(seat.id)}
    left = {row.application for row in ctx.facts.reviews.conflicts(season=ctx.instance.tenant, expert=seat.expert)}
    return [row for row in group if row.id in read | left]


def confirm_expert(ctx: Context, data: Data) -> None:
    """N06e: the director confirms a replacement. Unfinished sheets are kept aside, those in conflict are void."""
    seat = seat_of(ctx)
    refuse_same_person(ctx, seat.proposed_by)
    if outcome(data, "agree", "disagree") == "disagree":
        ctx.facts.reviews.change_seat(seat.id, proposed=None, proposed_by=None)
        return
    if seat.proposed in {row.expert for row in _seats(ctx, seat)}:  # seated elsewhere in the group since the proposal
        raise _taken()
    to_read = [row.id for row in _to_read(ctx, seat)]
    for row in ctx.facts.reviews.scores_of(expert=seat.expert, stage="desk"):
        if row.seat == seat.id and row.state in ("draft", "final"):
            ctx.facts.reviews.put_out(row, state="aside", reason="更换专家", at=ctx.now, by=ctx.actor.id)
    ctx.facts.people.set_invitation(season=ctx.instance.tenant, expert=seat.proposed, state="accepted", at=ctx.now, turn=0)
    ctx.facts.reviews.replace_expert(seat=seat.id, expert=seat.proposed)
    ctx.facts.people.join_committee(season=ctx.instance.tenant, expert=seat.proposed, by=ctx.actor.id, at=ctx.now)
    take_roles(ctx, seat.expert, group=seat.group)
    give_roles(ctx, seat.proposed, group=seat.group, leads=seat.leads, committee="member")
    ctx.facts.reviews.assign(seat=seat.id, applications=to_read)
    group = found(ctx.facts.reviews.group(seat.group), what="专业组")
    tell(ctx, "23_expert_replaced", [f"expert@{seat.expert}"], cause=f"replaced:{seat.id}:{seat.expert}", group=group.name)
    _tell_assignment(ctx, group, found(ctx.facts.reviews.seat(seat.id), what="评审席位"))


def aggregate(ctx: Context, _: Data) -> Variables:
    """Topic: the stage scores of the group, kept as facts. → dispersed (whether a reconciliation is due)."""
    group = variable(ctx, "group")
    season = season_of(ctx)
    alerts = []
    for application in ctx.facts.applications.of_season(ctx.instance.tenant, group=group, state="desk_review"):
        totals = [Decimal(row.total) for row in ctx.facts.reviews.scores(application=application.id, stage="desk")]
        if len(totals) < season.experts.desk_min:
            raise BpmnError("too_few_scores", f"{application.id}: {len(totals)}")
        keep_stage(ctx, application=application.id, group=group, stage="desk", totals=totals)
        if aggregation.stage_score(totals, rules=season.aggregation).alert:
            alerts.append(application)
    reconciled = ctx.facts.reviews.reconciliation(group) is not None
    if alerts and not reconciled:
        _tell_dispersion(ctx, group, alerts)
    return {"dispersed": bool(alerts) and not reconciled}


def _tell_dispersion(ctx: Context, group: str, alerts: list[Fact]) -> None:
    """The leader reads of all that is to be reconciled, each other expert of what is the own to revise (§9.3, 24)."""
    name, due = found(ctx.facts.reviews.group(group), what="专业组").name, deadline(ctx, "专业组汇总截止")
    for seat in ctx.facts.reviews.seats(group):
        own = {row.application for row in ctx.facts.reviews.assigned(seat.id)}
        listed = [{"application": row.number or row.id, "experience": row.experience_name} for row in alerts if seat.leads or row.id in own]
        if listed:
            tell(ctx, "24_dispersion", f"expert@{seat.expert}", group=name, applications=listed, due=due)


def keep_stage(ctx: Context, *, application: str, group: str, stage: str, totals: list[Decimal]) -> None:
    """Keep mean, trimmed values and spread of one application, and which version of whose sheet they are of."""
    score = aggregation.stage_score(totals, rules=season_of(ctx).aggregation)
    sheets = ctx.facts.reviews.scores(application=application, stage=stage)
    criteria: dict[str, Decimal] = {}
    for row in sheets:
        for name, value in scoring.criteria(season=season_of(ctx), sheet=scoring.Sheet.from_form(row.sheet)).items():
            criteria[name] = criteria.get(name, Decimal()) + value / len(sheets)
    ctx.facts.reviews.keep_stage_score(
        application=application,
        stage=stage,
        group=group,
        mean=str(score.mean),
        alert=score.alert,
        detail={
            "used": [str(value) for value in score.used],
            "trimmed": [str(value) for value in score.trimmed],
            "spread": str(score.spread),
            "deviation": str(score.deviation),
            "criteria": {name: str(value) for name, value in criteria.items()},
            "sheets": {row.expert: row.version for row in sheets},
        },
        at=ctx.now,
    )


def close_reconciliation(ctx: Context, data: Data) -> None:
    """N06c 分歧复议. Data: resolutions [{application, summary}]. Revised sheets were saved by `score.revise`; the old values stay."""
    resolutions = rows(data, "resolutions")
    if not any(str(row.get("summary") or "").strip() for row in resolutions):
        raise Refused("reconciliation.record", zh="请写明复议经过和结论", en="write down how the difference was settled")
    ctx.facts.reviews.reconcile(group=variable(ctx, "group"), data={"resolutions": resolutions}, at=ctx.now, by=ctx.actor.id)


def summarise(ctx: Context, data: Data) -> None:
    """N06d 汇总专业组意见 by the leader. Data: summaries [{application, comment, site_visit, doubts}]."""
    group = variable(ctx, "group")
    comments = {str(row["application"]): str(row.get("comment") or "").strip() for row in rows(data, "summaries")}
    visits = {str(row["application"]): str(row.get("doubts") or "").strip() for row in rows(data, "summaries") if row.get("site_visit") is True}
    entries = ranked(ctx, group)
    silent = numbered(ctx, [entry.application for entry in entries if not comments.get(entry.application)])
    if silent:
        raise Refused(
            "summary.missing", zh=f"请填写专业组意见：{'、'.join(silent)}", en=f"write the group's opinion on: {', '.join(silent)}"
        )
    for entry in entries:
        comment, visit = comments[entry.application], visits.get(entry.application)
        ctx.facts.reviews.summarise(
            group=group, application=entry.application, rank=entry.rank, comment=comment, visit=visit, at=ctx.now, by=ctx.actor.id
        )


def close_group(ctx: Context, _: Data) -> None:
    """Topic: the group is done; each application waits for the release."""
    group = found(ctx.facts.reviews.group(variable(ctx, "group")), what="专业组")
    ctx.facts.reviews.change_group(group.id, state="closed", closed_at=ctx.now)
    applications = ctx.facts.applications.of_season(group.season, group=group.id, state="desk_review")
    for row in applications:
        ctx.facts.applications.move(row.id, state="desk_done", at=ctx.now)
        ctx.send("review.closed", key=row.id)
    tell(ctx, "25_group_closed", "office_clerk@caq", group=group.name, count=len(applications))
    ctx.later("progress.review", payload={"season": group.season}, dedupe=f"progress.review:{group.season}")


HANDLERS = {
    "review.start_groups": start_groups,
    "review.open": open_group,
    "seat.load": load_seat,
    "review.aggregate": aggregate,
    "review.close_group": close_group,
}
LISTENERS = {
    "seat.propose": propose_expert,
    "seat.confirm": confirm_expert,
    "reconciliation.close": close_reconciliation,
    "group.summarise": summarise,
}
