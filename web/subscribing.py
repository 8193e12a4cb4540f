"""Letters of what is public (§9.3: 1, 32, 37, 39) for people without an account: asked for, confirmed from the mailbox, ended with one click.

No answer tells whether a mailbox is among them. An address in a letter changes nothing when it is only opened: mail programs open them all.
"""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from notifications.addresses import one_address
from notifications.errors import AddressInvalid
from notifications.outbox import SUBSCRIBER, Recipient
from selection.errors import Refused
from store.selection.accounts import Accounts
from store.selection.subscribers import PURPOSE, Subscribers
from store.selection.tokens import hashed
from web.fields import Word
from web.i18n import LANGUAGES
from web.mailed import GOOD_FOR, UNKNOWN, mail_asked
from web.pages import go, page
from web.paging import Start, paged
from web.reading import Reading, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]
Leaver = Annotated[Visitor, Depends(Access("see_public", public=True, by_link=True))]
Post = Annotated[Visitor, Depends(Access("see_outbox"))]
Keeper = Annotated[Visitor, Depends(Access("keep_subscribers"))]


@router.get("/public/subscription")
def asking(request: Request, visitor: Anybody) -> Response:  # noqa: ARG001 - carries the route's rule
    """The form to subscribe."""
    return page(request, "public/subscription.html", mail="", refusal=None)


@router.post("/public/subscription")
def ask(request: Request, visitor: Anybody, house: TheHouse, mail: Word = "") -> Response:
    """Mail the proof of the mailbox. The answer is the same whether it is subscribed or not."""
    address, now = mail.strip().lower(), house.clock.now()
    try:
        one_address(address)
    except AddressInvalid as refusal:
        return page(request, "public/subscription.html", status=422, mail=mail, refusal=refusal)
    language = "en" if visitor.language == "en" else "zh"
    to = Recipient(id=UNKNOWN, name=SUBSCRIBER[language], address=address, language=language)

    def write(connection: Connection) -> None:
        Subscribers(connection).forget_unproved(before=now - GOOD_FOR[PURPOSE])
        mail_asked(connection, house=house, purpose=PURPOSE, to=to, now=now)

    house.database.run(write)
    return page(request, "public/subscription_asked.html")


@router.get("/public/subscription/{secret}")
def confirming(request: Request, visitor: Anybody, connection: Reading, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """What the mailed address opens: the mailbox, the language of the letters, one button."""
    found = Accounts(connection).live_token(digest=hashed(secret), purpose=PURPOSE, now=request.state.house.clock.now())
    if found is None:
        raise _over()
    return page(request, "public/subscription_confirm.html", mail=found.mail, languages=LANGUAGES)


@router.post("/public/subscription/{secret}")
def confirm(request: Request, visitor: Anybody, house: TheHouse, secret: str, language: Word = "zh") -> Response:  # noqa: ARG001 - carries the route's rule
    """The mailbox is proved: it gets the letters from now on."""
    now, chosen = house.clock.now(), language if language in LANGUAGES else "zh"

    def write(connection: Connection) -> bool:
        proved = Accounts(connection).use_token(digest=hashed(secret), purpose=PURPOSE, now=now)
        if proved is not None:
            way_out = secrets.token_urlsafe(24)
            Subscribers(connection).confirm(address=proved.mail, language=chosen, secret=way_out, at=now)
        return proved is not None

    if not house.database.run(write):
        raise _over()
    return page(request, "public/subscription_confirmed.html")


def _over() -> Refused:
    return Refused(
        "subscription.over",
        zh="该确认地址已使用过或已过期。尚未收到通知的，请重新订阅。",
        en="This address was used already or has expired. If you get no letters yet, please subscribe again.",
    )


@router.get("/public/unsubscribe/{secret}")
def leaving(request: Request, visitor: Anybody, secret: str) -> Response:  # noqa: ARG001 - whether it is known is nobody's business
    """What the way out of a letter opens: one button, whether the address is known or not."""
    return page(request, "public/unsubscribe.html", done=False)


@router.post("/public/unsubscribe/{secret}")
def leave(request: Request, visitor: Leaver, house: TheHouse, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """No more letters; the mailbox and its letters are deleted. Mail programs post here by themselves (RFC 8058). A second time says the same."""
    house.database.run(lambda connection: Subscribers(connection).leave(secret=secret))
    return page(request, "public/unsubscribe.html", done=True)


@router.get("/office/subscribers")
def subscribers(request: Request, visitor: Post, connection: Reading, start: Start = 0) -> Response:
    """Who gets the public letters, for the office."""
    facts = Subscribers(connection)

    def take(limit: int, offset: int) -> Sequence[Any]:
        return facts.listed(limit=limit, offset=offset)

    return page(request, "subscribers.html", shown=paged(take, start=start), total=facts.count(), may_remove=visitor.may("keep_subscribers"))


@router.post("/office/subscribers/{subscriber}/removal")
def remove(visitor: Keeper, house: TheHouse, subscriber: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The same as leaving, for somebody who asks the office."""
    if not house.database.run(lambda connection: Subscribers(connection).leave(name=subscriber)):
        raise not_found()
    return go("/office/subscribers", said="removed")
