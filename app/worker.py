"""Looks for due work again and again: timers and jobs of the engine, mails of the outbox.

APScheduler only wakes; what is due stands in the rows.
"""

from __future__ import annotations

from apscheduler.schedulers.background import BackgroundScheduler

from app.wiring import House
from engine.ticker import Ticker

BATCH = 100


class Worker:
    """Drives the engine's due work and the outbox of one process until it is stopped. Several processes may share the work."""

    def __init__(self, house: House) -> None:
        """In: the house whose work is done."""
        pause = house.settings.worker_pause.total_seconds()
        self._house = house
        self._engine = Ticker(house.engine, seconds=pause, limit=BATCH)
        self._mail = BackgroundScheduler(timezone="UTC")
        self._mail.add_job(self._deliver, "interval", seconds=pause, max_instances=1, coalesce=True, misfire_grace_time=None)

    def start(self) -> None:
        """Begin."""
        self._engine.start()
        self._mail.start()

    def stop(self) -> None:
        """Stop; what is under way is finished first."""
        self._mail.shutdown(wait=True)
        self._engine.stop()

    def _deliver(self) -> None:
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
