"""How an enterprise comes in: an account, the proof of its mailbox, the binding of one USCC. A second claim goes to the office."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from notifications.addresses import one_address
from notifications.errors import AddressInvalid
from notifications.outbox import Recipient
from selection import uscc as codes
from selection.errors import Refused
from store.selection.accounts import Accounts
from store.selection.tokens import hashed
from web.fields import Name, Text, Word
from web.granting import give
from web.house import House
from web.mailed import UNKNOWN, mail_asked
from web.pages import go, page
from web.reading import TheHouse
from web.security import set_cookie
from web.visitors import SESSION_COOKIE, Access, Visitor, not_found

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access(public=True))]
SignedIn = Annotated[Visitor, Depends(Access())]
LONGEST_NAME = 100


@router.get("/register")
def register_page(request: Request, visitor: Anybody) -> Response:
    """The form for a new enterprise account."""
    return go("/inbox") if visitor.signed_in else page(request, "register.html", name="", mail="", refusal=None)


@router.post("/register")
def register(
    request: Request, visitor: Anybody, house: TheHouse, name: Word = "", mail: Word = ""
) -> Response:
    """Mail the proof of the mailbox. The answer is the same whether the mailbox is known or not."""
    name, mail = name.strip(), mail.strip().lower()
    try:
        one_address(mail)
    except AddressInvalid as refusal:
        return page(request, "register.html", status=422, name=name, mail=mail, refusal=refusal)
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        missing = Refused(
            "register.name", zh="请填写联系人姓名（不超过一百字）。", en="Please give the contact's name (at most 100 characters)."
        )
        return page(request, "register.html", status=422, name=name, mail=mail, refusal=missing)
    house.database.run(lambda connection: _invite(connection, house=house, name=name, mail=mail, language=visitor.language))
    return page(request, "password_asked.html", registered=True)


def _invite(connection: Connection, *, house: House, name: str, mail: str, language: str) -> None:
    accounts, now = Accounts(connection), house.clock.now()
    known = accounts.by_login(mail)
    if known is not None and known.password_hash is not None:
        # Somebody has this account: the owner of the mailbox learns it, the page does not tell.
        to = Recipient(id=known.id, name=known.name, address=mail, language=known.language)
        mail_asked(connection, house=house, purpose="reset", to=to, now=now, person=known.id)
        return
    mail_asked(connection, house=house, purpose="mailbox", to=Recipient(id=UNKNOWN, name=name, address=mail, language=language), now=now)


@router.get("/enterprise")
def binding_page(request: Request, visitor: SignedIn) -> Response:
    """The form to bind an enterprise; only for accounts without any role."""
    if visitor.actor.groups:
        raise not_found()
    return page(request, "enterprise.html", typed={}, refusal=None, taken=False)


@router.post("/enterprise")
def bind(
    request: Request,
    visitor: SignedIn,
    house: TheHouse,
    name: Name = "",
    uscc: Word = "",
    statement: Text = "",
) -> Response:
    """Bind one USCC to the account. A code that is bound already needs a statement and goes to the office."""
    if visitor.actor.groups:
        raise not_found()
    code, name = codes.normalise(uscc), name.strip()
    typed = {"name": name, "uscc": uscc, "statement": statement}
    if not codes.is_valid(code) or not name:
        refusal = Refused(
            "uscc.invalid",
            zh="请填写企业全称和18位统一社会信用代码，并核对校验位（最后一位）。",
            en="Please give the enterprise's full name and its 18-character USCC; check the last character.",
        )
        return page(request, "enterprise.html", status=422, typed=typed, refusal=refusal, taken=False)
    outcome, secret = house.database.run(
        lambda connection: _bind(connection, house, visitor, code=code, name=name, statement=statement.strip())
    )
    if outcome == "taken":
        refusal = Refused(
            "uscc.taken",
            zh="该统一社会信用代码已由其他账号绑定。如确为本企业，请写明情况，提交办公室处理。",
            en="Another account has bound this USCC. If it is your enterprise, please explain; the office will decide.",
        )
        return page(request, "enterprise.html", status=409, typed=typed, refusal=refusal, taken=True)
    response = go("/portal" if outcome == "bound" else "/inbox", said=outcome)
    if outcome == "bound":
        with house.database.read() as reading:
            bound = Accounts(reading).enterprise_by_uscc(code)
        if bound is not None:
            house.tell("account_bound", actor=visitor.actor, enterprise=bound.id)
        set_cookie(response, house=house, name=SESSION_COOKIE, value=secret)
    return response


def _bind(connection: Connection, house: House, visitor: Visitor, *, code: str, name: str, statement: str) -> tuple[str, str]:
    accounts, now, person = Accounts(connection), house.clock.now(), visitor.actor.id
    if accounts.enterprise_by_uscc(code) is not None:
        if not statement:
            return "taken", ""
        accounts.dispute_uscc(uscc=code, person=person, statement=statement, at=now)
        return "disputed", ""
    mail = visitor.account.mail if visitor.account else None
    enterprise = accounts.bind_enterprise(uscc=code, name=name, by=person, at=now, contact=person, mail=mail)
    give(connection, house=house, person=person, groups=[f"applicant_editor@{enterprise}"], now=now, by=person)
    # More rights, a new session: an id that somebody saw before is worth nothing now.
    accounts.end_sessions(person)
    secret = secrets.token_urlsafe(32)
    accounts.add_session(digest=hashed(secret), person=person, at=now, expires=now + house.settings.session_absolute)
    return "bound", secret
