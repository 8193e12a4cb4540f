"""The outbox table: one row per mail and recipient, from the act that caused it to the answer of the mail server.

The table is one of `store.selection.tables`. Named statements only; what the words are and when to
try again is decided in `notifications`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.selection.base import metadata
from store.types import Instant

STATES = ("new", "held", "sending", "sent", "filed", "dead")

mail = Table(
    "mail",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("template", String(80), nullable=False),
    Column("about", String(80), nullable=False, default=""),
    Column("dedupe_key", String(300), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("recipient_name", String(200), nullable=False),
    Column("address", String(320), nullable=False),
    Column("language", String(2), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("hold", String(120), nullable=False, default=""),
    Column("unsubscribe", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("first_attempt_at", Instant),
    Column("lease_until", Instant),
    Column("attempt", Integer, nullable=False, default=0),
    Column("sent_at", Instant),
    Column("error", Text, nullable=False, default=""),
    UniqueConstraint("dedupe_key"),
    UniqueConstraint("message_id"),
    CheckConstraint("state in ('new','held','sending','sent','filed','dead')", name="state"),
    Index("ix_mail_due", "state", "due_at"),
    Index("ix_mail_hold", "hold"),
    Index("ix_mail_about", "tenant", "about"),
    Index("ix_mail_recipient", "recipient"),
)
# A result given up before its release: nobody tried to bring it, and it was never to be told.
DROPPED = and_(mail.c.state == "dead", mail.c.hold != "", mail.c.attempt == 0)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One row of the outbox. Instants are aware UTC; `attempt` counts the tries and fences a late answer of an earlier one.

    States: `new` waits for `due_at`; `held` waits for the release named `hold`; `sending` is leased until `lease_until`; `sent` was taken
    by the mail server; `filed` was written as a file because no server is set; `dead` was given up, `error` says why.
    `unsubscribe`: the address that ends such letters, of those to subscribers.
    """

    id: str
    tenant: str
    template: str
    about: str
    dedupe_key: str
    message_id: str
    recipient: str
    recipient_name: str
    address: str
    language: str
    subject: str
    body: str
    state: str
    hold: str
    created_at: datetime
    due_at: datetime
    unsubscribe: str = ""
    first_attempt_at: datetime | None = None
    lease_until: datetime | None = None
    attempt: int = 0
    sent_at: datetime | None = None
    error: str = ""


