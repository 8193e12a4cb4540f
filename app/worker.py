"""Looks for due work again and again: timers and jobs of the engine, mails of the outbox.

APScheduler only wakes; what is due stands in the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from app.wiring import House

LOG = logging.getLogger(__name__)
BATCH = 100


class Ticker:
    """Wakes the engine and the outbox of one process until it is stopped. Several processes may share the work."""

    def __init__(self, house: House) -> None:
        """In: the house whose work is done."""
        self._house = house
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to wake, every `worker_pause`."""
        pause = self._house.settings.worker_pause.total_seconds()
        for number in range(max(1, self._house.settings.worker_threads - 1)):
            self._wake(self._engine, name=f"engine-{number}", seconds=pause)
        self._wake(self._outbox, name="outbox", seconds=pause)
        self._scheduler.start()

    def stop(self) -> None:
        """Stop waking; what is under way is finished first."""
        self._scheduler.shutdown(wait=True)

    def _wake(self, work: Callable[[], None], *, name: str, seconds: float) -> None:
        self._scheduler.add_job(work, "interval", seconds=seconds, id=name, max_instances=1, coalesce=True, misfire_grace_time=None)

    def _engine(self) -> None:
        while self._house.engine.work(limit=BATCH) >= BATCH:
            LOG.debug("more engine work is due")

    def _outbox(self) -> None:
        sweep = self._house.outbox.deliver_due()
        while sweep.sent + sweep.filed > 0:
            sweep = self._house.outbox.deliver_due()


def catch_up(house: House) -> dict[str, int]:
    """Do everything that is due now, once, in this process (the command `tick`, and every step of a manual clock)."""
    done = 0
    while count := house.engine.work(limit=BATCH):
        done += count
    mails = 0
    while (sweep := house.outbox.deliver_due()).sent + sweep.filed + sweep.dead > 0:
        mails += sweep.sent + sweep.filed
    return {"work": done, "mails": mails}
