"""What requests bring in their bodies, read one field at a time: each says what is needed if it is something else."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Body

from rest.errors import invalid

JsonBody = Annotated[dict[str, Any] | None, Body()]


def text_of(body: Mapping[str, Any], name: str) -> str | None:
    """A text; None when it is not given. Raises RestError 400 for anything else."""
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or not is_text(value)):
        raise invalid(f"{name}: a text is needed")
    return value


def texts_of(body: Mapping[str, Any], name: str) -> list[str]:
    """Several texts, each of at least one letter; none when they are not given. Raises RestError 400 for anything else."""
    given = body.get(name)
    if given is not None and not (isinstance(given, list) and all(isinstance(each, str) and each and is_text(each) for each in given)):
        raise invalid(f"{name}: a list of texts is needed")
    return list(given or ())


def is_text(value: str) -> bool:
    """Whether every database can keep it: no NUL, no half of a character."""
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def needed_text(body: Mapping[str, Any], name: str) -> str:
    """A text that must be given. Raises RestError 400."""
    text = text_of(body, name)
    if not text:
        raise invalid(f"{name}: a text is needed")
    return text


def whole(body: Mapping[str, Any], name: str, *, least: int = 0, most: int, default: int | None = None) -> int:
    """A whole number. Raises RestError 400."""
    value = body.get(name)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise invalid(f"{name}: a whole number from {least} to {most} is needed")
    return value


def refuse_tenant(body: Mapping[str, Any], name: str = "tenantId") -> None:
    """Raises RestError 400 for what is meant for one tenant only: there are none, and it would be done to all."""
    if body.get(name) is not None:
        raise invalid(f"{name}: nothing here belongs to a tenant")


def flag_of(body: Mapping[str, Any], name: str) -> bool:
    """True or false; false when it is not given. Raises RestError 400 for anything else."""
    return body.get(name) is not None and truth(body, name)


def truth(body: Mapping[str, Any], name: str) -> bool:
    """True or false, which must be given. Raises RestError 400."""
    value = body.get(name)
    if not isinstance(value, bool):
        raise invalid(f"{name}: true or false is needed")
    return value
