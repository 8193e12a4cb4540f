"""A database that an earlier programme made opens in this one: `rows_0002.sql` is what its engine left."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from engine import Engine
from engine.contract import SYSTEM, Registry
from store import migrations
from store.database import Database
from store.engine.tables import definition, external_task, metadata, task, timer, version
from tests.small_engine import HandClock, Nobody

BEFORE = Path(__file__).parent / "rows_0002.sql"


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database, to="0002")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BEFORE.read_text("utf-8"))
    assert migrations.current(database) == "0002"
    migrations.upgrade(database)
    yield database
    database.close()


def test_it_has_every_column_and_index_of_a_new_one(old):
    assert migrations.is_current(old)
    with old.read() as connection:
        seen = inspect(connection)
        for table in metadata.sorted_tables:
            assert {column["name"] for column in seen.get_columns(table.name)} == {column.name for column in table.c}, table.name
            indexed = {tuple(index["column_names"]) for index in seen.get_indexes(table.name)}
            assert indexed >= {tuple(index.columns.keys()) for index in table.indexes}, table.name


def test_its_processes_stand_in_the_catalogue(old):
    with old.read() as connection:
        rows = connection.execute(select(definition).order_by(definition.c.version, definition.c.key)).all()
        profiles = set(connection.execute(select(version.c.profile)).scalars())
    assert [(row.key, row.number, row.resource) for row in rows] == [
        ("timed", 1, "timed.bpmn"),
        ("two_steps", 1, "two_steps.bpmn"),
        ("timed", 2, "timed.bpmn"),
        ("two_steps", 2, "two_steps.bpmn"),
    ]
    assert profiles == {"season"}


def test_its_tasks_and_timers_are_numbered_in_order_of_creation(old):
    with old.read() as connection:
        tasks = connection.execute(select(task.c.number).order_by(task.c.created_at, task.c.id)).scalars().all()
        due = connection.execute(select(timer.c.number).order_by(timer.c.due, timer.c.id)).scalars().all()
        assert connection.execute(select(external_task)).all() == []
    assert sorted(tasks) == list(range(1, len(tasks) + 1))
    assert due == list(range(1, len(due) + 1))


def test_its_instances_go_on(old):
    registry = Registry()
    registry.listener("first.check")(lambda ctx, data: None)
    engine = Engine(database=old, registry=registry, policy=Nobody(), clock=HandClock())
    with old.read() as connection:
        first, *_ = connection.execute(select(task.c.id).where(task.c.process == "two_steps").order_by(task.c.number)).scalars().all()
    engine.complete(task=first, data={}, actor=SYSTEM)
    with old.read() as connection:
        numbers = connection.execute(select(task.c.number).where(task.c.state == "open")).scalars().all()
    assert len(set(numbers)) == len(numbers)
    assert engine.check() == {}


def test_the_committees_members_keep_their_office_in_their_own_season(tmp_path):
    path = tmp_path / "eight.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database, to="0008")
    experts = [("P1", "expert", "X1"), ("P2", "expert", "X2")]
    grants = [*experts, ("P1", "committee_chair", "caq"), ("P2", "committee_member", "caq"), ("P3", "office_clerk", "caq")]
    seats = [("s1", "X1", "chair", 1), ("s2", "X1", "member", 1), ("s1", "X2", "member", 1), ("s2", "X2", "member", None)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO role_grant (person, role, organisation, granted_at, granted_by) VALUES (?, ?, ?, 1, 't')", grants)
        connection.executemany("INSERT INTO committee_seat (season, expert, office, confirmed_at) VALUES (?, ?, ?, ?)", seats)
    migrations.upgrade(database)
    with database.read() as connection:
        kept = sorted(connection.exec_driver_sql("SELECT person, role, organisation FROM role_grant").all())
    database.close()
    assert kept == [
        ("P1", "committee_chair", "s1"), ("P1", "expert", "X1"), ("P2", "committee_member", "s1"), ("P2", "expert", "X2"), ("P3", "office_clerk", "caq")
    ]  # fmt: skip
