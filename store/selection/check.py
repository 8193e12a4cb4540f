"""The selection's invariants, each a named function that gives its violations as sentences. Reads only; for ``doctor``."""

from collections.abc import Callable, Iterator
from hashlib import sha256

import orjson
from sqlalchemy import Connection, and_, exists, func, or_, select

from store.engine.tables import instance
from store.selection import tables_application as a
from store.selection import tables_people as p
from store.selection import tables_result as r
from store.selection import tables_review as v
from store.selection.mail import mail

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
NOMINATED = "nominated"


def quota_kept(connection: Connection) -> Violations:
    """No unit has nominated more experiences than its places (quota 3, widened 5)."""
    counted = (
        select(a.nomination.c.season, a.nomination.c.unit, func.count().label("used"))
        .where(a.nomination.c.state == NOMINATED)
        .group_by(a.nomination.c.season, a.nomination.c.unit)
        .subquery()
    )
    joined = select(counted, p.unit.c.base, p.unit.c.widened, p.unit.c.is_widened).join(
        p.unit, and_(p.unit.c.season == counted.c.season, p.unit.c.code == counted.c.unit)
    )
    for row in connection.execute(joined):
        places = row.widened if row.is_widened else row.base
        if row.used > places:
            yield f"{row.unit} nominated {row.used}, has {places} places in {row.season}"


def nominated_by_own_unit(connection: Connection) -> Violations:
    """Each nomination is by the one unit that the application names."""
    joined = select(a.nomination.c.application).join(a.application, a.application.c.id == a.nomination.c.application)
    wrong = joined.where(a.nomination.c.state == NOMINATED, a.application.c.unit != a.nomination.c.unit)
    yield from (f"{application} is nominated by a unit it does not name" for application in connection.execute(wrong).scalars())


def usccs_valid(connection: Connection) -> Violations:
    """Each bound enterprise has a USCC of 18 characters, in capitals."""
    for enterprise, code in connection.execute(select(p.enterprise.c.id, p.enterprise.c.uscc)):
        if len(code) != len("91350100M000100Y43") or code != code.upper().strip():
            yield f"{enterprise} is bound to {code!r}"


def submitted_have_forms(connection: Connection) -> Violations:
    """An application with a number has a submitted form, kept under the version it names."""
    kept = exists().where(
        a.form_submission.c.application == a.application.c.id,
        a.form_submission.c.version == a.application.c.version,
        a.form_submission.c.state == "submitted",
    )
    bare = select(a.application.c.id).where(a.application.c.number.is_not(None), ~kept)
    yield from (f"{application} has a number but no submitted form" for application in connection.execute(bare).scalars())


def no_score_of_the_conflicted(connection: Connection) -> Violations:
    """No counted score comes from an expert with a conflict on that application."""
    joined = select(v.score.c.expert, v.score.c.application, v.score.c.stage).join(
        v.conflict, and_(v.conflict.c.expert == v.score.c.expert, v.conflict.c.application == v.score.c.application)
    )
    for row in connection.execute(joined.where(v.score.c.state == "final")):
        yield f"{row.expert} has a conflict on {row.application}, yet a final {row.stage} score counts"


def scores_have_versions(connection: Connection) -> Violations:
    """The present sheet of each score is the last kept version: no sheet was changed without a trace."""
    last = (
        select(
            v.score_version.c.expert,
            v.score_version.c.application,
            v.score_version.c.stage,
            func.max(v.score_version.c.version).label("last"),
        )
        .group_by(v.score_version.c.expert, v.score_version.c.application, v.score_version.c.stage)
        .subquery()
    )
    same = and_(last.c.expert == v.score.c.expert, last.c.application == v.score.c.application, last.c.stage == v.score.c.stage)
    odd = (
        select(v.score.c.expert, v.score.c.application)
        .outerjoin(last, same)
        .where(or_(last.c.last.is_(None), last.c.last != v.score.c.version))
    )
    yield from (f"score of {row.expert} on {row.application} is not its last kept version" for row in connection.execute(odd))


