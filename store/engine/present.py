"""What stands in running instances of foreign diagrams, called processes told apart: tasks, instances, timers, subscriptions, external tasks.

For the REST interface. Each row tells the process it stands in and, as ``standing``, the version that process is of.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, false, func, literal, not_, null, or_, select, tuple_, union_all

from store.engine.holding import few, holds_all, scope_name, value_in
from store.engine.listing import Condition, Listing, after, among, before, equals, given, holds, pairs
from store.engine.past import GENERIC, OPEN_STATES
from store.engine.tables import (
    called,
    external_task,
    incident,
    instance,
    position,
    subscription,
    task,
    task_attachment,
    task_candidate,
    task_comment,
    version,
)

STANDING = func.coalesce(called.c.version, instance.c.version)
KEY = case((called.c.scope.is_(None), instance.c.business_key), else_=func.coalesce(called.c.business_key, ""))  # of the process it stands in
_CASE = [KEY.label("root_key"), instance.c.status.label("root_status"), STANDING.label("standing")]


def _standing(table: Table, *more: ColumnElement[Any]) -> Select[Any]:
    """Rows of a table of waiting things, each with its case."""
    found = select(table, *more, *_CASE).join(instance, instance.c.root == table.c.root).join(version, version.c.id == instance.c.version)
    found = found.outerjoin(called, and_(called.c.root == table.c.root, called.c.scope == table.c.within))
    return found.where(version.c.profile == GENERIC, instance.c.status.in_(OPEN_STATES))


def _where(table: Table) -> dict[str, Condition]:
    """What every list of waiting things can be narrowed by."""
    return {
        "id": equals(table.c.id),
        "ids": among(table.c.id),
        "root": equals(table.c.root),
        "within": equals(table.c.within),
        "places": pairs(table.c.root, table.c.within),
        "process": equals(table.c.process),
        "processes": among(table.c.process),
        "definition": lambda pair: and_(table.c.process == pair[0], pair[1] == STANDING),
        "definitions": pairs(table.c.process, STANDING),
        "version": lambda number: number == STANDING,
        "element": equals(table.c.element),
        "elements": among(table.c.element),
        "business_key": equals(KEY),
        "suspended": lambda yes: (instance.c.status == "suspended") if yes else (instance.c.status != "suspended"),
        "nothing": lambda _: false(),
    }


def _offered(who: list[str]) -> ColumnElement[bool]:
    """Tasks that nobody has taken and that one of these is a candidate of."""
    return and_(task.c.assignee.is_(None), exists().where(_candidate(who)))


def _candidate(who: list[str]) -> ColumnElement[bool]:
    return and_(task_candidate.c.task == task.c.id, task_candidate.c.who.in_(who))


def _group_like(text: str) -> ColumnElement[bool]:
    """Tasks that nobody has taken and that a group of such a name is a candidate of."""
    its = and_(task_candidate.c.task == task.c.id, task_candidate.c.who.startswith("g:"))
    return and_(task.c.assignee.is_(None), exists().where(its, holds(func.substr(task_candidate.c.who, 3))(text)))


def _candidates(kind: str) -> Condition:
    """Tasks with candidate users ("u:") or groups ("g:"), or without."""
    found = exists().where(task_candidate.c.task == task.c.id, task_candidate.c.who.startswith(kind))
    return lambda yes: found if yes else not_(found)


def _involved(user: str) -> ColumnElement[bool]:
    """Tasks that a user has, owns, or is a candidate of."""
    candidate = exists().where(task_candidate.c.task == task.c.id, task_candidate.c.who == f"u:{user}")
    return or_(task.c.assignee == user, task.c.owner == user, candidate)


_CHANGED = func.coalesce(task.c.changed_at, task.c.created_at)  # a task that nobody changed counts as of its creation
_PENDING = and_(task.c.owner.is_not(None), task.c.owner.is_distinct_from(task.c.assignee))
_REMARKED = [exists().where(table.c.task == task.c.id).label(name) for name, table in (("commented", task_comment), ("attached", task_attachment))]
TASKS = Listing(
    source=_standing(task, *_REMARKED).where(task.c.state == "open"),
    filters={
        **_where(task),
        "name": equals(task.c.name),
        "name_like": holds(task.c.name),
        "description": equals(task.c.description),
        "description_like": holds(task.c.description),
        "name_not_like": lambda text: not_(holds(task.c.name)(text)),
        "assignee": equals(task.c.assignee),
        "assignee_like": holds(task.c.assignee),
        "assignees": among(task.c.assignee),
        "owner": equals(task.c.owner),
        "priority": equals(task.c.priority),
        "priority_from": lambda number: task.c.priority >= number,
        "priority_to": lambda number: task.c.priority <= number,
        "offered": _offered,
        "group_like": _group_like,
        "assigned": given(task.c.assignee),
        "has_due": given(task.c.due),
        "due": equals(task.c.due),
        "due_before": before(task.c.due),
        "due_after": after(task.c.due),
        "follow_before": before(task.c.follow_up),
        "follow_after": after(task.c.follow_up),
        "follow_before_or_none": lambda at: or_(task.c.follow_up.is_(None), task.c.follow_up < at),
        "created_before": before(task.c.created_at),
        "created_after": after(task.c.created_at),
        "changed_after": after(_CHANGED),
        "has_users": _candidates("u:"),
        "has_groups": _candidates("g:"),
        "involved": _involved,
        "pending": lambda yes: _PENDING if yes else and_(task.c.owner.is_not(None), not_(_PENDING)),
        "not_assignees": lambda users: or_(task.c.assignee.is_(None), task.c.assignee.not_in(sorted(users))),
        "not_name": lambda name: task.c.name != name,
        "not_elements": lambda keys: task.c.element.not_in(sorted(keys)),
        "element_like": holds(task.c.element),
        "business_keys": among(KEY),
        "business_key_like": holds(KEY),
        "follow_up": equals(task.c.follow_up),
        "created": equals(task.c.created_at),
        "concerning": lambda who: exists().where(_candidate(who)),
        "task_variables": holds_all(task.c.root, task.c.wait),
        "process_variables": holds_all(task.c.root, scope_name(task.c.within)),
    },
    orders={
        "number": task.c.number,
        "changed": _CHANGED,
        "id": task.c.id,
        "name": task.c.name,
        "description": task.c.description,
        "name_any_case": func.lower(task.c.name),
        "assignee": task.c.assignee,
        "priority": task.c.priority,
        "due": task.c.due,
        "follow_up": task.c.follow_up,
        "root": task.c.root,
        "task_variable": value_in(task.c.root, task.c.wait),
        "process_variable": value_in(task.c.root, scope_name(task.c.within)),
    },
    order=(task.c.number,),
    narrowings={"task_variables": few(task.c.root), "process_variables": few(task.c.root)},
)

SUBSCRIPTIONS = Listing(
    source=_standing(subscription).where(instance.c.status == "running"),
    filters={**_where(subscription), "kind": equals(subscription.c.kind), "kinds": among(subscription.c.kind), "name": equals(subscription.c.name)},
    orders={"created": subscription.c.created_at},
    order=(subscription.c.created_at, subscription.c.root, subscription.c.id),
)

EXTERNAL = Listing(
    source=_standing(external_task),
    filters={
        **_where(external_task),
        "variables": holds_all(external_task.c.root, scope_name(external_task.c.within)),
        "topic": equals(external_task.c.topic),
        "worker": equals(external_task.c.worker),
        "locked_at": lambda now: external_task.c.locked_until > now,
        "free_at": lambda now: or_(external_task.c.locked_until.is_(None), external_task.c.locked_until <= now),
        "until_before": before(external_task.c.locked_until),
        "until_after": after(external_task.c.locked_until),
        "priority_from": lambda number: external_task.c.priority >= number,
        "priority_to": lambda number: external_task.c.priority <= number,
        "spent": lambda yes: func.coalesce(external_task.c.retries, 1) == 0 if yes else func.coalesce(external_task.c.retries, 1) > 0,
    },
    orders={
        "id": external_task.c.id,
        "until": external_task.c.locked_until,
        "priority": external_task.c.priority,
        "root": external_task.c.root,
        "process": external_task.c.process,
        "version": STANDING,
        "created": external_task.c.created_at,
    },
    order=(external_task.c.number,),
    narrowings={"variables": few(external_task.c.root)},
)

_SHARED = [instance.c.status.label("root_status"), instance.c.started_at]
_roots = select(
    instance.c.root, literal("").label("within"), instance.c.process, instance.c.version.label("standing"), null().label("above"),
    instance.c.business_key.label("root_key"), *_SHARED
)
_their_key = func.coalesce(called.c.business_key, "")
_calls = select(called.c.root, called.c.scope.label("within"), called.c.process, STANDING, called.c.within.label("above"), _their_key, *_SHARED)
_calls = _calls.join(instance, instance.c.root == called.c.root)


def _in_processes(table: Table) -> Select[Any]:
    """Rows of a table of tokens, each with what is told of the process that it stands in."""
    process, above = func.coalesce(called.c.process, instance.c.process), called.c.within.label("above")
    found = select(table.c.root, table.c.within, process, STANDING, above, KEY, *_SHARED).join(instance, instance.c.root == table.c.root)
    return found.outerjoin(called, and_(called.c.root == table.c.root, called.c.scope == table.c.within))


def _running(*each: Select[Any]) -> Any:
    """All of these that are of foreign diagrams and have not ended."""
    theirs = (one.join(version, version.c.id == instance.c.version).where(version.c.profile == GENERIC, instance.c.status.in_(OPEN_STATES)) for one in each)
    return union_all(*theirs).subquery("running")


def _cases(running: Any) -> dict[str, Condition]:
    """What lists of running instances and what stands in them can be narrowed by."""
    it = running.c
    call_in_it = and_(called.c.root == it.root, called.c.within == it.within)

    def troubled(*which: ColumnElement[bool]) -> ColumnElement[bool]:
        """Something in the instance stands still."""
        return exists().where(incident.c.root == it.root, incident.c.resolved_at.is_(None), *which)

    return {
        "root": equals(it.root),
        "within": equals(it.within),
        "places": pairs(it.root, it.within),
        "version": equals(it.standing),
        "process": equals(it.process),
        "processes": among(it.process),
        "not_processes": lambda keys: it.process.not_in(sorted(keys)),
        "definition": lambda pair: and_(it.process == pair[0], it.standing == pair[1]),
        "business_key": equals(it.root_key),
        "business_key_like": holds(it.root_key),
        "suspended": lambda yes: (it.root_status == "suspended") if yes else (it.root_status != "suspended"),
        "called_by": lambda pair: and_(it.root == pair[0], it.above == pair[1]),
        "calls": lambda pair: exists().where(call_in_it, called.c.root == pair[0], called.c.scope == pair[1]),
        "is_leaf": lambda _: not_(exists().where(call_in_it)),
        "definitions": pairs(it.process, it.standing),
        "trouble": lambda name: troubled(incident.c.id == name),
        "trouble_kinds": lambda kinds: troubled(incident.c.kind.in_(kinds)),
        "trouble_message": lambda text: troubled(incident.c.message == text),
        "trouble_like": lambda text: troubled(holds(incident.c.message)(text)),
        "is_root": lambda yes: it.within == "" if yes else it.within != "",
        "stands_at": lambda elements: tuple_(it.root, it.within).in_(
            select(position.c.root, position.c.within).where(position.c.element.in_(sorted(elements)))
        ),
        "variables": holds_all(it.root, scope_name(it.within)),
        "nothing": lambda _: false(),
        "has_trouble": lambda _: troubled(),
    }


def _sorts(running: Any) -> dict[str, ColumnElement[Any]]:
    it = running.c
    return {"id": it.root, "process": it.process, "business_key": it.root_key, "version": it.standing}


def _order(running: Any) -> tuple[ColumnElement[Any], ...]:
    """Each called process after its root."""
    it = running.c
    return (it.started_at, it.root, func.length(it.within), it.within)


_EVERY = _running(_roots, _calls)
# Running instances and called processes.
INSTANCES = Listing(
    source=select(_EVERY), filters=_cases(_EVERY), orders=_sorts(_EVERY), order=_order(_EVERY), narrowings={"variables": few(_EVERY.c.root)}
)

_no_token = [literal("").label(name) for name in ("token", "element", "kind", "name")]
_standing_tokens = _in_processes(position).add_columns(position.c.token, position.c.element, literal(""), literal(""))
_hearing = _in_processes(subscription).add_columns(subscription.c.wait, subscription.c.element, subscription.c.kind, subscription.c.name)
_PLACES = _running(*(each.add_columns(*_no_token) for each in (_roots, _calls)), _standing_tokens, _hearing)
_held_by = case((_PLACES.c.token == "", scope_name(_PLACES.c.within)), else_=_PLACES.c.token)
# The same with the tokens in them, an execution each; and once more what hears (`kind`, `name`), which may stand beside a token.
EXECUTIONS = Listing(
    source=select(_PLACES),
    filters={
        **_cases(_PLACES),
        "token": equals(_PLACES.c.token),
        "element": equals(_PLACES.c.element),
        "hears": lambda pair: and_(_PLACES.c.kind == pair[0], _PLACES.c.name == pair[1]),
        "own": holds_all(_PLACES.c.root, _held_by),
    },
    orders=_sorts(_PLACES),
    order=(*_order(_PLACES), func.length(_PLACES.c.token), _PLACES.c.token),
    narrowings={"variables": few(_PLACES.c.root), "own": few(_PLACES.c.root)},
)
