"""The hash chain of an instance's history: how one entry's hash follows from the one before. Pure."""

from hashlib import sha256

from store.types import encode

GENESIS = "0" * 64
NAMED = "2:"  # how the hash of an entry begins that covers the actor's name, too


def digest_of(data: object) -> str:
    """The digest of an entry's data; it stays when the data are removed."""
    return digest_of_text(encode(data))


def digest_of_text(text: str) -> str:
    """The same of data that are JSON text already."""
    return sha256(text.encode()).hexdigest()


NO_DATA = digest_of(None)


def link(
    before: str, root: str, seq: int, revision: int, at: int, actor: str, kind: str, process: str, element: str, digest: str, name: str
) -> str:
    """The hash of an entry: SHA-256 over the hash before and every column (data by their digest; ``at`` in microseconds; ``name``: the actor's).

    It begins with its version.
    """
    text = f"{before}\n{root}\n{seq}\n{revision}\n{at}\n{actor}\n{kind}\n{process}\n{element}\n{digest}\n{encode(name)}"
    return NAMED + sha256(text.encode()).hexdigest()


def link_unnamed(before: str, root: str, seq: int, revision: int, at: int, actor: str, kind: str, process: str, element: str, digest: str) -> str:
    """The hash of an entry as it was made before the actor's name counted: such entries stay as they are."""
    text = f"{before}\n{root}\n{seq}\n{revision}\n{at}\n{actor}\n{kind}\n{process}\n{element}\n{digest}"
    return sha256(text.encode()).hexdigest()
