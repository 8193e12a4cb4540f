"""Turns texts into exactly one mail address, or refuses."""

from email.errors import MessageError
from email.headerregistry import Address

from notifications.errors import AddressInvalid

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets


def one_address(text: str, *, name: str = "") -> Address:
    """The address in `text` as an object, so that commas or line breaks in the name never make a second recipient.

    Raises AddressInvalid unless `text` is exactly one plain ASCII ``local@domain`` (an international domain in its ``xn--`` form).
    """
    try:
        address = Address(display_name=_clean(name), addr_spec=text)
    except (ValueError, IndexError, AttributeError, MessageError) as error:  # the parser answers odd texts with any of these
        raise AddressInvalid(text) from error
    plain = text.isascii() and text.isprintable() and not any(character in text for character in ' ,;:<>()[]"\\')
    if not plain or len(text) > LONGEST or address.addr_spec != text or "." not in address.domain.strip("."):
        raise AddressInvalid(text)
    return address


def _clean(name: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in name).split())
