"""What was in instances of foreign diagrams: tasks, incidents, tokens at elements, timers that fired, what people did. For the REST interface."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, false, func, literal, not_, or_, select, type_coerce

from store.engine.holding import few, holds_all, scope_name
from store.engine.listing import Condition, Listing, after, among, before, equals, given, holds, pairs
from store.engine.tables import history, incident, instance, task, version
from store.engine.told import in_data
from store.types import encode

GENERIC = "generic"
OPEN_STATES = ("running", "suspended")
THEIRS = select(instance.c.root).join(version, version.c.id == instance.c.version).where(version.c.profile == GENERIC)  # the roots of foreign diagrams
_CASE = [
    instance.c.version.label("root_version"),
    instance.c.process.label("root_process"),
    instance.c.business_key.label("root_key"),
    instance.c.started_at.label("root_started"),
]


def _theirs(found: Select[Any]) -> Select[Any]:
    """Left to instances of foreign diagrams."""
    return found.join(version, version.c.id == instance.c.version).where(version.c.profile == GENERIC)


def _named_in(names: ColumnElement[Any]) -> Condition:
    """A name is among those of a column that holds a list of them."""
    return lambda name: type_coerce(names, Text).contains(encode(name), autoescape=True)


def definition_is(process: ColumnElement[str]) -> Condition:
    """The process and the version of the instance are those of a definition: a pair."""
    return lambda pair: and_(process == pair[0], instance.c.version == pair[1])


def _span(column: ColumnElement[Any], name: str) -> dict[str, Condition]:
    return {f"{name}_before": before(column), f"{name}_after": after(column)}


def _tells(pair: tuple[str, str]) -> ColumnElement[bool]:
    """An entry's data says that a name has a text."""
    return type_coerce(history.c.data, Text).contains(f'"{pair[0]}":{encode(pair[1])}', autoescape=True)


_NO_GROUPS = type_coerce(task.c.groups, Text) == literal("[]")
_TASK_REASON = case((task.c.state == "completed", "completed"), (task.c.state == "cancelled", "deleted"))
TASKS = Listing(
    source=_theirs(select(task, *_CASE).join(instance, instance.c.root == task.c.root)),
    filters={
        "id": equals(task.c.id),
        "ids": among(task.c.id),
        "root": equals(task.c.root),
        "within": equals(task.c.within),
        "business_key": equals(instance.c.business_key),
        "definition": lambda pair: and_(task.c.process == pair[0], func.coalesce(task.c.defined_in, instance.c.version) == pair[1]),
        "process": equals(task.c.process),
        "name": equals(task.c.name),
        "name_like": holds(task.c.name),
        "element": equals(task.c.element),
        "elements": among(task.c.element),
        "reason": equals(_TASK_REASON),
        "reason_like": holds(_TASK_REASON),
        "description": equals(task.c.description),
        "description_like": holds(task.c.description),
        "owner_like": holds(task.c.owner),
        "had_user": _named_in(task.c.users),
        "had_group": _named_in(task.c.groups),
        "involved": lambda user: or_(task.c.assignee == user, task.c.owner == user, _named_in(task.c.users)(user)),
        "has_groups": lambda yes: _NO_GROUPS if not yes else not_(_NO_GROUPS),
        "business_keys": among(instance.c.business_key),
        "business_key_like": holds(instance.c.business_key),
        "definitions": pairs(task.c.process, func.coalesce(task.c.defined_in, instance.c.version)),
        "has_due": given(task.c.due),
        "follow_up": equals(task.c.follow_up),
        **_span(task.c.follow_up, "follow_up"),
        "assignee": equals(task.c.assignee),
        "assignee_like": holds(task.c.assignee),
        "owner": equals(task.c.owner),
        "priority": equals(task.c.priority),
        "assigned": given(task.c.assignee),
        "finished": given(task.c.closed_at),
        "root_running": lambda yes: instance.c.status.in_(OPEN_STATES) if yes else instance.c.status.not_in(OPEN_STATES),
        "due": equals(task.c.due),
        **_span(task.c.due, "due"),
        "task_variables": holds_all(task.c.root, task.c.wait),
        "process_variables": holds_all(task.c.root, scope_name(task.c.within)),
        "nothing": lambda _: false(),
        **_span(task.c.created_at, "started"),
        **_span(task.c.closed_at, "ended"),
    },
    orders={
        "id": task.c.id,
        "root": task.c.root,
        "process": task.c.process,
        "name": task.c.name,
        "element": task.c.element,
        "reason": _TASK_REASON,
        "assignee": task.c.assignee,
        "owner": task.c.owner,
        "priority": task.c.priority,
        "due": task.c.due,
        "description": task.c.description,
        "follow_up": task.c.follow_up,
        "started": task.c.created_at,
        "ended": task.c.closed_at,
        "lasted": task.c.closed_at - task.c.created_at,
    },
    order=(task.c.number,),
    narrowings={"task_variables": few(task.c.root), "process_variables": few(task.c.root)},
)

