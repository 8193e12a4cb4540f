"""Gateways. A join counts the tokens that wait at it, by the flow they came on: no history, hence right in every round of a loop."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import Node, no_flow
from engine.bpmn.spec import Flow
from engine.bpmn.token import Region, Token


class ExclusiveGateway(Node, defaults.ExclusiveGateway):
    """The first flow whose condition holds, else the default flow."""

    def choose(self, token: Token) -> list[Flow]:
        """One flow. Raises EngineError `no_flow`."""
        if len(self.outgoing) == 1 and self.outgoing[0].condition is None:
            return list(self.outgoing)
        top = token.top
        for flow in self.outgoing:
            if not flow.default and flow.condition is not None and top.value(token, flow.condition):
                return [flow]
        for flow in self.outgoing:
            if flow.default:
                return [flow]
        raise no_flow(self.info)


class _Join(Node):
    """A gateway that may wait for further tokens."""

    joins = True

    def _update(self, token: Token) -> None:
        if len(self.incoming) <= 1:
            token.top.entered(token)
            token.top.ready(token)
            return
        token._set_state(TaskState.WAITING)  # noqa: SLF001
        self.arrived(token)

    def arrived(self, token: Token) -> None:
        """One more token waits."""
        raise NotImplementedError

    def watches(self, token: Token) -> bool:
        """A waiting token has not entered the gateway yet."""
        return bool(token._state == TaskState.WAITING)  # noqa: SLF001

    def waiting(self, region: Region) -> dict[str, Token]:
        """Of each flow the token that has waited longest."""
        found: dict[str, Token] = {}
        for token in region.tasks.values():
            if token.task_spec is self and token._state == TaskState.WAITING:  # noqa: SLF001
                found.setdefault(token.internal_data["flow"], token)
        return found

    def open(self, token: Token) -> None:
        """Consume one token of each flow that has one, and go on with one."""
        top = token.top
        for other in self.waiting(token.workflow).values():
            if other is not token:
                top.discard(other)
        token.internal_data.clear()
        top.joins.discard(token.id)
        top.entered(token)
        top.ready(token)


class ParallelGateway(_Join, defaults.ParallelGateway):
    """Waits for a token on every incoming flow, then sends one along every outgoing flow."""

    def arrived(self, token: Token) -> None:
        """Open as soon as every flow has a token; excess tokens stay for the next round."""
        waiting = self.waiting(token.workflow)
        if len(waiting) == len(self.incoming):
            self.open(next(iter(waiting.values())))

    def choose(self, token: Token) -> list[Flow]:  # noqa: ARG002 - conditions mean nothing here
        """All flows."""
        return list(self.outgoing)


class InclusiveGateway(_Join, defaults.InclusiveGateway):
    """Waits until no other token can still reach one of its empty flows (BPMN 2.0, 13.4.3)."""

    def arrived(self, token: Token) -> None:
        """Looked at when the instance has come to rest."""
        token.top.joins.add(token.id)

    def may_open(self, token: Token) -> bool:
        """Whether no token elsewhere reaches an empty flow, unless it also reaches one that has a token."""
        waiting = self.waiting(token.workflow)
        if waiting[token.internal_data["flow"]] is not token:
            return False
        threats = self._threats(frozenset(waiting))
        return not any(
            other.task_spec in threats
            for other in token.workflow.tasks.values()
            if other._parent == token._parent and other.task_spec is not self  # noqa: SLF001
        )

    def _threats(self, arrived: frozenset[str]) -> frozenset[Any]:
        """Specs from which an empty flow is reached and no flow that has a token."""
        cache = self.__dict__.setdefault("_threats_of", {})
        if arrived not in cache:
            empty = self._behind([flow.source for flow in self.incoming if flow.id not in arrived])
            full = self._behind([flow.source for flow in self.incoming if flow.id in arrived])
            cache[arrived] = frozenset(empty - full)
        found: frozenset[Any] = cache[arrived]
        return found

    def _behind(self, sources: list[Any]) -> set[Any]:
        """All specs from which one of `sources` is reached without passing this gateway."""
        seen: set[Any] = set()
        todo = list(sources)
        while todo:
            spec = todo.pop()
            if spec in seen or spec is self:
                continue
            seen.add(spec)
            todo += [flow.source for flow in spec.incoming]
            if spec.attached is not None:
                todo.append(spec.attached)
        return seen


class EventBasedGateway(Node, defaults.EventBasedGateway):
    """Waits for the first of the events behind it; the others go."""

    offers = True

    def _update_hook(self, token: Token) -> bool:
        top = token.top
        token._set_state(TaskState.WAITING)  # noqa: SLF001
        for flow in self.outgoing:
            flow.target.arm(top.add(token.workflow, flow.target, token))
        return False
