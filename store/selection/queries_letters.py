"""Named reads of letters by those they were written to. The outbox, the office's view of them, is read in `queries_office`.

What is held for a release, what was given up before anybody tried to bring it and what carries a secret address is not there.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, func, not_, select

from store.selection.contacts import LETTER
from store.selection.mail import DROPPED, mail
from store.selection.queries_office import Rows

# A letter about an account has no season, one to a subscriber has its way out in it, one to a contact confirms a mailbox: addresses for the mailbox alone.
_OPEN = and_(mail.c.tenant != "", mail.c.unsubscribe == "", mail.c.template != LETTER)
_TOLD = and_(mail.c.state != "held", not_(DROPPED))
# A letter that was held is as old as its release, not as the meeting that decided: its first try follows that, further ones move `due_at` only.
_AT = case((mail.c.hold == "", mail.c.created_at), else_=func.coalesce(mail.c.first_attempt_at, mail.c.due_at)).label("at")
_COLUMNS = (mail.c.id, mail.c.subject, mail.c.about, mail.c.language, _AT)


def letters_to(connection: Connection, recipients: Collection[str], *, limit: int = 200, offset: int = 0) -> Rows:
    """The letters to these ids (a person's, an organisation's) that may be read by now, the newest first, without their text.

    ``at``, an aware instant: when the letter was let go, whatever the mail server said to it.
    """
    found = select(*_COLUMNS).where(_theirs(recipients)).order_by(_AT.desc(), mail.c.id).limit(limit).offset(offset)
    return connection.execute(found).mappings().all()


def letter_to(connection: Connection, recipients: Collection[str], *, letter: str) -> RowMapping | None:
    """One such letter with its text (``body``); None for another's, for none, and for one that may not be read yet."""
    return connection.execute(select(*_COLUMNS, mail.c.body).where(_theirs(recipients), mail.c.id == letter)).mappings().first()


def _theirs(recipients: Collection[str]) -> ColumnElement[bool]:
    return and_(mail.c.recipient.in_(sorted(recipients)), _OPEN, _TOLD)
