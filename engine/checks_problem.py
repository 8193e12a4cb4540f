"""What a check finds: one coded problem with its place, in two languages, with a hint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
Profile = Literal["season", "generic"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a diagram: what, where (file, element, line) and what to do."""

    code: str
    severity: Severity
    file: str
    element: str
    line: int
    zh: str
    en: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names a deployment may use; None = anything goes. `templates` are what an input parameter `template` may name literally."""

    topics: Collection[str] | None = None
    listeners: Collection[str] | None = None
    forms: Collection[str] | None = None
    templates: Collection[str] | None = None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The hint for a name that is not known: the nearest ones that are, or ""."""
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"您是否想写 / did you mean: {', '.join(near)}" if near else ""
