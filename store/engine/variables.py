"""The last value of each variable of instances of foreign diagrams, running and ended. For the REST interface."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true

from store.engine.holding import CALLED, compares, is_held, is_named
from store.engine.listing import Condition, Listing, among, equals, holds
from store.engine.past import GENERIC, OPEN_STATES
from store.engine.tables import history, instance, task, variable, version

_it = variable.c


def _at(pair: tuple[str, str]) -> ColumnElement[bool]:
    """Variables of one scope of one instance."""
    return and_(_it.root == pair[0], _it.scope == pair[1])


def _in_instance(pair: tuple[str, str]) -> ColumnElement[bool]:
    """Variables of a called process (by its call's token; "" the instance itself), of its own scope and of those within it."""
    root, within = pair
    inside = and_(_it.within == within, not_(_it.scope.endswith(CALLED)))
    return and_(_it.root == root, or_(_it.scope == within + CALLED, inside) if within else inside)


def _any(condition: Condition) -> Condition:
    return lambda values: or_(false(), *(condition(each) for each in values))


def _all(condition: Condition) -> Condition:
    return lambda values: and_(true(), *(condition(each) for each in values))


# What a value says of its type; a declared type says more.
_small = and_(_it.number >= -(2**31), _it.number < 2**31)
_declared = func.lower(_it.type)
_PLAIN: Mapping[str, ColumnElement[bool]] = {
    "string": _it.kind == "text",
    "boolean": _it.kind.in_(("true", "false")),
    "null": _it.kind == "null",
    "integer": and_(_it.kind == "integer", _small),
    "long": and_(_it.kind == "integer", not_(_small)),
    "double": _it.kind == "double",
    "object": _it.kind == "object",
}


def _is_type(name: str) -> ColumnElement[bool]:
    """A value of a type by its name outside, in capitals or not; `object` those of every class, `file` every file."""
    declared = _declared.startswith(f"{name} ") if name in {"object", "file"} else _declared == name
    return or_(declared, and_(_declared.is_(None), _PLAIN.get(name, false())))


_TYPE = func.coalesce(_declared, case(*((condition, name) for name, condition in _PLAIN.items())))
VARIABLES = Listing(
    source=select(
        *(_it[name] for name in ("root", "scope", "name", "within", "begun")),
        history.c.data,
        task.c.id.label("task"),
        instance.c.process,
        instance.c.version.label("root_version"),
    )
    .join(history, and_(history.c.root == _it.root, history.c.seq == _it.seq))
    .join(instance, instance.c.root == _it.root)
    .join(version, version.c.id == instance.c.version)
    .outerjoin(task, task.c.id == _it.root + "." + _it.scope)
    .where(version.c.profile == GENERIC),
    filters={
        "id": lambda triple: and_(_at(triple[:2]), _it.name == triple[2]),
        "instance": _in_instance,
        "instances": _any(_in_instance),
        "places": _any(_at),
        "tasks": among(task.c.id),
        "definition": lambda pair: and_(instance.c.process == pair[0], instance.c.version == pair[1]),
        "process": equals(instance.c.process),
        "named": _all(is_named),
        "worth": _all(compares),
        "held": _all(is_held),
        "names": among(_it.name),
        "types": _any(lambda name: _is_type(name.lower())),
        "open": lambda _: instance.c.status.in_(OPEN_STATES),
        "nothing": lambda _: false(),
        "name_like": holds(_it.name),
        "there": lambda _: _it.removed.is_(False),
    },
    orders={"root": _it.root, "name": _it.name, "type": _TYPE, "place": _it.root + "." + _it.scope},
    order=(instance.c.started_at, _it.root, _it.first),
)
