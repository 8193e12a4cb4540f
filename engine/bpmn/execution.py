"""One live instance as the command layer sees it: acts go in, waits and effects come out. Pure: no store, no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.codec import dump_instance
from engine.bpmn.effects import Effects, Thrown
from engine.bpmn.elements import ElementInfo
from engine.bpmn.host import Host
from engine.bpmn.instance import Instance
from engine.bpmn.listeners import run_scripts
from engine.bpmn.scopes import CALLED
from engine.bpmn.tasks import LAST, UserTask
from engine.bpmn.throwing import escalate, throw_error
from engine.bpmn.timers import Armed, from_micros, to_micros
from engine.bpmn.token import Token
from engine.bpmn.waits import Wait, waits_of
from engine.contract import BpmnError
from engine.errors import EngineError
from engine.expressions import ExpressionError

_WORK = frozenset({"topic", "uncaught"})


class Execution:
    """A live instance. After an exception from any verb its state is worth nothing: load it anew."""

    def __init__(self, instance: Instance) -> None:
        """Made by `Definitions.new` and `Definitions.load`."""
        self.instance = instance

    @property
    def ended(self) -> bool:
        """Whether the instance has come to its end."""
        return bool(self.instance.completed)

    @property
    def host(self) -> Host:
        """The surroundings of the current command."""
        return self.instance.surroundings

    @host.setter
    def host(self, host: Host) -> None:
        """A live execution that is kept between commands gets new surroundings with each."""
        self.instance.surroundings = host

    def run(self) -> Effects:
        """Run to the next wait states. Out: all that happened since the last `run()`. Raises EngineError (`limit`, `no_flow`, …)."""
        instance = self.instance
        instance.do_engine_steps()
        events, removed = tuple(instance.events), tuple(instance.removed)
        instance.events, instance.removed = [], []
        return Effects(events, tuple(event for event in events if isinstance(event, Thrown)), removed)

    def halt(self) -> tuple[str, ...]:
        """Instead of `run()`: what is to be run stands still where it is, like an uncaught error; its tokens. Nothing is halted that is on its way."""
        instance = self.instance
        if instance.coming:
            return ()
        halted = tuple(token for token in instance.queue if token.alive)
        for token in halted:
            token.internal_data["uncaught"] = ""
        instance.queue.clear()
        return tuple(token.id for token in halted)

    def complete(self, token_id: str, *, variables: Mapping[str, object] | None = None, local: bool = False) -> None:
        """A user task or external service task is done, or an uncaught error is passed over; `run()` next.

        Variables go to the nearest scope that has the name, else to the instance. With `local`, or when a service task has output
        parameters, they are local to the task, for its output parameters to read. Raises EngineError `gone`, `not_waiting`.
        """
        token = self._open_work(token_id)
        self._hand_in(token, variables or {}, local=local)
        if token.internal_data.pop("uncaught", None) is not None:
            token.internal_data["passed"] = True
        self.instance.ready(token)

    def _hand_in(self, token: Token, variables: Mapping[str, object], *, local: bool) -> None:
        instance = self.instance
        if local or (token.task_spec.info.outputs and not isinstance(token.task_spec, UserTask)):
            for name, value in variables.items():
                instance.put(token.id, name, value)
        else:
            instance.write(token.chain(), variables)

    def error_of_work(self, token_id: str, *, task: Mapping[str, object], variables: Mapping[str, object], failed: bool = False) -> BpmnError | None:
        """Hand in what a worker brings; the error that the element itself says it throws then (`camunda:errorEventDefinition`), if it does.

        In: `task` what its conditions see as `externalTask`; a condition that fails does not hold of work that has `failed`. Raises ExpressionError.
        """
        token = self._open_work(token_id)
        if failed:
            self.instance.write(token.chain(), variables)
        else:
            self._hand_in(token, variables, local=False)
        context = self.instance.context(token, given={"externalTask": dict(task)})
        for rule in token.task_spec.info.error_rules:
            try:
                if self.instance.value_in(context, token, rule.condition) is True:
                    return BpmnError(rule.code or "", rule.message)
            except ExpressionError:
                if not failed:
                    raise
        return None

    def throw_again(self, wait_id: str) -> None:
        """An uncaught error looks for who catches it once more, what was halted goes on (waits of kind "error"); `run()` next.

        Raises EngineError `gone`, `not_waiting`.
        """
        token = self._token(wait_id)
        if token.internal_data.pop("uncaught", None) is None:
            raise EngineError("not_waiting", "该事项当前不能办理", f"{wait_id} has thrown nothing", 409)
        self.instance.ready(token)

    def fail(self, token_id: str, *, error_code: str, message: str = "") -> bool:
        """A business error at a user or service task goes to the error boundary; False if nobody catches it (then nothing changed)."""
        token = self._open_work(token_id)
        return throw_error(token, error_code, message, own=True)

    def end_work(self, token_id: str) -> None:
        """A user task ends its token here and now, as if no flow left it: nobody catches what it threw; `run()` next."""
        token = self._open_work(token_id)
        token.internal_data[LAST] = True
        self.instance.ready(token)

    def escalate(self, token_id: str, *, code: str) -> bool:
        """An escalation from a user or service task goes to who catches it; False if nobody does (then nothing changed)."""
        return escalate(self._open_work(token_id), code, {}, own=True)

    def deliver(self, subscription_id: str, *, payload: Mapping[str, object] | None = None) -> None:
        """Hand a message or signal to the wait that asked for it; `run()` next. Raises EngineError `gone`, `not_waiting`."""
        self._caught(subscription_id, {"message", "signal", "receive"}, payload or {})

    def fire(self, timer_id: str, *, due: datetime | None = None) -> None:
        """Fire a timer now, whatever the state says of its due time; `due` is the instant it was due by the host's books."""
        if due is not None:
            self.postpone(timer_id, due)
        self._caught(timer_id, {"timer"}, {})

    def postpone(self, timer_id: str, due: datetime) -> None:
        """Let a timer be due at another instant; rungs and periods after it stay."""
        token = self._token(timer_id)
        timer: Armed | None = token.internal_data.get("timer")
        if timer is not None:
            token.internal_data["timer"] = {**timer, "due": to_micros(due)}

    def disarm(self, timer_id: str) -> None:
        """Let a timer never fire: its token stays where it is and waits for nothing."""
        facts = self._token(timer_id).internal_data
        facts.pop("timer", None)
        facts["on"] = "nothing"

    def edit_task(
        self, token_id: str, *, name: str, priority: int, due: datetime | None, follow_up: datetime | None, description: str | None = None
    ) -> None:
        """Give a user task that waits another name, description, priority, due and follow-up instant than its diagram says."""
        facts = self._token(token_id).internal_data
        facts.update(name=name, description=description or "", priority=priority)
        for key, at in (("due", due), ("follow", follow_up)):
            facts.pop(key, None)
            if at is not None:
                facts[key] = to_micros(at)

    def rearm(self, wait_id: str) -> datetime | None:
        """Evaluate a timer's expression, or a user task's dates, again; the due instant, None when nothing is left to wait for."""
        token = self._token(wait_id)
        spec = token.task_spec
        if isinstance(spec, UserTask):
            self._reassign_dates(token)
            due = token.internal_data.get("due")
            return None if due is None else from_micros(due)
        around = token.parent
        if around is not None and isinstance(around.task_spec, UserTask):
            self._reassign_dates(around)
        timer: Armed = token.internal_data["timer"]
        due_at: datetime | None = spec.arm_timer(token, from_micros(timer["born"]))
        return due_at

    def run_scripts(self, token_id: str, event: str) -> None:
        """Run the script listeners that a user task has for an event of its holder (assignment, update); `run()` next."""
        run_scripts(self._token(token_id), event)

    def _reassign_dates(self, token: Token) -> None:
        """Due and follow-up date anew, as at the token's arrival; who may do it stays."""
        facts = token.internal_data
        kept: dict[str, Any] = {
            key: facts[key] for key in ("assignee", "users", "groups", "priority", "form", "name", "description") if key in facts
        }
        token.task_spec.assign(token, born=from_micros(facts["born"]))
        facts.update(kept)

    def waits(self) -> tuple[Wait, ...]:
        """Everything it waits for, oldest first. Error and escalation events wait inside and are not listed."""
        return waits_of(self.instance)

    def typed(self, token_id: str = "", *, scope: str | None = None) -> Mapping[str, Any]:
        """What a token sees, or one scope holds, each value as `Declared` that was handed in with a type of its own."""
        return self.instance.scopes.typed(self._token(token_id).chain() if scope is None else [scope])

    def variables(self, scope: str = "") -> Mapping[str, Any]:
        """The variables of one scope: "" the instance, else a token's id."""
        return dict(self.instance.scopes.held.get(scope, {}))

    def set_variables(self, variables: Mapping[str, object], *, scope: str = "") -> None:
        """Set variables of one scope ("" the instance, a token's id, that + "/c" the process it calls); conditional events look again at the next `run()`."""
        if scope:
            self._token(scope.removesuffix(CALLED))
        for name, value in variables.items():
            self.instance.put(scope, name, value)

    def remove_variables(self, names: Iterable[str], *, scope: str = "") -> None:
        """Take variables out of one scope (named as in `set_variables`); those that are not there are passed over."""
        if scope:
            self._token(scope.removesuffix(CALLED))
        for name in names:
            self.instance.remove(scope, name)

    def holder(self, token_id: str, name: str) -> str:
        """The scope in which a token finds a variable; its process's own if nowhere."""
        return self.instance.scopes.holder(self._token(token_id).chain(), name)

    def write(self, token_id: str, variables: Mapping[str, object]) -> None:
        """Set variables as the token would: each in the nearest scope that has the name, else in its process's own."""
        self.instance.write(self._token(token_id).chain(), variables)

    def visible(self, token_id: str) -> Mapping[str, Any]:
        """All variables a token sees, nearest scope first."""
        return self.instance.scopes.flat(self._token(token_id).chain())

    def element(self, token_id: str) -> ElementInfo:
        """What the diagram says of the element a token is at."""
        info: ElementInfo = self._token(token_id).task_spec.info
        return info

    def version_of(self, token_id: str) -> int | None:
        """The version whose process the token is in, if a call activity chose another one; None: the instance's own."""
        origin: int | None = self._token(token_id).workflow.origin
        return origin

    def forget_calls(self, version: int) -> tuple[str, ...]:
        """The processes of a version are taken away: the calls that run them stand still, empty; the tokens of those calls. `run()` next."""
        instance = self.instance
        found = [region for region in instance.subprocesses.values() if region.called and region.origin == version]
        for region in found:
            instance.clear(region)
            instance.subprocesses.pop(region.host.id, None)
            instance.scopes.held.pop(region.host.id + CALLED, None)
        return tuple(region.host.id for region in found)

    def cancel(self) -> None:
        """Take every token away; the instance has ended. `run()` gives the effects."""
        instance = self.instance
        instance.clear(instance)
        instance.settle(instance)

    def dump(self) -> bytes:
        """The state, to be loaded again. Raises EngineError when the instance has not come to rest."""
        if self.instance.queue:
            raise EngineError("internal", "内部错误", "an execution is dumped only at rest: call run() first", 500)
        return dump_instance(self.instance)

    def _token(self, token_id: str) -> Token:
        token = self.instance.index.get(token_id)
        if token is None:
            raise EngineError("gone", "该事项已办结或已取消", f"{token_id} is not there any more", 409)
        return token

    def _open_work(self, token_id: str) -> Token:
        token = self._token(token_id)
        state, waiting = token._state, token not in self.instance.queue  # noqa: SLF001 - the library's own state
        if waiting and ((isinstance(token.task_spec, UserTask) and state == TaskState.READY) or _WORK & token.internal_data.keys()):
            return token
        raise EngineError("not_waiting", "该事项当前不能办理", f"{token_id} waits for nobody", 409)

    def _caught(self, token_id: str, kinds: set[str], payload: Mapping[str, object]) -> None:
        token = self._token(token_id)
        facts = token.internal_data
        if facts.get("on") not in kinds or facts.get("caught"):
            raise EngineError("not_waiting", "该事项当前不在等待", f"{token_id} does not wait for that", 409)
        token.task_spec.caught(token, payload)
