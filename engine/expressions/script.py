"""Scripts of script tasks: lines of `name = expression`. Nothing else: no loops, no imports, no calls for effect."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.expressions.compiler import Compiled, check_calls, compile_expression
from engine.expressions.context import FunctionTable
from engine.expressions.errors import ExpressionError
from engine.expressions.tokens import KEYWORDS

MAX_LINES = 100
_LINE = re.compile(r"^([^\W\d]\w*)\s*=(?!=)(.*)$")


@lru_cache(maxsize=1_024)
def compile_script(text: str) -> tuple[tuple[str, Compiled], ...]:
    """The assignments of a script, in order: (variable, function of the context). Raises ExpressionError."""
    return tuple((name, compile_expression(source)) for name, source in assignments(text))


def validate_script(text: str, functions: FunctionTable) -> None:
    """Raise ExpressionError when a line is no assignment, does not compile or calls an unknown function."""
    for _, source in assignments(text):
        compile_expression(source)
        check_calls(source, functions)


def assignments(text: str) -> list[tuple[str, str]]:
    """The (variable, expression) pairs of a script; empty lines and lines that begin with # are skipped."""
    found = []
    for line in text.splitlines():
        stripped = line.strip().rstrip(";")
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(stripped)
        if match is None or match[1] in KEYWORDS or match[1].startswith("__"):
            shown = stripped[:60]
            raise ExpressionError(f"脚本只允许“变量 = 表达式”：{shown}", f"a script holds only 'name = expression' lines: {shown!r}")
        found.append((match[1], match[2].strip()))
    if len(found) > MAX_LINES:
        raise ExpressionError(f"脚本超过 {MAX_LINES} 行", f"the script has more than {MAX_LINES} lines")
    return found
