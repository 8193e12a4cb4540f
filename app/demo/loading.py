"""Loads the demonstration: its seasons are played together on one clock by the engine's commands until the present instant, then everybody stops.

No row is written by hand but people, enterprises and imported titles, as an administrator would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from app.demo.answers import GOOD, Rehearsal, save_drafts
from app.demo.events import Event, events_of
from app.demo.people import give_passwords
from app.demo.stages import OFFICERS, PRESENT, STAGES, Stage, files_of, settings_of
from app.season import deploy_files
from app.simulate import papers
from app.simulate.answers.base import Play
from app.simulate.cast import Cast, Casting
from app.simulate.play import begin
from app.simulate.script import Part
from app.simulate.world import World
from app.wiring import House, read_folder
from app.worker import catch_up
from engine.contract import SYSTEM
from selection.calendar import local_day
from selection.deadlines import plan
from selection.season import Season
from store.selection.facts import Facts

Progress = Callable[[str], None]
SEED = 2023
EXPERTS = 16  # two at the top of the committee, two groups of five, two to spare, two who do not come
MOST_STEPS = 100_000
WEAK = 62.0

# Who may be played: role in the rule book's words, login.
ACCOUNTS = (
    ("申报单位联系人", "applicant0001"),
    ("推荐单位经办人", f"officer-{OFFICERS[0].lower()}"),
    ("推荐单位负责人", f"leader-{OFFICERS[0].lower()}"),
    ("办公室经办人", "office_clerk1"),
    ("办公室经办人（复核）", "office_clerk2"),
    ("办公室负责人", "office_director1"),
    ("评审专家", "expert0005"),
    ("专业组组长", "expert0008"),
    ("主任委员", "expert0001"),
    ("副主任委员", "expert0002"),
    ("评审委员会委员", "expert0003"),
    ("会议秘书", "meeting_secretary1"),
    ("中国质量协会批准人", "caq_approver1"),
    ("活动管理员", "season_admin1"),
    ("监督人员", "auditor1"),
)


def load(house: House, *, progress: Progress = lambda _: None) -> None:
    """Fill an empty database whose manual clock shows `stages.START`; the clock ends at `stages.PRESENT`."""
    random = Random(SEED)  # noqa: S311 - a repeatable story, no secret
    folder = read_folder(house.settings.season_folder)
    cast = _cast(house, folder, random=random)
    rehearsals = [_rehearsal(house, stage, folder, cast=cast, random=random) for stage in STAGES]
    _play(house, rehearsals, progress=progress)
    for rehearsal in rehearsals:
        save_drafts(rehearsal)
    give_passwords(house, ACCOUNTS)


def _cast(house: House, folder: Mapping[str, bytes], *, random: Random) -> Cast:
    """The people of all seasons: the same office, units and experts; the demonstration's enterprise files in each season."""
    settings = settings_of(folder)
    rules = Season.from_settings(settings)
    units = {unit["code"]: unit for unit in settings["units"]}
    with house.database.write() as connection:
        casting = Casting(facts=Facts(connection), season=rules.id, now=house.clock.now(), random=random)
        cast = casting.everybody(
            units=[units[code] for code in OFFICERS],
            enterprises=1 + sum(len(stage.fates) - 1 for stage in STAGES),
            experts=EXPERTS,
            base=rules.quota.base,
            widened=rules.quota.widened,
        )
        casting.leader(OFFICERS[0])
        return cast


def _rehearsal(house: House, stage: Stage, folder: Mapping[str, bytes], *, cast: Cast, random: Random) -> Rehearsal:
    """The season of a stage deployed, its parts given, nothing begun."""
    files = files_of(stage, folder)
    deploy_files(house, files, name=stage.id)
    rules = Season.from_settings(settings_of(files))
    first = 1 + sum(len(before.fates) - 1 for before in STAGES[: STAGES.index(stage)])
    mine = replace(cast, enterprises=[cast.enterprises[0], *cast.enterprises[first : first + len(stage.fates) - 1]])
    with house.database.read() as connection:
        days = plan(rules, calendar=Facts(connection).calendar.calendar())
    play = Play(world=World(house=house, season=stage.id, random=random, cast=mine), rules=rules, parts=[], plan=days)
    play.parts = [_part(play, stage, number) for number in range(1, len(stage.fates) + 1)]
    return Rehearsal(stage=stage, play=play, begins=min(play.plan.values()))


def _part(play: Play, stage: Stage, number: int) -> Part:
    """The part of the `number`-th application. No unit gets more than its quota lets it recommend later."""
    fate = stage.fates[number - 1]
    unit = OFFICERS[(number - 1) // stage.per_unit % len(OFFICERS)]
    enterprise = play.world.cast.enterprises[number - 1]
    if fate == "two_units_second":
        enterprise = play.world.cast.enterprises[number - 2]
        unit = OFFICERS[-1]
    part = Part(number=number, fate=fate, enterprise=enterprise, unit=unit, quality=WEAK if fate == "weak" else GOOD - number % 4)
    part.form = papers.application_form(
        random=play.world.random, enterprise=replace(enterprise, unit=unit), number=number, season=play.rules
    )
    part.form["cover"]["application_date"] = local_day(play.plan["申报开始"]).isoformat()  # a rehearsal's days are others than the year's
    return part


def _play(house: House, rehearsals: list[Rehearsal], *, progress: Progress) -> None:
    """Everybody acts, the engine works, the clock steps to the next due instant, event or the present, until nobody acts at the present."""
    waiting = sorted(
        (event for rehearsal in rehearsals for event in (_beginning(rehearsal), *events_of(rehearsal, begin=begin))),
        key=lambda event: event.at,
    )
    for _ in range(MOST_STEPS):
        while house.engine.work():
            pass
        now = house.clock.now()
        if waiting and waiting[0].at <= now:
            waiting.pop(0).happens()
        elif any([rehearsal.look() for rehearsal in rehearsals if rehearsal.begins <= now]):  # noqa: C419 - everybody looks
            continue
        elif now >= PRESENT:
            catch_up(house)
            return
        else:
            catch_up(house)
            _step(house, until=min([PRESENT, *(event.at for event in waiting[:1])]))
            progress(f"{house.clock.now() + timedelta(hours=8):%Y-%m-%d}")


def _beginning(rehearsal: Rehearsal) -> Event:
    world = rehearsal.play.world

    def happens() -> None:
        world.house.engine.start(
            process="season", business_key=world.season, variables={"season": world.season}, tenant=world.season, actor=SYSTEM
        )

    return Event(rehearsal.begins, happens)


def _step(house: House, *, until: datetime) -> None:
    due = house.engine.next_due()
    house.clock.move_to(max(house.clock.now(), until if due is None else min(due, until)))  # type: ignore[attr-defined]
