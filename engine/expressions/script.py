"""Scripts: lines of `name = expression`, with `var` before it for a name of the script's own.

Nothing else: no loops, no imports, no calls for effect.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.expressions.compiler import Compiled, check_calls, compile_expression
from engine.expressions.context import FunctionTable
from engine.expressions.errors import ExpressionError
from engine.expressions.tokens import KEYWORDS

MAX_LINES = 100
_LINE = re.compile(r"^(?:(var|let|const|def)\s+)?([^\W\d]\w*)\s*=(?!=)(.*)$")


@lru_cache(maxsize=1_024)
def compile_script(text: str) -> tuple[tuple[str, Compiled], ...]:
    """The assignments of a script, in order: (variable, function of the context). Raises ExpressionError.

    Names of the script's own (`own_names`) are among them.
    """
    return tuple((name, compile_expression(source)) for name, source in assignments(text))


@lru_cache(maxsize=1_024)
def own_names(text: str) -> frozenset[str]:
    """The names that a script declares (`var x = …`, `def x = …`): they are seen by its later lines only and are no variables."""
    found = (_LINE.match(line.strip()) for line in text.splitlines())
    return frozenset(line[2] for line in found if line is not None and line[1])


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
        if match is None or match[2] in KEYWORDS or match[2].startswith("__"):
            shown = stripped[:60]
            raise ExpressionError(f"脚本只允许“变量 = 表达式”：{shown}", f"a script holds only 'name = expression' lines: {shown!r}")
        found.append((match[2], match[3].strip()))
    if len(found) > MAX_LINES:
        raise ExpressionError(f"脚本超过 {MAX_LINES} 行", f"the script has more than {MAX_LINES} lines")
    return found
