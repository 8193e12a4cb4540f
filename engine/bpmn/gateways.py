"""Gateways. A join counts the tokens that wait at it, by the flow they came on: no history, hence right in every round of a loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import Node, no_flow
from engine.bpmn.spec import Flow
from engine.bpmn.token import Region, Token


class ExclusiveGateway(Node, defaults.ExclusiveGateway):
    """The first flow whose condition holds, else the default flow."""

    def choose(self, token: Token) -> list[Flow]:
        """One flow; none where the path ends. Raises EngineError `no_flow`."""
        if not self.outgoing or (len(self.outgoing) == 1 and self.outgoing[0].condition is None):
            return list(self.outgoing)
        top = token.top
        for flow in self.outgoing:
            if not flow.default and (flow.condition is None or top.holds(token, flow.condition)):
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
            self._pass(token)
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
        self._pass(token)

    def _pass(self, token: Token) -> None:
        token.top.entered(token)
        if self.tell(token, "start"):
            token.top.ready(token)


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

    def at_rest(self, token: Token) -> bool:
        """Whether the token is one to be looked at when the instance rests."""
        return bool(token._state == TaskState.WAITING)  # noqa: SLF001

    def may_open(self, token: Token) -> bool:
        """Whether no token elsewhere reaches an empty flow, unless it also reaches one that has a token."""
        waiting = self.waiting(token.workflow)
        if waiting[token.internal_data["flow"]] is not token:
            return False
        return not self._more_may_come(token.workflow, frozenset(waiting))

    def _more_may_come(self, region: Region, arrived: frozenset[str]) -> bool:
        threats = self._threats(arrived)
        root = region.task_tree.id
        return any(
            other.task_spec in threats
            for other in region.tasks.values()
            if other._parent == root and other.task_spec is not self  # noqa: SLF001
        )

    def _threats(self, arrived: frozenset[str]) -> frozenset[Any]:
        """Specs from which an empty flow is reached and no flow that has a token."""
        cache = self.__dict__.setdefault("_threats_of", {})
        if arrived not in cache:
            empty = behind([flow.source for flow in self.incoming if flow.id not in arrived], but=self)
            full = behind([flow.source for flow in self.incoming if flow.id in arrived], but=self)
            cache[arrived] = frozenset(empty - full)
        found: frozenset[Any] = cache[arrived]
        return found


class ComplexGateway(InclusiveGateway):
    """Goes on as soon as its activation condition holds, then takes up the tokens that still come before it begins anew (BPMN 2.0, 13.4.5).

    The condition sees `activationCount`, the number of flows that have a token. Without a condition it joins like an inclusive gateway. Late
    tokens end here; of the flows it leaves by only those whose condition asks for `waitingForStart` are looked at again (it is then false).
    Until all late ones have come, a marker beside the tokens holds the flows that had one (`fired`).
    """

    def arrived(self, token: Token) -> None:
        """Look at the condition, unless the last round is not over."""
        if self.info.activation is None:
            super().arrived(token)
        elif self._marker(token.workflow) is None:
            self._try(token)

    def own_names(self, token: Token) -> Mapping[str, Any]:
        """What its conditions are about."""
        return {"activationCount": len(self.waiting(token.workflow)), "waitingForStart": "fired" not in token.internal_data}

    def watches(self, token: Token) -> bool:
        """Neither a waiting token nor the marker has entered it."""
        return "fired" in token.internal_data or super().watches(token)

    def at_rest(self, token: Token) -> bool:
        """The marker, and what waits without a condition."""
        return "fired" in token.internal_data or (self.info.activation is None and super().at_rest(token))

    def may_open(self, token: Token) -> bool:
        """The marker: whether no late token can come any more."""
        fired = token.internal_data.get("fired")
        if fired is None:
            return super().may_open(token)
        return not self._more_may_come(token.workflow, frozenset({*fired, *self.waiting(token.workflow)}))

    def open(self, token: Token) -> None:
        """The marker: take up the late tokens, begin anew."""
        fired, region, top = token.internal_data.get("fired"), token.workflow, token.top
        if fired is None:
            super().open(token)
            return
        again = [flow for flow in self.outgoing if "waitingForStart" in (flow.condition or "") and top.holds(token, flow.condition or "")]
        for flow, late in self.waiting(region).items():
            if flow not in fired:
                top.discard(late)
        top.discard(token)
        top.take(region, again)
        for waiting in list(self.waiting(region).values())[:1]:
            self._try(waiting)

    def _marker(self, region: Region) -> Token | None:
        return next((token for token in region.tasks.values() if token.task_spec is self and "fired" in token.internal_data), None)

    def _try(self, token: Token) -> None:
        top, region = token.top, token.workflow
        if not top.holds(token, self.info.activation or ""):
            return
        flows = list(self.waiting(region))
        if len(flows) < len(self.incoming):
            marker = top.add(region, self, None)
            marker._set_state(TaskState.COMPLETED)  # noqa: SLF001
            marker.internal_data["fired"] = flows
            top.joins.add(marker.id)
        self.open(token)


class EventBasedGateway(Node, defaults.EventBasedGateway):
    """Waits for the first of the events behind it; the others go."""

    offers = True

    def _update_hook(self, token: Token) -> bool:
        top = token.top
        token._set_state(TaskState.WAITING)  # noqa: SLF001
        for flow in self.outgoing:
            flow.target.arm(top.add(token.workflow, flow.target, token))
        return False


def behind(sources: list[Any], *, but: Any) -> set[Any]:
    """All specs from which one of `sources` is reached without passing the gateway `but`."""
    seen: set[Any] = set()
    todo = list(sources)
    while todo:
        spec = todo.pop()
        if spec in seen or spec is but:
            continue
        seen.add(spec)
        todo += [flow.source for flow in spec.incoming]
        if spec.attached is not None:
            todo.append(spec.attached)
    return seen
