"""Tokens and the regions they stand in: SpiffWorkflow's task and sub-workflow classes.

Departures from SpiffWorkflow 3.2.0, and why (see `docs/decisions/0008-token-runtime.md`):
* a finished task leaves the tree at once, nothing is predicted: cost and size do not grow with age, a join never sees an earlier round;
* a task's parent is what it lives in (the process, a multi-instance body, the activity a boundary event hangs on), not its predecessor:
  taking an activity away takes everything within it away, and variables find their scope;
* `task.data` is one empty, unchangeable mapping: variables live in `Scopes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.scopes import CALLED, INSTANCE

if TYPE_CHECKING:
    from engine.bpmn.instance import Instance
    from engine.bpmn.spec import ProcessSpec

NO_DATA: Mapping[str, Any] = MappingProxyType({})
ROOT_SUFFIX = "/r"


class Token(Task):
    """A token: a task of SpiffWorkflow that knows where it lives. `data` is always empty."""

    def __init__(self, workflow: Any, spec: Any, parent: Token | None, token_id: str) -> None:
        """Hang the token into its workflow; the library's constructor would read the clock and log."""
        self.id = token_id
        self.workflow = workflow
        self.task_spec = spec
        self._parent = None if parent is None else parent.id
        self._children: list[str] = []
        self._state = TaskState.FUTURE
        self.triggered = False
        self.thread_id = 0
        self.data = NO_DATA
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        self.waited: tuple[tuple[Any, ...], Any] | None = None  # what the token waited for, and as what (`waits`)
        workflow.tasks[token_id] = self
        workflow.top_workflow.index[token_id] = self
        if parent is not None:
            parent._children.append(token_id)  # noqa: SLF001 - the library's own structure

    def _set_state(self, value: int) -> None:
        self._state = value

    @property
    def alive(self) -> bool:
        """Whether the token is still in the instance."""
        return self.workflow.tasks.get(self.id) is self

    @property
    def top(self) -> Instance:
        """The instance."""
        return self.workflow.top_workflow  # type: ignore[no-any-return]

    def chain(self) -> list[str]:
        """The ids of all scopes this token sees, nearest first."""
        found: list[str] = []
        token: Any = self
        while True:
            found.append(token.id)
            workflow = token.workflow
            around = workflow.tasks.get(token._parent)  # noqa: SLF001 - the library's own structure
            if around is not None and around is not workflow.task_tree:
                token = around
            elif workflow.host is None:
                found.append(INSTANCE)
                return found
            elif workflow.called:
                found.append(workflow.host.id + CALLED)
                return found
            else:
                token = workflow.host

    def outer(self) -> list[str]:
        """The scopes around this token, without its own."""
        return self.chain()[1:]


class Region:
    """What the instance and its sub-processes have in common: tokens, and how many of them keep it alive."""

    tasks: dict[str, Token]
    spec: ProcessSpec
    task_tree: Token
    top_workflow: Instance
    host: Token | None
    called: bool
    live: int
    completed: bool
    processes: Mapping[str, ProcessSpec]
    origin: int | None
    business_key: str
    within: str  # the token of the call activity whose called process this is (or lies in); "" the instance itself

    def plant(self, root_id: str) -> None:
        """The root under which the region's tokens stand; it is never run and never stored."""
        self.task_tree = Token(self, self.spec.start, None, root_id)
        self.task_tree._set_state(TaskState.COMPLETED)  # noqa: SLF001 - the library's own state
        del self.top_workflow.index[root_id]

    def all_tokens(self) -> list[Token]:
        """The tokens of this region, without the root."""
        return [token for token in self.tasks.values() if token is not self.task_tree]


class Scope(Region, BpmnSubWorkflow):
    """A running sub-process or called process; `host` is the token of its activity."""

    def __init__(self, spec: ProcessSpec, host: Token, *, called: bool) -> None:
        """Begin without tokens."""
        self.host = host
        self.called = called
        self.within = host.id if called else host.workflow.within
        self.live = 0
        self.processes = host.workflow.processes
        self.origin = host.workflow.origin
        super().__init__(spec, host.id, host.top, deserializing=True)
        self.plant(host.id + ROOT_SUFFIX)

    def _calculate_depth(self) -> int:
        return int(self.host.workflow.depth) + 1  # type: ignore[union-attr]

    def of_version(self, origin: int, processes: Mapping[str, ProcessSpec]) -> None:
        """The called process is one of another version: so are those that it calls in turn."""
        self.origin, self.processes = origin, processes

    @property
    def business_key(self) -> str:  # type: ignore[override]
        """That of the caller, unless the call activity gave another."""
        given: str | None = self.host.internal_data.get("business_key")  # type: ignore[union-attr]
        return self.host.workflow.business_key if given is None else given  # type: ignore[union-attr]

    @property
    def parent_workflow(self) -> Any:
        """The region that the host token stands in."""
        return self.host.workflow  # type: ignore[union-attr]
