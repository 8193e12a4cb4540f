"""The mail templates of the running version, read when the first mail is looked up. Queues nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from notifications.compose import Template
from notifications.shelf import all_templates, house_templates
from store.engine import queries


class Letters(Mapping[str, Template]):
    """Template by name: the newest version's own, else the house's. A version never changes, so each is read once per process."""

    _read: dict[int, Mapping[str, Template]] = {}  # noqa: RUF012 - shared on purpose: versions are immutable

    def __init__(self, connection: Connection) -> None:
        """In: the connection of the transaction that will queue the mail."""
        self._connection = connection

    def __getitem__(self, name: str) -> Template:
        """The template `name`. Raises KeyError."""
        return self._templates()[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._templates())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._templates())

    def _templates(self) -> Mapping[str, Template]:
        versions = [version["id"] for version in queries.versions(self._connection)]
        if not versions:
            return house_templates()
        newest = max(versions)
        if newest not in self._read:
            self._read[newest] = all_templates(queries.version_files(self._connection, newest))
        return self._read[newest]
