"""Opens a database and gives out connections inside explicit transactions. Knows no table.

Two kinds: SQLite (one file, several processes of one host; a build that is free of the write-ahead log bug fixed in 3.51.3) and PostgreSQL
by psycopg 3. Writing transactions on SQLite start with BEGIN IMMEDIATE: the driver's own habit of starting late loses updates.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import ArgumentError, DBAPIError

from store.trouble import DatabaseRefused

T = TypeVar("T")
SAFE_SQLITE = (3, 51, 3)
ATTEMPTS = 5
RESTING = 4
_BUSY = ("40001", "40P01", "55P03")
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "trusted_schema=OFF", "mmap_size=0")


class SqliteDialect(SQLiteDialect_pysqlite):
    """Begins each transaction in words, as the connection asks for it; a listener to `begin` would make each statement dearer."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin to write or to read."""
        dbapi_connection.cursor().execute(dbapi_connection.info.get("begin", "BEGIN IMMEDIATE"))


registry.register("sqlite.house", __name__, SqliteDialect.__name__)


class Database:
    """One database by its URL: ``sqlite:///path/file.db`` or ``postgresql+psycopg://user@host/name`` (``postgresql://`` is understood)."""

    def __init__(self, url: str, *, echo: bool = False, durable: bool = True) -> None:
        """Open lazily: nothing is touched before the first transaction. Raises DatabaseRefused for an unsafe SQLite or another product.

        ``durable`` False: an embedded database does not wait for the disk; only for one that is thrown away when its making fails.
        """
        parsed = _parsed(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed.render_as_string(hide_password=False)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path = Path(parsed.database) if self.is_sqlite and parsed.database else None
        self.name = self.path.stem if self.path else str(parsed.database)
        if self.is_sqlite:
            self.engine = _open_sqlite(self.url, echo=echo, durable=durable)
        elif parsed.get_backend_name() == "postgresql":
            self.engine = create_engine(self.url, echo=echo, pool_pre_ping=True, pool_size=10, max_overflow=20)
        else:
            raise _no_url(f"{parsed.drivername}: only sqlite and postgresql are served")
        # One writer of this process at a time: SQLite's own queue is not fair under load.
        self._turn: Any = threading.RLock() if self.is_sqlite else nullcontext()
        self._resting: list[Connection] = []

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside a writing transaction, committed at the end of the block and rolled back on any exception."""
        with self._turn, self._connected() as connection:
            connection.info["begin"] = "BEGIN IMMEDIATE"
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside a reading transaction (one snapshot on SQLite), always rolled back."""
        with self._connected() as connection:
            connection.info["begin"] = "BEGIN"
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection outside of any transaction.

        One to an embedded file that served well rests open, ahead of the pool, whose giving out and taking back cost as much as several
        statements. The one used last comes first: it knows most of the file.
        """
        try:
            connection = self._resting.pop()
        except IndexError:
            connection = self.engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self.is_sqlite and len(self._resting) < RESTING:
            self._resting.append(connection)
        else:
            connection.close()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one writing transaction and give its result; a busy or serialisation conflict is tried again, five times in all.

        ``work`` may therefore run more than once and must keep its effects inside the transaction.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.write() as connection:
                    return work(connection)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not is_conflict(error):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError

    def close(self) -> None:
        """Close all connections that nobody uses (before a fork, at the end of a process)."""
        while self._resting:
            self._resting.pop().close()
        self.engine.dispose()

    def forked(self) -> None:
        """Forget the parent's connections after a fork without closing them under the parent's feet."""
        self._resting = []
        self.engine.dispose(close=False)
        if self.is_sqlite:
            self._turn = threading.RLock()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _no_url("this is no URL of a database") from error
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        raise _no_url("it names no file")
    return parsed


def _no_url(why: str) -> DatabaseRefused:
    return DatabaseRefused(
        "database.url",
        zh="数据库地址应写作 sqlite:///文件路径 或 postgresql://用户@主机/库名",
        en=f"{why}; write sqlite:///PATH or postgresql://USER@HOST/NAME",
    )


def is_conflict(error: DBAPIError) -> bool:
    """Whether trying again may help: a busy SQLite, a deadlock or a serialisation failure of PostgreSQL."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _BUSY or "database is locked" in str(error.orig) or "database table is locked" in str(error.orig)


def _open_sqlite(url: str, *, echo: bool, durable: bool) -> Engine:
    import pysqlite3.dbapi2 as driver  # noqa: PLC0415 - PostgreSQL deployments need no SQLite build

    if driver.sqlite_version_info < SAFE_SQLITE:
        raise DatabaseRefused(
            "database.sqlite",
            zh=f"SQLite {driver.sqlite_version} 可能损坏预写日志，至少需要 3.51.3（软件包 pysqlite3）",
            en=f"SQLite {driver.sqlite_version} may corrupt a write-ahead log; at least 3.51.3 is needed (package pysqlite3)",
        )
    engine = create_engine(
        make_url(url).set(drivername="sqlite+house"),
        module=driver,
        echo=echo,
        connect_args={"check_same_thread": False, "cached_statements": 1000},
        pool_use_lifo=True,  # the connection used last knows most of the file
    )
    event.listen(engine, "connect", _prepare_sqlite)
    if not durable:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


def _prepare_sqlite(dbapi_connection: Any, record: object) -> None:  # noqa: ARG001 - the driver's own type
    # None: the driver starts no transaction of its own; the pragmas are refused or ignored inside one.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
