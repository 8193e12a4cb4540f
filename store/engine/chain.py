"""The hash chain of an instance's history: how one entry's hash follows from the one before. Pure."""

from hashlib import sha256

from store.types import encode

GENESIS = "0" * 64


def digest_of(data: object) -> str:
    """The digest of an entry's data; it stays when the data are removed."""
    return digest_of_text(encode(data))


def digest_of_text(text: str) -> str:
    """The same of data that are JSON text already."""
    return sha256(text.encode()).hexdigest()


NO_DATA = digest_of(None)


def link(before: str, root: str, seq: int, revision: int, at: int, actor: str, kind: str, process: str, element: str, digest: str) -> str:
    """The hash of an entry: SHA-256 over the hash before and every column (data by their digest; ``at`` in microseconds)."""
    text = f"{before}\n{root}\n{seq}\n{revision}\n{at}\n{actor}\n{kind}\n{process}\n{element}\n{digest}"
    return sha256(text.encode()).hexdigest()
