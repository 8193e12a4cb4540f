"""That nobody has confirmed the contact's mailbox yet, for who checks the form (§4.2). Reads only."""

from collections.abc import Sequence

from sqlalchemy import Connection

from store.selection.contacts import Contacts
from web.i18n import word
from web.looking import Look
from web.told import Told, facts_of


def unconfirmed(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N04a, N04b: the mailbox; nothing once it is confirmed. It holds the check up in nothing."""
    mail = Contacts(connection).unproved(seen.owner)
    return (Told(word(language, "联系邮箱尚未确认"), facts=facts_of(language, ("联系邮箱", mail)), warns=True),) if mail else ()
