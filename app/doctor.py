"""Examines an installation: the named invariants of engine, selection, mail and files. Changes nothing; `sweep` removes what uploads left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from engine.commands.audit import state_is_projected
from store.engine import check as engine_check
from store.selection import check as selection_check
from store.selection import tables_application as application


@dataclass(frozen=True)
class Violation:
    """One violated invariant: its name, what violates it, and what to do."""

    invariant: str
    subject: str
    zh: str
    en: str


# An upload is stored before the act that attaches it: one that was refused or broken off leaves a content that nothing names.
UPLOADING = timedelta(days=1)
ADVICE_ZH = "请先备份，不要修改数据；把编号和内容交给技术支持核查"
ADVICE_EN = "Back up first and change nothing; hand name and sentence to whoever supports the installation"


def invariants() -> tuple[str, ...]:
    """The names of all invariants, in the order in which they are examined."""
    stores = (*engine_check.CHECKS, *selection_check.CHECKS)
    return (*(check.__name__ for check in stores), "state_is_projected", "stored_files_are_whole", "no_orphan_files")


def examine(house: Any) -> list[Violation]:
    """All violations; an empty list says that all is well."""
    with house.database.read() as connection:
        found = [
            *_store(connection),
            *(("state_is_projected", sentence) for sentence in state_is_projected(house.engine.home, connection)),
            *(("stored_files_are_whole", sentence) for sentence in _broken_files(house, connection)),
            *(("no_orphan_files", sentence) for sentence in _orphan_files(house, connection)),
        ]
    return [Violation(name, sentence, ADVICE_ZH, ADVICE_EN) for name, sentence in found]


def _store(connection: Connection) -> Iterator[tuple[str, str]]:
    for check in (*engine_check.CHECKS, *selection_check.CHECKS):
        yield from ((check.__name__, sentence) for sentence in check(connection))


def _broken_files(house: Any, connection: Connection) -> Iterator[str]:
    """Each document that was not removed has its bytes, with the hash they were stored under."""
    for sha256 in _held(connection):
        if not house.files.has(sha256):
            yield f"{sha256} is missing"
        elif _hash(house.files.pieces(sha256)) != sha256:
            yield f"{sha256} was changed"


def _held(connection: Connection) -> list[str]:
    """The contents that documents hold."""
    living = select(application.document.c.sha256).where(application.document.c.removed_at.is_(None)).distinct()
    return list(connection.execute(living).scalars())


def _hash(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _orphan_files(house: Any, connection: Connection) -> Iterator[str]:
    """Each stored content belongs to a document, but for a day after it was uploaded; one that was removed from all has no bytes left."""
    buried = set(connection.execute(select(application.removal.c.sha256)).scalars()) - set(_held(connection))
    yield from (f"{sha256} was removed for good, yet its bytes are here" for sha256 in house.files.everything() if sha256 in buried)
    yield from (f"{sha256} belongs to no document" for sha256 in _unnamed(house, connection))


def _unnamed(house: Any, connection: Connection) -> list[str]:
    named = set(connection.execute(select(application.document.c.sha256)).scalars())
    named |= set(connection.execute(select(application.removal.c.sha256)).scalars())
    before = house.clock.now() - UPLOADING
    unnamed = (sha256 for sha256 in house.files.everything() if sha256 not in named)
    return [sha256 for sha256 in unnamed if house.files.is_older(sha256, than=before)]


def sweep(house: Any) -> int:
    """Remove what refused or broken-off uploads left behind more than a day ago. Out: how many contents.

    Nothing that a document ever named is touched, whatever became of the document; and nothing at all where the folder does not hold the
    documents of this database (a wrong setting must not cost another installation its documents).
    """
    before = house.clock.now() - UPLOADING
    with house.database.read() as connection:
        unnamed = _unnamed(house, connection) if _is_its_folder(house, connection) else []
    stale = [sha256 for sha256 in unnamed if house.files.is_older(sha256, than=before)]  # asked again: it may just have been uploaded anew
    for sha256 in stale:
        house.files.remove(sha256)
    house.files.sweep(before=before)
    return len(stale)


def _is_its_folder(house: Any, connection: Connection) -> bool:
    held = [house.files.has(sha256) for sha256 in _held(connection)]
    return bool(held) and all(held)
