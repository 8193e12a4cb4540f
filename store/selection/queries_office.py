"""Named reads of the office's desk: mails, experts, enterprises, the calendar.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from store.selection.mail import DROPPED, mail
from store.selection.tables_people import enterprise, expert, invitation, person, working_year

Rows = Sequence[RowMapping]
TELLING = "41_system"


def outbox(connection: Connection, *, state: str = "", search: str = "", limit: int = 200, offset: int = 0) -> Rows:
    """Mails, the newest first, without their text."""
    columns = [column for column in mail.c if column.name != "body"]
    found = select(*columns).order_by(mail.c.created_at.desc(), mail.c.id).limit(limit).offset(offset)
    if state:
        found = found.where(mail.c.state == state)
    if search:
        found = found.where(
            or_(*(column.icontains(search, autoescape=True) for column in (mail.c.recipient_name, mail.c.address, mail.c.subject)))
        )
    return connection.execute(found).mappings().all()


def mail_by_id(connection: Connection, mail_id: str) -> RowMapping | None:
    """One mail, and whether it is a result `dropped` before its release."""
    return connection.execute(select(mail, DROPPED.label("dropped")).where(mail.c.id == mail_id)).mappings().first()


def mail_counts(connection: Connection) -> dict[str, int]:
    """How many mails are in each state."""
    return dict(connection.execute(select(mail.c.state, func.count()).group_by(mail.c.state)).all())


def mail_waits(connection: Connection, *, since: datetime) -> bool:
    """Whether a mail was due, or tried for the first time, by then and has not gone out."""
    waiting = mail.c.state.in_(("new", "sending")) & or_(mail.c.due_at <= since, mail.c.first_attempt_at <= since)
    return connection.execute(select(mail.c.id).where(waiting).limit(1)).first() is not None


def mail_failed(connection: Connection) -> bool:
    """Whether the house has given up bringing some mail."""
    return connection.execute(select(mail.c.id).where(mail.c.state == "dead").limit(1)).first() is not None


def mail_given_up(connection: Connection) -> str:
    """Which letters were tried in vain and given up, as a mark that is another one when more of them are; "" when there are none.

    Not counted: what was never tried, and the letters (41) that tell of this.
    """
    vain = and_(mail.c.state == "dead", mail.c.attempt > 0, mail.c.template != TELLING)
    number, newest = connection.execute(select(func.count(), func.max(mail.c.created_at)).where(vain)).one()
    return f"{number}:{newest.isoformat()}" if number else ""


def held_releases(connection: Connection) -> Rows:
    """The releases that result mails wait for, with their number."""
    found = (
        select(mail.c.tenant, mail.c.hold, func.count().label("number")).where(mail.c.state == "held").group_by(mail.c.tenant, mail.c.hold)
    )
    return connection.execute(found.order_by(mail.c.hold)).mappings().all()


def experts_listed(connection: Connection, *, of_season: str) -> Rows:
    """The pool with the season's invitation of each."""
    invited = and_(invitation.c.expert == expert.c.id, invitation.c.season == of_season)
    found = select(expert, invitation.c.state.label("invitation"), invitation.c.at.label("invited_at"), invitation.c.recorded_by).outerjoin(invitation, invited)
    return connection.execute(found.order_by(expert.c.id)).mappings().all()


def enterprises_listed(connection: Connection, *, search: str = "", limit: int = 500, offset: int = 0) -> Rows:
    """The bound enterprises with their contact."""
    found = select(enterprise, person.c.name.label("contact_name")).outerjoin(person, person.c.id == enterprise.c.contact)
    if search:
        found = found.where(or_(enterprise.c.name.icontains(search, autoescape=True), enterprise.c.uscc.icontains(search, autoescape=True)))
    return connection.execute(found.order_by(enterprise.c.name, enterprise.c.id).limit(limit).offset(offset)).mappings().all()


def working_years(connection: Connection) -> Rows:
    """The calendar's years with their status and source."""
    return connection.execute(select(working_year).order_by(working_year.c.year.desc())).mappings().all()
