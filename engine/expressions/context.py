"""What an expression is evaluated in: variables, functions, the instant; and what it turned out to depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from engine.expressions.cost import Work

FunctionTable = Mapping[str, Callable[..., object]]
"""Name -> function; each function gets the `Context` first, then the arguments."""


class Variables(Protocol):
    """What the names of an expression are looked up in."""

    def __contains__(self, name: object) -> bool: ...

    def __getitem__(self, name: str) -> object: ...


class Place(NamedTuple):
    """Where an expression stands: who acts, the process instance, and the element (its id and its name)."""

    user: str = ""
    instance: str = ""
    element: str = ""
    name: str = ""


NOWHERE = Place()


class Context:
    """One evaluation.

    `now` is the aware UTC instant handed in, `zone` the wall clock for dates without a zone; a function that read
    a named thing which may change later adds its name to `depends`. What it costs is counted by `work`.
    """

    __slots__ = ("business_key", "depends", "functions", "now", "place", "variables", "work", "zone")

    def __init__(
        self,
        variables: Variables,
        *,
        now: datetime,
        zone: ZoneInfo,
        functions: FunctionTable,
        business_key: str = "",
        place: Place = NOWHERE,
        work: Work | None = None,
    ) -> None:
        """Keep the parts; nothing is depended on yet. With `work` it is paid for by the evaluation that it is a part of."""
        self.variables = variables
        self.now = now
        self.zone = zone
        self.functions = functions
        self.business_key = business_key
        self.place = place
        self.depends: set[str] = set()
        self.work = work or Work()
