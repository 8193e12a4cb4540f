"""A visitor's language with the words that the deployed seasons add to it: what their folders call things in English (`english.toml`).

Whoever edits a season's folder gives the English beside it; no page has to know. Of several seasons the one deployed last has its way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sqlalchemy import Connection

from selection.english import FILE, SETTINGS, english_words
from store.engine import queries as engine_queries
from web.house import House

MOST = 8  # tables that live at a time
_tables: dict[tuple[str, ...], Mapping[str, str]] = {}


class Tongue(str):
    """A language's code ("en") that knows the words of the seasons; they are looked up when the first of them is asked for."""

    __slots__ = ("__dict__",)
    house: House

    @classmethod
    def of(cls, code: str, house: House) -> Tongue:
        """The language of a visitor of a house."""
        found = cls(code)
        found.house = house
        return found

    def season_word(self, zh: str) -> str | None:
        """What a season calls something in this language; None: it does not say."""
        return self._words.get(zh) if self == "en" else None

    @cached_property
    def _words(self) -> Mapping[str, str]:
        with self.house.database.read() as connection:
            return _words_of_seasons(connection)


def _words_of_seasons(connection: Connection) -> Mapping[str, str]:
    digests = engine_queries.newest_digests(connection)
    if digests not in _tables:
        if len(_tables) >= MOST:
            _tables.clear()
        _tables[digests] = {
            zh: en
            for path, content in engine_queries.files_of_newest(connection, (FILE, SETTINGS))
            for zh, en in english_words({path: content}).items()
        }
    return _tables[digests]
