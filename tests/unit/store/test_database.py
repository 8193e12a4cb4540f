"""Databases open safely, commit or roll back as a whole, and never lose an update."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from store import migrations
from store.database import Database
from store.engine import queries
from store.engine.tables import house, metadata
from store.trouble import DatabaseRefused
from store.types import decode, encode, micros, moment


def test_another_product_is_refused():
    with pytest.raises(DatabaseRefused, match="only sqlite and postgresql"):
        Database("mysql://somewhere/else")


@pytest.mark.usefixtures("disk")
def test_sqlite_is_opened_with_the_safe_settings(sqlite_url):
    database = Database(sqlite_url)
    with database.read() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
        timeout = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        trusted = connection.exec_driver_sql("PRAGMA trusted_schema").scalar()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert (timeout, trusted) == (10000, 0)
    database.close()


def test_a_migrated_database_has_the_tables_of_the_code(database):
    assert migrations.is_current(database)
    with database.read() as connection:
        there = set(inspect(connection).get_table_names())
    assert set(metadata.tables) <= there


def test_the_head_is_the_last_step_of_the_history():
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert migrations.head() == steps.get_current_head()


def test_an_unmigrated_database_is_seen(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/new.db")
    assert migrations.current(database) is None
    assert not migrations.is_current(database)
    database.close()


def test_an_exception_rolls_everything_back(database):
    def half(connection):
        queries.set_property(connection, "x", 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(half)
    with database.read() as connection:
        assert queries.get_property(connection, "x") is None


def test_a_connection_that_served_well_is_used_again_and_one_that_failed_is_not(sqlite_url):
    database = Database(sqlite_url)
    with database.write() as first:
        queries.set_property(first, "x", 1)
    with database.read() as second, database.read() as beside:
        assert second is first
        assert beside is not first
    with pytest.raises(ZeroDivisionError), database.write() as third:
        queries.set_property(third, "x", 1 / 0)
    assert third.closed
    with database.read() as fourth:
        assert fourth is not third
        assert queries.get_property(fourth, "x") == 1
    database.close()
    assert (first.closed, beside.closed, fourth.closed) == (True, True, True)


def test_no_update_is_lost_between_threads(database):
    with database.write() as connection:
        queries.set_property(connection, "count", 0)
    held = select(house.c.value).where(house.c.name == "count").with_for_update()

    def add():
        for _ in range(25):
            database.run(_increment)

    def _increment(connection):
        queries.set_property(connection, "count", connection.execute(held).scalar() + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert queries.get_property(connection, "count") == 100


def test_instants_keep_their_microsecond_and_refuse_to_be_naive():
    instant = datetime(2023, 8, 31, 16, 0, 0, 1, tzinfo=UTC)
    assert moment(micros(instant)) == instant
    with pytest.raises(ValueError, match="naive"):
        micros(datetime(2023, 8, 31))  # noqa: DTZ001 - that is the point


def test_json_is_canonical():
    assert encode({"b": (1, 2), "a": {3, 1}}) == '{"a":[1,3],"b":[1,2]}'
    assert decode(encode({"生僻字": "𠮷"})) == {"生僻字": "𠮷"}


def test_the_manual_clock_is_remembered(database):
    with database.write() as connection:
        assert queries.manual_clock(connection) is None
        queries.set_manual_clock(connection, datetime(2023, 5, 1, tzinfo=UTC))
    with database.read() as connection:
        assert queries.manual_clock(connection) == datetime(2023, 5, 1, tzinfo=UTC)
