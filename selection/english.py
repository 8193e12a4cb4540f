"""What a season's folder calls its own things in English: `english.toml`, and its title, which `season.toml` gives in both languages."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "english.toml"
SETTINGS = "season.toml"


def english_words(files: Mapping[str, bytes]) -> dict[str, str]:
    """Chinese -> English of a folder's files, by path. What is no text is left out: the folder's check names it."""
    words, settings = (tomllib.loads(files.get(name, b"").decode()) for name in (FILE, SETTINGS))
    titles = {settings["title"]: settings["title_en"]} if {"title", "title_en"} <= settings.keys() else {}
    return {zh: en for zh, en in (words | titles).items() if isinstance(en, str)}
