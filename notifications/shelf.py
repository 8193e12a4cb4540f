"""Finds the template of a mail: the season's own first, else the house's (invitation, reset, system). Renders nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from notifications.compose import FOLDER, Template, read_templates
from selection.english import english_words
from selection.errors import NotFound

HOUSE = Path(__file__).parent / "texts"


@cache
def house_templates() -> dict[str, Template]:
    """The mails every installation has, whatever the season: accounts and the system's own."""
    return read_templates({f"{FOLDER}{path.name}": path.read_bytes() for path in HOUSE.glob("*.txt")})


def all_templates(files: Mapping[str, bytes]) -> dict[str, Template]:
    """The mails of a season's folder, and those of the house that it does not replace; in English letters all speak the folder's words."""
    words = english_words(files)
    return {name: replace(template, words=words) for name, template in (house_templates() | read_templates(files)).items()}


class Shelf:
    """Templates by version of a season, read once each: a version never changes."""

    def __init__(self, files: Callable[[str], Mapping[str, bytes]]) -> None:
        """In: gives the files of a version by its key (any text that names one immutable version)."""
        self._files = files
        self._read: dict[str, Mapping[str, Template]] = {}

    def template(self, *, version: str, name: str) -> Template:
        """The template `name` of the version, else of the house. Raises NotFound with a suggestion when there is none."""
        if version not in self._read:
            self._read[version] = all_templates(self._files(version))
        templates = self._read[version]
        if name not in templates:
            near = ", ".join(get_close_matches(name, templates, n=2))
            raise NotFound(
                "mail.template_missing", zh=f"没有邮件模板 {name}；相近的有：{near}", en=f"No mail template {name}; near: {near}"
            )
        return templates[name]
