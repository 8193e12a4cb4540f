"""Lets programmes in by the REST interface: the accounts of the pages by password (HTTP basic) or token (bearer), with the same rights.

A programme signs in with every request and keeps no cookie. So that strangers' guesses never lock it out, the account knows the address from which
it was proved, as it knows a person's browser: wrong passwords from there have a counter of their own, and no more of them are looked at.
"""

import base64
import binascii
from datetime import timedelta
from ipaddress import ip_address

from fastapi import FastAPI, Request
from sqlalchemy import Connection

from engine.contract import Actor
from rest.app import create
from rest.errors import RestError
from rest.parts import Parts
from selection.rights import may
from store.selection.accounts import KNOWN_FOR, Account, Accounts
from store.selection.tokens import hashed
from web.house import House
from web.limits import wait_of
from web.signin import prove
from web.tokens import prove_token
from web.visitors import not_found

# Who acts where nobody can sign in: a test database on this very machine, whose clock is stepped by hand.
TESTER = Actor(id="tester", name="测试", groups=frozenset({"season_admin@caq"}))
REMEMBERED = timedelta(days=1)  # an address is written down again at most once in this time


def interface(house: House) -> FastAPI:
    """The interface's application."""
    deliver = house.outbox.deliver_all if house.outbox is not None else (lambda: None)
    who = _Door(house)
    return create(Parts(engine=house.engine, database=house.database, clock=house.clock, who=who, deliver=deliver))


class _Door:
    """Finds out who asks."""

    def __init__(self, house: House) -> None:
        self.house = house

    def __call__(self, request: Request) -> Actor:
        """The actor. Raises RestError 401; NotFound for whoever may not deploy, the office too: other people's diagrams are not there for them."""
        _refuse_other_sites(request)
        actor = self._actor(request)
        if not may(actor.groups, "deploy"):
            raise not_found()
        return actor

    def _actor(self, request: Request) -> Actor:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return _actor_of(prove_token(self.house, secret=text.strip()))
        if kind.lower() != "basic":
            if not kind and self._open(request):
                return TESTER
            raise _unknown()
        try:
            login, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise _unknown() from None
        return _actor_of(self._account(request, login, password) if colon else None)

    def _account(self, request: Request, login: str, password: str) -> Account | None:
        """The account if the password fits and it may sign in now; it knows the address from then on.

        Raises RestError 429 where an address that the account does not know has tried too many passwords, whether this one fits or not.
        """
        address = _address(request)
        house, now, place = self.house, self.house.clock.now(), hashed(f"programme\0{address}")
        account = prove(house, login=login, password=password, browser=place, place=address)
        with house.database.read() as connection:
            known = account is not None and Accounts(connection).knows_browser(account.id, digest=place, since=now - KNOWN_FOR)
        if not known and wait_of(request, name="signins", house=house):
            raise RestError(429, "Too many passwords were tried from your network; try again in some minutes", type="AuthenticationException")
        if account is None:
            return None

        def remember(connection: Connection) -> None:
            accounts = Accounts(connection)
            if not accounts.knows_browser(account.id, digest=place, since=now - REMEMBERED):
                accounts.know_browser(account.id, digest=place, former=place, now=now)

        house.database.run(remember)
        return account

    def _open(self, request: Request) -> bool:
        """Nobody has an account, the clock is stepped by hand, and who asks sits at this machine."""
        if not hasattr(self.house.clock, "set_to") or not _is_loopback(_address(request)):
            return False
        if not _is_loopback(getattr(self.house.settings, "web_host", "")):
            return False
        with self.house.database.read() as connection:
            return not Accounts(connection).everybody(limit=1)


def _actor_of(account: Account | None) -> Actor:
    """Raises RestError 401 for nobody."""
    if account is None:
        raise _unknown()
    return Actor(id=account.id, name=account.name, groups=account.groups)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_other_sites(request: Request) -> None:
    """A page of another site must not use what a browser remembers of a password, nor the open door of a test."""
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} or "origin" in request.headers:
        raise RestError(403, "pages of other sites are not served", type="AuthorizationException")


def _unknown() -> RestError:
    return RestError(401, "Sign in with HTTP basic authentication or a bearer token", type="AuthenticationException")
