"""FEEL's functions over points and ranges (DMN 1.3, 10.3.4.8): what comes before what, overlaps it, begins or ends with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.dmn.feel_lists import Function
from engine.dmn.feel_values import Range, compare, equal
from engine.expressions.context import Context

End = tuple[Any, int]  # a value, and whether the end lies just before (-1) or just after (1) it, because it does not belong to the range


def _low(value: Any) -> End:
    return (value.low, 0 if value.low_closed else 1) if isinstance(value, Range) else (value, 0)


def _high(value: Any) -> End:
    return (value.high, 0 if value.high_closed else -1) if isinstance(value, Range) else (value, 0)


class _Ends:
    """How the ends of two ranges (or points) lie; what cannot be compared raises TypeError, so that the function gives null."""

    def __init__(self, context: Context) -> None:
        self.zone = context.zone

    def less(self, left: End, right: End) -> bool:
        """Whether one lies before the other."""
        less, same = compare("<", left[0], right[0], self.zone), equal(left[0], right[0], self.zone)
        if less is None or same is None:
            raise TypeError("not to be compared")
        return less or (same and left[1] < right[1])

    def same(self, left: End, right: End) -> bool:
        """Whether neither lies before the other."""
        return not self.less(left, right) and not self.less(right, left)


def _before(ends: _Ends, a: Any, b: Any) -> bool:
    return ends.less(_high(a), _low(b))


def _meets(ends: _Ends, a: Any, b: Any) -> bool:
    return _high(a)[1] == 0 == _low(b)[1] and ends.same(_high(a), _low(b))


def _overlaps(ends: _Ends, a: Any, b: Any) -> bool:
    return not _before(ends, a, b) and not _before(ends, b, a)


def _overlaps_before(ends: _Ends, a: Any, b: Any) -> bool:
    return ends.less(_low(a), _low(b)) and not ends.less(_high(a), _low(b)) and not ends.less(_high(b), _high(a))


def _includes(ends: _Ends, a: Any, b: Any) -> bool:
    return not ends.less(_low(b), _low(a)) and not ends.less(_high(a), _high(b))


def _finishes(ends: _Ends, a: Any, b: Any) -> bool:
    return ends.same(_high(a), _high(b)) and not ends.less(_low(a), _low(b))


def _starts(ends: _Ends, a: Any, b: Any) -> bool:
    return ends.same(_low(a), _low(b)) and not ends.less(_high(b), _high(a))


def _coincides(ends: _Ends, a: Any, b: Any) -> bool:
    return ends.same(_low(a), _low(b)) and ends.same(_high(a), _high(b))


_Relation = Callable[[_Ends, Any, Any], bool]


def _told(relation: _Relation, *, turned: bool = False) -> Function:
    """A function of two; `turned` is the relation seen from the other side."""

    def function(context: Context, a: Any, b: Any) -> bool:
        return relation(_Ends(context), b, a) if turned else relation(_Ends(context), a, b)

    return function


RANGES: Mapping[str, Function] = {
    "before": _told(_before),
    "after": _told(_before, turned=True),
    "meets": _told(_meets),
    "met by": _told(_meets, turned=True),
    "overlaps": _told(_overlaps),
    "overlaps before": _told(_overlaps_before),
    "overlaps after": _told(_overlaps_before, turned=True),
    "finishes": _told(_finishes),
    "finished by": _told(_finishes, turned=True),
    "includes": _told(_includes),
    "during": _told(_includes, turned=True),
    "starts": _told(_starts),
    "started by": _told(_starts, turned=True),
    "coincides": _told(_coincides),
}
