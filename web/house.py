"""What the web needs of the house around it: parts that the composition root builds and hands in."""

from typing import Any, Protocol

from store.database import Database


class House(Protocol):
    """The parts: engine (commands), database (for named reads), settings, files (bytes), outbox (mail), clock (now; by hand: move_to),
    wall (now, for the people in front of it: never by hand where somebody serves).
    """

    engine: Any
    database: Database
    settings: Any
    files: Any
    outbox: Any
    clock: Any
    wall: Any

    def deploy(self, files: Any, *, actor: Any) -> Any:
        """Deploy the files of a folder; out: the version, `created` if it is new. Raises HouseError with all its `faults`."""

    def keep_year(self, year: Any, *, source: str, actor: Any) -> None:
        """Keep the working days of one year (`year`, `status`, `off`, `working`). Raises HouseError, and keeps nothing, where they cannot be used."""

    def switch_season(self, act: str, *, season: str, reason: str, actor: Any) -> int:
        """Let a season stand still (`suspend`) or go on (`resume`); out: how many instances did. Raises Conflict, NotFound."""

    def tell(self, hook: str, *, actor: Any, season: str = "", **told: Any) -> int:
        """Queue the letters that follow an act outside any process; out: how many."""
