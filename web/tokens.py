"""Tokens for programmes: made with an account's rights, shown once, revoked by their id. A guess is hopeless, so none is counted."""

import secrets
from datetime import timedelta

from sqlalchemy import Connection

from store.selection.accounts import Account, Accounts
from store.selection.tokens import AccessTokens, hashed
from web.house import House

PREFIX = "nqb_"  # tells people, and tools that look for secrets in files, what it is


def make_token(house: House, *, person: str, name: str, valid: timedelta, by: str) -> tuple[str, str]:
    """A new token of an account: its id and its secret, which is nowhere to be read again."""
    secret, now = PREFIX + secrets.token_urlsafe(32), house.clock.now()

    def add(connection: Connection) -> str:
        return AccessTokens(connection).add(digest=hashed(secret), person=person, name=name, at=now, expires=now + valid, by=by)

    return house.database.run(add), secret


def prove_token(house: House, *, secret: str) -> Account | None:
    """The active account that a token lets in now; None for one that is not known, over or revoked."""
    with house.database.read() as connection:
        person = AccessTokens(connection).holder(hashed(secret), now=house.clock.now())
        account = Accounts(connection).by_id(person) if person is not None else None
    return account if account is not None and account.active else None
