"""What an execution asks of its surroundings, handed in anew with every command. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.expressions import FunctionTable

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one command may do: tokens run, instances of one multi-instance activity, nested sub-processes and calls."""

    steps: int = 50_000
    cardinality: int = 5_000
    depth: int = 20


@dataclass(frozen=True, slots=True)
class Host:
    """`now` aware UTC; `functions` of expressions beside the built-in ones; `zone` the wall clock of dates without a zone."""

    now: datetime
    functions: FunctionTable = field(default_factory=dict)
    business_key: str = ""
    zone: ZoneInfo = DEFAULT_ZONE
    limits: Limits = Limits()
