"""Mails about accounts: invitation, mailbox proof, new password. Queued in the caller's transaction; the token itself is only in the mail.

Whether a mailbox has an account already is looked at when its link is opened, not when somebody asks for the link.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from notifications.compose import Template, read_template
from notifications.outbox import Recipient, queue
from selection.errors import Refused
from store.selection.accounts import Accounts
from store.selection.mail import MailRepository
from store.selection.subscribers import PURPOSE
from store.selection.tokens import hashed
from web.granting import give
from web.house import House
from web.i18n import word

GOOD_FOR = {"reset": timedelta(minutes=30), "mailbox": timedelta(minutes=30), "invitation": timedelta(days=7), PURPOSE: timedelta(days=1)}
PLACES = {PURPOSE: "/public/subscription"}  # of the link, where it sets no password
ASKED_FOR = (frozenset({"reset", "mailbox"}), frozenset({PURPOSE}))  # anybody can ask for these to be sent to a mailbox: so many of a kind
MOST_LIVE = 3
UNKNOWN = "mailbox"  # the recipient of a letter to a mailbox that may have no account
NOBODY = Recipient(id=UNKNOWN, name="nobody", address="nobody@nowhere.invalid")


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
    by: str = "",
) -> None:
    """Queue the mail ``purpose`` with a fresh 256-bit token, good once and for a limited time. The host comes from the settings.

    Without a ``person`` the link is for whoever reads the mailbox: an account is found or made when it is opened, with the ``grants``
    (``role@organisation``) that somebody (``by``) gives it.
    """
    secret = secrets.token_urlsafe(32)
    expires = now + GOOD_FOR[purpose]
    Accounts(connection).add_token(
        digest=hashed(secret), purpose=purpose, person=person, mail=to.address, name=to.name, grants=list(grants), by=by, at=now,
        expires=expires,
    )  # fmt: skip
    base, office = house.settings.public_url.rstrip("/"), house.settings
    queue(
        MailRepository(connection),
        template=_template(purpose),
        recipient=to,
        values={
            "link": f"{base}{PLACES.get(purpose, f'/password/{purpose}')}/{secret}",
            "due": expires,
            "office_name": word(to.language, office.office_name),
            "office_phone": office.office_phone,
            "office_mail": office.office_mail,
        },
        dedupe=hashed(secret),
        now=now,
        tenant="",
        domain=urlsplit(base).hostname or "localhost",
    )


def mail_asked(
    connection: Connection, *, house: House, purpose: str, to: Recipient | None, now: datetime, person: str | None = None
) -> None:
    """Queue what a stranger asked for, unless nobody is meant (``to`` None) or the mailbox has three such links that still work.

    The work is the same in any case, so that neither the answer nor its time tells whether the mailbox is known.
    """
    accounts = Accounts(connection)
    accounts.next_number("links asked for")  # one asks at a time until the commit: of many at once none is over the limit
    alike = next(kind for kind in ASKED_FOR if purpose in kind)
    sent = to is not None and len(accounts.live_tokens(purposes=alike, mail=to.address, now=now)) < MOST_LIVE
    with connection.begin_nested() as trial:
        mail_token(connection, house=house, purpose=purpose, to=to or NOBODY, now=now, person=person)
        if not sent:
            trial.rollback()


def open_link(connection: Connection, *, house: House, digest: str, purpose: str, password_hash: str, now: datetime) -> str:
    """Use a mailed link up: its account (made now where its mailbox has none) gets the password and what was granted. Out: the person.

    Raises Refused when the link was used or has expired, and what `granting.give` raises.
    """
    accounts = Accounts(connection)
    token = accounts.use_token(digest=digest, purpose=purpose, now=now)
    if token is None:
        raise spent()
    known = accounts.by_id(token.person) if token.person else accounts.by_login(token.mail)
    person = known.id if known else accounts.add_person(login=token.mail, name=token.name, mail=token.mail, at=now)
    give(connection, house=house, person=person, groups=token.grants, now=now, by=token.by)
    accounts.set_password(person, password_hash=password_hash)
    accounts.change_person(person, mail_confirmed_at=now)
    return person


def spent() -> Refused:
    """A mailed address that is unknown, used or over: one answer."""
    return Refused(
        "token.spent",
        zh="该地址已使用过或已过期。请在登录页选择“忘记密码”，重新获取邮件。",
        en="This address was used already or has expired. Please choose “forgotten password” on the sign-in page to get a new mail.",
    )