def read_after_declaration(connection: Connection) -> Violations:
    """Whoever has a final desk score has signed secrecy and conflicts for that seat first."""
    signed = exists().where(
        v.declaration.c.expert == v.score.c.expert, v.declaration.c.seat == v.score.c.seat, v.declaration.c.outcome == "sign"
    )
    bare = select(v.score.c.expert, v.score.c.application).where(v.score.c.stage == "desk", v.score.c.state == "final", ~signed)
    yield from (f"{row.expert} scored {row.application} without a declaration" for row in connection.execute(bare))


def one_group_per_application(connection: Connection) -> Violations:
    """All seats that read an application belong to one group."""
    joined = select(v.assignment.c.application).join(v.seat, v.seat.c.id == v.assignment.c.seat)
    spread = joined.group_by(v.assignment.c.application).having(func.count(v.seat.c.group.distinct()) > 1)
    yield from (f"{application} is in more than one group" for application in connection.execute(spread).scalars())


def groups_have_one_leader(connection: Connection) -> Violations:
    """Each group has exactly one 组长 (办法 §15)."""
    counted = (
        select(v.review_group.c.id, func.count(v.seat.c.id).label("leaders"))
        .outerjoin(v.seat, and_(v.seat.c.group == v.review_group.c.id, v.seat.c.leads))
        .group_by(v.review_group.c.id)
        .having(func.count(v.seat.c.id) != 1)
    )
    yield from (f"group {row.id} has {row.leaders} leaders" for row in connection.execute(counted))


def one_chair(connection: Connection) -> Violations:
    """A confirmed committee has exactly one 主任委员 and one or two 副主任委员 (办法 §14)."""
    seat = p.committee_seat
    counted = (
        select(seat.c.season, seat.c.office, func.count().label("number"))
        .where(seat.c.confirmed_at.is_not(None))
        .group_by(seat.c.season, seat.c.office)
    )
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(counted):
        found.setdefault(row.season, {})[row.office] = row.number
    for season, offices in found.items():
        if offices.get("chair", 0) != 1 or offices.get("vice_chair", 0) not in {1, 2}:
            yield f"the committee of {season} has {offices.get('chair', 0)} chairs and {offices.get('vice_chair', 0)} vice chairs"


def votes_by_members_present(connection: Connection) -> Violations:
    """Only members present vote, and nobody on an item they left."""
    here = exists().where(v.attendance.c.meeting == v.vote.c.meeting, v.attendance.c.member == v.vote.c.member, v.attendance.c.present)
    left = exists().where(v.recusal.c.meeting == v.vote.c.meeting, v.recusal.c.item == v.vote.c.item, v.recusal.c.member == v.vote.c.member)
    odd = select(v.vote.c.meeting, v.vote.c.item, v.vote.c.member).where(or_(~here, left))
    yield from (f"{row.member} must not vote on {row.item} in {row.meeting}" for row in connection.execute(odd))


def decided_meetings_have_minutes(connection: Connection) -> Violations:
    """A concluded meeting has its signed minutes."""
    signed = exists().where(v.minutes.c.meeting == v.meeting.c.id)
    bare = select(v.meeting.c.id).where(v.meeting.c.state == "concluded", ~signed)
    yield from (f"meeting {meeting} is concluded without minutes" for meeting in connection.execute(bare).scalars())


def untrue_never_awarded(connection: Connection) -> Violations:
    """No title was granted to an application whose site visit found 不实 (rule book §7)."""
    joined = select(r.title.c.id).join(v.site_visit, v.site_visit.c.application == r.title.c.application)
    yield from (
        f"title {title} although the visit found 不实"
        for title in connection.execute(joined.where(v.site_visit.c.conclusion == "不实")).scalars()
    )


def periods_follow_publication(connection: Connection) -> Violations:
    """An item's publicity period begins with a registered publication of its batch, and ends after it began."""
    published = exists().where(r.publication.c.subject == r.batch_item.c.batch)
    begun = r.batch_item.c.starts.is_not(None)
    odd = select(r.batch_item.c.batch, r.batch_item.c.application).where(
        begun, or_(~published, r.batch_item.c.ends.is_(None), r.batch_item.c.ends <= r.batch_item.c.starts)
    )
    yield from (f"{row.application} in {row.batch} has a period without a publication" for row in connection.execute(odd))


