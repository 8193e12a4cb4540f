"""The ticker: wakes ``work`` about once a second, and at once after a commit that left work behind.

It owns no timer of the business: those are rows. APScheduler only rings the bell; what it misses or rings twice changes nothing.
"""

import logging
import threading

from apscheduler.schedulers.background import BackgroundScheduler

from engine.commands.engine import Engine

log = logging.getLogger(__name__)


class Ticker:
    """Drives an engine's ``work`` in one background thread."""

    def __init__(self, engine: Engine, *, seconds: float = 1.0, limit: int = 200) -> None:
        self._engine = engine
        self._limit = limit
        self._seconds = seconds
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin; the engine's commits ring the bell from now on."""
        self._engine.home.wake = self._bell.set
        self._scheduler.add_job(self._bell.set, "interval", seconds=self._seconds, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """End after the piece in hand."""
        self._engine.home.wake = None
        self._scheduler.shutdown(wait=False)
        self._stop.set()
        self._bell.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._bell.wait()
            self._bell.clear()
            try:
                while not self._stop.is_set() and self._engine.work(limit=self._limit):
                    pass
            except Exception:  # the database may be away for a while: the next bell tries again
                log.exception("work failed; it will be tried again")
