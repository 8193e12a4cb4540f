"""Who holds a variable that was asked for: by its last setting in a scope, which the history tells. For the REST interface."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, and_, case, exists, func, not_, or_, select, true, type_coerce
from sqlalchemy.sql.selectable import FromClause

from store.engine.listing import Condition
from store.engine.tables import history, instance, version
from store.engine.told import fitting, in_data, kind_told, number_told, text_told

CALLED = "/c"  # ends the name of a called process's own scope
_SORTED = dict.fromkeys(("integer", "long", "short", "double"), number_told) | {"boolean": kind_told}
_Compare = Callable[[Any, Any], ColumnElement[bool]]
_EQUAL: _Compare = operator.eq
_ORDER: Mapping[str, _Compare] = {"gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
ORDERED = frozenset(_ORDER)
OPERATORS = ORDERED | {"eq", "neq", "like", "notLike"}


@dataclass(frozen=True)
class Held:
    """A variable asked for: its name, an operator of `OPERATORS`, a text, number, truth or None; ``at``: the text as a date is kept."""

    name: str
    operator: str
    value: Any
    at: str | None = None
    any_name_case: bool = False
    any_value_case: bool = False


def scope_name(within: ColumnElement[str]) -> ColumnElement[str]:
    """The name of the own scope of a called process (by its call's token; "" the instance itself)."""
    return case((within == "", ""), else_=within + CALLED)


def scope_of(within: str) -> str:
    """The same of one called process."""
    return within + CALLED if within else ""


def holds_all(root: ColumnElement[str], scope: ColumnElement[str] | None) -> Condition:
    """A scope of an instance (None: any of its scopes) holds every one of the variables asked for."""
    return lambda asked: and_(true(), *(_holds(root, scope, each) for each in asked))


def value_in(root: ColumnElement[str], scope: ColumnElement[str]) -> Callable[[str, str], ColumnElement[Any]]:
    """What a list is sorted by: the value that a variable has in a scope, by its name and type; NULL without one of that type."""

    def column(name: str, kind: str) -> ColumnElement[Any]:
        setting = history.alias()
        value = in_data("new", of=_SORTED.get(kind, text_told), data=setting.c.data)
        here = and_(setting.c.root == root, in_data("scope", data=setting.c.data) == scope, in_data("name", data=setting.c.data) == name)
        return select(value).where(here, _is_last(setting)).limit(1).correlate_except(setting).scalar_subquery()

    return column


def places(connection: Connection, asked: Iterable[Held]) -> set[tuple[str, str]]:
    """Root and scope of everything in running instances of foreign diagrams that holds all of the variables."""
    setting, found = history.alias("setting"), []
    for each in asked:
        running = select(setting.c.root, in_data("scope", data=setting.c.data)).join(instance, instance.c.root == setting.c.root)
        running = running.join(version, version.c.id == instance.c.version).where(version.c.profile == "generic", instance.c.ended_at.is_(None))
        found.append({(root, scope) for root, scope in connection.execute(running.where(_is_last(setting), is_held(setting, each)))})
    return set.intersection(*found)


def _holds(root: ColumnElement[str], scope: ColumnElement[str] | None, asked: Held) -> ColumnElement[bool]:
    setting = history.alias()
    here = and_(setting.c.root == root, _is_last(setting), is_held(setting, asked))
    return exists().where(here if scope is None else and_(here, in_data("scope", data=setting.c.data) == scope))


def _is_last(setting: FromClause) -> ColumnElement[bool]:
    """An entry that sets a variable which nothing has set or taken away since."""
    later = history.alias()
    same = (in_data(name, data=later.c.data) == in_data(name, data=setting.c.data) for name in ("scope", "name"))
    since = exists().where(later.c.root == setting.c.root, later.c.seq > setting.c.seq, later.c.kind == "variable", *same)
    there = in_data("removed", data=setting.c.data).is_(None)
    return and_(setting.c.kind == "variable", setting.c.data.is_not(None), there, not_(since))


def is_held(setting: FromClause, asked: Held) -> ColumnElement[bool]:
    """An entry sets a variable that was asked for."""
    return and_(is_named(setting, asked), compares(setting.c.data, asked))


def is_named(setting: FromClause, asked: Held) -> ColumnElement[bool]:
    """An entry sets a variable of the name."""
    name = in_data("name", data=setting.c.data)
    return func.lower(name) == asked.name.lower() if asked.any_name_case else name == asked.name


def compares(data: ColumnElement[Any], asked: Held) -> ColumnElement[bool]:
    """What an entry's data says of the value, whatever its name, is as asked for."""
    if asked.operator in {"neq", "notLike"}:
        same = compares(data, replace(asked, operator="eq" if asked.operator == "neq" else "like"))
        return not_(func.coalesce(type_coerce(same, Boolean), False))
    value = asked.value
    if value is None or isinstance(value, bool):
        kinds = {None: ("null",), True: ("true",), False: ("false",)}[value]
        return in_data("new", of=kind_told, data=data).in_(kinds)
    if not isinstance(value, str):
        return _ORDER.get(asked.operator, _EQUAL)(in_data("new", of=number_told, data=data), value)
    return _compares_text(data, asked)


def _compares_text(data: ColumnElement[Any], asked: Held) -> ColumnElement[bool]:
    """Texts as texts; a text that is a date is also compared with dates, as instants."""
    held: ColumnElement[str] = in_data("new", of=text_told, data=data)
    value = asked.value
    if asked.any_value_case:
        held, value = func.lower(held), value.lower()
    if asked.operator == "like":
        return fitting(held, value)
    compare = _ORDER.get(asked.operator, _EQUAL)
    if asked.at is None:
        return compare(held, value)
    is_date = func.coalesce(in_data("type", data=data), "") == "Date"
    return or_(and_(is_date, compare(in_data("new", of=text_told, data=data), asked.at)), and_(not_(is_date), compare(held, value)))
