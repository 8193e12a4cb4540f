"""Makes the message for the wire out of an outbox row: the same row gives the same bytes, however often it is tried."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.addresses import one_address
from notifications.moments import BEIJING
from store.selection.mail import Mail


def letter(row: Mail, *, sender: str, sender_name: str) -> EmailMessage:
    """The message of `row`. Raises AddressInvalid when the row's address is not exactly one address."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = sender.rpartition("@")
    message["From"] = Address(display_name=sender_name, username=local, domain=domain)
    message["To"] = one_address(row.address, name=row.recipient_name)
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.created_at.astimezone(BEIJING))
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = {"zh": "zh-CN"}.get(row.language, row.language)
    message.set_content(row.body, cte="base64")
    return message
