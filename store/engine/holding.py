"""Who holds a variable that was asked for: by its last setting in a scope. For the REST interface."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, false, func, not_, or_, select, true

from store.engine.listing import Condition, Narrowing
from store.engine.tables import variable
from store.engine.told import by_letters, fitting
from store.engine.worth import LETTERS

CALLED = "/c"  # ends the name of a called process's own scope
FEW = 500  # instances that hold what is asked for: so few are looked at by themselves
_SORTED: Mapping[str, ColumnElement[Any]] = {
    **dict.fromkeys(("integer", "long", "short", "double"), variable.c.number),
    "boolean": case((variable.c.kind.in_(("true", "false")), variable.c.kind)),
}
_Compare = Callable[[Any, Any], ColumnElement[bool]]
_EQUAL: _Compare = operator.eq
_ORDER: Mapping[str, _Compare] = {"gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
ORDERED = frozenset(_ORDER)
OPERATORS = ORDERED | {"eq", "neq", "like", "notLike"}
_THERE = variable.c.removed.is_(False)


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


def holds_all(root: ColumnElement[str], scope: ColumnElement[str]) -> Condition:
    """A scope of an instance holds every one of the variables asked for."""
    here = and_(variable.c.root == root, variable.c.scope == scope)
    return lambda asked: and_(true(), *(exists().where(here, _THERE, is_held(each)).correlate_except(variable) for each in asked))


def few(root: ColumnElement[str]) -> Narrowing:
    """Where few instances hold what is asked for in whatever scope, only those are looked at: found by the index of values."""

    def narrowed(connection: Connection, asked: Iterable[Held]) -> ColumnElement[bool] | None:
        found = [set(connection.execute(_roots(each)).scalars()) for each in asked]
        small = [roots for roots in found if len(roots) <= FEW]
        return root.in_(sorted(set.intersection(*small))) if small else None

    return narrowed


def _roots(asked: Held) -> Any:
    return select(variable.c.root).where(_THERE, is_held(asked)).distinct().limit(FEW + 1)


def value_in(root: ColumnElement[str], scope: ColumnElement[str]) -> Callable[[str, str], ColumnElement[Any]]:
    """What a list is sorted by: the value that a variable has in a scope, by its name and type; NULL without one of that type."""

    def column(name: str, kind: str) -> ColumnElement[Any]:
        value = _SORTED.get(kind, by_letters(variable.c.text))
        here = (variable.c.root == root, variable.c.scope == scope, variable.c.name == name, _THERE)
        return select(value).where(*here).correlate_except(variable).scalar_subquery()

    return column


def is_held(asked: Held) -> ColumnElement[bool]:
    """A variable is the one that was asked for."""
    return and_(is_named(asked), compares(asked))


def is_named(asked: Held) -> ColumnElement[bool]:
    """A variable is of the name."""
    name = variable.c.name
    return func.lower(name) == asked.name.lower() if asked.any_name_case else name == asked.name


def compares(asked: Held) -> ColumnElement[bool]:
    """A variable's value, whatever its name, is as asked for."""
    if asked.operator in {"neq", "notLike"}:
        same = compares(replace(asked, operator="eq" if asked.operator == "neq" else "like"))
        return not_(func.coalesce(same, false()))
    value = asked.value
    if value is None or isinstance(value, bool):
        return variable.c.kind == {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return _ORDER.get(asked.operator, _EQUAL)(variable.c.number, value)
    return _compares_text(asked)


def _compares_text(asked: Held) -> ColumnElement[bool]:
    """Texts as texts; a text that is a date is also compared with dates, as instants."""
    value = asked.value
    held = func.lower(variable.c.text) if asked.any_value_case else by_letters(variable.c.text)
    if asked.operator == "like":
        return fitting(held, value.lower() if asked.any_value_case else value)
    compare = _ORDER.get(asked.operator, _EQUAL)
    same = compare(held, value.lower() if asked.any_value_case else value)
    if compare is _EQUAL and not asked.any_value_case:
        same = and_(same, variable.c.head == value[:LETTERS])  # by the index
    if asked.at is None:
        return same
    is_date, date = variable.c.type == "Date", by_letters(variable.c.text)
    return or_(and_(is_date, compare(date, asked.at)), and_(func.coalesce(variable.c.type, "") != "Date", same))
