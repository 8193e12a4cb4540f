"""Tokens at elements of instances of foreign diagrams: each arrival with its end, put together and paged by the database. For the REST interface."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, or_, select

from store.engine.activity_types import MULTI, NAMES
from store.engine.listing import Listing, after, among, before, equals, given, holds
from store.engine.past import GENERIC, THEIRS
from store.engine.tables import definition, history, instance, task, version
from store.engine.told import in_data

KINDS = ("entered", "left", "cancelled")
COLUMNS = ("root", "seq", "at", "kind", "process", "element")
_token = in_data("token")
# What comes next to the same token is its end; both databases carry a root asked for into this query.
_notes = (
    select(
        *(history.c[name] for name in COLUMNS),
        _token.label("token"),
        *(in_data(name).label(name) for name in ("name", "parent")),
        *(func.coalesce(in_data(name), "").label(name) for name in ("type", "event", "within")),
        *(
            func.lead(column, type_=column.type).over(partition_by=(history.c.root, _token), order_by=history.c.seq).label(name)
            for name, column in {"next": history.c.kind, "next_at": history.c.at}.items()
        ),
    )
    .where(history.c.kind.in_(KINDS), history.c.data.is_not(None), history.c.root.in_(THEIRS))
    .subquery("note")
)
_it = _notes.c
_over = func.coalesce(_it.next, "entered") != "entered"
_ended: ColumnElement[Any] = case((_over, _it.next_at))
_name = _it.root + "." + _it.token
_activity = case((_it.type == MULTI, _it.element + "#" + MULTI), else_=_it.element)
_type = case(*((and_(_it.type == element, _it.event == kind), name) for (element, kind), name in NAMES.items()), else_=_it.type)
_end_event = func.lower(_it.type).endswith("endevent")


def _seen(asked: tuple[str, int, bool]) -> ColumnElement[bool]:
    """Of a process of a version; what is of a process that its instance's version does not have counts as of the newest."""
    key, number, newest = asked
    own = exists().where(definition.c.key == _it.process, definition.c.version == instance.c.version)
    return and_(_it.process == key, or_(instance.c.version == number, not_(own) if newest else false()))


ARRIVALS = Listing(
    source=select(
        _notes,
        _name.label("id"),
        _activity.label("activity"),
        _type.label("activity_type"),
        _ended.label("ended"),
        task.c.assignee,
        instance.c.version.label("root_version"),
    )
    .join(instance, instance.c.root == _it.root)
    .join(version, version.c.id == instance.c.version)
    .outerjoin(task, task.c.id == _name)
    .where(version.c.profile == GENERIC, _it.kind == "entered", _it.token.is_not(None)),
    filters={
        "id": lambda name: and_(_it.root == name.rpartition(".")[0], _it.token == name.rpartition(".")[2]),
        "ids": among(_name),
        "instance": lambda pair: and_(_it.root == pair[0], _it.within == pair[1]),
        "process": equals(_it.process),
        "definition_seen": _seen,
        "activity": equals(_activity),
        "activities": among(_activity),
        "name": equals(_it.name),
        "name_like": holds(_it.name),
        "type": equals(_type),
        "assignee": equals(task.c.assignee),
        "over": lambda yes: _over if yes else not_(_over),
        "cancelled": lambda _: _it.next == "cancelled",
        "completes": lambda _: and_(_it.next == "left", _end_event),
        "started_before": before(_it.at),
        "started_after": after(_it.at),
        "ended_before": before(_ended),
        "ended_after": after(_ended),
        "assigned": given(task.c.assignee),
        "nothing": lambda _: false(),
    },
    orders={
        "id": _name,
        "root": _it.root,
        "seq": _it.seq,
        "activity": _activity,
        "name": _it.name,
        "type": _type,
        "started": _it.at,
        "ended": _ended,
        "lasted": _ended - _it.at,
        "process": _it.process,
    },
    order=(instance.c.started_at, _it.root, _it.seq),
)
