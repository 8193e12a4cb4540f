"""The names of the parameters of FEEL's built-in functions (DMN 1.3, 10.3.4): arguments may be given by name, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.expressions.errors import ExpressionError

_LIST, _STRING, _DAY = ("list",), ("string",), ("date",)
_TWO = ("point1", "point2")
_POINT, _RANGE, _RANGES = ("point", "range"), ("range", "point"), ("range1", "range2")
Names = tuple[str, ...]

PARAMETERS: Mapping[str, tuple[Names, ...]] = {
    "is defined": (("value",),),
    "date": (("from",), ("year", "month", "day")),
    "date and time": (("from",), ("date", "time")),
    "time": (("from",), ("hour", "minute", "second", "offset")),
    "duration": (("from",),),
    "years and months duration": (("from", "to"),),
    "number": (("from", "grouping separator", "decimal separator"),),
    "string": (("from",),),
    "not": (("negand",),),
    "decimal": (("n", "scale"),),
    **dict.fromkeys(("round up", "round down", "round half up", "round half down", "floor", "ceiling"), (("n", "scale"),)),
    "abs": (("n",), ("number",)),
    "modulo": (("dividend", "divisor"),),
    **dict.fromkeys(("sqrt", "odd", "even", "log", "exp"), (("number",),)),
    **dict.fromkeys(
        ("min", "max", "sum", "product", "mean", "median", "mode", "stddev", "count", "all", "any", "distinct values", "reverse", "flatten"), (_LIST,)
    ),
    **dict.fromkeys(("duplicate values", "is empty"), (_LIST,)),
    "list contains": (("list", "element"),),
    "append": (("list", "item"),),
    "sublist": (("list", "start position", "length"),),
    "insert before": (("list", "position", "newItem"),),
    "remove": (("list", "position"),),
    "index of": (("list", "match"),),
    "partition": (("list", "size"),),
    "sort": (("list", "precedes"),),
    "string join": (("list", "delimiter", "prefix", "suffix"),),
    "substring": (("string", "start position", "length"),),
    **dict.fromkeys(("string length", "upper case", "lower case", "trim", "is blank"), (_STRING,)),
    **dict.fromkeys(("contains", "starts with", "ends with", "substring before", "substring after"), (("string", "match"),)),
    "replace": (("input", "pattern", "replacement", "flags"),),
    "matches": (("input", "pattern", "flags"),),
    "split": (("string", "delimiter"),),
    "extract": (("input", "pattern"), ("string", "pattern")),
    "to base64": (("value",),),
    **dict.fromkeys(("day of week", "day of year", "week of year", "month of year", "last day of month"), (_DAY,)),
    "get value": (("m", "key"), ("context", "key"), ("context", "keys")),
    "get entries": (("m",), ("context",)),
    "get or else": (("value", "default"),),
    "context": (("entries",),),
    "context put": (("context", "key", "value"), ("context", "keys", "value")),
    "context merge": (("contexts",),),
    **dict.fromkeys(("before", "after"), (_TWO, _POINT, _RANGE, _RANGES)),
    **dict.fromkeys(("meets", "met by", "overlaps", "overlaps before", "overlaps after", "coincides"), (_RANGES, _TWO)),
    **dict.fromkeys(("finishes", "starts", "during"), (_POINT, _RANGES)),
    **dict.fromkeys(("finished by", "started by", "includes"), (_RANGE, _RANGES)),
}


def places(function: str, names: Sequence[str]) -> list[int | None]:
    """Where the arguments that were given by name belong: for each place the argument's number, None where there is none before the last.

    Raises ExpressionError for a name that the function does not have, or that is given twice.
    """
    for known in PARAMETERS.get(function, ()):
        if set(names) <= set(known) and len(set(names)) == len(names):
            last = max(known.index(name) for name in names)
            return [names.index(name) if name in names else None for name in known[: last + 1]]
    choices = " · ".join(", ".join(known) for known in PARAMETERS.get(function, ()))
    given = ", ".join(names)
    raise ExpressionError(
        f"{function}() 没有这些参数名：{given}（{choices}）", f"{function}() has no such arguments: {given} (it has {choices})", code="expression_type"
    )
