"""Where the bytes of documents lie: one folder, one file per content, named by its SHA-256. Knows no case and no right.

A file is written beside its place, made durable, then renamed: nobody ever sees half of one. Reading checks nothing; `doctor` compares
contents with names.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

PIECE = 256 * 1024


class TooLarge(Exception):
    """More bytes came than allowed; ``limit`` says how many are."""

    def __init__(self, limit: int) -> None:
        """``limit`` in bytes."""
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Damaged(Exception):
    """The bytes of a content are no longer those of its name."""


@dataclass(frozen=True)
class Stored:
    """What was stored: the content's SHA-256 (hex) and its size in bytes."""

    sha256: str
    size: int


class Files:
    """The folder of the documents."""

    def __init__(self, folder: Path) -> None:
        """The folder is made at the first use."""
        self.folder = Path(folder)

    def put(self, stream: BinaryIO, *, limit: int | None = None) -> Stored:
        """Store what is left to read of ``stream``, a piece at a time; the same content is stored once.

        Raises TooLarge, with nothing left behind, as soon as more than ``limit`` bytes came.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as fresh:
            try:
                while piece := stream.read(PIECE):
                    digest.update(piece)
                    size += len(piece)
                    if limit is not None and size > limit:
                        raise TooLarge(limit)  # noqa: TRY301 - the one place that cleans up
                    fresh.write(piece)
                fresh.flush()
                os.fsync(fresh.fileno())
            except BaseException:
                Path(fresh.name).unlink(missing_ok=True)
                raise
        target = self.path(digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        Path(fresh.name).replace(target)
        _sync(target.parent)
        return Stored(digest.hexdigest(), size)

    def path(self, sha256: str) -> Path:
        """Where a content lies. Raises ValueError for anything but a SHA-256 in hex."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):  # noqa: PLR2004 - hex digits of a SHA-256
            message = f"{sha256!r} is no SHA-256"
            raise ValueError(message)
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether the content is there."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading. Raises FileNotFoundError."""
        return self.path(sha256).open("rb")

    def verify(self, sha256: str) -> None:
        """Compare a content with its name, before it is handed out. Raises Damaged, FileNotFoundError."""
        digest = hashlib.sha256()
        for piece in self.pieces(sha256):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise Damaged(sha256)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The content, a piece at a time."""
        yield from pieces_of(self.open(sha256))

    def remove(self, sha256: str) -> None:
        """Remove the bytes for good (secrecy, law); the record of them stays in the database."""
        self.path(sha256).unlink(missing_ok=True)

    def everything(self) -> Iterator[str]:
        """The hashes of all stored contents, in order."""
        return iter(sorted(path.name for path in self.folder.glob("??/*") if path.is_file()))

    def is_older(self, sha256: str, *, than: datetime) -> bool:
        """Whether the content is there and was stored last before an instant (aware)."""
        return _is_older(self.path(sha256), than)

    def sweep(self, *, before: datetime) -> int:
        """Remove what uploads that broke off before an instant left behind; how many."""
        left = [path for path in self.folder.glob(".new-*") if _is_older(path, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left to read of a stream, a piece at a time; then it is closed."""
    with stream:
        while piece := stream.read(PIECE):
            yield piece


def _is_older(path: Path, than: datetime) -> bool:
    try:
        return path.stat().st_mtime < than.timestamp()
    except FileNotFoundError:  # another process has moved or removed it meanwhile
        return False


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
