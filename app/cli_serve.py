"""Commands that keep running: serve (pages and work), worker (work only), demo (a demonstration season)."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Annotated

import typer
from rich.cells import set_cell_size

from app import wiring
from app.cli_common import SAY, DatabaseOption, HostOption, PortOption, SettingsOption, house_of, settings_apart, settings_of
from app.clock import ManualClock, SystemClock
from app.memory import settle
from app.settings import Settings
from app.worker import Worker
from selection.errors import HouseError
from store import migrations
from store.engine import queries

ROLE_CELLS = 24  # cells of a terminal; a Chinese character takes two
A_LONG_TIME = timedelta(days=3650)
DemonstrationFlag = Annotated[bool, typer.Option("--demonstration", help="Serve a demonstration database all the same.")]
ManualClockFlag = Annotated[
    bool, typer.Option("--manual-clock", help="Serve a database whose clock is stepped by hand; an empty one becomes such a one.")
]


class NotForReal(HouseError):
    """A database that must not be served as if it were real."""

    status = 409


class PortTaken(HouseError):
    """Somebody listens at the address already."""

    status = 409


class AddressUnusable(HouseError):
    """Nobody can listen at the address: it is unknown, another machine's, or not for this user."""

    status = 409


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (serve, worker, demo):
        app.command()(command)


def serve(
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    host: HostOption = None,
    port: PortOption = None,
    demonstration: DemonstrationFlag = False,
    manual_clock: ManualClockFlag = False,
) -> None:
    """Serve the pages and do the due work of this installation."""
    loaded = settings_of(database=database, file=settings, web_host=host, web_port=port)
    if manual_clock:
        prepare_trial(loaded)
    house = house_of(loaded)
    refuse_unreal(house, demonstration=demonstration, manual_clock=manual_clock)
    refuse_taken(house.settings)
    SAY.print(f"[bold]http://{loaded.web_host}:{loaded.web_port}/[/]  Ctrl-C", highlight=False)
    run_server(house)


def worker(database: DatabaseOption = None, settings: SettingsOption = None) -> None:
    """Fire timers, run jobs and send mails, without pages."""
    house = house_of(settings_of(database=database, file=settings))
    refuse_unreal(house, demonstration=False, manual_clock=False)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    running = Worker(house)
    running.start()
    settle()
    SAY.print("worker: started; Ctrl-C stops it", highlight=False)
    stop.wait()
    running.stop()
    house.close()


def demo(database: DatabaseOption = None, settings: SettingsOption = None, host: HostOption = None, port: PortOption = None) -> None:
    """Serve a demonstration season with cases at every stage; the first start makes it, later ones keep it."""
    loaded = settings_apart(name="demo", database=database, file=settings, web_host=host, web_port=port)
    refuse_taken(loaded)
    house = open_demo(loaded)
    SAY.print(f"[bold]http://{loaded.web_host}:{loaded.web_port}/[/]", highlight=False)
    accounts = wiring.part("app.demo", "accounts")(house)
    for account in accounts:
        SAY.print(f"  {set_cell_size(account.role, ROLE_CELLS)}{account.login:<20}{account.password}", highlight=False, markup=False)
    if accounts:
        SAY.print("  同类的其他账号（如 expert0006）密码相同 / others of a kind, such as expert0006, have the same password", highlight=False)
    run_server(house)


def open_demo(settings: Settings) -> wiring.House:
    """The demonstration's house; a database that holds nothing yet is made first, one of an earlier programme brought up to date."""
    with closing(wiring.open_database(settings)) as database:
        new = migrations.current(database) is None
        if not (new or migrations.is_current(database) or migrations.is_newer(database)) and wiring.is_demonstration(database):
            migrations.upgrade(database)
    if new:
        began = monotonic()
        with SAY.status("示范数据库正在生成 … / making the demonstration, once ...") as status:
            wiring.part("app.demo", "make")(settings, progress=lambda day: status.update(f"示范数据库正在生成 / playing {day} ..."))
        SAY.print(f"示范数据库已生成，用时 {monotonic() - began:.0f} 秒 / made in {monotonic() - began:.0f} s", highlight=False)
    return wiring.build(settings)


def prepare_trial(settings: Settings) -> None:
    """Make a database that holds nothing yet one whose clock is stepped by hand: a place to try diagrams by the REST interface."""
    database = wiring.open_database(settings)
    try:
        if migrations.current(database) is None:
            migrations.upgrade(database)
            database.run(lambda connection: queries.set_manual_clock(connection, SystemClock().now()))
    finally:
        database.close()


def refuse_unreal(house: wiring.House, *, demonstration: bool, manual_clock: bool) -> None:
    """Refuse to serve made-up cases, or a clock stepped by hand, as if they were real (unless told to)."""
    if house.is_demonstration and not demonstration:
        raise NotForReal(
            "serve.demonstration",
            zh="这是示范数据库，不能作为正式系统运行。确需运行请加 --demonstration",
            en="This is a demonstration database. To serve it all the same, add --demonstration",
        )
    if isinstance(house.clock, ManualClock) and not (manual_clock or demonstration):
        raise NotForReal(
            "serve.manual_clock",
            zh="此数据库的时钟由人工推进，不能作为正式系统运行。确需运行请加 --manual-clock",
            en="This database's clock is stepped by hand. To serve it all the same, add --manual-clock",
        )


def refuse_taken(settings: Settings) -> None:
    """Say plainly that another programme listens already, and name a port that is free."""
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a port just left is free
        try:
            trial.bind((settings.web_host, settings.web_port))
        except OSError as taken:
            if taken.errno != errno.EADDRINUSE:
                at = f"{settings.web_host}:{settings.web_port}"
                raise AddressUnusable(
                    "serve.address",
                    zh=f"无法在 {at} 上监听（{taken.strerror}）。请用 --host 写本机的地址，端口 1024 以下须有相应权限",
                    en=f"Cannot listen at {at} ({taken.strerror}). --host takes an address of this machine; a port below 1024 needs the right to it",
                ) from None
            with socket.socket(family, socket.SOCK_STREAM) as other:
                other.bind((settings.web_host, 0))
                free = other.getsockname()[1]
            raise PortTaken(
                "serve.port",
                zh=f"端口 {settings.web_port} 已被其他程序使用（可能已有一个实例在运行）。请先停止它，或换一个端口，例如 --port {free}",
                en=f"Port {settings.web_port} is in use (perhaps an instance is running already). Stop it, or take another: --port {free}",
            ) from None


def unhurried(house: wiring.House) -> wiring.House:
    """The house; where the clock is stepped by hand, a step of days signs nobody out."""
    if not isinstance(house.clock, ManualClock):
        return house
    return replace(house, settings=replace(house.settings, session_idle=A_LONG_TIME, session_absolute=A_LONG_TIME))


def run_server(house: wiring.House) -> None:
    """Serve until interrupted. Under a manual clock time stands still, the work does not: who registers gets a letter, who submits is seen by
    the unit at once; only what a day brings waits for the step.
    """
    import uvicorn

    refuse_taken(house.settings)
    application = wiring.part("web.app", "create_app")(unhurried(house))
    running = Worker(house)
    running.start()
    settle()
    try:
        uvicorn.run(application, host=house.settings.web_host, port=house.settings.web_port, log_level="warning", server_header=False)
    finally:
        running.stop()
        house.close()
