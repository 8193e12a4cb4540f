"""A running instance: driven by tokens that stand in a queue instead of being searched for.

The run goes depth first: where several paths begin at once, each goes as far as it can before the next one begins, in the order of the diagram. So do the
instances of a parallel loop: those that a completion condition makes needless never begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.effects import FlowTaken
from engine.bpmn.listeners import tell
from engine.bpmn.state import Arrival, State
from engine.bpmn.token import Region, Token
from engine.errors import LIMIT, EngineError

if TYPE_CHECKING:
    from engine.bpmn.spec import Flow


class Instance(State):
    """The whole of one running instance, with the verbs that task specs use."""

    def arrive(
        self,
        region: Region,
        spec: Any,
        *,
        flow: Flow | None = None,
        given: Mapping[str, Any] | None = None,
        beside: str | None = None,
        later: bool = False,
        only: list[Any] | None = None,
    ) -> None:
        """A token comes to an element, along `flow`; `given` become variables local to it. `beside`: the token of the activity it ends with.

        `later`: when what stands before it in the queue has come to rest; `only`: of a multi-instance activity instances for these items alone.
        """
        token = self.add(region, spec, region.task_tree)
        if beside is not None:
            token.internal_data["beside"] = beside
            self.beside.setdefault(beside, []).append(token.id)
        if flow is not None and spec.joins:
            token.internal_data["flow"] = flow.id
        if only is not None:
            token.internal_data["only"] = only
        if later:
            self.let_come(token, Arrival(flow, given or {}))
        else:
            self._come(token, flow, given or {})

    def let_come(self, token: Token, arrival: Arrival | None = None) -> None:
        """The token arrives in its turn: on its way, which has not been told yet, or (None) where it is."""
        self.coming[token.id] = arrival
        self.queue.append(token)

    def _come(self, token: Token, flow: Flow | None, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            self.put(token.id, name, value)
        if flow is None or not flow.listeners or tell(token, "take", flow.listeners):
            self._there(token)

    def _there(self, token: Token) -> None:
        token.task_spec._update(token)  # noqa: SLF001 - the library's hook for "something happened before you"

    def _in_turn(self, token: Token, arrival: Arrival | None) -> None:
        """A token that had to wait for others arrives; it is numbered now, so that the oldest is what came first."""
        if arrival is None:
            self._there(token)
        else:
            self.renumber(token)
            self._come(token, *arrival)

    def ready(self, token: Token) -> None:
        """The token is to be run in this command."""
        token._set_state(TaskState.READY)  # noqa: SLF001
        self.queue.append(token)

    def take(self, region: Region, flows: Iterable[Flow], given: Mapping[str, Any] | None = None, *, beside: str | None = None) -> None:
        """Send a token along each flow, then see whether the region has come to its end. Each path goes as far as it can before the next begins."""
        for number, flow in enumerate(flows):
            self.events.append(FlowTaken(flow.process, flow.id))
            self.arrive(region, flow.target, flow=flow, given=given, beside=beside, later=number > 0)
        if region.host is not None and not region.completed:
            region.host.task_spec.inner_left(region.host, region)
        self.settle(region)

    def do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> None:  # noqa: ARG002 - the library's signature
        """Run to the next wait states, depth first. Raises EngineError `limit`, which tells the element where the run was stopped."""
        stack: list[Token] = []
        while True:
            while self.queue or stack:
                while self.queue:
                    stack.append(self.queue.pop())
                token = stack.pop()
                if token.alive:
                    self._step(token)
            if not (self.wake_conditionals() or self._open_join()):
                return

    def _step(self, token: Token) -> None:
        try:
            if token.id in self.coming:
                self._in_turn(token, self.coming.pop(token.id))
            elif token._state == TaskState.READY:  # noqa: SLF001
                self.surroundings.meter.step()
                token.run()
            self.wake_conditionals()
        except EngineError as error:
            if error.code == LIMIT:
                error.stopped_at(token.task_spec.info.id)
            raise

    def wake_conditionals(self) -> bool:
        """If a variable changed, conditional events look again: after every step and before an element is left, so none misses what held for a moment.

        Out: whether that gave something to do.
        """
        if not self.scopes.dirty:
            return False
        changes, self.scopes.changes, self.scopes.dirty = self.scopes.changes, set(), False
        for token_id in sorted(self.conditionals, key=int):
            if token_id in self.conditionals:
                token = self.index[token_id]
                token.task_spec.look_again(token, changes)
        return bool(self.queue) or self.scopes.dirty

    def _open_join(self) -> bool:
        """At rest, the first inclusive gateway that no other token can reach any more goes on."""
        for token_id in sorted(self.joins, key=int):
            token = self.index[token_id]
            if token.task_spec.may_open(token):
                token.task_spec.open(token)
                return True
        return False
