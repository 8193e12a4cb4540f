"""Signing in and out, setting passwords, choosing the language. The same answer whether a name is known or not."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from notifications.outbox import Recipient
from selection.errors import HouseError, Refused
from store.selection.accounts import Account, Accounts
from web.house import House
from web.i18n import LANGUAGES
from web.mailed import mail_token
from web.pages import go, local_path, page
from web.passwords import check_password, hash_password, wait_after
from web.security import set_cookie
from web.visitors import LANGUAGE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, Access, Visitor, cookie_name, hashed, not_found

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access(public=True))]
SignedIn = Annotated[Visitor, Depends(Access())]
PURPOSES = ("reset", "invitation", "mailbox")
WRONG = Refused(
    "login.wrong",
    zh="登录名或密码不正确。连续输错后须等待一段时间才能再试，输错五次须等待十五分钟。",
    en="The login or password is wrong. After wrong attempts you must wait for a while, after five a quarter of an hour.",
)


@router.get("/login")
def login_page(request: Request, visitor: Anybody, then: str = "/") -> Response:
    """The form to sign in."""
    return go("/inbox") if visitor.signed_in else page(request, "login.html", login="", then=local_path(then), refusal=None)


@router.post("/login")
def login(
    request: Request,
    visitor: Anybody,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in: a new session id each time, the earlier session of this browser ends."""
    house: House = request.state.house
    now = house.clock.now()
    account = prove(house, login=login, password=password, now=now)
    if account is None:
        return page(request, "login.html", status=422, login=login, then=local_path(then), refusal=WRONG)
    secret = secrets.token_urlsafe(32)

    def begin(connection: Connection) -> None:
        accounts = Accounts(connection)
        if visitor.session is not None:
            accounts.close_session(visitor.session)
        accounts.add_session(digest=hashed(secret), person=account.id, at=now, expires=now + house.settings.session_absolute)

    house.database.run(begin)
    target = local_path(then)
    response = go("/inbox" if target == "/" else target)
    set_cookie(response, house=house, name=SESSION_COOKIE, value=secret)
    return response


def prove(house: House, *, login: str, password: str, now: datetime) -> Account | None:
    """The account if the password fits and the account may sign in now. Unknown and locked names cost the same work."""

    def count(connection: Connection) -> Account | None:
        # Counted before the password is looked at: of many guesses at once, none is free.
        accounts = Accounts(connection)
        account = accounts.attempt(login, now=now)
        if account is not None and account.failures > 1:
            accounts.change_person(account.id, locked_until=wait_after(account.failures, now=now))
        return account

    account = house.database.run(count)
    fits = check_password(account.password_hash if account else None, password)
    if account is None or not fits:
        return None
    house.database.run(lambda connection: Accounts(connection).change_person(account.id, failures=0, locked_until=None))
    return replace(account, failures=0) if account.active else None


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
    request: Request, visitor: Anybody, language: Annotated[str, Form()] = "zh", then: Annotated[str, Form()] = "/"
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
def ask_reset(request: Request, visitor: Anybody, login: Annotated[str, Form()] = "") -> Response:  # noqa: ARG001 - carries the route's rule
    """Mail a link if the account is known and has a mailbox; say the same in any case."""
    house: House = request.state.house
    now = house.clock.now()

    def ask(connection: Connection) -> None:
        account = Accounts(connection).by_login(login)
        if account is not None and account.active and account.mail:
            to = Recipient(id=account.id, name=account.name, address=account.mail, language=account.language)
            mail_token(connection, house=house, purpose="reset", to=to, now=now, person=account.id)

    house.database.run(ask)
    return page(request, "password_asked.html")


@router.get("/password/{purpose}/{secret}")
def password_page(request: Request, visitor: Anybody, purpose: str, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The form to set a password, from a mailed link."""
    if purpose not in PURPOSES:
        raise not_found()
    return page(request, "password_set.html", purpose=purpose, secret=secret, refusal=None)


@router.post("/password/{purpose}/{secret}")
def set_password(
    request: Request,
    visitor: Anybody,  # noqa: ARG001 - carries the route's rule
    purpose: str,
    secret: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
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
        return page(request, "password_set.html", status=refusal.status, purpose=purpose, secret=secret, refusal=refusal)
    now = house.clock.now()

    def settle(connection: Connection) -> None:
        accounts = Accounts(connection)
        token = accounts.use_token(digest=hashed(secret), purpose=purpose, now=now)
        if token is None or token.person is None:
            raise _spent()
        accounts.set_password(token.person, password_hash=new_hash)
        accounts.change_person(token.person, mail_confirmed_at=now)

    house.database.run(settle)
    return go("/login", said="password")


def _spent() -> Refused:
    return Refused(
        "token.spent",
        zh="该地址已使用过或已过期。请在登录页选择“忘记密码”，重新获取邮件。",
        en="This address was used already or has expired. Please choose “forgotten password” on the sign-in page to get a new mail.",
    )


@router.get("/account")
def account_page(request: Request, visitor: SignedIn) -> Response:
    """One's own account: name, mailbox, roles."""
    return page(request, "account.html", account=visitor.account)
