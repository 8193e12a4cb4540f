"""The mail templates of the version that an instance runs by, read when the first mail is looked up. Queues nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from notifications.compose import Template
from notifications.shelf import all_templates, house_templates
from store.engine import queries


class Letters:
    """Templates by season and version. A version never changes, so each is read once per process."""

    _read: dict[str, Mapping[str, Template]] = {}  # noqa: RUF012 - shared on purpose: the same digest is the same content

    def __init__(self, connection: Connection) -> None:
        """In: the connection of the transaction that will queue the mail."""
        self._connection = connection

    def of(self, season: str, *, version: int = 0) -> Mapping[str, Template]:
        """Template by name: the version's own, else the house's.

        In: `version`, the number of the season's version; 0, or one that it does not have: its newest. A season without a version has the house's alone.
        """
        found = queries.versions(self._connection, name=season)
        if not found:
            return house_templates()
        chosen = next((row for row in found if row["number"] == version), found[0])
        if chosen["digest"] not in self._read:
            self._read[chosen["digest"]] = all_templates(queries.version_files(self._connection, chosen["id"]))
        return self._read[chosen["digest"]]
