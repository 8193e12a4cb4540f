"""Commands on seasons and on time: check, deploy, suspend, resume, tick, doctor."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from app import wiring
from app.check import check_files, warnings_of
from app.cli_common import OUT, SAY, DatabaseOption, JsonOption, SettingsOption, house_of, report, report_rows, settings_of
from app.clock import ManualClock
from app.faults import Fault
from app.worker import catch_up
from selection.errors import Refused

Checked = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Season folders, or single files.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (check, deploy, suspend, resume, tick, doctor):
        app.command()(command)


def check(paths: Checked, json: JsonOption = False) -> None:
    """Check season folders, or diagrams alone: plan, diagrams, forms, mails and the names they use. Warnings are told, too; only faults fail."""
    registry = wiring.part("handlers", "registry")()
    functions = wiring.part("handlers.functions", "FUNCTIONS")
    reminders = wiring.part("handlers.reminders", "REMINDERS")
    needs = wiring.part("handlers.needs", "NEEDS")
    found: list[tuple[Path, Fault]] = []
    for path in paths:
        files = {path.name: path.read_bytes()} if path.is_file() else wiring.read_folder(path)
        faults = check_files(files, registry=registry, functions=functions, reminders=reminders, needs=needs)
        warnings = warnings_of(files, functions=functions, needs=needs)
        found += [(path, fault) for fault in (*faults, *warnings)]
        if not json:
            also = f", {len(warnings)} warnings" if warnings else ""
            SAY.print(f"{path}: {'ok' if not faults else f'{len(faults)} faults'}{also}", highlight=False)
    rows = [{"folder": str(path), **fault.as_data()} for path, fault in found]
    if json:
        report_rows(rows, columns=(), as_json=True)
    for row in () if json else rows:
        where = f"{row['folder']}/{row['file']}{':' if row['line'] else ''}{row['line'] or ''} {row['place']}"
        OUT.print(f"{where} [{row['code']}] {row['severity']}: {row['zh']} / {row['en']}", highlight=False, markup=False)
    if any(fault.severity == "error" for _, fault in found):
        raise typer.Exit(1)


def deploy(
    path: Annotated[Path, typer.Argument(help="Season folder.")],
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Deploy a folder as an immutable numbered version; the same content is the same version."""
    from app.season import deploy as deploy_folder

    house = house_of(settings_of(database=database, file=settings))
    version = deploy_folder(house, path)
    report({"name": version.name, "number": version.number, "digest": version.digest, "new": version.created}, as_json=json)


Named = Annotated[str, typer.Argument(metavar="SEASON", help="Id of the season, such as cn-2023.")]
Because = Annotated[str, typer.Option(help="Why; it is kept in the history of everything that is switched.")]


def suspend(season: Named, reason: Because, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Let a whole season stand still: no task, timer or message moves anything of it."""
    from app.standing import suspend_season

    house = house_of(settings_of(database=database, file=settings))
    report({"season": season, "suspended": suspend_season(house, season=season, reason=reason)}, as_json=json)


def resume(season: Named, reason: Because, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Let a suspended season go on; what fell due meanwhile happens now, so move its deadlines first."""
    from app.standing import resume_season

    house = house_of(settings_of(database=database, file=settings))
    report({"season": season, "resumed": resume_season(house, season=season, reason=reason)}, as_json=json)


def tick(
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    days: Annotated[int, typer.Option(help="Step a manual clock this many days first.", min=0)] = 0,
    json: JsonOption = False,
) -> None:
    """Do everything that is due now, once."""
    house = house_of(settings_of(database=database, file=settings))
    if days:
        if not isinstance(house.clock, ManualClock):
            raise Refused(
                "tick.clock", zh="此数据库使用系统时钟，不能推进时间", en="This database runs on the system's clock; it cannot be stepped"
            )
        house.clock.step(timedelta(days=days))
    report({"now": house.clock.now(), **catch_up(house)}, as_json=json)


def doctor(
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="First remove what broken-off uploads left more than a day ago.")] = False,
    json: JsonOption = False,
) -> None:
    """Check the named invariants of engine, selection, mail and files; exit code 1 when one is violated."""
    from app import doctor as doctors

    house = house_of(settings_of(database=database, file=settings))
    if sweep:
        SAY.print(f"removed: {doctors.sweep(house)}", highlight=False)
    findings = [vars(finding) for finding in doctors.examine(house)]
    if not (findings or json):
        SAY.print(f"一切正常 / all {len(doctors.invariants())} invariants hold", highlight=False)
        return
    report_rows(findings, columns=("invariant", "subject", "zh", "en"), as_json=json, title="doctor")
    if findings:
        raise typer.Exit(1)
