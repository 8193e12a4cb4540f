"""What a process does beside its pages: letters always, the engine's due work where the clock goes by itself."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest

from app.clock import ManualClock
from app.settings import Settings
from app.wiring import build, open_database
from app.worker import Worker
from notifications.deliver import Sweep
from store import migrations

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


@pytest.mark.parametrize("ticking", [True, False])
def test_letters_go_out_whether_or_not_the_clock_goes_by_itself(house, ticking):
    worker = Worker(house, ticking=ticking)
    worker.start()
    try:
        assert house.outbox.came.wait(PATIENCE)
    finally:
        worker.stop()
