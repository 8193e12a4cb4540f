"""Fixtures for both databases: a file, or a database in a private PostgreSQL cluster, each a copy of a migrated template."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Pool, create_engine, event, text

import store.database
from app.memory import settle
from store import migrations
from store.database import Database
from tests.reading import read_once
from web import passwords


def pytest_ignore_collect(collection_path, config):
    """A run of the browser's tests alone does not read the thousands of others."""
    tests = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if config.option.markexpr == "browser" and tests and "mark.browser" not in collection_path.read_text("utf-8"):
        return True
    return None


def pytest_collection_finish():
    """Thousands of tests stand in memory from here to the end: the collector need not look at them again and again."""
    settle()


DISK = {"is waited for": False}
FSYNC = os.fsync
ROOM = 4_000_000_000  # bytes: of two clusters, and what else is kept in memory
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@event.listens_for(Pool, "checkout")
def _unhurried(connection, record, _):
    """Tests kill processes, never the machine: the disk need not be waited for."""
    if type(connection).__module__.startswith("pysqlite3") and not DISK["is waited for"] and "unhurried" not in record.info:
        connection.execute("PRAGMA synchronous=OFF")
        record.info["unhurried"] = True


def _synchronised(handle):
    if DISK["is waited for"]:
        FSYNC(handle)


os.fsync = _synchronised


@pytest.fixture
def disk(monkeypatch):
    """The disk is waited for, as in real life."""
    monkeypatch.setitem(DISK, "is waited for", True)


def _learned():
    """A dialect that has met its database, and a memory for what it compiles."""
    engine = create_engine("sqlite+house://", module=sqlite)
    engine.connect().close()
    return engine.dialect, engine._compiled_cache


DIALECT, COMPILED = _learned()


def _of_one_school(url, **options):
    """Each test opens a database of its own: a statement that one of them has compiled all the embedded ones know."""
    engine = create_engine(url, **options)
    if engine.dialect.name == DIALECT.name:
        engine.dialect, engine._compiled_cache = DIALECT, COMPILED
    return engine


store.database.create_engine = _of_one_school
read_once()

# Whoever guesses passwords is to be slow; tests sign in a thousand times (`tests/web/test_guards.py` looks at the real cost).
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._dummy = passwords._hasher.hash("nobody has this password")


def _roomy_memory():
    """A folder in memory, if it has room: there a database is copied ten times as fast as on a disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else None


class Cluster:
    """A PostgreSQL server of one test session: Debian's binaries, a temporary folder, a unix socket, no network."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_roomy_memory()))
        self.binaries = BINARIES[-1]
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C")
        # Clients are killed in these tests, never the machine: the disk need not be waited for.
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        options += " -c max_connections=100 -c deadlock_timeout=200ms -c fsync=off -c full_page_writes=off -c max_wal_size=256MB"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        self.count = 0
        self.engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        # Files copied as files are there in half the time; versions before 15 know no other way.
        self.copied = "TEMPLATE template_ours" + (" STRATEGY FILE_COPY" if int(self.binaries.parent.name) >= 15 else "")
        self._sql("CREATE DATABASE template_ours")
        template = Database(self.url("template_ours"))
        migrations.upgrade(template)
        template.close()

    def url(self, name):
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def new(self):
        self.count += 1
        self._sql(f"CREATE DATABASE test_{self.count} {self.copied}")
        return self.url(f"test_{self.count}")

    def drop(self, url):
        name = url.split("@/")[1].split("?")[0]
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self):
        self.engine.dispose()
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self):
        """Stop the server as a power cut would, and start it again."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "restart", "-w", "-l", f"{self.folder}/log")

    def _sql(self, statement):
        with self.engine.connect() as connection:
            connection.execute(text(statement))

    def _run(self, programme, *arguments):
        command = [str(self.binaries / programme), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder)


@pytest.fixture(scope="session")
def cluster():
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed")
    server = Cluster()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path):
    path = tmp_path / "test.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(cluster):
    url = cluster.new()
    yield url
    cluster.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def database(database_url):
    """A migrated, empty database, once on SQLite and once on PostgreSQL."""
    found = Database(database_url)
    yield found
    found.close()