class MailRepository:
    """Reads and writes of the outbox on one connection, inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        """In: a connection with an open transaction."""
        self._connection = connection

    def add(self, row: Mail) -> bool:
        """Add a mail unless one with the same dedupe key is there. Out: whether it was added."""
        return self.add_all([row]) == 1

    def add_all(self, rows: Sequence[Mail]) -> int:
        """Add those mails whose dedupe key is not there yet. Out: how many were added."""
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(mail).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(mail.c.id)
        return len(self._connection.execute(statement, [vars(row) for row in rows]).all()) if rows else 0

    def get(self, mail_id: str) -> Mail | None:
        """One mail by its id."""
        found = self._connection.execute(select(mail).where(mail.c.id == mail_id)).mappings().first()
        return None if found is None else _mail(found)

    def find(
        self, *, tenant: str | None = None, state: str | None = None, about: str | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[Mail, ...]:
        """Mails for the outbox page, newest first, at most `limit`."""
        wanted = {mail.c.tenant: tenant, mail.c.state: state, mail.c.about: about}
        conditions = [column == value for column, value in wanted.items() if value is not None]
        statement = select(mail).where(*conditions).order_by(mail.c.created_at.desc(), mail.c.id).limit(limit).offset(offset)
        return tuple(map(_mail, self._connection.execute(statement).mappings()))

    def counts(self, *, tenant: str | None = None) -> dict[tuple[str, str], int]:
        """How many mails there are by (template, state)."""
        statement = select(mail.c.template, mail.c.state, func.count()).group_by(mail.c.template, mail.c.state)
        if tenant is not None:
            statement = statement.where(mail.c.tenant == tenant)
        return {(template, state): number for template, state, number in self._connection.execute(statement)}

    def held(self, hold: str) -> tuple[Mail, ...]:
        """The mails that wait for the release `hold`, by recipient's name: the list shown before releasing."""
        statement = select(mail).where(mail.c.hold == hold, mail.c.state == "held").order_by(mail.c.recipient_name, mail.c.id)
        return tuple(map(_mail, self._connection.execute(statement).mappings()))

    def release(self, hold: str, *, now: datetime) -> int:
        """Let the held mails of `hold` go. Out: how many."""
        waiting = update(mail).where(mail.c.hold == hold, mail.c.state == "held")
        return self._connection.execute(waiting.values(state="new", due_at=now)).rowcount

    def drop_held(self, *, tenant: str, about: str, reason: str) -> int:
        """Give up the held mails about a case (there is no result to tell any more). Out: how many."""
        waiting = update(mail).where(mail.c.tenant == tenant, mail.c.about == about, mail.c.state == "held")
        return self._connection.execute(waiting.values(state="dead", error=reason)).rowcount

    def claim(self, *, now: datetime, lease: timedelta, limit: int) -> tuple[Mail, ...]:
        """Take up to `limit` mails that are due, or whose lease of an earlier try ran out; each gets a new attempt number."""
        ready = or_(and_(mail.c.state == "new", mail.c.due_at <= now), and_(mail.c.state == "sending", mail.c.lease_until < now))
        chosen = select(mail.c.id).where(ready).order_by(mail.c.due_at, mail.c.id).limit(limit).with_for_update(skip_locked=True)
        statement = (
            update(mail)
            .where(mail.c.id.in_(chosen.scalar_subquery()))
            .values(
                state="sending",
                lease_until=now + lease,
                attempt=mail.c.attempt + 1,
                first_attempt_at=func.coalesce(mail.c.first_attempt_at, literal(now, Instant)),
            )
            .returning(*mail.c)
        )
        found = [_mail(row) for row in self._connection.execute(statement).mappings()]
        return tuple(sorted(found, key=lambda row: (row.due_at, row.id)))

    def settle(self, row: Mail, *, state: str, error: str = "", due_at: datetime | None = None, sent_at: datetime | None = None) -> bool:
        """Write what became of a try. Out: False when a later attempt has taken over in the meantime (nothing is written then)."""
        values: dict[str, Any] = {"state": state, "error": error, "lease_until": None, "sent_at": sent_at}
        if due_at is not None:
            values["due_at"] = due_at
        fence = (mail.c.id == row.id, mail.c.state == "sending", mail.c.attempt == row.attempt)
        return self._connection.execute(update(mail).where(*fence).values(values)).rowcount == 1

    def send_again(self, mail_id: str, *, now: datetime) -> bool:
        """Put a given-up or filed mail back into the queue, with the same text and Message-ID. Out: whether it was one.

        Not a result that was dropped before its release: it was never to be told.
        """
        values: Mapping[str, Any] = {"state": "new", "due_at": now, "first_attempt_at": None, "error": ""}
        ended = update(mail).where(mail.c.id == mail_id, mail.c.state.in_(("dead", "filed")), not_(DROPPED))
        return self._connection.execute(ended.values(values)).rowcount == 1

    def next_due(self) -> datetime | None:
        """The instant at which the next mail wants to be tried."""
        return self._connection.execute(select(func.min(mail.c.due_at)).where(mail.c.state == "new")).scalar()


def holds(connection: Connection, *, tenant: str) -> Sequence[tuple[str, int]]:
    """The releases that mails of a season wait for, with their number."""
    waiting = select(mail.c.hold, func.count()).where(mail.c.tenant == tenant, mail.c.state == "held")
    return [(hold, number) for hold, number in connection.execute(waiting.group_by(mail.c.hold).order_by(mail.c.hold))]


def _mail(row: RowMapping) -> Mail:
    return Mail(**row)
