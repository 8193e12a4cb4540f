"""FEEL's built-in functions over lists (DMN 1.3, 10.3.4.4): of a list, or of the arguments themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cmp_to_key
from math import prod
from typing import Any

from engine.dmn.feel_values import add, bounded, compare, equal, into_feel
from engine.expressions.context import Context

Function = Callable[..., Any]


class Written:
    """A function that a FEEL text writes down: what it is called with, and what it gives."""

    def __init__(self, names: tuple[str, ...], body: Callable[[dict[str, Any]], Any]) -> None:
        """`body` is evaluated with what the names stand for."""
        self.names, self.body = names, body

    def __call__(self, *values: Any) -> Any:
        """Its value. Raises TypeError for another number of arguments."""
        if len(values) != len(self.names):
            raise TypeError("another number of arguments")
        return self.body(dict(zip(self.names, values, strict=True)))


def _listed(values: tuple[Any, ...]) -> list[Any]:
    """The arguments, or the items of the one list given."""
    items = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return [into_feel(item) for item in items]


def number(value: Any) -> Decimal:
    """The value, which has to be a number. Raises TypeError."""
    if not isinstance(value, Decimal):
        raise TypeError("a number is needed")
    return value


def _extreme(relation: str) -> Function:
    """The least or greatest; null where two cannot be compared."""

    def pick(context: Context, *values: Any) -> Any:
        found = _listed(values)
        best: Any = found[0] if found else None
        for value in found[1:]:
            nearer = compare(relation, value, best, context.zone)
            if nearer is None:
                return None
            best = value if nearer else best
        return best

    return pick


def _sum(context: Context, *values: Any) -> Any:
    found = _listed(values)
    result: Any = found[0] if found else None
    for value in found[1:]:
        result = add(result, value, context.zone)
    return result


def _mean(context: Context, *values: Any) -> Decimal | None:
    found = _listed(values)
    return number(_sum(context, found)) / len(found) if found else None


def _median(_context: Context, *values: Any) -> Decimal | None:
    found = sorted(number(value) for value in _listed(values))
    if not found:
        return None
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def _contains(context: Context, items: Any, value: Any) -> bool:
    return any(equal(into_feel(item), value, context.zone) is True for item in items)


def _distinct(context: Context, items: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not _contains(context, found, into_feel(item)):
            found.append(into_feel(item))
    return found


def _all(_context: Context, *values: Any) -> bool | None:
    found = _listed(values)
    return False if any(value is False for value in found) else True if all(value is True for value in found) else None


def _any(_context: Context, *values: Any) -> bool | None:
    found = _listed(values)
    return True if any(value is True for value in found) else False if all(value is False for value in found) else None


def _stddev(context: Context, *values: Any) -> Decimal | None:
    """Of a sample, so of two numbers at least."""
    found = _listed(values)
    if len(found) < 2:  # noqa: PLR2004
        return None
    middle = _mean(context, found) or Decimal(0)
    return (sum(((number(each) - middle) ** 2 for each in found), Decimal(0)) / (len(found) - 1)).sqrt()


def _mode(_context: Context, *values: Any) -> list[Any]:
    """What is there most often, in ascending order."""
    counted = Counter(number(value) for value in _listed(values))
    most = max(counted.values(), default=0)
    return sorted(value for value, times in counted.items() if times == most)


def _sublist(_context: Context, items: Any, start: Any, length: Any = None) -> list[Any]:
    """Counts from one; a negative start from the end."""
    begin = int(start) - 1 if start > 0 else max(len(items) + int(start), 0)
    return list(items[begin:] if length is None else items[begin : begin + int(length)])


def _insert_before(_context: Context, items: Any, at: Any, value: Any) -> list[Any]:
    return [*items[: int(at) - 1], value, *items[int(at) - 1 :]]


def _remove(_context: Context, items: Any, at: Any) -> list[Any]:
    return [*items[: int(at) - 1], *items[int(at) :]]


def _concatenate(_context: Context, *lists: Any) -> list[Any]:
    return [item for each in lists for item in (each if isinstance(each, list | tuple) else [each])]


def _flatten(_context: Context, items: Any) -> list[Any]:
    return [part for each in items for part in (_flatten(_context, each) if isinstance(each, list | tuple) else [each])]


def _duplicates(context: Context, items: Any) -> list[Any]:
    """Each value that is there more than once, once."""
    found: list[Any] = []
    twice: list[Any] = []
    for item in (into_feel(each) for each in items):
        (twice if _contains(context, found, item) else found).append(item)
    return _distinct(context, twice)


def _partition(_context: Context, items: Any, size: Any) -> list[list[Any]]:
    if size <= 0:
        raise ValueError("at least one in each")
    return [list(items[at : at + int(size)]) for at in range(0, len(items), int(size))]


def _sorted(_context: Context, items: Any, before: Any) -> list[Any]:
    """In the order that a function of two items tells: true where the first stands before the second."""
    if not isinstance(before, Written):
        raise TypeError("a function is needed")

    def order(left: Any, right: Any) -> int:
        return -1 if before(left, right) is True else 1 if before(right, left) is True else 0

    return sorted((into_feel(item) for item in items), key=cmp_to_key(order))


LISTS: Mapping[str, Function] = {
    "min": _extreme("<"),
    "max": _extreme(">"),
    "sum": _sum,
    "product": lambda _context, *values: bounded(prod((number(value) for value in _listed(values)), start=Decimal(1))) if _listed(values) else None,
    "mean": _mean,
    "median": _median,
    "mode": _mode,
    "stddev": _stddev,
    "count": lambda _context, items: Decimal(len(items)),
    "all": _all,
    "any": _any,
    "list contains": _contains,
    "distinct values": _distinct,
    "union": lambda context, *lists: _distinct(context, _concatenate(context, *lists)),
    "reverse": lambda _context, items: list(reversed(items)),
    "append": lambda _context, items, *more: [*items, *more],
    "concatenate": _concatenate,
    "flatten": _flatten,
    "sublist": _sublist,
    "insert before": _insert_before,
    "remove": _remove,
    "duplicate values": _duplicates,
    "partition": _partition,
    "is empty": lambda _context, items: len(items) == 0 if isinstance(items, list | tuple) else None,
    "sort": _sorted,
    "index of": lambda context, items, value: [
        Decimal(at) for at, item in enumerate(items, 1) if equal(into_feel(item), value, context.zone) is True
    ],
}
