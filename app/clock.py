"""The only place that reads the system's clock; and the clock that is stepped by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved; each move is handed to `keep`, which writes it down."""

    def __init__(self, start: datetime, *, keep: Callable[[datetime], None] | None = None) -> None:
        """In: the aware instant it shows first."""
        self._now = _aware(start)
        self._keep = keep or (lambda _: None)

    def now(self) -> datetime:
        """The instant it shows, aware, UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Show `moment` (aware). Raises ValueError when that would turn time back."""
        if _aware(moment) < self._now:
            raise ValueError(f"the clock shows {self._now:%Y-%m-%d %H:%M}Z already; time is never turned back")
        self._now = _aware(moment)
        self._keep(self._now)

    def set_to(self, moment: datetime) -> None:
        """Show `moment` (aware), also one that was shown before: for tests by the REST interface."""
        self._now = _aware(moment)
        self._keep(self._now)

    def step(self, span: timedelta) -> None:
        """Go on by `span`."""
        self.move_to(self._now + span)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} names no time zone")
    return moment.astimezone(UTC)