INCIDENTS = Listing(
    source=_theirs(select(incident, *_CASE).join(instance, instance.c.root == incident.c.root)),
    filters={
        "id": equals(incident.c.id),
        "kinds": among(incident.c.kind),
        "message": equals(incident.c.message),
        "message_like": holds(incident.c.message),
        "root": equals(incident.c.root),
        "definition": definition_is(incident.c.process),
        "process": equals(incident.c.process),
        "processes": among(incident.c.process),
        "subject": equals(incident.c.subject),
        "element": equals(incident.c.element),
        "nothing": lambda _: false(),
        "places": lambda places: or_(
            false(), *(and_(incident.c.process == key, instance.c.version == number, incident.c.element == element) for key, number, element in places)
        ),
        "over": given(incident.c.resolved_at),
        "outcomes": among(incident.c.resolution),
        **_span(incident.c.created_at, "created"),
        **_span(incident.c.resolved_at, "ended"),
    },
    orders={
        "id": incident.c.id,
        "message": incident.c.message,
        "created": incident.c.created_at,
        "ended": incident.c.resolved_at,
        "outcome": incident.c.resolution,
        "kind": incident.c.kind,
        "subject": incident.c.subject,
        "element": incident.c.element,
        "root": incident.c.root,
        "process": incident.c.process,
    },
    order=(incident.c.created_at, incident.c.id),
)

OPEN_INCIDENTS = replace(INCIDENTS, source=INCIDENTS.source.where(incident.c.resolved_at.is_(None)))

_NOTE_FILTERS = {
    "kinds": among(history.c.kind),
    "root": equals(history.c.root),
    "roots": among(history.c.root),
    "process": equals(history.c.process),
    "definition": definition_is(history.c.process),
    "element": equals(history.c.element),
    "elements": among(history.c.element),
    "actor": equals(history.c.actor),
    "seq": equals(history.c.seq),
    "business_key": equals(instance.c.business_key),
    "version": equals(instance.c.version),
    "tells": _tells,
    "nothing": lambda _: false(),
    **_span(history.c.at, "at"),
}
_IN_ORDER = (instance.c.started_at, history.c.root, history.c.seq)
# What people did: entries of the history as they stand there; which kinds of entries are acts, who asks must say.
OPERATIONS = Listing(
    source=_theirs(select(history, *_CASE).join(instance, instance.c.root == history.c.root)).where(history.c.actor != "system"),
    filters=_NOTE_FILTERS,
    orders={"at": history.c.at},
    order=_IN_ORDER,
)
_THEIR_INCIDENT = and_(
    incident.c.root == history.c.root,
    history.c.kind == "incident",
    type_coerce(history.c.data, Text).contains(literal('"incident":"') + incident.c.id + '"'),
)
TIMERS = ("timer", "timer_set", "timer_gone")
# Timers that were set, fired, failed, or were taken away.
JOB_LOG = Listing(
    source=_theirs(
        select(history, incident.c.subject, incident.c.trace, *_CASE)
        .join(instance, instance.c.root == history.c.root)
        .outerjoin(incident, _THEIR_INCIDENT)
        .where(or_(history.c.kind.in_(TIMERS), and_(history.c.kind == "incident", incident.c.kind == "timer")))
    ),
    filters={
        **_NOTE_FILTERS,
        "message": equals(incident.c.message),
        "timer": lambda name: or_(incident.c.subject == name, _tells(("timer", name))),
        "timers": lambda names: or_(false(), *(or_(incident.c.subject == name, _tells(("timer", name))) for name in names)),
    },
    orders={
        "at": history.c.at,
        "seq": history.c.seq,
        "timer": func.coalesce(incident.c.subject, in_data("timer")),
        "due": in_data("due"),
        "retries": case((history.c.kind == "incident", 0), else_=1),
        "root": history.c.root,
        "element": history.c.element,
        "process": history.c.process,
        "version": instance.c.version,
    },
    order=_IN_ORDER,
)
