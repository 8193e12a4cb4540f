"""Invariants of filing, recommendation and form check, each a named function that gives its violations as sentences. Reads only."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import sha256

import orjson
from sqlalchemy import Connection, and_, exists, func, or_, select

from selection import quota
from selection.stages import PUBLIC_STAGES, STAGES
from selection.uscc import is_valid
from store.engine.deadlines import own_name
from store.engine.tables import deadline, deadline_change, instance, message, version, version_file
from store.selection import tables_application as a
from store.selection import tables_people as p
from store.selection import tables_result as r

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
CLOSE = "申报截止"
BEFORE_FORM_CHECK = (
    "draft",
    "submitted",
    "returned",
    "under_nominator_review",
    "not_nominated",
    "nominated",
    "form_check",
    "discarded",
    "lapsed",
)
ANY_TIME = ("withdrawn", "terminated", "form_rejected", "correction_requested")
# What a case may show while the application is in a state, beside the state's own public name: the row moves with the next act only.
ALSO_SHOWN = {
    "submitted": {"确认推荐单位", "推荐单位审核中"},
    "returned": {"推荐单位审核中"},  # the time to change it ran out: the original stands
    "under_nominator_review": {"确认推荐单位"},
    "not_nominated": {"确认推荐单位"},
    "form_check": {"补正"},
    **{state: {"专家评审中"} for state in ("site_visit", "awaiting_meeting2", "recommended")},  # where the season holds no defence
    "revoked": {"已公告"},
}


def quota_kept(connection: Connection) -> Violations:
    """No unit has chosen or nominated more than its places (通知: 3, widened 5), counted in experiences or in enterprises as the season says."""
    nominated: defaultdict[tuple[str, str], list[tuple[str | None, str]]] = defaultdict(list)
    joined = select(a.nomination, a.application.c.enterprise).join(a.application, a.application.c.id == a.nomination.c.application)
    for row in connection.execute(joined):
        nominated[row.season, row.unit].append((row.state, row.enterprise))
    measures = {season: _measure(connection, season) for season, _ in nominated}
    for unit in connection.execute(select(p.unit)):
        places = unit.widened if unit.is_widened else unit.base
        used = quota.used(unit=measures.get(unit.season, ""), nominations=nominated[unit.season, unit.code])
        if used > places:
            yield f"{unit.code} nominated {used}, has {places} places in {unit.season}"


def _measure(connection: Connection, season: str) -> str:
    """What the season's newest version counts places in (AMB-10); "" while nothing is deployed."""
    newest = select(version_file.c.content).join(version).where(version.c.name == season, version_file.c.path == "season.toml")
    content = connection.scalar(newest.order_by(version.c.number.desc()).limit(1))
    return "" if content is None else str(tomllib.loads(bytes(content).decode())["quota"]["unit"])


def widened_by_decision(connection: Connection) -> Violations:
    """A unit has the wider quota only by a granted request."""
    granted = exists().where(a.widening.c.season == p.unit.c.season, a.widening.c.unit == p.unit.c.code, a.widening.c.decision == "granted")
    for row in connection.execute(select(p.unit.c.season, p.unit.c.code).where(p.unit.c.is_widened, ~granted)):
        yield f"{row.code} has the wider quota in {row.season} without a decision"


def nominated_by_own_unit(connection: Connection) -> Violations:
    """Each nomination is by the one unit that the application names (exactly one unit per application, X4)."""
    joined = select(a.nomination.c.application).join(a.application, a.application.c.id == a.nomination.c.application)
    wrong = joined.where(a.nomination.c.state.in_(quota.TAKEN), or_(a.application.c.unit.is_(None), a.application.c.unit != a.nomination.c.unit))
    yield from (f"{application} is nominated by a unit it does not name" for application in connection.execute(wrong).scalars())


def nominated_with_opinion(connection: Connection) -> Violations:
    """What a unit recommended has its opinion, on a list that was delivered (E12)."""
    n = a.nomination.c
    delivered = exists().where(p.unit.c.season == n.season, p.unit.c.code == n.unit, p.unit.c.delivered_at.is_not(None))
    bare = select(n.application).where(n.state == "nominated", or_(n.opinion.is_(None), n.opinion == "", ~delivered))
    yield from (f"{application} is recommended without an opinion or a delivered list" for application in connection.execute(bare).scalars())


def usccs_valid(connection: Connection) -> Violations:
    """Each bound enterprise has a USCC with the right check character (GB 32100)."""
    for enterprise, code in connection.execute(select(p.enterprise.c.id, p.enterprise.c.uscc)):
        if not is_valid(code):
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


