"""Multi-instance activities and standard loops.

The body's token owns the counters `nrOfInstances`, `nrOfActiveInstances`, `nrOfCompletedInstances` and the output collected so far;
each instance owns `loopCounter` and its element. Counters are the engine's bookkeeping, not in the history of variables.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.compensation import forget_loop
from engine.bpmn.elements import LoopInfo, natural
from engine.bpmn.nodes import Node
from engine.bpmn.token import Token
from engine.errors import EngineError, limit_reached
from engine.expressions import is_expression


class _Body(Node):
    """The body of a loop: makes instances of `child` and is done when they are."""

    child: Any
    loop: LoopInfo
    body_type = "multiInstanceBody"

    def take_inputs(self, token: Token) -> None:
        """Input parameters belong to each instance."""

    def tell(self, token: Token, event: str, *, throws: bool = True) -> bool:  # noqa: ARG002 - the activity answers by it
        """Listeners belong to each instance."""
        return True

    def give_outputs(self, token: Token) -> None:
        """Output parameters belong to each instance."""

    def _update_hook(self, token: Token) -> bool:
        raise NotImplementedError

    def child_done(self, token: Token, child: Token) -> None:
        """One instance is done."""
        raise NotImplementedError

    def spawn(self, token: Token, index: int, item: Any, *, later: bool = False) -> None:
        """One more instance; `later`: when those before it have come to rest."""
        top = token.top
        child = top.add(token.workflow, self.child, token)
        child.internal_data["index"] = index
        top.scopes.held[child.id] = {"loopCounter": index}
        for name, value in ((self.loop.element, item), (self.loop.index, index)):
            if name:
                top.put(child.id, name, value)
        if later:
            top.let_come(child)
        else:
            self.child._update(child)  # noqa: SLF001 - the library's hook

    def _on_cancel(self, token: Token) -> None:
        """Interrupted: its instances were never completed as a whole."""
        forget_loop(token)

    def bump(self, token: Token, completed: int) -> dict[str, Any]:
        """Move the counters on; the body's scope."""
        scope = token.top.scopes.held.setdefault(token.id, {})
        scope["nrOfCompletedInstances"] = completed
        token.top.scopes.noted(token.id, "nrOfCompletedInstances")
        return scope


class MultiInstance(_Body, defaults.ParallelMultiInstanceTask):
    """Parallel or sequential instances over a collection or a number."""

    def _update_hook(self, token: Token) -> bool:
        top, sequential = token.top, self.loop.sequential
        items = token.internal_data.pop("only", None) or self._items(token)
        if not items:
            self._hand_over(token)
            return True
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        scope = top.scopes.held.setdefault(token.id, {})
        scope.update(nrOfInstances=len(items), nrOfActiveInstances=1 if sequential else len(items), nrOfCompletedInstances=0)
        top.scopes.noted(token.id, "nrOfInstances")
        if self.loop.output:
            scope[self.loop.output] = []
            token.internal_data["out"] = {}
        if sequential:
            token.internal_data["items"] = items
        for index, item in enumerate(items[:1] if sequential else items):
            self.spawn(token, index, item, later=index > 0)
        return False

    def _items(self, token: Token) -> list[Any]:
        """What the instances are over; with a cardinality beside a collection as many of its items as that says (as Camunda does)."""
        collected = None if self.loop.collection is None else self._collection(token)
        if collected is None:
            return list(range(self._cardinality(token)))
        if self.loop.cardinality is None:
            return collected
        count = self._cardinality(token)
        if count > len(collected):
            raise self._wrong("多实例的集合少于个数", "the collection has fewer items than the cardinality says")
        return collected[:count]

    def _collection(self, token: Token) -> list[Any]:
        top, most = token.top, token.top.surroundings.limits.cardinality
        found = top.value(token, self.loop.collection or "", token.outer())
        if not isinstance(found, list | tuple | dict):
            raise self._wrong("多实例的集合不是列表", "the collection is no list")
        if len(found) > most:
            raise limit_reached("多实例的个数", "instances of a multi-instance activity", most)
        return list(found.values()) if isinstance(found, dict) else list(found)

    def _cardinality(self, token: Token) -> int:
        top, chain, most = token.top, token.outer(), token.top.surroundings.limits.cardinality
        count = top.value(token, (self.loop.cardinality or "0").strip(), chain)
        if isinstance(count, str):
            count = natural(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise self._wrong("多实例的个数不是自然数", "the cardinality is no natural number")
        if count > most:
            raise limit_reached("多实例的个数", "instances of a multi-instance activity", most)
        return count

    def _wrong(self, zh: str, en: str) -> EngineError:
        name = self.info.name or self.info.id
        return EngineError("multi_instance", f"“{name}”：{zh}", f"{self.info.id}: {en}", 422, element=self.info.id)

    def child_done(self, token: Token, child: Token) -> None:
        """Collect its output, look at the completion condition, go on."""
        top, index = token.top, child.internal_data["index"]
        completed = top.scopes.held[token.id]["nrOfCompletedInstances"] + 1
        scope = self.bump(token, completed)
        if not self.loop.sequential:
            scope["nrOfActiveInstances"] -= 1
        self._collect(token, child, index)
        condition = self.loop.condition
        done = condition is not None and top.holds(child, condition)
        self.child.put_away(child)
        if done or completed >= scope["nrOfInstances"]:
            self.cut_short(token)
        elif self.loop.sequential:
            self.spawn(token, index + 1, token.internal_data["items"][index + 1])

    def cut_short(self, token: Token) -> None:
        """What still runs is taken away, and the loop goes on with what has been collected."""
        top = token.top
        for other in token._children[:]:  # noqa: SLF001 - the library's own structure
            top.cancel_token(top.index[other])
        self._hand_over(token)
        top.ready(token)

    def _collect(self, token: Token, child: Token, index: int) -> None:
        if not self.loop.output or not self.loop.output_element:
            return
        out = token.internal_data["out"]
        out[str(index)] = self._given_by(child, self.loop.output_element)
        token.top.scopes.held[token.id][self.loop.output] = [out[key] for key in sorted(out, key=int)]

    def _given_by(self, child: Token, element: str) -> Any:
        """What one instance gives: the value of an expression, or a variable, null if there is none."""
        if is_expression(element):
            return child.top.value(child, element)
        return child.top.scopes.flat(child.chain()).get(element)

    def _hand_over(self, token: Token) -> None:
        """Write the collected output outside, in the order of the input."""
        if self.loop.output:
            collected = token.top.scopes.held.get(token.id, {}).get(self.loop.output, [])
            token.top.write(token.outer(), {self.loop.output: collected})

    def _on_cancel(self, token: Token) -> None:
        """Interrupted: what was collected is kept."""
        super()._on_cancel(token)
        self._hand_over(token)


class StandardLoop(_Body, defaults.StandardLoopTask):
    """Runs again while the condition holds, at most `loopMaximum` times."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        self.bump(token, 0)
        if self.loop.test_before and not self._again(token, 0):
            return True
        self.spawn(token, 0, None)
        return False

    def child_done(self, token: Token, child: Token) -> None:
        """Once more, or on."""
        index = child.internal_data["index"] + 1
        self.child.put_away(child)
        self.bump(token, index)
        if self._again(token, index):
            self.spawn(token, index, None)
        else:
            token.top.ready(token)

    def _again(self, token: Token, done: int) -> bool:
        if self.loop.most is not None and done >= self.loop.most:
            return False
        return self.loop.condition is None or token.top.holds(token, self.loop.condition)
