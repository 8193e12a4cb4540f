"""The season's named deadlines: the plan, what moving one would touch, and the extension with its reason, for everybody or one application."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection import deadlines as rules_of_time
from selection.errors import HouseError, Problem, Refused
from selection.season import Season as Rules
from store.engine import queries as engine_queries
from store.engine.deadlines import split_name
from store.selection import queries_cases as cases_queries
from store.selection import queries_public as public_queries
from store.selection.calendar import CalendarFacts
from web import i18n
from web.fields import Text, Word
from web.house import House
from web.i18n import SHANGHAI
from web.naming import called
from web.pages import go, page
from web.reading import Reading, Season, TheHouse
from web.rules import rules_of_season
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
STORE_BEGINS = datetime(1970, 1, 1, tzinfo=UTC)  # the store counts its microseconds from here
Planner = Annotated[Visitor, Depends(Access("preview_deadline"))]
Extender = Annotated[Visitor, Depends(Access("extend_deadline"))]
# How an instant of each edge is told: a beginning counts from its midnight on, an end up to it, a time is a time of day.
TOLD: dict[str, Callable[..., str]] = {"start": i18n.day, "end": i18n.until, "time": i18n.moment}
PLAN = (Column("时间节点", "name", ours=True), Column("时间", "told"), Column("已过", "passed"))


def plan_of(house: House, connection: Connection, season: str) -> list[dict[str, Any]]:
    """The season's deadlines in order, each with its edge (`start`, `end`, `time`), whether it has passed and whether it is the next one."""
    now, edges, rules = house.clock.now(), _edges(house, connection, season), rules_of_season(house, connection, season)
    known = public_queries.deadlines_of(connection, season).items()
    rows = sorted((pair for pair in known if rules is None or pair[0] not in rules.left_out), key=lambda pair: pair[1])
    following = next((name for name, at in rows if at > now), "")
    return [
        {"name": name, "at": at, "passed": at <= now, "next": name == following, "edge": edges.get(name, "end")} for name, at in rows
    ]


