"""One card at the top of a task."""

from dataclasses import dataclass

from web.i18n import word


@dataclass(frozen=True)
class Told:
    """One card at the top of a task: a heading with facts (name, text), lines of a list, files (address, name), a text to copy.

    ``warns``: it is marked; ``folded``: only its heading is shown until somebody opens it (what is for looking up).
    """

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    text: str = ""
    warns: bool = False
    folded: bool = False


def facts_of(language: str, *pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """Facts with their names in the language; what is empty is left out."""
    return tuple((word(language, name), str(value)) for name, value in pairs if value)
