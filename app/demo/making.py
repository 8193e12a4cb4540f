"""Makes the demonstration's database: a new schema on a clock stepped by hand, filled; an embedded one appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from app import wiring
from app.demo.loading import load
from app.demo.stages import START
from app.settings import Settings
from store import migrations
from store.database import Database
from store.engine import queries


def make(settings: Settings, *, progress: Callable[[str], None]) -> None:
    """Make and fill the database of the settings. An embedded one is made beside its place and moved there at the end."""
    place = Database(settings.database_url).path
    if place is None:
        _fill(settings, wiring.open_database(settings), progress=progress)
        return
    unfinished = place.with_suffix(".making")
    _remove(unfinished)
    aside = replace(settings, database_url=f"sqlite:///{unfinished}")
    _fill(aside, wiring.open_database(aside, durable=False), progress=progress)
    _remove(place)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(place)


def _fill(settings: Settings, database: Database, *, progress: Callable[[str], None]) -> None:
    migrations.upgrade(database)
    database.run(_mark)
    wiring.note_folders(settings, database=database)
    house = wiring.build(settings, database=database)
    try:
        load(house, progress=progress)
    finally:
        house.close()


def _mark(connection: Connection) -> None:
    queries.set_property(connection, wiring.DEMONSTRATION, value=True)
    queries.set_manual_clock(connection, START)


def _remove(path: Path) -> None:
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
