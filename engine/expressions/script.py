"""Scripts: lines of `name = expression`, with `var` before it for a name of the script's own.

Nothing else: no loops, no imports, no calls for effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from engine.expressions.compiler import Compiled, check_calls, compile_expression
from engine.expressions.context import FunctionTable
from engine.expressions.errors import ExpressionError
from engine.expressions.lexing import MAX_TEXT
from engine.expressions.tokens import KEYWORDS

MAX_LINES = 100
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
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
    found = (_LINE.match(line) for line in _lines(text))
    return frozenset(line[2] for line in found if line is not None and line[1])


def validate_script(text: str, functions: FunctionTable) -> None:
    """Raise ExpressionError when a line is no assignment, does not compile or calls an unknown function."""
    for _, source in assignments(text):
        compile_expression(source)
        check_calls(source, functions)


def assignments(text: str) -> list[tuple[str, str]]:
    """The (variable, expression) pairs of a script; empty lines and lines that begin with # are skipped."""
    found = []
    for line in _lines(text):
        match = _LINE.match(line)
        if match is None or match[2] in KEYWORDS or match[2].startswith("__"):
            shown = line[:60]
            raise ExpressionError(f"脚本只允许“变量 = 表达式”：{shown}", f"a script holds only 'name = expression' lines: {shown!r}")
        found.append((match[2], match[3].strip()))
    if len(found) > MAX_LINES:
        raise ExpressionError(f"脚本超过 {MAX_LINES} 行", f"the script has more than {MAX_LINES} lines")
    return found


def _lines(text: str) -> Iterator[str]:
    """Its lines that are neither empty nor remarks; one in which a bracket is still open goes on in the next."""
    parts: list[str] = []
    still_open = 0
    for line in (line.strip().rstrip(";") for line in text.splitlines()):
        if line and not line.startswith("#"):
            brackets = _QUOTED.sub("", line[:MAX_TEXT])
            still_open += sum(map(brackets.count, "([{")) - sum(map(brackets.count, ")]}"))
            parts.append(line)
        if parts and still_open <= 0:
            yield " ".join(parts)
            parts, still_open = [], 0
    if parts:
        yield " ".join(parts)
