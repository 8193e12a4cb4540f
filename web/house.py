"""What the web needs of the house around it: parts that the composition root builds and hands in."""

from datetime import datetime
from typing import Any, Protocol

from store.database import Database


class Clock(Protocol):
    """Gives the present instant (aware, UTC)."""

    def now(self) -> datetime:
        """Now."""
        ...


class House(Protocol):
    """The parts: engine (commands), database (for named reads), settings, files (bytes), outbox (mail), clock."""

    engine: Any
    database: Database
    settings: Any
    files: Any
    outbox: Any
    clock: Clock
