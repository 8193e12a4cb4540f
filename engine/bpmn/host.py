"""What an execution asks of its surroundings, handed in anew with every command. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from engine.bpmn.meter import Limits, Meter
from engine.expressions import FunctionTable

if TYPE_CHECKING:
    from engine.bpmn.listeners import Occasion
    from engine.bpmn.spec import ProcessSpec
    from engine.dmn import Decisions

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

__all__ = ["DEFAULT_ZONE", "Call", "Host", "Library", "Limits"]


class Call(NamedTuple):
    """What a call activity asks for.

    The key of a process, its `binding` (`latest`, `deployment`, `version`, `versionTag`; None when the diagram says nothing), the `number` of
    a version (or its tag), and the version that calls (None: the instance's own).
    """

    process: str
    binding: str | None
    number: str | None
    origin: int | None


class Library(Protocol):
    """Where processes of other versions are found."""

    def pick(self, call: Call) -> int | None:
        """The version to call the process of; None: the one that calls. Raises EngineError when there is none."""
        ...

    def specs(self, version: int) -> Mapping[str, ProcessSpec]:
        """The processes of a version that was picked."""
        ...

    def decisions(self, key: str, *, binding: str = "latest", version: str = "") -> Decisions | None:
        """The decisions among which that version of a decision stands that a binding means; None: those of the version that asks.

        Raises EngineError `no_decision` for a numbered or tagged one that is not there.
        """
        ...


@dataclass(frozen=True)
class Host:
    """One command's surroundings.

    `now` aware UTC; `instance` the id of the root, `user` who acts ("" for nobody); `functions` of expressions beside the built-in ones; `zone`
    the wall clock of dates without a zone; `library` holds other versions (without one, a call activity calls processes of its own version only);
    `listener` calls a named listener, which may raise BpmnError. The `meter` counts what the whole command uses up of its `limits`, so a host
    serves one command only.
    """

    now: datetime
    functions: FunctionTable = field(default_factory=dict)
    business_key: str = ""
    instance: str = ""
    user: str = ""
    zone: ZoneInfo = DEFAULT_ZONE
    limits: Limits = field(default_factory=Limits)
    library: Library | None = None
    listener: Callable[[Occasion], Mapping[str, object] | None] | None = None
    meter: Meter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """A meter of its own."""
        object.__setattr__(self, "meter", Meter(self.limits))
