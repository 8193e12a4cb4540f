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
IT = _notes.c
OVER = func.coalesce(IT.next, "entered") != "entered"
_ended: ColumnElement[Any] = case((OVER, IT.next_at))
_name = IT.root + "." + IT.token
_activity = case((IT.type == MULTI, IT.element + "#" + MULTI), else_=IT.element)
_type = case(*((and_(IT.type == element, IT.event == kind), name) for (element, kind), name in NAMES.items()), else_=IT.type)
END_EVENT = func.lower(IT.type).endswith("endevent")


def _seen(asked: tuple[str, int, bool]) -> ColumnElement[bool]:
    """Of a process of a version; what is of a process that its instance's version does not have counts as of the newest."""
    key, number, newest = asked
    own = exists().where(definition.c.key == IT.process, definition.c.version == instance.c.version)
    return and_(IT.process == key, or_(instance.c.version == number, not_(own) if newest else false()))


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
    .join(instance, instance.c.root == IT.root)
    .join(version, version.c.id == instance.c.version)
    .outerjoin(task, task.c.id == _name)
    .where(version.c.profile == GENERIC, IT.kind == "entered", IT.token.is_not(None)),
    filters={
        "id": lambda name: and_(IT.root == name.rpartition(".")[0], IT.token == name.rpartition(".")[2]),
        "ids": among(_name),
        "instance": lambda pair: and_(IT.root == pair[0], IT.within == pair[1]),
        "process": equals(IT.process),
        "definition_seen": _seen,
        "activity": equals(_activity),
        "activities": among(_activity),
        "name": equals(IT.name),
        "name_like": holds(IT.name),
        "type": equals(_type),
        "assignee": equals(task.c.assignee),
        "over": lambda yes: OVER if yes else not_(OVER),
        "cancelled": lambda _: IT.next == "cancelled",
        "completes": lambda _: and_(IT.next == "left", END_EVENT),
        "started_before": before(IT.at),
        "started_after": after(IT.at),
        "ended_before": before(_ended),
        "ended_after": after(_ended),
        "assigned": given(task.c.assignee),
        "nothing": lambda _: false(),
    },
    orders={
        "id": _name,
        "root": IT.root,
        "seq": IT.seq,
        "activity": _activity,
        "name": IT.name,
        "type": _type,
        "started": IT.at,
        "ended": _ended,
        "lasted": _ended - IT.at,
        "process": IT.process,
    },
    order=(instance.c.started_at, IT.root, IT.seq),
)
