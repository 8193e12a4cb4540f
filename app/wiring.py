"""Builds every part of the house from the settings and hands each to the next. No rule, no page, no command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.clock import ManualClock, SystemClock
from app.letters import Letters
from app.settings import Settings
from engine.clock import Clock
from notifications.deliver import Deliverer, Smtp
from selection.errors import HouseError
from store import migrations
from store.database import Database
from store.engine import queries

DEMONSTRATION = "demonstration"
FOLDERS = "folders"


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts of one installation, as pages, commands, worker and simulation need them.

    `clock` is the selection's time, which may be stepped by hand; `wall` is that of the people in front of it, who wait after a wrong password.
    """

    settings: Settings
    database: Database
    clock: Clock
    engine: Any
    registry: Any
    files: Any
    outbox: Deliverer
    wall: Clock = field(default_factory=SystemClock)

    @property
    def is_demonstration(self) -> bool:
        """Whether the database says that it holds made-up cases."""
        return is_demonstration(self.database)

    def tell(self, hook: str, *, actor: Any, season: str = "", **told: Any) -> int:
        """Queue the letters that follow an act outside any process. ``hook``: a name of `handlers.hooks`. Out: how many were queued.

        ``season``: "" means the newest one. In a transaction of its own, after the act; the same cause twice stays one letter.
        """
        hooks = import_module("handlers.hooks")
        with self.database.write() as connection:
            facts = _facts(self.settings)(connection)
            versions = queries.versions(connection, name=season or None)
            if not versions:
                return 0
            rules = self.engine.home.versions.load(connection, versions[0]["id"]).settings
            ctx = hooks.context(facts=facts, settings=rules, season=rules["id"], now=self.clock.now(), actor=actor)
            queued: int = getattr(hooks, hook)(ctx, **told)
            return queued

    def faults(self, files: Mapping[str, bytes]) -> tuple[Any, ...]:
        """What is wrong with the files of a folder (`app.check.Fault`: code, file, element, line, zh, en, hint); empty: it can be deployed."""
        functions, reminders = _part("handlers.functions", "FUNCTIONS"), _part("handlers.reminders", "REMINDERS")
        needs = _part("handlers.needs", "NEEDS")
        found: tuple[Any, ...] = _part("app.check", "check_files")(
            files, registry=self.registry, functions=functions, reminders=reminders, needs=needs
        )
        return found

    def deploy(self, files: Mapping[str, bytes], *, actor: Any) -> Any:
        """Deploy the files of a folder, as the command does; out: the version (`name`, `number`, `created`)."""
        return _part("app.season", "deploy_files")(self, files, name="uploaded", actor=actor)

    def keep_year(self, year: Mapping[str, Any], *, source: str, actor: Any) -> None:
        """Keep the working days of one year, as the command does."""
        _part("app.season", "import_calendar")(self, content=year, source=source, actor=actor)

    def switch_season(self, act: str, *, season: str, reason: str, actor: Any) -> int:
        """Let a season stand still (`suspend`) or go on (`resume`), as the commands do; out: how many instances did."""
        done: int = _part("app.standing", f"{act}_season")(self, season=season, reason=reason, actor=actor)
        return done

    def close(self) -> None:
        """Close the database's connections."""
        self.database.close()


class Missing(HouseError):
    """A part is not in this build, or the database is not ready; the text says what to do."""

    status = 503


def open_database(settings: Settings, *, durable: bool = True) -> Database:
    """The database of the settings; the folder of an embedded one is made. `durable`: see `Database`."""
    database = Database(settings.database_url, durable=durable)
    if database.path is not None:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    return database


def ready(database: Database) -> Database:
    """The database, if its schema is this programme's. Raises Missing that points to `migrate`."""
    if migrations.is_current(database):
        return database
    refuse_newer(database)
    raise Missing(
        "database.schema",
        zh="数据库结构与程序版本不一致。请先备份，再运行：run_engine.py migrate（--database 与此次相同）",
        en="The database's schema is not this programme's. Back up, then run: run_engine.py migrate (with the same --database)",
    )


def refuse_newer(database: Database) -> None:
    """Raises Missing when a later programme has made the schema: nothing here can bring it back."""
    if migrations.is_newer(database):
        raise Missing(
            "database.newer",
            zh="该数据库由更新版本的程序建立或升级，本程序不能使用。请更新程序，或恢复升级前的备份",
            en="A later programme has made or migrated this database; this one cannot use it. Update the programme, or restore a backup from before",
        )


