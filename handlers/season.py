"""年度遴选活动: notice, opening, closing, exchange activities, archive."""

from datetime import datetime
from typing import Any

from engine.contract import Context
from handlers.common import Data, at_local, deadline, end_of, need, outcome, refuse_same_person, season_of
from handlers.notify import tell, tell_subscribers
from selection import ladder, quota
from selection.errors import Conflict, Refused
from selection.season_parts import LadderRule
from store.selection.queries_ready import BEGUN


def begin(ctx: Context, _: Data) -> None:
    """Start check `season.begin`: a season starts once."""
    open_season(ctx)
    if not ctx.facts.calendar.reach(season=ctx.instance.tenant, name=BEGUN, at=ctx.now):
        raise Conflict("season.begun", zh="该年度活动已经启动，无需再次启动", en="this season has started already")


def draft_notice(ctx: Context, data: Data) -> None:
    """N01a 拟订活动通知. Data: title, number, text."""
    need(data, "text", zh="请填写通知正文", en="write the notice")
    open_season(ctx)
    ctx.facts.calendar.set_notice(season=ctx.instance.tenant, notice={**data, "drafted_by": ctx.actor.id})


def open_season(ctx: Context) -> None:
    """The season's own row and its list of units, as its settings name them; what is there already stays."""
    season = season_of(ctx)
    ctx.facts.calendar.open_season(season=ctx.instance.tenant, year=season.year, title=season.title)
    for unit in season.units:
        ctx.facts.people.add_unit(
            season=ctx.instance.tenant,
            code=unit.code,
            name=unit.name,
            kind=unit.kind,
            base=season.quota.base,
            widened=season.quota.widened,
        )


def issue_notice(ctx: Context, data: Data) -> None:
    """N01b 签发活动通知: drafted by one, issued by another. Data: comment, outcome (issue, return)."""
    if outcome(data, "issue", "return") == "return":
        need(data, "comment", zh="请填写退回的理由", en="give the reason")
        return
    row = ctx.facts.calendar.season(ctx.instance.tenant)
    refuse_same_person(ctx, (row.notice or {}).get("drafted_by") if row else None)


def publish(ctx: Context, _: Data) -> None:
    """Topic: the notice is out; every unit's work begins."""
    season = season_of(ctx)
    open_season(ctx)
    ctx.facts.calendar.set_season_state(season=ctx.instance.tenant, state="published", at=ctx.now)
    told: set[str] = set()
    dues: dict[str, Any] = {"close_due": deadline(ctx, "申报截止"), "recommend_due": deadline(ctx, "推荐截止")}
    for unit in ctx.facts.people.units(ctx.instance.tenant):
        ctx.start(
            "recommendation",
            business_key=f"{ctx.instance.tenant}/{unit.code}",
            variables={"season": ctx.instance.tenant, "unit": unit.code},
            dedupe=f"recommendation:{ctx.instance.tenant}:{unit.code}",
        )
        places = quota.places(season=season, widened=unit.is_widened)
        tell(ctx, "01_notice", f"ru_officer@{unit.code}", cause="notice", told=told, quota=places, **dues)
    tell_subscribers(ctx, "01_notice_public", page="/public/notice", cause="notice", told=told, **dues)


def open_applications(ctx: Context, _: Data) -> None:
    """Topic: enterprises may apply."""
    ctx.facts.calendar.set_season_state(season=ctx.instance.tenant, state="open", at=ctx.now)


def close_applications(ctx: Context, _: Data) -> None:
    """Topic: 申报截止 has passed; each open form lapses by its own timer."""
    ctx.facts.calendar.set_season_state(season=ctx.instance.tenant, state="closed_applications", at=ctx.now)


def close_recommendations(ctx: Context, _: Data) -> None:
    """Topic: 推荐截止 has passed; the season waits for the form checks."""
    season = ctx.instance.tenant
    ctx.facts.calendar.set_season_state(season=season, state="form_check", at=ctx.now)
    ctx.facts.calendar.reach(season=season, name="recommendations_closed", at=ctx.now)
    ctx.later("progress.form_check", payload={"season": season}, dedupe=f"progress.form_check:{season}")


