"""What a diagram says of one element, read from its XML: plain data, no behaviour.

Honoured attributes stand in `docs/reference/bpmn.md`; what is not honoured is found by `engine.checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
LIFETIME = "lifetime"  # the property of a non-interrupting boundary event whose path ends with the activity
# Of a user task: the roles among its candidate groups that hold and complete it (all, without it); the acts that every candidate may do.
HOLDERS, SHARED_ACTS = "holders", "shared_acts"


@dataclass(frozen=True, slots=True)
class Listener:
    """A named function of the handlers, or a script that assigns variables.

    `event`: of a user task create, assignment, complete, update, delete, timeout, take_back or `act:<name>`; of any element and of a process start
    and end; of a flow take. `id`, `timer` and `text` (kind and text) are those of a timeout.
    """

    event: str
    name: str = ""
    script: str | None = None
    id: str = ""
    timer: str | None = None
    text: str | None = None
    execution: bool = False


Value: TypeAlias = "str | tuple[Value, ...] | Mapping[str, Value]"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input or output parameter: the value is a text, or a list or map of values."""

    name: str
    value: Value

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in it."""
        return tuple(_texts_in(self.value))


def _texts_in(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    if isinstance(value, Mapping):
        yield from value
    for each in value.values() if isinstance(value, Mapping) else value:
        yield from _texts_in(each)


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801 - `Mapping` is taken; BPMN knows no better word
    """One `camunda:in` or `camunda:out`: a variable, an expression, or all variables."""

    target: str
    source: str | None = None
    expression: str | None = None
    all: bool = False
    business_key: str | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class DecisionCall:
    """What a business rule task decides by: the decision's key (may hold `${…}`), its binding, and how its result is handed on.

    `version`: the number or tag that the bindings `version` and `versionTag` name.
    """

    key: str
    binding: str = "latest"
    mapping: str = "resultList"
    version: str = ""


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """A business error that an external task throws by itself when its worker is done, or has failed, and the condition holds."""

    code: str | None
    message: str
    condition: str


@dataclass(frozen=True, slots=True)
class EventInfo:
    """The event definition of an event.

    `kind` is none, message, signal, timer, error, escalation, conditional, link, terminate, cancel, compensate, or multiple; `activity` what is to be
    compensated, `waits` whether who throws waits until it is; `text` the condition, the time, what an error says; a condition is looked at again when
    the `variable` changes (None: any) in one of the ways `changes` (none: any); `parts` the definitions of a multiple event, of which one is
    caught, or (`parallel`) all; `reach` how far it goes: of a thrown signal `instance` (nobody outside hears it), of a terminate event `all` (the whole
    instance with its callers) or `loop` (all instances of the multi-instance activity it is in), else "" as BPMN has it.
    """

    kind: str
    name: str | None = None
    code: str | None = None
    timer: str | None = None
    text: str | None = None
    interrupting: bool = True
    attached_to: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None
    activity: str | None = None
    waits: bool = True
    variable: str | None = None
    changes: frozenset[str] = frozenset()
    parts: tuple[EventInfo, ...] = ()
    parallel: bool = False
    reach: str = ""


def natural(text: str) -> int | None:
    """A number as diagrams write it, at most 18 digits long; None for anything else."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 18 else None  # noqa: PLR2004 - no larger one is counted to


@dataclass(frozen=True, slots=True)
class LoopInfo:
    """Multi-instance or standard loop of an activity; `cardinality` and `maximum` as the diagram writes them."""

    kind: str
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    index: str | None = None
    condition: str | None = None
    output: str | None = None
    output_element: str | None = None
    maximum: str | None = None
    test_before: bool = False

    @property
    def most(self) -> int | None:
        """How often a standard loop runs at most; None: no maximum is written, or no number."""
        return natural(self.maximum or "")

    @property
    def sequential(self) -> bool:
        """Whether one iteration waits for the other."""
        return self.kind != "parallel"


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How an ad-hoc sub-process is done: one activity after the other or all at once, and when it is enough."""

    sequential: bool = False
    condition: str | None = None
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True)
class FlowInfo:
    """A sequence flow with its condition."""

    id: str
    source: str
    target: str
    condition: str | None
    default: bool
    line: int
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """An element of a process: what its type is and what its attributes say. Texts may hold `${…}`."""

    id: str
    name: str
    type: str
    process: str
    file: str
    line: int
    parent: str | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    listeners: tuple[Listener, ...] = ()
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    mappings_in: tuple[Mapping_, ...] = ()
    mappings_out: tuple[Mapping_, ...] = ()
    error_rules: tuple[ErrorRule, ...] = ()
    assignee: str | None = None
    candidate_users: str | None = None
    candidate_groups: str | None = None
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: str | None = None
    form_key: str | None = None
    topic: str | None = None
    expression: str | None = None
    result_variable: str | None = None
    script: str | None = None
    called: str | None = None
    decision: DecisionCall | None = None
    binding: str | None = None
    called_version: str | None = None
    initiator: str | None = None
    event: EventInfo | None = None
    loop: LoopInfo | None = None
    triggered_by_event: bool = False
    for_compensation: bool = False
    ad_hoc: AdHoc | None = None
    activation: str | None = None

    @property
    def parts(self) -> tuple[ElementInfo, ...]:
        """The element once for each of its event definitions; most have one or none."""
        several = self.event.parts if self.event is not None else ()
        return tuple(replace(self, event=part) for part in several) or (self,)

    @property
    def event_kind(self) -> str:
        """What kind of event it is; "" where it is none, however it waits."""
        return self.event.kind if self.event is not None and self.type.endswith("Event") else ""

    def listeners_of(self, event: str) -> tuple[str, ...]:
        """The names of the listeners of one event, in the diagram's order; scripts have none."""
        return tuple(listener.name for listener in self.listeners if listener.event == event and listener.script is None)

    @property
    def check(self) -> str | None:
        """The listener that checks a message before this event catches it (`property name="check"`)."""
        return self.properties.get("check")


def listed(properties: Mapping[str, str], name: str) -> frozenset[str]:
    """The words of a property, put apart by commas or spaces; none where it is not there."""
    return frozenset(properties.get(name, "").replace(",", " ").split())


@dataclass(frozen=True, slots=True)
class StartTrigger:
    """A start event of a process that something sets off.

    `kind` is message, signal, timer or conditional; `name` that of the message or signal, `correlation` the expression of its key,
    `text` the timer's or the condition's, `timer` date, duration or cycle.
    """

    element: str
    kind: str
    name: str = ""
    correlation: str | None = None
    text: str = ""
    timer: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """A process that can be started by its key; `handlers`: compensation boundary event -> the activity that undoes."""

    key: str
    name: str
    file: str
    elements: Mapping[str, ElementInfo]
    flows: tuple[FlowInfo, ...]
    triggers: tuple[StartTrigger, ...]
    calls: frozenset[str]
    executable: bool = True
    handlers: Mapping[str, str] = field(default_factory=dict)
    listeners: tuple[Listener, ...] = ()
    version_tag: str | None = None

    def triggers_of(self, kind: str) -> tuple[StartTrigger, ...]:
        """The start events of one kind."""
        return tuple(trigger for trigger in self.triggers if trigger.kind == kind)
