"""发布入围结果: the decision of the first 合议 becomes known, and who is on the shortlist is defended."""

from engine.contract import Context
from handlers.common import Data, found
from handlers.notify import recipients_of, release
from selection.errors import Refused


def check_release(_: Context, data: Data) -> None:
    """N07d 发布入围结果: the director releases after looking at the list of recipients. Data: checked."""
    if data.get("checked") is not True:
        raise Refused("release.unchecked", zh="请先核对收件名单并勾选确认", en="check the list of recipients first")


def release_shortlist(ctx: Context, _: Data) -> None:
    """Topic: the shortlist becomes known; one `defence` per group that has somebody on it."""
    season = ctx.instance.tenant
    meeting = ctx.facts.meetings.of_season(season, kind="shortlist")[-1]
    kept = recipients_of(ctx, f"shortlist:{season}")
    ctx.facts.publicity.release(kind="shortlist", subject=meeting.id, at=ctx.now, by=ctx.actor.id, recipients=kept)
    groups = set()
    for item in ctx.facts.meetings.items(meeting.id):
        application = found(ctx.facts.applications.get(item.item), what="申报")
        if application.state != "desk_done":
            continue
        chosen = item.decision == "approve"
        ctx.facts.applications.move(application.id, state="shortlisted" if chosen else "not_shortlisted", at=ctx.now)
        ctx.send("review.released", key=application.id, payload={"outcome": "shortlisted" if chosen else "not_shortlisted"})
        groups |= {application.group} if chosen else set()
    release(ctx, f"shortlist:{season}")
    ctx.facts.calendar.set_season_state(season=season, state="defence", at=ctx.now)
    ctx.facts.calendar.reach(season=season, name="shortlisted", at=ctx.now)
    for group in sorted(groups):
        variables = {"season": season, "group": group}
        ctx.start("defence", business_key=f"{season}/{group}/defence", variables=variables, dedupe=f"defence:{season}:{group}")
    ctx.later("progress.defence", payload={"season": season}, dedupe=f"progress.defence:{season}")


HANDLERS = {"release.shortlist": release_shortlist}
LISTENERS = {"release.shortlist": check_release}