def near(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has just been and what comes next."""
    at = next((index for index, row in enumerate(plan) if row["next"]), len(plan))
    return plan[max(0, at - 2) : at + 6]


def _edges(house: House, connection: Connection, season: str) -> dict[str, str]:
    versions = engine_queries.versions(connection, name=season)
    settings = house.engine.home.versions.load(connection, versions[0]["id"]).settings if versions else {}
    return {row["name"]: row.get("edge", "end") for row in settings.get("deadlines", ())}


@router.get("/office/deadlines")
def deadlines(request: Request, visitor: Planner, house: TheHouse, connection: Reading, season: Season, form: str = "") -> Response:
    """The season's named deadlines and what was changed."""
    rows = plan_of(house, connection, season["id"])
    if form == "xlsx":
        told = _told(visitor)
        return sheet("时间节点", PLAN, [{**row, "told": told[row["edge"]](row["at"])} for row in rows], language=visitor.language)
    found = engine_queries.deadline_changes(connection, tenant=season["id"])
    changes = [{**row, "of": split_name(row["name"])[0], "only": split_name(row["name"])[1]} for row in found]
    return page(
        request, "deadlines.html", season=season, rows=rows, told=_told(visitor), edges={row["name"]: row["edge"] for row in rows},
        changes=changes, names=called(connection, {row["only"] for row in changes if row["only"]}, language=visitor.language),
        may_extend=visitor.may("extend_deadline"),
    )  # fmt: skip


def _told(visitor: Visitor) -> dict[str, Callable[..., str]]:
    return {edge: partial(words, language=visitor.language) for edge, words in TOLD.items()}


def _instant(text: str, *, edge: str, season: Rules, connection: Connection) -> datetime:
    """A day (its midnight for a beginning, else its exclusive end) or a date and time of Shanghai as an instant; a day off rolls over
    where the season says so. Raises Refused.
    """
    unreadable = Refused("deadline.unreadable", zh="请填写新的日期。", en="Please give the new day.")
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        exact = "T" in text or edge == "start"
        instant = (local if exact else local + timedelta(days=1)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unreadable from error
    if instant < STORE_BEGINS:
        raise unreadable
    return rules_of_time.rolled_over(instant, edge=edge, season=season, calendar=CalendarFacts(connection).calendar())


@router.get("/office/deadlines/{name}")
def preview(request: Request, visitor: Planner, house: TheHouse, connection: Reading, season: Season, name: str, at: str = "", only: str = "") -> Response:
    """What moving a deadline would touch, for everybody or for one application; nothing is changed."""
    _refuse_unknown(connection, season["id"], name, only)
    touched, refusal = None, None
    short: tuple[Problem, ...] = ()
    edge = _edges(house, connection, season["id"]).get(name, "end")
    try:
        if at:
            rules, plan = _rules(house, connection, season["id"]), _live(connection, season["id"])
            new = _instant(at, edge=edge, season=rules, connection=connection)
            rules_of_time.refuse_bad_instant(season=rules, name=name, new=new, now=house.clock.now(), plan=plan)
            short = rules_of_time.shortened(season=rules, name=name, new=new, plan=plan, calendar=CalendarFacts(connection).calendar())
            _refuse_no_longer(only, name, new, plan)
            touched = house.engine.preview_deadline(tenant=season["id"], name=name, at=new, business_key=only)
    except (HouseError, EngineError) as error:
        refusal = error
    return _show(request, connection, visitor, season=season, name=name, only=only, edge=edge, at=at, touched=touched, refusal=refusal, short=short)


def _refuse_unknown(connection: Connection, season: str, name: str, only: str) -> None:
    row = cases_queries.case(connection, only) if only else None
    if name not in public_queries.deadlines_of(connection, season) or (only and (row is None or row["season"] != season)):
        raise not_found()


def _refuse_no_longer(only: str, name: str, new: datetime, plan: Mapping[str, datetime]) -> None:
    if only:
        rules_of_time.refuse_no_longer(name=name, new=new, plan=plan)


def _live(connection: Connection, season: str) -> dict[str, datetime]:
    return dict(public_queries.deadlines_of(connection, season))


def _rules(house: House, connection: Connection, season: str) -> Rules:
    return there(rules_of_season(house, connection, season))


def _show(
    request: Request,
    connection: Connection,
    visitor: Visitor,
    *,
    season: Any,
    name: str,
    edge: str,
    at: str,
    touched: Any = None,
    refusal: Any = None,
    only: str = "",
    reason: str = "",
    short: Sequence[Problem] = (),
) -> Response:
    present = CalendarFacts(connection).deadline(season=season["id"], name=name, case=only)
    keys = {one.business_key for one in touched.moved} if touched else set()
    names = called(connection, keys | {only} if only else keys, language=visitor.language)
    return page(
        request, "deadline.html", status=refusal.status if refusal else 200, season=season, name=name, present=present, at=at, touched=touched,
        refusal=refusal, may_extend=visitor.may("extend_deadline"), reason=reason, edge=edge, shown=_told(visitor)[edge],
        short=short, names=names, only=only,
    )  # fmt: skip


@router.post("/office/deadlines/{name}")
def extend(
    request: Request,
    visitor: Extender,
    house: TheHouse,
    connection: Reading,
    season: Season,
    name: str,
    at: Word = "",
    reason: Text = "",
    only: Word = "",
) -> Response:
    """Move a deadline for the whole season, or extend it for one application, with a reason."""
    _refuse_unknown(connection, season["id"], name, only)
    edge = _edges(house, connection, season["id"]).get(name, "end")
    try:
        rules = _rules(house, connection, season["id"])
        new = _instant(at, edge=edge, season=rules, connection=connection)
        now = house.clock.now()
        moved = house.engine.set_deadline(
            tenant=season["id"], name=name, at=new, reason=reason.strip(), actor=visitor.actor,
            check=lambda plan: _refuse_bad(rules, name, new, now, reason=reason, plan=plan, only=only), business_key=only,
        )  # fmt: skip
        open_tasks = [row for root in moved.roots for row in engine_queries.tasks_of(connection, root)]
        touched_ids = {one.id for one in moved.moved if one.kind == "task"}
        groups = {group for row in open_tasks if row["id"] in touched_ids for group in row["groups"]}
        house.tell("deadline_moved", actor=visitor.actor, season=season["id"], name=name, at=moved.at, reason=reason.strip(), groups=groups, only=only)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return _show(request, connection, visitor, season=season, name=name, edge=edge, at=at, refusal=refusal, reason=reason, only=only)
    return go(f"/cases/{only}" if only else "/office/deadlines", said="saved")


def _refuse_bad(rules: Rules, name: str, new: datetime, now: datetime, *, reason: str, plan: Mapping[str, datetime], only: str) -> None:
    rules_of_time.refuse_bad_change(season=rules, name=name, new=new, now=now, reason=reason, plan=plan)
    _refuse_no_longer(only, name, new, plan)
