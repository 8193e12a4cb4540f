"""What a run did, in order: frozen facts for history, projection and outbox. Nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """A token entered an element.

    `properties` are the element's (`stage`, `public_stage`, …), `parent` the token around it, `within` the call activity's token
    whose called process it stands in ("" the instance itself), `event` what kind of event it is ("" none at all).
    """

    token: str
    process: str
    element: str
    name: str
    type: str
    parent: str | None
    properties: Mapping[str, str]
    within: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """A call activity's token began the process with the key `called`.

    `version` is where that process stands (None: in the version of the instance), `within` the call activity's token whose called process
    the caller stands in ("" the instance itself), `business_key` the one that the call gives it (None: it gives none).
    """

    token: str
    process: str
    element: str
    called: str
    version: int | None = None
    within: str = ""
    business_key: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A token left an element that it had completed."""

    token: str
    process: str
    element: str
    type: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A token was taken away before its element was completed."""

    token: str
    process: str
    element: str
    type: str


@dataclass(frozen=True, slots=True)
class FlowTaken:
    """A token went along a sequence flow."""

    process: str
    flow: str


@dataclass(frozen=True, slots=True)
class VariableSet:
    """A variable changed; `scope` is "" for the instance, else the token that owns it. `old` is None when it is new, `declared` a type that came with it.

    `within` is the call activity's token whose called process the scope stands in ("" the instance itself).
    """

    scope: str
    name: str
    old: object
    new: object
    declared: str | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class VariableRemoved:
    """Somebody took a variable out of its scope."""

    scope: str
    name: str
    old: object


@dataclass(frozen=True, slots=True)
class TimerSkipped:
    """Instants of a ladder that lay before the timer was armed: they never fire."""

    token: str
    element: str
    instants: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ErrorThrown:
    """A business error was thrown; `caught_by` is the element that caught it, None when nobody did."""

    token: str
    element: str
    code: str
    message: str
    caught_by: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The instance has come to its end."""

    process: str


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal to send. Signals have already reached this instance's own catchers: send them to all others.

    `correlation` of a signal: the business key of what it begins.
    """

    kind: str
    name: str
    correlation: str
    payload: Mapping[str, object]
    element: str


Event = Entered | Called | Left | Cancelled | FlowTaken | VariableSet | VariableRemoved | TimerSkipped | ErrorThrown | Ended | Thrown


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything since the last `run()`: `events` in order, `thrown` picked out of them, `removed` the waits that are gone."""

    events: tuple[Event, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    removed: tuple[str, ...] = field(default=())
