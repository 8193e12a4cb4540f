"""What the letter to the contact's mailbox of an application leads to (§4.2). Opening it changes nothing: mail programs open every address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from selection.errors import Refused
from store.selection.accounts import Accounts
from store.selection.contacts import PURPOSE, Contacts
from store.selection.tokens import hashed
from web.pages import page
from web.reading import Reading, TheHouse
from web.visitors import Access, Visitor

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]


@router.get("/public/contact/{secret}")
def confirming(request: Request, visitor: Anybody, connection: Reading, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Who named the mailbox, and one button."""
    found = Accounts(connection).live_token(digest=hashed(secret), purpose=PURPOSE, now=request.state.house.clock.now())
    if found is None:
        raise _over()
    return page(request, "public/contact.html", mail=found.mail, enterprise=found.name, done=False)


@router.post("/public/contact/{secret}")
def confirm(request: Request, visitor: Anybody, house: TheHouse, secret: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The mailbox is the contact's."""
    now = house.clock.now()

    def write(connection: Connection) -> tuple[str, str] | None:
        proved = Accounts(connection).use_token(digest=hashed(secret), purpose=PURPOSE, now=now)
        if proved is None:
            return None
        Contacts(connection).confirm(groups=proved.grants, mail=proved.mail, at=now)
        return proved.mail, proved.name

    confirmed = house.database.run(write)
    if confirmed is None:
        raise _over()
    return page(request, "public/contact.html", mail=confirmed[0], enterprise=confirmed[1], done=True)


def _over() -> Refused:
    return Refused(
        "contact.over",
        zh="该确认地址已使用过或已过期。尚未确认的，请由申报单位在“我的申报”中重新发送确认邮件。",
        en="This address was used already or has expired. If the mailbox is not confirmed yet, the enterprise can send the mail again from its application.",
    )
