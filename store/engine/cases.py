"""Instances of foreign diagrams and what they called, running and ended. For the REST interface.

A called process is an instance of its own: it begins where the history says `called`, and ends when its call activity is left or taken away.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, exists, false, func, literal, not_, null, select, union_all

from store.engine.holding import few, holds_all, scope_name
from store.engine.listing import Listing, after, among, before, equals, given, holds, pairs
from store.engine.past import GENERIC, OPEN_STATES, THEIRS
from store.engine.tables import definition, history, incident, instance, version
from store.engine.told import in_data

_REASON = (
    select(in_data("reason"))
    .where(history.c.root == instance.c.root, history.c.kind == "cancel")
    .order_by(history.c.seq.desc())
    .limit(1)
    .correlate(instance)
    .scalar_subquery()
)
_RESTART_OF = (
    select(in_data("restart_of"))
    .where(history.c.root == instance.c.root, history.c.kind == "start")
    .order_by(history.c.seq)
    .limit(1)
    .correlate(instance)
    .scalar_subquery()
)
_roots = (
    select(
        instance.c.root,
        literal("").label("within"),
        null().label("above"),
        instance.c.process,
        instance.c.version,
        instance.c.business_key,
        instance.c.status,
        instance.c.started_at,
        instance.c.started_by,
        instance.c.ended_at,
        _REASON.label("reason"),
        _RESTART_OF.label("restart_of"),
        literal(0).label("seq"),
    )
    .join(version, version.c.id == instance.c.version)
    .where(version.c.profile == GENERIC)
)
_token = in_data("token")
_apart = {name: in_data(name) for name in ("within", "version", "business_key")}
_calls = (
    select(
        *(history.c[name] for name in ("root", "seq", "at", "kind", "process", "actor")),
        _token.label("token"),
        *(column.label(name) for name, column in _apart.items()),
        *(
            func.lead(column, type_=column.type).over(partition_by=(history.c.root, _token), order_by=history.c.seq).label(name)
            for name, column in {"next": history.c.kind, "next_at": history.c.at}.items()
        ),
    )
    .where(history.c.kind.in_(("called", "left", "cancelled")), history.c.data.is_not(None), history.c.root.in_(THEIRS))
    .subquery("call")
)
_it = _calls.c
_with_all = and_(instance.c.status == "cancelled", instance.c.ended_at == _it.next_at)
_STATUS = case((_it.next.is_(None), instance.c.status), (_it.next == "left", "ended"), (_with_all, "cancelled"), else_="interrupted")
_called = (
    select(
        _it.root,
        _it.token,
        func.coalesce(_it.within, ""),
        _it.process,
        func.coalesce(cast(_it.version, Integer), instance.c.version),
        func.coalesce(_it.business_key, ""),
        _STATUS,
        _it.at,
        _it.actor,
        _it.next_at,
        case((_STATUS == "cancelled", _REASON)),
        null(),
        _it.seq,
    )
    .join(instance, instance.c.root == _it.root)
    .where(_it.kind == "called")
)
_EVERY = union_all(_roots, _called).subquery("case")
_one = _EVERY.c

_BEGAN = (
    select(history.c.element)
    .where(history.c.root == _one.root, history.c.kind == "entered", func.coalesce(in_data("within"), "") == _one.within)
    .order_by(history.c.seq)
    .limit(1)
    .correlate(_EVERY)
    .scalar_subquery()
)


def _is(pair: tuple[str, str]) -> ColumnElement[bool]:
    return and_(_one.root == pair[0], _one.within == pair[1])


def _calling(pair: tuple[str, str]) -> ColumnElement[bool]:
    """What calls the called process."""
    call = _calls.alias()
    meant = and_(call.c.kind == "called", call.c.root == pair[0], call.c.token == pair[1])
    return exists().where(meant, call.c.root == _one.root, func.coalesce(call.c.within, "") == _one.within)


def _noted(kind: str, *more: Any) -> ColumnElement[bool]:
    """Its history has such an entry; of a timer it says the process in which it fired, not by which call."""
    here = history.c.process == _one.process if kind == "timer" else func.coalesce(in_data("within"), "") == _one.within
    return exists().where(history.c.root == _one.root, history.c.kind == kind, here, *more)


def _entered(elements: list[str], *more: Any) -> ColumnElement[bool]:
    """A token arrived in it at one of the elements."""
    return _noted("entered", history.c.element.in_(sorted(elements)), *more)


def _stands(elements: list[str]) -> ColumnElement[bool]:
    end = history.alias()
    over = exists().where(
        end.c.root == history.c.root, end.c.seq > history.c.seq, end.c.kind.in_(("left", "cancelled")), in_data("token", data=end.c.data) == _token
    )
    return _entered(elements, not_(over))


def _troubled(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Something in the instance stood or stands still."""
    return exists().where(incident.c.root == _one.root, *which)


CASES = Listing(
    source=select(_EVERY, _BEGAN.label("began_at")),
    filters={
        "root": equals(_one.root),
        "roots": among(_one.root),
        "id": _is,
        "ids": pairs(_one.root, _one.within),
        "not_ids": lambda places: not_(pairs(_one.root, _one.within)(places)),
        "is_root": lambda _: _one.within == "",
        "called_by": lambda pair: and_(_one.root == pair[0], _one.above == pair[1]),
        "calls": _calling,
        "definition": lambda pair: and_(_one.process == pair[0], _one.version == pair[1]),
        "definitions": pairs(_one.process, _one.version),
        "version": equals(_one.version),
        "process": equals(_one.process),
        "processes": among(_one.process),
        "not_processes": lambda keys: _one.process.not_in(sorted(keys)),
        "business_key": equals(_one.business_key),
        "business_keys": among(_one.business_key),
        "business_key_like": holds(_one.business_key),
        "over": given(_one.ended_at),
        "status": equals(_one.status),
        "open": lambda yes: _one.status.in_(OPEN_STATES) if yes else _one.status.not_in(OPEN_STATES),
        "started_by": equals(_one.started_by),
        "started_before": before(_one.started_at),
        "started_after": after(_one.started_at),
        "ended_before": before(_one.ended_at),
        "ended_after": after(_one.ended_at),
        "had_trouble": lambda yes: _troubled() if yes else not_(_troubled()),
        "troubles": lambda names: _troubled(incident.c.id.in_(sorted(names))),
        "trouble_kinds": lambda kinds: _troubled(incident.c.kind.in_(kinds)),
        "trouble_open": lambda yes: _troubled(given(incident.c.resolved_at)(not yes)),
        "trouble_message": lambda text: _troubled(incident.c.message == text),
        "trouble_like": lambda text: _troubled(holds(incident.c.message)(text)),
        "entered": _entered,
        "stands": _stands,
        "entered_after": lambda at: _noted("entered", history.c.at >= at),
        "entered_before": lambda at: _noted("entered", history.c.at <= at),
        "fired_after": lambda at: _noted("timer", history.c.at >= at),
        "fired_before": lambda at: _noted("timer", history.c.at <= at),
        "variables": holds_all(_one.root, scope_name(_one.within)),
        "nothing": lambda _: false(),
    },
    orders={
        "id": _one.root,
        "version": _one.version,
        "process": _one.process,
        "name": select(definition.c.name).where(definition.c.key == _one.process, definition.c.version == _one.version).scalar_subquery(),
        "business_key": _one.business_key,
        "started": _one.started_at,
        "ended": _one.ended_at,
        "lasted": _one.ended_at - _one.started_at,
    },
    order=(_one.started_at, _one.root, _one.seq),
    narrowings={"variables": few(_one.root)},
)
