"""Signing in and out, setting passwords, choosing the language. The same answer whether a name is known or not."""

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from notifications.outbox import Recipient
from selection.errors import HouseError, Refused
from store.selection.accounts import KNOWN_FOR, Account, Accounts, Attempt
from store.selection.tokens import hashed
from web.fields import Path, Word
from web.house import House
from web.i18n import LANGUAGES
from web.limits import place_of
from web.mailed import mail_asked, open_link, spent
from web.naming import organisations, roles_told
from web.pages import go, local_path, page
from web.passwords import check_password, hash_password, wait_after, wait_everywhere
from web.reading import Reading
from web.security import set_cookie
from web.visitors import (
    BROWSER_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    VISIT_COOKIE,
    Access,
    Visitor,
    browser_of,
    cookie_name,
    not_found,
)

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access(public=True))]
SignedIn = Annotated[Visitor, Depends(Access())]
PURPOSES = ("reset", "invitation", "mailbox")
WRONG = Refused(
    "login.wrong",
    zh="登录名或密码不正确，或因连续输错暂不能登录。输错五次须等待十五分钟，等待期间输入正确的密码也不能登录；"
    "忘记密码的，请点“忘记密码”通过邮件重新设置，设置后即可登录。",
    en="The login or password is wrong, or there were too many wrong attempts. After five you must wait a quarter of an hour, during which the right "
    "password does not work either; if you forgot it, set a new one by mail: after that you can sign in at once.",
)


@router.get("/login")
def login_page(request: Request, visitor: Anybody, then: str = "/") -> Response:
    """The form to sign in."""
    return go("/inbox") if visitor.signed_in else page(request, "login.html", login="", then=local_path(then), refusal=None)


@router.post("/login")
def login(
    request: Request,
    visitor: Anybody,
    login: Word = "",
    password: Word = "",
    then: Path = "/",
) -> Response:
    """Sign in: a new session id each time, the earlier session of this browser ends."""
    house: House = request.state.house
    now = house.clock.now()
    browser, place = browser_of(request, house=house), place_of(request)
    account = prove(house, login=login, password=password, browser=browser, place=place)
    if account is None:
        return page(request, "login.html", status=422, login=login, then=local_path(then), refusal=WRONG)
    secret = secrets.token_urlsafe(32)

    def begin(connection: Connection) -> str:
        accounts = Accounts(connection)
        if visitor.session is not None:
            accounts.close_session(visitor.session)
        accounts.add_session(digest=hashed(secret), person=account.id, at=now, expires=now + house.settings.session_absolute)
        return _remember(connection, request, house=house, person=account.id, now=now)

    known = house.database.run(begin)
    target = local_path(then)
    response = go("/inbox" if target == "/" else target)
    set_cookie(response, house=house, name=SESSION_COOKIE, value=secret)
    _known_from_now(response, house=house, secret=known)
    return response


def _remember(connection: Connection, request: Request, *, house: House, person: str, now: datetime) -> str:
    """The account knows this browser from now on, under the new secret given back: strangers' wrong guesses do not lock it out here."""
    secret = secrets.token_urlsafe(32)
    Accounts(connection).know_browser(person, digest=hashed(secret), former=browser_of(request, house=house), now=now)
    return secret


def _known_from_now(response: Response, *, house: House, secret: str) -> None:
    set_cookie(response, house=house, name=BROWSER_COOKIE, value=secret, age=int(KNOWN_FOR.total_seconds()))


def prove(house: House, *, login: str, password: str, browser: str = "", place: str = "") -> Account | None:
    """The account if the password fits and the account may sign in now, in this browser or from this place (an address).

    Unknown and locked names cost the same work. Who must wait does so by the wall's time: no clock that stands still keeps anybody out.
    """
    now = house.wall.now()

    def count(connection: Connection) -> Attempt | None:
        # Counted before the password is looked at: of many guesses at once, none is free.
        accounts = Accounts(connection)
        attempt = accounts.attempt(login, now=now, browser=browser, place=hashed(f"place\0{place}"))
        if attempt is not None and attempt.failures > 1:
            accounts.hold(attempt, failures=attempt.failures, until=wait_after(attempt.failures, now=now))
        if attempt is not None and (until := wait_everywhere(attempt.everywhere, now=now)):
            accounts.hold_everywhere(attempt, failures=attempt.everywhere, until=until)
        return attempt

    attempt = house.database.run(count)
    fits = check_password(attempt.account.password_hash if attempt else None, password)
    if attempt is None or not fits:
        return None

    def forget(connection: Connection) -> None:
        Accounts(connection).hold(attempt, failures=0, until=None)
        if attempt.everywhere:
            Accounts(connection).hold_everywhere(attempt, failures=0, until=None)

    house.database.run(forget)
    return attempt.account if attempt.account.active else None


