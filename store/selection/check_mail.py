"""Invariants of letters and of who gets them, each a named function that gives its violations as sentences. Reads only."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from store.selection import tables_people as p
from store.selection import tables_result as r
from store.selection.check_result import season_of
from store.selection.mail import mail

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
SPOKEN = ("zh", "en")  # the languages of letters
UNDER_WAY = ("sent", "filed", "sending", "new")


def results_mailed_after_release(connection: Connection) -> Violations:
    """No result mail left the state "held" before its result was released."""
    released = {(row.kind, row.subject): row.at for row in connection.execute(select(r.release))}
    for kind, subject in tuple(released):
        released.setdefault((kind, season_of(connection, kind, subject)), released[kind, subject])  # a shortlist waits for its season's
    for row in connection.execute(select(mail).where(mail.c.hold != "", mail.c.state.in_(UNDER_WAY))):
        kind, _, subject = row.hold.partition(":")
        at = released.get((kind, subject))
        if at is None or (row.sent_at is not None and row.sent_at < at):
            yield f"mail {row.id} left before the release {row.hold}"


def released_mails_went(connection: Connection) -> Violations:
    """What was held for a release that has taken place since was let go: nobody waits for a result that is out."""
    at: dict[str, datetime] = {}
    for row in connection.execute(select(r.release)):
        for subject in (row.subject, season_of(connection, row.kind, row.subject)):  # a shortlist's letters wait for their season's
            hold = f"{row.kind}:{subject}"
            at[hold] = max(at.get(hold, row.at), row.at)
    for row in connection.execute(select(mail.c.id, mail.c.hold, mail.c.created_at).where(mail.c.state == "held")):
        if row.hold in at and row.created_at <= at[row.hold]:
            yield f"mail {row.id} is held although {row.hold} was released"


def held_mails_wait(connection: Connection) -> Violations:
    """A held mail names the release it waits for and was never tried."""
    odd = select(mail.c.id).where(mail.c.state == "held", or_(mail.c.hold == "", mail.c.attempt > 0, mail.c.sent_at.is_not(None)))
    yield from (f"mail {each} is held, yet was tried or waits for nothing" for each in connection.execute(odd).scalars())


def mails_have_one_address(connection: Connection) -> Violations:
    """Each mail names exactly one mailbox and a subject of one line."""
    for row in connection.execute(select(mail.c.id, mail.c.address, mail.c.subject)):
        several = row.address.count("@") != 1 or any(mark in row.address for mark in ",; \r\n")
        if several or any(mark in row.subject for mark in "\r\n\u2028"):
            yield f"mail {row.id} has the address {row.address!r}"


def sent_mails_are_dated(connection: Connection) -> Violations:
    """A mail that was sent or filed has the instant of it and was tried; one that is being tried has a lease."""
    done = and_(mail.c.state.in_(["sent", "filed"]), or_(mail.c.sent_at.is_(None), mail.c.attempt == 0))
    trying = and_(mail.c.state == "sending", mail.c.lease_until.is_(None))
    odd = select(mail.c.id).where(or_(done, trying))
    yield from (f"mail {each} is not dated as its state says" for each in connection.execute(odd).scalars())


def subscribers_read_their_letters(connection: Connection) -> Violations:
    """A letter with a way out belongs to somebody who subscribes still: who leaves is forgotten, letters and all."""
    gone = select(mail.c.id).where(mail.c.unsubscribe != "", mail.c.recipient.not_in(select(p.subscriber.c.id)))
    yield from (f"mail {each} is for a subscriber who has left" for each in connection.execute(gone).scalars())


def subscribers_can_be_written_to(connection: Connection) -> Violations:
    """A subscriber has one mailbox in lower case, a language in which letters are written, and the secret of the way out."""
    one = p.subscriber.c
    odd = or_(one.language.not_in(SPOKEN), one.secret == "", one.mail.not_like("%_@_%"), one.mail.like("%@%@%"), one.mail != func.lower(one.mail))
    yield from (f"subscriber {each} cannot be written to" for each in connection.execute(select(one.id).where(odd)).scalars())


CHECKS: tuple[Check, ...] = (
    results_mailed_after_release,
    released_mails_went,
    held_mails_wait,
    mails_have_one_address,
    sent_mails_are_dated,
    subscribers_read_their_letters,
    subscribers_can_be_written_to,
)
