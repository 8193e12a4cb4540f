"""The last value of each variable of instances of foreign diagrams, running and ended. For the REST interface."""


from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, String, and_, cast, false, func, not_, or_, select, true

from store.engine.holding import CALLED, Held, compares, is_held, is_named
from store.engine.listing import Condition, Listing, among, equals, holds
from store.engine.past import GENERIC, OPEN_STATES, THEIRS
from store.engine.tables import history, instance, task, version
from store.engine.told import in_data, kind_told, number_told

# ---- variables: of all settings of one name in one scope the last; both databases carry a root asked for into the inner query
_mine = (history.c.root, in_data("scope"), in_data("name"))
_settings = (
    select(
        history.c.root,
        history.c.data,
        in_data("scope").label("scope"),
        in_data("name").label("name"),
        in_data("removed").label("removed"),
        func.coalesce(in_data("within"), "").label("within"),
        func.row_number().over(partition_by=_mine, order_by=history.c.seq.desc()).label("back"),
        func.min(history.c.seq).over(partition_by=_mine).label("first"),
        func.min(history.c.at).over(partition_by=_mine).label("begun"),
    )
    .where(history.c.kind == "variable", history.c.data.is_not(None), history.c.root.in_(THEIRS))
    .subquery("setting")
)


def _at(pair: tuple[str, str]) -> ColumnElement[bool]:
    """Variables of one scope of one instance."""
    return and_(_settings.c.root == pair[0], _settings.c.scope == pair[1])


def _in_instance(pair: tuple[str, str]) -> ColumnElement[bool]:
    """Variables of a called process (by its call's token; "" the instance itself), of its own scope and of those within it."""
    root, within = pair
    inside = and_(_settings.c.within == within, not_(_settings.c.scope.endswith(CALLED)))
    return and_(_settings.c.root == root, or_(_settings.c.scope == within + CALLED, inside) if within else inside)


def _any(condition: Condition) -> Condition:
    return lambda values: or_(false(), *(condition(each) for each in values))


# Both databases' words for the kinds of JSON; a declared type says more than they do.
_kind, _declared = in_data("new", of=kind_told, data=_settings.c.data), func.lower(in_data("type", data=_settings.c.data))
_size, _digits = in_data("new", of=number_told, data=_settings.c.data), cast(in_data("new", data=_settings.c.data), String)
_whole, _small = not_(or_(_digits.contains("."), _digits.contains("e"))), and_(_size >= -(2**31), _size < 2**31)
_number = _kind.in_(("integer", "real", "number"))
_PLAIN: Mapping[str, ColumnElement[bool]] = {
    "string": _kind.in_(("text", "string")),
    "boolean": _kind.in_(("true", "false")),
    "null": _kind == "null",
    "integer": and_(_number, _whole, _small),
    "long": and_(_number, _whole, not_(_small)),
    "double": and_(_number, not_(_whole)),
    "object": _kind.in_(("object", "array")),
}


def _is_type(name: str) -> ColumnElement[bool]:
    """A value of a type by its name outside, in capitals or not; `object` those of every class."""
    declared = _declared.startswith("object ") if name == "object" else _declared == name
    return or_(declared, and_(_declared.is_(None), _PLAIN.get(name, false())))


def _holds_each(asked: Iterable[Held]) -> ColumnElement[bool]:
    return and_(true(), *(is_held(_settings, each) for each in asked))


VARIABLES = Listing(
    source=select(_settings, task.c.id.label("task"), instance.c.process, instance.c.version.label("root_version"))
    .join(instance, instance.c.root == _settings.c.root)
    .join(version, version.c.id == instance.c.version)
    .outerjoin(task, task.c.id == _settings.c.root + "." + _settings.c.scope)
    .where(version.c.profile == GENERIC, _settings.c.back == 1),
    filters={
        "id": lambda triple: and_(_at(triple[:2]), _settings.c.name == triple[2]),
        "instance": _in_instance,
        "instances": _any(_in_instance),
        "places": _any(_at),
        "tasks": among(task.c.id),
        "definition": lambda pair: and_(instance.c.process == pair[0], instance.c.version == pair[1]),
        "process": equals(instance.c.process),
        "named": lambda asked: and_(true(), *(is_named(_settings, each) for each in asked)),
        "worth": lambda asked: and_(true(), *(compares(_settings.c.data, each) for each in asked)),
        "held": _holds_each,
        "names": among(_settings.c.name),
        "types": _any(lambda name: _is_type(name.lower())),
        "open": lambda _: instance.c.status.in_(OPEN_STATES),
        "nothing": lambda _: false(),
        "name_like": holds(_settings.c.name),
        "there": lambda _: _settings.c.removed.is_(None),
    },
    orders={"root": _settings.c.root, "name": _settings.c.name, "place": _settings.c.root + "." + _settings.c.scope},
    order=(instance.c.started_at, _settings.c.root, _settings.c.first),
)
