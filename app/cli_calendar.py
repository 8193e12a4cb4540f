"""Commands on the working-day calendar: calendar show, calendar import."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from app import wiring
from app.cli_common import DatabaseOption, JsonOption, SettingsOption, house_of, report, settings_of
from selection.errors import Refused

calendar = typer.Typer(help="Working days: show, import.", no_args_is_help=True)
Year = Annotated[int, typer.Argument(help="Year.")]


@calendar.command()
def show(year: Year, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Show a year: official or provisional, and the days that differ from an ordinary week."""
    house = house_of(settings_of(database=database, file=settings))
    with house.database.read() as connection:
        days = wiring.part("store.selection.facts", "Facts")(connection).calendar.calendar()
    report({"year": year, "official": days.is_official(year), **unusual_days(days, year)}, as_json=json)


@calendar.command(name="import")
def import_year(
    file: Annotated[Path, typer.Argument(help="TOML with year, status (official, provisional), off, working.")],
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Keep the working days of a year from a file, in place of what is known of it."""
    from app.season import import_calendar

    house = house_of(settings_of(database=database, file=settings))
    year = import_calendar(house, content=_read(file), source=file.name)
    report({"year": year, "imported": True}, as_json=json)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("calendar.file", zh=f"{file} 不是 TOML 文件：{error}", en=f"{file} is no TOML: {error}") from error


def unusual_days(days: Any, year: int) -> dict[str, Any]:
    """The working days of a year, their number, weekdays that are off and weekend days that are worked (调休)."""
    first = date(year, 1, 1)
    all_days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    working = {day for day in all_days if days.is_working_day(day)}
    saturday = 5
    return {
        "working_days": len(working),
        "weekdays_off": [day.isoformat() for day in all_days if day not in working and day.weekday() < saturday],
        "weekends_worked": [day.isoformat() for day in all_days if day in working and day.weekday() >= saturday],
    }