def pass_on(ctx: Context, _: Data) -> None:
    """Topic: a season without a defence: whoever was judged goes on to the second 合议, each group by way of its site visits."""
    season = ctx.instance.tenant
    for group in ctx.facts.reviews.groups(season):
        for row in ctx.facts.applications.of_season(season, group=group.id, state="desk_done"):
            ctx.send("review.released", key=row.id, payload={"outcome": "no_defence"})
        variables = {"season": season, "group": group.id}
        ctx.start("defence", business_key=f"{season}/{group.id}/defence", variables=variables, dedupe=f"defence:{season}:{group.id}")
    ctx.facts.calendar.reach(season=season, name="shortlisted", at=ctx.now)
    ctx.later("progress.defence", payload={"season": season}, dedupe=f"progress.defence:{season}")


def record_exchange(ctx: Context, data: Data) -> None:
    """N15b 登记经验交流活动. Data: name, held_on, place, titles, summary, outcome (more, done)."""
    if outcome(data, "more", "done") == "done" and not data.get("name"):
        return  # the last one was registered before
    name = need(data, "name", zh="请填写活动名称", en="name the event")
    held_on = str(data.get("held_on") or "") or None
    if any(row.name == name and row.held_on == held_on for row in ctx.facts.calendar.exchanges(ctx.instance.tenant)):
        raise Refused("exchange.twice", zh="该活动已登记，无需重复登记", en="this event is registered already")
    ctx.facts.calendar.add_exchange(season=ctx.instance.tenant, name=name, held_on=held_on, data=data, at=ctx.now, by=ctx.actor.id)
    if held_on is not None and at_local(held_on) > ctx.now:
        _invite(ctx, "39_exchange", name, data)
        rule = season_of(ctx).ladders.get("exchange")
        told = {"name": name, "held_on": held_on}
        for rung in _rungs(ctx, held_on, rule) if rule else ():
            ctx.later("exchange.remind", payload=told, dedupe=f"exchange:{name}:{held_on}:{rung.isoformat()}", due=rung)


def _rungs(ctx: Context, held_on: str, rule: LadderRule) -> tuple[datetime, ...]:
    return ladder.rungs(due=end_of(held_on), born=ctx.now, rule=rule, calendar=ctx.facts.calendar.calendar()).rungs


def _invite(ctx: Context, template: str, name: str, data: Data) -> None:
    """An event that is still to come: every holder of a title is written to, and who subscribed (办法 §24; §9.3, 39)."""
    holders = [row.enterprise for row in ctx.facts.titles.of_season(ctx.instance.tenant, state="active") if row.enterprise]
    people = [f"applicant_editor@{enterprise}" for enterprise in holders]
    event: dict[str, Any] = {"when": at_local(data["held_on"]), "place": str(data.get("place") or ""), "details": f"{name}。{data.get('summary') or ''}"}
    told, cause = set[str](), f"exchange:{name}:{data['held_on']}:{ctx.now.isoformat()}"
    tell(ctx, template, people, cause=cause, told=told, **event)
    tell_subscribers(ctx, template, page="/public/exchanges", cause=cause, told=told, **event)


def remind_of_exchange(ctx: Context, payload: Data) -> None:
    """Job: an exchange event is near: who holds a title or subscribes by now reads of it once more (§9.3, 39; ladder `exchange`)."""
    name, held_on = str(payload["name"]), str(payload["held_on"])
    event = next((row for row in ctx.facts.calendar.exchanges(ctx.instance.tenant) if (row.name, row.held_on) == (name, held_on)), None)
    if event is not None and at_local(held_on) > ctx.now:
        _invite(ctx, "39_exchange_reminder", name, event.data)


def check_archive(_: Context, data: Data) -> None:
    """N17 归档. Data: checked, note."""
    if data.get("checked") is not True:
        raise Refused("archive.unchecked", zh="请先核对归档材料并勾选确认", en="check the papers first")


def archive(ctx: Context, _: Data) -> None:
    """Topic: the season is closed; its titles live on."""
    ctx.facts.calendar.set_season_state(season=ctx.instance.tenant, state="archived", at=ctx.now)


HANDLERS = {
    "season.publish": publish,
    "season.open": open_applications,
    "season.close_applications": close_applications,
    "season.close_recommendations": close_recommendations,
    "season.pass_on": pass_on,
    "season.archive": archive,
}
JOBS = {"exchange.remind": remind_of_exchange}
LISTENERS = {
    "season.begin": begin,
    "notice.draft": draft_notice,
    "notice.issue": issue_notice,
    "exchange.record": record_exchange,
    "season.archived": check_archive,
}