def cleared_without_open_objection(connection: Connection) -> Violations:
    """No item is clear or announced while an objection to it is open (办法 §22)."""
    open_one = exists().where(
        r.objection.c.application == r.batch_item.c.application,
        r.objection.c.closed_at.is_(None),
        r.objection.c.state.in_(["open", "accepted"]),
    )
    odd = select(r.batch_item.c.application).where(r.batch_item.c.state.in_(["clear", "announced"]), open_one)
    yield from (f"{application} went on although an objection is open" for application in connection.execute(odd).scalars())


def titles_were_approved(connection: Connection) -> Violations:
    """Each title of the house's own season rests on an approved batch (办法 §23)."""
    approved = exists().where(
        r.approval.c.subject == r.batch_item.c.batch, r.approval.c.outcome == "approve", r.batch_item.c.application == r.title.c.application
    )
    bare = select(r.title.c.id).where(~r.title.c.imported, ~approved)
    yield from (f"title {title} was granted without an approval" for title in connection.execute(bare).scalars())


def revoked_titles_were_heard(connection: Connection) -> Violations:
    """A revoked title has a case that is closed, with the time for 陈述申辩 given."""
    heard = exists().where(r.revocation.c.title == r.title.c.id, r.revocation.c.heard_until.is_not(None))
    bare = select(r.title.c.id).where(r.title.c.state == "revoked", ~heard)
    yield from (f"title {title} was revoked without a hearing" for title in connection.execute(bare).scalars())


def results_mailed_after_release(connection: Connection) -> Violations:
    """No held result mail has left the house."""
    odd = select(mail.c.id).where(mail.c.hold != "", mail.c.state.in_(["sent", "filed"]), mail.c.sent_at < mail.c.created_at)
    yield from (f"mail {each} left before it was made" for each in connection.execute(odd).scalars())


def mails_have_one_address(connection: Connection) -> Violations:
    """Each mail names exactly one mailbox and a subject of one line."""
    for row in connection.execute(select(mail.c.id, mail.c.address, mail.c.subject)):
        if (
            row.address.count("@") != 1
            or any(mark in row.address for mark in ",; \r\n")
            or any(mark in row.subject for mark in "\r\n\u2028")
        ):
            yield f"mail {row.id} has the address {row.address!r}"


def sent_mails_are_dated(connection: Connection) -> Violations:
    """A mail is sent or filed exactly if it has an instant of sending."""
    odd = select(mail.c.id).where(mail.c.state.in_(["sent", "filed"]) != mail.c.sent_at.is_not(None))
    yield from (f"mail {each} is not dated as its state says" for each in connection.execute(odd).scalars())


def applications_have_one_case(connection: Connection) -> Violations:
    """Each application has exactly one instance of its process, and each such instance its application."""
    cases = (
        select(instance.c.business_key, func.count().label("number"))
        .where(instance.c.process == "application")
        .group_by(instance.c.business_key)
    )
    found = {row.business_key: row.number for row in connection.execute(cases)}
    known = set(connection.execute(select(a.application.c.id)).scalars())
    yield from (f"{application} has {found.get(application, 0)} cases" for application in sorted(known) if found.get(application, 0) != 1)
    yield from (f"a case of the unknown application {key}" for key in sorted(set(found) - known))


def form_hashes_hold(connection: Connection) -> Violations:
    """Each kept form still has the hash it was filed with."""
    for row in connection.execute(select(a.form_submission)):
        if sha256(orjson.dumps([row.data, row.documents], option=orjson.OPT_SORT_KEYS)).hexdigest() != row.hash:
            yield f"form {row.version} of {row.application} was changed"


CHECKS: tuple[Check, ...] = (
    quota_kept,
    nominated_by_own_unit,
    usccs_valid,
    submitted_have_forms,
    no_score_of_the_conflicted,
    scores_have_versions,
    read_after_declaration,
    one_group_per_application,
    groups_have_one_leader,
    one_chair,
    votes_by_members_present,
    decided_meetings_have_minutes,
    untrue_never_awarded,
    periods_follow_publication,
    cleared_without_open_objection,
    titles_were_approved,
    revoked_titles_were_heard,
    results_mailed_after_release,
    mails_have_one_address,
    sent_mails_are_dated,
    applications_have_one_case,
    form_hashes_hold,
)
