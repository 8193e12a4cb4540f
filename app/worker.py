"""Looks for due work again and again: timers and jobs of the engine, mails of the outbox; every five minutes
for what stands still, once an hour for what uploads left behind.

APScheduler only wakes; what is due stands in the rows.
"""

from __future__ import annotations

from apscheduler.schedulers.background import BackgroundScheduler

from app.doctor import sweep
from app.troubles import report
from app.wiring import House
from engine.ticker import Patient, Ticker

BATCH = 100


class Worker:
    """Drives the engine's due work and the outbox of one process until it is stopped. Several processes may share the work."""

    def __init__(self, house: House) -> None:
        """In: the house whose work is done: what is due by its clock. One that is stepped by hand stands still, but not what is due by then:
        what somebody submits reaches who comes next at once, as for real.
        """
        pause = house.settings.worker_pause.total_seconds()
        self._engine = Ticker(house.engine, seconds=pause, limit=BATCH)
        self._rest = BackgroundScheduler(timezone="UTC")
        mails = Patient(house.outbox.deliver_all, name="the mails")
        looking = Patient(lambda: report(house), name="the look at what stands still")
        sweeping = Patient(lambda: sweep(house), name="the sweep of uploads")
        self._rest.add_job(mails, "interval", seconds=pause, max_instances=1, coalesce=True, misfire_grace_time=None)
        self._rest.add_job(looking, "interval", minutes=5, max_instances=1, coalesce=True, misfire_grace_time=None)
        self._rest.add_job(sweeping, "interval", hours=1, max_instances=1, coalesce=True, misfire_grace_time=None)

    def start(self) -> None:
        """Begin."""
        self._engine.start()
        self._rest.start()

    def stop(self) -> None:
        """Stop; what is under way is finished first."""
        self._rest.shutdown(wait=True)
        self._engine.stop()


def catch_up(house: House) -> dict[str, int]:
    """Do everything that is due now, once, in this process (the command `tick`, and every step of a manual clock)."""
    done = 0
    while count := house.engine.work(limit=BATCH):
        done += count
    report(house)
    mails = house.outbox.deliver_all()
    return {"work": done, "mails": mails.sent + mails.filed}
