"""Plays a whole season: everybody answers their tasks, the clock steps from due instant to due instant until the archive."""

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from app import season as seasons
from app.settings import Settings
from app.simulate import names, papers
from app.simulate.answers import check, defence, intake, meeting, paper, result, review  # noqa: F401 - importing fills the table of answers
from app.simulate.answers.base import ANSWERS, Event, Play
from app.simulate.cast import Casting, Enterprise
from app.simulate.report import Report, report
from app.simulate.script import parts
from app.simulate.world import World
from app.wiring import House, Missing, build, note_folders, open_database
from engine import EngineError
from engine.contract import SYSTEM
from selection.deadlines import plan as plan_of
from selection.errors import HouseError
from selection.season import APPROVERS, Season
from store import migrations
from store.engine import queries, tables
from store.selection.facts import Facts

Progress = Callable[[str], None]
MOST_STEPS = 200_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to play: which season folder, how many applications, from which seed, with the season's quota or without one."""

    folder: Path
    applications: int = 60
    seed: int = 1
    unlimited: bool = False
    stop_before: str | None = None  # name of a deadline: stop there (the demonstration does)


def empty_house(settings: Settings, *, start: datetime, durable: bool = True) -> House:
    """A house on a fresh database whose manual clock shows ``start`` (aware); ``durable``: see `Database`."""
    database = open_database(settings, durable=durable)
    migrations.upgrade(database)
    database.run(lambda connection: queries.set_manual_clock(connection, start))
    note_folders(settings, database=database)
    return build(settings, database=database)


def first_moment(folder: Path) -> datetime:
    """A working morning before the first deadline of the season's plan."""
    _, settings = _settings(folder)
    return min(plan_of(Season.from_settings(settings)).values()) - timedelta(days=4, hours=-9)


def simulate(house: Any, wish: Wish, *, progress: Progress = lambda _: None) -> Report:
    """Play the season of ``wish`` on an empty database with a manual clock. Raises Missing when the database holds instances already."""
    began, cpu = time.perf_counter(), time.process_time()
    play = prepare(house, wish)
    run(play, progress=progress, until=play.plan.get(wish.stop_before or ""))
    return report(play, wall=time.perf_counter() - began, cpu=time.process_time() - cpu)


