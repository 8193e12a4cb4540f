"""What must be there before a season starts, and whether it is: people for its tasks, units' officers, experts, calendar, mail. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from selection.rights import JUDGING
from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from store.selection import queries_public as public_queries
from store.selection import queries_ready as queries
from web.house import House
from web.i18n import SHANGHAI, word
from web.roles import ROLES
from web.visitors import Visitor

SHOWN = 5  # names of units without an officer, before "and others"


@dataclass(frozen=True)
class Point:
    """One thing to look at.

    ``state``: good, missing (the season cannot start), later (it is needed on the way); ``path``: where to mend it, for those who may ``verb``.
    """

    name: str
    found: str
    state: str
    path: str
    verb: str = ""
    lacks: str = "缺少"  # how what holds the start up is called, and the words of the way there
    mend: str = "去补充"


def points(house: House, connection: Connection, season: str, *, visitor: Visitor) -> tuple[Point, ...]:
    """Everything a season needs, in the order in which it will be needed; how many review and decide, for those who manage experts only."""
    language, knows = visitor.language, visitor.may("manage_experts")
    found = engine_queries.versions(connection, name=season)
    if not found:
        return (Point(word(language, "流程版本"), word(language, "尚未部署"), "missing", "/admin/deploy", "deploy"),)
    version = Point(word(language, "流程版本"), word(language, "第 {number} 版", number=found[0]["number"]), "good", "")
    definitions = house.engine.home.versions.load(connection, found[0]["id"]).definitions
    people = [*_people(connection, definitions, language, knows=knows), _units(connection, season, language)]
    now = house.clock.now()
    plan = () if queries.has_begun(connection, season) else (_plan(connection, season, language, now=now),)  # what runs has dates behind it
    calendar = (*plan, *_years(connection, season, language, now=now))
    return (version, *people, *([_experts(connection, language)] if knows else []), *calendar, _mail(house, language))


def waits_for_start(connection: Connection, visitor: Visitor) -> Any:
    """The newest season, if it has not begun and the visitor may start it; else None."""
    if not visitor.may("start:season"):
        return None
    newest = public_queries.newest_season(connection)
    return None if newest is None or queries.has_begun(connection, newest["id"]) else newest


def _people(connection: Connection, definitions: Any, language: str, *, knows: bool) -> Iterator[Point]:
    """Who is needed for the tasks of the diagrams; without those of the season's own diagram it cannot start."""
    first = set(_seats(definitions, "season"))
    wanted = {seat for key in definitions.processes for seat in _seats(definitions, key)}
    # Where one of several is enough and one of them is needed anyway, there is nothing more to look for.
    seats = sorted((seat for seat in wanted if not any(set(other) < set(seat) for other in wanted)), key=lambda seat: (seat not in first, seat))
    held = queries.holders(connection, {group for seat in seats for group in seat})
    for seat in seats:
        if not knows and JUDGING & {group.partition("@")[0] for group in seat}:
            continue
        number = sum(held.get(group, 0) for group in seat)
        names = word(language, "或").join(word(language, ROLES.get(group.partition("@")[0], group)) for group in seat)
        lacking = "missing" if seat in first else "later"
        yield Point(names, word(language, "{number} 人", number=number), "good" if number else lacking, "/office/people", "manage_people")


def _seats(definitions: Any, process: str) -> Iterator[tuple[str, ...]]:
    """The groups, written out, of which one must be there for each user task of a process."""
    for info in definitions.processes[process].elements.values():
        groups = tuple(group.strip() for group in (info.candidate_groups or "").split(",") if group.strip())
        if groups and not any("${" in group for group in groups):
            yield groups


def _units(connection: Connection, season: str, language: str) -> Point:
    without, number = queries.units_without_officer(connection, season), len(public_queries.public_units(connection, season))
    name = word(language, "推荐单位经办人")
    if not without:
        return Point(name, word(language, "{number} 家推荐单位均已有经办人", number=number), "good", "/office/people", "manage_people")
    named = "、".join(row["name"] for row in without[:SHOWN]) + ("…" if len(without) > SHOWN else "")
    text = word(language, "{number} 家推荐单位中有 {without} 家还没有经办人：{named}", number=number, without=len(without), named=named)
    return Point(name, text, "later", "/office/people", "manage_people")


def _experts(connection: Connection, language: str) -> Point:
    number = queries.experts_number(connection)
    return Point(word(language, "专家库"), word(language, "{number} 人", number=number), "good" if number else "later", "/office/experts", "manage_experts")


def _plan(connection: Connection, season: str, language: str, *, now: datetime) -> Point:
    """Dates that lie behind: applications that nobody can hand in any more are no season."""
    plan = public_queries.deadlines_of(connection, season)
    over = [word(language, name) for name, at in sorted(plan.items(), key=lambda entry: entry[1]) if at <= now]
    name = word(language, "时间节点")
    if not over:
        return Point(name, word(language, "均未到期"), "good", "/office/deadlines", "preview_deadline")
    named = "、".join(over[:SHOWN]) + ("…" if len(over) > SHOWN else "")
    state = "missing" if plan.get("申报截止", now) <= now else "later"
    past = word(language, "已过期：{named}", named=named)
    return Point(name, past, state, "/office/deadlines", "preview_deadline", lacks="已过期", mend="去调整")


def _years(connection: Connection, season: str, language: str, *, now: datetime) -> Iterator[Point]:
    """The years in which the plan has its deadlines, each with its days off: without them no working day can be counted.

    Those of a year to come are published in its autumn before, so only the present year's must be there.
    """
    last = timedelta(microseconds=1)  # a deadline is the instant after its last day
    years = {(at - last).astimezone(SHANGHAI).year for at in public_queries.deadlines_of(connection, season).values()}
    known = {row["year"]: row["status"] for row in office_queries.working_years(connection)}
    for year in range(min(years, default=0), max(years, default=-1) + 1):
        name = word(language, "{year} 年工作日历", year=year)
        if year not in known:
            lacking = "missing" if year <= now.astimezone(SHANGHAI).year else "later"
            yield Point(name, word(language, "尚未导入"), lacking, "/admin", "manage_calendar")
        elif known[year] != "official":
            yield Point(name, word(language, "暂定，公布后请重新导入"), "later", "/admin", "manage_calendar")
        else:
            yield Point(name, word(language, "已公布"), "good", "/admin", "manage_calendar")


def _mail(house: House, language: str) -> Point:
    host = getattr(house.settings, "smtp_host", "")
    text = word(language, "经 {host} 发送", host=host) if host else word(language, "未设置邮件服务器，邮件只存为文件")
    return Point(word(language, "邮件"), text, "good" if host else "later", "")
