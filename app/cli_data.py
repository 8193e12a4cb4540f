"""Commands on the installation's data: migrate, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import backup as backups
from app import wiring
from app.cli_common import DatabaseOption, JsonOption, SettingsOption, database_of, report, settings_of
from app.clock import SystemClock
from store import migrations

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the backup.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (migrate, backup, restore):
        app.command()(command)


def migrate(database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Make the schema, or bring it up to date: all steps or none."""
    opened = database_of(settings_of(database=database, file=settings))
    wiring.refuse_newer(opened)
    before = migrations.current(opened)
    migrations.upgrade(opened)
    report({"before": before, "after": migrations.current(opened)}, as_json=json)


def backup(folder: Folder, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Write the database and the documents into a new folder; the installation may go on working."""
    loaded = settings_of(database=database, file=settings)
    opened = database_of(loaded)
    if migrations.current(opened) is not None:
        loaded = wiring.with_folders(loaded, database=opened)
    report(vars(backups.backup(database=opened, files=loaded.files_folder, to=folder, now=SystemClock().now())), as_json=json)


def restore(folder: Folder, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Bring a backup back into an empty installation, after checking that it is whole."""
    loaded = settings_of(database=database, file=settings)
    opened = database_of(loaded)
    told = backups.restore(folder=folder, database=opened, files=loaded.files_folder)
    if wiring.with_folders(loaded, database=opened) != loaded:
        wiring.note_folders(loaded, database=opened)  # where they have been brought to, not where they were backed up
    report(vars(told), as_json=json)