def submitted_are_dated(connection: Connection) -> Violations:
    """Who has a number was submitted, to a unit, after it was begun; a draft has none."""
    one = a.application.c
    numbered = and_(one.number.is_not(None), or_(one.submitted_at.is_(None), one.submitted_at < one.created_at, one.unit.is_(None), one.state == "draft"))
    odd = select(one.id).where(or_(numbered, and_(one.number.is_(None), one.submitted_at.is_not(None))))
    yield from (f"{application} has a number and no submission, or the other way round" for application in connection.execute(odd).scalars())


def form_hashes_hold(connection: Connection) -> Violations:
    """Each kept form still has the hash it was filed with."""
    for row in connection.execute(select(a.form_submission)):
        if sha256(orjson.dumps([row.data, row.documents], option=orjson.OPT_SORT_KEYS)).hexdigest() != row.hash:
            yield f"form {row.version} of {row.application} was changed"


def filed_in_time(connection: Connection) -> Violations:
    """No form was received at or after the close of applications, as it stood or was extended to, for all or for it alone (§14, A-14).

    What a 补正 changed has its own time (`corrections_in_time`).
    """
    ever = (
        select(deadline.c.tenant, func.coalesce(func.max(deadline_change.c.at), deadline.c.at).label("closed"))
        .outerjoin(deadline_change, and_(deadline_change.c.tenant == deadline.c.tenant, deadline_change.c.name == deadline.c.name))
        .where(deadline.c.name == CLOSE)
        .group_by(deadline.c.tenant, deadline.c.at)
        .subquery()
    )
    own = exists().where(
        deadline_change.c.tenant == a.application.c.season,
        deadline_change.c.name == own_name(CLOSE, "") + a.application.c.id,
        deadline_change.c.at > a.form_submission.c.at,
    )
    corrected = exists().where(a.correction.c.application == a.form_submission.c.application, a.correction.c.answered_at == a.form_submission.c.at)
    late = (
        select(a.form_submission.c.application, a.form_submission.c.version)
        .join(a.application, a.application.c.id == a.form_submission.c.application)
        .join(ever, ever.c.tenant == a.application.c.season)
        .where(a.form_submission.c.state == "submitted", a.form_submission.c.at >= ever.c.closed, ~own, ~corrected)
    )
    yield from (f"form {row.version} of {row.application} was filed after the close" for row in connection.execute(late))


def corrections_in_time(connection: Connection) -> Violations:
    """No 补正 was received at or after its own due instant."""
    late = select(a.correction.c.application).where(a.correction.c.answered_at >= a.correction.c.due)
    yield from (f"the correction of {application} came after its time" for application in connection.execute(late).scalars())


def contacts_belong_to_enterprises(connection: Connection) -> Violations:
    """A confirmed contact mailbox (§4.2) is one address, in lower case as it is compared, of an enterprise that was bound by then."""
    one = p.contact.c
    of = exists().where(p.enterprise.c.id == one.enterprise, p.enterprise.c.bound_at <= one.confirmed_at)
    odd = or_(~of, one.mail.not_like("%_@_%"), one.mail.like("%@%@%"), one.mail != func.lower(one.mail))
    for row in connection.execute(select(p.contact).where(odd)):
        yield f"the mailbox {row.mail} was confirmed for {row.enterprise}, of which it cannot be the contact's"


def applications_have_one_case(connection: Connection) -> Violations:
    """Each application has exactly one instance of its process, and each such instance its application.

    A bare draft without a case is an id that was reserved when somebody's beginning broke off: nothing was filed, nothing is lost.
    """
    key = instance.c.business_key
    cases = select(key, func.count().label("number")).where(instance.c.process == "application").group_by(key)
    found = {row.business_key: row.number for row in connection.execute(cases)}
    reserved = and_(a.application.c.state == "draft", ~exists().where(a.form_submission.c.application == a.application.c.id))
    known = {row.id: row.bare for row in connection.execute(select(a.application.c.id, reserved.label("bare")))}
    for application in sorted(known):
        number = found.get(application, 0)
        if number != 1 and not (number == 0 and known[application]):
            yield f"{application} has {number} cases"
    yield from (f"a case of the unknown application {key}" for key in sorted(set(found) - set(known)))


