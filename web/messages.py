"""Messages (§9.3: e-mail and in the pages): the letters of the selection to the visitor, whatever became of them at the mail server."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from store.selection.queries_letters import letter_to, letters_to
from store.selection.queries_office import Rows
from web.cases import path_of_case
from web.pages import page
from web.paging import WHOLE, Start, paged
from web.reading import Reading
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, there

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
# Who reads what was written to an organisation's own mailbox, because nobody of it had one: the roles that answer for it.
FOR_THEIRS = ("ru_officer", "applicant_editor", "expert")
COLUMNS = (Column("主题", "subject"), Column("时间", "at"))


@router.get("/messages")
def messages(request: Request, visitor: SignedIn, connection: Reading, start: Start = 0, form: str = "") -> Response:
    """The visitor's letters, the newest first."""

    def take(limit: int, offset: int) -> Rows:
        return letters_to(connection, mailboxes(visitor), limit=limit, offset=offset)

    if form == "xlsx":
        return sheet("站内消息", COLUMNS, take(WHOLE, 0), language=visitor.language)
    return page(request, "messages.html", shown=paged(take, start=start))


@router.get("/messages/{mail}")
def message(request: Request, visitor: SignedIn, connection: Reading, mail: str) -> Response:
    """One letter, and the application that it is about."""
    row = there(letter_to(connection, mailboxes(visitor), letter=mail))
    return page(request, "message.html", letter=row, case_path=path_of_case(connection, row["about"], visitor=visitor))


def mailboxes(visitor: Visitor) -> tuple[str, ...]:
    """Whose letters the visitor may read: one's own, and those to the organisations that one answers for."""
    return visitor.actor.id, *visitor.organisations(*FOR_THEIRS)
