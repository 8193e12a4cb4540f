r"""Regular expressions of FEEL's text functions, by RE2: time grows with the text, never with the combinations of a pattern.

What needs going back (references to groups, looking ahead or behind) RE2 does not know: it is what makes other matchers run away.
`\d \w \s` are those of ASCII, as in Java; `\p{L}` and the like are known.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from engine.expressions.errors import ExpressionError

MAX_PATTERN, MEMORY = 500, 1 << 20  # characters; bytes that the automaton of one pattern may take
_SPACED = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\s+", re.DOTALL)

Pattern = Any  # a pattern of re2, which has the methods of one of `re`
Match = Any


@cache
def _library() -> Any:
    import re2  # noqa: PLC0415 - decisions with patterns are few: others do not wait for it

    return re2


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str = "") -> Pattern:
    """The pattern, ready to be looked for; ``flags``: some of `ismx`. Raises ExpressionError for one that is wrong, too long or needs going back."""
    if len(pattern) > MAX_PATTERN or not set(flags) <= set("ismx"):
        raise _refused(pattern, "过长或标志不对", "it is too long, or has flags that are not there")
    re2 = _library()
    options = re2.Options()
    options.log_errors, options.max_mem = False, MEMORY
    inline = "".join(sorted(set(flags) - {"x"}))
    text = _SPACED.sub(lambda found: found[1] or "", pattern) if "x" in flags else pattern
    try:
        return re2.compile(f"(?{inline}){text}" if inline else text, options=options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise _refused(pattern, f"无法识别（{said}）", said) from error


def _refused(pattern: str, zh: str, en: str) -> ExpressionError:
    return ExpressionError(f"正则表达式 {pattern[:40]}：{zh}", f"the pattern {pattern[:40]!r}: {en}", code="pattern")
