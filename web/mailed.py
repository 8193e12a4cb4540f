"""Mails about accounts: invitation, mailbox proof, new password. Queued in the caller's transaction; the token itself is only in the mail."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from notifications.compose import Template, read_template
from notifications.outbox import Recipient, queue
from store.selection.accounts import Accounts
from store.selection.mail import MailRepository
from web.house import House
from web.visitors import hashed

GOOD_FOR = {"reset": timedelta(minutes=30), "mailbox": timedelta(minutes=30), "invitation": timedelta(days=7)}


@cache
def _template(name: str) -> Template:
    return read_template(name=name, text=(Path(__file__).parent / "mails" / f"{name}.txt").read_text("utf-8"))


def mail_token(
    connection: Connection,
    *,
    house: House,
    purpose: str,
    to: Recipient,
    now: datetime,
    person: str | None = None,
    grants: Iterable[str] = (),
) -> None:
    """Queue the mail ``purpose`` with a fresh 256-bit token, good once and for a limited time. The host comes from the settings."""
    secret = secrets.token_urlsafe(32)
    expires = now + GOOD_FOR[purpose]
    Accounts(connection).add_token(
        digest=hashed(secret), purpose=purpose, person=person, mail=to.address, grants=list(grants), at=now, expires=expires
    )
    base = house.settings.public_url.rstrip("/")
    queue(
        MailRepository(connection),
        template=_template(purpose),
        recipient=to,
        values={"link": f"{base}/password/{purpose}/{secret}", "due": expires},
        dedupe=hashed(secret),
        now=now,
        tenant="",
        domain=urlsplit(base).hostname or "localhost",
    )