def prepare(house: Any, wish: Wish) -> Play:
    """The season deployed, its people written, the parts given, nothing begun."""
    _refuse_used(house)
    random = Random(wish.seed)  # noqa: S311 - a repeatable story, no secret
    seasons.deploy(house, wish.folder)
    with house.database.read() as connection:
        facts = Facts(connection)
        name, settings = _settings(wish.folder)
        rules = Season.from_settings(settings)
        plan = {entry: facts.calendar.deadline(season=name, name=entry) for entry in _names(settings)}
    world = World(house=house, season=name, random=random)
    units = settings["units"]
    wanted = min(len(units), max(4, -(-wish.applications // 3) + 1))
    base, widened = (999, 999) if wish.unlimited else (rules.quota.base, rules.quota.widened)
    with world.writing() as facts:
        casting = Casting(facts=facts, season=name, now=world.now, random=random)
        groups = -(-wish.applications // review.GROUP_SIZE)
        others = [APPROVERS[name] for name in rules.approvers]
        if APPROVERS["CAQ"] in others:
            others.remove(APPROVERS["CAQ"])  # one of them belongs to the staff
        experts = 2 + groups * review.READERS + 5
        world.cast = casting.everybody(units=units[:wanted], enterprises=wish.applications, experts=experts, base=base, widened=widened, approvers=others)
    found = parts(enterprises=world.cast.enterprises, units=world.cast.units, applications=wish.applications, random=random)
    for part in found:
        named = Enterprise(
            id=part.enterprise.id, name=part.enterprise.name, uscc=part.enterprise.uscc, unit=part.unit, person=part.enterprise.person
        )
        part.form = papers.application_form(random=random, enterprise=named, number=part.number, season=rules)
    return Play(
        world=world, rules=rules, parts=found, plan={key: at for key, at in plan.items() if at is not None}, unlimited=wish.unlimited
    )


def _settings(folder: Path) -> tuple[str, dict[str, Any]]:
    settings = tomllib.loads((folder / "season.toml").read_text(encoding="utf-8"))
    return settings["id"], settings


def _names(settings: Mapping[str, Any]) -> list[str]:
    return [entry["name"] for entry in settings["deadlines"]]


def _refuse_used(house: Any) -> None:
    with house.database.read() as connection:
        used = connection.execute(select(func.count()).select_from(tables.instance)).scalar_one()
    if used:
        raise Missing(
            "simulate.used", zh="模拟只能在空数据库上运行，请换一个数据库", en="simulate needs an empty database; name another one"
        )


def run(play: Play, *, progress: Progress = lambda _: None, until: datetime | None = None) -> None:
    """Answer, work, step, until the season is archived or ``until`` is reached."""
    world = play.world
    world.house.engine.start(
        process="season", business_key=world.season, variables={"season": world.season}, tenant=world.season, actor=SYSTEM
    )
    go_on(play, progress=progress, until=until)


def go_on(play: Play, *, progress: Progress = lambda _: None, until: datetime | None = None) -> None:
    """The same for a season that runs already."""
    world = play.world
    for _ in range(MOST_STEPS):
        world.work()
        if _events(play) or _round(play):
            continue
        world.deliver()
        if until is not None and world.now >= until:
            return
        if _finished(play) or not world.step(until=_next_event(play)):
            return
        progress(f"{world.now:%Y-%m-%d %H:%M}")


def _round(play: Play) -> bool:
    """Everybody looks at their open tasks once. True when somebody acted."""
    acted = False
    for task in play.world.open_tasks():
        answer = ANSWERS.get("N15c" if task.element.endswith("_chase") else task.element)
        if answer is None:
            message = f"nobody knows how to answer {task.element}"
            raise LookupError(message)
        try:
            acted = answer(play, task) or acted
        except (EngineError, HouseError) as refusal:
            message = f"{task.element} of {task.business_key} was refused: {refusal.code}: {refusal.zh} {refusal.details}"
            raise RuntimeError(message) from refusal
    return acted


def _finished(play: Play) -> bool:
    return not play.world.open_tasks() and play.world.house.engine.next_due() is None


# what people do without a task: file, withdraw, report


def _events(play: Play) -> bool:
    now, left = play.world.now, _left(play)
    due = [event for event in left if event[0] <= now]
    if due:
        play.events = [event for event in left if event[0] > now]
    for _, act, part in due:
        act(play, part)
    return bool(due)


def _next_event(play: Play) -> datetime | None:
    return min((moment for moment, _, _ in _left(play)), default=None)


def _left(play: Play) -> list[Event]:
    if play.events is None:
        play.events = _calendar(play)
    return play.events


def _calendar(play: Play) -> list[Event]:
    opens, closes = play.plan["申报开始"], play.plan["申报截止"]
    found: list[Event] = []
    for part in play.parts:
        found.append((opens + timedelta(days=2 + part.number % 18, minutes=part.number), begin, part))
        if part.fate == "withdrawn":
            found.append((closes - timedelta(days=9), _withdraw, part))
        if part.fate == "late":
            found.append((closes - timedelta(hours=1), _looks, part))
        if part.fate == "revoked":
            found.append((play.plan["公告"] + timedelta(days=20), _report, part))
    found.append((opens + timedelta(days=1), _extend, None))
    if "imported" not in play.marks:
        found.append((play.plan["公告"] + timedelta(days=25), _report_old, None))
    found.append((play.plan["推荐截止"] - timedelta(hours=39), _looks, None))
    return found


def _looks(_play: Play, _part: Any) -> None:
    """Somebody looks at the tasks at this moment: the clock stops here."""


def _extend(play: Play, _: Any) -> None:
    """The director moves the season's archiving by a day; those whose tasks follow it, and the office, are told."""
    world, name = play.world, "归档"
    director, reason = world.cast.one("office_director"), "年度材料较多，归档顺延一日"
    at = play.plan[name] + timedelta(days=1)
    world.house.engine.set_deadline(tenant=world.season, name=name, at=at, reason=reason, actor=director)
    world.house.tell("deadline_moved", actor=director, season=world.season, name=name, at=at, reason=reason, groups=())


def begin(play: Play, part: Any) -> None:
    """An enterprise, told that its account is bound, begins its application."""
    world = play.world
    world.house.tell("account_bound", actor=part.enterprise.person, season=world.season, enterprise=part.enterprise.id)
    with world.writing() as facts:
        part.application = facts.applications.reserve()
    play.by_application[part.application] = part
    variables = {"season": world.season, "application": part.application, "enterprise": part.enterprise.id}
    world.house.engine.start(
        process="application", business_key=part.application, variables=variables, tenant=world.season, actor=part.enterprise.person
    )


def _withdraw(play: Play, part: Any) -> None:
    play.world.send("application.withdraw", key=part.application, payload={"reason": "经营计划调整"}, actor=part.enterprise.person)


def _report(play: Play, part: Any) -> None:
    with play.world.facts() as facts:
        title = facts.titles.of_application(part.application)
    if title is None:
        return
    send_report(play, title.id)
    play.marks.add("revoked")


def send_report(play: Play, title: str) -> None:
    """The office registers a report against a title."""
    clerk = play.world.cast.one("office_clerk")
    data = {"source": "群众来信", "facts": "经群众反映，该单位申报材料存在弄虚作假的情况，附有证明材料，请予核查。"}
    play.world.send("title.report", key=title, payload=data, actor=clerk)


def _report_old(play: Play, _: Any) -> None:
    """A title of an earlier year, imported, is reported and revoked too."""
    title = import_title(play, number="2019-07", holder="模拟往年标杆企业", uscc=names.uscc(999_999), year=2019)
    play.world.work()
    send_report(play, title)
    play.marks.add("imported revoked")


def import_title(play: Play, *, number: str, holder: str, uscc: str, year: int) -> str:
    """The office brings in a title older than the system. Out: its id, the number."""
    world = play.world
    variables = {"season": world.season, "title": number, "enterprise": "", "imported": True}
    told = {"holder": holder, "experience": f"{holder}的质量管理经验", "uscc": uscc, "year": year}
    world.house.engine.start(
        process="title", business_key=number, variables=variables, payload=told, tenant=world.season, actor=world.cast.one("office_clerk")
    )
    return number
