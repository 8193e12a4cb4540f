"""Running instances go to another version: the plan, what speaks against it, a rehearsal, and the move, each instance in a transaction of its own."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from engine.bpmn.elements import ProcessInfo
from engine.bpmn.moving import CannotMigrate, Moved, migrate
from engine.bpmn.plans import Instruction, Obstacle, Plan, Route, generate, obstacles_of
from engine.bpmn.waits import Wait
from engine.commands.home import Home, Row, Transaction
from engine.commands.projection import HEARD, compare, row_id
from engine.commands.rights import instance_view, require_instance
from engine.commands.service import advance, loaded_of
from engine.commands.turn import Turn
from engine.commands.versions import Loaded
from engine.contract import Actor
from engine.refusals import NeedsReason, NoSuchRoute, NotFound, UnknownProcess
from store.engine import hot, moves, outbound

LIVE = frozenset({"running", "suspended"})
log = logging.getLogger(__name__)
_BROKEN = {"zh": "迁移时出现内部错误，该事项未作任何改动", "en": "Something broke while it was moved; the case is as it was"}
Only = Mapping[str, Collection[str]]  # root -> the call activities' tokens whose processes go ("" the instance itself)


@dataclass(frozen=True)
class Finding:
    """What is wrong with a plan, whatever instance it is used for."""

    route: Route
    instruction: Instruction
    obstacle: Obstacle


@dataclass(frozen=True)
class Report:
    """What became of one instance, or (a rehearsal) what would.

    ``outcome``: moved; refused (``code``, ``zh`` and ``en`` say why, ``obstacles`` in detail); elsewhere: nothing of it runs in the plan's version.
    ``came`` and ``went``: what it waits for newly or not any more.
    """

    root: str
    business_key: str
    outcome: str
    moved: tuple[Moved, ...] = ()
    came: tuple[Wait, ...] = ()
    went: tuple[Wait, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    code: str = ""
    zh: str = ""
    en: str = ""


class MigrationVerbs:
    """The verbs of moving instances between versions."""

    home: Home

    def migration_plan(self, *, source: int, target: int, processes: Mapping[str, str] | None = None, renew: bool = False) -> Plan:
        """A plan by equal ids of compatible elements.

        In: two versions by their ids; ``processes`` the keys that go and what they become, by default every process that both have; ``renew``: events
        are armed anew. Raises UnknownProcess, NoSuchRoute.
        """
        with self.home.database.read() as connection:
            old, new = self._pair(connection, source, target)
            chosen = (
                processes if processes is not None else {key: key for key in old.definitions.processes if key in new.definitions.processes}
            )
            routes = [generate(*_processes(old, new, key, to), renew=renew) for key, to in chosen.items()]
            return Plan(source, target, tuple(routes))

    def process_info(self, *, version: int, process: str) -> ProcessInfo:
        """What the diagram of a version says of a process. Raises UnknownProcess."""
        with self.home.database.read() as connection:
            found = self.home.versions.load(connection, version).definitions.processes.get(process)
        if found is None:
            raise UnknownProcess(version=version, process=process)
        return found

    def check_plan(self, *, plan: Plan) -> tuple[Finding, ...]:
        """What is wrong with a plan. Raises UnknownProcess, NoSuchRoute."""
        with self.home.database.read() as connection:
            return _findings(plan, *self._pair(connection, plan.source, plan.target))

    def rehearse(self, *, plan: Plan, roots: Sequence[str], actor: Actor, only: Only | None = None) -> tuple[Report, ...]:
        """What ``migrate`` would do with each instance; nothing is changed, no handler is called. Raises as ``migrate``."""
        with self.home.database.read() as connection:
            tx = Transaction(self.home, connection, self.home.clock.now())
            pair = self._ready(connection, plan, roots, actor)
            return tuple(
                _report(lambda root=root: _rehearsed(tx, tx.read_root(root), pair, plan, _of(only, root), actor), tx.read_root(root))
                for root in roots
            )

    def migrate(self, *, plan: Plan, roots: Sequence[str], reason: str, actor: Actor, only: Only | None = None) -> tuple[Report, ...]:
        """Move instances, each in a transaction of its own: one that cannot go along stays as it was, and its report says why.

        In: ``only`` limits it to some called processes. Raises before anything is moved: NeedsReason, NotFound, Forbidden, NoSuchRoute,
        CannotMigrate for a plan that fits no instance.
        """
        if not reason.strip():
            raise NeedsReason
        with self.home.database.read() as connection:
            pair = self._ready(connection, plan, roots, actor)
            rows = {root: Transaction(self.home, connection, self.home.clock.now()).read_root(root) for root in roots}

        def one(root: str) -> Report:
            return self.home.transact(lambda tx: _carried_out(tx, tx.lock_root(root), pair, plan, _of(only, root), actor, reason))

        return tuple(_report(lambda root=root: one(root), rows[root]) for root in roots)

    def _ready(self, connection: Connection, plan: Plan, roots: Sequence[str], actor: Actor) -> tuple[Loaded, Loaded]:
        """Both versions, of a plan in order, for somebody who may move all these instances."""
        tx = Transaction(self.home, connection, self.home.clock.now())
        for root in roots:
            require_instance(self.home.policy, actor, "migrate", instance_view(tx.read_root(root)))
        pair = self._pair(connection, plan.source, plan.target)
        wrong = [each.obstacle for each in _findings(plan, *pair)]
        if wrong:
            raise CannotMigrate(wrong)
        return pair

    def _pair(self, connection: Connection, source: int, target: int) -> tuple[Loaded, Loaded]:
        old, new = (self.home.versions.load(connection, number) for number in (source, target))
        if (old.name, old.profile) != (new.name, new.profile):
            raise NoSuchRoute(source=source, target=target)
        return old, new


def _of(only: Only | None, root: str) -> Collection[str] | None:
    return None if only is None else only.get(root)


def _processes(old: Loaded, new: Loaded, key: str, to: str) -> tuple[ProcessInfo, ProcessInfo]:
    if key not in old.definitions.processes or to not in new.definitions.processes:
        raise NoSuchRoute(process=key, target=to)
    return old.definitions.processes[key], new.definitions.processes[to]


def _findings(plan: Plan, old: Loaded, new: Loaded) -> tuple[Finding, ...]:
    return tuple(
        Finding(route, step, obstacle)
        for route in plan.routes
        for step, obstacle in obstacles_of(route, *_processes(old, new, route.process, route.target))
    )


def _report(work: Any, row: Row) -> Report:
    """What ``work`` reports. Whatever keeps one instance back, a refusal or a fault, is its report and stops no other."""
    try:
        report: Report = work()
    except Exception as error:
        if not hasattr(error, "zh"):
            log.exception("%s could not be moved to another version", row["root"])
        found = error.obstacles if isinstance(error, CannotMigrate) else ()
        code = str(getattr(error, "code", None) or type(error).__name__)
        zh, en = (getattr(error, language, None) or _BROKEN[language] for language in ("zh", "en"))
        return Report(row["root"], row["business_key"], "refused", obstacles=found, code=code, zh=zh, en=en)
    return report


def _rehearsed(tx: Transaction, row: Row, pair: tuple[Loaded, Loaded], plan: Plan, only: Collection[str] | None, actor: Actor) -> Report:
    turn, moved = _moved(tx, row, pair, plan, only, actor, silent=True)
    if not moved:
        return Report(turn.root, row["business_key"], "elsewhere")
    turn.step()
    return _told(turn, moved)


def _carried_out(
    tx: Transaction, row: Row, pair: tuple[Loaded, Loaded], plan: Plan, only: Collection[str] | None, actor: Actor, reason: str
) -> Report:
    require_instance(tx.home.policy, actor, "migrate", instance_view(row))
    turn, moved = _moved(tx, row, pair, plan, only, actor)
    if not moved:
        return Report(turn.root, row["business_key"], "elsewhere")
    old, new = pair
    elsewhere = [[each.token, each.element, each.target] for each in moved if each.element != each.target]
    processes = sorted({each.within for each in moved})
    turn.note("migrate", data={"from": old.number, "to": new.number, "reason": reason, "within": processes, "elements": elsewhere})
    advance(turn)
    report = _told(turn, moved)
    _relocate(turn)
    turn.save()
    for wait in turn.waits():
        _move_row(turn, wait, {each.token for each in moved})
    if row["status"] == "suspended":
        outbound.hold_work(tx.connection, root=turn.root, ready=False)
    return report


def _moved(
    tx: Transaction, row: Row, pair: tuple[Loaded, Loaded], plan: Plan, only: Collection[str] | None, actor: Actor, *, silent: bool = False
) -> tuple[Turn, tuple[Moved, ...]]:
    """A turn whose execution has gone along; nothing is written. ``silent``: no listener is called."""
    if row["status"] not in LIVE:
        raise NotFound(root=row["root"])
    old, new = pair
    goes = row["version"] == plan.source and plan.route(row["process"]) is not None and (only is None or "" in only)
    turn = Turn(tx, {**row, "version": new.id} if goes else row, actor=actor, apart=True)
    if silent:
        turn.host = replace(turn.host, listener=lambda _occasion: None)
    before = old if goes else turn.loaded
    state = hot.read_state.value(tx.connection, {"root": turn.root})
    execution = before.definitions.load(bytes(state), host=turn.host)
    turn.begin(execution)
    turn.before = execution.waits()
    moved = migrate(execution.instance, plan, version=row["version"], processes=new.definitions.specs, only=only)
    return turn, moved


def _told(turn: Turn, moved: tuple[Moved, ...]) -> Report:
    difference = compare(turn.before, turn.waits())
    return Report(turn.root, turn.row["business_key"], "moved", moved, tuple(difference.came), tuple(difference.went))


def _relocate(turn: Turn) -> None:
    """Called processes: their key, their call activity and the version they stand in may be others now."""
    for token, inner in turn.execution.instance.subprocesses.items():
        if inner.called:
            element = turn.execution.element(token).id
            moves.move_called(turn.tx.connection, turn.root, token, process=inner.spec.name, element=element, version=inner.origin)


def _move_row(turn: Turn, wait: Wait, moved: Collection[str]) -> None:
    if wait.id not in moved:
        return
    connection, key = turn.tx.connection, row_id(turn.root, wait.id)
    place = {"process": wait.process, "element": wait.element}
    if wait.kind == "user":
        version = loaded_of(turn, wait).id
        moves.move_task(connection, key, place=place, name=wait.name, description=wait.description, form_key=wait.form_key, version=version)
    elif wait.kind == "timer" or wait.kind in HEARD:
        moves.move_wait(connection, key, place=place)
    elif wait.kind == "service":
        moves.move_work(connection, key, root=turn.root, wait=wait.id, place=place, topic=wait.topic or "")
    if turn.row["troubles"]:
        moves.move_incident(connection, key, place=place)
