"""The command that plays a whole season: simulate."""

from __future__ import annotations

import json as json_text
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from app import wiring
from app.cli_common import SAY, DatabaseOption, SettingsOption, report, settings_apart
from app.settings import Settings
from selection.errors import Refused
from store import migrations
from store.engine import queries

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(simulate)


def simulate(
    season: Annotated[str, typer.Option(help="Season folder's name under processes/.")] = "cn-2023",
    applications: Annotated[int, typer.Option(min=1)] = 60,
    seed: Annotated[int, typer.Option()] = 1,
    quota: Annotated[str, typer.Option(help="season, or unlimited (for measuring).")] = "season",
    smtp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Really deliver the mails there.")] = None,
    really_send: Annotated[bool, typer.Option("--really-send", help="Allow a mail server beyond this machine.")] = False,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there as JSON.")] = None,
    database: DatabaseOption = None,
    settings: SettingsOption = None,
) -> None:
    """Play a whole season through the same commands, rights and listeners as people, on a clock stepped from due instant to due instant."""
    host, _, port = (smtp or "").partition(":")
    if host and host not in LOOPBACK and not really_send:
        raise Refused(
            "simulate.mail",
            zh="演练邮件只发往本机；确需外发请加 --really-send",
            en="Mails stay on this machine; add --really-send to send beyond",
        )
    loaded = settings_apart(name="simulate", database=database, file=settings, smtp_host=host, smtp_port=int(port or 25), smtp_tls="none")
    refuse_full(loaded)
    from app.simulate.play import Wish
    from app.simulate.play import simulate as play

    folder = Path("processes") / season
    house = open_played(loaded, folder=folder)
    wish = Wish(folder=folder, applications=applications, seed=seed, unlimited=quota == "unlimited")
    with SAY.status("演练中 … / playing ...") as status:
        told = play(house, wish, progress=status.update).as_json()
    if json:
        json.write_text(json_text.dumps(told, ensure_ascii=False, indent=2, default=str), "utf-8")
        told = {"written": str(json), "facts_hash": told["facts_hash"], **told["measured"]}
    report(told, as_json=not json)


def open_played(settings: Settings, *, folder: Path) -> wiring.House:
    """A new database on a clock stepped by hand, standing three days before the season's first deadline."""
    from selection.deadlines import plan
    from selection.season import Season

    first = min(plan(Season.from_settings(tomllib.loads((folder / "season.toml").read_text("utf-8")))).values())
    database = wiring.open_database(settings)
    migrations.upgrade(database)
    database.run(lambda connection: queries.set_manual_clock(connection, first - timedelta(days=3)))
    return wiring.build(settings)


def refuse_full(settings: Settings) -> None:
    """Refuse a database that holds anything already."""
    if migrations.current(wiring.open_database(settings)) is not None:
        raise Refused(
            "simulate.full",
            zh=f"演练只使用空数据库：{settings.database_url} 已有数据，请换一个或先删除",
            en=f"A simulation needs an empty database: {settings.database_url} is not; name another one or remove it",
        )
