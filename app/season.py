"""Brings a season folder into the database: its version, its named deadlines, units and working-day calendars. Decides nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.check import FolderRefused
from app.wiring import House, read_folder
from engine.contract import SYSTEM, Actor

if TYPE_CHECKING:
    from selection.calendar import Calendar


def deploy(house: House, folder: Path, *, actor: Actor = SYSTEM) -> Any:
    """Deploy a folder as a version named like it; a folder with `season.toml` also brings its season's facts, if they are new.

    Live facts (deadlines that were extended, units that were widened) are never overwritten by a second deployment.
    """
    return deploy_files(house, read_folder(folder), name=folder.name, actor=actor)


def deploy_files(house: House, files: Mapping[str, bytes], *, name: str, actor: Actor = SYSTEM) -> Any:
    """Deploy files (path inside the folder -> content) as a folder is deployed; `name` counts where no season gives its id.

    Raises FolderRefused with all that `check` finds.
    """
    faults = house.faults(files)
    if faults:
        raise FolderRefused(faults)
    settings = tomllib.loads(files["season.toml"].decode("utf-8")) if "season.toml" in files else {}
    version = house.engine.deploy(name=settings.get("id", name), files=files, actor=actor)
    if settings:
        _season(house, files=files, settings=settings, actor=actor)
    return version


def import_calendar(house: House, *, content: Mapping[str, Any], source: str, actor: Actor = SYSTEM) -> int:
    """Keep the working days of one year (`year`, `status`, `off`, `working`). Out: the year.

    Raises InvalidSettings, and keeps nothing, where it is wrong by itself or contradicts another year's.
    """
    from selection.calendar import year_problems
    from selection.errors import InvalidSettings
    from store.selection.facts import Facts

    problems = year_problems(content)
    if problems:
        raise InvalidSettings(problems)
    year = int(content["year"])

    def keep(connection: Any) -> None:
        calendar = Facts(connection).calendar
        days = {"off": content.get("off", []), "working": content.get("working", [])}
        calendar.import_year(year=year, status=content["status"], **days, source=source, at=house.clock.now(), by=actor.id)
        calendar.calendar()  # all years together

    house.database.run(keep)
    return year


def _season(house: House, *, files: Mapping[str, bytes], settings: Mapping[str, Any], actor: Actor) -> None:
    from selection.deadlines import plan
    from selection.season import Season
    from store.engine import queries
    from store.selection.facts import Facts

    season = Season.from_settings(settings)
    for path, content in files.items():
        if path.startswith("calendar-"):
            import_calendar(house, content=tomllib.loads(content.decode("utf-8")), source=path, actor=actor)

    def note(connection: Any) -> tuple[set[str], Calendar]:
        facts = Facts(connection)
        facts.calendar.open_season(season=season.id, year=season.year, title=season.title)
        known = {unit.code for unit in facts.people.units(season.id)}
        quota = settings["quota"]
        for unit in settings["units"]:
            if unit["code"] not in known:
                named = {key: unit[key] for key in ("code", "name", "kind")}
                facts.people.add_unit(season=season.id, base=quota["base"], widened=quota["widened"], mail=None, **named)
        return set(queries.deadlines(connection, tenant=season.id)), facts.calendar.calendar()

    known, calendar = house.database.run(note)
    for name, at in plan(season, calendar=calendar).items():
        if name not in known:
            house.engine.set_deadline(tenant=season.id, name=name, at=at, reason="年度计划", actor=actor)
