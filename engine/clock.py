"""What the engine asks of a clock. Nothing here reads one: the programme's entry hands one in."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present instant as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...
