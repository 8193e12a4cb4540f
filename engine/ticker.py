"""The ticker: wakes ``work`` about once a second, and at once after a commit that left work behind.

It owns no timer of the business: those are rows. APScheduler only rings the bell; what it misses or rings twice changes nothing.
"""

import logging
import secrets
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from engine.commands.engine import Engine
from store.trouble import trouble

log = logging.getLogger(__name__)


class Patient:
    """Does a piece of work that is asked for again and again: while the database is away it says so once, in plain words, and once that it is back.

    What fails for another reason is a fault of ours and told with its trace each time. Nothing is raised: the next call tries again.
    """

    def __init__(self, work: Callable[[], object], *, name: str) -> None:
        """``name`` is what people call the work: "the due work", "the mails"."""
        self._work = work
        self._name = name
        self._away = ""  # the id of the trouble that was told, while it lasts

    def __call__(self) -> None:
        """Do it, or say why not."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the work goes on at the next call
            self._say(error)
            return
        if self._away:
            log.warning("%s: the database is back (trouble %s is over)", self._name, self._away)
            self._away = ""

    def _say(self, error: Exception) -> None:
        refused = trouble(error)
        if refused is None:
            log.error("%s failed and will be tried again", self._name, exc_info=error)
            return
        if not self._away:
            self._away = secrets.token_hex(4)
            log.error("%s must wait, trouble %s: %s", self._name, self._away, refused.en)
        log.debug("trouble %s", self._away, exc_info=error)


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
        work = Patient(self._work, name="the due work")
        while not self._stop.is_set():
            self._bell.wait()
            self._bell.clear()
            work()

    def _work(self) -> None:
        while not self._stop.is_set() and self._engine.work(limit=self._limit):
            pass
