"""Lets programmes in by the REST interface: the accounts of the pages by password (HTTP basic) or token (bearer), with the same rights."""

import base64
import binascii
from ipaddress import ip_address

from fastapi import FastAPI, Request

from engine.contract import Actor, InstanceView
from rest.app import create
from rest.errors import RestError
from rest.parts import Parts
from store.selection.accounts import Account, Accounts
from web.house import House
from web.signin import prove
from web.tokens import prove_token

PATH = "/engine-rest"
# Who acts where nobody can sign in: a test database on this very machine, whose clock is stepped by hand.
TESTER = Actor(id="tester", name="测试", groups=frozenset({"season_admin@caq"}))
FOREIGN = InstanceView("", "", "", "", 0)


def interface(house: House) -> FastAPI:
    """The interface of a house, to be mounted at `PATH`."""
    deliver = house.outbox.deliver_all if house.outbox is not None else (lambda: None)
    who = _Door(house)
    return create(Parts(engine=house.engine, database=house.database, clock=house.clock, who=who, deliver=deliver))


class _Door:
    """Finds out who asks."""

    def __init__(self, house: House) -> None:
        self.house = house

    def __call__(self, request: Request) -> Actor:
        """The actor. Raises RestError 401; NotFound for somebody who may not deploy: other people's diagrams are not there for them."""
        _refuse_other_sites(request)
        actor = self._actor(request)
        self.house.engine.home.policy.may(actor, "deploy", FOREIGN)
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
        account = prove(self.house, login=login, password=password, now=self.house.clock.now()) if colon else None
        return _actor_of(account)

    def _open(self, request: Request) -> bool:
        """Nobody has an account, the clock is stepped by hand, and who asks sits at this machine."""
        if not hasattr(self.house.clock, "set_to") or not _is_loopback(request.client.host if request.client else ""):
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
