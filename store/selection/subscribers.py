"""Who asked for the public letters of §9.3 without an account: a mailbox that was proved, its language, the secret of its way out. Nothing else."""

from datetime import datetime

from sqlalchemy import delete, exists, select

from store.selection.mail import mail
from store.selection.subject import Fact, Subject
from store.selection.tables_people import subscriber, token

PURPOSE = "subscription"  # of the proof that is mailed, and the name of its letter


class Subscribers(Subject):
    """Reads and writes of subscriptions. A mailbox is there once it was proved and gone, letters and all, once it leaves."""

    def confirm(self, *, address: str, language: str, secret: str, at: datetime) -> None:
        """The mailbox gets the public letters from now on, in `language` ("zh" or "en"); who had them before keeps the way out of old letters."""
        if not self._set(subscriber, {"mail": address}, language=language):
            self._add_new(subscriber, {"mail": address}, id=self.next_id("U"), language=language, secret=secret, confirmed_at=at)

    def everybody(self) -> list[Fact]:
        """All, the oldest first: id, mail, language, secret, confirmed_at. Who is read stays until the commit, so that no letter outlives its reader."""
        return list(self.connection.execute(select(subscriber).order_by(subscriber.c.confirmed_at, subscriber.c.id).with_for_update(read=True)))

    def listed(self, *, limit: int, offset: int = 0) -> list[Fact]:
        """The same for a page, the latest first."""
        latest = select(subscriber).order_by(subscriber.c.confirmed_at.desc(), subscriber.c.id.desc())
        return list(self.connection.execute(latest.limit(limit).offset(offset)))

    def count(self) -> int:
        """How many there are."""
        return self._count(subscriber)

    def leave(self, *, secret: str = "", name: str = "") -> bool:
        """Forget the subscriber with this secret or id: mailbox, proofs and letters. Out: whether there was one."""
        meant = subscriber.c.secret == secret if secret else subscriber.c.id == name
        gone = self.connection.execute(delete(subscriber).where(meant).returning(subscriber.c.id, subscriber.c.mail)).first()
        if gone is None:
            return False
        self.connection.execute(delete(mail).where(mail.c.recipient == gone.id))
        self.connection.execute(delete(mail).where(mail.c.template == PURPOSE, mail.c.address == gone.mail))
        self.connection.execute(delete(token).where(token.c.purpose == PURPOSE, token.c.mail == gone.mail))
        return True

    def forget_unproved(self, *, before: datetime) -> None:
        """Forget who asked before an instant and never proved the mailbox: the proof and its letter."""
        proved = exists().where(subscriber.c.mail == mail.c.address)
        self.connection.execute(delete(mail).where(mail.c.template == PURPOSE, mail.c.created_at < before, ~proved))
        self.connection.execute(delete(token).where(token.c.purpose == PURPOSE, token.c.created_at < before))
