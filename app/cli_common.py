"""What the commands share: the options that many take, and how a report is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app import wiring
from app.settings import Settings
from store.database import Database

SAY = Console(stderr=True, soft_wrap=True)
OUT = Console(soft_wrap=True)

_opened: list[Database] = []  # by the command that runs

DatabaseOption = Annotated[str | None, typer.Option("--database", metavar="URL", help="Database; default: the settings' (embedded file).")]
SettingsOption = Annotated[Path | None, typer.Option("--settings", metavar="FILE", help="Settings file (TOML).")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on.", min=1, max=65535)]
JsonOption = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]


def settings_of(*, database: str | None, file: Path | None = None, **overrides: Any) -> Settings:
    """The installation's settings with what the command line said.

    An embedded `database` that is not the settings' own has its documents and mails beside it, so that no two installations share them.
    """
    if database is not None and database != Settings.load(path=file).database_url:
        overrides = folders_beside(database) | overrides
    return Settings.load(path=file, database_url=database, **overrides)


def house_of(settings: Settings) -> wiring.House:
    """The house of an installation; its database is closed when the command ends. Raises Missing when the schema is old."""
    database = database_of(settings)
    return wiring.build(settings, database=wiring.ready(database))


def database_of(settings: Settings) -> Database:
    """The database of an installation, whatever its schema; it is closed when the command ends."""
    database = wiring.open_database(settings)
    _opened.append(database)
    return database


def close_databases() -> None:
    """Close what the command opened."""
    while _opened:
        _opened.pop().close()


def settings_apart(*, name: str, database: str | None, file: Path | None, **overrides: Any) -> Settings:
    """The settings of an installation apart from the real one (`name`: demo, simulate): its database, documents and mails have a folder of their own.

    With an embedded `database` that folder is the one the file lies in, else ``var/<name>``.
    """
    url = database or f"sqlite:///var/{name}/benchmark.db"
    folders = folders_beside(url) or _folders(Path("var") / name, stem=Database(url).name)
    return Settings.load(path=file, database_url=url, **folders, **overrides)


def folders_beside(url: str) -> dict[str, Any]:
    """The folders of documents and mails beside an embedded database: ``files`` and ``mail``, with its name before them unless it is ``benchmark.db``.

    Empty for a database of a server.
    """
    database = Database(url)
    return {} if database.path is None else _folders(database.path.parent, stem=database.name)


def _folders(home: Path, *, stem: str) -> dict[str, Any]:
    prefix = "" if stem == "benchmark" else f"{stem}-"
    return {"files_folder": home / f"{prefix}files", "mail_folder": home / f"{prefix}mail"}


def report(data: Mapping[str, Any], *, as_json: bool) -> None:
    """Show a report: one line per value, or JSON."""
    if as_json:
        OUT.print_json(json.dumps(data, default=_plain, ensure_ascii=False))
        return
    for name, value in data.items():
        OUT.print(f"{name}: {_plain(value)}", highlight=False, markup=False)


def report_rows(rows: Iterable[Mapping[str, Any]], *, columns: Iterable[str], as_json: bool, title: str = "") -> None:
    """Show rows: a table, or JSON."""
    rows, columns = list(rows), list(columns)
    if as_json:
        OUT.print_json(json.dumps(rows, default=_plain, ensure_ascii=False))
        return
    table = Table(*columns, title=title or None, title_justify="left")
    for row in rows:
        table.add_row(*(str(_plain(row.get(column, ""))) for column in columns))
    OUT.print(table)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (frozenset, set)):
        return ", ".join(sorted(map(str, value)))
    return value if isinstance(value, (str, int, float, bool, type(None), list, dict)) else str(value)
