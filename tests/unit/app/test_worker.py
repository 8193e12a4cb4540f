"""What a process does beside its pages: letters and the engine's due work, also while the clock stands still."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import select

from app.clock import ManualClock
from app.settings import Settings
from app.wiring import build, open_database
from app.worker import Worker
from engine.contract import SYSTEM
from notifications.deliver import Sweep
from store import migrations
from store.engine.tables import task

NOW = datetime(2023, 9, 26, 2, 0, tzinfo=UTC)
PATIENCE = 30  # seconds, of a busy machine


class Postman:
    """Notes that it was sent on its round."""

    def __init__(self):
        self.came = Event()

    def deliver_all(self):
        self.came.set()
        return Sweep()


@pytest.fixture
def house(tmp_path):
    settings = Settings.load(
        environment={}, database_url=f"sqlite:///{tmp_path / 'h.db'}", files_folder=tmp_path / "files", mail_folder=tmp_path / "mail"
    )
    database = open_database(settings)
    migrations.upgrade(database)
    opened = build(settings, database=database, clock=ManualClock(NOW))
    yield replace(opened, outbox=Postman())
    opened.close()


@contextmanager
def working(house):
    """The house's worker, for as long as it is looked at."""
    worker = Worker(house)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def test_letters_go_out_though_the_clock_stands_still(house):
    with working(house):
        assert house.outbox.came.wait(PATIENCE)


WAITING = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<message id="m" name="begin"/>
<process id="p" name="P" isExecutable="true">
<startEvent id="s" name="S"><messageEventDefinition messageRef="m"/></startEvent>
<sequenceFlow id="f" sourceRef="s" targetRef="t"/>
<userTask id="t" name="T"/>
<sequenceFlow id="g" sourceRef="t" targetRef="e"/>
<endEvent id="e" name="E"/>
</process></definitions>"""


def test_what_somebody_sends_arrives_though_the_clock_stands_still(house):
    house.engine.deploy(name="letters", files={"p.bpmn": WAITING}, actor=SYSTEM)
    with working(house):
        house.engine.correlate(message="begin", key="K1", payload={}, tenant="letters", actor=SYSTEM)
        deadline = monotonic() + PATIENCE
        while not (arrived := open_tasks(house)) and monotonic() < deadline:
            Event().wait(0.05)
    assert arrived == ["T"]
    assert house.clock.now() == NOW


def open_tasks(house):
    with house.database.read() as connection:
        return list(connection.execute(select(task.c.name)).scalars())
