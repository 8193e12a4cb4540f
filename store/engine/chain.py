"""The hash chain of an instance's history: how one entry's hash follows from the one before. Pure."""

from datetime import datetime
from hashlib import sha256

from store.types import encode, micros

GENESIS = "0" * 64


def digest_of(data: object) -> str:
    """The digest of an entry's data; it stays when the data are removed."""
    return sha256(encode(data).encode()).hexdigest()


def link(
    before: str, *, root: str, seq: int, revision: int, at: datetime, actor: str, kind: str, process: str, element: str, digest: str
) -> str:
    """The hash of an entry: SHA-256 over the hash before and every column of the entry (its data by their digest)."""
    text = f"{before}\n{root}\n{seq}\n{revision}\n{micros(at)}\n{actor}\n{kind}\n{process}\n{element}\n{digest}"
    return sha256(text.encode()).hexdigest()