def cases_show_their_state(connection: Connection) -> Violations:
    """What a case shows outside is the public name of its application's state, unless it runs and a message to it is still on its way."""
    under_way = select(message.c.key).where(message.c.state == "waiting")
    joined = select(a.application.c.id, a.application.c.state, instance.c.public_stage).join(
        instance, and_(instance.c.business_key == a.application.c.id, instance.c.process == "application")
    )
    for row in connection.execute(joined.where(or_(instance.c.status != "running", a.application.c.id.not_in(under_way)))):
        stage = STAGES.get(row.state)
        shown = PUBLIC_STAGES[stage.public][0] if stage else None
        if row.public_stage is None or row.public_stage not in {shown} | ALSO_SHOWN.get(row.state, set()):
            yield f"{row.id} is {row.state}, its case shows {row.public_stage}"


def form_checks_were_confirmed(connection: Connection) -> Violations:
    """Whoever passed or failed the form check did so by a first check, another clerk's agreement and the director's confirmation."""
    later = a.form_check.alias()
    followed = exists().where(later.c.application == a.form_check.c.application, later.c.round > a.form_check.c.round)
    confirmed = exists().where(
        a.form_check.c.application == a.application.c.id,
        ~followed,
        a.form_check.c.second_outcome == "agree",
        a.form_check.c.director_outcome == "confirm",
    )
    decided = or_(a.application.c.state == "form_rejected", a.application.c.state.not_in((*BEFORE_FORM_CHECK, *ANY_TIME)))
    bare = select(a.application.c.id).where(decided, ~confirmed)
    yield from (f"{application} left the form check without its confirmation" for application in connection.execute(bare).scalars())


def second_persons_differ(connection: Connection) -> Violations:
    """Where two persons are asked for, they are two: form check, publications, notices' corrections, approvals, removed files, titles, the library."""
    pairs = (
        (a.form_check, a.form_check.c.application, a.form_check.c.first_by, a.form_check.c.second_by),
        (r.publication, r.publication.c.subject, r.publication.c.by, r.publication.c.confirmed_by),
        (r.correction_notice, r.correction_notice.c.application, r.correction_notice.c.by, r.correction_notice.c.second),
        (a.removal, a.removal.c.sha256, a.removal.c.by, a.removal.c.second),
        (r.title_change, r.title_change.c.title, r.title_change.c.by, r.title_change.c.second),
        (r.library_act, r.library_act.c.title, r.library_act.c.by, r.library_act.c.second),
    )
    for table, subject, first, second in pairs:
        for what in connection.execute(select(subject).where(first == second)).scalars():
            yield f"{table.name} of {what}: the second person is the first"
    yield from _approved_by_their_clerk(connection)


def _approved_by_their_clerk(connection: Connection) -> Violations:
    """Who approves a list is not who prepared it (A-03): whose check of it was the last one before."""
    checked, later = r.recheck, r.recheck.alias()
    after = exists().where(later.c.subject == checked.c.subject, later.c.id > checked.c.id, later.c.at <= r.approval.c.at)
    same = and_(checked.c.subject == r.approval.c.subject, checked.c.by == r.approval.c.by, checked.c.at <= r.approval.c.at, ~after)
    for what in connection.execute(select(r.approval.c.subject).join(checked, same)).scalars():
        yield f"approval of {what}: the approver is who prepared the list"


def documents_are_numbered(connection: Connection) -> Violations:
    """The versions of each document run from 1 without a gap: none was lost."""
    d = a.document.c
    counted = (
        select(d.owner, d.code)
        .group_by(d.season, d.owner, d.code)
        .having(or_(func.max(d.version) != func.count(), func.min(d.version) != 1))
    )
    yield from (f"a version of {row.code} of {row.owner} is missing" for row in connection.execute(counted))


def removed_files_are_marked(connection: Connection) -> Violations:
    """A content that two persons took from an owner's papers (移除) is on none of them any more."""
    d, gone = a.document.c, a.removal.c
    same = and_(gone.season == d.season, gone.owner == d.owner, gone.sha256 == d.sha256)
    left = select(d.id, d.owner).join(a.removal, same).where(d.removed_at.is_(None))
    yield from (f"file {row.id} of {row.owner} was removed for good, yet counts" for row in connection.execute(left))


CHECKS: tuple[Check, ...] = (
    quota_kept,
    widened_by_decision,
    nominated_by_own_unit,
    nominated_with_opinion,
    usccs_valid,
    submitted_have_forms,
    submitted_are_dated,
    form_hashes_hold,
    filed_in_time,
    corrections_in_time,
    contacts_belong_to_enterprises,
    applications_have_one_case,
    cases_show_their_state,
    form_checks_were_confirmed,
    second_persons_differ,
    documents_are_numbered,
    removed_files_are_marked,
)
