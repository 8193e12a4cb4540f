"""Queues mails in the transaction of the act that causes them. Sends nothing: `deliver` does, after the commit.

One row per recipient, rendered once; the dedupe key makes a repeated act add nothing, and the Message-ID derived from it stays the
same for every try, so that a duplicate on the wire is recognised as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.addresses import one_address
from notifications.compose import Rendered, Template, render
from notifications.errors import AddressInvalid
from store.selection.mail import Mail, MailRepository

SUBSCRIBER = {"zh": "订阅者", "en": "subscriber"}  # all that is known of their names
WAY_OUT = {
    "zh": "\n您订阅了公开信息，因此收到本邮件。不再需要的，请打开下面的地址退订，您的邮箱将从系统中删除：\n{}\n",
    "en": "\nYou get this letter because you subscribed to public news. To end that and have your address deleted, open:\n{}\n",
}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a mail: id of the person or organisation, name, address, language ("zh" or "en")."""

    id: str
    name: str
    address: str
    language: str = "zh"


def queue(
    mails: MailRepository, *, template: Template, recipient: Recipient, values: Mapping[str, object], dedupe: str, now: datetime, tenant: str,
    domain: str = "localhost", about: str = "", hold: str = "",
) -> bool:  # fmt: skip
    """Put one mail into the outbox, in the caller's transaction.

    In: `values` of the template's variables (`recipient` is filled in here); `dedupe`, unique per cause and moment, the recipient is
    added to it; `now` aware UTC; `domain` of the sender, for the Message-ID; `about`, the application (or other case) it belongs to;
    `hold`, the release this mail waits for (result mails must name one).
    Out: whether a row was added (False: this mail was queued before). A bad address does not undo the act: the mail is kept, marked
    dead, and shown; one that is held waits for its release like any other, and its reader finds it in the pages.
    Raises MailIncomplete when a value is missing, ValueError when a result mail names no release.
    """
    rendered = _rendered(template, recipient, values, hold=hold)
    return mails.add(
        _row(rendered, template=template, recipient=recipient, dedupe=dedupe, now=now, tenant=tenant, domain=domain, about=about, hold=hold)
    )


def queue_public(
    mails: MailRepository, *, template: Template, readers: Iterable[tuple[Recipient, str]], values: Mapping[str, object], dedupe: str,
    now: datetime, tenant: str, hold: str = "",
) -> int:  # fmt: skip
    """The same mail to thousands of subscribers: rendered once per language, written at one go, so that nobody waits for the outbox meanwhile.

    In: `readers`, each with the address at which it ends such letters (it stands below the text and in the headers); who speaks one language has
    one name. Out: how many rows were added. Raises what `queue` raises.
    """
    rendered: dict[str, Rendered] = {}
    rows = []
    for reader, way_out in readers:
        text = rendered.get(reader.language) or rendered.setdefault(reader.language, _rendered(template, reader, values, hold=hold))
        own = Rendered(subject=text.subject, body=text.body + WAY_OUT[reader.language].format(way_out))
        rows.append(_row(own, template=template, recipient=reader, dedupe=dedupe, now=now, tenant=tenant, hold=hold, unsubscribe=way_out))
    return mails.add_all(rows)


def _rendered(template: Template, recipient: Recipient, values: Mapping[str, object], *, hold: str) -> Rendered:
    if template.is_result and not hold:
        raise ValueError(f"{template.name} tells a result: name the release it waits for")
    return render(template=template, values={**values, "recipient": recipient.name}, language=recipient.language)


def _row(
    rendered: Rendered, *, template: Template, recipient: Recipient, dedupe: str, now: datetime, tenant: str, domain: str = "localhost",
    about: str = "", hold: str = "", unsubscribe: str = "",
) -> Mail:  # fmt: skip
    key = _storable(f"{tenant}:{template.name}:{dedupe}:{recipient.id}:{recipient.address}")
    fingerprint = hashlib.sha256(key.encode()).hexdigest()[:32]
    fault = _address_fault(recipient)
    return Mail(
        id=fingerprint,
        tenant=tenant,
        template=template.name,
        about=about,
        dedupe_key=key if len(key) <= 300 else f"{tenant}:{template.name}:{fingerprint}",  # noqa: PLR2004 - the column's width
        message_id=f"<{fingerprint}@{domain}>",
        recipient=recipient.id,
        recipient_name=_storable(recipient.name),
        address=_storable(recipient.address),
        language=recipient.language,
        subject=rendered.subject,
        body=rendered.body,
        state="held" if hold else "dead" if fault else "new",
        hold=hold,
        unsubscribe=unsubscribe,
        created_at=now,
        due_at=now,
        error=fault,
    )


def _storable(text: str) -> str:
    """`text` without the one character that PostgreSQL refuses in a text."""
    return text.replace("\x00", "\ufffd")


def _address_fault(recipient: Recipient) -> str:
    try:
        one_address(recipient.address, name=recipient.name)
    except AddressInvalid as refused:
        return refused.zh
    return ""