def build(settings: Settings, *, clock: Clock | None = None, database: Database | None = None) -> House:
    """The house of an installation whose schema is up to date.

    In: `clock`, to step all time by hand; None reads the database: its manual clock if it has one, else the system's. `database`: one that is
    open and ready already. Raises Missing when the schema is old.
    """
    database = database or ready(open_database(settings))
    settings = with_folders(settings, database=database)
    chosen = clock or database_clock(database)
    registry = _part("handlers", "registry")()
    engine = _part("engine", "Engine")(
        database=database,
        registry=registry,
        policy=_part("handlers.policy", "HousePolicy")(),
        clock=chosen,
        facts=_facts(settings),
        functions=_functions(),
        limits=_part("engine", "Limits")(live=settings.engine_live),
    )
    return House(
        settings=settings,
        database=database,
        clock=chosen,
        engine=engine,
        registry=registry,
        files=_part("store.files", "Files")(settings.files_folder),
        outbox=deliverer(settings, database=database, clock=chosen),
        wall=clock or SystemClock(),
    )


def note_folders(settings: Settings, *, database: Database) -> None:
    """Note in a server's database of made-up cases where their documents and mails lie. An embedded one's lie beside it, wherever it is moved."""
    if database.path is None:
        folders = {"files": str(settings.files_folder.absolute()), "mail": str(settings.mail_folder.absolute())}
        database.run(lambda connection: queries.set_property(connection, FOLDERS, folders))


def with_folders(settings: Settings, *, database: Database) -> Settings:
    """The settings, with the folders that the database (its schema made) notes as its own, if it notes any."""
    with database.read() as connection:
        noted = queries.get_property(connection, FOLDERS)
    return replace(settings, files_folder=Path(noted["files"]), mail_folder=Path(noted["mail"])) if noted else settings


def database_clock(database: Database) -> Clock:
    """The database's manual clock, each move written down; the system's clock if it has none."""
    with database.read() as connection:
        shown = queries.manual_clock(connection)
    if shown is None:
        return SystemClock()
    return ManualClock(shown, keep=lambda now: database.run(lambda connection: queries.set_manual_clock(connection, now)))


def deliverer(settings: Settings, *, database: Database, clock: Clock) -> Deliverer:
    """What brings the outbox to the mail server of the settings, or into the mail folder: always there from a demonstration, whose people are made up."""
    smtp = Smtp(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
        timeout=settings.smtp_timeout.total_seconds(),
    )
    return Deliverer(
        database=database,
        sender=settings.mail_sender,
        sender_name=settings.mail_sender_name,
        folder=settings.mail_folder,
        clock=clock.now,
        smtp=smtp if settings.smtp_host and not is_demonstration(database) else None,
    )


def is_demonstration(database: Database) -> bool:
    """Whether the database (its schema made) says that it holds made-up cases."""
    with database.read() as connection:
        return bool(queries.get_property(connection, DEMONSTRATION))


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a season folder by their path inside it (hidden files left out). Raises Missing when it is no folder."""
    if not folder.is_dir():
        raise Missing("folder.missing", zh=f"没有文件夹 {folder}", en=f"There is no folder {folder}")
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if not path.name.startswith(".")}


def part(module: str, name: str) -> Any:
    """A named part of a room, imported when it is needed. Raises Missing when this build has no such module."""
    return _part(module, name)


def _part(module: str, name: str) -> Any:
    package = module.partition(".")[0]
    if find_spec(package) is None or find_spec(module) is None or not hasattr(import_module(module), name):
        raise Missing("part.missing", zh=f"此版本不含 {module}.{name}", en=f"This build has no {module}.{name}")
    return getattr(import_module(module), name)


def _facts(settings: Settings) -> Callable[[Connection], Any]:
    facts, files = _part("store.selection.facts", "Facts"), _part("store.files", "Files")(settings.files_folder)
    return lambda connection: facts(connection, letters=Letters(connection), site=settings.public_url, files=files)


def _functions() -> Mapping[str, Callable[..., Any]]:
    functions: Mapping[str, Callable[..., Any]] = _part("handlers.functions", "FUNCTIONS")
    return functions
