"""A variable's value as databases compare it: its kind, and the number or text that it is."""

from typing import Any

from store.types import decode, encode

LETTERS = 100  # of a text that stand in the index
Worth = dict[str, Any]


def worth(value: object) -> Worth:
    """The columns `kind`, `number`, `text` and `head` of a value; one that JSON does not know counts as what it becomes there."""
    if value is None or isinstance(value, bool):
        return _columns({None: "null", True: "true", False: "false"}[value])
    if isinstance(value, int):
        return _columns("integer", number=value)
    if isinstance(value, float):
        return _columns("double", number=value) if value - value == 0 else _columns("null")  # no number and the endless ones are null there
    if isinstance(value, str):
        return _columns("text", text=None if "\0" in value else value)
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _columns("object")
    return worth(decode(encode(value)))


def _columns(kind: str, *, number: float | None = None, text: str | None = None) -> Worth:
    return {"kind": kind, "number": number, "text": text, "head": None if text is None else text[:LETTERS]}
