"""增补入组: an application that passed after the groups were formed joins one that still reads, or a group of its own (§14)."""

from engine.contract import Context
from handlers.common import Data, application_of, found, need, reading_due, rows, season_of, texts
from handlers.experts import accepted_experts, conflicts_of, form_group, give_roles, group_seats
from handlers.notify import tell
from selection import committee
from selection.errors import Conflict, Refused
from store.selection.subject import Fact

READING = ("formed", "reading")


def join(ctx: Context, data: Data) -> None:
    """N05f 增补入组. Data: group (one that still reads), or a new one: leader, members; name, reason."""
    application = application_of(ctx)
    if application.state != "form_passed" or application.group:
        raise Conflict("grouping.placed", zh="该申报已经入组", en="the application has joined a group already")
    group, leader = str(data.get("group") or ""), str(data.get("leader") or "")
    if bool(group) == bool(leader):
        raise Refused(
            "grouping.choice",
            zh="请选择一个仍在阅卷的专业组；各组均已结束时，请为其另设一组（指定组长和成员）",
            en="choose a group that still reads, or name the leader and members of a new one",
        )
    if group:
        _into(ctx, application, group)
    else:
        _alone(ctx, application, data)
    ctx.facts.applications.move(application.id, state="desk_review", at=ctx.now)
    ctx.send("review.started", key=application.id)


def _into(ctx: Context, application: Fact, name: str) -> None:
    """Everybody of the group who still reads and has no conflict reads this one, too; nobody of them finishes meanwhile."""
    ctx.facts.reviews.lock_group(name)
    group = found(ctx.facts.reviews.group(name), what="专业组")
    if group.season != application.season or group.state not in READING:
        raise Refused(
            "group.closed", zh="该专业组已结束评审，请选择其他专业组或另设一组", en="that group has finished; choose or form another"
        )
    experts = {row.id: row for row in ctx.facts.people.experts([seat.expert for seat in ctx.facts.reviews.seats(group.id)])}
    waiting = [seat for seat in ctx.facts.reviews.seats(group.id) if seat.done_at is None]
    reading = [seat for seat in waiting if not conflicts_of(ctx, experts[seat.expert], application)]
    if len(reading) < season_of(ctx).experts.desk_min:
        raise Refused(
            "group.readers",
            zh="该专业组仍在阅卷且无须回避的专家不足，请选择其他专业组或另设一组",
            en="too few of its experts still read and have no conflict; choose or form another group",
        )
    ctx.facts.applications.change(application.id, group=group.id)
    listed = [{"application": application.number, "experience": application.experience_name}]
    for seat in reading:
        ctx.facts.reviews.assign(seat=seat.id, applications=[application.id])
        tell(
            ctx,
            "21_assignment",
            f"expert@{seat.expert}",
            about=application.id,
            group=group.name,
            applications=listed,
            due=reading_due(ctx),
        )


def _alone(ctx: Context, application: Fact, data: Data) -> None:
    """A group of its own: who has accepted and does not read in another group (those of a finished group may)."""
    need(data, "reason", zh="请说明另设专业组的理由", en="say why a new group is needed")
    season = application.season
    wanted = {
        "name": str(data.get("name") or "") or f"增补组（{application.number or application.id}）",
        "leader": str(data["leader"]),
        "members": texts(data, "members"),
        "applications": [application.id],
    }
    experts = accepted_experts(ctx, rows({"groups": [wanted]}, "groups"))
    group = form_group(ctx, wanted, {application.id: application}, experts)
    living = [row for row in ctx.facts.reviews.groups(season) if row.state in READING]
    committee.refuse_bad_groups(season=season_of(ctx), groups={row.name: group_seats(ctx, row.id) for row in living})
    for seat in ctx.facts.reviews.seats(group):
        ctx.facts.people.join_committee(season=season, expert=seat.expert, by=ctx.actor.id, at=ctx.now)
        give_roles(ctx, seat.expert, group=group, leads=seat.leads)
    ctx.start(
        "material_review",
        business_key=f"{season}/{group}",
        variables={"season": season, "group": group},
        dedupe=f"material_review:{season}:{group}",
    )


LISTENERS = {"grouping.add": join}
