"""The contact mailboxes of the 申报书 (§4.2): which of them somebody reads for the enterprise."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select

from selection.form import contact_mailbox
from store.prepared import Prepared
from store.selection.application import ApplicationFacts
from store.selection.subject import Subject
from store.selection.tables_people import contact, person, role_grant

PURPOSE = "contact"  # of the token that is mailed; what it gives is "contact@" and the enterprise
LETTER = "04_contact"  # the letter that carries it
_own = exists().where(
    role_grant.c.organisation == bindparam("of"), role_grant.c.person == person.c.id, person.c.active, person.c.mail_confirmed_at.is_not(None),
    func.lower(person.c.mail) == bindparam("at"),
)  # fmt: skip
_confirmed = exists().where(contact.c.enterprise == bindparam("of"), contact.c.mail == bindparam("at"))
_proved = Prepared(select(or_(_confirmed, _own).label("proved")))


class Contacts(Subject):
    """Reads and writes of confirmed contact mailboxes, in lower case."""

    def is_proved(self, *, enterprise: str, mail: str) -> bool:
        """Whether the mailbox was confirmed for the enterprise, or is the proved one of an account that acts for it."""
        return bool(_proved.value(self.connection, {"of": enterprise, "at": mail}))

    def unproved(self, application: str) -> str:
        """The contact's mailbox in the submission that counts while nobody has confirmed it; "" when there is none such."""
        facts = ApplicationFacts(self.connection)
        row, form = facts.get(application), facts.form(application, state="submitted")
        mail = contact_mailbox(form.data) if form else ""
        return mail if row and mail and not self.is_proved(enterprise=row.enterprise, mail=mail) else ""

    def confirm(self, *, groups: Collection[str], mail: str, at: datetime) -> None:
        """Who reads the mailbox says that it is the contact's; ``groups``: what the mailed token gives (`contact@E001`). A second time changes nothing."""
        for group in groups:
            self._add_new(contact, {"enterprise": group.partition("@")[2], "mail": mail}, confirmed_at=at)
