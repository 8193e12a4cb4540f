"""Fixtures for both databases: a file, or a database in a private PostgreSQL cluster, each a copy of a migrated template."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import Pool, create_engine, event, text

from app.memory import settle
from store import migrations
from store.database import Database


def pytest_collection_finish():
    """Thousands of tests stand in memory from here to the end: the collector need not look at them again and again."""
    settle()


DISK = {"is waited for": False}
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@event.listens_for(Pool, "checkout")
def _unhurried(connection, record, _):
    """Tests kill processes, never the machine: the disk need not be waited for."""
    if type(connection).__module__.startswith("pysqlite3") and not DISK["is waited for"] and "unhurried" not in record.info:
        connection.execute("PRAGMA synchronous=OFF")
        record.info["unhurried"] = True


@pytest.fixture
def disk(monkeypatch):
    """The disk is waited for, as in real life."""
    monkeypatch.setitem(DISK, "is waited for", True)


class Cluster:
    """A PostgreSQL server of one test session: Debian's binaries, a temporary folder, a unix socket, no network."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.binaries = BINARIES[-1]
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C")
        # Clients are killed in these tests, never the machine: the disk need not be waited for.
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        options += " -c max_connections=100 -c deadlock_timeout=200ms -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        self.count = 0
        self._sql("CREATE DATABASE template_ours")
        template = Database(self.url("template_ours"))
        migrations.upgrade(template)
        template.close()

    def url(self, name):
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def new(self):
        self.count += 1
        self._sql(f"CREATE DATABASE test_{self.count} TEMPLATE template_ours")
        return self.url(f"test_{self.count}")

    def drop(self, url):
        name = url.split("@/")[1].split("?")[0]
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self):
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self):
        """Stop the server as a power cut would, and start it again."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "restart", "-w", "-l", f"{self.folder}/log")

    def _sql(self, statement):
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

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
