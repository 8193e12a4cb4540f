"""What an execution asks of its surroundings, handed in anew with every command. No I/O here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.bpmn.elements import DecisionCall
from engine.bpmn.meter import Limits, Meter
from engine.dmn import Decisions
from engine.expressions import FunctionTable

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def _own(_key: str, _call: DecisionCall) -> Decisions | None:
    """No other decisions than those of the instance's own version."""
    return None


__all__ = ["DEFAULT_ZONE", "Host", "Limits"]


@dataclass(frozen=True)
class Host:
    """One command's surroundings. `decisions` finds those of another version; None: those of the instance's own.

    `now` aware UTC; `functions` of expressions beside the built-in ones; `zone` the wall clock of dates without a zone. The `meter` counts
    what the whole command uses up of its `limits`, so a host serves one command only.
    """

    now: datetime
    functions: FunctionTable = field(default_factory=dict)
    business_key: str = ""
    zone: ZoneInfo = DEFAULT_ZONE
    limits: Limits = field(default_factory=Limits)
    decisions: Callable[[str, DecisionCall], Decisions | None] = _own
    meter: Meter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """A meter of its own."""
        object.__setattr__(self, "meter", Meter(self.limits))
