"""Named reads for the page of a task: what its person must know of the list, the objection or the title before acting.

No rights here: who may see the task is asked first, and `web.telling` says which step is told what.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, and_, select

from store.selection.tables_application import application
from store.selection.tables_people import enterprise, person
from store.selection.tables_result import (
    approval,
    batch,
    batch_item,
    correction_notice,
    objection,
    publication,
    revocation,
    title,
    title_change,
)
from store.selection.tables_review import defence_slot, review_group, site_visit, stage_score

Rows = Sequence[RowMapping]


def list_lines(connection: Connection, batch_id: str) -> Rows:
    """The lines of a list in their order, whatever their state: as printed, else the application's own words."""
    joined = batch_item.join(application, application.c.id == batch_item.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    columns = (batch_item.c.seq, batch_item.c.state, batch_item.c.row, application.c.number, application.c.experience_name)
    found = select(*columns, enterprise.c.name.label("enterprise_name")).select_from(joined).where(batch_item.c.batch == batch_id)
    return connection.execute(found.order_by(batch_item.c.seq, batch_item.c.application)).mappings().all()


def public_line(connection: Connection, application_id: str) -> RowMapping | None:
    """The line of a published list that an application stands on while it is public: batch, season, row as printed, end of its period."""
    columns = (batch_item.c.batch, batch_item.c.row, batch_item.c.ends, batch.c.season)
    found = select(*columns).join(batch, batch.c.id == batch_item.c.batch)
    return connection.execute(found.where(batch_item.c.application == application_id, batch_item.c.state == "public")).mappings().first()


def announced_line(connection: Connection, title_id: str) -> RowMapping | None:
    """The line of an announcement that gave a title: batch, application, season, row as printed."""
    announced = and_(batch_item.c.application == title.c.application, batch_item.c.state == "announced")
    joined = title.join(batch_item, announced).join(batch, and_(batch.c.id == batch_item.c.batch, batch.c.kind == "announcement"))
    found = select(batch_item.c.batch, batch_item.c.application, batch_item.c.row, batch.c.season).select_from(joined)
    return connection.execute(found.where(title.c.id == title_id)).mappings().first()


def asked_correction(connection: Connection, *, batch_id: str, application_id: str) -> RowMapping | None:
    """The latest correction of a line of a list, with the name of who proposed it."""
    c = correction_notice.c
    found = select(correction_notice, person.c.name.label("by_name")).outerjoin(person, person.c.id == c.by)
    return connection.execute(found.where(c.batch == batch_id, c.application == application_id).order_by(c.id.desc())).mappings().first()


def changes_of(connection: Connection, title_id: str, *, kind: str) -> Rows:
    """Every change of a kind that was proposed of a title, the last first, with the names of both persons. For the office."""
    first, other, c = person.alias("first"), person.alias("other"), title_change.c
    joined = title_change.outerjoin(first, first.c.id == c.by).outerjoin(other, other.c.id == c.second)
    found = select(title_change, first.c.name.label("by_name"), other.c.name.label("second_name")).select_from(joined)
    return connection.execute(found.where(c.title == title_id, c.kind == kind).order_by(c.id.desc())).mappings().all()


def registered(connection: Connection, subject: str) -> Rows:
    """The publications registered for a list or a notice, confirmed or not: channel, address, time."""
    found = select(publication.c.channel, publication.c.url, publication.c.at).where(publication.c.subject == subject)
    return connection.execute(found.order_by(publication.c.at, publication.c.channel)).mappings().all()


def objection_case(connection: Connection, objection_id: str) -> RowMapping | None:
    """An objection with all that was written on it. Confidential to the office; the applicant is told its summary only."""
    return connection.execute(select(objection).where(objection.c.id == objection_id)).mappings().first()


def merged_into(connection: Connection, objection_id: str) -> list[RowMapping]:
    """The objections that were merged into one (§8), as they came in. Confidential to the office."""
    this = objection.alias("this")
    found = select(objection.c.receipt, objection.c.facts, objection.c.intake).join(this, this.c.application == objection.c.application)
    rows = connection.execute(found.where(this.c.id == objection_id).order_by(objection.c.received_at)).mappings()
    return [row for row in rows if (row["intake"] or {}).get("outcome") == "merge" and row["intake"].get("duplicate_of") == objection_id]


def revocation_case(connection: Connection, title_id: str) -> RowMapping | None:
    """The open case about a title, the latest first."""
    found = select(revocation).where(revocation.c.title == title_id, revocation.c.closed_at.is_(None))
    return connection.execute(found.order_by(revocation.c.at.desc(), revocation.c.id.desc())).mappings().first()


def last_decision(connection: Connection, subject: str) -> RowMapping | None:
    """The latest decision on a list: outcome and reason (why it was sent back)."""
    found = select(approval.c.outcome, approval.c.reason, approval.c.at).where(approval.c.subject == subject)
    return connection.execute(found.order_by(approval.c.id.desc())).mappings().first()


_CASE = (application.c.number, application.c.experience_name, enterprise.c.name.label("enterprise_name"))


def visit_case(connection: Connection, visit: str) -> RowMapping | None:
    """A site visit: the application it goes to and the doubts it looks into."""
    joined = site_visit.join(application, application.c.id == site_visit.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    joined = joined.outerjoin(person, person.c.id == site_visit.c.clerk)
    found = select(site_visit.c.doubts, person.c.name.label("clerk_name"), *_CASE).select_from(joined).where(site_visit.c.id == visit)
    return connection.execute(found).mappings().first()


def defence_call(connection: Connection, application_id: str) -> RowMapping | None:
    """When and where an application is defended, the newest date: its slot, and what was kept with its group's plan (`plan`)."""
    joined = defence_slot.join(review_group, review_group.c.id == defence_slot.c.group)
    columns = (defence_slot.c.starts, defence_slot.c.place, defence_slot.c.order, review_group.c.defence.label("plan"))
    found = select(*columns).select_from(joined).where(defence_slot.c.application == application_id)
    return connection.execute(found.order_by(defence_slot.c.round.desc())).mappings().first()


def apart_in(connection: Connection, group: str) -> Rows:
    """The applications of a group whose sheets of the desk review are too far apart; without any score."""
    joined = stage_score.join(application, application.c.id == stage_score.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    found = select(*_CASE).select_from(joined)
    apart = found.where(stage_score.c.group == group, stage_score.c.stage == "desk", stage_score.c.alert)
    return connection.execute(apart.order_by(application.c.number)).mappings().all()
