"""How much somebody may still send: so many in a span, given back evenly. One instant per subject, shared by all processes."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from store.selection.subject import Subject
from store.selection.tables_people import allowance


class Allowances(Subject):
    """Reads and takes allowances. A row says until when what was sent counts; one that is over says nothing and goes."""

    def wait(self, subject: str, *, most: int, per: timedelta, now: datetime) -> timedelta:
        """How long ``subject`` (a hash) must wait until it may send again; nothing if it may at once. ``most`` in the span ``per``."""
        until = self.connection.execute(select(allowance.c.until).where(allowance.c.subject == subject)).scalar()
        return max(until + per / most - per - now, timedelta()) if until is not None else timedelta()

    def take(self, subject: str, *, most: int, per: timedelta, now: datetime) -> timedelta:
        """The same, and where it may, what it sends counts from now on; of several at once each counts."""
        self.connection.execute(delete(allowance).where(allowance.c.until <= now))
        self._add_new(allowance, {"subject": subject}, until=now)
        locked = select(allowance.c.until).where(allowance.c.subject == subject).with_for_update()
        until = self.connection.execute(locked).scalar_one()
        waits = self.wait(subject, most=most, per=per, now=now)
        if not waits:
            self._set(allowance, {"subject": subject}, until=max(until, now) + per / most)
        return waits
