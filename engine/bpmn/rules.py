"""Business rule tasks: a decision table, else the work of a handler, worker or expression."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults

from engine.bpmn.tasks import Working
from engine.bpmn.token import Token
from engine.dmn import Decisions, decide, map_result, value_of
from engine.expressions.functions import as_text

RESULT = "decisionResult"


class BusinessRuleTask(Working, defaults.ServiceTask):
    """Evaluates its decision with the variables that the token sees.

    The decisions are those of the instance's own version, unless the diagram leaves it open, or names another, and the library says where the
    latest, or that one, is (diagrams of others, each file deployed by itself). The result goes to the result variable; output parameters see it as
    `decisionResult`, always a list of rows.
    """

    decisions: Decisions

    def _run_hook(self, token: Token) -> bool | None:
        call = self.info.decision
        if call is None or self.info.topic is not None:
            return super()._run_hook(token)
        top = token.top
        key = as_text(top.value(token, call.key))
        library = None if call.binding == "deployment" else top.surroundings.library
        version = as_text(top.value(token, call.version)) if call.version else ""
        others = None if library is None else library.decisions(key, binding=call.binding, version=version)
        decisions = self.decisions if others is None else others
        rows = decide(decisions, key, top.context(token))
        if self.info.result_variable:
            result = value_of(decisions[key], rows) if call.mapping == "value" else map_result(rows, call.mapping)
            top.write(token.chain(), {self.info.result_variable: result})
        if self.info.outputs:
            top.put(token.id, RESULT, rows)
        return True
