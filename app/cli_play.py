"""The command that plays a whole season: simulate."""

from __future__ import annotations

import json as json_text
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

import typer

from app import wiring
from app.cli_common import SAY, DatabaseOption, SettingsOption, database_of, report, settings_apart
from app.settings import Settings
from selection.errors import Refused
from store import migrations


class Quota(StrEnum):
    """How many each unit may recommend."""

    season = "season"
    unlimited = "unlimited"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(simulate)


def simulate(
    season: Annotated[str, typer.Option(help="Season folder's name under processes/.")] = "cn-2023",
    applications: Annotated[int, typer.Option(min=1)] = 60,
    seed: Annotated[int, typer.Option()] = 1,
    quota: Annotated[Quota, typer.Option(help="The season's, or none (for measuring).")] = Quota.season,
    smtp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Really deliver the mails there; else they are files.")] = None,
    really_send: Annotated[bool, typer.Option("--really-send", help="Allow a mail server beyond this machine.")] = False,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there as JSON.")] = None,
    database: DatabaseOption = None,
    settings: SettingsOption = None,
) -> None:
    """Play a whole season through the same commands, rights and listeners as people, on a clock stepped from due instant to due instant."""
    host, port = mail_server(smtp, really_send=really_send)
    folder = Path("processes") / season
    wiring.read_folder(folder)  # says so when there is none, before a database is made
    loaded = settings_apart(name="simulate", database=database, file=settings, smtp_host=host, smtp_port=port, smtp_tls="none")
    refuse_full(loaded)
    if json:
        json.touch()  # a report that could not be written is said now, not after the season
    told = played(loaded, folder=folder, applications=applications, seed=seed, unlimited=quota is Quota.unlimited)
    if json:
        json.write_text(json_text.dumps(told, ensure_ascii=False, indent=2, default=str), "utf-8")
        told = {"written": str(json), "facts_hash": told["facts_hash"], **told["measured"]}
    report(told, as_json=not json)


def played(settings: Settings, *, folder: Path, applications: int, seed: int, unlimited: bool) -> dict[str, Any]:
    """The report of a season that is played now, on an empty database."""
    from app.simulate.play import Wish, empty_house, first_moment
    from app.simulate.play import simulate as play

    house = empty_house(settings, start=first_moment(folder))
    wish = Wish(folder=folder, applications=applications, seed=seed, unlimited=unlimited)
    try:
        with SAY.status("演练中 … / playing ...") as status:
            return play(house, wish, progress=lambda moment: status.update(f"演练中 / playing {moment} UTC")).as_json()
    finally:
        house.close()


def mail_server(address: str | None, *, really_send: bool) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; ("", 25) when none is named. Raises Refused for another machine unless `really_send`."""
    if address is None:
        return "", 25
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal():
        raise Refused("simulate.smtp", zh=f"--smtp 应写作 主机:端口，而不是 {address}", en=f"--smtp takes HOST:PORT, not {address}")
    if not (_is_loopback(host) or really_send):
        raise Refused(
            "simulate.mail",
            zh="演练邮件只发往本机；确需外发请加 --really-send",
            en="Mails stay on this machine; add --really-send to send beyond",
        )
    return host, int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_full(settings: Settings) -> None:
    """Refuse a database that holds anything already."""
    database = database_of(settings)
    place = database.path
    shown = place or database.engine.url
    if migrations.current(database) is not None:
        files = f"rm -r {place}* {settings.files_folder} {settings.mail_folder}"
        zh, en = (f"先删除：{files}", f"remove it first: {files}") if place else ("新建一个空数据库", "create an empty one")
        raise Refused(
            "simulate.full",
            zh=f"演练只使用空数据库，而 {shown} 已有数据。请用 --database 指定另一个，或{zh}",
            en=f"A simulation needs an empty database, and {shown} is not. Name another one with --database, or {en}",
        )
