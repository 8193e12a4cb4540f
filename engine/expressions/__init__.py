"""The safe expression language of diagrams: `${…}` texts, compiled to closures. Nothing of Python is reachable from it.

The grammar stands in `docs/reference/expressions.md`.
"""

from engine.expressions.context import Context, FunctionTable, Place, Variables
from engine.expressions.errors import ExpressionError
from engine.expressions.functions import BUILT_IN
from engine.expressions.instants import Duration, parse_duration, parse_instant
from engine.expressions.script import compile_script, own_names
from engine.expressions.template import constant, evaluate, is_expression, names_in, validate
from engine.expressions.truth import as_condition

__all__ = [
    "BUILT_IN",
    "Context",
    "Duration",
    "ExpressionError",
    "FunctionTable",
    "Place",
    "Variables",
    "as_condition",
    "compile_script",
    "constant",
    "evaluate",
    "is_expression",
    "names_in",
    "own_names",
    "parse_duration",
    "parse_instant",
    "validate",
]
