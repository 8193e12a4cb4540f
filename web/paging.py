"""Long lists in pages of fifty: where a page begins stands in the address; the search stays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

PAGE = 50
MOST_ROWS = 2**31 - 1  # larger numbers in an address are no place in any list
WHOLE = 20_000  # rows of an exported sheet
Start = Annotated[int, Query(le=MOST_ROWS)]


@dataclass(frozen=True)
class Paged:
    """One page of a list: its rows, and the addresses of the page before and the page after ("" where there is none)."""

    rows: Sequence[Any]
    before: str
    after: str


def paged(take: Callable[[int, int], Sequence[Any]], *, start: int, **kept: str) -> Paged:
    """The page that begins at ``start``; ``take(limit, offset)`` reads. ``kept``: what the address says besides (search, state)."""
    first = max(0, start)
    rows = take(PAGE + 1, first)

    def address(place: int) -> str:
        return "?" + urlencode({name: value for name, value in kept.items() if value} | {"start": str(place)})

    return Paged(
        rows=rows[:PAGE],
        before=address(max(0, first - PAGE)) if first else "",
        after=address(first + PAGE) if len(rows) > PAGE else "",
    )
