"""Tasks: of people, of services, scripts, and those that only pass the token on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import ElementInfo
from engine.bpmn.listeners import assign, run_scripts
from engine.bpmn.nodes import Node
from engine.bpmn.spec import Flow
from engine.bpmn.timers import due_of, from_micros, to_micros
from engine.bpmn.token import Token
from engine.errors import EngineError
from engine.expressions import Context
from engine.expressions.functions import as_text

LAST = "last"  # said of a token: nothing follows its task
_EVALUATED = ("due", "follow", "depends", "assignee", "users", "groups", "priority", "form", "name", "description")
_LABELS = {"form": "form_key", "name": "name", "description": "documentation"}  # what is kept with the token -> what the diagram calls it


class PassTask(Node, defaults.NoneTask):
    """A task without work of ours (task, manual task): the token passes."""


class UserTask(Node, defaults.UserTask):
    """Waits for a person; who may do it and until when is evaluated when the token arrives."""

    def _update(self, token: Token) -> None:
        if not self.begin(token):
            return
        self.assign(token)
        self.watch(token)
        token._set_state(TaskState.READY)  # noqa: SLF001 - ready for a person, not for the queue
        if self.info.listeners:
            run_scripts(token, "create")
            if token.internal_data.get("assignee"):
                run_scripts(token, "assignment")

    def _run_hook(self, token: Token) -> bool:
        """It is done."""
        run_scripts(token, "complete")
        return True

    def choose(self, token: Token) -> list[Flow]:
        """As ever, but nothing follows an error that nobody catches."""
        return [] if LAST in token.internal_data else super().choose(token)

    def _on_cancel(self, token: Token) -> None:
        """It is taken away."""
        self.tell(token, "delete", throws=False)

    def assign(self, token: Token, *, born: datetime | None = None) -> None:
        """Evaluate assignment, dates, priority and form; kept with the token."""
        top, info = token.top, self.info
        context = top.context(token, now=born)
        now = to_micros(context.now)
        facts = token.internal_data
        for key in _EVALUATED:
            facts.pop(key, None)
        facts["born"] = now
        for key, text in (("due", info.due_date), ("follow", info.follow_up_date)):
            if text:
                value = top.value_in(context, token, text)
                if value not in (None, ""):
                    facts[key] = to_micros(due_of(value, context.now, context.zone))
        if context.depends:
            facts["depends"] = sorted(context.depends)
        self._people(token, context, facts)

    def _people(self, token: Token, context: Context, facts: dict[str, Any]) -> None:
        info, value = self.info, token.top.value_in
        if info.assignee:
            facts["assignee"] = as_text(value(context, token, info.assignee)) or None
        for key, text in (("users", info.candidate_users), ("groups", info.candidate_groups)):
            if text:
                facts[key] = _names(value(context, token, text))
        if info.priority:
            facts["priority"] = _priority(value(context, token, info.priority), info.id)
        self._labels(token, context)

    def _labels(self, token: Token, context: Context, *, names: Collection[str] = _LABELS) -> None:
        """Its form; a name and a description that are no constants."""
        for key in names:
            text = getattr(self.info, _LABELS[key])
            if text and (key == "form" or "${" in text or "#{" in text):
                token.internal_data[key] = as_text(token.top.value_in(context, token, text))

    def relabel(self, token: Token, before: ElementInfo) -> None:
        """The token came from another version's element: form, name and description are this one's where they differ; who does it until when stays."""
        changed = [key for key, name in _LABELS.items() if getattr(before, name) != getattr(self.info, name)]
        for key in changed:
            token.internal_data.pop(key, None)
        self._labels(token, token.top.context(token), names=changed)

    def own_names(self, token: Token) -> Mapping[str, Any] | None:
        """`due`: the instant the task is due, for its boundary timers and texts."""
        due = token.internal_data.get("due")
        return None if due is None else {"due": from_micros(due)}


def _names(value: Any) -> list[str]:
    """Users or groups: a list, or a text with commas."""
    parts = [as_text(item) for item in value] if isinstance(value, list | tuple) else as_text(value).split(",")
    return [part.strip() for part in parts if part.strip()]


def _priority(value: Any, element: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise EngineError("priority", f"优先级不是整数：{value}", f"the priority of {element} is no whole number: {value!r}", 422) from None


class Working(Node):
    """With a topic it waits for a handler or worker; with an expression it evaluates it."""

    def _update_hook(self, token: Token) -> bool:
        if self.info.topic is None:
            return True
        token.internal_data["topic"] = as_text(token.top.value(token, self.info.topic))
        if self.info.priority:
            token.internal_data["priority"] = _priority(token.top.value(token, self.info.priority), self.info.id)
        token._set_state(TaskState.STARTED)  # noqa: SLF001
        return False

    def _run_hook(self, token: Token) -> bool | None:
        if self.info.topic is None and self.info.expression is not None:
            value = token.top.value(token, self.info.expression)
            if self.info.result_variable:
                token.top.write(token.chain(), {self.info.result_variable: value})
        return True


class ServiceTask(Working, defaults.ServiceTask):
    """Work done by a handler or a worker."""


class ScriptTask(Node, defaults.ScriptTask):
    """Lines of `name = expression`; with a result variable one expression."""

    def _run_hook(self, token: Token) -> bool:
        top, script = token.top, self.info.script or ""
        if self.info.result_variable:
            text = script if "${" in script else "${" + script + "}"
            top.write(token.chain(), {self.info.result_variable: top.value(token, text)})
            return True
        assign(top, script, token, token.chain())
        return True
