"""Makes the message for the wire out of an outbox row: the same row gives the same bytes, however often it is tried."""

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.addresses import one_address
from notifications.moments import BEIJING
from store.selection.mail import Mail

# What is set raw stays as it is: an address that is folded or encoded is none.
POLICY = SMTP.clone(refold_source="none")


def letter(row: Mail, *, sender: str, sender_name: str) -> EmailMessage:
    """The message of `row`. Raises AddressInvalid when the row's address is not exactly one address."""
    message = EmailMessage(policy=POLICY)
    local, _, domain = sender.rpartition("@")
    _address(message, "From", Address(display_name=sender_name, username=local, domain=domain))
    _address(message, "To", one_address(row.address, name=row.recipient_name))
    _words(message, "Subject", row.subject)
    message["Date"] = format_datetime(row.created_at.astimezone(BEIJING))
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = {"zh": "zh-CN"}.get(row.language, row.language)
    if row.unsubscribe:  # RFC 2369; mail programs offer one click where RFC 8058 lets them, over TLS only
        message.set_raw("List-Unsubscribe", f"<{row.unsubscribe}>")
        if row.unsubscribe.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row.body, cte="base64")
    return message


# The library's own way of writing a header that is not ASCII costs more than the rest of a mail five times over.


def _words(message: EmailMessage, name: str, text: str, *, ending: str = "") -> None:
    """A header of words and an ASCII `ending`. Raises ValueError for what a header cannot carry."""
    if text.isascii():
        message[name] = text + ending
        return
    if "\n" in text or "\r" in text:
        raise ValueError(name + " must not hold a line break")
    encoded = Header(text, "utf-8", header_name=name).encode(linesep="\r\n")
    message.set_raw(name, encoded + (f"\r\n{ending}" if ending else ""))


def _address(message: EmailMessage, name: str, address: Address) -> None:
    if address.display_name.isascii():
        message[name] = address
    else:
        _words(message, name, address.display_name, ending=f" <{address.addr_spec}>")
