"""The ticker only rings the bell: what is due is done, also what a commit has just left behind."""

import logging
import threading

import pytest
from sqlalchemy import text

from engine.ticker import Patient, Ticker
from store.database import Database
from store.engine.tables import instance
from tests.engine_fixtures import clock, deploy, engine, make, people, registry, rows

__all__ = ["clock", "deploy", "engine", "make", "people", "registry", "rows"]


def test_the_ticker_does_what_a_commit_left_behind(engine, registry, deploy, people, rows):
    done = threading.Event()

    def finished(ctx, payload):
        ctx.start("listener", business_key="by the ticker")

    registry.job("later")(finished)
    registry.listener("first.check")(lambda ctx, data: ctx.later("later"))
    registry.listener("word.check")(lambda ctx, data: None)
    deploy("two_steps", "listener")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="t", actor=people.ann)
    ticker = Ticker(engine, seconds=3600)  # only the commit rings
    kept = engine.home.live.put
    engine.home.live.put = lambda key, live: (kept(key, live), key != root and done.set())
    ticker.start()
    try:
        engine.complete(task=f"{root}.2", data={}, actor=people.ann)
        assert done.wait(timeout=20)
    finally:
        ticker.stop()
    assert [row["business_key"] for row in rows(instance, process="listener")] == ["by the ticker"]


def test_a_stopped_ticker_is_silent(engine):
    ticker = Ticker(engine)
    ticker.start()
    ticker.stop()
    assert engine.home.wake is None
    assert not [thread for thread in threading.enumerate() if thread.name == "ticker"]


@pytest.fixture
def away(tmp_path):
    """Work on a database that is not there, until its folder is."""
    database = Database(f"sqlite:///{tmp_path}/gone/none.db")

    def look():
        with database.read() as connection:
            connection.execute(text("SELECT 1"))

    yield look, tmp_path / "gone"
    database.close()


def test_a_database_that_is_away_is_told_once_in_one_line_and_once_when_it_is_back(away, caplog):
    look, folder = away
    work = Patient(look, name="the due work")
    caplog.set_level(logging.INFO)
    for _ in range(3):
        work()
    (told,) = caplog.records
    assert told.levelname == "ERROR"
    assert told.exc_info is None
    assert "\n" not in told.message
    assert told.message.startswith("the due work must wait, trouble ")
    assert "the database's file cannot be opened" in told.message
    folder.mkdir()
    work()
    work()
    number = told.message.split("trouble ")[1][:8]
    assert [record.message for record in caplog.records[1:]] == [f"the due work: the database is back (trouble {number} is over)"]


def test_the_trace_is_there_for_whoever_asks_for_it(away, caplog):
    caplog.set_level(logging.DEBUG)
    Patient(away[0], name="the due work")()
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [("ERROR", False), ("DEBUG", True)]


def test_a_fault_of_ours_keeps_its_trace_each_time(caplog):
    work = Patient(lambda: {}["nothing"], name="the due work")
    work()
    work()
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [("ERROR", True)] * 2
