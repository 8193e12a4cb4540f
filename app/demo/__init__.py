"""The demonstration: five seasons at their stages, one account per role. What serves it stands elsewhere; here it is made once.

Nothing heavy is imported before a demonstration is made: the second start is a plain start.
"""

from __future__ import annotations

from collections.abc import Callable

from app.demo.people import Account, read_accounts
from app.settings import Settings
from app.wiring import House

__all__ = ["Account", "accounts", "make"]


def accounts(house: House) -> tuple[Account, ...]:
    """The demonstration accounts with their passwords, as made with the database."""
    return read_accounts(house)


def make(settings: Settings, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Make the demonstration's database at the place the settings name; `progress` hears each day that is played (`2023-09-26`)."""
    from app.demo.making import make as making

    making(settings, progress=progress)
