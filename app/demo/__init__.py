"""The demonstration: five seasons at their stages, one account per role. What serves it stands elsewhere; here it is made once.

Nothing heavy is imported before a demonstration is made: the second start is a plain start.
"""

from __future__ import annotations

from collections.abc import Callable

from app.demo.people import Account, read_accounts
from app.demo.stages import START
from app.wiring import House

__all__ = ["START", "Account", "accounts", "fill"]


def accounts(house: House) -> tuple[Account, ...]:
    """The demonstration accounts with their passwords, as made with the database."""
    return read_accounts(house)


def fill(house: House, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Make the demonstration in a database that holds nothing yet and whose manual clock shows `START`."""
    from app.demo.loading import load

    load(house, progress=progress)