@router.post("/logout")
def logout(request: Request, visitor: Anybody) -> Response:
    """Sign out: the session's row goes, the cookie with it."""
    house: House = request.state.house
    if visitor.session is not None:
        house.database.run(lambda connection: Accounts(connection).close_session(visitor.session or ""))
    response = go("/login")
    for name in (SESSION_COOKIE, VISIT_COOKIE):
        response.delete_cookie(cookie_name(house, name), path="/", secure=house.settings.secure_cookies)
    return response


@router.post("/language")
def choose_language(
    request: Request, visitor: Anybody, language: Word = "zh", then: Path = "/"
) -> Response:
    """Switch the language, here and for this person's mails."""
    house: House = request.state.house
    chosen = language if language in LANGUAGES else "zh"
    if visitor.signed_in:
        house.database.run(lambda connection: Accounts(connection).change_person(visitor.actor.id, locale=chosen))
    response = go(local_path(then))
    set_cookie(response, house=house, name=LANGUAGE_COOKIE, value=chosen, age=365 * 24 * 3600)
    return response


@router.get("/password")
def reset_page(request: Request, visitor: Anybody) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask for a mail to set a new password."""
    return page(request, "password_ask.html")


@router.post("/password")
def ask_reset(request: Request, visitor: Anybody, login: Word = "") -> Response:  # noqa: ARG001 - carries the route's rule
    """Mail a link if the account is known and has a mailbox; say the same in any case."""
    house: House = request.state.house
    now = house.clock.now()

    def ask(connection: Connection) -> None:
        account = Accounts(connection).by_login(login)
        to = None
        if account is not None and account.active and account.mail:
            to = Recipient(id=account.id, name=account.name, address=account.mail, language=account.language)
        mail_asked(connection, house=house, purpose="reset", to=to, now=now, person=account.id if account else None)

    house.database.run(ask)
    return page(request, "password_asked.html", registered=False)


@router.get("/password/{purpose}/{secret}")
def password_page(request: Request, visitor: Anybody, connection: Reading, purpose: str, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The form to set a password, from a mailed link; whoever is invited reads as what. A link that is over says so at once."""
    if purpose not in PURPOSES:
        raise not_found()
    return _password_form(request, connection, purpose=purpose, secret=secret)


def _password_form(request: Request, connection: Connection, *, purpose: str, secret: str, refusal: HouseError | None = None) -> Response:
    token = Accounts(connection).live_token(digest=hashed(secret), purpose=purpose, now=request.state.house.clock.now())
    if token is None:
        raise spent()
    return page(
        request, "password_set.html", status=refusal.status if refusal else 200, purpose=purpose, secret=secret, refusal=refusal,
        grants=token.grants or (), name=token.name, names=organisations(connection, token.grants or (), language=request.state.visitor.language),
    )  # fmt: skip


@router.post("/password/{purpose}/{secret}")
def set_password(
    request: Request,
    visitor: Anybody,  # noqa: ARG001 - carries the route's rule
    connection: Reading,
    purpose: str,
    secret: str,
    password: Word = "",
    again: Word = "",
) -> Response:
    """Use the token up and set the password; all sessions of the person end."""
    house: House = request.state.house
    if purpose not in PURPOSES:
        raise not_found()
    try:
        if password != again:
            raise Refused(
                "password.differs", zh="两次输入的密码不一致，请重新输入。", en="The two passwords differ; please type them again."
            )
        new_hash = hash_password(password)
    except HouseError as refusal:
        return _password_form(request, connection, purpose=purpose, secret=secret, refusal=refusal)
    now = house.clock.now()

    def settle(connection: Connection) -> str:
        person = open_link(connection, house=house, digest=hashed(secret), purpose=purpose, password_hash=new_hash, now=now)
        return _remember(connection, request, house=house, person=person, now=now)

    response = go("/login", said="password")
    _known_from_now(response, house=house, secret=house.database.run(settle))
    return response


@router.get("/account")
def account_page(request: Request, visitor: SignedIn, connection: Reading) -> Response:
    """One's own account: name, mailbox, roles."""
    names = organisations(connection, visitor.actor.groups, language=visitor.language)
    roles = roles_told(visitor.actor.groups, names, language=visitor.language)
    return page(request, "account.html", account=visitor.account, roles=roles)
