"""What every element does with a token: enter, map variables, run, leave. The base of all our task specs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine.bpmn.compensation import handled, is_record, retire
from engine.bpmn.elements import ElementInfo, Parameter, Value
from engine.bpmn.instance import Instance
from engine.bpmn.listeners import THROWN, rethrow, tell
from engine.bpmn.spec import Flow
from engine.bpmn.token import Token
from engine.errors import EngineError
from engine.expressions.functions import as_text


class Node:
    """Stands before a SpiffWorkflow task spec class and replaces its life cycle by that of a token.

    The library's hooks are kept: `_update` (a token arrived), `_run` (it is run), `_on_complete`, `_on_cancel`.
    """

    info: ElementInfo
    outgoing: tuple[Flow, ...] = ()
    incoming: tuple[Flow, ...] = ()
    boundary: tuple[Any, ...] = ()
    joins = False
    attached: Any = None
    handler: Any = None
    offers = False
    body_type = ""

    # ---- SpiffWorkflow's life cycle

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def test(self) -> None:
        """The checks at deployment have looked at the whole diagram already."""

    def _update(self, token: Token) -> None:
        """A token arrived."""
        if self.begin(token):
            self.watch(token)
            if self._update_hook(token):
                token.top.ready(token)

    def _update_hook(self, token: Token) -> bool:  # noqa: ARG002 - the library's signature
        """Whether the token can be run at once."""
        return True

    def _run(self, token: Token) -> bool | None:
        """Run it; an exception leaves the command, nothing of which is kept."""
        if THROWN in token.internal_data:
            rethrow(token)
            return None
        return self._run_hook(token)

    def _run_hook(self, token: Token) -> bool | None:  # noqa: ARG002 - the library's signature
        return True

    def _on_complete(self, token: Token) -> None:
        """Go on, unless the token itself threw what took it away, or what it changed let a conditional event take it away (as Camunda does)."""
        self.leave_if_alive(token)

    def _on_cancel(self, token: Token) -> None:
        """Nothing to undo."""

    # ---- what elements share

    def begin(self, token: Token) -> bool:
        """The token enters: input parameters, then listeners; False if one of them threw an error."""
        token.top.entered(token)
        self.take_inputs(token)
        return self.tell(token, "start")

    def tell(self, token: Token, event: str, *, throws: bool = True) -> bool:
        """Call the element's listeners of an event; False if one threw an error."""
        return not self.info.listeners or tell(token, event, self.info.listeners, throws=throws)

    def watches(self, token: Token) -> bool:  # noqa: ARG002 - events answer by it
        """Whether the token only waits beside an activity: it never entered its element."""
        return False

    def own_names(self, token: Token) -> Mapping[str, Any] | None:  # noqa: ARG002 - user tasks answer by it
        """Names of ours that expressions of this token see before all variables."""
        return None

    def watch(self, token: Token, *, only: str | None = None) -> None:
        """Arm the boundary events of an activity (or those of one kind); each hangs on the activity's token."""
        for spec in self.boundary:
            if only in {None, spec.event().kind}:
                spec.arm(token.top.add(token.workflow, spec, token))

    def take_inputs(self, token: Token) -> None:
        """Input parameters become variables local to the token; they see what it was given: an instance of a loop its counter and its element."""
        if not self.info.inputs:
            return
        top, chain = token.top, token.chain()
        values = [(item.name, parameter_value(top, token, item, chain)) for item in self.info.inputs]
        for name, value in values:
            top.put(token.id, name, value)

    def give_outputs(self, token: Token) -> None:
        """Output parameters are evaluated inside and written outside, one after the other: a later one sees what an earlier one has written."""
        top = token.top
        for item in self.info.outputs:
            top.write(token.outer(), {item.name: parameter_value(top, token, item, None)})

    def salvage_outputs(self, token: Token) -> None:
        """Interrupted, an activity gives its output parameters all the same (as Camunda does unless it is told otherwise).

        What cannot be computed is left out. An instance of a loop gives nothing: it does not count.
        """
        if not self.info.outputs or token.parent is not token.workflow.task_tree:
            return
        top = token.top
        for item in self.info.outputs:
            with suppress(EngineError):
                top.write(token.outer(), {item.name: parameter_value(top, token, item, None)})

    def choose(self, token: Token) -> list[Flow]:
        """The flows a token leaves by: all without condition or whose condition holds, else the default one."""
        if all(flow.condition is None and not flow.default for flow in self.outgoing):
            return list(self.outgoing)
        top, chain = token.top, token.outer()
        chosen = [
            flow for flow in self.outgoing if not flow.default and (flow.condition is None or top.holds(token, flow.condition, chain))
        ]
        chosen = chosen or [flow for flow in self.outgoing if flow.default]
        if not chosen:
            raise no_flow(self.info)
        return chosen

    def leave(self, token: Token) -> None:
        """The element is done: listeners, outputs, then on along the flows; an instance of a multi-instance activity reports to its body."""
        top, region = token.top, token.workflow
        if not self.tell(token, "end"):
            return
        self.give_outputs(token)
        body = region.tasks.get(token._parent)  # noqa: SLF001 - the library's own structure
        top.left(token)
        if body is not None and body is not region.task_tree:
            if is_record(body):
                handled(body)
            else:
                body.task_spec.child_done(body, token)
            return
        flows, beside = self.choose(token), token.internal_data.get("beside")
        self.put_away(token)
        top.take(region, flows, self.given(token), beside=beside)

    def leave_if_alive(self, token: Token) -> None:
        """Leave, once the conditional events have seen what the element itself changed; output parameters come after them."""
        token.top.wake_conditionals()
        if token.alive:
            self.leave(token)

    def put_away(self, token: Token) -> None:
        """The token of a completed element goes, unless what it did can be undone."""
        if self.handler is not None or token.id in token.top.subprocesses:
            retire(token)
        else:
            token.top.discard(token)

    def given(self, token: Token) -> Mapping[str, Any] | None:  # noqa: ARG002 - timers answer by it
        """Variables handed to the next element only."""
        return None


def parameter_value(top: Instance, token: Token, parameter: Parameter, chain: list[str] | None) -> Any:
    """The value of an input or output parameter: of its text, or of each text of its lists and maps."""

    def of(value: Value) -> Any:
        if isinstance(value, str):
            return top.value(token, value, chain) if value else None
        if isinstance(value, Mapping):
            return {as_text(top.value(token, key, chain)): of(each) for key, each in value.items()}
        return [of(each) for each in value]

    return of(parameter.value)


def no_flow(info: ElementInfo) -> EngineError:
    """The refusal when no condition holds and there is no default flow."""
    return EngineError(
        "no_flow",
        f"“{info.name or info.id}”没有满足条件的出口，请在流程图中设置默认流向",
        f"no condition of {info.id} holds: give it a default flow",
        422,
        element=info.id,
    )
