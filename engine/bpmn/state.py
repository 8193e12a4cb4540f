"""What an instance holds: tokens in their regions and variables in their scopes, each change of them noted. SpiffWorkflow's workflow class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn.compensation import came_to_rest, is_record
from engine.bpmn.effects import Cancelled, Ended, Entered, Event, Left, VariableRemoved, VariableSet
from engine.bpmn.listeners import tell_process
from engine.bpmn.scopes import COUNTERS, Scopes, View, instance_id
from engine.bpmn.token import ROOT_SUFFIX, Region, Token
from engine.bpmn.values import Declared, plain
from engine.errors import EngineError
from engine.expressions import Context, ExpressionError, Place, as_condition, evaluate

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.host import Host
    from engine.bpmn.spec import Flow, ProcessSpec


class Arrival(NamedTuple):
    """How a token comes: along which flow, and the variables that will be local to it."""

    flow: Flow | None
    given: Mapping[str, Any]


class _NoScripts:
    """Nothing may be evaluated by the library: all expressions are ours."""

    def __getattr__(self, name: str) -> Any:
        raise EngineError("internal", "内部错误", f"SpiffWorkflow tried to evaluate something itself ({name})", 500)


class State(Region, BpmnWorkflow):
    """The tokens and variables of one instance, with the verbs that change them."""

    host = None
    called = False
    origin = None
    within = ""

    def __init__(self, spec: ProcessSpec, processes: Mapping[str, ProcessSpec]) -> None:
        """Begin without tokens; `processes` are those that call activities may call."""
        self.index: dict[str, Token] = {}
        self.scopes = Scopes()
        self.queue: list[Token] = []  # to be run, in this order, before what had to be run already
        self.coming: dict[str, Arrival | None] = {}  # tokens that have not arrived at their element yet
        self.joins: set[str] = set()
        self.conditionals: set[str] = set()
        self.beside: dict[str, list[str]] = {}  # activity's token -> tokens that end with it
        self.events: list[Event] = []
        self.removed: list[str] = []
        self.counter = 0
        self.live = 0
        self.processes = processes
        self.surroundings: Host
        super().__init__(spec, {}, script_engine=_NoScripts(), deserializing=True)
        self.plant(ROOT_SUFFIX)

    @property
    def business_key(self) -> str:  # type: ignore[override]
        """The key under which the instance was started."""
        return self.surroundings.business_key

    # ---- tokens

    def add(self, region: Region, spec: Any, parent: Token | None) -> Token:
        """A new token in a region; `parent` None for the watcher of an event sub-process, which keeps nothing alive."""
        self.counter += 1
        self.surroundings.meter.token()
        token = Token(region, spec, parent, str(self.counter))
        if parent is region.task_tree:
            region.live += 1
        return token

    def renumber(self, token: Token) -> None:
        """Give a token the next number; nobody knows it by its old one yet."""
        region, old = token.workflow, token.id
        self.counter += 1
        token.id = str(self.counter)
        siblings = region.tasks[token._parent]._children  # noqa: SLF001 - the library's own structure
        siblings.remove(old)
        siblings.append(token.id)
        for held in (region.tasks, self.index):
            del held[old]
            held[token.id] = token
        if "beside" in token.internal_data:
            beside = self.beside[token.internal_data["beside"]]
            beside[beside.index(old)] = token.id

    def entered(self, token: Token) -> None:
        """Note that a token entered its element; of a loop as a whole it is told apart from its instances."""
        info, kind = token.task_spec.info, token.task_spec.body_type or token.task_spec.info.type
        parent = token._parent if token._parent in self.index else (token.workflow.host.id if token.workflow.host else None)  # noqa: SLF001
        where = token.workflow.within
        self.events.append(Entered(token.id, info.process, info.id, info.name, kind, parent, info.properties, where, info.event_kind))

    def left(self, token: Token) -> None:
        """Note that a token left its element."""
        info = token.task_spec.info
        self.events.append(Left(token.id, info.process, info.id, info.type))

    def settle(self, region: Region) -> None:
        """End the region when no token keeps it alive; one that has been completed before may have been undone now."""
        if region.live == 0 and not region.completed:
            self.finish(region)
        elif region.live == 0 and region.host is not None and is_record(region.host):
            came_to_rest(region.host)

    def finish(self, region: Region) -> None:
        """The region is done: its watchers go, and what is around it goes on. A sub-process keeps what can be undone, unless it has a handler."""
        tell_process(region, "end")
        region.completed = True
        keeps = region.host is not None and not region.called and region.host.task_spec.handler is None
        for token in region.all_tokens():
            if not (keeps and is_record(token)):
                self.discard(token)
        if region.host is None:
            self.events.append(Ended(region.spec.name))
            return
        host = region.host
        host.task_spec.inner_done(host, region)

    def discard(self, token: Token) -> None:
        """Take a token out of the instance, with all that lives in it; nobody is told."""
        region, token_id = token.workflow, token.id
        if region.tasks.get(token_id) is not token:
            return
        for child in token._children[:]:  # noqa: SLF001
            self.discard(self.index[child])
        inner = self.subprocesses.pop(token_id, None)
        if inner is not None:
            inner.completed = True
            for each in inner.all_tokens():
                self.discard(each)
        del region.tasks[token_id], self.index[token_id]
        parent = region.tasks.get(token._parent)  # noqa: SLF001
        if parent is not None:
            parent._children.remove(token_id)  # noqa: SLF001
            region.live -= parent is region.task_tree
        self.scopes.drop(token_id)
        self.joins.discard(token_id)
        self.conditionals.discard(token_id)
        self.coming.pop(token_id, None)
        self.removed.append(token_id)
        self.end_beside(token)

    def end_beside(self, token: Token) -> None:
        """What lives only as long as an activity goes with its token."""
        for each in self.beside.pop(token.id, ()):
            if each in self.index:
                self.cancel_token(self.index[each])

    def cancel_token(self, token: Token) -> None:
        """Take a token away before it was done, innermost first; every element that had been entered is noted as cancelled."""
        if not token.alive:
            return
        if token.id in self.coming:
            self.discard(token)
            return
        for child in token._children[:]:  # noqa: SLF001
            self.cancel_token(self.index[child])
        inner = self.subprocesses.get(token.id)
        if inner is not None:
            self.clear(inner)
            if not inner.completed:
                tell_process(inner, "end")
        if not is_record(token):
            token.task_spec._on_cancel(token)  # noqa: SLF001 - the library's hook
        if not is_record(token) and not token.task_spec.watches(token):
            info = token.task_spec.info
            token.task_spec.tell(token, "end", throws=False)
            token.task_spec.salvage_outputs(token)
            self.events.append(Cancelled(token.id, info.process, info.id, info.type))
        self.discard(token)

    def clear(self, region: Region, *, but: Token | None = None, records: bool = True) -> None:
        """Cancel every token of a region (except one); without `records` what is completed can still be undone."""
        for token in region.all_tokens():
            if token is not but and (records or not is_record(token)):
                self.cancel_token(token)

    # ---- variables and expressions

    def put(self, scope: str, name: str, value: Any) -> None:
        """Set a variable of one scope and note the change."""
        declared = None
        if type(value) is Declared:
            value, declared = value.value, value.type
        new = plain(value, self.surroundings.meter)
        old = self.scopes.put(scope, name, new, declared)
        owner = self.index.get(scope) if scope else None
        self.events.append(VariableSet(scope, name, old, new, declared, "" if owner is None else owner.workflow.within))

    def remove(self, scope: str, name: str) -> bool:
        """Take a variable out of one scope and note it; False if it is not there."""
        held = self.scopes.held.get(scope, {})
        if name not in held:
            return False
        self.scopes.dirty = True
        self.scopes.changes.add((scope, name, "delete"))
        self.events.append(VariableRemoved(scope, name, held.pop(name)))
        return True

    def write(self, chain: Sequence[str], values: Mapping[str, Any]) -> None:
        """Write each variable to the nearest scope that has its name, else to the last of the chain. Raises EngineError `reserved_name`."""
        for name, value in values.items():
            if name in COUNTERS:
                raise EngineError(
                    "reserved_name", f"变量名 {name} 由引擎使用，不能写入", f"{name} belongs to the engine and cannot be written", 422
                )
            self.put(self.scopes.holder(chain, name), name, value)

    def context(
        self, token: Token, chain: Sequence[str] | None = None, now: datetime | None = None, given: Mapping[str, Any] | None = None
    ) -> Context:
        """What an expression of this token is evaluated in; with `chain` it sees those scopes instead of its own, names `given` before all variables."""
        host = self.surroundings
        host.meter.in_time()
        root, within = token is token.workflow.task_tree, token.workflow.within
        ours = None if root else token.task_spec.own_names(token)
        ours = {**(ours or {}), **given} if given else ours
        element, name = ("", "") if root else (token.task_spec.info.id, token.task_spec.info.name)
        return Context(
            View(self.scopes, token.chain() if chain is None else chain, ours),
            now=now or host.now,
            zone=host.zone,
            functions=host.functions,
            business_key=token.workflow.business_key,
            place=Place(host.user, instance_id(host.instance, within), element, name),
        )

    def value(self, token: Token, text: str, chain: Sequence[str] | None = None) -> Any:
        """The value of a text for this token. Raises ExpressionError naming the element."""
        return self.value_in(self.context(token, chain), token, text)

    def value_in(self, context: Context, token: Token, text: str) -> Any:
        """The same in a given context."""
        try:
            return evaluate(text, context)
        except ExpressionError as error:
            error.details.update(element=token.task_spec.info.id, expression=text)
            raise

    def holds(self, token: Token, text: str, chain: Sequence[str] | None = None) -> bool:
        """Whether a condition holds. Raises ExpressionError `condition.not_boolean` unless it says true or false itself."""
        return as_condition(self.value(token, text, chain), text=text, element=token.task_spec.info.id)
